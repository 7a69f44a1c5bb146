"""What a case is about, by its id: an order, a parcel, a ticket, a SKU."""

from typing import NamedTuple

_WORDS = {"pickup-case": "Parcel", "appeal": "Ticket", "incident": "SKU"}
_ABOUT = 2
"""Which part of a case id names what the case is about; before it stand kind and shop."""
_DIGITS = 6


class Subject(NamedTuple):
    """What a case is about."""

    word: str
    """In English, for `Reader.say`."""
    name: str

    @property
    def short(self) -> str:
        """Its last digits, which tell it from others in a list."""
        return f"…{self.name[-_DIGITS:]}" if len(self.name) > _DIGITS else self.name


def subject_of(case_id: str, order_id: str | None) -> Subject:
    """Return what a case is about.

    Args:
        case_id: The workflow id.
        order_id: Its order, where it has one of its own.
    """
    parts = case_id.split(":")
    word = _WORDS.get(parts[0])
    if word and len(parts) > _ABOUT:
        return Subject(word, parts[_ABOUT])
    return Subject("Order", order_id or "–")
