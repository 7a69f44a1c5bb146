"""Parked steps: deadlines, choices and signals work meanwhile; a retry or a person goes on."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import CANCEL, MESSAGES, NO_SCOPE, ORDERS, soon, waiting
from tests.support.stack import JACKET, Opened, Stack

ANNA = {"actor": "anna"}
SENSITIVE = 45101006
"""Only a person can clear it."""


async def _parked_ask(stack: Stack) -> Opened:
    order_id = await stack.order()
    fault = {"method": "POST", "code": SENSITIVE, "match": "/messages", "times": 1000}
    await stack.sandbox.fault("refuse", MESSAGES, **fault)
    case = await stack.open(order_id, restock_at=soon(hours=60))
    await case.until(S.PARKED)
    return case


async def test_a_retried_message_goes_out_once(stack: Stack) -> None:
    case = await _parked_ask(stack)
    await stack.sandbox.clear_faults()

    await case.update("resume_step", {**ANNA, "step": "ask:1", "how": "retry"})
    await case.until(S.AWAITING_CHOICE)

    assert 1 == len(await case.texts())


async def test_a_message_that_was_sent_by_hand_is_not_sent_again(stack: Stack) -> None:
    case = await _parked_ask(stack)
    await stack.sandbox.clear_faults()

    resume = {**ANNA, "step": "ask:1", "how": "done", "reference": "m-77"}
    await case.update("resume_step", resume)
    view = await case.until(S.AWAITING_CHOICE)

    assert view.contacted_at
    assert [] == await case.texts()


async def test_a_message_given_up_goes_to_people(stack: Stack) -> None:
    case = await _parked_ask(stack)

    await case.update("resume_step", {**ANNA, "step": "ask:1", "how": "abandon"})
    view = await case.until(S.CONTACTING)

    assert "assisted" == view.contact_mode


async def test_a_chat_that_cannot_be_opened_may_be_given_up(stack: Stack) -> None:
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", MESSAGES, code=SENSITIVE, times=1000)
    case = await stack.open(order_id)
    await case.until(S.PARKED)

    await case.update("resume_step", {**ANNA, "step": "conversation", "how": "abandon"})

    assert "assisted" == (await case.until(S.CONTACTING)).contact_mode


async def test_a_parked_message_does_not_stop_the_contact_deadline(stack: Stack) -> None:
    case = await _parked_ask(stack)
    contact_by = (await case.view()).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=timedelta(seconds=1))

    assert CaseOutcome.REFUNDED_NOT_CONTACTED == (await case.result()).outcome


async def test_a_chat_that_cannot_be_opened_does_not_stop_the_contact_deadline(
    stack: Stack,
) -> None:
    """The attempt that fails while it is being cancelled must not park once more."""
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", MESSAGES, code=SENSITIVE, times=1000)
    case = await stack.open(order_id)
    contact_by = (await case.until(S.PARKED)).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=timedelta(seconds=1))

    assert CaseOutcome.REFUNDED_NOT_CONTACTED == (await case.result()).outcome


async def test_a_choice_is_taken_while_the_chat_cannot_be_opened(stack: Stack) -> None:
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", MESSAGES, code=SENSITIVE, times=1000)
    case = await stack.open(order_id, restock_at=soon(hours=60))
    await case.until(S.PARKED)

    await case.chose("wait")

    assert "wait" == (await case.until(S.WAITING_RESTOCK)).choice


async def test_a_choice_is_taken_while_the_message_is_parked(stack: Stack) -> None:
    case = await _parked_ask(stack)

    await case.chose("wait")
    view = await case.until(S.WAITING_RESTOCK)

    assert not [task for task in view.tasks if task.step == "ask:1"]


async def test_an_outage_is_tried_again_by_itself(stack: Stack) -> None:
    name = stack.write_playbook("hasty", "outage: {park_after: 4s, retry_every: 30m}")
    order_id = await stack.order()
    await stack.sandbox.fault("error", ORDERS, times=1000, match=order_id)
    case = await stack.open(order_id, playbook=name)
    await case.skip(timedelta(seconds=30))
    await case.until(S.PARKED)
    await stack.sandbox.clear_faults()

    await case.skip(timedelta(minutes=31))

    await case.until(S.AWAITING_CHOICE)


async def test_a_look_that_news_interrupted_is_tried_again(stack: Stack) -> None:
    """The hint that the order shipped is not forgotten because the buyer wrote meanwhile."""
    case = await waiting(stack)
    await case.fault("refuse", ORDERS, code=NO_SCOPE, match=case.order_id)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})
    await case.until(S.PARKED)
    await case.says("thanks")
    await stack.sandbox.clear_faults()
    await stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})

    await case.skip(timedelta(minutes=40))

    assert CaseOutcome.SHIPPED_AFTER_WAIT == (await case.result()).outcome


async def test_a_text_is_read_while_new_offers_cannot_be_sent(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", MESSAGES, method="POST", code=SENSITIVE)
    news = {"sku_id": JACKET, "state": "expected", "available_at": soon(hours=50)}
    await case.signal("restock_changed", news)
    await case.until(S.PARKED)
    await stack.sandbox.clear_faults()

    await case.says("C")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_silence_that_cannot_be_checked_waits_for_the_chat(stack: Stack) -> None:
    case = await stack.asked()
    await stack.sandbox.say(case.order_id, "C")
    await stack.sandbox.fault("refuse", MESSAGES, method="GET", code=SENSITIVE, times=1000)
    choice_by = (await case.view()).choice_by
    assert choice_by
    await case.skip_to(choice_by, plus=timedelta(seconds=1))
    view = await case.until(S.PARKED)
    assert view.needs_human
    assert "silence" == view.needs_human.step
    await stack.sandbox.clear_faults()

    await case.update("resume_step", {**ANNA, "step": "silence", "how": "retry"})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_the_platforms_own_cancellation_ends_a_parked_refund(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", CANCEL, method="POST", code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)
    await stack.sandbox.clear_faults()

    await stack.sandbox.put_orders(
        {"id": case.order_id, "status": "CANCELLED", "cancellation_initiator": "SYSTEM"}
    )
    await case.signal("order_changed", {"order_id": case.order_id, "status": "CANCELLED"})
    view = await case.result()

    assert CaseOutcome.CANCELLED_BY_PLATFORM == view.outcome


async def test_a_word_during_a_parked_step_is_answered_with_retry_only(stack: Stack) -> None:
    case = await waiting(stack)
    await case.fault("refuse", ORDERS, code=NO_SCOPE, match=case.order_id)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "x"})
    await case.until(S.PARKED)

    why = await case.refused("resume_step", {**ANNA, "step": "look", "how": "abandon"})

    assert "cannot be resumed by abandon" in why


@pytest.mark.parametrize("how", ["done", "retry"])
async def test_only_parked_steps_are_resumed(stack: Stack, how: str) -> None:
    case = await stack.asked()

    why = await case.refused("resume_step", {**ANNA, "step": "ask:1", "how": how})

    assert "not parked" in why
