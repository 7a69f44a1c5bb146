"""Days, hours, amounts and lists in the words of a reader: their language, market and zone."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from domain.money import Money


class Slot(NamedTuple):
    """A span of time as it is printed."""

    date: str
    begins: str
    ends: str
    end_date: str | None
    """Only where it ends on another day."""


class ReaderWords:
    """Writes facts for one reader."""

    def __init__(self, tag: str, market: str, *, zone: str, date_pattern: str) -> None:
        """Find the reader's locale.

        Args:
            tag: BCP 47 tag of the template's language.
            market: Region code; its habits are followed where CLDR knows them.
            zone: IANA zone in which moments are printed.
            date_pattern: How a day is written, in CLDR letters.
        """
        self.locale = locale_of(tag, market)
        self._date_pattern = date_pattern
        self._zone = ZoneInfo(zone)

    def day(self, instant: datetime | None) -> str | None:
        """Return the day of *instant*, such as "Friday, November 27"."""
        if instant is None:
            return None
        local = instant.astimezone(self._zone)
        return format_date(local.date(), format=self._date_pattern, locale=self.locale)

    def time(self, instant: datetime | None) -> str | None:
        """Return the hour of *instant*, such as "6:00 PM"."""
        if instant is None:
            return None
        text = format_time(instant, format="short", tzinfo=self._zone, locale=self.locale)
        return _plain_spaces(text)

    def zone_if_needed(self, instant: datetime | None) -> str | None:
        """Return the zone's name where the country has several, else None."""
        return self.zone(instant) if instant and self._ambiguous(instant) else None

    def zone(self, instant: datetime | None) -> str | None:
        """Return the zone's name at *instant*, such as "Pacific Standard Time"."""
        if instant is None:
            return None
        local = instant.astimezone(self._zone)
        return _plain_spaces(get_timezone_name(local, width="long", locale=self.locale))

    def slot(self, begins: datetime | None, ends: datetime | None) -> Slot | None:
        """Return the span between two moments, or None where one of them is not known."""
        if begins is None or ends is None:
            return None
        first, last = self.day(begins) or "", self.day(ends) or ""
        return Slot(
            date=first,
            begins=self.time(begins) or "",
            ends=self.time(ends) or "",
            end_date=last if last != first else None,
        )

    def money(self, money: Money | None) -> str | None:
        """Return an amount as the reader writes money."""
        return None if money is None else _amount(money, self.locale)

    def number(self, number: int | None) -> str | None:
        """Return a count with the reader's thousands marks."""
        return None if number is None else format_decimal(number, locale=self.locale)

    def either(self, parts: list[str]) -> str:
        """Return "A, B, or C"."""
        return format_list(parts, style="or", locale=self.locale)

    def _ambiguous(self, instant: datetime) -> bool:
        # A clock time needs its zone's name only where the country has several.
        beside = _zones_beside(self._zone.key)
        offsets = {instant.astimezone(zone).utcoffset() for zone in beside}
        return len(offsets) != 1


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


@lru_cache(maxsize=1024)
def _amount(money: Money, locale: Locale) -> str:
    amount = Decimal(money.decimal())
    return _plain_spaces(format_currency(amount, money.currency, locale=locale))


def _plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")
