"""Counting working days in a market's own calendar days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.instants import aware
from domain.markets import WorkingDays

_END_OF_DAY = time(23, 59, 59)
_ONE_DAY = timedelta(days=1)


def is_working_day(day: date, days: WorkingDays) -> bool:
    """Tell whether *day* counts: neither weekend nor public holiday of the market."""
    return day.weekday() not in days.weekend and day not in days.holidays


def add_working_days(start: datetime, count: int, days: WorkingDays) -> datetime:
    """Return the end of the working day that lies *count* working days after *start*.

    The local day of *start* itself never counts, whatever the hour.

    Args:
        start: Any aware instant.
        count: Working days to pass; zero means the end of the local day of *start*.
        days: The market's calendar, pinned for the case.

    Returns:
        23:59:59 local time of that day, in UTC.

    Raises:
        ValueError: *count* is negative, or the calendar has no working day at all.
        NaiveInstantError: *start* has no offset.
    """
    if count < 0:
        raise ValueError(f"{count} working days cannot be added; give zero or more")
    if set(range(7)) <= set(days.weekend):
        raise ValueError("the calendar has no working day; name fewer weekend days")
    zone = ZoneInfo(days.zone)
    day = aware(start, "start").astimezone(zone).date()
    left = count
    while left:
        day += _ONE_DAY
        left -= is_working_day(day, days)
    return datetime.combine(day, _END_OF_DAY, zone).astimezone(UTC)
