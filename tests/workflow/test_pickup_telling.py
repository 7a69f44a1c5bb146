"""Buyers of a late parcel hear of it in time, by chat or by a person; nobody is refunded."""

from datetime import timedelta

import pytest

from domain.cases import CaseState as S
from domain.timeline import EventKey
from records.contacts import AssistedContacts
from tests.support.case_states import MESSAGES, soon
from tests.support.pickups import LatePickup, late_parcel, open_pickup
from tests.support.stack import Stack

CALLED = {"actor": "anna", "channel": "phone", "text": "told her"}
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SENSITIVE = 45101006
"""Only a person can clear it."""


async def _unreachable(stack: Stack, **parcel: object) -> LatePickup:
    """Return a late pickup whose buyer only a person can tell."""
    package_id, order_ids = await late_parcel(stack, **parcel)  # type: ignore[arg-type]  # as given
    await stack.sandbox.block(order_ids[0])
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.task(f"tell:{order_ids[0]}")
    return case


def _queued(stack: Stack, case: LatePickup) -> set[str]:
    waiting = AssistedContacts(stack.db).waiting()
    return {one.step for one in waiting if one.case_id == case.handle.id}


async def test_a_buyer_who_cannot_be_written_to_is_told_by_a_person(stack: Stack) -> None:
    case = await _unreachable(stack)
    task = await case.task(f"tell:{case.order_id}")
    assert ("record_contact",) == task.options
    assert case.order_id[-6:] in task.text
    assert {task.step} == _queued(stack, case)

    await case.update("record_contact", CALLED)
    view = await case.until(lambda view: view.contacted_at is not None)
    await case.skip(MINUTE)

    assert "assisted" == view.contact_mode
    assert () == view.breaches
    assert set() == _queued(stack, case)
    assert [] == await case.texts()


async def test_a_contact_recorded_just_before_the_deadline_is_in_time(stack: Stack) -> None:
    case = await _unreachable(stack)
    contact_by = (await case.view()).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=-5 * SECOND)
    await case.update("record_contact", CALLED)
    view = await case.until(lambda view: view.contacted_at is not None)
    await case.skip(timedelta(hours=1))

    assert view.contacted_at
    assert view.contacted_at <= contact_by
    assert () == (await case.view()).breaches


async def test_a_missed_contact_is_a_breach_and_a_task_and_never_a_refund(stack: Stack) -> None:
    case = await _unreachable(stack)
    contact_by = (await case.view()).contact_by
    assert contact_by

    await case.skip_to(contact_by, plus=-MINUTE)
    assert () == (await case.view()).breaches
    await case.skip_to(contact_by, plus=timedelta(minutes=20))

    view = await case.view()
    assert ["contact_by"] == [breach.deadline for breach in view.breaches]
    assert S.COLLECTING_EVIDENCE == view.state
    assert case.order_id in (await case.task("contact_missed")).ask
    assert [] == await case.cancellations()

    await case.update("record_contact", {**CALLED, "step": "contact_missed"})
    view = await case.until(lambda view: view.contacted_at is not None)
    assert not any(task.step == "contact_missed" for task in view.tasks)


async def test_a_case_opened_late_records_the_breach_and_tells_the_buyer_at_once(
    stack: Stack,
) -> None:
    package_id, order_ids = await late_parcel(stack)
    case = await open_pickup(stack, package_id, order_ids=order_ids, detected_at=soon(hours=-30))

    view = await case.until(lambda view: view.contacted_at is not None)

    assert ["contact_by"] == [breach.deadline for breach in view.breaches]
    assert not any(task.step == "contact_missed" for task in view.tasks)
    assert 1 == len(await case.texts())


async def test_a_message_whose_reply_was_lost_is_sent_once_and_kept_as_evidence(
    stack: Stack,
) -> None:
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault("drop_reply", MESSAGES, method="POST", match=order_ids[0][-6:])
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(S.COLLECTING_EVIDENCE)
    await case.skip(timedelta(seconds=10))

    await case.until(lambda view: view.contacted_at is not None)

    assert 1 == len(await case.texts())


async def test_a_message_that_a_person_has_to_clear_holds_up_nothing_else(stack: Stack) -> None:
    package_id, order_ids = await late_parcel(stack)
    fault = {"method": "POST", "code": SENSITIVE, "match": "/messages", "times": 99}
    await stack.sandbox.fault("refuse", MESSAGES, **fault)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    step = f"tell:{order_ids[0]}"

    assert ("retry", "done", "abandon") == (await case.task(step)).options
    view = await case.until(lambda view: len(view.evidence) >= 6)
    assert S.COLLECTING_EVIDENCE == view.state
    assert EventKey.STEP_PARKED in await case.keys()

    await stack.sandbox.clear_faults()
    await case.update("resume_step", {"actor": "anna", "step": step, "how": "retry"})
    await case.until(lambda view: view.contacted_at is not None)
    assert 1 == len(await case.texts())


async def test_a_message_given_up_goes_to_people(stack: Stack) -> None:
    package_id, order_ids = await late_parcel(stack)
    fault = {"method": "POST", "code": SENSITIVE, "match": "/messages", "times": 99}
    await stack.sandbox.fault("refuse", MESSAGES, **fault)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    step = f"tell:{order_ids[0]}"
    await case.task(step)

    await case.update("resume_step", {"actor": "anna", "step": step, "how": "abandon"})
    await case.until(lambda view: any(task.options == ("record_contact",) for task in view.tasks))
    await case.update("record_contact", CALLED)

    assert (await case.until(lambda view: view.contacted_at is not None)).contacted_at


async def test_messages_about_a_delay_that_is_over_are_taken_back(stack: Stack) -> None:
    case = await _unreachable(stack)

    view = await case.scanned()
    await case.until(lambda view: not any("record_contact" in t.options for t in view.tasks))
    await case.skip(SECOND)

    assert view.contacted_at is None
    assert set() == _queued(stack, case)
    assert "does not wait" in await case.refused("record_contact", CALLED)


async def test_what_a_buyer_writes_is_a_task_and_its_words_stay_in_the_chat(
    stack: Stack,
) -> None:
    package_id, order_ids = await late_parcel(stack)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(lambda view: view.contacted_at is not None)

    await case.says("where is my parcel? I live in 12 Rose Street")
    await case.task("buyer")

    assert EventKey.BUYER_WROTE in await case.keys()
    assert not any("Rose" in event.detail for event in await case.timeline())
    await case.update("resume_step", {"actor": "anna", "step": "buyer", "how": "done"})
    assert not any(task.step == "buyer" for task in (await case.view()).tasks)


async def test_a_new_pickup_after_the_first_message_is_told_too(stack: Stack) -> None:
    case = await _unreachable(stack)
    await case.update("record_contact", CALLED)
    view = await case.until(lambda view: view.contacted_at is not None)
    assert view.pickup
    booked = view.pickup.slot_until
    assert booked

    await case.skip_to(booked, plus=MINUTE)
    await case.until(
        lambda view: bool(view.pickup and view.pickup.slot_until not in (booked, None))
    )
    await case.skip(SECOND)

    assert {f"rebooked-2:{case.order_id}"} == _queued(stack, case)


@pytest.mark.parametrize("action", ["refund", "wait"])
async def test_a_person_cannot_have_it_refunded_or_wait(stack: Stack, action: str) -> None:
    package_id, order_ids = await late_parcel(stack)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(lambda view: len(view.evidence) >= 7)

    decision = {"actor": "anna", "action": action, "reason": "goodwill"}

    assert "never refunds" in await case.refused("override_outcome", decision)
