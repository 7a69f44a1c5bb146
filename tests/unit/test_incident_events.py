"""What shop and cases say of orders, as events of a ledger that never promises too much."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.candidates import Candidate, ShortLine
from domain.handout import HandOut, InLine, Standing, receive_lot, set_on_hand
from domain.incident_events import Event, case_ended, order_seen, together
from domain.orders import OrderStatus


def _ledger(on_hand: int, *standings: tuple[str, int, Standing]) -> HandOut:
    line = [InLine(order_id=one, units=n, standing=standing) for one, n, standing in standings]
    return HandOut(on_hand=on_hand, line=tuple(line))


def _seen(
    order_id: str,
    status: OrderStatus = OrderStatus.AWAITING_SHIPMENT,
    *,
    units: int = 1,
    asks_cancel: bool = False,
) -> Event:
    lines = (ShortLine(sku_id="s", quantity=units),)
    return order_seen(
        Candidate(order_id=order_id, status=status, lines=lines, buyer_asks_cancel=asks_cancel)
    )


def _standing(ledger: HandOut, order_id: str) -> Standing:
    (found,) = [one.standing for one in ledger.line if one.order_id == order_id]
    return found


A_AND_B = _ledger(1, ("a", 1, Standing.SERVED), ("b", 1, Standing.SHORT))


def test_an_order_that_was_cancelled_leaves_its_units_to_the_next() -> None:
    ledger, changes = _seen("a", OrderStatus.CANCELLED)(A_AND_B)

    assert (Standing.LEFT, Standing.SERVED) == (_standing(ledger, "a"), _standing(ledger, "b"))
    assert ["a", "b"] == [one.order_id for one in changes]
    assert "Left: it was cancelled." == changes[0].why


@pytest.mark.parametrize("status", [OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT])
def test_a_parcel_takes_its_units_off_the_shelf(status: OrderStatus) -> None:
    ledger, changes = _seen("a", status)(A_AND_B)

    assert (0, Standing.SETTLED) == (ledger.on_hand, _standing(ledger, "a"))
    assert Standing.SHORT is _standing(ledger, "b")
    assert 1 == len(changes)


def test_a_new_order_stands_last_and_twice_is_once() -> None:
    once, _ = _seen("c", units=2)(A_AND_B)
    twice, changes = _seen("c", units=2)(once)

    assert ["a", "b", "c"] == [one.order_id for one in once.line]
    assert once == twice
    assert () == changes


def test_an_order_is_owed_what_it_asks_for_now() -> None:
    ledger = _ledger(1, ("a", 2, Standing.SHORT))

    after, changes = _seen("a", units=1)(ledger)

    assert Standing.SERVED is _standing(after, "a")
    assert 1 == len(changes)


def test_a_buyer_who_asks_to_cancel_keeps_the_place_until_it_is_done() -> None:
    assert A_AND_B == _seen("a", asks_cancel=True)(A_AND_B).ledger
    assert A_AND_B == _seen("c", asks_cancel=True)(A_AND_B).ledger


def test_an_order_that_never_stood_in_line_changes_nothing() -> None:
    for status in (OrderStatus.CANCELLED, OrderStatus.DELIVERED, OrderStatus.UNPAID):
        assert A_AND_B == _seen("z", status)(A_AND_B).ledger


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [("refunded_by_choice", Standing.LEFT), ("shipped_after_wait", Standing.SETTLED)],
)
def test_a_case_that_ends_moves_its_order_once(outcome: str, standing: Standing) -> None:
    once, changes = case_ended("a", outcome)(A_AND_B)

    assert standing is _standing(once, "a")
    assert outcome in changes[0].why
    assert once == case_ended("a", "withdrawn")(once).ledger
    assert A_AND_B == case_ended("z", outcome)(A_AND_B).ledger


_STATUSES = [
    OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.AWAITING_COLLECTION,
    OrderStatus.CANCELLED,
    OrderStatus.UNPAID,
]
_orders = st.builds(
    _seen,
    st.sampled_from("abcdef"),
    st.sampled_from(_STATUSES),
    units=st.integers(1, 4),
    asks_cancel=st.booleans(),
)
_ends = st.builds(
    case_ended, st.sampled_from("abcdef"), st.sampled_from(["swapped", "shipped_anyway"])
)
_counts = st.integers(0, 8).map(lambda n: lambda ledger: set_on_hand(ledger, n))


@given(st.integers(0, 8), st.lists(st.one_of(_orders, _ends, _counts), max_size=25))
def test_in_any_order_of_events_no_unit_is_promised_twice(
    on_hand: int, events: Sequence[Event]
) -> None:
    ledger = HandOut(on_hand=on_hand)
    for number, event in enumerate(events):
        ledger = event(ledger).ledger
        if number % 5 == 4:
            ledger = receive_lot(ledger, f"lot {number}", 2).ledger
        assert 0 <= ledger.promised <= ledger.on_hand
        assert len({one.order_id for one in ledger.line}) == len(ledger.line)


@given(st.lists(st.one_of(_orders, _ends), max_size=12))
def test_events_together_are_the_same_as_one_after_the_other(events: Sequence[Event]) -> None:
    one_by_one = _ledger(5, ("a", 2, Standing.SERVED), ("b", 4, Standing.SHORT))
    at_once = together(events)(one_by_one)
    changes = 0
    for event in events:
        turn = event(one_by_one)
        one_by_one, changes = turn.ledger, changes + len(turn.changes)

    assert one_by_one == at_once.ledger
    assert changes == len(at_once.changes)
