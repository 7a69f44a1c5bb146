"""Incidents by the command line: explained before they open, one per SKU, led to their end."""

import json
from pathlib import Path

import pytest

from domain.cases import CaseState as S
from sandbox.shops import US_SHOP_ID
from tests.support.case_states import soon
from tests.support.cli import command, run_command
from tests.support.incidents import Floor, fresh, part
from tests.support.stack import Opened, Stack
from workflows import names

SHAPE = {"served", "short", "skipped", "opened", "joined", "already_closed", "policy"}


def _incident(sku: Floor, incident_id: str) -> Opened:
    handle = sku.stack.client.get_workflow_handle(incident_id)
    opened = Opened(stack=sku.stack, handle=handle, shop_id=US_SHOP_ID, order_id="")
    sku.stack.opened.append(opened)
    return opened


def _export(path: Path, *orders: tuple[str, int, str]) -> Path:
    """Write an order export: order id, units, paid time."""
    lines = ["Order ID,Order Status,Order Substatus,SKU ID,Seller SKU,Quantity,Paid Time"]
    lines += [f"{order},To ship,Awaiting shipment,,LAMP,{n},{at}" for order, n, at in orders]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_dry_run_from_a_file_explains_itself_without_server_or_shop(tmp_path: Path) -> None:
    file = _export(
        tmp_path / "orders.csv",
        ("576001", 2, "03/01/2026 10:00:00 AM"),
        ("576002", 1, "03/01/2026 09:00:00 AM"),
    )
    asked = ("incident", "open", "--sku", "LAMP", "--on-hand", "2", "--from", str(file))
    env = {"WENHUO_HOME": str(tmp_path / "home"), "COLUMNS": "100"}

    said = run_command(*asked, "--market", "US", "--dry-run", "--json", env=env)
    shown = run_command(*asked, "--market", "US", "--dry-run", env=env)

    assert 0 == said.status, said.err
    answer = said.document
    assert answer.keys() == SHAPE
    assert ("paid_first", []) == (answer["policy"], answer["opened"])
    assert ["576002"] == [one["order_id"] for one in answer["served"]]
    assert ["576001"] == [one["order_id"] for one in answer["short"]]
    assert answer["short"][0]["why"].endswith("needs 2 units and only 1 unit was left.")
    assert "576001 2 short" in _flat(shown.out)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "give --sku with --on-hand"),
        (("--sku", "L", "--on-hand", "1", "--counts", "x.csv"), "give either --counts"),
        (("--sku", "L", "--on-hand", "-1", "--from", "FILE", "--dry-run"), "on_hand: -1"),
        (("--sku", "NONE", "--on-hand", "1", "--from", "FILE", "--dry-run"), "No order holds"),
        (("--counts", "COUNTS", "--dry-run", "--from", "FILE"), "row 3, SKU LAMP"),
    ],
)
def test_a_bad_request_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    file = _export(tmp_path / "orders.csv", ("576001", 2, "03/01/2026 10:00:00 AM"))
    counts = tmp_path / "counts.csv"
    counts.write_text("SKU,On hand\nOTHER,4\nLAMP,-2\n", encoding="utf-8")
    places = {"FILE": str(file), "COUNTS": str(counts)}
    given = [places.get(one, one) for one in arguments]
    env = {"WENHUO_HOME": str(tmp_path / "home"), "COLUMNS": "100"}

    said = run_command("incident", "open", *given, env=env)

    assert 2 == said.status
    assert reason in said.err
    assert 1 == len(said.err.splitlines())


