"""The one table of moves: what leads on, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases import CaseState as S
from domain.errors import MoveRefusedError
from domain.moves import Move, Row
from domain.shortage_moves import SHORTAGE

OPEN = (
    S.OPENING,
    S.CONTACTING,
    S.AWAITING_CHOICE,
    S.WAITING_RESTOCK,
    S.ARRANGING_SWAP,
    S.REFUNDING,
)


@pytest.mark.parametrize("row", SHORTAGE.rows, ids=lambda row: f"{row.state}-{row.move}")
def test_every_row_leads_where_it_says(row: Row) -> None:
    assert row == SHORTAGE.lead(row.state, row.move)
    assert SHORTAGE.allowed(row.state, row.move)
    assert row.why


def test_no_state_and_move_has_two_rows() -> None:
    pairs = [(row.state, row.move) for row in SHORTAGE.rows]

    assert len(set(pairs)) == len(pairs)


@given(st.sampled_from(S), st.sampled_from(Move))
def test_what_has_no_row_is_refused(state: S, move: Move) -> None:
    if SHORTAGE.allowed(state, move):
        return

    with pytest.raises(MoveRefusedError):
        SHORTAGE.lead(state, move)


@pytest.mark.parametrize("move", Move)
def test_nothing_moves_a_closed_case(move: Move) -> None:
    with pytest.raises(MoveRefusedError, match="closed"):
        SHORTAGE.lead(S.CLOSED, move)
    assert not SHORTAGE.allowed(S.CLOSED, move)


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_end_and_park(state: S) -> None:
    ends = (Move.SHIPPED_OUTSIDE, Move.CANCELLED_OUTSIDE, Move.WITHDRAWN, Move.PERSON_CLOSES)

    assert {S.CLOSED} == {SHORTAGE.lead(state, move).to for move in ends}
    assert S.PARKED is SHORTAGE.lead(state, Move.STEP_PARKED).to


@pytest.mark.parametrize("state", OPEN[1:])
def test_every_state_of_a_read_order_takes_a_persons_decision(state: S) -> None:
    assert S.REFUNDING is SHORTAGE.lead(state, Move.PERSON_REFUNDS).to
    assert S.WAITING_RESTOCK is SHORTAGE.lead(state, Move.PERSON_WAITS).to


def test_nothing_is_decided_about_an_order_nobody_has_read() -> None:
    assert not SHORTAGE.allowed(S.OPENING, Move.PERSON_REFUNDS)
    assert not SHORTAGE.allowed(S.OPENING, Move.PERSON_WAITS)
    assert not SHORTAGE.allowed(S.OPENING, Move.REFUND_CHOSEN)


def test_every_open_state_is_reached_from_opening() -> None:
    reached = {S.OPENING}
    while grown := {row.to for row in SHORTAGE.rows if row.state in reached} - reached:
        reached |= grown

    assert {*OPEN, S.PARKED, S.CLOSED} == reached


def test_money_moves_only_out_of_refunding() -> None:
    assert {S.REFUNDING} == {row.state for row in SHORTAGE.rows if row.move is Move.REFUNDED}
