"""Incidents from a sheet of counts: read, planned together, opened one per SKU, found again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casedesk.incident_plans import OrderSource, plan_counts
from casedesk.incidents import (
    Count,
    Shortfall,
    cancels_single_lines,
    key_of,
    plan_together,
    read_counts,
    starts_of,
)
from casedesk.intake import SkuDemand
from casedesk.intake.errors import IntakeError
from casedesk.settings import Settings
from domain.candidates import Candidate, ShortLine
from domain.errors import InputError
from domain.orders import OrderStatus
from domain.waiting_line import AllocationPolicy
from records.shops import ShopRecord
from tests.support.exports import csv_of, plain
from workflows import names

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = ShopRecord(
    shop_id="7001", name="Mei", region="US", cipher="c", contact_mode=None, checked_at=NOON
)


def _sheet(folder: Path, text: str, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _shortfall(*counts: tuple[str, int], **changes: Any) -> Shortfall:
    held = tuple(Count(sku=sku, on_hand=units) for sku, units in counts)
    return Shortfall(**{"counts": held, "key": "k", **changes})


def _asks(order_id: str, sku: str, units: int = 1) -> Candidate:
    lines = (ShortLine(sku_id=sku, quantity=units),)
    status = OrderStatus.AWAITING_SHIPMENT
    return Candidate(order_id=order_id, status=status, lines=lines, paid_at=NOON)


def _demand(**orders: tuple[Candidate, ...]) -> dict[str, SkuDemand]:
    return {sku: SkuDemand(sku, held, tuple(orders)) for sku, held in orders.items()}


def test_counts_are_read_in_their_sequence_whatever_the_columns_look_like(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, "Shelf;SKU;On hand\nA1;LAMP;3\nA2;MUG;0\n;;\n")

    assert [("LAMP", 3), ("MUG", 0)] == [(one.sku, one.on_hand) for one in read_counts(sheet)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SKU,On hand\nLAMP,-1\n", "row 2, SKU LAMP: '-1' is not a count"),
        ("SKU,On hand\nLAMP,some\n", "row 2, SKU LAMP"),
        ("SKU,On hand\nLAMP,1\nLAMP,2\n", "row 3 counts SKU LAMP a second time"),
        ("SKU,On hand\nLAMP,1\n,2\n", "row 3 names no SKU"),
        ("SKU,Units\nLAMP,1\n", "on_hand"),
        ("SKU,On hand\n", "sku"),
    ],
)
def test_a_sheet_that_cannot_be_used_names_the_row(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_counts(_sheet(tmp_path, text))


def test_an_order_short_of_one_sku_leaves_the_other_unless_lines_can_be_cancelled() -> None:
    demand = _demand(LAMP=(_asks("1", "LAMP"), _asks("2", "LAMP")), MUG=(_asks("1", "MUG"),))
    counted = _shortfall(("LAMP", 1), ("MUG", 0))

    whole = plan_together(demand, counted, single_lines=False)
    single = plan_together(demand, counted, single_lines=True)

    assert ["2"] == [one.order_id for one in whole["LAMP"].served]
    assert ["1"] == [one.order_id for one in single["LAMP"].served]
    assert ["LAMP", "MUG"] == list(whole)
    assert [1, 0] == [plan.on_hand for plan in whole.values()]


def test_a_sku_that_no_order_holds_is_refused_with_the_nearest() -> None:
    demand = {"LAMB": SkuDemand("LAMB", (), ("LAMP",))}

    with pytest.raises(IntakeError, match="did you mean LAMP"):
        plan_together(demand, _shortfall(("LAMB", 1)), single_lines=False)


def test_whether_single_lines_can_be_cancelled_is_the_markets() -> None:
    markets = ("US", "UK", "TH", "XX", None)

    said = [cancels_single_lines(Settings(), market) for market in markets]

    assert [True, True, False, False, False] == said


def test_every_counted_sku_gets_an_incident_that_knows_of_the_others() -> None:
    counted = _shortfall(
        ("LAMP", 1), ("9", 2), policy=AllocationPolicy.VALUE_FIRST, stream="friday", actor="li"
    )

    first, second = starts_of(counted, SHOP, {"LAMP": "17", "9": "9"})

    assert names.incident_id("7001", "17", "k") == first.case_id
    assert ({"9": 2}, {"17": 1}) == (
        first.payload["counted_with"],
        second.payload["counted_with"],
    )
    assert ("value_first", "friday", "li", 1) == (
        first.payload["policy"],
        first.payload["stream"],
        first.payload["source"],
        first.payload["on_hand"],
    )


def test_the_usual_key_is_the_second_of_opening() -> None:
    assert "20260301T120000.000Z" == key_of(NOON)
    assert "20260301T120000.041Z" == key_of(NOON.replace(microsecond=41_900))


async def _plan(folder: Path, counted: Shortfall, file: Path | None, **how: Any) -> Any:
    dry_run = how.pop("dry_run", True)
    source = OrderSource(**{"file": file, "market": "TH", **how})
    return await plan_counts(Settings(home=folder), counted, source, dry_run=dry_run)


async def test_a_dry_run_from_a_file_touches_nothing(tmp_path: Path) -> None:
    file = csv_of(tmp_path / "orders.csv", [plain(1), plain(2, quantity=2), plain(3)])
    home = tmp_path / "home"

    plan = await _plan(home, _shortfall(("JACKET-M", 2)), file)

    (found,) = plan.plans.values()
    assert [1, 2, 1] == [len(plan.plans), len(found.served), len(found.short)]
    assert ((), False) == (tuple(plan.starts), home.exists())
    assert found.short[0].why.startswith("Short: paid")


async def test_a_policy_orders_the_line_of_a_file(tmp_path: Path) -> None:
    dear = {"price": "90.00"}
    file = csv_of(tmp_path / "orders.csv", [plain(1), plain(2, **dear)])
    counted = _shortfall(("JACKET-M", 1), policy=AllocationPolicy.VALUE_FIRST)

    plan = await _plan(tmp_path / "home", counted, file)

    (found,) = plan.plans.values()
    assert [plain(2)["order_id"]] == [one.order_id for one in found.served]


async def test_a_bad_row_stops_the_plan_unless_it_is_to_be_skipped(tmp_path: Path) -> None:
    file = csv_of(tmp_path / "orders.csv", [plain(1), plain(2)])
    text = file.read_text("utf-8-sig").replace(str(plain(2)["order_id"]), "lost")
    file.write_text(text, encoding="utf-8-sig")
    counted = _shortfall(("JACKET-M", 0))

    with pytest.raises(IntakeError):
        await _plan(tmp_path / "home", counted, file)
    plan = await _plan(tmp_path / "home", counted, file, skip_bad_rows=True)

    assert [1] == [len(one.short) for one in plan.plans.values()]
    assert any("left out" in note for note in plan.notes)
