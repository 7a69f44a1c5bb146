"""What templates see of a message's facts: ready words in the reader's language and zone."""

from collections.abc import Sequence
from typing import Any

from activities.reader_words import ReaderWords
from domain.choices import LETTERS, Choice
from domain.message_lint import catalogue_name, one_line, quoted
from domain.messages import MessageFacts, MessageKey, Product
from domain.offers import Compensation, Offer, news_of_wait, offer_of

MOST_PRODUCTS = 5
"""Products listed by name; further ones are counted, so that no list outgrows a message."""

FACT_NAMES = frozenset(
    {
        *("key", "digits", "others", "several", "products", "more", "count", "plural", "reason"),
        *("unpaid", "whole", "rest_ends", "amount", "gift", "coupon", "substitute"),
        *("wait", "wait_date", "wait_gift", "wait_coupon", "wait_discount"),
        *("swap", "swap_name", "swap_coupon"),
        *("refund_gift", "refund_coupon", "refund_discount"),
        *("only_refund", "letters", "cancel_letters"),
        *("later", "later_gift", "later_coupon", "later_discount"),
        *("new_date", "new_gift", "new_coupon", "new_discount"),
        *("restock_date", "no_wait", "silence_agrees"),
        *("answer_date", "answer_time", "answer_zone", "promised_date", "earlier_date"),
        *("pickup_date", "pickup_from", "pickup_until", "pickup_end_date", "pickup_zone"),
    }
)
"""What a phrase may read from `m`; an absent fact is None and refuses to be printed."""

_PICKUPS = frozenset(
    {MessageKey.PICKUP_DELAYED, MessageKey.PICKUP_REBOOKED, MessageKey.PICKUP_COLLECTED}
)


def view_of(facts: MessageFacts, *, tag: str, date_pattern: str) -> dict[str, Any]:
    """Return what a template may print of *facts*.

    Args:
        facts: Checked by `check_facts`.
        tag: Language of the template, a BCP 47 tag.
        date_pattern: How the language writes a day, in CLDR letters.

    Returns:
        A value for each of FACT_NAMES; names from the catalogue are marked as quotations.
    """
    words = ReaderWords(tag, facts.market, zone=facts.zone, date_pattern=date_pattern)
    return (
        _order(facts, words)
        | _offers(facts.offers, words)
        | _extras(facts, words)
        | _moments(facts, words)
        | _pickup(facts, words)
    )


def _order(facts: MessageFacts, words: ReaderWords) -> dict[str, Any]:
    count = len(facts.products)
    return {
        "key": facts.key,
        "digits": facts.order_digits,
        "others": ", ".join(facts.other_order_digits),
        "several": facts.key in _PICKUPS and len(facts.other_order_digits) > 1,
        "products": [_product(one) for one in facts.products[:MOST_PRODUCTS]],
        "more": max(count - MOST_PRODUCTS, 0),
        "count": count,
        "plural": words.locale.plural_form(count),
        "reason": facts.reason,
        "no_wait": facts.longer_offer_reason,
        "silence_agrees": facts.silence_agrees,
        "unpaid": facts.unpaid,
        "whole": facts.whole_order,
        "rest_ends": facts.rest_of_order_ends_too,
        "amount": words.money(facts.amount),
        "gift": _own(_parcel_gift(facts)),
        "coupon": _own(facts.coupon_title),
        "substitute": _name(facts.substitute_name),
    }


def _offers(offers: Sequence[Offer], words: ReaderWords) -> dict[str, Any]:
    wait, swap = offer_of(Choice.WAIT, offers), offer_of(Choice.SWAP, offers)
    refund = offer_of(Choice.REFUND, offers)
    there = {offer.choice for offer in offers}
    letters = [letter for letter, choice in LETTERS.items() if choice in there]
    return {
        "wait": wait is not None,
        "wait_date": words.day(wait.promised_at) if wait else None,
        **_given("wait", wait.compensation if wait else None, words),
        "swap": swap is not None,
        "swap_name": _name(swap.substitute_name) if swap else None,
        "swap_coupon": _own(swap.coupon_title) if swap else None,
        **_given("refund", refund.compensation if refund else None, words),
        "only_refund": there == {Choice.REFUND},
        "letters": words.either(letters),
        "cancel_letters": words.either(
            [one for one in letters if LETTERS[one] is not Choice.WAIT]
        ),
    }


def _extras(facts: MessageFacts, words: ReaderWords) -> dict[str, Any]:
    news = news_of_wait(facts.offers, facts.earlier_offers)
    later = _given("later", facts.compensation, words)
    if facts.coupon_title:
        # Its card is there already, so it does not follow a second time.
        later["later_coupon"] = None
    if facts.key is MessageKey.WAIT_AGREED:
        later["later_gift"] = None
    return {
        **later,
        "later": any(later.values()),
        "new_date": words.day(news.promised_at),
        **_given("new", news.compensation, words),
    }


def _given(prefix: str, given: Compensation | None, words: ReaderWords) -> dict[str, str | None]:
    parts = given or Compensation()
    return {
        f"{prefix}_gift": _own(parts.gift),
        f"{prefix}_coupon": _own(parts.coupon_title),
        f"{prefix}_discount": words.money(parts.discount),
    }


def _moments(facts: MessageFacts, words: ReaderWords) -> dict[str, Any]:
    return {
        "answer_date": words.day(facts.answer_by),
        "answer_time": words.time(facts.answer_by),
        "answer_zone": words.zone_if_needed(facts.answer_by),
        "promised_date": words.day(facts.promised_at),
        "earlier_date": words.day(facts.earlier_promised_at),
        "restock_date": words.day(facts.restock_at),
    }


def _pickup(facts: MessageFacts, words: ReaderWords) -> dict[str, Any]:
    slot = words.slot(facts.pickup_from, facts.pickup_until)
    return {
        "pickup_date": slot.date if slot else None,
        "pickup_from": slot.begins if slot else None,
        "pickup_until": slot.ends if slot else None,
        "pickup_end_date": slot.end_date if slot else None,
        "pickup_zone": words.zone_if_needed(facts.pickup_until) if slot else None,
    }


def _parcel_gift(facts: MessageFacts) -> str | None:
    agreed = facts.compensation if facts.key is MessageKey.WAIT_AGREED else None
    return facts.gift or (agreed.gift if agreed else None)


def _product(product: Product) -> str:
    name = catalogue_name(product.name) or "…"
    variation = catalogue_name(product.variation, longest=40)
    full = f"{name} ({variation})" if variation else name
    return f"{quoted(full)} × {product.quantity}"


def _name(name: str) -> str | None:
    return quoted(catalogue_name(name) or "…") if name else None


def _own(text: str | None) -> str | None:
    # Written by the merchant for buyers, so judged word by word, unlike catalogue names.
    return one_line(text) or None if text else None
