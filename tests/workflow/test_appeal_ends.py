"""Whatever ends an appeal from outside does so in every state; its cases end with it."""

from typing import Any

import pytest

from domain.appeal_moves import APPEAL
from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.moves import Move
from domain.timeline import EventKey
from tests.support.appeals import OpenAppeal, appealed, open_appeal
from tests.support.claims import claimed_rows
from tests.support.stack import Stack
from tests.support.vaults import add_evidence, damage, items_of
from workflows import names

ANNA = {"actor": "anna"}
EVERY = (S.COLLECTING, S.READY, S.FILED, S.SECOND_ROUND)


def _each(move: Move, *states: S) -> list[Any]:
    return [
        pytest.param(state, marks=pytest.mark.moves(f"{state}:{move}"), id=state)
        for state in states
    ]


async def arrive(stack: Stack, state: S) -> OpenAppeal:
    """Return an appeal that stands in *state* until something happens."""
    if state is S.COLLECTING:
        appeal = await open_appeal(stack)
        await appeal.task("window")
        return appeal
    _, appeal = await appealed(stack)
    await appeal.packed()
    if state is S.READY:
        return appeal
    await appeal.filed()
    if state is S.SECOND_ROUND:
        await appeal.decided("rejected")
        await appeal.until(S.SECOND_ROUND)
    return appeal


@pytest.mark.parametrize("state", _each(Move.WITHDRAWN, *EVERY))
async def test_an_appeal_can_be_withdrawn(stack: Stack, state: S) -> None:
    appeal = await arrive(stack, state)

    await appeal.update("withdraw", {**ANNA, "reason": "a mistake"})
    view = await appeal.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert () == view.tasks


@pytest.mark.parametrize("state", _each(Move.PERSON_CLOSES, *EVERY))
async def test_a_person_can_close_an_appeal(stack: Stack, state: S) -> None:
    appeal = await arrive(stack, state)

    await appeal.update("override_outcome", {**ANNA, "action": "close", "reason": "settled"})

    assert CaseOutcome.CLOSED_BY_PERSON == (await appeal.result()).outcome


async def test_an_appeal_is_never_refunded(stack: Stack) -> None:
    appeal = await arrive(stack, S.COLLECTING)

    refused = {**ANNA, "action": "refund", "reason": "no"}

    assert "only be closed" in await appeal.refused("override_outcome", refused)


@pytest.mark.moves("collecting:step_parked")
async def test_an_appeal_of_a_shop_that_is_not_connected_waits_for_a_person(
    stack: Stack,
) -> None:
    appeal = await open_appeal(stack, shop_id="7495540735365779999")

    task = await appeal.task("pin")

    assert "is not connected" in task.ask
    assert S.COLLECTING is (await appeal.view()).state


@pytest.mark.moves("ready:step_parked")
async def test_an_exhibit_that_was_altered_stops_the_packet_and_is_named(stack: Stack) -> None:
    case, appeal = await appealed(stack, proofs=("ready_photo",))
    photo = next(item for item in items_of(stack, case) if item.requirement == "ready_photo")
    damage(stack, photo)

    await appeal.prove("carrier_chat")
    task = await appeal.task("packet:1:1")

    assert photo.evidence_id in task.ask
    assert S.READY is (await appeal.view()).state
    await appeal.update("record_filing", {**ANNA, "reference": "A-1"})
    assert S.FILED is (await appeal.until(S.FILED)).state


@pytest.mark.moves("collecting:duplicate")
async def test_a_ticket_whose_appeal_is_on_file_is_left_alone(stack: Stack) -> None:
    first = await arrive(stack, S.COLLECTING)
    await first.update("withdraw", ANNA)
    await first.result()

    second = await open_appeal(stack, ticket_id=first.ticket_id)

    assert CaseOutcome.DUPLICATE_OF_CLOSED == (await second.result()).outcome


async def test_an_operator_that_cancels_the_workflow_withdraws_the_appeal(stack: Stack) -> None:
    appeal = await arrive(stack, S.READY)

    await appeal.handle.cancel()

    assert CaseOutcome.WITHDRAWN == (await appeal.result()).outcome


async def test_a_penalty_becomes_an_appeal_whose_end_ends_the_parcels_case(stack: Stack) -> None:
    case, _ = await appealed(stack)
    ticket = f"P{case.package_id[-8:]}"
    issued = {"ticket_id": ticket, "kind": "late_dispatch"}
    await case.signal("penalty_issued", {**issued, "issued_at": (await case.now()).isoformat()})
    await case.until(S.APPEALING)
    appeal = await open_appeal(stack, ticket_id=ticket)
    view = await appeal.packed()
    assert view.appeal
    assert (case.handle.id,) == view.appeal.case_ids

    await case.update("note", {**ANNA, "text": "waiting for the platform"})
    await appeal.filed()
    await appeal.decided("accepted")
    await appeal.result()
    view = await case.result()

    assert CaseOutcome.APPEAL_WON == view.outcome
    assert view.pickup
    assert [(ticket, "appeal_won")] == [(a.ticket_id, a.outcome) for a in view.pickup.appeals]


async def test_evidence_added_to_the_parcels_case_reaches_the_open_appeal(stack: Stack) -> None:
    case, _ = await appealed(stack, proofs=("carrier_chat",))
    ticket = f"Q{case.package_id[-8:]}"
    issued = {"ticket_id": ticket, "kind": "late_dispatch"}
    await case.signal("penalty_issued", {**issued, "issued_at": (await case.now()).isoformat()})
    await case.until(S.APPEALING)
    appeal = await open_appeal(stack, ticket_id=ticket)
    await appeal.until(lambda view: bool(view.appeal and view.appeal.scenario))

    photo = add_evidence(stack, case, "ready_photo")
    await case.update(
        "attach_evidence",
        {**ANNA, "evidence_id": photo.evidence_id, "requirement": "ready_photo"},
    )
    view = await appeal.packed()

    assert photo.evidence_id in view.evidence
    assert EventKey.APPEAL_READY in await appeal.keys()


def test_every_row_is_claimed_by_a_test(request: pytest.FixtureRequest) -> None:
    """A row nobody takes is a row nobody checked; a claim fails where the move is not taken."""
    claimed = claimed_rows(request.path.parent, "test_appeal_*.py")

    assert {f"{row.state}:{row.move}" for row in APPEAL.rows} == claimed


def test_the_id_of_an_appeal_is_that_of_its_ticket() -> None:
    assert "appeal:7495:T-1" == names.appeal_id("7495", "T-1")
