"""The review of an incident: figures that add up, whatever became of its orders."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases import CaseOutcome
from domain.handout import Standing
from domain.incident_review import (
    KEPT,
    Moment,
    OrderEnd,
    ReviewFacts,
    promises_of,
    review_of,
)
from domain.incidents import IncidentPart, LotView, RestockDate, RestockState
from domain.money import Money
from domain.waiting_line import AllocationPolicy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def _part(**changes: Any) -> IncidentPart:
    given_: dict[str, Any] = {
        "sku_id": "s",
        "key": "k",
        "policy": AllocationPolicy.PAID_FIRST,
        "on_hand": 0,
    }
    return IncidentPart(**{**given_, **changes})


def _facts(**changes: Any) -> ReviewFacts:
    given_: dict[str, Any] = {
        "incident_id": "incident:1:s:k",
        "shop_id": "1",
        "part": _part(),
        "opened_at": NOON,
        "closed_at": NOON + 2 * DAY,
        "counted": 0,
        "demand": 0,
    }
    return ReviewFacts(**{**given_, **changes})


def _end(number: int = 1, **changes: Any) -> OrderEnd:
    given_: dict[str, Any] = {
        "order_id": f"o{number}",
        "units": 1,
        "standing": Standing.LEFT,
        "case_id": f"c{number}",
        "value": Money(amount_minor=1000, currency="USD"),
    }
    return OrderEnd(**{**given_, **changes})


def test_the_cause_is_one_sentence_with_the_stream() -> None:
    with_stream = review_of(_facts(counted=3, demand=9, stream="friday"), [])

    assert "9 units were asked for in stream friday and 3 were on the shelf." == with_stream.cause
    assert (2 * DAY, "friday") == (with_stream.took, with_stream.stream)
    assert "in stream" not in review_of(_facts(), []).cause


@pytest.mark.parametrize("outcome", CaseOutcome)
def test_the_money_of_a_case_is_kept_only_if_goods_went_out(outcome: CaseOutcome) -> None:
    review = review_of(_facts(), [_end(outcome=outcome)])

    assert ({"USD": "10.00"} if outcome in KEPT else {}) == review.money.kept
    assert {outcome.value: 1} == review.outcomes


def test_refunds_are_summed_by_currency_and_an_order_without_case_counts_for_neither() -> None:
    ends = [
        _end(1, refunded=Money(amount_minor=250, currency="USD")),
        _end(2, refunded=Money(amount_minor=4000, currency="THB")),
        _end(3, refunded=Money(amount_minor=750, currency="USD")),
        _end(4, case_id=None, standing=Standing.SETTLED),
    ]

    review = review_of(_facts(), ends)

    assert {"THB": "40.00", "USD": "10.00"} == review.money.refunded
    assert {} == review.money.kept
    assert 3 == review.cases


def test_a_case_that_is_still_open_is_counted_as_such() -> None:
    review = review_of(_facts(), [_end(outcome=None)])

    assert {"open": 1} == review.outcomes


def test_choices_and_missed_deadlines_are_those_of_incident_and_cases() -> None:
    ends = [_end(1, choice="wait", breaches=1), _end(2, choice="wait"), _end(3)]

    review = review_of(_facts(breaches=2), ends)

    assert ({"wait": 2}, 3) == (review.choices, review.breaches)


def _date(said: datetime, available: datetime | None) -> RestockDate:
    state = RestockState.EXPECTED if available else RestockState.UNAVAILABLE
    return RestockDate(state=state, available_at=available, said_at=said)


def test_each_date_is_compared_with_the_first_lot_after_it_was_said() -> None:
    part = _part(
        dates=(
            _date(NOON, NOON + DAY),
            _date(NOON + 2 * DAY, NOON + 5 * DAY),
            _date(NOON + 3 * DAY, None),
            _date(NOON + 9 * DAY, NOON + 10 * DAY),
        ),
        lots=(
            LotView(lot_id="L1", quantity=1, at=NOON + 4 * DAY),
            LotView(lot_id="L2", quantity=1, at=NOON + 6 * DAY),
        ),
    )

    kept = promises_of(part)

    assert [3 * DAY, timedelta(), None] == [one.late_by for one in kept]
    assert [NOON + 4 * DAY, NOON + 4 * DAY, None] == [one.real_at for one in kept]


def test_what_happened_is_told_in_its_order() -> None:
    moments = (Moment(at=NOON, what="stock.stopped"), Moment(at=NOON, what="ads.paused"))

    assert moments == review_of(_facts(moments=moments), []).timeline


_ends = st.lists(
    st.builds(
        lambda standing, units, case, outcome: (standing, units, case, outcome),
        st.sampled_from(Standing),
        st.integers(1, 5),
        st.booleans(),
        st.sampled_from([None, *CaseOutcome]),
    ),
    max_size=20,
)


def _numbered(rows: Sequence[tuple[Standing, int, bool, CaseOutcome | None]]) -> list[OrderEnd]:
    return [
        _end(n, standing=s, units=u, case_id=f"c{n}" if case else None, outcome=outcome)
        for n, (s, u, case, outcome) in enumerate(rows)
    ]


@given(_ends, st.integers(0, 30), st.lists(st.integers(1, 9), max_size=4), st.integers(0, 40))
def test_the_figures_add_up(
    rows: list[tuple[Standing, int, bool, CaseOutcome | None]],
    counted: int,
    lots: list[int],
    on_hand: int,
) -> None:
    ends = _numbered(rows)
    promised = sum(one.units for one in ends if one.standing is Standing.SERVED)
    held = tuple(LotView(lot_id=f"L{n}", quantity=q, at=NOON) for n, q in enumerate(lots))
    part = _part(on_hand=on_hand + promised, promised=promised, lots=held)

    review = review_of(_facts(part=part, counted=counted), ends)

    orders, units = review.orders, review.units
    assert orders.total == orders.settled + orders.served + orders.left + orders.short
    assert units.counted + units.lots + units.recounted == (
        units.gone_out + units.promised + units.free
    )
    assert units.free >= 0
    assert review.cases == sum(review.outcomes.values())


@given(_ends)
def test_a_review_survives_being_filed(
    rows: list[tuple[Standing, int, bool, CaseOutcome | None]],
) -> None:
    review = review_of(_facts(), _numbered(rows))

    assert review == type(review).model_validate(review.model_dump(mode="json"))
