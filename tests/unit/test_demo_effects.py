"""Duplicates, refunds and strays are counted from what really happened."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from casedesk.demo.effects import Effects, totals
from domain.money import Money

ONE, TWO = "576460752000200001", "576460752000200138"
AT = "2026-11-25T03:00:00+00:00"
LATER = "2026-11-26T03:00:00+00:00"


def _text(order_id: str | None, text: str, at: str = AT) -> dict[str, Any]:
    orders = [order_id] if order_id else []
    return {"kind": "TEXT", "order_id": order_id, "order_ids": orders, "text": text, "at": at}


def _cancelled(
    order_id: str, *units: str, role: str = "SELLER", refund: str = "49.90"
) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "role": role,
        "line_item_ids": list(units) or ["1"],
        "refund_amount": {"currency": "USD", "refund_total": refund},
    }


def _effects(**content: Sequence[Mapping[str, Any]]) -> Effects:
    names = ("messages", "cancellations", "coupons_sent", "inventory", "shipments")
    return Effects({name: content.get(name, []) for name in names})


def test_the_same_words_twice_to_one_order_are_a_duplicate() -> None:
    assert [ONE] == _effects(messages=[_text(ONE, "A"), _text(ONE, "A")]).repeated_texts()


@pytest.mark.parametrize(
    "messages",
    [[_text(ONE, "A"), _text(ONE, "B")], [_text(ONE, "A"), _text(TWO, "A")]],
    ids=["other words", "another order"],
)
def test_other_words_or_another_order_are_no_duplicate(
    messages: Sequence[Mapping[str, Any]],
) -> None:
    assert [] == _effects(messages=messages).repeated_texts()


def test_a_card_is_no_text() -> None:
    card = {**_text(ONE, ""), "kind": "ORDER_CARD"}
    assert [] == _effects(messages=[card, card]).texts


def test_two_cancellations_of_one_order_are_a_duplicate() -> None:
    rows = [_cancelled(ONE, "1"), _cancelled(ONE, "2")]
    assert [ONE] == _effects(cancellations=rows).repeated_cancellations()


def test_a_unit_cancelled_twice_is_a_duplicate() -> None:
    rows = [_cancelled(ONE, "1"), _cancelled(ONE, "1")]
    assert ONE in _effects(cancellations=rows).repeated_cancellations()


def test_the_platforms_own_cancellation_is_told_apart() -> None:
    effects = _effects(cancellations=[_cancelled(ONE), _cancelled(TWO, role="SYSTEM")])
    assert [ONE] == [row["order_id"] for row in effects.cancellations]
    assert [TWO] == [row["order_id"] for row in effects.by_platform]


def test_refunds_are_those_of_the_orders_asked_for_and_above_nothing() -> None:
    rows = [_cancelled(ONE), _cancelled(TWO, refund="0"), _cancelled("other")]
    expected = {ONE: Money(amount_minor=4990, currency="USD")}
    assert expected == _effects(cancellations=rows).refunded([ONE, TWO])


def test_totals_are_per_currency() -> None:
    money = [Money.parse("10.50", "USD"), Money.parse("590.00", "THB"), Money.parse("1.00", "USD")]
    assert {"THB": "590.00", "USD": "11.50"} == totals(money)


def test_the_first_text_counts_as_contact() -> None:
    effects = _effects(messages=[_text(ONE, "later", LATER), _text(ONE, "first")])
    assert datetime(2026, 11, 25, 3, tzinfo=UTC) == effects.first_text_at(ONE)
    assert effects.first_text_at(TWO) is None


def test_a_parcel_has_left_when_the_carrier_took_it() -> None:
    shipped = {"order_id": ONE, "event": "ships", "at": AT}
    scanned = {"order_id": ONE, "event": "scanned", "at": LATER}
    effects = _effects(shipments=[shipped, scanned])
    assert datetime(2026, 11, 26, 3, tzinfo=UTC) == effects.left_at(ONE)
    assert effects.left_at(TWO) is None


@pytest.mark.parametrize(
    "content",
    [
        {"messages": [_text(TWO, "hello")]},
        {"messages": [_text(None, "hello")]},
        {"coupons_sent": [{"order_id": TWO}]},
        {"cancellations": [_cancelled(TWO)]},
    ],
    ids=["text", "text to nobody", "coupon", "cancellation"],
)
def test_what_touches_no_case_is_a_stray(content: dict[str, Sequence[Mapping[str, Any]]]) -> None:
    assert 1 == len(_effects(**content).strays([ONE]))


def test_what_belongs_to_cases_is_no_stray() -> None:
    effects = _effects(
        messages=[_text(ONE, "hello")],
        coupons_sent=[{"order_id": ONE}],
        cancellations=[_cancelled(ONE), _cancelled(TWO, role="BUYER")],
    )
    assert [] == effects.strays([ONE])
