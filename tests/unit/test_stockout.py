"""Bands of waiting: both sides of each limit, and the platform's own limit above them all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.deadlines import Deadline, DeadlineName
from domain.messages import LongerOfferReason
from domain.playbook import NoAnswer, OfferKind, OfferRung, Playbook, StockoutRules
from domain.stockout import Course, Judgement, Outlook, has_round, judge, wait_rungs

T = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SOCKS = OfferRung(kind=OfferKind.GIFT, gift="socks")
OFF = OfferRung(kind=OfferKind.DISCOUNT, amount={"USD": "6"})


def _judge(
    outlook: Outlook, *, promise_by: timedelta = 60 * DAY, swap: bool = False, **rules: object
) -> Judgement:
    by = Deadline(name=DeadlineName.PROMISE_BY, at=T + promise_by, rule="a rule")
    return judge(
        outlook,
        now=T,
        promise_by=by,
        rules=StockoutRules.model_validate(rules),
        swap=swap,
    )


@pytest.mark.parametrize(
    ("away", "course"),
    [
        (SECOND, Course.OFFERS),
        (7 * DAY, Course.OFFERS),
        (7 * DAY + SECOND, Course.NEGOTIATE),
        (15 * DAY, Course.NEGOTIATE),
        (15 * DAY + SECOND, Course.RECOMMEND_REFUND),
        (-SECOND, Course.RECOMMEND_REFUND),
        (timedelta(), Course.RECOMMEND_REFUND),
    ],
)
def test_how_far_away_the_restock_is_decides(away: timedelta, course: Course) -> None:
    assert course is _judge(Outlook(at=T + away)).course


@pytest.mark.parametrize("away", [1, 5, 10, 20])
def test_nothing_is_offered_past_the_last_instant_that_may_be_promised(away: int) -> None:
    """On a standard order the platform leaves no room for the middle band."""
    judged = _judge(Outlook(at=T + away * DAY), promise_by=away * DAY)

    assert Course.RECOMMEND_REFUND is judged.course
    assert f"the restock is {away}d away, not before the last instant" in judged.why
    before = _judge(Outlook(at=T + away * DAY), promise_by=away * DAY + SECOND)
    assert "not before" not in before.why
    assert LongerOfferReason.PLATFORM_CLOSES is judged.longer
    assert LongerOfferReason.PLATFORM_CLOSES is not before.longer


@pytest.mark.parametrize(
    ("answer", "course"),
    [
        (NoAnswer.OFFERS, Course.OFFERS),
        (NoAnswer.RECOMMEND_REFUND, Course.RECOMMEND_REFUND),
        (NoAnswer.REFUND, Course.REFUND),
    ],
)
def test_the_playbook_says_what_an_unknown_date_means(answer: NoAnswer, course: Course) -> None:
    assert course is _judge(Outlook(), no_answer=answer).course


def test_what_never_comes_is_refunded_at_once_unless_a_substitute_stands_ready() -> None:
    gone = Outlook(never=True, at=T + DAY)

    assert Course.REFUND is _judge(gone).course
    assert Course.RECOMMEND_REFUND is _judge(gone, swap=True).course
    assert Course.RECOMMEND_REFUND is _judge(Outlook(), swap=True, no_answer="refund").course


def test_what_is_in_stock_is_offered_whatever_date_was_named() -> None:
    assert Course.OFFERS is _judge(Outlook(at=T + 40 * DAY, in_stock=True)).course


@given(st.integers(1, 90 * 24), st.integers(1, 90 * 24))
def test_waiting_is_never_offered_past_the_platforms_limit(away: int, limit: int) -> None:
    hour = timedelta(hours=1)
    judged = _judge(Outlook(at=T + away * hour), promise_by=limit * hour)

    if judged.course in (Course.OFFERS, Course.NEGOTIATE):
        assert away < limit
        assert away <= 15 * 24


def test_each_round_has_its_own_compensation_and_there_are_two_at_most() -> None:
    playbook = Playbook(
        name="x", version="1", stockout=StockoutRules(rounds=((SOCKS,), (OFF, SOCKS)))
    )

    assert (SOCKS,) == wait_rungs(Course.NEGOTIATE, 1, playbook)
    assert (OFF, SOCKS) == wait_rungs(Course.NEGOTIATE, 2, playbook)
    assert [True, True, False] == [has_round(number, playbook) for number in (1, 2, 3)]
    assert wait_rungs(Course.OFFERS, 1, playbook) is None


def test_without_rounds_waiting_comes_with_what_it_always_does() -> None:
    standard = Playbook(name="x", version="1")

    assert wait_rungs(Course.NEGOTIATE, 1, standard) is None
    assert not has_round(2, standard)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"rounds": ((SOCKS,),) * 3}, "3 rounds are too many; name 2 at most"),
        (
            {"offers_within": "9d", "negotiate_within": "8d"},
            "negotiate_within 8d is shorter than offers_within 9d",
        ),
    ],
)
def test_bands_that_contradict_themselves_are_refused(rules: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        StockoutRules.model_validate(rules)
