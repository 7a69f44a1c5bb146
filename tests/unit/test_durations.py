"""Durations are written with units, and nothing else is guessed to be one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.durations import Duration, PositiveDuration, read_duration, rising, write_duration


class Timer(BaseModel):
    """A model with both kinds of duration."""

    after: Duration
    every: PositiveDuration = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("90s", timedelta(seconds=90)),
        ("1d12h", timedelta(hours=36)),
        ("1d 12h", timedelta(hours=36)),
        ("0s", timedelta()),
    ],
)
def test_whole_numbers_with_units_add_up(text: str, expected: timedelta) -> None:
    assert expected == read_duration(text)


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1w", "PT24H", "8:00", "1h or so"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it such as 30m, 24h or 7d"):
        read_duration(text)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(), "0s"),
        (timedelta(hours=24), "1d"),
        (timedelta(hours=36, minutes=5, seconds=1), "1d12h5m1s"),
        (timedelta(seconds=59, microseconds=999_999), "59s"),
    ],
)
def test_durations_are_written_in_the_largest_units(duration: timedelta, expected: str) -> None:
    assert expected == write_duration(duration)


@given(st.integers(min_value=0, max_value=10**8))
def test_what_is_written_reads_back_the_same(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert duration == read_duration(write_duration(duration))


def test_a_model_reads_and_prints_durations_as_text() -> None:
    timer = Timer.model_validate({"after": "36h"})
    assert timedelta(hours=36) == timer.after
    assert {"after": "1d12h", "every": "1h"} == timer.model_dump(mode="json")
    assert timer == Timer.model_validate_json(timer.model_dump_json())


@pytest.mark.parametrize("bare", [24, 0.5, True])
def test_a_number_without_a_unit_is_refused_in_a_model(bare: float) -> None:
    """Pydantic alone would read 24 as 24 seconds."""
    with pytest.raises(ValidationError, match="has no unit"):
        Timer.model_validate({"after": bare})


def test_a_wait_that_would_spin_is_refused() -> None:
    with pytest.raises(ValidationError, match="0s is too short"):
        Timer.model_validate({"after": "0s", "every": "0s"})
    assert timedelta() == Timer.model_validate({"after": "0s"}).after


@pytest.mark.parametrize("hours", [(), (1,), (0, 2, 6)])
def test_a_rising_ladder_stays_as_it_is(hours: tuple[int, ...]) -> None:
    ladder = tuple(timedelta(hours=hour) for hour in hours)
    assert ladder == rising(ladder)


@pytest.mark.parametrize("hours", [(2, 1), (1, 1), (0, 6, 2)])
def test_a_ladder_that_does_not_rise_is_refused(hours: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rising order"):
        rising(tuple(timedelta(hours=hour) for hour in hours))
