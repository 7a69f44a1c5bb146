"""One story per way an incident can go; `record_incidents` keeps their histories."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import soon
from tests.support.incidents import REFUSING, UNKNOWN_AD, Floor, end_cases, fresh, part
from tests.support.stack import Opened, Stack

Story = Callable[[Stack], Awaitable[Opened]]
STORIES: dict[str, Story] = {}
"""Each brings an incident of its own to its end; the name is the history's file name."""

_ACTOR = {"actor": "lin"}


def story(tell: Story) -> Story:
    """Register a story under its function's name."""
    STORIES[tell.__name__] = tell
    return tell


async def _refund_all(sku: Floor, incident: Opened, *orders: int) -> None:
    cases = [sku.case(sku.orders[number]) for number in orders]
    await end_cases(incident, cases, CaseOutcome.REFUNDED_BY_CHOICE)


@story
async def handed_out_in_two_lots(floor: Stack) -> Opened:
    """A date slips once, two lots come, one buyer is refunded, one order stays served."""
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 2, on_hand=1, restock_at=soon(hours=30), supplier="mill")
    news = {**_ACTOR, "sku_id": sku.sku_id, "state": "expected", "available_at": soon(hours=50)}
    await incident.update("set_restock", news)
    for lot, quantity in (("L1", 1), ("L2", 1)):
        await incident.update("receive_lot", {**_ACTOR, "lot_id": lot, "quantity": quantity})
    await incident.until(lambda view: part(view).counts.served == 2)
    await _refund_all(sku, incident, 1, 2)
    return incident


@story
async def counted_and_moved_by_hand(floor: Stack) -> Opened:
    """A count takes units back, a person moves an order, then withdraws the incident."""
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 1, on_hand=2)
    await incident.update("set_on_hand", {**_ACTOR, "on_hand": 1})
    await incident.until(lambda view: part(view).counts.opened == 2)
    for order, to in ((0, "short"), (2, "served")):
        move = {"order_id": sku.orders[order], "to": to, "reason": "a regular"}
        await incident.update("move_order", {**_ACTOR, **move})
    await incident.update("withdraw", {**_ACTOR, "reason": "found in the back room"})
    return incident


@story
async def nothing_can_be_stopped(floor: Stack) -> Opened:
    """The shop refuses zero; a person gives the step up, the buyer is refunded."""
    sku = fresh(floor, REFUSING)
    incident = await sku.oversold(1, on_hand=0)
    await incident.until(lambda view: any(one.step == "stop_stock" for one in view.tasks))
    for how in ("retry", "abandon"):
        await asyncio.sleep(0.5)
        answer = {**_ACTOR, "step": "stop_stock", "how": how}
        await incident.update("resume_step", answer)
    await _refund_all(sku, incident, 0)
    return incident


@story
async def supplier_never_found(floor: Stack) -> Opened:
    """No supplier is named and an ad does not exist: both are people's tasks."""
    sku = fresh(floor, UNKNOWN_AD)
    incident = await sku.oversold(1, on_hand=0)
    await incident.until(lambda view: {"supplier", "pause_ads"} <= {t.step for t in view.tasks})
    await incident.skip(timedelta(hours=5))
    news = {"sku_id": sku.sku_id, "state": "unavailable", "source": "lin"}
    await incident.signal("restock_changed", news)
    await _refund_all(sku, incident, 0)
    return incident


@story
async def shop_silent_for_an_hour(floor: Stack) -> Opened:
    """The orders cannot be read for an hour; then everybody is served."""
    sku = fresh(floor)
    await sku.sell(1)
    await floor.sandbox.fault("error", "/order/202309/orders/search", times=10_000)
    incident = await sku.open(on_hand=3)
    await incident.skip(timedelta(minutes=40))
    await incident.until(lambda view: any(one.step == "collect" for one in view.tasks))
    await floor.sandbox.clear_faults()
    await incident.skip(timedelta(minutes=40))
    return incident


@story
async def second_of_a_sku(floor: Stack) -> Opened:
    """Another incident of the SKU is open."""
    sku = fresh(floor)
    await sku.oversold(1, on_hand=0)
    second = await sku.open(on_hand=0)
    assert S.CLOSED is (await second.result()).state
    return second
