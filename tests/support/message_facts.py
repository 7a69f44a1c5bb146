"""Facts of messages for tests: one case, told in every language and situation."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

from domain.choices import Choice
from domain.messages import MessageFacts, MessageKey, Product, RefundReason
from domain.money import Money
from domain.offers import Offer

MARKETS = {
    "en": ("US", "America/Los_Angeles", "USD"),
    "zh-CN": ("US", "America/Los_Angeles", "USD"),
    "th": ("TH", "Asia/Bangkok", "THB"),
    "vi": ("VN", "Asia/Ho_Chi_Minh", "VND"),
    "id": ("ID", "Asia/Jakarta", "IDR"),
    "ms": ("MY", "Asia/Kuala_Lumpur", "MYR"),
}
ANSWER_BY = datetime(2026, 11, 24, 2, tzinfo=UTC)
SHIP_BY = datetime(2026, 11, 27, 20, tzinfo=UTC)
EARLIER = datetime(2026, 11, 25, 4, tzinfo=UTC)
GIFT, COUPON, SWAP_COUPON = "gift-socks", "coupon-five", "coupon-swap"
SUBSTITUTE, PRODUCT = "Fleece Vest", "Windproof Jacket"


def offers(letters: str, *, extras: bool = True) -> tuple[Offer, ...]:
    """Return offers for some of the letters A, B, C, with or without what comes with them."""
    there = {
        "A": Offer(choice=Choice.WAIT, promised_at=SHIP_BY, gift=GIFT if extras else None),
        "B": Offer(
            choice=Choice.SWAP,
            substitute_sku_id="1",
            substitute_name=SUBSTITUTE,
            coupon_title=SWAP_COUPON if extras else "",
        ),
        "C": Offer(choice=Choice.REFUND, coupon_title=COUPON if extras else ""),
    }
    return tuple(there[letter] for letter in letters)


def facts(key: MessageKey, language: str = "en", **changes: Any) -> MessageFacts:
    """Return the facts of a paid whole order with all three offers, with *changes*."""
    market, zone, currency = MARKETS[language]
    told = {
        "key": key,
        "language": language,
        "market": market,
        "zone": zone,
        "shop_id": "7495",
        "order_digits": "482913",
        "products": (Product(name=PRODUCT, variation="Navy, M", quantity=2),),
        "offers": offers("ABC"),
        "answer_by": ANSWER_BY,
        "promised_at": SHIP_BY,
        "earlier_promised_at": EARLIER,
        "gift": GIFT,
        "coupon_title": COUPON,
        "substitute_name": SUBSTITUTE,
        "amount": Money(amount_minor=1899500, currency=currency),
        "reason": RefundReason.BY_CHOICE if key is MessageKey.REFUNDED else None,
        "other_order_digits": ("482913", "771204"),
    }
    return MessageFacts.model_validate(told | changes)


def situations(key: MessageKey, language: str) -> list[MessageFacts]:
    """Return every combination of offers, payment, order part, extras and reason."""
    reasons = list(RefundReason) if key is MessageKey.REFUNDED else [None]
    found = []
    for letters, unpaid, (whole, ends), extras, reason in product(
        ("ABC", "AC", "BC", "C"),
        (False, True),
        ((True, False), (True, True), (False, False)),
        (True, False),
        reasons,
    ):
        found.append(
            facts(
                key,
                language,
                offers=offers(letters, extras=extras),
                unpaid=unpaid,
                whole_order=whole,
                rest_of_order_ends_too=ends,
                gift=GIFT if extras else None,
                coupon_title=COUPON if extras else "",
                reason=reason,
            )
        )
    return found
