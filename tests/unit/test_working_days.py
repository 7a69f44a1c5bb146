"""Working days end with the local day, and neither weekends nor holidays count."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NaiveInstantError
from domain.markets import WorkingDays
from domain.working_days import add_working_days, is_working_day
from tests.support.deadline_cases import a_calendar, utc


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-06", True),
        ("2026-03-07", False),
        ("2026-03-08", False),
        ("2026-03-09", True),
        ("2026-03-10", False),
    ],
    ids=["friday", "saturday", "sunday", "monday", "holiday"],
)
def test_weekends_and_holidays_are_no_working_days(day: str, expected: bool) -> None:  # noqa: FBT001 - a parametrised expectation
    calendar = a_calendar("UTC", "2026-03-10")
    assert expected is is_working_day(date.fromisoformat(day), calendar)


def test_a_market_may_rest_on_other_days() -> None:
    friday_saturday = WorkingDays(zone="Asia/Kuala_Lumpur", weekend=(4, 5), holidays=())
    assert is_working_day(date(2026, 3, 8), friday_saturday)
    assert not is_working_day(date(2026, 3, 6), friday_saturday)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-03-02T12:00:00", 0, "2026-03-02T23:59:59"),
        ("2026-03-02T00:00:00", 1, "2026-03-03T23:59:59"),
        ("2026-03-02T23:59:59", 1, "2026-03-03T23:59:59"),
        ("2026-03-06T12:00:00", 1, "2026-03-09T23:59:59"),
        ("2026-03-07T12:00:00", 1, "2026-03-09T23:59:59"),
        ("2026-03-02T12:00:00", 7, "2026-03-11T23:59:59"),
    ],
)
def test_the_day_of_the_start_never_counts(start: str, count: int, expected: str) -> None:
    assert utc(expected) == add_working_days(utc(start), count, a_calendar())


def test_a_holiday_moves_the_end_by_a_day() -> None:
    calendar = a_calendar("UTC", "2026-03-03")
    assert utc("2026-03-04T23:59:59") == add_working_days(utc("2026-03-02T12:00"), 1, calendar)


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("America/Los_Angeles", "2026-03-07T07:59:59", "2026-03-10T06:59:59"),
        ("America/Los_Angeles", "2026-03-07T08:00:00", "2026-03-10T06:59:59"),
        ("America/Los_Angeles", "2026-03-06T07:59:59", "2026-03-07T07:59:59"),
        ("America/Los_Angeles", "2026-10-30T20:00:00", "2026-11-03T07:59:59"),
        ("Europe/London", "2026-03-27T12:00:00", "2026-03-30T22:59:59"),
        ("Europe/London", "2026-10-23T12:00:00", "2026-10-26T23:59:59"),
        ("Asia/Bangkok", "2026-03-02T16:59:59", "2026-03-03T16:59:59"),
        ("Asia/Bangkok", "2026-03-02T17:00:00", "2026-03-04T16:59:59"),
    ],
)
def test_days_are_local_on_both_sides_of_midnight_and_of_clock_changes(
    zone: str, start: str, expected: str
) -> None:
    assert utc(expected) == add_working_days(utc(start), 1, a_calendar(zone))


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 working days cannot be added"):
        add_working_days(utc("2026-03-02T12:00"), -1, a_calendar())


def test_a_calendar_without_a_working_day_is_refused_instead_of_searched_for_ever() -> None:
    never = WorkingDays(zone="UTC", weekend=tuple(range(7)), holidays=())
    with pytest.raises(ValueError, match="no working day"):
        add_working_days(utc("2026-03-02T12:00"), 1, never)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveInstantError):
        add_working_days(datetime(2026, 3, 2), 1, a_calendar())  # noqa: DTZ001 - the point


@given(
    st.datetimes(
        min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
        max_value=datetime(2028, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
        timezones=st.just(UTC),
    ),
    st.integers(min_value=1, max_value=30),
    st.sampled_from(["America/Los_Angeles", "Europe/London", "Asia/Bangkok"]),
)
def test_the_end_is_a_working_day_s_last_second_and_one_more_day_is_later(
    start: datetime, count: int, zone: str
) -> None:
    calendar = a_calendar(zone, "2026-12-25", "2026-01-01")
    end = add_working_days(start, count, calendar).astimezone(ZoneInfo(zone))
    assert time(23, 59, 59) == end.time()
    assert is_working_day(end.date(), calendar)
    assert end < add_working_days(start, count + 1, calendar)
    assert timedelta() < end - start
