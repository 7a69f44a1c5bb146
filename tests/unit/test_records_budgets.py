"""Reservations of offers under a budget, whoever else asks at once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.budgets import BudgetScope, RungChoice
from domain.money import Money
from domain.playbook import BudgetRules, OfferKind, OfferRung
from records.budgets import OfferAsk, OfferReservation, OfferReservations, OfferState
from records.database import Database
from tests.support.record_races import in_processes, in_threads, offer_twenty

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SOCKS = OfferRung(kind=OfferKind.GIFT, gift="a pair of socks")
DISCOUNT = OfferRung(kind=OfferKind.DISCOUNT, amount={"USD": "3", "VND": "75000"})
TWO_A_DAY = BudgetRules.model_validate({"gift": {"per_day": {"count": 2}}})


@pytest.fixture
def offers(records_db: Database) -> OfferReservations:
    return OfferReservations(records_db)


def ask(number: int = 1, **changes: Any) -> OfferAsk:
    usual: dict[str, Any] = {
        "shop_id": "S",
        "case_id": f"case {number}",
        "incident_id": "incident 1",
        "day": date(2026, 3, 1),
        "currency": "USD",
        "at": NOW,
    }
    return OfferAsk(**usual | changes)


def reserve(
    offers: OfferReservations,
    key: str = "k",
    asked: OfferAsk | None = None,
    *,
    budget: BudgetRules = TWO_A_DAY,
) -> RungChoice:
    return offers.reserve(key, asked or ask(), rungs=(SOCKS, DISCOUNT), budget=budget)


def kinds(*choices: RungChoice) -> list[OfferKind | None]:
    return [choice.rung.kind if choice.rung else None for choice in choices]


def rules(**kinds_: Any) -> BudgetRules:
    return BudgetRules.model_validate(kinds_)


def test_when_a_budget_is_spent_the_next_rung_applies_and_says_which_cap_it_was(
    offers: OfferReservations,
) -> None:
    answers = [reserve(offers, f"k{n}", ask(n)) for n in range(3)]

    assert [OfferKind.GIFT, OfferKind.GIFT, OfferKind.DISCOUNT] == kinds(*answers)
    assert [("gift per day: 2 of 2 given", BudgetScope.DAY)] == [
        (stop.why, stop.scope) for stop in answers[2].stopped
    ]


def test_a_reservation_is_kept_with_the_answer_it_got(offers: OfferReservations) -> None:
    choice = reserve(offers, budget=rules(gift={"per_case": {"count": 0}}))

    kept = OfferReservation(key="k", case_id="case 1", choice=choice, state=OfferState.RESERVED)
    assert Money(amount_minor=300, currency="USD") == choice.worth
    assert kept == offers.reservation("k")
    assert [kept] == offers.of_incident("incident 1")
    assert offers.reservation("another") is None


def test_when_no_rung_is_left_nothing_is_reserved(offers: OfferReservations) -> None:
    none_left = {"per_day": {"count": 0}}

    choice = reserve(offers, budget=rules(gift=none_left, discount=none_left))

    assert (None, 2) == (choice.rung, len(choice.stopped))
    assert offers.reservation("k") is None


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("per_case", {"case_id": "case 2"}),
        ("per_day", {"day": date(2026, 3, 2)}),
        ("per_incident", {"incident_id": "incident 2"}),
        ("per_incident", {"incident_id": None}),
        ("per_day", {"shop_id": "T"}),
    ],
)
def test_every_cap_counts_over_its_own_scope(
    offers: OfferReservations, key: str, other: dict[str, Any]
) -> None:
    once = rules(gift={key: {"count": 1}})
    reserve(offers, "k1", ask(1), budget=once)

    assert [OfferKind.GIFT] == kinds(reserve(offers, "k2", ask(1, **other), budget=once))
    assert [OfferKind.DISCOUNT] == kinds(reserve(offers, "k3", ask(1), budget=once))


def test_amounts_of_one_currency_add_up_and_others_do_not_count(
    offers: OfferReservations,
) -> None:
    ten = rules(
        gift={"per_day": {"count": 0}},
        discount={"per_incident": {"amount": {"USD": 6, "VND": 80000}}},
    )
    reserve(offers, "vnd", ask(9, currency="VND"), budget=ten)

    answers = [reserve(offers, f"k{n}", ask(n), budget=ten) for n in range(3)]

    assert [OfferKind.DISCOUNT, OfferKind.DISCOUNT, None] == kinds(*answers)
    assert "6.00 of 6.00 USD given, 3.00 more is too much" in answers[2].stopped[1].why


# The same key again, and the end


def test_the_same_key_gets_the_same_rung_though_the_budget_has_been_spent(
    offers: OfferReservations,
) -> None:
    first = [reserve(offers, f"k{n}", ask(n)) for n in range(3)]

    assert first == [reserve(offers, f"k{n}", ask(n)) for n in range(3)]


def test_a_released_offer_counts_no_more_and_is_looked_at_anew(
    offers: OfferReservations,
) -> None:
    for n in range(2):
        reserve(offers, f"k{n}", ask(n))
    offers.release("k0")

    assert [OfferKind.GIFT] == kinds(reserve(offers, "k2", ask(2)))
    assert [OfferKind.DISCOUNT] == kinds(reserve(offers, "k0", ask(0)))


def test_a_settled_offer_goes_on_counting(offers: OfferReservations) -> None:
    for n in range(2):
        reserve(offers, f"k{n}", ask(n))
        offers.settle(f"k{n}")

    assert [OfferKind.DISCOUNT] == kinds(reserve(offers, "k2", ask(2)))


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        (["release", "release"], OfferState.RELEASED),
        (["settle", "settle"], OfferState.SETTLED),
        (["settle", "release"], OfferState.SETTLED),
        (["release", "settle"], OfferState.SETTLED),
    ],
)
def test_an_offer_that_was_given_is_never_given_back(
    offers: OfferReservations, acts: list[str], state: OfferState
) -> None:
    reserve(offers)
    for act in acts:
        getattr(offers, act)("k")
    found = offers.reservation("k")
    assert found is not None
    assert state is found.state


@pytest.mark.parametrize("end", ["release", "settle"])
def test_ending_what_was_never_reserved_is_no_fault(offers: OfferReservations, end: str) -> None:
    getattr(offers, end)("k")
    assert offers.reservation("k") is None


# Races


def test_threads_that_offer_at_once_give_no_more_than_the_cap(records_url: str) -> None:
    assert 10 == sum(in_threads(records_url, offer_twenty))


def test_processes_that_offer_at_once_give_no_more_than_the_cap(records_url: str) -> None:
    assert 10 == sum(in_processes(records_url, offer_twenty))


def test_one_key_reserved_by_many_at_once_takes_one_place(records_url: str) -> None:
    one = rules(gift={"per_day": {"count": 1}})

    answers = in_threads(records_url, lambda db, _n: reserve(OfferReservations(db), budget=one))

    assert [OfferKind.GIFT] * 8 == kinds(*answers)
