"""The commands against the running product: what people and programs get to see."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedesk.intake import write_export_csv
from domain.cases import CaseKind, CaseState, CaseView
from records.stock_alerts import StockAlert, StockAlerts
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.case_states import soon
from tests.support.cli import Said, command
from tests.support.exports import export_rows, plain
from tests.support.filing_receiver import SECRET, a_receiver
from tests.support.stack import JACKET, Opened, Stack
from workflows import names


def widest(said: Said) -> int:
    """Return the length of the longest line people see."""
    return max(len(line) for line in said.out.splitlines())


async def blocked(stack: Stack) -> Opened:
    """Open a case whose buyer cannot be written to, so that a person has to tell them."""
    order_id = await stack.order()
    await stack.sandbox.block(order_id)
    case = await stack.open(order_id)
    await case.until(lambda view: any(task.text for task in view.tasks))
    return case


async def test_a_case_is_shown_on_one_page_of_eighty_columns(stack: Stack) -> None:
    case = await stack.asked()
    said = await command(stack, "show", case.order_id)
    assert 0 == said.status
    assert 80 >= widest(said)
    for wanted in (case.handle.id, "awaiting_choice", "contact_by", "buyer.contacted", "refund"):
        assert wanted in said.out


async def test_show_as_json_is_the_view(stack: Stack) -> None:
    case = await stack.asked()
    said = await command(stack, "show", case.order_id, "--json")
    assert (case.handle.id, "awaiting_choice") == (
        said.document["case_id"],
        said.document["state"],
    )
    assert "" == said.err


@pytest.mark.parametrize("arguments", [("list",), ("tasks",), ("list", "--closed")])
async def test_lists_fit_eighty_columns_and_are_json_for_programs(
    arguments: tuple[str, ...], stack: Stack
) -> None:
    await stack.asked()
    await blocked(stack)
    said = await command(stack, *arguments)
    assert (0, True) == (said.status, widest(said) <= 80)
    assert isinstance((await command(stack, *arguments, "--json")).document, list)


async def test_a_stock_alert_is_among_the_tasks(stack: Stack) -> None:
    """Who has no console must not miss that a SKU is sold out over open orders."""
    alerts, now = StockAlerts(stack.db), datetime.now(UTC)
    alert = StockAlert(
        shop_id=US_SHOP_ID,
        sku_id="1729500000000009902",
        level="OUT_OF_STOCK",
        available=0,
        committed=7,
        changed_at=now,
    )
    alerts.note(alert, stands=True)
    try:
        said = await command(stack, "tasks", "--shop", US_SHOP_ID)
        document = (await command(stack, "tasks", "--json")).document
        other = await command(stack, "tasks", "--shop", TH_SHOP_ID)
    finally:
        alerts.settle(US_SHOP_ID, "1729500000000009902", actor="anna")
    assert (0, True) == (said.status, widest(said) <= 80)
    assert "incident open" in said.out
    assert ("stock_alert", "1729500000000009902") == (document[-1]["step"], document[-1]["sku_id"])
    assert "stock_alert" not in other.out


async def test_the_story_and_the_history_can_be_read(stack: Stack) -> None:
    case = await stack.asked()
    story = await command(stack, "timeline", case.order_id, "--json")
    assert "case.opened" == story.document[0]["key"]
    events = (await command(stack, "history", case.order_id, "--json")).document
    given = events[0]["workflowExecutionStartedEventAttributes"]["input"][0]
    assert case.order_id == given["order_id"]
    assert 80 >= widest(await command(stack, "timeline", case.order_id))
    assert 80 >= widest(await command(stack, "history", case.order_id))


async def test_a_decision_carries_who_made_it(stack: Stack) -> None:
    """The setting's actor counts unless the command names one."""
    case = await stack.asked()
    await command(stack, "note", case.order_id, "first", WENHUO_ACTOR="bo")
    await command(stack, "take", case.order_id, "--actor", "anna")
    actors = [event.actor for event in await case.timeline()][-2:]
    assert ["bo", "anna"] == actors
    assert "anna" == (await case.view()).assignee


