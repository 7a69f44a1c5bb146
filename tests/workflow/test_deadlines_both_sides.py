"""Every deadline: before it nothing happens, at it the case acts, a word in time counts."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import contacting, held, soon, swapping, waiting
from tests.support.stack import JACKET, Stack

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.moves("awaiting_choice:no_reply")
async def test_silence_is_refunded_at_choice_by_and_not_before(stack: Stack) -> None:
    case = await stack.asked()
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=-MINUTE)
    assert S.AWAITING_CHOICE == (await case.view()).state
    assert not await case.skip_to(choice_by, plus=SECOND)
    view = await case.result()

    assert CaseOutcome.REFUNDED_NO_REPLY == view.outcome
    assert view.closed_at
    assert view.closed_at >= choice_by
    assert 1 == len(await case.cancellations())


async def test_a_choice_just_before_choice_by_counts(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=-5 * SECOND)
    await case.chose("wait")

    assert "wait" == (await case.until(S.WAITING_RESTOCK)).choice


async def test_an_answer_whose_webhook_was_lost_is_found_before_silence_counts(
    stack: Stack,
) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    await stack.sandbox.say(case.order_id, "A")
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=SECOND)
    view = await case.until(S.WAITING_RESTOCK)

    assert "wait" == view.choice
    assert [] == await case.cancellations()


async def test_silence_is_read_also_where_choice_by_is_the_last_instant_to_promise(
    stack: Stack,
) -> None:
    case = await stack.asked(due_in=timedelta(hours=12))
    view = await case.view()
    assert view.choice_by
    assert view.choice_by == view.promise_by
    await stack.sandbox.say(case.order_id, "C")

    await case.skip_to(view.choice_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


@pytest.mark.moves("contacting:not_contacted")
async def test_a_contact_that_nobody_makes_is_refunded_at_contact_by(stack: Stack) -> None:
    case = await contacting(stack)
    contact_by = (await case.view()).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=-MINUTE)
    assert S.CONTACTING == (await case.view()).state
    assert not await case.skip_to(contact_by, plus=SECOND)
    view = await case.result()

    assert CaseOutcome.REFUNDED_NOT_CONTACTED == view.outcome
    assert ["contact_by"] == [breach.deadline for breach in view.breaches]


async def test_a_contact_recorded_just_before_contact_by_counts(stack: Stack) -> None:
    case = await contacting(stack)
    contact_by = (await case.view()).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=-5 * SECOND)
    said = {"actor": "anna", "channel": "phone", "text": "told her"}
    await case.update("record_contact", said)
    view = await case.until(S.AWAITING_CHOICE)

    assert view.contacted_at
    assert view.contacted_at <= contact_by
    assert () == view.breaches


async def test_a_date_that_passes_is_a_slip_and_not_before(stack: Stack) -> None:
    case = await waiting(stack)
    promised = (await case.view()).promised_at
    assert promised

    await case.skip_to(promised, plus=-MINUTE)
    assert S.WAITING_RESTOCK == (await case.view()).state
    assert not await case.skip_to(promised, plus=SECOND)

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome


async def test_a_parcel_scanned_before_the_date_keeps_the_promise(stack: Stack) -> None:
    """No webhook came: the look at the promised date finds it."""
    case = await waiting(stack)
    promised = (await case.view()).promised_at
    assert promised
    await stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})

    await case.skip_to(promised, plus=SECOND)

    assert CaseOutcome.SHIPPED_AFTER_WAIT == (await case.result()).outcome


@pytest.mark.moves("awaiting_choice:no_consent")
async def test_silence_about_a_later_date_is_no_consent(stack: Stack) -> None:
    case = await waiting(stack)
    later = {"sku_id": JACKET, "state": "expected", "available_at": soon(hours=90)}
    await case.signal("restock_changed", later)
    consent_by = (await case.until(S.AWAITING_CHOICE)).consent_by
    assert consent_by

    await case.skip_to(consent_by, plus=-MINUTE)
    assert S.AWAITING_CHOICE == (await case.view()).state
    assert not await case.skip_to(consent_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome


@pytest.mark.moves("arranging_swap:swap_lapsed")
async def test_a_swap_that_is_not_ordered_lapses_at_choice_by(stack: Stack) -> None:
    case = await swapping(stack)
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=-MINUTE)
    assert S.ARRANGING_SWAP == (await case.view()).state
    assert not await case.skip_to(choice_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_SWAP_LAPSED == (await case.result()).outcome


async def test_a_new_order_linked_just_before_the_lapse_is_a_swap(stack: Stack) -> None:
    case = await swapping(stack)
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=-5 * SECOND)
    await case.update("link_replacement_order", {"actor": "anna", "order_id": "57699900000002"})

    assert CaseOutcome.SWAPPED == (await case.result()).outcome


async def test_an_approval_that_never_comes_leaves_the_order_to_the_platform(
    stack: Stack,
) -> None:
    case = await held(stack)
    view = await case.view()
    assert view.promise_by
    await case.skip_to(view.promise_by, plus=MINUTE)
    assert "awaiting_approval" == (await case.view()).refund.status

    await stack.sandbox.put_orders(
        {"id": case.order_id, "status": "CANCELLED", "cancellation_initiator": "SYSTEM"}
    )
    await case.skip(timedelta(hours=7))
    view = await case.result()

    assert CaseOutcome.CANCELLED_BY_PLATFORM == view.outcome
    assert "none" == view.refund.status
    assert [] == await case.cancellations()


async def test_an_approval_just_after_promise_by_still_refunds(stack: Stack) -> None:
    case = await held(stack)
    view = await case.view()
    assert view.promise_by
    await case.skip_to(view.promise_by, plus=SECOND)

    await case.update("approve_refund", {"actor": "ben", "approved": True})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_a_case_opened_late_records_the_breach_and_contacts_first(stack: Stack) -> None:
    order_id = await stack.order()
    case = await stack.open(order_id, detected_at=soon(hours=-30), restock_at=soon(hours=60))

    view = await case.until(S.AWAITING_CHOICE)

    assert ["contact_by"] == [breach.deadline for breach in view.breaches]
    assert view.choice_by
    assert view.choice_by > await case.now() + timedelta(hours=20)
    assert ["wait", "refund"] == [offer.choice for offer in view.offers]


@pytest.mark.moves("contacting:no_time_to_ask")
async def test_without_time_left_the_buyer_is_told_and_refunded_unasked(stack: Stack) -> None:
    long_ago: dict[str, Any] = {
        "shipping_due_time": None,
        "create_time": "-2600000",
        "paid_time": "-2592000",
    }
    order_id = await stack.order(**long_ago)
    case = await stack.open(order_id, detected_at=soon(hours=-30))

    view = await case.result()

    assert CaseOutcome.REFUNDED_UNAVAILABLE == view.outcome
    assert view.contacted_at
    assert any(deadline.assumed for deadline in view.deadlines)


@pytest.mark.parametrize("said", [True, False], ids=["replied", "silent"])
async def test_reminders_stop_at_the_first_reply(stack: Stack, said: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    name = stack.write_playbook("reminding", "choice: {within: 72h, reminders: [8h, 30h]}")
    case = await stack.asked(playbook=name)
    if said:
        await case.says("hmm what is this?")
        await case.until(lambda view: view.needs_human is not None)

    await case.skip(timedelta(hours=60))

    expected = 1 if said else 3
    assert expected == len(await case.texts())
