"""What an incident meets outside: refusals, outages, orders that come and go, open cases."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cases import CaseOutcome, CaseView
from domain.cases import CaseState as S
from domain.incidents import ChangedThing, ChangeState
from sandbox.shops import US_SHOP_ID
from tests.support.faults import until_told
from tests.support.incidents import (
    HAS,
    NO_AD,
    REFUSING,
    TWO_PLACES,
    UNKNOWN_AD,
    campaign_id,
    end_cases,
    fresh,
    look_round,
    part,
)
from tests.support.stack import Opened, Stack

ANNA = {"actor": "anna"}
INVENTORY = "/product/202309/inventory/search"


def _changes(view: CaseView, thing: ChangedThing) -> list[ChangeState]:
    return [one.state for one in part(view).changes if one.thing is thing]


async def _with_task(incident: Opened, step: str) -> CaseView:
    return await incident.until(lambda view: any(one.step == step for one in view.tasks))


async def test_a_stock_that_refuses_zero_is_a_task_and_everything_else_goes_on(
    floor: Stack,
) -> None:
    sku = fresh(floor, REFUSING)
    incident = await sku.oversold(1, on_hand=0)
    view = await _with_task(incident, "stop_stock")

    assert S.AWAITING_RESTOCK is view.state
    assert [ChangeState.REFUSED] == _changes(view, ChangedThing.STOCK)
    assert view.needs_human
    assert HAS == await sku.on_sale()

    await incident.update("resume_step", {**ANNA, "step": "stop_stock", "how": "abandon"})
    await end_cases(incident, [sku.case(sku.orders[0])], CaseOutcome.REFUNDED_BY_CHOICE)
    await incident.result()
    assert HAS == await sku.on_sale(), "what was never changed is not undone"


async def test_each_warehouse_is_emptied_and_gets_its_share_back(floor: Stack) -> None:
    sku = fresh(floor, TWO_PLACES)
    incident = await sku.oversold(3, on_hand=2)
    view = await incident.view()
    assert 2 * [ChangeState.CHANGED] == _changes(view, ChangedThing.STOCK)
    assert 0 == await sku.on_sale()

    await incident.update("set_on_hand", {**ANNA, "on_hand": 50})
    await incident.until(lambda view: part(view).counts.served == 1)
    view = await incident.update("withdraw", {**ANNA, "reason": "a miscount"})
    view = await incident.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert 2 * HAS == await sku.on_sale(), "a withdrawn incident puts back what was there"


async def test_an_ad_that_does_not_exist_is_a_task(floor: Stack) -> None:
    sku = fresh(floor, UNKNOWN_AD)

    incident = await sku.oversold(1, on_hand=0)
    view = await _with_task(incident, "pause_ads")

    assert [ChangeState.REFUSED] == _changes(view, ChangedThing.AD)
    (task,) = [one for one in view.tasks if one.step == "pause_ads"]
    assert "campaign:999" in task.ask


async def test_without_a_map_view_and_timeline_say_that_no_ad_was_touched(floor: Stack) -> None:
    sku = fresh(floor, NO_AD)

    incident = await sku.oversold(1, on_hand=0)
    await until_told(incident, "ads.not_paused")
    view = await incident.view()

    assert f"ads.yaml maps no ad to {sku.sku_id}" == part(view).ads
    assert [] == _changes(view, ChangedThing.AD)
    assert not [one for one in view.tasks if one.step == "pause_ads"]


async def test_an_ad_that_was_paused_before_stays_paused_at_the_end(floor: Stack) -> None:
    sku = fresh(floor)
    ad = {"campaign_id": campaign_id(sku.number), "operation_status": "DISABLE"}
    await floor.sandbox.http.post("/_control/ads", json=ad)
    await sku.sell(1)
    incident = await sku.open(on_hand=5)
    await incident.result()

    assert {"ENABLE", "DISABLE"} == await sku.ads()


async def test_what_somebody_else_changed_meanwhile_is_left_alone(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    stock = {"shop_id": US_SHOP_ID, "sku_id": sku.sku_id, "available": 7}
    await floor.sandbox.http.post("/_control/stock", json=stock)

    await incident.update("withdraw", {**ANNA, "reason": "sold out for good"})
    view = await incident.result()

    assert 7 == await sku.on_sale()
    assert [ChangeState.CHANGED_BY_OTHERS] == _changes(view, ChangedThing.STOCK)


async def test_a_person_may_take_the_whole_listing_off_sale_once(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    await until_told(incident, "stock.stopped")

    view = await incident.update("deactivate_listing", {**ANNA, "reason": "returns too"})

    assert [ChangeState.CHANGED] == _changes(view, ChangedThing.LISTING)
    again = {**ANNA, "reason": "x"}
    assert "already" in await incident.refused("deactivate_listing", again)
    await incident.update("withdraw", {**ANNA, "reason": "over"})
    await incident.result()
    done = [
        one["kind"]
        for one in (await floor.sandbox.effects())["inventory"]
        if one["product_id"].endswith(f"6{sku.number:05d}")
    ]
    assert ["deactivate", "activate"] == [one for one in done if one != "quantity"]


async def test_the_shop_is_silent_for_an_hour_and_the_incident_ends_right(floor: Stack) -> None:
    sku = fresh(floor)
    await sku.sell(1, 1)
    for path in ("/order/202309/orders/search", INVENTORY):
        await floor.sandbox.fault("error", path, times=10_000)
    incident = await sku.open(on_hand=1)
    await incident.skip(timedelta(minutes=40))
    await _with_task(incident, "collect")

    await floor.sandbox.clear_faults()
    await incident.skip(timedelta(minutes=40))
    view = await incident.until(S.AWAITING_RESTOCK)

    assert (1, 1) == (part(view).counts.served, part(view).counts.opened)
    await until_told(incident, "stock.stopped")
    assert not [one for one in (await incident.view()).tasks if one.step == "collect"]
    assert 0 == await sku.on_sale()


async def test_a_look_that_fails_is_a_task_until_one_works(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    await floor.sandbox.fault("refuse", "/order/202309/orders/search", code=105005, times=1000)
    await look_round(incident)
    await _with_task(incident, "look")

    await floor.sandbox.clear_faults()
    await incident.update("resume_step", {**ANNA, "step": "look", "how": "retry"})
    view = await incident.until(lambda view: not any(one.step == "look" for one in view.tasks))

    assert 1 == part(view).counts.open_cases


async def test_an_order_that_is_cancelled_gives_its_units_to_the_next(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, on_hand=1)
    waiting = sku.case(sku.orders[1])
    await waiting.until(S.AWAITING_CHOICE)

    await sku.change(incident, sku.orders[0], "CANCELLED")
    await look_round(incident)
    view = await incident.until(lambda view: part(view).counts.left == 1)

    assert (1, 1) == (part(view).counts.served, part(view).promised)
    await waiting.until(lambda view: any(one.choice == "wait" for one in view.offers))


async def test_an_order_that_comes_late_stands_last_and_gets_its_case(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)

    await sku.sell_now(incident)
    await look_round(incident)
    view = await incident.until(lambda view: part(view).counts.opened == 2)

    late = await sku.case(sku.orders[1]).view()
    assert late.detected_at > view.detected_at
    assert (await incident.moves()) >= {"awaiting_restock:more_short"}


async def test_a_case_that_a_person_opened_is_joined(floor: Stack) -> None:
    sku = fresh(floor)
    (order_id,) = await sku.sell(1)
    lines: list[dict[str, Any]] = [{"sku_id": sku.sku_id, "quantity": 1}]
    case = await floor.open(order_id, short_lines=lines)
    await case.until(S.AWAITING_CHOICE)

    incident = await sku.open(on_hand=0)
    view = await incident.until(S.AWAITING_RESTOCK)

    assert (0, 1) == (part(view).counts.opened, part(view).counts.joined)
    await case.until(lambda view: view.incident_id == incident.handle.id)
    assert 1 == len(await case.texts())


async def test_a_short_order_whose_case_was_closed_is_a_persons_matter(floor: Stack) -> None:
    sku = fresh(floor)
    (order_id,) = await sku.sell(1)
    case = await floor.open(order_id)
    await case.until(S.AWAITING_CHOICE)
    await case.update("withdraw", {**ANNA, "reason": "settled by phone"})
    await case.result()

    incident = await sku.open(on_hand=0)
    view = await incident.result()

    assert (1, 0) == (part(view).counts.already_closed, part(view).counts.opened)
    assert 1 == part(view).counts.left
    events = [one.detail for one in await incident.timeline() if one.key == "cases.settled"]
    assert ["1 withdrawn"] == events


async def test_a_lower_count_takes_units_back_and_their_orders_get_cases(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 1, on_hand=2)

    await incident.update("set_on_hand", {**ANNA, "on_hand": 1})
    view = await incident.until(lambda view: part(view).counts.opened == 2)

    assert (1, 1, 2) == (
        part(view).on_hand,
        part(view).promised,
        part(view).counts.short,
    )
    assert [one for one in view.tasks if one.step == "shortfall"]


async def test_a_count_and_a_lot_before_the_units_are_shared_out_are_not_lost(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    await sku.sell(1, 1, 1)
    await floor.sandbox.fault("refuse", "/order/202309/orders/search", code=105005, times=1000)
    incident = await sku.open(on_hand=0)
    await _with_task(incident, "collect")

    await incident.update("set_on_hand", {**ANNA, "on_hand": 1})
    await incident.update("receive_lot", {**ANNA, "lot_id": "L1", "quantity": 1})
    early = {**ANNA, "order_id": sku.orders[0], "to": "short", "reason": "x"}
    assert "shared out" in await incident.refused("move_order", early)
    await floor.sandbox.clear_faults()
    await incident.update("resume_step", {**ANNA, "step": "collect", "how": "retry"})
    view = await incident.until(S.AWAITING_RESTOCK)

    assert (2, 2, 1) == (
        part(view).on_hand,
        part(view).counts.served,
        part(view).counts.short,
    )


@pytest.mark.moves("stopping:withdrawn")
async def test_an_incident_can_be_withdrawn_before_anything_was_stopped(floor: Stack) -> None:
    sku = fresh(floor)
    await sku.sell(1)
    for path in (INVENTORY, "/open_api"):
        await floor.sandbox.fault("error", path, times=10_000)
    incident = await sku.open(on_hand=0)
    await incident.until(lambda view: view.playbook is not None)

    await incident.update("withdraw", {**ANNA, "reason": "a mistake"})
    view = await incident.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert [] == await sku.case(sku.orders[0]).texts()


async def test_an_operator_who_cancels_the_workflow_withdraws_the_incident(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    await until_told(incident, "ads.paused", 2)

    await incident.handle.cancel()
    view = await incident.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert (HAS, {"ENABLE"}) == (await sku.on_sale(), await sku.ads())
