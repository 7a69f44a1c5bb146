"""Moments that are easily missed: nobody runs, a try goes out unseen, a find comes too late."""

import asyncio
import json
from datetime import datetime, timedelta

from domain.cases import CaseOutcome, CaseView
from domain.cases import CaseState as S
from records.cases import CaseOpenings
from tests.support.case_states import MESSAGES, soon
from tests.support.pickups import late
from tests.support.stack import JACKET, QUEUES, SOCKS, Opened, Stack
from workflows import names

ANNA = {"actor": "anna"}
BRISK = """contact: {share_of_time_left: 0.03}
outage: {park_after: 1s, retry_every: 1s}
"""
HASTY = "outage: {park_after: 4s, retry_every: 30m}"


async def test_after_downtime_one_contact_comes_first(stack: Stack) -> None:
    """The deadline passed while nobody ran: the buyer is told before anything is refunded."""
    name = stack.write_playbook("brisk", BRISK)
    order_id = await stack.order(due_in=timedelta(minutes=3))
    await stack.sandbox.fault("error", MESSAGES, times=1000)
    case = await stack.open(order_id, playbook=name)
    view = await case.until(S.PARKED, lambda view: view.contact_by is not None)
    assert view.contact_by

    await stack.leave(*QUEUES)
    await stack.sandbox.clear_faults()
    await asyncio.sleep((view.contact_by - view.opened_at).total_seconds())
    await stack.man(*QUEUES)
    view = await case.until(lambda view: view.contacted_at is not None)

    assert ["contact_by"] == [breach.deadline for breach in view.breaches]
    assert 1 == len([text for text in await case.texts() if "Reply C" in text])
    assert CaseOutcome.REFUNDED_NOT_CONTACTED != view.outcome


async def test_the_opening_is_written_down_because_a_replay_may_read_the_first_clock_otherwise(
    stack: Stack,
) -> None:
    """Rule: a query that comes during the first task cuts it in two, and a replay joins them."""
    order_id = await stack.order()
    for case in (await stack.open(order_id), await late(stack)):
        view = await case.until(lambda view: view.playbook is not None)
        markers = [
            event.marker_recorded_event_attributes.details["result"].payloads[0].data
            for event in (await case.handle.fetch_history()).events
            if "result" in event.marker_recorded_event_attributes.details
        ]
        (pinned,) = [json.loads(one) for one in markers if b'"working_days"' in one]
        assert view.opened_at == datetime.fromisoformat(pinned["opened_at"])


async def test_a_notice_that_went_out_unseen_is_not_queued_for_people(stack: Stack) -> None:
    name = stack.write_playbook("hasty", HASTY)
    case = await stack.asked(playbook=name, restock_at=soon(hours=60))
    await stack.sandbox.fault("drop_reply", MESSAGES, method="POST", times=1)
    await stack.sandbox.fault("error", MESSAGES, method="GET", times=1000)

    await case.chose("wait")
    await _says(case, "contact.failed")
    await stack.sandbox.clear_faults()
    await _says(case, "buyer.informed")

    assert "contact.assisted" not in await case.keys()
    assert 2 == len(await case.texts())


async def _says(case: Opened, key: str) -> None:
    async with asyncio.timeout(20):
        while key not in await case.keys():
            await case.skip(timedelta(seconds=1))


async def test_what_is_found_short_while_a_case_is_being_filed_gets_a_case_of_its_own(
    stack: Stack,
) -> None:
    case = await stack.asked(
        lines={JACKET: 1, SOCKS: 1}, short_lines=[{"sku_id": JACKET, "quantity": 1}]
    )
    await stack.leave(names.DESK_QUEUE)
    await case.chose("refund")
    await case.until(S.CLOSED)

    again = {"short_lines": [{"sku_id": JACKET, "quantity": 1}]}
    await case.signal("shortage_found", again)
    more = {"short_lines": [{"sku_id": SOCKS, "quantity": 1}], "source": "erp"}
    await case.signal("shortage_found", more)
    await stack.man(names.DESK_QUEUE)
    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome

    handle = stack.client.get_workflow_handle(f"{case.handle.id}:2")
    second = Opened(stack=stack, handle=handle, shop_id=case.shop_id, order_id=case.order_id)
    view: CaseView = await second.until(S.AWAITING_CHOICE)
    assert (SOCKS,) == view.short_skus
    assert "erp" == view.source
    stack.opened.append(second)


async def test_what_a_filed_case_knew_already_opens_nothing(stack: Stack) -> None:
    case = await stack.asked(lines={JACKET: 1, SOCKS: 1}, short_lines=[])
    await stack.leave(names.DESK_QUEUE)
    await case.update("withdraw", {**ANNA, "reason": "a mistake"})
    await case.until(S.CLOSED)

    await case.signal("shortage_found", {"short_lines": [{"sku_id": SOCKS, "quantity": 1}]})
    await stack.man(names.DESK_QUEUE)
    await case.result()

    assert case.handle.id == CaseOpenings(stack.db).current_case_id(case.handle.id)
