"""One instant for cases and shops: opened there, moved from due to due, in the right order."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.conductor import Conductors
from domain.cases import CaseOutcome, CaseState, CaseView
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.clock import VirtualShops, virtual_shops
from workflows.incident_opening import incident_start
from workflows.opening import CaseStart, Fate, oversell_start

JACKET, WIND, MUG = "1729500000000001101", "1729500000000002101", "1729500000000001301"
LONG = timedelta(seconds=10)
"""The clocks run on with real time while a step is taken; on a busy machine a few seconds."""

_BASE = 576_460_752_000_700_000
NEVER, AT_ONCE, AT_DEADLINE, TOO_LATE, LATE_JOINER, THAI, TWICE, OTHERS, AGAIN, MUGS = (
    str(_BASE + number * 137) for number in range(10)
)
_DAY = 86_400


def _order(order_id: str, shop_id: str = US_SHOP_ID, sku: str = JACKET) -> Mapping[str, Any]:
    return {
        "shop_id": shop_id,
        "id": order_id,
        "create_time": "-3600",
        "shipping_due_time": f"+{8 * _DAY}",
        "line_items": [{"sku_id": sku, "quantity": 1}],
    }


def _says(order_id: str, text: str, after: float) -> Mapping[str, Any]:
    reaction = {"on": "message", "nth": 1, "after_seconds": after, "do": {"say": text}}
    return {"orders": [order_id], "reactions": [reaction]}


ORDERS = {
    "orders": [
        *(_order(one) for one in (NEVER, AT_ONCE, AT_DEADLINE, TOO_LATE, LATE_JOINER)),
        *(_order(one) for one in (TWICE, OTHERS, AGAIN)),
        _order(THAI, TH_SHOP_ID, WIND),
        _order(MUGS, US_SHOP_ID, MUG),
    ]
}
SCENARIO = {
    "habits": [
        _says(AT_ONCE, "C", 60),
        _says(AT_DEADLINE, "C", _DAY),
        _says(TOO_LATE, "C", _DAY + 120),
        {"habit": "never"},
    ]
}


def _start(order_id: str, shop_id: str = US_SHOP_ID) -> CaseStart:
    return oversell_start(shop_id=shop_id, order_id=order_id)


@pytest.fixture(scope="module")
async def shops() -> AsyncIterator[VirtualShops]:
    """A day and a half after several cases were opened at one instant."""
    async with virtual_shops(ORDERS, SCENARIO) as running:
        first = [_start(one) for one in (NEVER, AT_ONCE, AT_DEADLINE, TOO_LATE)]
        await running.clock.open_at(running.start, [*first, _start(THAI, TH_SHOP_ID)])
        yield running


async def _view(shops: VirtualShops, order_id: str, shop_id: str = US_SHOP_ID) -> CaseView:
    return await shops.view(_start(order_id, shop_id).case_id)


async def test_cases_open_at_the_instant_and_have_settled(shops: VirtualShops) -> None:
    for order_id, shop_id in ((NEVER, US_SHOP_ID), (THAI, TH_SHOP_ID)):
        view = await _view(shops, order_id, shop_id)
        assert shops.start <= view.opened_at < shops.start + LONG
        assert CaseState.AWAITING_CHOICE is view.state


async def test_a_case_that_is_open_already_is_joined(shops: VirtualShops) -> None:
    start = _start(NEVER)
    assert {start.case_id: Fate.JOINED} == await shops.clock.open_at(shops.clock.now, [start])


async def test_whoever_asks_again_after_a_crash_hears_what_the_first_opening_did(
    shops: VirtualShops,
) -> None:
    """A worker that dies after the opening repeats it; the case must not look like another's."""
    start, conductors = _start(AGAIN), Conductors(shops.client)
    at = shops.clock.now + timedelta(minutes=1)
    told = [await conductors.start([start], at=at) for _ in range(2)]
    assert [{start.case_id: Fate.OPENED}] * 2 == told
    assert at <= (await _view(shops, AGAIN)).opened_at < at + LONG


async def test_a_case_is_listed_under_its_search_attributes_before_its_first_step(
    shops: VirtualShops,
) -> None:
    described = await shops.handle(_start(NEVER).case_id).describe()
    told = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert US_SHOP_ID == told["CaseShop"]
    assert NEVER == told["CaseOrder"]


async def test_all_clocks_stand_at_the_instant_that_was_asked_for(shops: VirtualShops) -> None:
    await shops.after(hours=12)
    wanted = shops.start + timedelta(hours=12)
    told = datetime.fromisoformat((await shops.sandbox.clock())["now"])
    assert wanted <= shops.clock.now < wanted + LONG
    assert wanted <= told < wanted + LONG
    note = {"text": "what time is it?", "actor": "test"}
    await shops.handle(_start(NEVER).case_id).execute_update("note", note)
    (event,) = [
        event
        for event in await shops.handle(_start(NEVER).case_id).query("timeline")
        if event["key"] == "case.noted"
    ]
    assert wanted <= datetime.fromisoformat(event["at"]) < wanted + LONG


