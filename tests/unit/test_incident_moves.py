"""The moves of an incident: every state leads on, every open one can be withdrawn once."""

import pytest

from domain.cases import CaseState as S
from domain.incident_moves import INCIDENT
from domain.moves import Move, Row

STATES = {
    S.STOPPING,
    S.ALLOCATING,
    S.OPENING,
    S.AWAITING_RESTOCK,
    S.HANDING_OUT,
    S.RESUMING,
}
"""The design's states of an incident, besides `closed`."""


@pytest.mark.parametrize("row", INCIDENT.rows, ids=lambda row: f"{row.state}-{row.move}")
def test_every_row_leads_where_it_says(row: Row) -> None:
    assert row == INCIDENT.lead(row.state, row.move)
    assert row.why


def test_the_states_are_the_wires_and_no_row_reads_parked() -> None:
    assert STATES == {row.state for row in INCIDENT.rows}
    assert {*STATES, S.CLOSED} == {row.to for row in INCIDENT.rows}


def test_no_state_and_move_has_two_rows() -> None:
    pairs = [(row.state, row.move) for row in INCIDENT.rows]

    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("state", sorted(STATES - {S.RESUMING}))
def test_a_withdrawal_undoes_first_and_only_then_closes(state: S) -> None:
    assert S.RESUMING is INCIDENT.lead(state, Move.WITHDRAWN).to


def test_what_is_being_closed_cannot_be_withdrawn() -> None:
    assert not INCIDENT.allowed(S.RESUMING, Move.WITHDRAWN)


def test_from_every_state_there_is_a_way_to_the_end() -> None:
    ends = {S.CLOSED}
    for _ in STATES:
        ends |= {row.state for row in INCIDENT.rows if row.to in ends}

    assert ends >= STATES
