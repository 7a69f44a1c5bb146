"""Platform words read into our enums, with the spellings that differ between API and webhooks.

Source: TikTok Shop API, order and return overviews; webhook topics 1 and 11 (docs, autumn 2026).
"""

from enum import StrEnum
from typing import TypeVar

from domain.orders import CancelRole, CancelStatus, ChatRole, OrderStatus, OrderType

_Word = TypeVar("_Word", bound=StrEnum)

_ORDER_SPELLINGS = {"CANCEL": OrderStatus.CANCELLED}
_CANCEL_SPELLINGS = {"CANCELLATION_REQUEST_CANCELLED": CancelStatus.WITHDRAWN}


def order_status(word: str) -> OrderStatus:
    """Return the order state of an API word or of a webhook word (CANCEL is CANCELLED)."""
    return _ORDER_SPELLINGS.get(word) or _read(word, OrderStatus, OrderStatus.UNKNOWN)


def cancel_status(word: str) -> CancelStatus:
    """Return the state of a cancellation (the webhook's …_CANCELLED is the API's …_CANCEL)."""
    return _CANCEL_SPELLINGS.get(word) or _read(word, CancelStatus, CancelStatus.UNKNOWN)


def cancel_role(word: str) -> CancelRole:
    """Return who cancels; an unmet word is UNKNOWN."""
    return _read(word, CancelRole, CancelRole.UNKNOWN)


def chat_role(word: str) -> ChatRole:
    """Return who speaks; an unmet word is UNKNOWN, so it never counts as the buyer."""
    return _read(word, ChatRole, ChatRole.UNKNOWN)


def order_type(word: str) -> OrderType:
    """Return how the dispatch clock was set up; an unmet word is UNKNOWN."""
    return _read(word, OrderType, OrderType.UNKNOWN)


def _read(word: str, words: type[_Word], unknown: _Word) -> _Word:
    try:
        return words(word)
    except ValueError:
        return unknown
