"""The moves of a shortage incident: one SKU, all its orders."""

from domain.cases import CaseState as S
from domain.moves import Move, MoveTable, Row

_WORKING = (
    S.STOPPING,
    S.ALLOCATING,
    S.OPENING,
    S.AWAITING_RESTOCK,
    S.HANDING_OUT,
)
"""States from which an incident can still be withdrawn; whatever it changed is undone first."""

INCIDENT = MoveTable(
    Row(S.STOPPING, Move.STOPPED, S.ALLOCATING, "what can be stopped is stopped"),
    Row(S.STOPPING, Move.DUPLICATE, S.CLOSED, "an incident of the SKU is open or on file"),
    Row(S.ALLOCATING, Move.ALLOCATED, S.OPENING, "the units on the shelf are shared out"),
    Row(S.OPENING, Move.CASES_OPENED, S.AWAITING_RESTOCK, "every short order has its case"),
    Row(S.AWAITING_RESTOCK, Move.MORE_SHORT, S.OPENING, "further orders are short"),
    Row(S.AWAITING_RESTOCK, Move.UNITS_CAME, S.HANDING_OUT, "units are there for who waits"),
    Row(S.AWAITING_RESTOCK, Move.NOBODY_WAITS, S.RESUMING, "every case of it has ended"),
    Row(S.HANDING_OUT, Move.HANDED_OUT, S.AWAITING_RESTOCK, "whoever got units knows it"),
    Row(S.RESUMING, Move.RESUMED, S.CLOSED, "stock and ads are as they should be"),
    *(Row(state, Move.WITHDRAWN, S.RESUMING, "a person withdrew it") for state in _WORKING),
    Row(S.STOPPING, Move.STEP_PARKED, S.STOPPING, "a step waits for a person, in this state"),
)
"""An incident never reads `parked`: its steps wait for people while everything else goes on."""
