"""When an appeal can be filed: windows, the last safe moment, and what a second round must add."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.appeals import (
    AppealDeadlines,
    FiledRound,
    Readiness,
    adds_something_new,
    appeal_deadlines,
    may_appeal_again,
    readiness,
    rounds_allowed,
)
from domain.deadlines import DeadlineName
from domain.errors import NaiveInstantError
from domain.markets import MarketProfile
from domain.playbook import AppealRules
from tests.support.deadline_cases import a_fact, a_profile, shipped_profile, utc

ISSUED = utc("2026-11-01T08:00:00")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
STANDARD = AppealRules()
KNOWN = a_profile(market="US").model_copy(
    update={
        "appeal_first_days": a_fact(30),
        "appeal_second_days": a_fact(15),
        "appeal_rounds": a_fact(2),
    }
)


def deadlines(
    round_: int = 1,
    *,
    opened_after: timedelta = timedelta(),
    profile: MarketProfile = KNOWN,
    rules: AppealRules = STANDARD,
    shown_end: datetime | None = None,
) -> AppealDeadlines:
    return appeal_deadlines(
        round_,
        begins_at=ISSUED,
        opened_at=ISSUED + opened_after,
        profile=profile,
        rules=rules,
        shown_end=shown_end,
    )


def instants(found: AppealDeadlines) -> tuple[datetime, datetime, datetime]:
    assert found.internal_deadline
    assert found.last_safe_moment
    assert found.window_ends
    return found.internal_deadline.at, found.last_safe_moment.at, found.window_ends.at


# The window


@pytest.mark.parametrize(("round_", "days"), [(1, 30), (2, 15)])
def test_the_first_window_is_longer_than_the_second(round_: int, days: int) -> None:
    assert ISSUED + days * DAY == instants(deadlines(round_))[2]


def test_the_window_says_where_it_comes_from() -> None:
    first, second = deadlines(1).window_ends, deadlines(2).window_ends
    assert first
    assert second
    assert DeadlineName.WINDOW_ENDS is first.name
    assert ("the enforcement + 30d (US rule, confirmed)", False) == (first.rule, first.assumed)
    assert "the rejection + 15d (US rule, confirmed)" == second.rule


def test_hearsay_about_a_window_is_marked_as_assumed() -> None:
    ends = deadlines(profile=shipped_profile("TH")).window_ends
    assert ends
    assert ends.assumed
    assert "the enforcement + 30d (TH rule, single source)" == ends.rule


def test_the_end_that_the_ticket_shows_comes_first() -> None:
    shown = ISSUED + 3 * DAY
    found = deadlines(shown_end=shown)
    assert shown == instants(found)[2]
    assert found.window_ends
    assert "the end that the ticket in Seller Center shows" == found.window_ends.rule


@pytest.mark.parametrize(("round_", "which"), [(1, "first"), (2, "second")])
def test_an_unknown_window_is_asked_of_a_person_and_nothing_is_guessed(
    round_: int, which: str
) -> None:
    found = deadlines(round_, profile=shipped_profile("UK"))
    assert not found.known
    assert (None, None, None, ()) == (
        found.window_ends,
        found.internal_deadline,
        found.last_safe_moment,
        found.reminders,
    )
    assert found.ask.startswith(f"Until when the {which} appeal can be filed in GB is not known; ")


def test_a_person_s_reading_of_the_ticket_makes_an_unknown_window_known() -> None:
    found = deadlines(profile=shipped_profile("UK"), shown_end=ISSUED + 30 * DAY)
    assert (True, "") == (found.known, found.ask)


def test_an_instant_without_an_offset_is_refused() -> None:
    naive = datetime(2026, 11, 1)  # noqa: DTZ001 - the naive instant that is refused
    with pytest.raises(NaiveInstantError, match="begins_at"):
        appeal_deadlines(1, begins_at=naive, opened_at=ISSUED, profile=KNOWN, rules=STANDARD)


# The internal deadline and the last safe moment


def test_a_first_round_has_a_week_for_its_proofs_and_goes_in_two_days_before_the_end() -> None:
    internal, last_safe, ends = instants(deadlines())
    assert (ISSUED + 7 * DAY, ends - 2 * DAY) == (internal, last_safe)


def test_a_shorter_window_leaves_a_share_of_itself() -> None:
    internal, last_safe, ends = instants(deadlines(2))
    assert (ISSUED + 15 * DAY / 4, ends - 2 * DAY) == (internal, last_safe)


def test_an_appeal_opened_late_still_leaves_time_for_proofs() -> None:
    """A penalty found on its 29th day is not filed empty at once."""
    opened = 29 * DAY
    internal, last_safe, ends = instants(deadlines(opened_after=opened))
    assert ISSUED + opened + DAY / 4 == internal
    assert ends - DAY / 4 == last_safe


def test_an_appeal_opened_after_its_window_has_no_time_left() -> None:
    internal, last_safe, ends = instants(deadlines(opened_after=31 * DAY))
    assert (ends, ends) == (internal, last_safe)


def test_an_appeal_opened_before_its_penalty_counts_from_the_penalty() -> None:
    assert instants(deadlines()) == instants(deadlines(opened_after=-DAY))


def test_the_rules_carry_their_numbers() -> None:
    found = deadlines()
    assert found.internal_deadline
    assert found.last_safe_moment
    assert (
        "opening + 7d: the earlier of 7d and 25% of the 30d left to window_ends"
        == found.internal_deadline.rule
    )
    assert (
        "window_ends less 2d (the smaller of 2d and a quarter of the time left)"
        == found.last_safe_moment.rule
    )


spans = st.timedeltas(min_value=SECOND, max_value=timedelta(days=90))


@given(
    round_=st.integers(1, 2),
    opened=st.timedeltas(min_value=-DAY, max_value=timedelta(days=29)),
    shown=st.one_of(st.none(), spans),
    rules=st.builds(
        AppealRules,
        complete_within=spans,
        last_safe_before=spans,
        share_of_window=st.floats(min_value=0.001, max_value=0.5),
    ),
)
def test_proofs_are_due_before_the_last_safe_moment_which_lies_before_the_window_ends(
    round_: int,
    opened: timedelta,
    shown: timedelta | None,
    rules: AppealRules,
) -> None:
    end = None if shown is None else ISSUED + shown
    found = deadlines(round_, opened_after=opened, rules=rules, shown_end=end)
    internal, last_safe, ends = instants(found)
    start = max(ISSUED, ISSUED + opened)
    assume(ends - start >= SECOND)
    assert start <= internal < last_safe < ends
    assert all(start < rung < last_safe for rung in found.reminders)


# Reminders


def test_people_are_reminded_a_week_three_days_and_a_day_before_the_last_safe_moment() -> None:
    found = deadlines()
    last_safe = instants(found)[1]
    assert (last_safe - 7 * DAY, last_safe - 3 * DAY, last_safe - DAY) == found.reminders


def test_a_reminder_that_would_lie_before_the_opening_is_not_sent() -> None:
    found = deadlines(opened_after=22 * DAY)
    assert [3 * DAY, DAY] == [instants(found)[1] - rung for rung in found.reminders]


# Ready or not


def ready_at(
    now: datetime, *, complete: bool = False, new: bool = True, **known: Any
) -> Readiness:
    return readiness(deadlines(**known), complete=complete, adds_something_new=new, now=now)


def test_a_complete_round_is_ready_as_soon_as_it_is_complete() -> None:
    found = ready_at(ISSUED, complete=True)
    assert (True, True, "everything needed is proven") == (found.ready, found.complete, found.why)


@pytest.mark.parametrize("offset", [timedelta(), 7 * DAY, 7 * DAY + SECOND, 28 * DAY - SECOND])
def test_an_incomplete_round_waits_also_past_its_internal_deadline(offset: timedelta) -> None:
    found = ready_at(ISSUED + offset)
    assert (False, False) == (found.ready, found.complete)
    assert "proofs are missing; it goes in as it is at 2026-11-29 08:00 UTC" == found.why


def test_at_the_last_safe_moment_it_is_ready_with_what_there_is_and_says_so() -> None:
    found = ready_at(ISSUED + 28 * DAY)
    assert (True, False) == (found.ready, found.complete)
    assert found.why.startswith("the last safe moment has come; window_ends less 2d")


@pytest.mark.parametrize(
    ("now", "ready"), [(ISSUED + 30 * DAY - SECOND, True), (ISSUED + 30 * DAY, False)]
)
@pytest.mark.parametrize("complete", [True, False])
def test_nothing_is_ready_once_the_window_has_ended(
    now: datetime, *, ready: bool, complete: bool
) -> None:
    found = ready_at(now, complete=complete)
    assert (ready, complete) == (found.ready, found.complete)
    if not ready:
        assert "the window ended at 2026-12-01 08:00 UTC" == found.why


@pytest.mark.parametrize("now", [ISSUED, ISSUED + 14 * DAY])
@pytest.mark.parametrize("complete", [True, False])
def test_a_second_round_that_repeats_the_first_is_never_ready(
    now: datetime, *, complete: bool
) -> None:
    found = readiness(deadlines(2), complete=complete, adds_something_new=False, now=now)
    assert not found.ready
    assert "this round repeats the last one; add an exhibit or argue anew" == found.why


@pytest.mark.parametrize("complete", [True, False])
def test_without_a_known_window_only_a_complete_round_is_ready(*, complete: bool) -> None:
    found = ready_at(ISSUED + 90 * DAY, complete=complete, profile=shipped_profile("UK"))
    assert complete is found.ready
    if not complete:
        assert "until when they can wait is unknown" in found.why


@given(
    opened=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40)),
    waited=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=60)),
    complete=st.booleans(),
)
def test_an_appeal_that_nobody_touches_becomes_ready_before_its_window_closes(
    opened: timedelta, waited: timedelta, *, complete: bool
) -> None:
    found = deadlines(opened_after=opened)
    _, last_safe, ends = instants(found)
    now = ISSUED + opened + waited
    told = readiness(found, complete=complete, adds_something_new=True, now=now)
    assert told.ready is (now < ends and (complete or now >= last_safe))
    assert told.complete is complete


# Rounds


@pytest.mark.parametrize(("round_", "again"), [(1, True), (2, False)])
def test_there_are_two_rounds(round_: int, *, again: bool) -> None:
    assert 2 == rounds_allowed(KNOWN)
    assert again is may_appeal_again(round_, KNOWN)


def test_where_the_number_of_rounds_is_unknown_a_person_says() -> None:
    assert rounds_allowed(shipped_profile("UK")) is None
    assert may_appeal_again(1, shipped_profile("UK")) is None


FIRST = FiledRound(exhibits=("aa", "bb"), argument="The carrier never came.")


@pytest.mark.parametrize(
    ("second", "new"),
    [
        (FIRST, False),
        (FiledRound(), False),
        (FiledRound(exhibits=("bb",)), False),
        (FiledRound(exhibits=("aa", "bb", "cc")), True),
        (FiledRound(exhibits=("cc",)), True),
        (FiledRound(argument="the  carrier NEVER came!"), False),
        (FiledRound(argument="   "), False),
        (FiledRound(argument="The carrier's own log shows no visit."), True),
        (FiledRound(argument="承运商从未到场。"), True),
    ],
)
def test_a_second_round_adds_an_exhibit_or_an_argument(second: FiledRound, *, new: bool) -> None:
    assert new is adds_something_new([FIRST], second)


def test_a_first_round_need_not_add_anything() -> None:
    assert adds_something_new([], FiledRound())


def test_a_third_round_may_not_repeat_the_first() -> None:
    second = FiledRound(exhibits=("cc",), argument="Another one.")
    assert not adds_something_new([FIRST, second], FIRST)


@given(st.lists(st.text(max_size=5), max_size=4), st.text(max_size=20))
def test_no_round_is_new_beside_itself(exhibits: list[str], argument: str) -> None:
    one = FiledRound(exhibits=tuple(exhibits), argument=argument)
    assert not adds_something_new([one], one)


def test_a_round_survives_the_history() -> None:
    found = deadlines()
    assert found == AppealDeadlines.model_validate_json(found.model_dump_json())
    assert {UTC} == {rung.tzinfo for rung in found.reminders}
