"""What a second round has that the first did not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.choices import Choice
from domain.money import Money
from domain.offers import Compensation, News, Offer, news_of_wait, offer_of
from tests.support.message_facts import SHIP_BY, offers

FIVE, TEN = (Money(amount_minor=amount, currency="USD") for amount in (500, 1000))


def wait(**given: Any) -> Offer:
    return Offer.model_validate({"choice": "wait", "promised_at": SHIP_BY} | given)


def news(now: Offer, before: Offer) -> News:
    refund = Offer(choice=Choice.REFUND)
    return news_of_wait((now, refund), (before, refund))


@pytest.mark.parametrize(
    ("before", "now", "gained"),
    [
        ({}, {"gift": "socks"}, {"gift": "socks"}),
        ({"gift": "socks"}, {"gift": "scarf"}, {"gift": "scarf"}),
        ({"gift": "socks"}, {"gift": "socks", "discount": FIVE}, {"discount": FIVE}),
        ({"discount": FIVE}, {"discount": TEN}, {"discount": TEN}),
        (
            {"coupon_id": "1", "coupon_title": "five"},
            {"coupon_id": "2", "coupon_title": "ten"},
            {"coupon_id": "2", "coupon_title": "ten"},
        ),
    ],
)
def test_what_is_new_or_larger_is_named_and_nothing_else(
    before: dict[str, Any], now: dict[str, Any], gained: dict[str, Any]
) -> None:
    found = news(wait(**now), wait(**before))
    assert Compensation.model_validate(gained) == found.compensation
    assert (True, None) == (found.improves, found.promised_at)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {}),
        ({"gift": "socks"}, {"gift": "socks"}),
        ({"gift": "socks"}, {}),
        ({"discount": TEN}, {"discount": FIVE}),
        ({"discount": TEN}, {}),
    ],
)
def test_the_same_or_less_is_no_reason_for_another_round(
    before: dict[str, Any], now: dict[str, Any]
) -> None:
    assert not news(wait(**now), wait(**before)).improves


def test_a_discount_in_another_currency_is_new() -> None:
    baht = Money(amount_minor=1, currency="THB")
    assert baht == news(wait(discount=baht), wait(discount=TEN)).compensation.discount


def test_a_changed_date_is_named_but_only_a_sooner_one_improves() -> None:
    sooner, later = (SHIP_BY + timedelta(days=days) for days in (-1, 1))
    found = [news(wait(promised_at=moved), wait()) for moved in (sooner, later)]
    assert [sooner, later] == [one.promised_at for one in found]
    assert [True, False] == [one.improves for one in found]


def test_without_an_offer_to_wait_there_is_no_news() -> None:
    assert News() == news_of_wait(offers("BC"), offers("ABC"))


def test_a_first_offer_to_wait_is_all_new_but_its_date_has_not_moved() -> None:
    found = news_of_wait(offers("ABC"), ())
    assert (offers("A")[0].gift, None) == (found.compensation.gift, found.promised_at)


@given(st.sampled_from([None, FIVE, TEN]), st.sampled_from([None, "socks"]))
def test_no_offer_is_news_beside_itself(discount: Money | None, gift: str | None) -> None:
    same = wait(discount=discount, gift=gift)
    assert News() == news(same, same)


def test_an_offer_is_found_by_its_choice_and_tells_what_comes_with_it() -> None:
    swap = offer_of(Choice.SWAP, offers("ABC"))
    assert swap is not None
    assert Compensation(coupon_title="coupon-swap") == swap.compensation
    assert offer_of(Choice.WAIT, offers("BC")) is None


def test_a_compensation_knows_when_there_is_nothing_to_tell() -> None:
    assert Compensation().nothing
    for given_ in ({"gift": "socks"}, {"coupon_title": "five"}, {"discount": FIVE}):
        assert not Compensation.model_validate(given_).nothing
