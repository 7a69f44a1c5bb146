"""What a choice comes with: the best rung whose budget is not spent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budgets import (
    BudgetScope,
    RungChoice,
    Spent,
    Stop,
    budget_day,
    caps_of,
    choose_rung,
    rungs_of,
)
from domain.choices import Choice
from domain.errors import NaiveInstantError, PlaybookError
from domain.money import Money
from domain.playbook import BudgetRules, OfferKind, OfferRung, Playbook
from domain.playbook_files import parse_playbook, resolve

SOCKS = OfferRung(kind=OfferKind.GIFT, gift="a pair of socks")
COUPON = OfferRung(kind=OfferKind.COUPON, coupon_id="725", amount={"USD": "5"})
DISCOUNT = OfferRung(kind=OfferKind.DISCOUNT, amount={"USD": "3", "VND": "75000"})
LADDER = (SOCKS, COUPON, DISCOUNT)
NOTHING = Spent()


def playbook(text: str) -> Playbook:
    return resolve(parse_playbook(text, filename="shop.yaml"))


def budget(**kinds: Any) -> BudgetRules:
    return BudgetRules.model_validate(kinds)


def choose(
    rules: BudgetRules,
    spent: dict[tuple[str, str], Spent] | None = None,
    *,
    rungs: tuple[OfferRung, ...] = LADDER,
    currency: str = "USD",
    incident: bool = True,
) -> RungChoice:
    def given_so_far(kind: OfferKind, scope: BudgetScope) -> Spent | None:
        if scope is BudgetScope.INCIDENT and not incident:
            return None
        return (spent or {}).get((kind, scope), NOTHING)

    return choose_rung(rungs, budget=rules, given=given_so_far, currency=currency)


# The ladder


def test_without_rungs_the_gift_goes_with_waiting_and_the_coupon_with_a_refund() -> None:
    old = playbook("wait: {gift: a pair of socks}\nrefund: {coupon_id: 725}\n")

    assert (SOCKS,) == rungs_of(old, Choice.WAIT)
    assert (OfferRung(kind=OfferKind.COUPON, coupon_id="725"),) == rungs_of(old, Choice.REFUND)
    assert () == rungs_of(old, Choice.SWAP)


def test_by_default_a_choice_comes_with_nothing() -> None:
    plain = Playbook(name="n", version="v")

    assert [(), (), ()] == [rungs_of(plain, choice) for choice in Choice]
    assert RungChoice() == choose(plain.budget, rungs=())


def test_rungs_stand_in_the_place_of_the_single_gift_or_coupon() -> None:
    new = playbook(
        "wait:\n  gift: a pen\n  rungs:\n    - {kind: gift, gift: a pair of socks}\n"
        "    - {kind: coupon, coupon_id: 725, amount: {USD: 5}}\n"
        'refund: {coupon_id: 1, rungs: [{kind: discount, amount: {USD: "3", VND: 75000}}]}\n'
    )

    assert (SOCKS, COUPON) == rungs_of(new, Choice.WAIT)
    assert (DISCOUNT,) == rungs_of(new, Choice.REFUND)


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        ("{kind: gift}", "kind gift needs the key gift; add it"),
        ("{kind: coupon, gift: socks}", "kind coupon needs the key coupon_id; add it"),
        ("{kind: discount}", "kind discount needs the key amount; add it"),
        ("{kind: song}", "'gift', 'coupon' or 'discount', not 'song'"),
        ("{kind: gift, gift: x, cupon_id: 1}", "did you mean 'coupon_id'?"),
        ("{kind: discount, amount: {USD: -3}}", "'-3' is below zero; give 0 or more of USD"),
        ("{kind: discount, amount: {USD: 1.5}}", "amount.USD"),
    ],
)
def test_a_rung_that_gives_nothing_is_refused_with_its_line(rung: str, words: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        playbook(f"wait:\n  rungs:\n    - {{kind: gift, gift: a pen}}\n    - {rung}\n")

    assert "shop.yaml:4: " in str(refused.value)
    assert words in str(refused.value)


def test_caps_of_market_and_shop_are_merged_and_no_cap_is_no_limit() -> None:
    market = parse_playbook("budget: {gift: {per_day: {count: 9}}}", filename="market.yaml")
    shop = parse_playbook("budget: {gift: {per_case: {count: 1}}}", filename="shop.yaml")

    caps = caps_of(resolve(market, shop).budget, OfferKind.GIFT)

    assert {BudgetScope.CASE: 1, BudgetScope.DAY: 9} == {
        scope: cap.count for scope, cap in caps.items()
    }
    assert {} == caps_of(resolve(market, shop).budget, OfferKind.COUPON)


# The choice


def test_without_caps_the_best_rung_is_offered() -> None:
    assert RungChoice(place=0, rung=SOCKS) == choose(budget())


def test_a_spent_budget_leads_to_the_next_rung_and_says_which_cap_it_was() -> None:
    found = choose(budget(gift={"per_day": {"count": 50}}), {("gift", "day"): Spent(count=50)})

    why = "gift per day: 50 of 50 given"
    stop = Stop(place=0, kind=OfferKind.GIFT, scope=BudgetScope.DAY, why=why)
    worth = Money(amount_minor=500, currency="USD")
    assert RungChoice(place=1, rung=COUPON, worth=worth, stopped=(stop,)) == found


@pytest.mark.parametrize(
    ("scope", "key"), [("case", "per_case"), ("day", "per_day"), ("incident", "per_incident")]
)
@pytest.mark.parametrize(("spent", "place"), [(Spent(count=1), 0), (Spent(count=2), 1)])
def test_each_scope_has_its_own_cap(scope: str, key: str, spent: Spent, place: int) -> None:
    others = {("gift", one): Spent(count=99) for one in BudgetScope}

    found = choose(budget(gift={key: {"count": 2}}), others | {("gift", scope): spent})

    assert place == found.place


def test_a_case_of_no_incident_is_under_no_cap_of_an_incident() -> None:
    rules = budget(gift={"per_incident": {"count": 0}})

    assert (0, 1) == (choose(rules, incident=False).place, choose(rules).place)


@pytest.mark.parametrize(
    ("spent_minor", "place", "why"),
    [
        (0, 0, ""),
        (49_700, 0, ""),
        (
            49_701,
            None,
            "discount per incident: 497.01 of 500.00 USD given, 3.00 more is too much",
        ),
    ],
)
def test_an_amount_is_spent_to_the_last_cent_and_no_further(
    spent_minor: int, place: int | None, why: str
) -> None:
    rules = budget(discount={"per_incident": {"amount": {"USD": 500}}})
    spent = {("discount", "incident"): Spent(count=9, amount_minor=spent_minor)}

    found = choose(rules, spent, rungs=(DISCOUNT,))

    assert place == found.place
    assert [why] * bool(why) == [stop.why for stop in found.stopped]


@pytest.mark.parametrize(
    ("rungs", "rules", "currency", "why", "scope"),
    [
        ((DISCOUNT,), {}, "THB", "the discount names no amount in THB", None),
        (
            (COUPON,),
            {"coupon": {"per_day": {"amount": {"GBP": 9}}}},
            "USD",
            "coupon per day: the cap names no amount in USD",
            BudgetScope.DAY,
        ),
        (
            (SOCKS,),
            {"gift": {"per_case": {"amount": {"USD": 9}}}},
            "USD",
            "gift per case: the rung names no worth in USD to hold against the cap",
            BudgetScope.CASE,
        ),
    ],
)
def test_what_cannot_be_counted_is_not_given(
    rungs: tuple[OfferRung, ...],
    rules: dict[str, Any],
    currency: str,
    why: str,
    scope: BudgetScope | None,
) -> None:
    found = choose(budget(**rules), rungs=rungs, currency=currency)

    assert found.rung is None
    assert [(why, scope)] == [(stop.why, stop.scope) for stop in found.stopped]


def test_when_every_rung_is_spent_there_is_none_and_each_says_why() -> None:
    none_left = {"per_day": {"count": 0}}

    found = choose(budget(gift=none_left, coupon=none_left, discount=none_left))

    assert (None, None) == (found.place, found.rung)
    assert [0, 1, 2] == [stop.place for stop in found.stopped]


def test_a_cap_of_zero_switches_a_kind_off() -> None:
    assert 1 == choose(budget(gift={"per_case": {"count": 0}})).place


counts = st.integers(0, 3)


@given(counts, counts, st.integers(0, 900), st.integers(0, 900))
def test_no_choice_ever_goes_over_a_cap_and_none_is_passed_over_without_need(
    most: int, had: int, most_minor: int, had_minor: int
) -> None:
    amount = Money(amount_minor=most_minor, currency="USD").decimal()
    rules = budget(
        gift={"per_day": {"count": most}}, discount={"per_day": {"amount": {"USD": amount}}}
    )
    spent = {
        ("gift", "day"): Spent(count=had),
        ("discount", "day"): Spent(amount_minor=had_minor),
    }

    found = choose(rules, spent, rungs=(SOCKS, DISCOUNT))

    allowed = [had + 1 <= most, had_minor + 300 <= most_minor]
    assert (allowed.index(True) if any(allowed) else None) == found.place


# The day


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 1), ("Asia/Bangkok", 2), ("America/Los_Angeles", 1)],
)
def test_a_day_is_the_day_of_the_shops_market(zone: str, day: int) -> None:
    late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)

    assert date(2026, 3, day) == budget_day(late, zone)


def test_a_day_needs_an_instant_with_an_offset() -> None:
    with pytest.raises(NaiveInstantError):
        budget_day(datetime(2026, 3, 1), "UTC")  # noqa: DTZ001 (the point of the test)
