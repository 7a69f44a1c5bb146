"""Whose reply is it? The order it names, else the only open ask, else the buyer is asked."""

from datetime import UTC, datetime

import pytest

from activities.routing import (
    MINE,
    NOT_MINE,
    UNCLEAR,
    Routed,
    named_orders,
    names_stranger,
    route,
    waiting_cases,
    waiting_digits,
)
from domain.choices import Choice
from domain.replies import Reading, read_reply
from records.conversations import IndexedCase

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = "576461413038111111", "576461413038222222", "576461413038333333"
STRANGER = "576461413038999999"


def _case(order_id: str, *, asked: int | None = 5) -> IndexedCase:
    return IndexedCase(
        case_id=f"case of {order_id}",
        shop_id="S1",
        order_id=order_id,
        buyer_user_id="buyer",
        asked_index=asked,
        asked_at=NOW if asked is not None else None,
    )


def _reading(text: str) -> Reading:
    return read_reply(text, offered=tuple(Choice))


def _route(text: str, order_id: str, *cases: IndexedCase) -> Routed:
    return route(_reading(text), f"case of {order_id}", order_id, list(cases))


def test_the_only_case_of_a_conversation_gets_every_text() -> None:
    assert MINE == _route("C", FIRST, _case(FIRST))
    assert MINE == _route("C", FIRST, _case(FIRST, asked=None))


def test_a_case_that_is_not_indexed_any_more_still_reads_its_own_buyer() -> None:
    assert MINE == _route("C", FIRST)


@pytest.mark.parametrize("named", ["111111", FIRST])
def test_a_text_goes_to_the_order_it_names_and_to_no_other(named: str) -> None:
    cases = _case(FIRST, asked=None), _case(SECOND)

    assert MINE == _route(f"refund {named} please", FIRST, *cases)
    assert NOT_MINE == _route(f"refund {named} please", SECOND, *cases)


def test_a_text_may_name_several_orders() -> None:
    cases = _case(FIRST), _case(SECOND), _case(THIRD)

    assert MINE == _route("C for 111111 and 222222", FIRST, *cases)
    assert MINE == _route("C for 111111 and 222222", SECOND, *cases)
    assert NOT_MINE == _route("C for 111111 and 222222", THIRD, *cases)


def test_an_unnamed_choice_goes_to_the_only_open_ask() -> None:
    cases = _case(FIRST), _case(SECOND, asked=None)

    assert MINE == _route("C", FIRST, *cases)
    assert NOT_MINE == _route("C", SECOND, *cases)


def test_an_unnamed_choice_between_two_open_asks_is_unclear_for_those_two_only() -> None:
    cases = _case(FIRST), _case(SECOND), _case(THIRD, asked=None)

    assert UNCLEAR == _route("C", FIRST, *cases)
    assert UNCLEAR == _route("C", SECOND, *cases)
    assert NOT_MINE == _route("C", THIRD, *cases)


def test_all_means_every_order() -> None:
    cases = _case(FIRST), _case(SECOND, asked=None)

    assert MINE == _route("refund all orders", FIRST, *cases)
    assert MINE == _route("refund all orders", SECOND, *cases)


def test_a_change_of_mind_with_no_open_ask_is_unclear() -> None:
    cases = _case(FIRST, asked=None), _case(SECOND, asked=None)

    assert UNCLEAR == _route("C", FIRST, *cases)


@pytest.mark.parametrize("text", ["ok", "thanks", "👍"])
def test_a_nod_never_makes_us_ask_which_order(text: str) -> None:
    assert MINE == _route(text, FIRST, _case(FIRST), _case(SECOND))


def test_talk_while_nothing_is_asked_never_makes_us_ask_which_order() -> None:
    cases = _case(FIRST, asked=None), _case(SECOND, asked=None)

    assert MINE == _route("what a nice stream that was", FIRST, *cases)


def test_a_choice_for_an_order_without_a_case_is_not_taken_for_the_open_ask() -> None:
    """A buyer who asks for the money of another order must not lose this one."""
    assert UNCLEAR == _route(f"refund {STRANGER}", FIRST, _case(FIRST))
    assert UNCLEAR == _route("refund 999999", FIRST, _case(FIRST), _case(SECOND, asked=None))


@pytest.mark.parametrize("number", ["0812345678", "590000"])
def test_a_phone_number_or_a_price_names_no_order(number: str) -> None:
    assert MINE == _route(f"C {number}", FIRST, _case(FIRST))


def test_six_digits_count_as_a_name_only_among_several_orders() -> None:
    assert names_stranger(_reading("C 999999"), several=True)
    assert not names_stranger(_reading("C 999999"), several=False)
    assert names_stranger(_reading(f"C {STRANGER}"), several=False)


def test_only_open_orders_can_be_named() -> None:
    assert {FIRST} == named_orders(_reading("C 111111 999999"), [_case(FIRST), _case(SECOND)])


def test_cases_with_an_open_ask_wait_and_all_do_where_none_is_open() -> None:
    first, second = _case(FIRST), _case(SECOND, asked=None)

    assert [first] == waiting_cases([first, second])
    assert [second] == waiting_cases([second])
    assert ("111111",) == waiting_digits([first, second])
