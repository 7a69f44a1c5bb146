"""For which of several open cases a buyer's text is: the order it names, else the open ask."""

from dataclasses import dataclass

from domain.replies import Reading, ReadingReason
from records.conversations import IndexedCase

_SHORT_NAME = 6
"""Our messages name an order by its last six digits."""
_WHOLE_ID = 15
"""Digit groups of this length are order ids; phone and parcel numbers in between are not."""
_NO_ANSWER = frozenset({ReadingReason.ACKNOWLEDGEMENT, ReadingReason.EMPTY})


@dataclass(frozen=True)
class Routed:
    """Whether a text is for a case; *unclear* if nobody can tell yet."""

    mine: bool
    unclear: bool = False


MINE = Routed(mine=True)
NOT_MINE = Routed(mine=False)
UNCLEAR = Routed(mine=True, unclear=True)


def route(reading: Reading, case_id: str, order_id: str, cases: list[IndexedCase]) -> Routed:
    """Decide for whom a text was: the order it names, else the only open ask, else unclear.

    Args:
        reading: What the text says.
        case_id: The case that asks.
        order_id: Its order.
        cases: All open cases of the conversation.

    Returns:
        Whether the text is for the case, or whether the buyer has to be asked.
    """
    if reading.all_orders:
        return MINE
    named = named_orders(reading, cases)
    if named:
        return MINE if order_id in named else NOT_MINE
    strange = names_stranger(reading, several=len(cases) > 1)
    if len(cases) <= 1:
        return UNCLEAR if strange else MINE
    waiting = waiting_cases(cases)
    if case_id not in {case.case_id for case in waiting}:
        return NOT_MINE
    settled = (len(waiting) == 1 and not strange) or reading.why in _NO_ANSWER
    return MINE if settled or _is_talk(reading, waiting) else UNCLEAR


def _is_talk(reading: Reading, waiting: list[IndexedCase]) -> bool:
    """Tell whether a text answers nothing: no ask stands open and it names no choice."""
    asked = any(case.asked_index is not None for case in waiting)
    return not asked and reading.choice is None and reading.unoffered is None


def named_orders(reading: Reading, cases: list[IndexedCase]) -> set[str]:
    """Return the orders of open cases that a text names by their last digits or in full."""
    return {
        case.order_id
        for case in cases
        for digits in reading.order_digits
        if case.order_id.endswith(digits)
    }


def names_stranger(reading: Reading, *, several: bool) -> bool:
    """Tell whether a text that names none of the open orders names another one.

    Six digits are as likely a price or a post code, so they count only where the buyer has
    several orders to tell apart.
    """
    return any(
        len(digits) >= _WHOLE_ID or (several and len(digits) == _SHORT_NAME)
        for digits in reading.order_digits
    )


def waiting_cases(cases: list[IndexedCase]) -> list[IndexedCase]:
    """Return the cases whose ask stands open; all of them where none does."""
    return [case for case in cases if case.asked_index is not None] or cases


def waiting_digits(cases: list[IndexedCase]) -> tuple[str, ...]:
    """Return how our messages name the orders that wait for an answer."""
    return tuple(case.order_id[-_SHORT_NAME:] for case in waiting_cases(cases))
