"""The moves of an appeal against one ticket."""

from domain.cases import CaseState as S
from domain.moves import Move, MoveTable, Row

_OPEN = (S.COLLECTING, S.READY, S.FILED, S.REJECTED, S.SECOND_ROUND)
_UNFILED = (S.COLLECTING, S.READY, S.SECOND_ROUND)
_ENDS = (
    (Move.WITHDRAWN, "a person withdrew the appeal"),
    (Move.PERSON_CLOSES, "a person closed the appeal"),
)

APPEAL = MoveTable(
    Row(S.COLLECTING, Move.READY_TO_FILE, S.READY, "complete, or the last safe moment has come"),
    Row(S.COLLECTING, Move.DUPLICATE, S.CLOSED, "an appeal against the ticket is on file"),
    Row(S.READY, Move.INCOMPLETE, S.COLLECTING, "what is argued now is not proven yet"),
    Row(S.READY, Move.INCOMPLETE_AGAIN, S.SECOND_ROUND, "the second round lacks something again"),
    Row(S.READY, Move.FILED, S.FILED, "it was handed in"),
    Row(S.FILED, Move.ACCEPTED, S.CLOSED, "the platform agreed"),
    Row(S.FILED, Move.REJECTED, S.REJECTED, "the platform did not agree"),
    Row(S.REJECTED, Move.APPEALS_AGAIN, S.SECOND_ROUND, "another round is allowed"),
    Row(S.REJECTED, Move.NO_ROUND_LEFT, S.CLOSED, "no further round is allowed, or wanted"),
    Row(S.SECOND_ROUND, Move.READY_TO_FILE, S.READY, "it adds or argues something new"),
    *(Row(state, Move.WINDOW_ENDED, S.CLOSED, "the window passed unused") for state in _UNFILED),
    *(Row(state, move, S.CLOSED, why) for state in _OPEN for move, why in _ENDS),
    Row(S.COLLECTING, Move.STEP_PARKED, S.COLLECTING, "its opening waits for a person"),
    Row(S.READY, Move.STEP_PARKED, S.READY, "packet or gateway waits for a person"),
)
"""Appeals. One never reads `parked`: proofs, filings and windows go on while a step waits."""