async def test_a_reply_within_the_deadline_is_read_without_any_webhook(
    shops: VirtualShops,
) -> None:
    """Nobody receives webhooks here: the case reads the chat before it acts on silence."""
    await shops.after(hours=36)
    view = await _view(shops, AT_ONCE)
    assert CaseOutcome.REFUNDED_BY_CHOICE is view.outcome


async def test_a_buyers_word_at_the_very_deadline_counts(shops: VirtualShops) -> None:
    """What happens in the shops at an instant comes before what the cases do at it."""
    await shops.after(hours=36)
    view = await _view(shops, AT_DEADLINE)
    assert CaseOutcome.REFUNDED_BY_CHOICE is view.outcome


@pytest.mark.parametrize("order_id", [NEVER, TOO_LATE])
async def test_silence_at_the_deadline_is_settled_at_the_deadline(
    shops: VirtualShops, order_id: str
) -> None:
    await shops.after(hours=36)
    view = await _view(shops, order_id)
    assert CaseOutcome.REFUNDED_NO_REPLY is view.outcome
    assert view.closed_at
    assert view.choice_by
    assert view.choice_by <= view.closed_at < view.choice_by + LONG


async def test_what_a_case_does_is_stamped_by_the_shops_at_the_same_time(
    shops: VirtualShops,
) -> None:
    await shops.after(hours=36)
    view = await _view(shops, NEVER)
    (cancelled,) = [
        row for row in (await shops.sandbox.effects())["cancellations"] if row["order_id"] == NEVER
    ]
    assert view.choice_by
    late = datetime.fromisoformat(cancelled["at"]) - view.choice_by
    assert timedelta(0) <= late < timedelta(minutes=1) + LONG


async def test_a_case_that_was_settled_is_not_opened_again(shops: VirtualShops) -> None:
    await shops.after(hours=36)
    start = _start(NEVER)
    fates = await shops.clock.open_at(shops.clock.now, [start])
    assert {start.case_id: Fate.ALREADY_CLOSED} == fates


async def test_a_later_opening_has_a_later_clock(shops: VirtualShops) -> None:
    await shops.after(hours=40)
    opened = shops.clock.now
    assert Fate.OPENED in (await shops.clock.open_at(opened, [_start(LATE_JOINER)])).values()
    view = await _view(shops, LATE_JOINER)
    assert opened <= view.opened_at < opened + LONG
    assert view.contacted_at
    assert opened <= view.contacted_at < opened + LONG


async def test_cases_that_others_open_are_moved_too(shops: VirtualShops) -> None:
    """A client's own start begins at wall time; the clock finds it and takes it along."""
    start = _start(OTHERS)
    await shops.client.start_workflow(
        start.workflow_type, start.payload, id=start.case_id, task_queue=start.task_queue
    )
    async with asyncio.timeout(30):
        while start.case_id not in shops.clock.views:
            await shops.clock.settle()
    await shops.clock.advance_to(shops.clock.now + timedelta(hours=30))
    assert CaseOutcome.REFUNDED_NO_REPLY is (await _view(shops, OTHERS)).outcome


async def test_an_incident_reads_orders_again_and_again_without_holding_up_the_clock(
    shops: VirtualShops,
) -> None:
    """Its readings are no deadlines: hours of them are one step, and all are made on the way.

    Shorter than a day, after which its buyer is refunded and the incident ends.
    """
    start = incident_start(shop_id=US_SHOP_ID, sku_id=MUG, on_hand=0, key="clock")
    await shops.clock.open_at(shops.clock.now, [start])
    opened = shops.clock.now
    began = time.monotonic()
    await shops.clock.advance_to(opened + timedelta(hours=22))
    assert time.monotonic() - began < LONG.total_seconds() * 2
    view = shops.clock.views[start.case_id]
    assert view.incident
    assert view.incident.next_look_at
    assert opened + timedelta(hours=22) < view.incident.next_look_at
    case = await _view(shops, MUGS)
    assert view.case_id == case.incident_id
    assert view.opened_at <= case.opened_at < view.opened_at + LONG


async def test_a_step_that_fails_is_repeated_in_virtual_time(shops: VirtualShops) -> None:
    """Back-off costs no real time, and the clock does not wait for it either."""
    path = "/customer_service/202309/conversations"
    await shops.sandbox.fault("error", path, times=6, method="POST")
    began, opened = time.monotonic(), shops.clock.now
    await shops.clock.open_at(opened, [_start(TWICE)])
    await shops.clock.advance_to(opened + timedelta(minutes=10))
    assert CaseState.AWAITING_CHOICE is (await _view(shops, TWICE)).state
    assert time.monotonic() - began < LONG.total_seconds() * 2


async def test_an_instant_that_has_passed_only_lets_effects_settle(shops: VirtualShops) -> None:
    here = shops.clock.now
    await shops.clock.advance_to(datetime.now(UTC))
    assert here <= shops.clock.now < here + LONG
