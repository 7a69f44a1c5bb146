"""Situations in which every message is tried when templates are loaded, before a buyer waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from domain.choices import Choice
from domain.messages import MessageFacts, MessageKey, Product, RefundReason
from domain.money import Money
from domain.offers import Offer

_ANSWER_BY = datetime(2026, 1, 6, 18, tzinfo=UTC)
_SHIP_BY = _ANSWER_BY + timedelta(days=3)
_WAIT = Offer(choice=Choice.WAIT, promised_at=_SHIP_BY, gift="¤")
_SWAP = Offer(choice=Choice.SWAP, substitute_name="¤", coupon_title="¤")
_REFUND = Offer(choice=Choice.REFUND, coupon_title="¤")
_ORDERS = (
    (True, False, (_WAIT, _SWAP, _REFUND)),
    (True, True, (_REFUND,)),
    (False, False, (_WAIT, _SWAP, _REFUND)),
)
"""whole_order, rest_of_order_ends_too and the offers; between them every branch of the layout."""


def rehearsals(language: str) -> Iterator[MessageFacts]:
    """Return facts that between them reach every phrase of a language.

    Args:
        language: BCP 47 tag of the templates to try.

    Yields:
        Facts of each message, paid and unpaid, for whole and part orders.
    """
    situations = product(MessageKey, (False, True), _ORDERS)
    for key, unpaid, (whole, rest_ends, offers) in situations:
        reasons = tuple(RefundReason) if key is MessageKey.REFUNDED else (None,)
        for reason in reasons:
            yield MessageFacts(
                key=key,
                language=language,
                market="US",
                zone="America/Los_Angeles",
                shop_id="rehearsal",
                order_digits="000000",
                products=(Product(name="¤", quantity=1),) * len(offers),
                unpaid=unpaid,
                whole_order=whole,
                rest_of_order_ends_too=rest_ends,
                offers=offers,
                answer_by=_ANSWER_BY,
                promised_at=_SHIP_BY,
                earlier_promised_at=_ANSWER_BY,
                gift="¤",
                coupon_title="¤",
                substitute_name="¤",
                amount=Money(amount_minor=1, currency="USD"),
                reason=reason,
                other_order_digits=("000000", "000001"),
            )
