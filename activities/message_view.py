"""What templates see of a message's facts: ready words in the reader's language and zone."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency

from domain.choices import LETTERS, Choice
from domain.errors import InputError
from domain.message_lint import catalogue_name, one_line, quoted
from domain.messages import MessageFacts, MessageKey, Product
from domain.money import Money
from domain.offers import Offer

MOST_PRODUCTS = 5
"""Products listed by name; further ones are counted, so that no list outgrows a message."""

FACT_NAMES = frozenset(
    {
        *("key", "digits", "others", "products", "more", "count", "plural", "reason"),
        *("unpaid", "whole", "rest_ends", "amount", "gift", "coupon", "substitute"),
        *("wait", "wait_date", "wait_gift", "swap", "swap_name", "swap_coupon"),
        *("refund_coupon", "only_refund", "letters", "cancel_letters"),
        *("answer_date", "answer_time", "answer_zone", "promised_date", "earlier_date"),
    }
)
"""What a phrase may read from `m`; an absent fact is None and refuses to be printed."""

_ASKS = frozenset(
    {MessageKey.ASK, MessageKey.ASK_FURTHER, MessageKey.REMINDER, MessageKey.OFFERS_CHANGED}
)
_NEEDED = {
    MessageKey.SLIPPED: ("earlier_promised_at",),
    MessageKey.WAIT_AGREED: ("promised_at",),
    MessageKey.SWAP_AGREED: ("substitute_name", "answer_by"),
    MessageKey.REFUNDED: ("reason",),
    MessageKey.WHICH_ORDER: ("other_order_digits",),
} | dict.fromkeys(_ASKS, ("answer_by",))


def check_facts(facts: MessageFacts) -> None:
    """Refuse facts that leave out what their message must say.

    Args:
        facts: Of one message.

    Raises:
        InputError: Names the field that is missing.
    """
    for field in _NEEDED.get(facts.key, ()):
        if not getattr(facts, field):
            raise InputError(field, f"the message {facts.key} cannot be written without it")
    if not facts.products and facts.key is not MessageKey.WHICH_ORDER:
        raise InputError("products", f"the message {facts.key} must name the product")
    if facts.key in _ASKS or (facts.key is MessageKey.SLIPPED and facts.answer_by):
        _check_offers(facts.offers)


def _check_offers(offers: Sequence[Offer]) -> None:
    choices = [offer.choice for offer in offers]
    if Choice.REFUND not in choices:
        raise InputError("offers", "a refund is always offered; add the choice refund")
    if len(choices) != len(set(choices)):
        raise InputError("offers", "a choice is offered once; put what comes with it in one offer")
    for offer in offers:
        if offer.choice is Choice.WAIT and offer.promised_at is None:
            raise InputError("offers", "waiting is offered with a definite date only")
        if offer.choice is Choice.SWAP and not offer.substitute_name:
            raise InputError("offers", "a swap is offered with the substitute's name only")


def view_of(facts: MessageFacts, *, tag: str, date_pattern: str) -> dict[str, Any]:
    """Return what a template may print of *facts*.

    Args:
        facts: Checked by `check_facts`.
        tag: Language of the template, a BCP 47 tag.
        date_pattern: How the language writes a day, in CLDR letters.

    Returns:
        A value for each of FACT_NAMES; names from the catalogue are marked as quotations.
    """
    words = _Words(locale_of(tag, facts.market), date_pattern, ZoneInfo(facts.zone))
    return _order(facts, words) | _offers(facts.offers, words) | _moments(facts, words)


def _order(facts: MessageFacts, words: "_Words") -> dict[str, Any]:
    count = len(facts.products)
    return {
        "key": facts.key,
        "digits": facts.order_digits,
        "others": ", ".join(facts.other_order_digits),
        "products": [_product(one) for one in facts.products[:MOST_PRODUCTS]],
        "more": max(count - MOST_PRODUCTS, 0),
        "count": count,
        "plural": words.locale.plural_form(count),
        "reason": facts.reason,
        "unpaid": facts.unpaid,
        "whole": facts.whole_order,
        "rest_ends": facts.rest_of_order_ends_too,
        "amount": words.money(facts.amount) if facts.amount else None,
        "gift": _own(facts.gift),
        "coupon": _own(facts.coupon_title),
        "substitute": _name(facts.substitute_name),
    }


def _offers(offers: Sequence[Offer], words: "_Words") -> dict[str, Any]:
    by_choice = {offer.choice: offer for offer in offers}
    wait = by_choice.get(Choice.WAIT)
    swap = by_choice.get(Choice.SWAP)
    refund = by_choice.get(Choice.REFUND)
    letters = [letter for letter, choice in LETTERS.items() if choice in by_choice]
    return {
        "wait": wait is not None,
        "wait_date": words.day(wait.promised_at) if wait else None,
        "wait_gift": _own(wait.gift) if wait else None,
        "swap": swap is not None,
        "swap_name": _name(swap.substitute_name) if swap else None,
        "swap_coupon": _own(swap.coupon_title) if swap else None,
        "refund_coupon": _own(refund.coupon_title) if refund else None,
        "only_refund": set(by_choice) == {Choice.REFUND},
        "letters": words.either(letters),
        "cancel_letters": words.either(
            [one for one in letters if LETTERS[one] is not Choice.WAIT]
        ),
    }


def _moments(facts: MessageFacts, words: "_Words") -> dict[str, Any]:
    return {
        "answer_date": words.day(facts.answer_by),
        "answer_time": words.time(facts.answer_by),
        "answer_zone": words.zone_name(facts.answer_by),
        "promised_date": words.day(facts.promised_at),
        "earlier_date": words.day(facts.earlier_promised_at),
    }


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


@lru_cache(maxsize=256)
def locale_of(tag: str, market: str) -> Locale:
    """Return the CLDR locale for readers of *tag* in *market*, else of *tag* alone."""
    plain = Locale.parse(tag, sep="-")
    parts = (plain.language, plain.script, market)
    local = "_".join(part for part in parts if part)
    world = ("en_001",) if plain.language == "en" else ()
    for candidate in (local, *world):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return plain


@lru_cache(maxsize=256)
def _zones_beside(zone: str) -> tuple[ZoneInfo, ...]:
    territories = get_global("zone_territories")
    territory = territories.get(zone)
    return tuple(
        ZoneInfo(name) for name, of in territories.items() if territory and of == territory
    )


class _Words:
    def __init__(self, locale: Locale, date_pattern: str, zone: ZoneInfo) -> None:
        self.locale = locale
        self._date_pattern = date_pattern
        self._zone = zone

    def day(self, instant: datetime | None) -> str | None:
        if instant is None:
            return None
        local = instant.astimezone(self._zone)
        return format_date(local.date(), format=self._date_pattern, locale=self.locale)

    def time(self, instant: datetime | None) -> str | None:
        if instant is None:
            return None
        text = format_time(instant, format="short", tzinfo=self._zone, locale=self.locale)
        return _plain_spaces(text)

    def zone_name(self, instant: datetime | None) -> str | None:
        if instant is None or not self._ambiguous(instant):
            return None
        local = instant.astimezone(self._zone)
        return _plain_spaces(get_timezone_name(local, width="long", locale=self.locale))

    def _ambiguous(self, instant: datetime) -> bool:
        # A clock time needs its zone's name only where the country has several.
        beside = _zones_beside(self._zone.key)
        offsets = {instant.astimezone(zone).utcoffset() for zone in beside}
        return len(offsets) != 1

    def money(self, money: Money) -> str:
        amount = Decimal(money.decimal())
        return _plain_spaces(format_currency(amount, money.currency, locale=self.locale))

    def either(self, letters: list[str]) -> str:
        return format_list(letters, style="or", locale=self.locale)


def _plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")
