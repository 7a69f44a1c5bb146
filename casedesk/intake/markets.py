"""What differs between markets in an export: clock, currency, date order, language."""

from enum import StrEnum
from typing import NamedTuple

from casedesk.intake.errors import IntakeError
from domain.intake import DateOrder


class Language(StrEnum):
    """Language of Seller Center, which the status words of an export are in."""

    ENGLISH = "en"
    THAI = "th"
    INDONESIAN = "id"
    VIETNAMESE = "vi"


class ExportMarket(NamedTuple):
    """The habits of one market's exports."""

    code: str
    zone: str
    currency: str
    date_order: DateOrder
    language: Language


_DAY, _MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
_EN = Language.ENGLISH
MARKETS = {
    market.code: market
    for market in (
        ExportMarket("US", "America/Los_Angeles", "USD", _MONTH, _EN),
        ExportMarket("UK", "Europe/London", "GBP", _DAY, _EN),
        ExportMarket("TH", "Asia/Bangkok", "THB", _DAY, Language.THAI),
        ExportMarket("VN", "Asia/Ho_Chi_Minh", "VND", _DAY, Language.VIETNAMESE),
        ExportMarket("ID", "Asia/Jakarta", "IDR", _DAY, Language.INDONESIAN),
        ExportMarket("MY", "Asia/Kuala_Lumpur", "MYR", _DAY, _EN),
        ExportMarket("PH", "Asia/Manila", "PHP", _DAY, _EN),
        ExportMarket("SG", "Asia/Singapore", "SGD", _DAY, _EN),
    )
}
"""Habits by market code.

Source:
    Order exports of Seller Center as merchants download them, 2024-2026: day first in South East
    Asia, month first with AM/PM in the US, shop-local times without an offset.
"""


def market_named(code: str | None) -> ExportMarket | None:
    """Return the market of *code*, None for None.

    Raises:
        IntakeError: No such market.
    """
    if code is None:
        return None
    wanted = code.strip().upper()
    market = MARKETS.get("UK" if wanted == "GB" else wanted)
    if market is None:
        raise IntakeError(f"There is no market {code!r}; give one of {', '.join(MARKETS)}.")
    return market