async def test_a_choice_settles_the_case(stack: Stack) -> None:
    """Letters are as good as words; an offer that was not made is refused with status 1."""
    case = await stack.asked()
    refused = await command(stack, "choose", case.order_id, "B")
    assert (1, True) == (refused.status, "swap is not offered" in refused.err)
    said = await command(stack, "choose", case.order_id, "C", "--json")
    assert (0, "refund") == (said.status, said.document["choice"])
    assert "refunded_by_choice" == (await case.result()).outcome
    late = await command(stack, "choose", case.order_id, "A")
    assert (1, True) == (late.status, "closed (refunded_by_choice)" in late.err)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("contact", "--channel", "phone"), "does not wait for a person"),
        (("approve",), "waits"),
        (("resume", "no-such-step"), "'no-such-step' is not parked"),
        (("link", "123"), "no swap"),
    ],
)
async def test_what_the_case_does_not_allow_is_status_one(
    arguments: tuple[str, ...], reason: str, stack: Stack
) -> None:
    case = await stack.asked()
    name, *rest = arguments
    said = await command(stack, name, case.order_id, *rest)
    assert 1 == said.status
    assert reason in said.err
    assert 1 == len(said.err.strip().splitlines())


async def test_a_person_can_end_the_argument(stack: Stack) -> None:
    one, other = await stack.asked(), await stack.asked()
    await command(stack, "override", one.order_id, "refund", "--reason", "angry")
    await command(stack, "withdraw", other.order_id, "--reason", "found in the back")
    outcomes = [(await case.result()).outcome for case in (one, other)]
    assert ["refunded_by_person", "withdrawn"] == outcomes


async def test_restock_for_one_case_is_a_decision_about_it(stack: Stack) -> None:
    case = await stack.asked()
    said = await command(
        *(stack, "restock", JACKET, "--state", "unavailable", "--case", case.order_id, "--json")
    )
    assert (0, case.order_id) == (said.status, said.document["order_id"])
    wrong = await command(stack, "restock", "X", "--state", "in_stock", "--case", case.order_id)
    assert (1, True) == (wrong.status, "'X'" in wrong.err or "SKU X" in wrong.err)


async def test_reopening_says_how_the_case_goes_on(stack: Stack) -> None:
    case = await stack.asked()
    early = await command(stack, "reopen", case.order_id, "--reason", "x")
    assert (1, True) == (early.status, "not on file as closed" in early.err)
    await command(stack, "withdraw", case.order_id)
    await case.result()
    said = await command(stack, "reopen", case.order_id, "--reason", "x", "--json")
    assert {"case_id": f"{case.handle.id}:2"} == said.document


async def test_an_export_opens_its_short_orders_once(stack: Stack, tmp_path: Path) -> None:
    """Answers as the wire says; the second run joins, and a closed case stays closed."""
    orders = [await stack.order(lines={JACKET: 1}) for _ in range(3)]
    file = tmp_path / "orders.csv"
    rows = [plain(n, order_id=order, sku_id=JACKET) for n, order in enumerate(orders, start=1)]
    write_export_csv(file, export_rows(rows, market="US"), market="US")
    arguments = (
        *("open", "oversell", "--from", str(file), "--sku", JACKET, "--on-hand", "1"),
        *("--market", "US", "--json"),
    )
    ids = [names.order_case_id(US_SHOP_ID, order) for order in orders[1:]]
    first = (await command(stack, *arguments)).document
    assert (ids, [], []) == (first["opened"], first["joined"], first["already_closed"])
    await command(stack, "withdraw", ids[0])
    await stack.client.get_workflow_handle(ids[0]).result()
    again = (await command(stack, *arguments)).document
    assert ([], ids[1:], ids[:1]) == (again["opened"], again["joined"], again["already_closed"])


