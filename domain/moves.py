"""How a case may move: state and event lead to a state; what a table lacks is refused.

Every kind of case has one table (`domain/*_moves.py`). Workflows, tests and the diagrams of the
documentation read it; nothing else decides where a case may go.
"""

from enum import StrEnum
from typing import NamedTuple

from domain.cases import CaseState as S
from domain.errors import MoveRefusedError


class Move(StrEnum):
    """What can move a case."""

    READY = "ready"
    ORDER_UNKNOWN = "order_unknown"
    DUPLICATE = "duplicate"
    CONTACTED = "contacted"
    NO_TIME_TO_ASK = "no_time_to_ask"
    NOT_CONTACTED = "not_contacted"
    WAIT_CHOSEN = "wait_chosen"
    SWAP_CHOSEN = "swap_chosen"
    REFUND_CHOSEN = "refund_chosen"
    NO_REPLY = "no_reply"
    NO_CONSENT = "no_consent"
    SILENCE_AGREED = "silence_agreed"
    NOTHING_COMES = "nothing_comes"
    SKU_JOINED = "sku_joined"
    KEPT = "kept"
    SLIPPED = "slipped"
    NO_DATE_LEFT = "no_date_left"
    REPLACEMENT_FOUND = "replacement_found"
    SWAP_LAPSED = "swap_lapsed"
    REFUNDED = "refunded"
    READY_TO_FILE = "ready_to_file"
    INCOMPLETE = "incomplete"
    INCOMPLETE_AGAIN = "incomplete_again"
    FILED = "filed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    APPEALS_AGAIN = "appeals_again"
    NO_ROUND_LEFT = "no_round_left"
    WINDOW_ENDED = "window_ended"
    SCANNED = "scanned"
    PENALISED = "penalised"
    WATCH_ENDED = "watch_ended"
    APPEALS_ENDED = "appeals_ended"
    STOPPED = "stopped"
    ALLOCATED = "allocated"
    CASES_OPENED = "cases_opened"
    MORE_SHORT = "more_short"
    UNITS_CAME = "units_came"
    HANDED_OUT = "handed_out"
    NOBODY_WAITS = "nobody_waits"
    RESUMED = "resumed"
    SHIPPED_OUTSIDE = "shipped_outside"
    CANCELLED_OUTSIDE = "cancelled_outside"
    WITHDRAWN = "withdrawn"
    PERSON_REFUNDS = "person_refunds"
    PERSON_WAITS = "person_waits"
    PERSON_CLOSES = "person_closes"
    STEP_PARKED = "step_parked"
    STEP_RESUMED = "step_resumed"


class Row(NamedTuple):
    """One line of the table: *move* leads from *state* to *to*, and *why*."""

    state: S
    move: Move
    to: S
    why: str


class MoveTable:
    """The rows of one kind of case."""

    def __init__(self, *rows: Row) -> None:
        """Take the rows; the first begins where a case begins."""
        self.rows = rows
        self._index = {(row.state, row.move): row for row in rows}

    def lead(self, state: S, move: Move) -> Row:
        """Return the row by which *move* leads on from *state*.

        Args:
            state: Where the case stands, never `parked` (give the state it resumes to).
            move: What happened.

        Returns:
            The row, with the next state and why.

        Raises:
            MoveRefusedError: The table has no such row.
        """
        if state is S.CLOSED:
            raise MoveRefusedError("the case is closed")
        row = self._index.get((state, move))
        if row is None:
            raise MoveRefusedError(f"{move} means nothing while {state}")
        return row

    def allowed(self, state: S, move: Move) -> bool:
        """Tell whether *move* leads anywhere from *state*."""
        return (state, move) in self._index
