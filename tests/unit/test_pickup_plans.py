"""Which parcels get a case: what an export says, what the shop says, what the command prints."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casedesk.pickups import (
    READY_FOR,
    LatePackage,
    PickupPlan,
    SkippedPackage,
    WhyNot,
    plan_from_file,
    starts_of,
)
from domain.cases import CaseKind, CaseState
from domain.errors import DomainError
from domain.orders import OrderStatus as S
from records.shops import ShopRecord
from sandbox.shops import US_SHOP_ID
from tests.support.cli import command, run_command
from tests.support.exports import NOON, csv_of, order_id, plain, xlsx_of
from tests.support.pickups import late_parcel
from tests.support.stack import Opened, Stack
from workflows import names

NOW = NOON + timedelta(days=3)
READY = NOW - READY_FOR
"""Just long enough ago."""
PACKAGE, OTHER, THIRD = "1152921000000000081", "1152921000000000082", "1152921000000000083"


def packed(number: int, package_id: str = PACKAGE, **changes: Any) -> dict[str, Any]:
    """Return an order that has been ready for just long enough."""
    given = {"status": S.AWAITING_COLLECTION, "ready_at": READY, "carrier": "J&T"}
    return plain(number, package_id=package_id, **given | changes)


def planned(path: Path, *orders: dict[str, Any], packages: tuple[str, ...] = ()) -> PickupPlan:
    file = csv_of(path / "orders.csv", orders, market="TH")
    plan, _ = plan_from_file(file, market="TH", packages=packages, now=NOW, skip_bad_rows=False)
    return plan


def reasons(plan: PickupPlan) -> dict[str, WhyNot]:
    return {one.package_id: one.reason for one in plan.skipped}


# From a file


def test_a_parcel_that_has_been_ready_for_a_day_gets_one_case_for_all_its_orders(
    tmp_path: Path,
) -> None:
    plan = planned(tmp_path, packed(1), packed(2), packed(3, OTHER))

    first, second = plan.late
    assert (PACKAGE, (order_id(1), order_id(2))) == (first.package_id, first.order_ids)
    assert ("J&T", READY) == (first.carrier, first.ready_at)
    assert "ready since 2026-11-22 12:00Z and not collected" == first.why
    assert OTHER == second.package_id
    assert () == plan.skipped


def test_a_parcel_that_became_ready_a_minute_too_late_is_named_and_left(tmp_path: Path) -> None:
    """The other side of the day; what is ready longest counts for the whole parcel."""
    fresh = READY + timedelta(minutes=1)
    plan = planned(
        tmp_path, packed(1, ready_at=fresh), packed(2, OTHER, ready_at=fresh), packed(3, OTHER)
    )

    assert {PACKAGE: WhyNot.READY_LATELY} == reasons(plan)
    assert [OTHER] == [one.package_id for one in plan.late]


def test_parcels_that_wait_for_nobody_are_not_listed_at_all(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        packed(1, status=S.IN_TRANSIT),
        packed(2, OTHER, status=S.CANCELLED),
        packed(3, THIRD, status=S.AWAITING_SHIPMENT),
        packed(4, "", status=S.DELIVERED),
    )

    assert PickupPlan() == plan


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (S.IN_TRANSIT, WhyNot.SCANNED),
        (S.DELIVERED, WhyNot.SCANNED),
        (S.COMPLETED, WhyNot.SCANNED),
        (S.CANCELLED, WhyNot.CANCELLED),
        (S.AWAITING_SHIPMENT, WhyNot.NOT_READY),
    ],
)
def test_a_package_that_was_asked_for_says_why_it_gets_none(
    status: S, reason: WhyNot, tmp_path: Path
) -> None:
    plan = planned(tmp_path, packed(1, status=status), packed(2, OTHER), packages=(PACKAGE,))

    assert {PACKAGE: reason} == reasons(plan)
    assert () == plan.late


def test_a_cancelled_order_in_a_parcel_leaves_the_others_waiting(tmp_path: Path) -> None:
    plan = planned(tmp_path, packed(1, status=S.CANCELLED), packed(2))

    assert [(PACKAGE, (order_id(1), order_id(2)))] == [
        (one.package_id, one.order_ids) for one in plan.late
    ]


def test_a_package_named_by_hand_gets_its_case_however_short_it_waits(tmp_path: Path) -> None:
    plan = planned(tmp_path, packed(1, ready_at=NOW), packages=(PACKAGE, THIRD))

    assert [(PACKAGE, "named by hand")] == [(one.package_id, one.why) for one in plan.late]
    assert {THIRD: WhyNot.UNKNOWN} == reasons(plan)


def test_what_the_export_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    plan = planned(tmp_path, packed(1, ""), packed(2, ready_at=None))

    assert {
        f"order {order_id(1)}": WhyNot.NO_PACKAGE,
        PACKAGE: WhyNot.READY_UNKNOWN,
    } == reasons(plan)
    assert () == plan.late


def test_rows_that_cannot_be_used_are_left_out_only_when_told_to(tmp_path: Path) -> None:
    file = xlsx_of(tmp_path / "orders.xlsx", [packed(1), packed(2, quantity=0)])
    how: dict[str, Any] = {"market": "TH", "packages": (), "now": NOW}

    with pytest.raises(DomainError):
        plan_from_file(file, **how, skip_bad_rows=False)
    plan, notes = plan_from_file(file, **how, skip_bad_rows=True)

    assert [(order_id(1),)] == [one.order_ids for one in plan.late]
    assert 1 == len(notes)
    assert notes[0].startswith("left out: ")


# What is opened


def test_each_late_parcel_is_one_start_under_its_business_key() -> None:
    late = LatePackage(package_id=PACKAGE, order_ids=("1", "2"), why="x")
    plan = PickupPlan(
        late=(late,), skipped=(SkippedPackage(package_id=OTHER, reason=WhyNot.SCANNED),)
    )
    shop = ShopRecord(
        shop_id="7001", name="Shop", region="TH", cipher="c", contact_mode=None, checked_at=NOW
    )

    (start,) = starts_of(plan, shop, detected_at=NOW, actor="anna")

    assert f"pickup-case:7001:{PACKAGE}" == start.case_id
    assert names.PICKUP_DELAY_CASE == start.workflow_type
    assert (CaseKind.LATE_PICKUP, CaseState.OPENING) == (start.kind, start.first_state)
    assert {
        "shop_id": "7001",
        "package_id": PACKAGE,
        "detected_at": "2026-11-23T12:00:00Z",
        "source": "anna",
    } == start.payload
    assert start.signal is None
    assert PACKAGE not in start.static_summary
    assert start == starts_of(plan, shop, detected_at=NOW, actor="anna")[0]


# The command


def test_a_dry_run_from_a_file_needs_neither_server_nor_shop(tmp_path: Path) -> None:
    file = csv_of(tmp_path / "orders.csv", [packed(1), packed(2, "")], market="TH")
    env = {"WENHUO_HOME": str(tmp_path / "home"), "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    asked = ("open", "pickup", "--from", str(file), "--market", "TH", "--dry-run")

    said = run_command(*asked, "--json", env=env)
    shown = run_command(*asked, env=env | {"COLUMNS": "160"})

    assert (0, 0) == (said.status, shown.status)
    assert [PACKAGE] == [one["package_id"] for one in said.document["late"]]
    assert ["no_package"] == [one["reason"] for one in said.document["skipped"]]
    assert [] == said.document["opened"]
    assert PACKAGE in shown.out
    assert "0 opened" in shown.out


@pytest.mark.parametrize("sources", [(), ("--from", "x.csv", "--from-shop")])
def test_one_source_has_to_be_given(sources: tuple[str, ...], tmp_path: Path) -> None:
    said = run_command("open", "pickup", *sources, env={"WENHUO_HOME": str(tmp_path)})

    assert (2, True) == (said.status, "--from FILE or --from-shop" in said.err)


async def test_the_shop_tells_which_slots_have_passed_and_each_is_opened_once(
    stack: Stack,
) -> None:
    late, (order,) = await late_parcel(stack)
    ahead, _ = await late_parcel(stack, slot={"start_time": "+3600", "end_time": "+7200"})
    slotless, _ = await late_parcel(stack, slot={})
    ours = (late, ahead, slotless, "1152921999999999999")
    asked = ("open", "pickup", "--from-shop", "--shop", US_SHOP_ID)

    everything = (await command(stack, *asked, "--dry-run", "--json")).document
    named = [word for one in ours for word in ("--package", one)]
    chosen = (await command(stack, *asked, *named, "--dry-run", "--json")).document

    assert "passed without a scan" in _of(everything["late"], late)["why"]
    assert [order] == _of(everything["late"], late)["order_ids"]
    assert "slot_ahead" == _of(everything["skipped"], ahead)["reason"]
    assert "no_slot" == _of(everything["skipped"], slotless)["reason"]
    assert [late, ahead, slotless] == [one["package_id"] for one in chosen["late"]]
    assert "named by hand" == _of(chosen["late"], ahead)["why"]
    assert ["unknown"] == [one["reason"] for one in chosen["skipped"]]
    assert [] == everything["opened"] == chosen["opened"]


async def test_a_parcel_is_opened_once_and_then_joined(stack: Stack) -> None:
    package_id, (order,) = await late_parcel(stack)
    scanned, _ = await late_parcel(stack)
    await stack.sandbox.carrier(scanned, "scanned")
    asked = ("open", "pickup", "--from-shop", "--shop", US_SHOP_ID, "--json")
    words = (*asked, "--package", package_id, "--package", scanned, "--actor", "anna")

    first = (await command(stack, *words)).document
    again = (await command(stack, *words)).document

    case_id = names.pickup_case_id(US_SHOP_ID, package_id)
    assert ([case_id], []) == (first["opened"], first["joined"])
    assert ([], [case_id]) == (again["opened"], again["joined"])
    assert ["scanned"] == [one["reason"] for one in again["skipped"]]
    handle = stack.client.get_workflow_handle(case_id)
    case = Opened(stack=stack, handle=handle, shop_id=US_SHOP_ID, order_id=order)
    stack.opened.append(case)
    view = await case.until(CaseState.COLLECTING_EVIDENCE)
    assert view.pickup is not None
    assert package_id == view.pickup.package_id


def _of(found: list[dict[str, Any]], package_id: str) -> dict[str, Any]:
    (one,) = [each for each in found if each["package_id"] == package_id]
    return one