async def test_a_stock_out_opens_its_cases_the_same_way_and_names_its_supplier(
    stack: Stack, tmp_path: Path
) -> None:
    """An order whose oversold case is open already is joined by it, and turns."""
    orders = [await stack.order(lines={JACKET: 1}) for _ in range(2)]
    oversold = await stack.open(orders[0])
    await oversold.until(CaseState.AWAITING_CHOICE)
    file = tmp_path / "orders.csv"
    rows = [plain(n, order_id=order, sku_id=JACKET) for n, order in enumerate(orders, start=1)]
    write_export_csv(file, export_rows(rows, market="US"), market="US")

    said = await command(
        *(stack, "open", "stockout", "--from", str(file), "--sku", JACKET, "--on-hand", "0"),
        *("--market", "US", "--supplier", "Hao Yi", "--restock-at", soon(days=3), "--json"),
    )

    ids = [names.order_case_id(US_SHOP_ID, order) for order in orders]
    assert (ids[1:], ids[:1]) == (said.document["opened"], said.document["joined"])
    for case_id in ids:
        handle = stack.client.get_workflow_handle(case_id)
        view = CaseView.model_validate(await handle.query("view"))
        assert CaseKind.UNAVAILABLE == view.kind
        assert view.supply
        assert "Hao Yi" == view.supply.supplier


