"""Facts of messages for tests: one case, told in every language and situation."""

from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any

from domain.choices import Choice
from domain.messages import (
    LongerOfferReason,
    MessageFacts,
    MessageKey,
    Product,
    RefundReason,
)
from domain.money import Money
from domain.offers import Compensation, Offer

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
RESTOCK = datetime(2026, 12, 16, 20, tzinfo=UTC)
SLOT = (datetime(2026, 11, 24, 2, tzinfo=UTC), datetime(2026, 11, 24, 5, tzinfo=UTC))
ASKS = (
    MessageKey.ASK,
    MessageKey.ASK_FURTHER,
    MessageKey.REMINDER,
    MessageKey.OFFERS_CHANGED,
    MessageKey.SLIPPED,
    MessageKey.NEGOTIATE,
    MessageKey.NEGOTIATE_AGAIN,
    MessageKey.RECOMMEND_REFUND,
    MessageKey.TURNED_UNAVAILABLE,
)
"""Messages that put offers to the buyer."""
PICKUPS = (MessageKey.PICKUP_DELAYED, MessageKey.PICKUP_REBOOKED, MessageKey.PICKUP_COLLECTED)
_ENDINGS = (
    (True, False, True),
    (True, True, False),
    (False, False, True),
    (False, False, False),
)
"""The whole order ends, the rest of it ends too, everything is given that can be."""
_NEGOTIATE = {MessageKey.NEGOTIATE, MessageKey.NEGOTIATE_AGAIN}
GIFT, COUPON, SWAP_COUPON = "gift-socks", "coupon-five", "coupon-swap"
SUBSTITUTE, PRODUCT = "Fleece Vest", "Windproof Jacket"
LATER_GIFT, LATER_COUPON = "later-mug", "later-ten"


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


def money(language: str, amount_minor: int) -> Money:
    """Return an amount in the currency of the language's market."""
    return Money(amount_minor=amount_minor, currency=MARKETS[language][2])


def everything(language: str) -> Compensation:
    """Return a compensation with every part."""
    return Compensation(
        gift=LATER_GIFT,
        coupon_id="7",
        coupon_title=LATER_COUPON,
        discount=money(language, 7300),
    )


def first_round() -> tuple[Offer, ...]:
    """Return the offers of a first round, to which the usual ones add a gift."""
    return offers("ABC", extras=False)


def facts(key: MessageKey, language: str = "en", **changes: Any) -> MessageFacts:
    """Return the facts of a paid whole order with all three offers, with *changes*."""
    market, zone, _ = MARKETS[language]
    told = {
        "key": key,
        "language": language,
        "market": market,
        "zone": zone,
        "shop_id": "7495",
        "order_digits": "482913",
        "products": (Product(name=PRODUCT, variation="Navy, M", quantity=2),),
        "offers": offers("BC" if key is MessageKey.TURNED_UNAVAILABLE else "ABC"),
        "answer_by": ANSWER_BY,
        "promised_at": SHIP_BY,
        "earlier_promised_at": EARLIER,
        "gift": GIFT,
        "coupon_title": COUPON,
        "substitute_name": SUBSTITUTE,
        "amount": money(language, 1899500),
        "reason": RefundReason.BY_CHOICE if key is MessageKey.REFUNDED else None,
        "other_order_digits": ("482913", "771204"),
        "compensation": everything(language),
        "earlier_offers": first_round(),
        "restock_at": RESTOCK,
        "longer_offer_reason": LongerOfferReason.TOO_LONG,
        "pickup_from": SLOT[0],
        "pickup_until": SLOT[1],
    }
    return MessageFacts.model_validate(told | changes)


@cache
def situations(key: MessageKey, language: str) -> tuple[MessageFacts, ...]:
    """Return every combination of offers, payment and reason, with each way to end an order."""
    reasons = tuple(RefundReason) if key is MessageKey.REFUNDED else (None,)
    return tuple(
        facts(
            key,
            language,
            offers=offers(letters, extras=extras),
            unpaid=unpaid,
            whole_order=whole,
            rest_of_order_ends_too=ends,
            reason=reason,
            **({} if extras else _bare(key)),
        )
        for letters, unpaid, (whole, ends, extras), reason in product(
            _letters(key), (False, True), _ENDINGS, reasons
        )
    )


def _letters(key: MessageKey) -> tuple[str, ...]:
    if key not in ASKS:
        return ("C",)
    if key is MessageKey.TURNED_UNAVAILABLE:
        return ("BC", "C")
    return ("ABC", "AC") if key in _NEGOTIATE else ("ABC", "AC", "BC", "C")


def _bare(key: MessageKey) -> dict[str, Any]:
    slot = None if key is not MessageKey.PICKUP_REBOOKED else SLOT[0]
    sooner = offers("A", extras=False)[0].model_copy(update={"promised_at": RESTOCK})
    return {
        "gift": None,
        "coupon_title": "",
        "compensation": None,
        "earlier_offers": (sooner,),
        "restock_at": None,
        "longer_offer_reason": None,
        "pickup_from": slot,
        "pickup_until": slot,
        "other_order_digits": ("482913",),
    }
