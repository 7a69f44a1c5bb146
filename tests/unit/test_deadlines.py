"""Deadlines: absolute instants that never lie after the platform's own."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import (
    LARGEST_MARGIN,
    REMINDER_GAP,
    Deadline,
    DeadlineName,
    after_quiet_hours,
    can_wait,
    choice_by,
    collection_due,
    consent_by,
    contact_by,
    margin,
    platform_due,
    promise_by,
    reminders,
    supplier_by,
    time_left,
)
from domain.errors import NaiveInstantError, PlaybookError
from domain.orders import Order, OrderClocks
from domain.playbook import ChoiceRules, ContactRules, Playbook, WaitRules
from tests.support.deadline_cases import (
    MONDAY_NOON,
    a_calendar,
    a_profile,
    an_order,
    due_at,
    utc,
)

NOW = MONDAY_NOON
STRICTEST = a_profile(ship=2, collect=3, market="TH")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
STANDARD = Playbook(name="standard", version="v1")

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    timezones=st.sampled_from([UTC, ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/London")]),
    allow_imaginary=False,
)
spans = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40))
shares = st.floats(min_value=0.01, max_value=1)
thinking = st.timedeltas(min_value=SECOND, max_value=timedelta(days=10))
playbooks = st.builds(
    lambda within, share, think, consent: Playbook(
        name="any",
        version="v1",
        contact=ContactRules(within=within, share_of_time_left=share),
        choice=ChoiceRules(within=think),
        wait=WaitRules(consent_within=consent),
    ),
    st.timedeltas(min_value=SECOND, max_value=timedelta(hours=24)),
    shares,
    thinking,
    thinking,
)


def platform_due_of(order: Order, **profile: Any) -> Deadline:
    return platform_due(
        order,
        profile=a_profile(**profile),
        working_days=a_calendar(profile.get("zone", "UTC")),
        strictest=STRICTEST,
    )


def collection_due_of(*orders: Order, **profile: Any) -> Deadline:
    return collection_due(
        orders, profile=a_profile(**profile), working_days=a_calendar(), strictest=STRICTEST
    )


# The platform's own instant


def test_the_order_s_own_shipping_due_time_is_taken_as_it_is() -> None:
    shown = NOW + timedelta(days=9)
    due = platform_due_of(an_order(clocks=OrderClocks(shipping_due_at=shown)))
    assert (DeadlineName.SHIPPING_DUE, shown, False) == (due.name, due.at, due.assumed)
    assert "shipping_due_time as the order shows it" == due.rule


def test_a_missing_shipping_due_time_is_assumed_from_the_market_s_working_days() -> None:
    due = platform_due_of(an_order(), ship=7)
    assert (utc("2026-03-11T23:59:59"), True) == (due.at, due.assumed)
    assert (
        "7 working days from payment (US rule), as the order shows no shipping_due_time"
        == due.rule
    )


def test_an_unpaid_order_is_counted_from_its_creation() -> None:
    order = an_order(created_at=utc("2026-03-03T01:00:00"), paid_at=None)
    due = platform_due_of(order, ship=1)
    assert utc("2026-03-04T23:59:59") == due.at
    assert "from the order" in due.rule


def test_payment_counts_and_not_creation() -> None:
    order = an_order(created_at=utc("2026-02-23T01:00:00"), paid_at=NOW)
    assert utc("2026-03-03T23:59:59") == platform_due_of(order, ship=1).at


def test_an_unknown_rule_falls_back_to_the_strictest_known_market_by_name() -> None:
    due = platform_due_of(an_order(), ship=None)
    assert (utc("2026-03-04T23:59:59"), True) == (due.at, due.assumed)
    assert "2 working days from payment (TH rule)" in due.rule


def test_a_stand_in_profile_names_the_market_whose_rule_it_is() -> None:
    due = platform_due(
        an_order(),
        profile=STRICTEST.stand_in_for("MX"),
        working_days=a_calendar(),
        strictest=STRICTEST,
    )
    assert "TH rule" in due.rule


def test_a_rule_unknown_everywhere_is_refused_rather_than_guessed() -> None:
    with pytest.raises(PlaybookError, match="unknown everywhere"):
        platform_due(
            an_order(),
            profile=a_profile(ship=None),
            working_days=a_calendar(),
            strictest=a_profile(ship=None),
        )


def test_the_day_ends_in_the_market_s_zone_across_the_clock_change() -> None:
    """Los Angeles puts its clocks forward on 8 March 2026: the day ends at 06:59:59 UTC then."""
    due = platform_due_of(an_order(), ship=5, zone="America/Los_Angeles")
    assert utc("2026-03-10T06:59:59") == due.at


def test_the_earliest_order_of_a_package_sets_its_clock() -> None:
    early, late = NOW + timedelta(days=2), NOW + timedelta(days=4)
    due = collection_due_of(
        *(an_order(clocks=OrderClocks(collection_due_at=at)) for at in (late, early))
    )
    assert (DeadlineName.COLLECTION_DUE, early, False) == (due.name, due.at, due.assumed)
    assert "collection_due_time as the order shows it" == due.rule


def test_one_order_without_a_clock_marks_the_package_assumed_if_it_comes_first() -> None:
    shown = an_order(clocks=OrderClocks(collection_due_at=NOW + timedelta(days=30)))
    due = collection_due_of(shown, an_order(), collect=3)
    assert (utc("2026-03-05T23:59:59"), True) == (due.at, due.assumed)
    assert (
        "3 working days from payment (US rule), as the order shows no collection_due_time"
        == due.rule
    )


def test_a_borrowed_collection_rule_never_precedes_the_order_s_shipping_due_time() -> None:
    ready_by = NOW + timedelta(days=9)
    order = an_order(clocks=OrderClocks(shipping_due_at=ready_by))
    due = collection_due_of(order, collect=None)
    assert (ready_by, True) == (due.at, due.assumed)
    assert "TH rule" in due.rule


# Margin and promise


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=9), 4 * HOUR),
        (32 * HOUR + SECOND, 4 * HOUR),
        (32 * HOUR, 4 * HOUR),
        (32 * HOUR - 8 * SECOND, 4 * HOUR - SECOND),
        (8 * HOUR, HOUR),
        (timedelta(), timedelta()),
        (-5 * HOUR, timedelta()),
    ],
)
def test_the_margin_is_four_hours_or_an_eighth_of_a_shorter_time(
    left: timedelta, expected: timedelta
) -> None:
    assert expected == margin(NOW, NOW + left)


def test_time_left_is_never_below_zero() -> None:
    assert timedelta() == time_left(NOW, NOW - SECOND)
    assert SECOND == time_left(NOW, NOW + SECOND)


def test_a_promise_ends_one_margin_before_the_platform_acts() -> None:
    promise = promise_by(due_at(NOW + 48 * HOUR), detected_at=NOW)
    assert (DeadlineName.PROMISE_BY, NOW + 44 * HOUR) == (promise.name, promise.at)
    assert "shipping_due less a margin of 4h" in promise.rule


def test_a_late_first_contact_computes_the_promise_anew_from_it() -> None:
    contacted = NOW + 40 * HOUR
    assert NOW + 47 * HOUR == promise_by(due_at(NOW + 48 * HOUR), detected_at=contacted).at


@pytest.mark.parametrize(
    ("before", "expected"), [(SECOND, True), (timedelta(), False), (-SECOND, False)]
)
def test_waiting_is_offered_only_for_a_date_before_promise_by(
    before: timedelta,
    expected: bool,  # noqa: FBT001 - a parametrised expectation
) -> None:
    promise = promise_by(due_at(NOW + 48 * HOUR), detected_at=NOW)
    assert expected is can_wait(promised_at=promise.at - before, promise_by=promise)


# Contact


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=9), 24 * HOUR),
        (96 * HOUR, 24 * HOUR),
        (96 * HOUR - 4 * SECOND, 24 * HOUR - SECOND),
        (48 * HOUR, 12 * HOUR),
        (timedelta(), timedelta()),
        (-HOUR, timedelta()),
    ],
)
def test_contact_comes_within_a_day_or_a_quarter_of_the_time_left(
    left: timedelta, expected: timedelta
) -> None:
    assert NOW + expected == contact_of(NOW, NOW + left).at


def contact_of(detected_at: datetime, due: datetime, playbook: Playbook = STANDARD) -> Deadline:
    return contact_by(detected_at=detected_at, due=due_at(due), playbook=playbook)


def test_the_contact_rule_shows_the_numbers_that_made_it() -> None:
    rule = contact_of(NOW, NOW + 48 * HOUR).rule
    assert "detection + 12h: the earlier of 1d and 25% of the 2d left to shipping_due" == rule


def test_the_playbook_sets_both_numbers_of_the_contact() -> None:
    sooner = Playbook(
        name="s", version="v", contact=ContactRules(within=3 * HOUR, share_of_time_left=0.5)
    )
    assert NOW + 3 * HOUR == contact_of(NOW, NOW + 48 * HOUR, sooner).at
    assert NOW + 2 * HOUR == contact_of(NOW, NOW + 4 * HOUR, sooner).at


def test_the_supplier_answers_half_way_to_the_contact() -> None:
    supplier = supplier_by(detected_at=NOW, contact_by=contact_of(NOW, NOW + 48 * HOUR))
    assert (DeadlineName.SUPPLIER_BY, NOW + 6 * HOUR) == (supplier.name, supplier.at)
    assert "detection + 6h" in supplier.rule


# Choice and consent


@pytest.mark.parametrize(
    ("promise_after", "expected", "words"),
    [
        (25 * HOUR, 24 * HOUR, "+ 1d, not after promise_by"),
        (24 * HOUR, 24 * HOUR, "+ 1d, not after promise_by"),
        (24 * HOUR - SECOND, 24 * HOUR - SECOND, "promise_by, which comes before"),
        (-HOUR, -HOUR, "promise_by, which comes before"),
    ],
)
def test_answers_are_due_in_a_day_or_by_promise_by(
    promise_after: timedelta, expected: timedelta, words: str
) -> None:
    promise = due_at(NOW + promise_after).model_copy(update={"name": DeadlineName.PROMISE_BY})
    choice = choice_by(contacted_at=NOW, promise_by=promise, playbook=STANDARD)
    consent = consent_by(noticed_at=NOW, promise_by=promise, playbook=STANDARD)
    assert (NOW + expected, NOW + expected) == (choice.at, consent.at)
    assert (DeadlineName.CHOICE_BY, DeadlineName.CONSENT_BY) == (choice.name, consent.name)
    assert words in choice.rule
    assert words in consent.rule


def test_the_playbook_sets_the_time_to_think_and_to_consent_separately() -> None:
    slow = Playbook(
        name="s",
        version="v",
        choice=ChoiceRules(within=5 * HOUR),
        wait=WaitRules(consent_within=7 * HOUR),
    )
    promise = due_at(NOW + 48 * HOUR)
    assert NOW + 5 * HOUR == choice_by(contacted_at=NOW, promise_by=promise, playbook=slow).at
    assert NOW + 7 * HOUR == consent_by(noticed_at=NOW, promise_by=promise, playbook=slow).at


@pytest.mark.parametrize("assumed", [True, False])
def test_whatever_hangs_on_an_assumed_instant_is_marked_assumed(
    assumed: bool,  # noqa: FBT001 - a parametrised input
) -> None:
    due = due_at(NOW + 48 * HOUR, assumed=assumed)
    contact = contact_by(detected_at=NOW, due=due, playbook=STANDARD)
    promise = promise_by(due, detected_at=NOW)
    chain = [
        contact,
        promise,
        supplier_by(detected_at=NOW, contact_by=contact),
        choice_by(contacted_at=NOW, promise_by=promise, playbook=STANDARD),
        consent_by(noticed_at=NOW, promise_by=promise, playbook=STANDARD),
    ]
    assert [assumed] * 5 == [each.assumed for each in chain]


# Properties


def deadlines_of(detected_at: datetime, left: timedelta, playbook: Playbook) -> list[Deadline]:
    """Return every deadline of a case that contacts at the last moment allowed."""
    due = due_at(detected_at.astimezone(UTC) + left)
    contact = contact_by(detected_at=detected_at, due=due, playbook=playbook)
    promise = promise_by(due, detected_at=detected_at)
    return [
        supplier_by(detected_at=detected_at, contact_by=contact),
        contact,
        choice_by(contacted_at=contact.at, promise_by=promise, playbook=playbook),
        consent_by(noticed_at=contact.at, promise_by=promise, playbook=playbook),
        promise,
        due,
    ]


@given(instants, spans, playbooks)
def test_no_deadline_lies_before_detection_or_after_the_platform_s_own(
    detected_at: datetime, left: timedelta, playbook: Playbook
) -> None:
    start = detected_at.astimezone(UTC)
    each = [deadline.at for deadline in deadlines_of(detected_at, left, playbook)]
    assert [] == [at for at in each if not start <= at <= each[-1]]


@given(instants, playbooks)
def test_with_no_time_left_every_deadline_is_now(
    detected_at: datetime, playbook: Playbook
) -> None:
    each = {deadline.at for deadline in deadlines_of(detected_at, timedelta(), playbook)}
    assert {detected_at.astimezone(UTC)} == each


@given(instants, spans, spans, playbooks)
def test_more_time_left_never_brings_contact_promise_or_choice_forward(
    detected_at: datetime, left: timedelta, more: timedelta, playbook: Playbook
) -> None:
    def steered_by(span: timedelta) -> list[datetime]:
        due = due_at(detected_at.astimezone(UTC) + span)
        promise = promise_by(due, detected_at=detected_at)
        choice = choice_by(contacted_at=detected_at, promise_by=promise, playbook=playbook)
        return [contact_of(detected_at, due.at, playbook).at, promise.at, choice.at]

    pairs = zip(steered_by(left), steered_by(left + more), strict=True)
    assert [] == [pair for pair in pairs if pair[0] > pair[1]]


@given(instants, spans)
def test_the_margin_is_at_most_four_hours_and_an_eighth(
    detected_at: datetime, left: timedelta
) -> None:
    kept = margin(detected_at, detected_at.astimezone(UTC) + left)
    assert timedelta() <= kept <= min(LARGEST_MARGIN, left / 8)


@given(instants)
def test_an_hour_left_is_an_hour_of_real_time_across_clock_changes(detected_at: datetime) -> None:
    due = due_at(detected_at.astimezone(UTC) + HOUR)
    assert HOUR == time_left(detected_at, due.at)
    assert 15 * 60 == (contact_of(detected_at, due.at).at - detected_at.astimezone(UTC)).seconds


@pytest.mark.parametrize(
    "call",
    [
        lambda naive: margin(naive, NOW),
        lambda naive: contact_of(naive, NOW),
        lambda naive: promise_by(due_at(NOW), detected_at=naive),
        lambda naive: choice_by(contacted_at=naive, promise_by=due_at(NOW), playbook=STANDARD),
        lambda naive: consent_by(noticed_at=naive, promise_by=due_at(NOW), playbook=STANDARD),
        lambda naive: can_wait(promised_at=naive, promise_by=due_at(NOW)),
    ],
)
def test_an_instant_without_an_offset_is_refused(call: Callable[[datetime], object]) -> None:
    with pytest.raises(NaiveInstantError):
        call(NOW.replace(tzinfo=None))


# Reminders and quiet hours


def ladder(*hours: float) -> Playbook:
    rungs = tuple(timedelta(hours=hour) for hour in hours)
    return Playbook(name="l", version="v", choice=ChoiceRules(reminders=rungs))


def reminded(contacted: str, until: str, playbook: Playbook, **profile: Any) -> list[str]:
    answers = due_at(utc(until))
    found = reminders(
        contacted_at=utc(contacted),
        choice_by=answers,
        playbook=playbook,
        profile=a_profile(**profile),
    )
    return [each.strftime("%d %H:%M") for each in found]


@pytest.mark.parametrize(
    ("contacted", "until", "hours", "expected"),
    [
        ("2026-03-02T09:00", "2026-03-03T09:00", (2, 4), ["02 11:00", "02 13:00"]),
        ("2026-03-02T09:00", "2026-03-03T09:00", (8, 16), ["02 17:00", "03 08:00"]),
        ("2026-03-02T15:00", "2026-03-03T15:00", (8, 16), ["03 08:00"]),
        ("2026-03-02T09:00", "2026-03-02T17:30", (8, 16), ["02 17:00"]),
        ("2026-03-02T09:00", "2026-03-02T17:29", (8, 16), []),
        ("2026-03-02T20:00", "2026-03-03T08:29", (2,), []),
        ("2026-03-02T20:00", "2026-03-03T08:30", (2,), ["03 08:00"]),
        ("2026-03-02T09:00", "2026-03-03T09:00", (), []),
    ],
    ids=[
        "by day as laddered",
        "the second waits for morning",
        "two moved to one morning are one",
        "half an hour to answer is enough",
        "less is not",
        "moved too close to the end",
        "moved and still in time",
        "no ladder",
    ],
)
def test_reminders_climb_the_ladder_outside_quiet_hours(
    contacted: str, until: str, hours: tuple[float, ...], expected: list[str]
) -> None:
    assert expected == reminded(contacted, until, ladder(*hours))


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-02T20:59:59", "2026-03-02T20:59:59"),
        ("2026-03-02T21:00:00", "2026-03-03T08:00:00"),
        ("2026-03-02T23:59:59", "2026-03-03T08:00:00"),
        ("2026-03-03T00:00:00", "2026-03-03T08:00:00"),
        ("2026-03-03T07:59:59", "2026-03-03T08:00:00"),
        ("2026-03-03T08:00:00", "2026-03-03T08:00:00"),
    ],
)
def test_quiet_hours_hold_from_nine_to_eight(local: str, expected: str) -> None:
    assert utc(expected) == after_quiet_hours(utc(local), a_profile())


@pytest.mark.parametrize(
    ("at", "expected"), [(13, 15), (12, 12), (15, 15)], ids=["inside", "before", "at the end"]
)
def test_quiet_hours_within_one_day_end_that_day(at: int, expected: int) -> None:
    siesta = a_profile(quiet=(time(13), time(15)))
    moved = after_quiet_hours(NOW.replace(hour=at), siesta)
    assert NOW.replace(hour=expected) == moved


def test_equal_quiet_times_mean_no_quiet_hours() -> None:
    assert NOW == after_quiet_hours(NOW, a_profile(quiet=(time(12), time(12))))


@pytest.mark.parametrize(
    ("zone", "night", "morning"),
    [
        ("America/Los_Angeles", "2026-03-08T06:00:00", "2026-03-08T15:00:00"),
        ("America/Los_Angeles", "2026-11-01T06:00:00", "2026-11-01T16:00:00"),
        ("Europe/London", "2026-03-28T23:00:00", "2026-03-29T07:00:00"),
        ("Europe/London", "2026-10-24T22:00:00", "2026-10-25T08:00:00"),
    ],
)
def test_quiet_hours_end_at_eight_on_the_wall_on_the_night_of_a_clock_change(
    zone: str, night: str, morning: str
) -> None:
    assert utc(morning) == after_quiet_hours(utc(night), a_profile(zone=zone))


@given(instants, spans, st.sampled_from(["America/Los_Angeles", "Europe/London", "Asia/Bangkok"]))
def test_every_reminder_is_awake_in_order_and_leaves_time_to_answer(
    start: datetime, left: timedelta, zone: str
) -> None:
    until = due_at(start.astimezone(UTC) + left)
    found = reminders(
        contacted_at=start,
        choice_by=until,
        playbook=ladder(1, 3, 8, 16, 30),
        profile=a_profile(zone=zone),
    )
    assert sorted(set(found)) == list(found)
    for each in found:
        assert start.astimezone(UTC) < each <= until.at - REMINDER_GAP
        assert time(8) <= each.astimezone(ZoneInfo(zone)).time() < time(21)
