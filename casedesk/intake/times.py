"""Local times of an export: one date order for the whole file, then instants."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from casedesk.intake.errors import IntakeError
from casedesk.intake.markets import ExportMarket
from domain.intake import DateOrder

_CLOCK = r"[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_LOCAL = re.compile(
    rf"(?P<first>\d{{1,2}})[/.-](?P<other>\d{{1,2}})[/.-](?P<year>\d{{4}}){_CLOCK}"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[/-](?P<first>\d{{1,2}})[/-](?P<other>\d{{1,2}}){_CLOCK}(?P<half>)",
    re.ASCII,
)
_LAST_MONTH = 12
_NOON = 12
_YEARS = range(2015, 2200)


class TimeError(ValueError):
    """A time that cannot be read."""


def settle_date_order(times: Iterable[str], market: ExportMarket | None, file: str) -> DateOrder:
    """Decide once for the whole file whether days or months come first.

    A number above 12 anywhere decides; then an AM/PM mark, which only month-first files have;
    then the market's habit.

    Args:
        times: Every time cell of the file.
        market: The shop's market, if known.
        file: Its name, for the refusal.

    Raises:
        IntakeError: The file contradicts itself, or nothing settles it.
    """
    texts = set(times)
    found = [match for text in sorted(texts) if (match := _LOCAL.fullmatch(text))]
    if found and any(_YEAR_FIRST.fullmatch(text) for text in texts):
        raise IntakeError(
            f"{file} holds some times as dates and some as text, which is what a spreadsheet"
            " program leaves when it swaps days and months; export it again from Seller Center."
        )
    day_first = next((m[0] for m in found if int(m["first"]) > _LAST_MONTH), None)
    month_first = next((m[0] for m in found if int(m["other"]) > _LAST_MONTH), None)
    if day_first and month_first:
        raise IntakeError(
            f"{file} mixes day-first and month-first dates ({day_first} and {month_first});"
            " export it again from Seller Center and do not save it in a spreadsheet program."
        )
    if day_first or month_first:
        return DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    if any(match["half"] for match in found):
        return DateOrder.MONTH_FIRST
    if market is not None:
        return market.date_order
    if found:
        raise IntakeError(
            f"Dates of {file} such as {found[0][0]} can be read day first or month first;"
            " say where the shop is with --market, for example --market TH."
        )
    return DateOrder.DAY_FIRST


class Clock:
    """Turns the local times of one file into instants."""

    def __init__(self, order: DateOrder, zone: tzinfo) -> None:
        self._order = order
        self._zone = zone
        # The rows of a file repeat their order's times, so each text is read once.
        self._seen: dict[str, datetime] = {}

    def instant(self, text: str) -> datetime | None:
        """Return the instant of a cell, None for an empty one.

        A local time that the end of summer time repeats is taken as the earlier of the two.

        Raises:
            TimeError: Not a date with a time of day.
        """
        if not text:
            return None
        if text not in self._seen:
            self._seen[text] = self._read(text)
        return self._seen[text]

    def _read(self, text: str) -> datetime:
        match = _LOCAL.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
        if match is None:
            raise TimeError("is not a date with a time such as 20/11/2026 14:03:00")
        year = int(match["year"])
        if year not in _YEARS:
            raise TimeError(f"has the year {year}; Gregorian years are expected")
        day_first = match.re is _LOCAL and self._order is DateOrder.DAY_FIRST
        first, other = int(match["first"]), int(match["other"])
        day, month = (first, other) if day_first else (other, first)
        second = int(match["second"] or 0)
        hour = _hour(int(match["hour"]), match["half"])
        try:
            local = datetime(
                year, month, day, hour, int(match["minute"]), second, tzinfo=self._zone
            )
        except ValueError as error:
            raise TimeError(f"is not a date and time ({error})") from error
        return local.astimezone(UTC)


def _hour(shown: int, half: str | None) -> int:
    if not half:
        return shown
    if not 1 <= shown <= _NOON:
        raise TimeError("has an hour that does not go with AM or PM")
    return shown % _NOON + (_NOON if half[0] in "pP" else 0)
