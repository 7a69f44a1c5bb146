"""Situations in which every message is tried when templates are loaded, before a buyer waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple

from domain.choices import LETTERS, Choice
from domain.messages import LongerOfferReason, MessageFacts, MessageKey, Product, RefundReason
from domain.money import Money
from domain.offers import Compensation, Offer

_ANSWER_BY = datetime(2026, 1, 6, 18, tzinfo=UTC)
_SHIP_BY = _ANSWER_BY + timedelta(days=3)
_LATER = _SHIP_BY + timedelta(days=1)
_AMOUNT = Money(amount_minor=1, currency="USD")
_EVERYTHING = Compensation(gift="¤", coupon_title="¤", discount=_AMOUNT)
_BARE = {
    Choice.WAIT: Offer(choice=Choice.WAIT, promised_at=_SHIP_BY),
    Choice.SWAP: Offer(choice=Choice.SWAP, substitute_name="¤"),
    Choice.REFUND: Offer(choice=Choice.REFUND),
}
_RICH = {choice: offer.model_copy(update=dict(_EVERYTHING)) for choice, offer in _BARE.items()}
_EARLIER = (Offer(choice=Choice.WAIT, promised_at=_LATER),)
_RICH_FACTS: dict[str, Any] = {
    "gift": "¤",
    "coupon_title": "¤",
    "amount": _AMOUNT,
    "restock_at": _LATER,
    "longer_offer_reason": LongerOfferReason.TOO_LONG,
    "pickup_from": _ANSWER_BY,
    "pickup_until": _LATER,
    "other_order_digits": ("000000", "000001"),
}
_BARE_FACTS: dict[str, Any] = {
    "longer_offer_reason": LongerOfferReason.PLATFORM_CLOSES,
    "compensation": _EVERYTHING,
    "other_order_digits": ("000000",),
}
_MAY_TELL = frozenset({MessageKey.SLIPPED, MessageKey.TURNED_UNAVAILABLE})
_NEGOTIATE = frozenset({MessageKey.NEGOTIATE, MessageKey.NEGOTIATE_AGAIN})


class _Situation(NamedTuple):
    whole: bool
    rest_ends: bool
    letters: str
    rich: bool


_SITUATIONS = (
    _Situation(whole=True, rest_ends=False, letters="ABC", rich=True),
    _Situation(whole=True, rest_ends=True, letters="C", rich=False),
    _Situation(whole=False, rest_ends=False, letters="ABC", rich=True),
)
"""Between them every branch of the layout, and every fact both there and absent."""


def rehearsals(language: str) -> Iterator[MessageFacts]:
    """Return facts that between them reach every phrase of a language.

    Args:
        language: BCP 47 tag of the templates to try.

    Yields:
        Facts of each message, paid and unpaid, for whole and part orders.
    """
    for key, unpaid, situation in product(MessageKey, (False, True), _SITUATIONS):
        for reason in _reasons(key, situation):
            yield _facts(key, language, situation, unpaid=unpaid, reason=reason)


def _reasons(key: MessageKey, situation: _Situation) -> tuple[RefundReason, ...]:
    every = key is MessageKey.REFUNDED and situation is _SITUATIONS[0]
    return tuple(RefundReason) if every else (RefundReason.BY_CHOICE,)


def _facts(
    key: MessageKey, language: str, situation: _Situation, *, unpaid: bool, reason: RefundReason
) -> MessageFacts:
    tells = key in _MAY_TELL and not situation.rich
    told = {
        "key": key,
        "language": language,
        "market": "US",
        "zone": "America/Los_Angeles",
        "shop_id": "rehearsal",
        "order_digits": "000000",
        "products": (Product(name="¤", quantity=1),) * len(situation.letters),
        "unpaid": unpaid,
        "whole_order": situation.whole,
        "rest_of_order_ends_too": situation.rest_ends,
        "silence_agrees": not situation.whole,
        "offers": _offers(key, situation),
        "earlier_offers": _EARLIER,
        "answer_by": None if tells else _ANSWER_BY,
        "promised_at": _SHIP_BY,
        "earlier_promised_at": _ANSWER_BY,
        "substitute_name": "¤",
        "reason": reason,
    }
    told |= _RICH_FACTS if situation.rich else _BARE_FACTS
    if key is MessageKey.PICKUP_REBOOKED:
        told |= {"pickup_from": _SHIP_BY, "pickup_until": _SHIP_BY}
    return MessageFacts.model_validate(told)


def _offers(key: MessageKey, situation: _Situation) -> tuple[Offer, ...]:
    there = {LETTERS[letter] for letter in situation.letters}
    if key in _NEGOTIATE:
        there.add(Choice.WAIT)
    if key is MessageKey.TURNED_UNAVAILABLE:
        there.discard(Choice.WAIT)
    offers = _RICH if situation.rich else _BARE
    return tuple(offer for choice, offer in offers.items() if choice in there)
