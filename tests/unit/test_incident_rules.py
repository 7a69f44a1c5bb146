"""The rules of an incident: which cases, which dates, when to look, when to ask, what to sell."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases import CaseKind, CaseOutcome
from domain.handout import Standing
from domain.incident_rules import (
    kind_of_cases,
    next_chase,
    next_look,
    sellable_again,
    standing_after,
    why_not_a_date,
)
from domain.incidents import RestockState
from domain.playbook import IncidentRules, StockoutRules

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = IncidentRules()


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [
        (CaseOutcome.SHIPPED_AFTER_WAIT, Standing.SETTLED),
        (CaseOutcome.SHIPPED_ANYWAY, Standing.SETTLED),
        (CaseOutcome.REFUNDED_BY_CHOICE, Standing.LEFT),
        (CaseOutcome.SWAPPED, Standing.LEFT),
        (CaseOutcome.CANCELLED_BY_BUYER, Standing.LEFT),
        ("terminated", Standing.LEFT),
    ],
)
def test_only_a_case_whose_parcel_left_takes_its_units_along(
    outcome: str, standing: Standing
) -> None:
    assert standing is standing_after(outcome)


@pytest.mark.parametrize(
    ("state", "date", "kind"),
    [
        (RestockState.UNKNOWN, None, CaseKind.OVERSOLD),
        (RestockState.EXPECTED, NOW + 7 * DAY, CaseKind.OVERSOLD),
        (RestockState.EXPECTED, NOW + 7 * DAY + HOUR, CaseKind.UNAVAILABLE),
        (RestockState.UNAVAILABLE, None, CaseKind.UNAVAILABLE),
    ],
)
def test_a_supplier_that_fails_or_comes_late_makes_stock_outs(
    state: RestockState, date: datetime | None, kind: CaseKind
) -> None:
    assert kind is kind_of_cases(state, date, now=NOW, rules=StockoutRules())


def test_a_date_lies_ahead() -> None:
    assert "" == why_not_a_date(NOW + HOUR, now=NOW)
    assert "2026-03-02 12:00Z has passed" in why_not_a_date(NOW, now=NOW)
    assert "available_at" in why_not_a_date(None, now=NOW)


def test_looks_without_news_come_ever_later_but_never_too_late() -> None:
    waits = [next_look(NOW, quiet, RULES) - NOW for quiet in range(7)]

    assert [HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR] == waits
    assert 6 * HOUR == next_look(NOW, 10_000, RULES) - NOW


def test_a_longest_wait_below_the_shortest_counts_for_nothing() -> None:
    rules = IncidentRules(look_every=2 * HOUR, look_at_most=HOUR)

    assert 2 * HOUR == next_look(NOW, 0, rules) - NOW


def test_the_supplier_is_asked_by_the_ladder_and_then_once_a_day() -> None:
    asked = [next_chase(NOW, rung, RULES) - NOW for rung in range(5)]

    assert [timedelta(), 4 * HOUR, DAY, 2 * DAY, 3 * DAY] == asked


def test_a_shop_without_a_ladder_asks_once_a_day() -> None:
    assert NOW + DAY == next_chase(NOW, 0, IncidentRules(supplier_ladder=()))


def test_each_warehouse_sells_what_it_sold_and_the_fullest_takes_the_rest() -> None:
    before = {"a": 3, "b": 10, "c": 0}

    assert {"b": 10, "a": 2, "c": 0} == sellable_again(12, before)
    assert {"b": 17, "a": 3, "c": 0} == sellable_again(20, before)
    assert {"b": 0, "a": 0, "c": 0} == sellable_again(0, before)
    assert {} == sellable_again(5, {})


@given(
    st.integers(-5, 200),
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 50), min_size=1),
)
def test_what_is_sold_again_is_exactly_what_is_free(units: int, before: dict[str, int]) -> None:
    shared = sellable_again(units, before)

    assert max(0, units) == sum(shared.values())
    assert before.keys() == shared.keys()
    assert all(count >= 0 for count in shared.values())
