"""The restock of an incident: asked for, promised, slipped, failed, and told to who waits."""

import json
from datetime import UTC, datetime, timedelta

from domain.cases import CaseKind
from domain.cases import CaseState as S
from domain.incidents import RestockState
from records.promises import SupplierPromises
from tests.support.case_states import soon
from tests.support.faults import until_told
from tests.support.incidents import eventually, fresh, look_round, part
from tests.support.stack import Opened, Stack

ANNA = {"actor": "anna"}


def _letters(floor: Stack, sku_number: int) -> list[str]:
    """Return the titles of letters about a SKU, host alerts and calls left out."""
    told = [json.loads(one) for one in floor.calls]
    return [
        one["title"]
        for one in told
        if f"FLOOR-{sku_number}" in one["message"] and "incident:" in one["message"]
    ]


async def _news(incident: Opened, **news: object) -> None:
    sku = (await incident.view()).short_skus[0]
    await incident.signal("restock_changed", {"sku_id": sku, "source": "mill", **news})


async def test_the_supplier_is_asked_at_once_and_chased_until_there_is_a_date(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 2, on_hand=0, supplier="mill")
    await incident.until(lambda view: part(view).next_chase_at is not None)
    await incident.skip(timedelta(hours=5))
    keys = await incident.keys()
    assert 2 == keys.count("supplier.asked")
    before = len(_letters(floor, sku.number))

    date = datetime.now(UTC) + timedelta(days=2)
    body = {**ANNA, "sku_id": sku.sku_id, "state": "expected", "available_at": date.isoformat()}
    await incident.update("set_restock", body)
    view = await incident.until(lambda view: part(view).restock_at == date)

    assert RestockState.EXPECTED is part(view).restock
    assert date == part(view).next_chase_at == view.due_at
    await incident.skip(timedelta(hours=20))
    assert 2 == (await incident.keys()).count("supplier.asked")
    assert before + 1 == len(_letters(floor, sku.number)), "one thank-you, no further chase"


async def test_without_a_supplier_a_person_is_asked_to_ask(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)

    view = await incident.until(lambda view: any(t.step == "supplier" for t in view.tasks))

    (task,) = [one for one in view.tasks if one.step == "supplier"]
    assert "names no supplier" in task.ask
    await incident.update("resume_step", {**ANNA, "step": "supplier", "how": "done"})
    assert not [one for one in (await incident.view()).tasks if one.step == "supplier"]


async def test_a_date_reaches_every_waiting_case_and_the_same_date_again_nobody(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, on_hand=0)
    cases = [sku.case(one) for one in sku.orders]
    for case in cases:
        await case.until(S.AWAITING_CHOICE)
        assert ["refund"] == [one.choice for one in (await case.view()).offers]

    date = soon(hours=40)
    await _news(incident, state="expected", available_at=date, event_id="e1")
    for case in cases:
        await case.until(lambda view: any(one.choice == "wait" for one in view.offers))
    await _news(incident, state="expected", available_at=date, event_id="e2")
    await _news(incident, state="expected", available_at=date, event_id="e2")
    await until_told(incident, "restock.changed", 2)

    told = [one.detail for one in await incident.timeline() if one.key == "cases.told"]
    assert 1 == len(told)
    assert told[0].startswith("2 cases: expected")
    heard = [one.detail for one in await incident.timeline() if one.key == "restock.changed"]
    assert 2 == len(heard)
    assert "as known" in heard[1]


async def test_a_past_date_is_refused_visibly_and_nobody_hears_it(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)

    await _news(incident, state="expected", available_at="2026-01-02T10:00:00Z")
    view = await incident.until(lambda view: any("has passed" in t.ask for t in view.tasks))
    await until_told(incident, "supplier.not_reached")
    (task,) = [one for one in (await incident.view()).tasks if one.step == "supplier"]

    assert "has passed" in task.ask, "what nobody could use is still said beside whom to ask"
    assert "Nobody could be asked" in task.ask
    assert RestockState.UNKNOWN is part(view).restock
    assert "signal.refused" in await incident.keys()
    assert "cases.told" not in await incident.keys()


async def test_units_of_which_nobody_says_how_many_are_counted_by_a_person(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)

    await _news(incident, state="in_stock")
    await incident.until(lambda view: any(one.step == "count" for one in view.tasks))
    await _news(incident, state="in_stock", quantity=1, lot_id="L1", event_id="e")
    view = await incident.until(lambda view: part(view).counts.served == 1)

    assert not [one for one in view.tasks if one.step == "count"]
    await _news(incident, state="in_stock", quantity=1, lot_id="L1", event_id="e again")
    await incident.signal("restock_changed", {"sku_id": "1", "state": "in_stock"})
    await incident.signal("restock_changed", {"state": 5})
    assert 1 == part(await incident.view()).on_hand


async def test_a_supplier_that_fails_turns_what_is_opened_from_then_on(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0, restock_at=soon(days=2))
    (early,) = [sku.case(one) for one in sku.orders]
    await early.until(S.AWAITING_CHOICE)

    await _news(incident, state="unavailable")
    await early.until(lambda view: view.kind is CaseKind.UNAVAILABLE)
    late_order = await sku.sell_now(incident)
    await look_round(incident)
    await incident.until(lambda view: part(view).counts.opened == 2)
    late = sku.case(late_order)
    view = await late.until(lambda view: view.kind is CaseKind.UNAVAILABLE)

    assert incident.handle.id == view.incident_id
    shown = await incident.view()
    assert RestockState.UNAVAILABLE is part(shown).restock
    assert part(shown).next_chase_at is None
    assert "StockoutCase" == (await late.handle.describe()).workflow_type
    await until_told(incident, "cases.told", 2)


async def test_what_became_of_a_suppliers_date_is_remembered(floor: Stack) -> None:
    sku = fresh(floor)
    date = soon(hours=30)
    incident = await sku.oversold(1, on_hand=0, restock_at=date, supplier=f"s{sku.number}")

    await incident.update("receive_lot", {**ANNA, "lot_id": "L1", "quantity": 1})
    await incident.until(lambda view: part(view).counts.served == 1)

    promises = SupplierPromises(floor.db)
    await eventually(lambda: bool(promises.history(f"s{sku.number}", sku.sku_id)))
    (sample,) = promises.history(f"s{sku.number}", sku.sku_id)
    assert timedelta(0) > sample.late_by
