"""Money as exports print it: `₱1,299.00`, `Rp189.950`, `$1,299.00`, `1.299.000₫`."""

import re

from casedesk.intake.markets import ExportMarket
from domain.errors import MoneyError
from domain.money import Money

_SIGNS = {
    "US$": "USD",
    "S$": "SGD",
    "RM": "MYR",
    "Rp": "IDR",
    "RP": "IDR",
    "₱": "PHP",
    "฿": "THB",
    "₫": "VND",
    "đ": "VND",
    "£": "GBP",
    "$": "USD",
}
_CODE = re.compile(r"[A-Z]{3}")
_DOTS_GROUP = frozenset({"IDR", "VND"})
_GROUP = 3
_NUMBER = re.compile(r"-?[0-9][0-9.,]*")


def read_amount(text: str, market: ExportMarket | None) -> Money | None:
    """Return the amount of a cell; None if it is empty or its currency is not known.

    Args:
        text: A cell such as `Rp189.950`; a sign in it decides the currency, except that a
            bare `$` in a market means that market's dollar.
        market: The shop's market, if known.

    Raises:
        MoneyError: The cell holds no amount, or one with a mark that fits nowhere.
    """
    compact = "".join(text.split())
    if not compact:
        return None
    sign, number = _signed(compact)
    currency = _currency(sign, market)
    if not _NUMBER.fullmatch(number):
        raise MoneyError(f"{text!r} is not an amount")
    plain = _plain(number, dots_group=currency in _DOTS_GROUP)
    return None if currency is None else Money.parse(plain, currency)


def _signed(text: str) -> tuple[str, str]:
    for sign in (*_SIGNS, *_CODE.findall(text)):
        if sign in text:
            return sign, text.replace(sign, "", 1).removeprefix(".")
    return "", text


def _currency(sign: str, market: ExportMarket | None) -> str | None:
    if market is not None and sign in ("", "$"):
        return market.currency
    return _SIGNS.get(sign, sign) or None


def _plain(number: str, *, dots_group: bool) -> str:
    """Return *number* with no thousands marks and a point for decimals."""
    point = "," if dots_group else "."
    whole, mark, fraction = number.rpartition(_last_mark(number))
    if not mark:
        return number
    is_decimal = len(fraction) != _GROUP and number.count(mark) == 1
    # One mark and three digits is the market's thousands mark or a fraction finer than money has.
    if not is_decimal and mark == point and number.count(mark) == 1:
        raise MoneyError(f"{number!r} has three digits after its decimal mark")
    if is_decimal:
        return f"{_ungrouped(whole)}.{fraction}"
    return _ungrouped(number)


def _last_mark(number: str) -> str:
    return max(".,", key=number.rfind)


def _ungrouped(number: str) -> str:
    groups = re.split(r"[.,]", number)
    if any(len(group) != _GROUP for group in groups[1:]):
        raise MoneyError(f"{number!r} has a thousands mark in the wrong place")
    return "".join(groups)