async def test_an_incident_is_opened_and_led_by_commands(floor: Stack) -> None:
    sku = fresh(floor)
    await sku.sell(1, 1, 1)
    asked = ("incident", "open", "--on-hand", "1", "--stream", "friday", "--json")

    said = await command(
        floor, *asked, "--sku", f"FLOOR-{sku.number}", "--from-shop", "--shop", US_SHOP_ID
    )
    assert 0 == said.status, said.err
    assert [1, 2] == [len(said.document[name]) for name in ("served", "short")]
    (incident_id,) = said.document["opened"]
    assert sku.sku_id == (names.sku_of_incident(incident_id) or "   ")[1]
    incident = _incident(sku, incident_id)
    await incident.until(S.AWAITING_RESTOCK)

    second = await command(floor, *asked, "--sku", sku.sku_id, "--shop", US_SHOP_ID)
    assert (1, True) == (second.status, incident_id in second.err)

    date = ("--state", "expected", "--available-at", soon(hours=40))
    for arguments in (
        ("restock", incident_id, *date),
        ("count", sku.sku_id, "--on-hand", "2"),
        ("receive", f"{US_SHOP_ID}:{sku.sku_id}", "--lot", "L1", "--quantity", "1"),
        ("move", incident_id, sku.orders[0], "--to", "short", "--reason", "a retailer"),
    ):
        done = await command(floor, "incident", *arguments)
        assert 0 == done.status, done.err
    again = ("receive", incident_id, "--lot", "L1", "--quantity", "1")
    assert 1 == (await command(floor, "incident", *again)).status

    shown = await command(floor, "incident", "show", incident_id, "--orders")
    assert (0, True) == (shown.status, "moved by operator: a retailer" in _flat(shown.out))
    assert max(len(line) for line in shown.out.splitlines()) <= 80
    listed = await command(floor, "incident", "list", "--json")
    assert incident_id in [one["case_id"] for one in listed.document]
    table = await command(floor, "incident", "list")
    assert sku.sku_id in table.out
    assert max(len(line) for line in table.out.splitlines()) <= 80


async def test_an_incident_that_ended_is_shown_and_looked_back_at(floor: Stack) -> None:
    sku = fresh(floor)
    stream = f"stream-{sku.number}"
    incident = await sku.oversold(1, 1, on_hand=1, stream=stream)
    incident_id = incident.handle.id

    await command(floor, "incident", "withdraw", incident_id, "--reason", "a drill")
    await incident.result()
    filed = await command(floor, "incident", "show", incident_id, "--orders", "--json")
    assert ("withdrawn", 2) == (
        filed.document["outcome"],
        filed.document["review"]["orders"]["total"],
    )
    assert 2 == len(filed.document["orders"])
    closed = await command(floor, "incident", "list", "--closed", "--json")
    assert incident_id in [one["case_id"] for one in closed.document]

    back = await command(floor, "incident", "review", "--stream", stream, "--json")
    (review,) = back.document
    assert (incident_id, 2) == (review["incident_id"], review["orders"]["total"])
    in_short = await command(floor, "incident", "review", "--stream", stream)
    assert "1 in all" in in_short.out
    assert max(len(line) for line in in_short.out.splitlines()) <= 80
    none = await command(floor, "incident", "review", "--stream", "none")
    assert "No closed incidents." == none.out.strip()


def _flat(text: str) -> str:
    return " ".join(text.split())


async def test_many_skus_are_opened_from_one_sheet_of_counts(floor: Stack, tmp_path: Path) -> None:
    first, second = fresh(floor), fresh(floor)
    both = {first.sku_id: 1, second.sku_id: 1}
    shared = await floor.order(lines=both, paid_time="-9000")
    await second.sell(1)
    sheet = tmp_path / "counts.json"
    rows = [{"SKU": first.sku_id, "On hand": "1"}, {"SKU": second.sku_id, "On hand": "0"}]
    sheet.write_text(json.dumps(rows), encoding="utf-8")
    asked = ("incident", "open", "--counts", str(sheet), "--shop", US_SHOP_ID, "--json")

    dry = await command(floor, *asked, "--dry-run", "--from-shop")
    assert 0 == dry.status, dry.err
    assert [first.sku_id, second.sku_id] == [one["sku"] for one in dry.document["incidents"]]
    said = await command(floor, *asked)
    assert 0 == said.status, said.err
    assert 2 == len(said.document["opened"])

    one, other = (_incident(first, incident_id) for incident_id in said.document["opened"])
    for incident in (one, other):
        await incident.until(S.AWAITING_RESTOCK)
    counts = part(await one.view()).counts
    # The US market cancels single lines, so that the order keeps the SKU that is there.
    assert (1, 0) == (counts.served, counts.short)
    assert 2 == part(await other.view()).counts.short
    assert shared


async def test_news_of_a_sku_go_to_its_incident_which_tells_the_cases(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, on_hand=0)
    cases = [sku.case(one) for one in sku.orders]
    for case in cases:
        await case.until(S.AWAITING_CHOICE)

    said = await command(
        floor,
        *("restock", sku.sku_id, "--state", "in_stock", "--quantity", "1", "--lot", "L1"),
        "--json",
    )

    assert [incident.handle.id] == said.document["told"]
    await cases[0].until(lambda view: any(one.choice == "wait" for one in view.offers))
    assert ["refund"] == [one.choice for one in (await cases[1].view()).offers]
