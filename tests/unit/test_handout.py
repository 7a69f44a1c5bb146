"""Handing out one incident's units: in the order of the line, and never a unit twice."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.allocation import AllocationPolicy
from domain.allocation_record import AllocationRecord, HandMove, Side, record_allocation
from domain.candidates import Candidate, ShortLine
from domain.errors import InputError
from domain.handout import (
    Change,
    HandOut,
    Standing,
    Turn,
    begin,
    hand_on,
    join,
    leave,
    move,
    owe,
    receive_lot,
    set_on_hand,
    settle,
)
from domain.orders import OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SERVED, SHORT = Standing.SERVED, Standing.SHORT


def candidate(number: int, units: int, status: OrderStatus) -> Candidate:
    return Candidate(
        order_id=str(number),
        status=status,
        lines=(ShortLine(sku_id="900", quantity=units),),
        paid_at=NOON + timedelta(minutes=number),
        deadline=NOON - timedelta(minutes=number),
    )


def record(
    *units: int,
    on_hand: int,
    moves: tuple[HandMove, ...] = (),
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
) -> AllocationRecord:
    """Return the allocation of orders 1, 2, … that need so many units each."""
    waits = OrderStatus.AWAITING_SHIPMENT
    orders = [candidate(number, count, waits) for number, count in enumerate(units, start=1)]
    orders.append(candidate(99, 1, OrderStatus.DELIVERED))
    return record_allocation(
        "900", on_hand={"900": on_hand}, candidates={"900": orders}, moves=moves, policy=policy
    )


def ledger(*units: int, on_hand: int) -> HandOut:
    return begin(record(*units, on_hand=on_hand))


def by_hand(order_id: str, to: Side, reason: str = "a loyal buyer") -> HandMove:
    return HandMove(order_id=order_id, to=to, reason=reason, actor="mei")


def held(now: HandOut, standing: Standing = SERVED) -> list[str]:
    return [one.order_id for one in now.line if one.standing is standing]


def news(turn: Turn) -> list[tuple[str, Standing]]:
    return [(change.order_id, change.now) for change in turn.changes]


# The beginning


def test_whoever_competed_stands_in_line_as_the_allocation_left_it() -> None:
    begun = ledger(2, 3, 1, on_hand=3)

    assert ["1", "2", "3"] == [one.order_id for one in begun.line]
    assert (["1", "3"], ["2"]) == (held(begun), held(begun, SHORT))
    assert (3, 3, 0) == (begun.on_hand, begun.promised, begun.free)


@pytest.mark.parametrize(("single_lines", "promised"), [(False, 0), (True, 1)])
def test_an_order_short_for_want_of_another_sku_waits_for_new_units(
    single_lines: bool,  # noqa: FBT001 (a table)
    promised: int,
) -> None:
    order = candidate(1, 1, OrderStatus.AWAITING_SHIPMENT)
    counted, wanted = {"900": 1, "901": 0}, {"900": [order], "901": [order]}

    begun = begin(
        record_allocation("900", on_hand=counted, candidates=wanted, single_lines=single_lines)
    )

    assert promised == begun.promised == hand_on(begun).ledger.promised
    assert 1 == receive_lot(begun, "L1", 1).ledger.promised


def test_a_sku_that_nobody_ordered_has_an_empty_line() -> None:
    assert HandOut(on_hand=3) == begin(record_allocation("900", on_hand={"900": 3}, candidates={}))


def test_the_line_follows_the_policy() -> None:
    deadline_first = record(1, 1, 1, on_hand=1, policy=AllocationPolicy.PLATFORM_DEADLINE_FIRST)

    assert ["3", "2", "1"] == [one.order_id for one in begin(deadline_first).line]


def test_whom_a_person_passed_over_waits_for_new_units_and_not_for_freed_ones() -> None:
    begun = begin(record(1, 1, 1, on_hand=2, moves=(by_hand("1", Side.SHORT),)))

    assert ["2"] == held(begun)
    assert [("3", SERVED)] == news(hand_on(begun))
    assert [] == news(leave(hand_on(begun).ledger, "2"))
    assert [("1", SERVED), ("3", SERVED)] == news(receive_lot(begun, "L1", 1))


# Lots


def test_a_lot_goes_along_the_line_and_says_why() -> None:
    turn = receive_lot(ledger(2, 3, 1, on_hand=0), "L1", 4)

    assert [("1", SERVED), ("3", SERVED)] == news(turn)
    assert (
        "Served: 1st in line, 2 of the 4 units free when lot L1 with 4 units arrived."
        == turn.changes[0].why
    )
    assert (4, 3, 1) == (turn.ledger.on_hand, turn.ledger.promised, turn.ledger.free)


def test_what_is_left_of_two_lots_serves_an_order_that_neither_could() -> None:
    first = receive_lot(ledger(3, on_hand=0), "L1", 2)

    assert [] == news(first)
    assert [("1", SERVED)] == news(receive_lot(first.ledger, "L2", 1))


@pytest.mark.parametrize(
    ("lot_id", "quantity", "refusal"),
    [
        ("L1", 5, "lot_id: lot L1 was received already, with 2 units"),
        ("L2", 0, "quantity: 0 is not a number of units"),
        ("L2", -3, "quantity: -3 is not a number of units"),
    ],
)
def test_a_lot_counts_once_and_has_units(lot_id: str, quantity: int, refusal: str) -> None:
    had = receive_lot(ledger(1, on_hand=0), "L1", 2).ledger

    with pytest.raises(InputError, match=refusal):
        receive_lot(had, lot_id, quantity)


# Counts


def test_a_higher_count_is_handed_out() -> None:
    turn = set_on_hand(ledger(1, 1, on_hand=1), "2")

    assert [("2", SERVED)] == news(turn)
    assert turn.changes[0].why.endswith("1 of the 1 unit free when the count is now 2 units.")


def test_a_count_below_what_was_promised_takes_from_the_end_of_the_line() -> None:
    turn = set_on_hand(ledger(1, 1, 1, on_hand=3), 1)

    assert [("2", SHORT), ("3", SHORT)] == news(turn)
    assert turn.changes == turn.ledger.shortfalls
    assert (
        "Short again: 2nd in line, was promised 1 unit and none was left when the count is now "
        "1 unit." == turn.changes[0].why
    )


def test_a_large_promise_that_cannot_be_kept_leaves_its_units_to_smaller_ones() -> None:
    turn = set_on_hand(ledger(3, 1, 1, on_hand=4), 2)

    assert [("1", SHORT), ("3", SERVED)] == news(turn)
    assert "only 2 units were left" in turn.changes[0].why
    assert ["1"] == [one.order_id for one in turn.ledger.shortfalls]


def test_what_was_sent_is_not_taken_back_by_a_lower_count() -> None:
    sent = settle(ledger(1, 1, on_hand=2), "2").ledger

    turn = set_on_hand(sent, 0)

    assert [("1", SHORT)] == news(turn)
    assert ["2"] == held(turn.ledger, Standing.SETTLED)


def test_shortfalls_are_kept_for_a_person_though_the_units_come_later() -> None:
    low = set_on_hand(ledger(1, on_hand=1), 0).ledger

    later = receive_lot(low, "L1", 1).ledger

    assert (["1"], ["1"]) == (held(later), [one.order_id for one in later.shortfalls])


@pytest.mark.parametrize("count", [-1, 1.5, "two", None, True])
def test_a_count_that_is_none_is_refused(count: object) -> None:
    with pytest.raises(InputError, match="on_hand"):
        set_on_hand(ledger(1, on_hand=1), count)


# Orders that leave, join, change or are sent


def test_the_units_of_an_order_that_leaves_return_to_the_line() -> None:
    turn = leave(ledger(2, 1, 1, on_hand=2), "1")

    assert [("2", SERVED), ("3", SERVED)] == news(turn)
    assert "when order 1 left" in turn.changes[0].why
    assert ["1"] == held(turn.ledger, Standing.LEFT)


def test_leaving_twice_is_leaving_once() -> None:
    left = leave(ledger(1, 1, on_hand=1), "1").ledger

    assert Turn(left, ()) == leave(left, "1")


def test_an_order_that_was_short_leaves_no_units() -> None:
    assert [] == news(leave(ledger(1, 1, 1, on_hand=1), "2"))


def test_the_units_of_a_sent_order_leave_the_shelf_for_good() -> None:
    turn = settle(ledger(2, 1, on_hand=2), "1")

    assert (0, []) == (turn.ledger.on_hand, news(turn))
    assert Turn(turn.ledger, ()) == settle(turn.ledger, "1")


def test_an_order_sent_without_its_turn_takes_the_units_of_the_last_promises() -> None:
    """The warehouse packs what it finds; the promise that it broke is seen by a person."""
    turn = settle(ledger(2, 1, 1, on_hand=3), "3")

    assert [("2", SHORT)] == news(turn)
    assert "when order 3 was sent" in turn.ledger.shortfalls[0].why


def test_an_order_sent_though_the_shelf_was_empty_leaves_it_at_zero() -> None:
    assert 0 == settle(ledger(2, on_hand=1), "1").ledger.on_hand


def test_an_order_that_left_may_still_have_been_sent() -> None:
    left = leave(ledger(1, 1, on_hand=1), "1").ledger

    assert [("2", SHORT)] == news(settle(left, "1"))


def test_a_late_order_stands_at_the_end_and_gets_what_is_free() -> None:
    turn = join(ledger(2, on_hand=3), "7", 1)

    assert [("7", SERVED)] == news(turn)
    assert "2nd in line, 1 of the 1 unit free when order 7 joined" in turn.changes[0].why
    assert Turn(turn.ledger, ()) == join(turn.ledger, "7", 5)


def test_an_order_that_needs_fewer_units_leaves_the_rest_to_the_line() -> None:
    turn = owe(ledger(3, 2, on_hand=3), "1", 1)

    assert [("2", SERVED)] == news(turn)
    assert "when order 1 needs 1 unit now" in turn.changes[0].why


def test_an_order_that_needs_more_than_is_free_goes_short_again() -> None:
    turn = owe(ledger(1, 1, on_hand=1), "1", 2)

    assert [("1", SHORT), ("2", SERVED)] == news(turn)


@pytest.mark.parametrize("act", [join, owe])
def test_no_order_stands_in_line_for_nothing(act: object) -> None:
    assert callable(act)
    with pytest.raises(InputError, match="units: 0 is not a number of units"):
        act(ledger(1, on_hand=1), "1", 0)


def test_whom_the_incident_does_not_know_nothing_happens_to() -> None:
    for act in (leave, settle):
        with pytest.raises(InputError, match="order 8 is not of this incident"):
            act(ledger(1, on_hand=1), "8")


@pytest.mark.parametrize(
    ("end", "refusal"), [(leave, "has left and needs no units"), (settle, "is settled")]
)
def test_an_order_that_is_over_is_not_changed(end: object, refusal: str) -> None:
    assert callable(end)
    over = end(ledger(1, 1, on_hand=1), "1").ledger

    with pytest.raises(InputError, match=refusal):
        owe(over, "1", 2)
    with pytest.raises(InputError, match=refusal):
        move(over, by_hand("1", Side.SHORT))


def test_a_sent_order_cannot_leave() -> None:
    with pytest.raises(InputError, match="order 1 is settled; its units have gone out"):
        leave(settle(ledger(1, on_hand=1), "1").ledger, "1")


# By hand


def test_units_given_up_by_hand_wait_for_the_next_move_by_hand() -> None:
    given_up = move(ledger(1, 1, 1, on_hand=1), by_hand("1", Side.SHORT, "agreed to wait."))
    handed = move(given_up.ledger, by_hand("3", Side.SERVED))

    assert (
        Change(order_id="1", units=1, now=SHORT, why="Short, moved by mei: agreed to wait."),
    ) == given_up.changes
    assert (["3"], 0) == (held(handed.ledger), handed.ledger.free)
    assert "Served, moved by mei: a loyal buyer." == handed.changes[0].why


def test_units_that_nobody_was_given_by_hand_go_to_the_line_and_not_back() -> None:
    given_up = move(ledger(1, 1, on_hand=1), by_hand("1", Side.SHORT)).ledger

    turn = hand_on(given_up)

    assert [("2", SERVED)] == news(turn)
    assert [] == news(hand_on(turn.ledger))


def test_an_order_passed_over_by_hand_has_its_old_place_for_the_next_lot() -> None:
    passed = move(ledger(1, 1, on_hand=1), by_hand("1", Side.SHORT)).ledger

    assert [("1", SERVED), ("2", SERVED)] == news(receive_lot(passed, "L1", 1))


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (by_hand("2", Side.SERVED), "needs 1 unit and none is free; move another order to short"),
        (by_hand("1", Side.SERVED), "order 1 is served already"),
        (by_hand("8", Side.SHORT), "order 8 is not of this incident"),
        (by_hand("1", Side.SHORT, ""), "reason: is empty"),
    ],
)
def test_a_move_that_cannot_be_is_refused(wanted: HandMove, refusal: str) -> None:
    with pytest.raises(InputError, match=refusal):
        move(ledger(1, 1, on_hand=1), wanted)


# The ledger as a message


def test_a_ledger_of_ten_thousand_orders_fits_into_one_message() -> None:
    """The server takes two megabytes; the sentences of so many orders would not fit."""
    orders = [
        candidate(number, 1, OrderStatus.AWAITING_SHIPMENT).model_copy(
            update={"order_id": f"5765000000000{number:05}"}
        )
        for number in range(10_000)
    ]
    large = begin(record_allocation("900", on_hand={"900": 50}, candidates={"900": orders}))

    written = large.model_dump_json()

    assert len(written) < 1_000_000
    assert large == HandOut.model_validate_json(written)
