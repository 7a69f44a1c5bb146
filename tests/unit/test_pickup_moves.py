"""The table of a late pickup: what leads on, what ends it, and that nothing refunds."""

import pytest

from domain.cases import CaseState as S
from domain.diagram import markdown, mermaid
from domain.errors import MoveRefusedError
from domain.moves import Move, Row
from domain.pickup_moves import PICKUP

OPEN = (S.OPENING, S.COLLECTING_EVIDENCE, S.WATCHING, S.APPEALING)


@pytest.mark.parametrize("row", PICKUP.rows, ids=lambda row: f"{row.state}-{row.move}")
def test_every_row_leads_where_it_says(row: Row) -> None:
    assert row == PICKUP.lead(row.state, row.move)
    assert row.why


def test_no_state_and_move_has_two_rows() -> None:
    pairs = [(row.state, row.move) for row in PICKUP.rows]

    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_be_ended_by_a_person_and_parks(state: S) -> None:
    assert S.CLOSED is PICKUP.lead(state, Move.WITHDRAWN).to
    assert S.CLOSED is PICKUP.lead(state, Move.PERSON_CLOSES).to
    assert S.PARKED is PICKUP.lead(state, Move.STEP_PARKED).to


def test_every_open_state_is_reached_from_opening() -> None:
    reached = {S.OPENING}
    while grown := {row.to for row in PICKUP.rows if row.state in reached} - reached:
        reached |= grown

    assert {*OPEN, S.PARKED, S.CLOSED} == reached


def test_a_late_pickup_never_refunds() -> None:
    assert S.REFUNDING not in {row.to for row in PICKUP.rows}
    assert not any(PICKUP.allowed(state, Move.PERSON_REFUNDS) for state in OPEN)


@pytest.mark.parametrize("move", [Move.SCANNED, Move.CANCELLED_OUTSIDE])
def test_what_becomes_of_the_parcel_does_not_end_an_appeal(move: Move) -> None:
    with pytest.raises(MoveRefusedError, match="means nothing"):
        PICKUP.lead(S.APPEALING, move)


def test_nothing_moves_a_closed_case() -> None:
    assert not any(PICKUP.allowed(S.CLOSED, move) for move in Move)


def test_the_table_can_be_drawn_and_listed() -> None:
    assert "watching --> closed: watch ended" in mermaid(PICKUP.rows)
    assert "| `collecting_evidence` | scanned | `watching` |" in markdown(PICKUP.rows)
