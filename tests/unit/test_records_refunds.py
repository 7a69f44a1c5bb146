"""Reservations of refunds under a playbook's limits."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.money import Money
from records.database import Database
from records.errors import NotOnFileError
from records.refunds import (
    ApprovalReason,
    RefundLimits,
    RefundReservations,
    Reservation,
    ReservationState,
)
from tests.support.record_races import in_processes, in_threads, reserve_twenty

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
GRANTED = ReservationState.GRANTED
WAITS = ReservationState.NEEDS_APPROVAL
FIFTY_DOLLARS = RefundLimits(max_amount_minor=5_000, currency="USD")
TWO_AN_HOUR = RefundLimits(max_per_hour=2)


@pytest.fixture
def reservations(records_db: Database) -> RefundReservations:
    return RefundReservations(records_db)


def _reserve(
    reservations: RefundReservations,
    key: str = "k",
    *,
    minor: int = 1_000,
    currency: str = "USD",
    shop_id: str = "S1",
    at: datetime = NOW,
    limits: RefundLimits = FIFTY_DOLLARS,
) -> Reservation:
    return reservations.reserve(
        key,
        shop_id=shop_id,
        case_id=f"case of {key}",
        amount=Money(amount_minor=minor, currency=currency),
        at=at,
        limits=limits,
    )


# The amount


@pytest.mark.parametrize(
    ("expected", "minor", "currency", "limits"),
    [
        (None, 5_000, "USD", FIFTY_DOLLARS),
        (ApprovalReason.AMOUNT_ABOVE_LIMIT, 5_001, "USD", FIFTY_DOLLARS),
        (ApprovalReason.CURRENCY_WITHOUT_LIMIT, 1, "THB", FIFTY_DOLLARS),
        (None, 10_000_000_000, "VND", RefundLimits()),
        (None, 0, "USD", RefundLimits(max_amount_minor=0, currency="USD")),
        (
            ApprovalReason.AMOUNT_ABOVE_LIMIT,
            1,
            "USD",
            RefundLimits(max_amount_minor=0, currency="USD"),
        ),
        (ApprovalReason.CURRENCY_WITHOUT_LIMIT, 1, "USD", RefundLimits(max_amount_minor=9)),
        (ApprovalReason.TOO_MANY_THIS_HOUR, 1, "USD", RefundLimits(max_per_hour=0)),
    ],
)
def test_a_refund_above_the_limit_waits_and_says_why(
    reservations: RefundReservations,
    expected: ApprovalReason | None,
    minor: int,
    currency: str,
    limits: RefundLimits,
) -> None:
    answer = _reserve(reservations, minor=minor, currency=currency, limits=limits)
    assert (WAITS if expected else GRANTED, expected) == (answer.state, answer.reason)


def test_a_reservation_is_kept_with_all_it_was_asked_for(
    reservations: RefundReservations,
) -> None:
    expected = Reservation(
        key="k",
        shop_id="S1",
        case_id="case of k",
        amount=Money(amount_minor=1_000, currency="USD"),
        state=GRANTED,
        reason=None,
        approved_by=None,
    )
    assert expected == _reserve(reservations) == reservations.reservation("k")
    assert reservations.reservation("another") is None


# The number per hour


@pytest.mark.parametrize(
    ("expected", "minutes"),
    [
        (GRANTED, 60),
        (WAITS, 59),
        (WAITS, 0),
        (WAITS, -59),
        (GRANTED, -60),
    ],
)
def test_no_hour_has_more_refunds_than_allowed_whichever_clock_was_ahead(
    reservations: RefundReservations, expected: ReservationState, minutes: int
) -> None:
    for key in ("first", "second"):
        assert GRANTED is _reserve(reservations, key, limits=TWO_AN_HOUR).state
    third = _reserve(reservations, at=NOW + timedelta(minutes=minutes), limits=TWO_AN_HOUR)
    assert expected is third.state


def test_each_shop_has_its_own_count(reservations: RefundReservations) -> None:
    for key in ("first", "second"):
        _reserve(reservations, key, limits=TWO_AN_HOUR)
    assert GRANTED is _reserve(reservations, shop_id="S2", limits=TWO_AN_HOUR).state
    assert WAITS is _reserve(reservations, "k2", limits=TWO_AN_HOUR).state


def test_refunds_of_every_currency_count_together(reservations: RefundReservations) -> None:
    _reserve(reservations, "first", currency="THB", limits=TWO_AN_HOUR)
    _reserve(reservations, "second", currency="USD", limits=TWO_AN_HOUR)
    assert WAITS is _reserve(reservations, limits=TWO_AN_HOUR).state


def test_refunds_that_wait_do_not_count(reservations: RefundReservations) -> None:
    for key in ("first", "second", "third"):
        _reserve(reservations, key, minor=9_999)
    assert GRANTED is _reserve(reservations, limits=TWO_AN_HOUR).state


def test_an_approved_refund_counts_in_the_hour_of_its_approval(
    reservations: RefundReservations,
) -> None:
    one_an_hour = RefundLimits(max_per_hour=1)
    _reserve(reservations, "big", minor=9_999)
    reservations.approve("big", actor="li", at=NOW + timedelta(hours=5))
    assert GRANTED is _reserve(reservations, "then", at=NOW, limits=one_an_hour).state
    later = NOW + timedelta(hours=5, minutes=10)
    assert WAITS is _reserve(reservations, "later", at=later, limits=one_an_hour).state


@pytest.mark.parametrize(("expected", "end"), [(GRANTED, "release"), (WAITS, "settle")])
def test_a_released_refund_counts_no_more_and_a_settled_one_does(
    reservations: RefundReservations, expected: ReservationState, end: str
) -> None:
    _reserve(reservations, "first", limits=TWO_AN_HOUR)
    _reserve(reservations, "second", limits=TWO_AN_HOUR)
    getattr(reservations, end)("second")
    assert expected is _reserve(reservations, limits=TWO_AN_HOUR).state


# The same key again


def test_the_same_key_gets_the_same_answer_though_the_hour_has_filled_up(
    reservations: RefundReservations,
) -> None:
    for key in ("first", "second", "third"):
        _reserve(reservations, key, limits=TWO_AN_HOUR)
    again = {
        key: _reserve(reservations, key, limits=TWO_AN_HOUR).state
        for key in ("first", "second", "third")
    }
    assert {"first": GRANTED, "second": GRANTED, "third": WAITS} == again


def test_a_waiting_key_goes_on_waiting_when_the_hour_has_passed(
    reservations: RefundReservations,
) -> None:
    """A person was asked; the answer is theirs now."""
    for key in ("first", "second", "k"):
        _reserve(reservations, key, limits=TWO_AN_HOUR)
    later = NOW + timedelta(hours=3)
    assert WAITS is _reserve(reservations, at=later, limits=TWO_AN_HOUR).state


@pytest.mark.parametrize(
    ("expected", "minor", "currency"),
    [
        (GRANTED, 9_999, "USD"),
        (GRANTED, 9_000, "USD"),
        (WAITS, 10_000, "USD"),
        (WAITS, 9_999, "THB"),
    ],
)
def test_an_approval_covers_the_amount_it_was_given_for(
    reservations: RefundReservations, expected: ReservationState, minor: int, currency: str
) -> None:
    _reserve(reservations, minor=9_999)
    reservations.approve("k", actor="li", at=NOW)
    assert expected is _reserve(reservations, minor=minor, currency=currency).state


def test_a_larger_amount_takes_no_second_place_in_the_hour(
    reservations: RefundReservations,
) -> None:
    _reserve(reservations, "first", limits=TWO_AN_HOUR)
    _reserve(reservations, minor=100, limits=TWO_AN_HOUR)
    assert GRANTED is _reserve(reservations, minor=200, limits=TWO_AN_HOUR).state


@pytest.mark.parametrize(
    ("expected", "end"), [(GRANTED, "release"), (ReservationState.SETTLED, "settle")]
)
def test_after_its_end_a_key_is_looked_at_anew_or_known_as_made(
    reservations: RefundReservations, expected: ReservationState, end: str
) -> None:
    _reserve(reservations)
    getattr(reservations, end)("k")
    assert expected is _reserve(reservations).state


# Approval, release, settlement


def test_an_approval_grants_and_names_who_gave_it(reservations: RefundReservations) -> None:
    _reserve(reservations, minor=9_999)
    answer = reservations.approve("k", actor="li", at=NOW)
    assert (GRANTED, "li") == (answer.state, answer.approved_by)
    assert ApprovalReason.AMOUNT_ABOVE_LIMIT is answer.reason
    assert answer == reservations.reservation("k")


def test_the_first_approval_stays(reservations: RefundReservations) -> None:
    _reserve(reservations, minor=9_999)
    reservations.approve("k", actor="li", at=NOW)
    assert "li" == reservations.approve("k", actor="wang", at=NOW).approved_by


def test_what_needed_nobody_is_not_approved_by_anybody(reservations: RefundReservations) -> None:
    _reserve(reservations)
    assert reservations.approve("k", actor="li", at=NOW).approved_by is None


@pytest.mark.parametrize(
    ("expected", "acts"),
    [
        (ReservationState.RELEASED, ["release"]),
        (ReservationState.RELEASED, ["release", "release"]),
        (ReservationState.SETTLED, ["settle"]),
        (ReservationState.SETTLED, ["settle", "settle"]),
        (ReservationState.SETTLED, ["settle", "release"]),
        (ReservationState.SETTLED, ["release", "settle"]),
    ],
)
@pytest.mark.parametrize("minor", [1_000, 9_999])
def test_a_refund_that_was_made_is_never_given_back(
    reservations: RefundReservations, expected: ReservationState, acts: list[str], minor: int
) -> None:
    _reserve(reservations, minor=minor)
    for act in acts:
        getattr(reservations, act)("k")
    found = reservations.reservation("k")
    assert found is not None
    assert expected is found.state


@pytest.mark.parametrize(("expected", "approved_first"), [("li", True), ("wang", False)])
def test_who_approved_may_be_told_when_the_refund_was_made(
    reservations: RefundReservations,
    expected: str,
    approved_first: bool,  # noqa: FBT001 (a table)
) -> None:
    _reserve(reservations, minor=9_999)
    if approved_first:
        reservations.approve("k", actor="li", at=NOW)
    reservations.settle("k", approved_by="wang")
    found = reservations.reservation("k")
    assert found is not None
    assert expected == found.approved_by


def test_an_approval_that_comes_after_the_release_changes_nothing(
    reservations: RefundReservations,
) -> None:
    _reserve(reservations, minor=9_999)
    reservations.release("k")
    answer = reservations.approve("k", actor="li", at=NOW)
    assert (ReservationState.RELEASED, None) == (answer.state, answer.approved_by)


def test_an_unknown_key_cannot_be_approved(reservations: RefundReservations) -> None:
    with pytest.raises(NotOnFileError, match="no refund reservation k is on file"):
        reservations.approve("k", actor="li", at=NOW)


@pytest.mark.parametrize("end", ["release", "settle"])
def test_ending_what_was_never_reserved_is_no_fault(
    reservations: RefundReservations, end: str
) -> None:
    """A playbook without limits reserves nothing."""
    getattr(reservations, end)("k")
    assert reservations.reservation("k") is None


# Races


def test_threads_that_reserve_at_once_get_no_more_than_the_limit(records_url: str) -> None:
    assert 10 == sum(in_threads(records_url, reserve_twenty))


def test_processes_that_reserve_at_once_get_no_more_than_the_limit(records_url: str) -> None:
    assert 10 == sum(in_processes(records_url, reserve_twenty))


def test_one_key_reserved_by_many_at_once_takes_one_place(records_url: str) -> None:
    def reserve(db: Database, _number: int) -> ReservationState:
        return _reserve(RefundReservations(db), limits=TWO_AN_HOUR).state

    assert [GRANTED] * 8 == in_threads(records_url, reserve)
    db = Database.open(records_url)
    assert GRANTED is _reserve(RefundReservations(db), "second", limits=TWO_AN_HOUR).state
    db.close()
