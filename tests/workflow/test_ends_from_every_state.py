"""Whatever ends or settles a case from outside does so in every state."""

from typing import Any

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.moves import Move
from domain.shortage_moves import SHORTAGE
from tests.support.case_states import NO_SCOPE, ORDERS, arrive, soon
from tests.support.claims import claimed_rows
from tests.support.stack import Opened, Stack

OPEN = (S.OPENING, S.CONTACTING, S.AWAITING_CHOICE, S.WAITING_RESTOCK, S.ARRANGING_SWAP)
EVERY = (*OPEN, S.REFUNDING)
ANNA = {"actor": "anna"}
OTHER_TABLES = ("test_pickup_", "test_appeal_", "test_incident")
"""Tests about tables that are not the shortages'."""


def _each(move: Move, *states: S) -> list[Any]:
    return [
        pytest.param(state, marks=pytest.mark.moves(f"{state}:{move}"), id=state)
        for state in states
    ]


async def _tell(case: Opened, **fields: Any) -> None:
    """Change the order as others do, and let the webhook say so."""
    await case.stack.sandbox.clear_faults()
    await case.stack.sandbox.put_orders({"id": case.order_id, **fields})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "x"})
    view = await case.view()
    if view.resumes_to is S.OPENING:
        await case.update("resume_step", {**ANNA, "step": "look", "how": "retry"})


@pytest.mark.parametrize("state", _each(Move.WITHDRAWN, *EVERY))
async def test_a_case_can_be_withdrawn(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await case.update("withdraw", {**ANNA, "reason": "a mistake"})
    view = await case.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert () == view.tasks
    assert [] == await case.cancellations()


@pytest.mark.parametrize("state", _each(Move.PERSON_CLOSES, *EVERY))
async def test_a_person_can_close_a_case(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await case.update("override_outcome", {**ANNA, "action": "close", "reason": "settled"})

    assert CaseOutcome.CLOSED_BY_PERSON == (await case.result()).outcome
    assert [] == await case.cancellations()


@pytest.mark.parametrize("state", _each(Move.SHIPPED_OUTSIDE, *OPEN[:3], *EVERY[4:]))
async def test_an_order_that_ships_ends_the_case(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await _tell(case, status="IN_TRANSIT")
    view = await case.result()

    assert CaseOutcome.SHIPPED_ANYWAY == view.outcome
    assert [] == await case.cancellations()


@pytest.mark.moves("waiting_restock:shipped_outside")
async def test_a_parcel_packed_but_not_scanned_by_the_date_ships_late(stack: Stack) -> None:
    """In the US the carrier's scan keeps the promise; a packed parcel is not refunded."""
    case = await arrive(stack, S.WAITING_RESTOCK)
    await stack.sandbox.put_orders({"id": case.order_id, "status": "AWAITING_COLLECTION"})
    promised = (await case.view()).promised_at
    assert promised

    await case.skip_to(promised)
    view = await case.result()

    assert CaseOutcome.SHIPPED_ANYWAY == view.outcome
    assert ["promised_at"] == [breach.deadline for breach in view.breaches]
    assert [] == await case.cancellations()


@pytest.mark.parametrize("state", _each(Move.CANCELLED_OUTSIDE, *EVERY))
async def test_an_order_that_the_platform_cancels_ends_the_case(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await _tell(case, status="CANCELLED", cancellation_initiator="SYSTEM")
    view = await case.result()

    assert CaseOutcome.CANCELLED_BY_PLATFORM == view.outcome
    assert "none" == view.refund.status


@pytest.mark.parametrize(
    ("by", "outcome"),
    [("BUYER", CaseOutcome.CANCELLED_BY_BUYER), ("SELLER", CaseOutcome.CANCELLED_BY_SELLER)],
)
async def test_the_outcome_names_who_cancelled(
    stack: Stack, by: str, outcome: CaseOutcome
) -> None:
    case = await stack.asked()

    await _tell(case, status="CANCELLED", cancellation_initiator=by)

    assert outcome == (await case.result()).outcome


@pytest.mark.parametrize("state", _each(Move.PERSON_REFUNDS, *EVERY[1:]))
async def test_a_person_can_order_the_refund(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await case.update("override_outcome", {**ANNA, "action": "refund", "reason": "goodwill"})
    if state is S.REFUNDING:
        approval = {"actor": "ben", "approved": True, "reason": "yes"}
        await case.until(S.REFUNDING, lambda view: view.needs_human is not None)
        await case.update("approve_refund", approval)
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_PERSON == view.outcome
    assert 1 == len(await case.cancellations())


@pytest.mark.parametrize("state", _each(Move.PERSON_WAITS, *EVERY[1:]))
async def test_a_person_can_have_the_order_wait(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)
    until = soon(hours=70)

    await case.update(
        "override_outcome", {**ANNA, "action": "wait", "until": until, "reason": "agreed"}
    )
    view = await case.until(S.WAITING_RESTOCK)

    assert view.promised_at
    assert until == view.promised_at.isoformat()
    assert "none" == view.refund.status


@pytest.mark.parametrize("state", _each(Move.STEP_PARKED, *EVERY))
async def test_an_order_that_cannot_be_read_parks_the_case(stack: Stack, state: S) -> None:
    """Parked is shown over the state it resumes to, and a retry leads back there."""
    case = await arrive(stack, state)
    await case.fault("refuse", ORDERS, code=NO_SCOPE, match=case.order_id)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "parks"})

    view = await case.until(S.PARKED)
    assert state == view.resumes_to
    assert view.needs_human
    assert "look" == view.needs_human.step
    assert ("retry",) == view.needs_human.options

    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "look", "how": "retry"})
    beyond = S.AWAITING_CHOICE if state is S.OPENING else state
    await case.until(beyond)


def test_every_row_is_claimed_by_a_test(request: pytest.FixtureRequest) -> None:
    """A row nobody takes is a row nobody checked; a claim fails where the move is not taken."""
    claimed = claimed_rows(request.path.parent, "test_*.py", but=OTHER_TABLES)
    rows = {f"{row.state}:{row.move}" for row in SHORTAGE.rows}

    assert set() == rows - claimed
    assert set() == claimed - rows
