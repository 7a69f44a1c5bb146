"""Instants are absolute: without an offset they are refused, never guessed to be UTC."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from domain.errors import NaiveInstantError
from domain.instants import Instant, aware, from_unix

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)


class Mark(BaseModel):
    """A model with one instant."""

    at: Instant


@pytest.mark.parametrize(
    "same",
    [
        NOON,
        NOON.astimezone(ZoneInfo("Asia/Bangkok")),
        NOON.astimezone(ZoneInfo("America/Los_Angeles")),
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
    ],
)
def test_every_offset_becomes_utc_and_stays_the_same_instant(same: datetime) -> None:
    assert NOON == aware(same)
    assert timedelta() == aware(same).utcoffset()
    assert UTC is Mark(at=same).at.tzinfo


def test_the_hour_that_comes_twice_is_told_apart_by_its_fold() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert timedelta(hours=1) == aware(first.replace(fold=1)) - aware(first)


def test_a_naive_instant_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(NaiveInstantError, match="detected_at has no offset") as refused:
        aware(NAIVE, "detected_at")
    assert "detected_at" == refused.value.field


@pytest.mark.parametrize("given", [NAIVE, "2026-03-02T12:00:00"])
def test_a_model_refuses_a_naive_instant_with_an_example(given: object) -> None:
    with pytest.raises(ValidationError, match="has no offset; give an instant such as"):
        Mark.model_validate({"at": given})


def test_a_model_reads_the_wire_s_text_and_prints_utc() -> None:
    mark = Mark.model_validate({"at": "2026-03-02T19:00:00+07:00"})
    assert '{"at":"2026-03-02T12:00:00Z"}' == mark.model_dump_json()


@pytest.mark.parametrize(("seconds", "expected"), [(1772452800, NOON), (0, None), (None, None)])
def test_unix_seconds_are_instants_and_zero_means_absent(
    seconds: int | None, expected: datetime | None
) -> None:
    assert expected == from_unix(seconds)
