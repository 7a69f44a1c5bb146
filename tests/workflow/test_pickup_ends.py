"""Whatever ends a late pickup from outside does so in every state; every row has its test."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cases import CaseOutcome, CaseView
from domain.cases import CaseState as S
from domain.moves import Move
from domain.pickup_moves import PICKUP
from domain.timeline import EventKey
from tests.support.case_states import NO_SCOPE
from tests.support.claims import claimed_rows
from tests.support.pickups import PACKAGES, LatePickup, late, late_parcel, open_pickup
from tests.support.stack import Stack
from workflows import names

ANNA = {"actor": "anna"}
EVERY = (S.OPENING, S.COLLECTING_EVIDENCE, S.WATCHING, S.APPEALING)
PENALTY = {"ticket_id": "", "kind": "late_dispatch", "points": 2}


def _each(move: Move, *states: S) -> list[Any]:
    return [
        pytest.param(state, marks=pytest.mark.moves(f"{state}:{move}"), id=state)
        for state in states
    ]


async def arrive(stack: Stack, state: S) -> LatePickup:
    """Return a case that stands in *state* until something happens."""
    if state is S.OPENING:
        return await _opening(stack)
    case = await late(stack)
    if state is S.WATCHING:
        await case.scanned()
    if state is S.APPEALING:
        await penalised(case)
    return case


async def _opening(stack: Stack) -> LatePickup:
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault("refuse", PACKAGES, code=NO_SCOPE, times=1000, match=package_id)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(S.PARKED)
    return case


def ticket_of(case: LatePickup, number: int = 1) -> str:
    return f"T{case.package_id[-8:]}-{number}"


async def penalised(case: LatePickup, number: int = 1) -> CaseView:
    """Let a penalty be issued for the parcel."""
    issued = (await case.now()).isoformat()
    ticket = ticket_of(case, number)
    await case.signal("penalty_issued", {**PENALTY, "ticket_id": ticket, "issued_at": issued})
    return await case.until(
        lambda view: any(one.ticket_id == ticket for one in (view.pickup or _none()).appeals)
    )


def _none() -> Any:
    raise AssertionError("a late pickup has its part")


async def _appeal_ends(case: LatePickup, outcome: str, number: int = 1) -> None:
    ended = {"ticket_id": ticket_of(case, number), "outcome": outcome}
    await case.signal("appeal_ended", ended)


@pytest.mark.parametrize("state", _each(Move.WITHDRAWN, *EVERY))
async def test_a_case_can_be_withdrawn(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await case.update("withdraw", {**ANNA, "reason": "a mistake"})
    view = await case.result()

    assert CaseOutcome.WITHDRAWN == view.outcome
    assert () == view.tasks


@pytest.mark.parametrize("state", _each(Move.PERSON_CLOSES, *EVERY))
async def test_a_person_can_close_a_case(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)

    await case.update("override_outcome", {**ANNA, "action": "close", "reason": "settled"})

    assert CaseOutcome.CLOSED_BY_PERSON == (await case.result()).outcome


@pytest.mark.parametrize("state", _each(Move.STEP_PARKED, *EVERY))
async def test_a_parcel_that_cannot_be_read_parks_the_case(stack: Stack, state: S) -> None:
    case = await arrive(stack, state)
    await case.fault("refuse", PACKAGES, code=NO_SCOPE, match=case.package_id)
    await case.signal("package_changed", {"package_id": case.package_id, "status": "parks"})

    view = await case.until(S.PARKED)
    assert state == view.resumes_to
    assert view.needs_human
    assert "look" == view.needs_human.step

    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "look", "how": "retry"})
    await case.until(S.COLLECTING_EVIDENCE if state is S.OPENING else state)


async def test_an_operator_that_cancels_the_workflow_withdraws_the_case(stack: Stack) -> None:
    case = await late(stack)

    await case.handle.cancel()

    assert CaseOutcome.WITHDRAWN == (await case.result()).outcome


@pytest.mark.moves("watching:penalised", "appealing:appeals_ended")
async def test_a_penalty_is_appealed_and_the_case_ends_with_the_appeal(stack: Stack) -> None:
    case = await late(stack)
    await case.scanned()

    view = await penalised(case)
    assert S.APPEALING is view.state
    appeal = stack.client.get_workflow_handle(names.appeal_id(case.shop_id, ticket_of(case)))
    described = await appeal.describe()
    assert "Appeal" == described.workflow_type
    await _appeal_ends(case, "appeal_won")
    view = await case.result()

    assert CaseOutcome.APPEAL_WON == view.outcome
    assert view.pickup
    assert ["appeal_won"] == [one.outcome for one in view.pickup.appeals]


@pytest.mark.moves("collecting_evidence:penalised")
async def test_a_parcel_under_appeal_is_still_chased_and_its_scan_ends_nothing(
    stack: Stack,
) -> None:
    case = await late(stack)
    await penalised(case)

    await case.carrier("scanned")
    await case.signal("package_changed", {"package_id": case.package_id, "status": "x"})
    view = await case.until(lambda v: bool(v.pickup and v.pickup.collected_at))

    assert S.APPEALING is view.state
    await _appeal_ends(case, "appeal_lost")
    assert CaseOutcome.APPEAL_LOST == (await case.result()).outcome


async def test_the_same_penalty_twice_is_one_appeal(stack: Stack) -> None:
    case = await late(stack)
    await penalised(case)

    await penalised(case)

    keys = await case.keys()
    assert 1 == keys.count(EventKey.PENALTY_ISSUED)
    assert 1 == keys.count(EventKey.APPEAL_OPENED)


async def test_several_appeals_end_as_the_worst_of_them(stack: Stack) -> None:
    case = await late(stack)
    await penalised(case)
    await penalised(case, number=2)

    await _appeal_ends(case, "appeal_won")
    assert S.APPEALING is (await case.view()).state
    await _appeal_ends(case, "appeal_expired", number=2)

    assert CaseOutcome.APPEAL_EXPIRED == (await case.result()).outcome


async def test_an_end_in_a_word_nobody_knows_counts_as_lost(stack: Stack) -> None:
    case = await late(stack)
    await penalised(case)

    await _appeal_ends(case, "something new")

    assert CaseOutcome.APPEAL_LOST == (await case.result()).outcome


async def test_a_penalty_in_the_last_second_of_watching_is_appealed(stack: Stack) -> None:
    case = await late(stack)
    view = await case.scanned()
    assert view.pickup
    assert view.pickup.watch_until

    await case.skip_to(view.pickup.watch_until, plus=timedelta(seconds=-5))
    view = await penalised(case)

    assert S.APPEALING is view.state


def test_every_row_is_claimed_by_a_test(request: pytest.FixtureRequest) -> None:
    """A row nobody takes is a row nobody checked; a claim fails where the move is not taken."""
    claimed = claimed_rows(request.path.parent, "test_pickup_*.py")

    assert {f"{row.state}:{row.move}" for row in PICKUP.rows} == claimed
