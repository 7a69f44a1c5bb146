"""The table of an appeal: rounds, ends, and that nothing ends it in silence."""

import pytest

from domain.appeal_moves import APPEAL
from domain.cases import CaseState as S
from domain.diagram import markdown, mermaid
from domain.errors import MoveRefusedError
from domain.moves import Move, Row

OPEN = (S.COLLECTING, S.READY, S.FILED, S.REJECTED, S.SECOND_ROUND)


@pytest.mark.parametrize("row", APPEAL.rows, ids=lambda row: f"{row.state}-{row.move}")
def test_every_row_leads_where_it_says(row: Row) -> None:
    assert row == APPEAL.lead(row.state, row.move)
    assert row.why


def test_no_state_and_move_has_two_rows() -> None:
    pairs = [(row.state, row.move) for row in APPEAL.rows]

    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_be_ended_by_a_person(state: S) -> None:
    assert S.CLOSED is APPEAL.lead(state, Move.WITHDRAWN).to
    assert S.CLOSED is APPEAL.lead(state, Move.PERSON_CLOSES).to


def test_every_state_is_reached_and_none_reads_parked() -> None:
    """Rule: windows go on while a step waits for a person, so the state keeps saying where."""
    reached = {S.COLLECTING}
    while grown := {row.to for row in APPEAL.rows if row.state in reached} - reached:
        reached |= grown

    assert {*OPEN, S.CLOSED} == reached


@pytest.mark.parametrize("state", [S.COLLECTING, S.READY, S.REJECTED, S.SECOND_ROUND])
@pytest.mark.parametrize("move", [Move.ACCEPTED, Move.REJECTED])
def test_nothing_is_decided_that_was_not_filed(state: S, move: Move) -> None:
    with pytest.raises(MoveRefusedError, match="means nothing"):
        APPEAL.lead(state, move)


def test_what_is_filed_cannot_miss_its_window() -> None:
    unfiled = {row.state for row in APPEAL.rows if row.move is Move.WINDOW_ENDED}

    assert {S.COLLECTING, S.READY, S.SECOND_ROUND} == unfiled


def test_only_a_rejection_leads_to_the_second_round_or_back_to_it() -> None:
    into = {(row.state, row.move) for row in APPEAL.rows if row.to is S.SECOND_ROUND}

    assert {(S.REJECTED, Move.APPEALS_AGAIN), (S.READY, Move.INCOMPLETE_AGAIN)} == into


def test_an_appeal_never_refunds() -> None:
    assert S.REFUNDING not in {row.to for row in APPEAL.rows}
    assert not any(APPEAL.allowed(state, Move.PERSON_REFUNDS) for state in OPEN)


def test_nothing_moves_a_closed_appeal() -> None:
    assert not any(APPEAL.allowed(S.CLOSED, move) for move in Move)


def test_the_table_can_be_drawn_and_listed() -> None:
    assert "rejected --> second_round: appeals again" in mermaid(APPEAL.rows)
    assert "| `ready` | filed | `filed` |" in markdown(APPEAL.rows)
