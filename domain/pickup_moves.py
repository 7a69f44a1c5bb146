"""The moves of a late pickup: a parcel that waits for its carrier."""

from domain.cases import CaseState as S
from domain.moves import Move, MoveTable, Row

_OPEN = (S.OPENING, S.COLLECTING_EVIDENCE, S.WATCHING, S.APPEALING)
_ENDS = (
    (Move.WITHDRAWN, "a person withdrew the case"),
    (Move.PERSON_CLOSES, "a person closed the case"),
)

PICKUP = MoveTable(
    Row(S.OPENING, Move.READY, S.COLLECTING_EVIDENCE, "the parcel waits for its carrier"),
    Row(S.OPENING, Move.SCANNED, S.WATCHING, "the carrier had the parcel already"),
    Row(S.OPENING, Move.ORDER_UNKNOWN, S.CLOSED, "the shop does not know the package"),
    Row(S.OPENING, Move.DUPLICATE, S.CLOSED, "a closed case is on file for the package"),
    Row(S.OPENING, Move.CANCELLED_OUTSIDE, S.CLOSED, "every order in it was cancelled"),
    Row(S.COLLECTING_EVIDENCE, Move.SCANNED, S.WATCHING, "the carrier has the parcel"),
    Row(S.COLLECTING_EVIDENCE, Move.PENALISED, S.APPEALING, "a penalty is appealed against"),
    Row(
        S.COLLECTING_EVIDENCE,
        Move.CANCELLED_OUTSIDE,
        S.CLOSED,
        "every order in it was cancelled",
    ),
    Row(S.WATCHING, Move.PENALISED, S.APPEALING, "a penalty is appealed against"),
    Row(S.WATCHING, Move.WATCH_ENDED, S.CLOSED, "no penalty came in the time of watching"),
    Row(S.APPEALING, Move.APPEALS_ENDED, S.CLOSED, "every appeal of the parcel has ended"),
    *(Row(state, move, S.CLOSED, why) for state in _OPEN for move, why in _ENDS),
    *(Row(state, Move.STEP_PARKED, S.PARKED, "a step waits for a person") for state in _OPEN),
)
"""Late pickups. No case refunds, and one under appeal stays so whatever happens to the parcel."""
