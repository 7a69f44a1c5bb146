"""Evidence that people add: taken by every kind of case, in time, late, or not known at all."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.case_parts import ProofState
from domain.cases import CaseState as S
from domain.timeline import EventKey
from tests.support.pickups import LatePickup, late
from tests.support.stack import Opened, Stack
from tests.support.vaults import add_evidence

ANNA = {"actor": "anna"}
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


async def _attach(case: Opened, evidence_id: str, requirement: str, **also: Any) -> Any:
    given = {**ANNA, "evidence_id": evidence_id, "requirement": requirement, **also}
    return await case.update("attach_evidence", given)


def _proof(view: Any, key: str) -> Any:
    return next(proof for proof in view.pickup.proofs if proof.key == key)


async def _settled(stack: Stack) -> LatePickup:
    """Return a late pickup that has captured everything it can by itself."""
    case = await late(stack)
    await case.until(lambda view: len(view.evidence) >= 7)
    return case


async def test_a_proof_settles_its_task_by_key_or_by_kind(stack: Stack) -> None:
    case = await _settled(stack)
    photo = add_evidence(stack, case, "ready_photo")
    chat = add_evidence(stack, case, "carrier_chat")

    await _attach(case, photo.evidence_id, "ready_parcel")
    view = await _attach(case, chat.evidence_id, "carrier_chat")

    steps = {task.step for task in view.tasks}
    assert not {"evidence:ready_parcel", "evidence:carrier_contact"} & steps
    assert {photo.evidence_id, chat.evidence_id} <= set(view.evidence)
    assert ProofState.HELD is _proof(view, "ready_parcel").state
    assert not _proof(view, "ready_parcel").late
    assert 1 == view.pickup.score
    attached = [e for e in await case.timeline() if e.key is EventKey.EVIDENCE_ATTACHED]
    assert [(photo.evidence_id,), (chat.evidence_id,)] == [e.evidence_ids for e in attached]
    assert {"anna"} == {event.actor for event in attached}


async def test_what_the_vault_does_not_know_fails_with_its_reason(stack: Stack) -> None:
    case = await _settled(stack)
    unknown = {**ANNA, "evidence_id": "ev-none", "requirement": "ready_photo", "request_id": "r1"}

    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await case.handle.execute_update("attach_evidence", unknown)

    assert "is not in the vault" in str(failed.value.cause)
    photo = add_evidence(stack, case, "ready_photo")
    view = await _attach(case, photo.evidence_id, "ready_photo", request_id="r1")
    assert photo.evidence_id in view.evidence


async def test_the_same_request_again_is_answered_and_not_applied_again(stack: Stack) -> None:
    case = await _settled(stack)
    photo = add_evidence(stack, case, "ready_photo")

    for _ in range(2):
        await _attach(case, photo.evidence_id, "ready_photo", request_id="r2")

    assert 1 == (await case.keys()).count(EventKey.EVIDENCE_ATTACHED)


async def test_the_same_file_twice_is_one_piece_of_evidence(stack: Stack) -> None:
    case = await _settled(stack)
    first = add_evidence(stack, case, "ready_photo", content=b"same words")
    again = add_evidence(stack, case, "ready_photo", content=b"same words")

    await _attach(case, first.evidence_id, "ready_photo")
    view = await _attach(case, again.evidence_id, "ready_photo")

    assert first.evidence_id == again.evidence_id
    assert again.duplicate
    assert 1 == view.evidence.count(first.evidence_id)


async def test_evidence_just_before_it_is_due_is_in_time(stack: Stack) -> None:
    case = await _settled(stack)
    photo = add_evidence(stack, case, "full_vehicle_photo")
    due = _proof(await case.view(), "full_vehicle").until

    await case.skip_to(due, plus=-5 * SECOND)
    view = await _attach(case, photo.evidence_id, "full_vehicle_photo")

    assert not _proof(view, "full_vehicle").late
    assert EventKey.EVIDENCE_OVERDUE not in await case.keys()


async def test_evidence_after_it_was_due_is_taken_and_marked_late(stack: Stack) -> None:
    case = await _settled(stack)
    photo = add_evidence(stack, case, "full_vehicle_photo")
    due = _proof(await case.view(), "full_vehicle").until

    await case.skip_to(due, plus=MINUTE)
    assert not any(t.step == "evidence:full_vehicle" for t in (await case.view()).tasks)
    assert ProofState.OVERDUE is _proof(await case.view(), "full_vehicle").state
    view = await _attach(case, photo.evidence_id, "full_vehicle_photo")

    assert ProofState.HELD is _proof(view, "full_vehicle").state
    assert _proof(view, "full_vehicle").late
    attached = [e for e in await case.timeline() if e.key is EventKey.EVIDENCE_ATTACHED]
    assert "late" in attached[0].detail


async def test_what_can_still_be_had_is_asked_for_on_after_it_was_due(stack: Stack) -> None:
    case = await _settled(stack)
    due = _proof(await case.view(), "carrier_contact").until

    await case.skip_to(due, plus=MINUTE)

    task = await case.task("evidence:carrier_contact")
    assert task.ask.startswith("Overdue.")
    assert task.by is None


async def test_a_proof_that_a_person_gives_up_is_not_asked_for_again(stack: Stack) -> None:
    case = await _settled(stack)
    given_up = {**ANNA, "step": "evidence:loading", "how": "abandon"}

    view = await case.update("resume_step", given_up)
    assert ProofState.ABANDONED is _proof(view, "loading").state
    await case.scanned()

    view = await case.view()
    assert not any(task.step == "evidence:loading" for task in view.tasks)
    assert EventKey.EVIDENCE_ABANDONED in await case.keys()


async def test_evidence_under_a_word_nobody_knows_is_kept_as_what_it_was_collected_for(
    stack: Stack,
) -> None:
    case = await _settled(stack)
    odd = add_evidence(stack, case, "holiday snap")

    view = await _attach(case, odd.evidence_id, "proof of everything")

    assert odd.evidence_id in view.evidence
    attached = [e for e in await case.timeline() if e.key is EventKey.EVIDENCE_ATTACHED]
    assert "which is no proof" in attached[0].detail


async def test_an_oversold_order_takes_evidence_too(stack: Stack) -> None:
    case = await stack.asked()
    chat = add_evidence(stack, case, "buyer_chat")

    view = await _attach(case, chat.evidence_id, "buyer_chat")

    assert (chat.evidence_id,) == view.evidence
    assert S.AWAITING_CHOICE is view.state
    assert EventKey.EVIDENCE_ATTACHED in await case.keys()
