"""A supplier's next date is padded by how late the earlier ones were."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NaiveInstantError
from domain.promises import ENOUGH_SAMPLES, PaddedDate, Sample, padded_date

PROMISED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NEXT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def samples(*late_by_hours: float) -> list[Sample]:
    return [
        Sample(promised_at=PROMISED, real_at=PROMISED + hours * HOUR) for hours in late_by_hours
    ]


def test_below_twenty_samples_the_plain_date_stands_and_says_how_many_there_are() -> None:
    found = padded_date(NEXT, samples(*[99] * 19), quantile=0.8)

    expected = PaddedDate(
        at=NEXT,
        plain=NEXT,
        samples=19,
        quantile=0.8,
        padded_by=timedelta(),
        why="plain date: 19 kept promises, a date is padded from 20 on",
    )
    assert expected == found


@pytest.mark.parametrize(("count", "words"), [(0, "0 kept promises"), (1, "1 kept promise,")])
def test_few_samples_are_counted_in_words_that_fit(count: int, words: str) -> None:
    assert words in padded_date(NEXT, samples(*[1] * count), quantile=0.8).why


def test_from_twenty_samples_on_the_lateness_of_the_quantile_is_added() -> None:
    found = padded_date(NEXT, samples(*range(20, 0, -1)), quantile=0.8)

    assert (NEXT + 16 * HOUR, 16 * HOUR, NEXT) == (found.at, found.padded_by, found.plain)
    assert "padded by 16h: 80% of 20 kept promises were at most that late" == found.why


@pytest.mark.parametrize(
    ("quantile", "hours"), [(0.01, 1), (0.05, 1), (0.051, 2), (0.5, 10), (0.95, 19), (1, 20)]
)
def test_the_quantile_is_a_place_in_the_sorted_sample(quantile: float, hours: int) -> None:
    found = padded_date(NEXT, samples(*range(1, 21)), quantile=quantile)

    assert hours * HOUR == found.padded_by


def test_binary_fractions_take_no_sample_too_many() -> None:
    """In floating point 0.07 * 100 is a little more than 7."""
    assert 7 * HOUR == padded_date(NEXT, samples(*range(1, 101)), quantile=0.07).padded_by


def test_a_supplier_who_is_early_makes_no_date_earlier() -> None:
    found = padded_date(NEXT, samples(*[-48] * 20), quantile=0.8)

    assert (NEXT, timedelta()) == (found.at, found.padded_by)
    assert "plain date: 80% of 20 kept promises were not late" == found.why


def test_dates_are_instants_whatever_their_offset() -> None:
    bangkok = NEXT.astimezone(timezone(timedelta(hours=7)))

    assert padded_date(NEXT, [], quantile=0.8) == padded_date(bangkok, [], quantile=0.8)


def test_a_date_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveInstantError, match="plain"):
        padded_date(NEXT.replace(tzinfo=None), [], quantile=0.8)


@given(
    st.lists(st.integers(-500, 500), min_size=ENOUGH_SAMPLES, max_size=60),
    st.floats(0.01, 1),
)
def test_the_padding_covers_the_share_of_the_past_that_it_names_and_no_more(
    late: list[int], quantile: float
) -> None:
    found = padded_date(NEXT, samples(*late), quantile=quantile)

    covered = sum(hours * HOUR <= found.padded_by for hours in late)
    assert covered >= quantile * len(late) - 1e-6
    below = sum(hours * HOUR < found.padded_by for hours in late)
    assert not found.padded_by or below < quantile * len(late)
    assert found.at == NEXT + found.padded_by >= found.plain