async def test_the_shop_is_asked_for_when_several_fit(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    write_export_csv(file, export_rows([plain()], market="US"), market="US")
    open_it = ("open", "oversell", "--from", str(file), "--sku", "JACKET-M", "--on-hand", "9")
    said = await command(stack, *open_it)
    assert (2, True, True) == (said.status, US_SHOP_ID in said.err, TH_SHOP_ID in said.err)
    unknown = await command(stack, *open_it, "--shop", "42")
    assert (1, True) == (unknown.status, "shop 42 is not connected" in unknown.err)
    by_market = await command(stack, *open_it, "--market", "us", "--json")
    assert (0, []) == (by_market.status, by_market.document["opened"])


async def test_the_shop_itself_can_be_the_source(stack: Stack) -> None:
    order_id = await stack.order(lines={JACKET: 1})
    said = await command(
        *(stack, "open", "oversell", "--from-shop", "--sku", "JACKET-RED-M"),
        *("--on-hand", "0", "--shop", US_SHOP_ID, "--dry-run", "--json"),
    )
    assert order_id in [placed["order_id"] for placed in said.document["short"]]


async def test_people_get_texts_and_give_back_what_they_did(stack: Stack, tmp_path: Path) -> None:
    """The whole way of assisted contact: export, fill in, record, choose; twice is once."""
    case = await blocked(stack)
    file = tmp_path / "contacts.csv"
    said = await command(stack, "contacts", "export", "--format", "csv", "--output", str(file))
    assert 0 == said.status
    rows = [row for row in _rows(file) if row["order_id"] == case.order_id]
    assert [True] == [case.order_id[-6:] in row["text"] for row in rows]
    _write(file, [{**row, "channel": "phone"} for row in rows])
    for _ in range(2):
        said = await command(stack, "contacts", "record", "--from", str(file), "--json")
        assert (0, [case.handle.id]) == (said.status, said.document["recorded"])
    view = await case.until(CaseState.AWAITING_CHOICE)
    assert "assisted" == view.contact_mode
    _write(file, [{"order_id": case.order_id, "choice": "c", "via": "phone", "text": "C"}])
    said = await command(stack, "choose", "--from", str(file), "--json")
    assert [case.handle.id] == said.document["recorded"]
    await case.until(lambda view: view.choice == "refund")


async def test_a_contact_of_a_closed_case_just_leaves_the_queue(
    stack: Stack, tmp_path: Path
) -> None:
    case = await blocked(stack)
    file = tmp_path / "contacts.json"
    await command(stack, "contacts", "export", "--format", "json", "--output", str(file))
    rows = [row for row in json.loads(file.read_text()) if row["order_id"] == case.order_id]
    await command(stack, "withdraw", case.order_id)
    await case.result()
    file.write_text(json.dumps([{**rows[0], "channel": "mail"}]))
    said = await command(stack, "contacts", "record", "--from", str(file), "--json")
    assert (0, [case.handle.id]) == (said.status, said.document["settled"])


async def test_refused_rows_are_listed_and_the_rest_is_done(stack: Stack, tmp_path: Path) -> None:
    case = await stack.asked()
    file = tmp_path / "choices.csv"
    _write(
        file,
        [
            {"order_id": "404", "choice": "A"},
            {"order_id": case.order_id, "choice": "B"},
            {"order_id": case.order_id, "choice": "C"},
        ],
    )
    said = await command(stack, "choose", "--from", str(file), "--json")
    assert 1 == said.status
    assert [2, 3] == [row["row"] for row in said.document["refused"]]
    assert [case.handle.id] == said.document["recorded"]


async def test_bad_rows_stop_a_file_until_somebody_says_go_on(
    stack: Stack, tmp_path: Path
) -> None:
    """Nothing of the file has been recorded by then."""
    case = await stack.asked()
    file = tmp_path / "choices.csv"
    _write(file, [{"order_id": case.order_id, "choice": "C"}, {"order_id": "1", "choice": "?"}])
    said = await command(stack, "choose", "--from", str(file))
    assert (2, True) == (said.status, "row 3" in said.err and "'?'" in said.err)
    assert (await case.view()).choice is None
    said = await command(stack, "choose", "--from", str(file), "--skip-bad-rows", "--json")
    assert (0, [case.handle.id]) == (said.status, said.document["recorded"])
    assert 1 == len(said.document["skipped"])


async def test_setup_may_be_repeated(stack: Stack) -> None:
    arguments = ("setup", "--auth-code", "sandbox-consent-us", "--json")
    first, again = [(await command(stack, *arguments)).document for _ in range(2)]
    assert first == again
    assert {US_SHOP_ID, TH_SHOP_ID} == {shop["shop_id"] for shop in first["shops"]}


async def test_setup_registers_the_webhook_address(stack: Stack) -> None:
    said = await command(stack, "setup", "--webhook-url", "http://127.0.0.1:9/", "--json")
    assert "http://127.0.0.1:9/webhooks/tiktok" == said.document["webhooks"]
    for shop_id in (US_SHOP_ID, TH_SHOP_ID):
        held = {one.address for one in await stack.shop.webhooks(shop_id=shop_id)}
        assert {said.document["webhooks"]} == held


async def test_wrong_credentials_and_codes_say_what_to_check(stack: Stack) -> None:
    said = await command(stack, "setup", "--auth-code", "no-such-code")
    assert (1, True) == (said.status, "'no-such-code'" in said.err)
    arguments = ("setup", "--auth-code", "sandbox-consent-us")
    said = await command(stack, *arguments, WENHUO_APP_SECRET="wrong")
    assert (1, True) == (said.status, "WENHUO_APP_SECRET" in said.err)
    said = await command(stack, *arguments, WENHUO_APP_SECRET="")
    assert (1, True) == (said.status, "WENHUO_APP_SECRET" in said.err)


async def test_doctor_looks_at_everything(stack: Stack) -> None:
    """A sound installation is status 0; what is only worth knowing does not fail it."""
    await command(stack, "setup", "--webhook-url", "http://127.0.0.1:9")
    async with a_receiver() as endpoint:
        gateway = {"WENHUO_GATEWAY_URL": endpoint.url, "WENHUO_GATEWAY_SECRET": SECRET}
        said = await command(stack, "doctor", "--json", **gateway)
    broken = [one for one in said.document["checks"] if one["health"] == "broken"]
    assert ([], 0, True) == (broken, said.status, said.document["sound"])
    looked_at = {one["what"].split()[0] for one in said.document["checks"]}
    everything = {"app", "rules", "texts", "server", "lists", "queue", "records", "shop"}
    assert everything | {"contact", "webhooks", "time", "filing"} == looked_at
    assert (["GET"], 0) == (endpoint.methods(), endpoint.filed), "asked, and nothing filed"


async def test_doctor_names_the_file_that_does_not_load(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "markets").mkdir()
    (tmp_path / "default.yaml").write_text("no_such_key: 1\n")
    said = await command(stack, "doctor", "--json", WENHUO_PLAYBOOKS=str(tmp_path))
    broken = {one["what"]: one for one in said.document["checks"] if one["health"] == "broken"}
    assert {"rules", "texts"} == set(broken)
    assert "default.yaml" in broken["rules"]["found"]
    assert 1 == said.status


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as content:
        return list(csv.DictReader(content))


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as content:
        writer = csv.DictWriter(content, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
