"""An allocation on record: recomputed, disputed, and moved by hand."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import Allocation, AllocationPolicy, allocate
from domain.allocation_record import (
    AllocationRecord,
    HandMove,
    Side,
    inputs_digest,
    move_order,
    recompute,
    record_allocation,
)
from domain.candidates import Candidate, ShortLine
from domain.errors import InputError
from domain.orders import OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def candidate(order_id: str, quantity: int = 1, **changes: Any) -> Candidate:
    return Candidate(
        order_id=order_id,
        status=changes.pop("status", OrderStatus.AWAITING_SHIPMENT),
        lines=(ShortLine(sku_id="900", quantity=quantity),),
        paid_at=NOON + timedelta(minutes=int(order_id)),
        **changes,
    )


def move(order_id: str, to: Side, reason: str = "a loyal buyer") -> HandMove:
    return HandMove(order_id=order_id, to=to, reason=reason, actor="mei")


LINE = (candidate("1", 2), candidate("2"), candidate("3", 2), candidate("4"))
"""Three units serve the first two."""
TO_SHORT, TO_SERVED = move("1", Side.SHORT), move("3", Side.SERVED, "comes back every week.")


def recorded(*moves: HandMove, orders: tuple[Candidate, ...] = LINE, **over: Any) -> Any:
    given_ = {"on_hand": {"900": 3}, "candidates": {"900": orders}, "moves": moves, **over}
    return record_allocation("900", **given_)


def sides(result: Allocation) -> tuple[list[str], list[str]]:
    return [one.order_id for one in result.served], [one.order_id for one in result.short]


def test_a_record_leads_to_its_result_again() -> None:
    record = recorded(zone="Asia/Bangkok")

    assert (["1", "2"], ["3", "4"]) == sides(record.result)
    assert record.result == recompute(record)
    assert "19:01:00 (1st in line)" in record.result.served[0].why


def test_a_record_read_back_from_its_json_is_the_same() -> None:
    record = recorded(TO_SHORT, TO_SERVED, policy=AllocationPolicy.HURT_BEFORE_FIRST)

    again = AllocationRecord.model_validate_json(record.model_dump_json())

    assert record == again
    assert (again.result, again.digest) == (recompute(again), inputs_digest(again))


def test_a_result_that_was_altered_is_found_out() -> None:
    record = recorded()
    forged = record.model_copy(update={"result": allocate(LINE[2:], 3)})

    assert forged.result != recompute(forged)


@pytest.mark.parametrize(
    "altered",
    [
        {"on_hand": {"900": 4}},
        {"policy": AllocationPolicy.VALUE_FIRST},
        {"zone": "Asia/Bangkok"},
        {"single_lines": True},
        {"moves": (TO_SHORT,)},
        {"candidates": {"900": LINE[1:]}},
        {"candidates": {"900": (candidate("1", 2, hurt_before=True), *LINE[1:])}},
    ],
)
def test_the_digest_tells_when_an_input_was_altered(altered: dict[str, Any]) -> None:
    record = recorded()

    assert record.digest != inputs_digest(record.model_copy(update=altered))


def test_the_digest_does_not_depend_on_the_sequence_of_the_orders() -> None:
    backwards = recorded(orders=LINE[::-1])

    assert recorded().digest == backwards.digest
    assert LINE[::-1] == backwards.candidates["900"]


def test_a_sku_counted_with_others_is_allocated_with_them() -> None:
    counted = {"900": 3, "901": 0}
    record = recorded(on_hand=counted, candidates={"900": LINE, "901": (candidate("1"),)})

    assert (["2", "3"], ["1", "4"]) == sides(record.result)
    assert "none of 901 was left" in record.result.short[0].why


def test_a_sku_that_was_not_counted_has_no_record() -> None:
    with pytest.raises(InputError, match="SKU 900 was not counted"):
        recorded(on_hand={"901": 3}, candidates={})


def test_the_answer_has_the_shape_of_open_and_the_policy() -> None:
    gone = candidate("5", status=OrderStatus.DELIVERED)

    answer = recorded(orders=(*LINE, gone)).answer()

    assert ["served", "short", "skipped", "policy"] == list(answer)
    assert "paid_first" == answer["policy"]
    assert {"order_id", "quantity", "why"} == set(answer["short"][0])
    assert [{"order_id": "5", "reason": "shipped"}] == answer["skipped"]


# By hand


def test_an_order_moved_by_hand_says_by_whom_and_why_and_keeps_what_was_said() -> None:
    result = recorded(TO_SHORT, TO_SERVED).result

    assert (["2", "3"], ["4", "1"]) == sides(result)
    assert (
        "Served, moved by mei: comes back every week. (Before: Short: paid 2026-11-20 12:03:00 UTC"
        " (3rd in line), needs 2 units and none was left.)"
    ) == result.served[1].why
    assert result.short[1].why.startswith("Short, moved by mei: a loyal buyer. (Before: Served: ")


@pytest.mark.parametrize(
    ("moved", "refusal"),
    [
        (move("4", Side.SERVED), "needs 1 unit and none is free; move another order to short"),
        (move("1", Side.SERVED), "order 1 is served already"),
        (move("3", Side.SHORT), "order 3 is short already"),
        (move("9", Side.SHORT), "order 9 does not compete for these units"),
        (move("1", Side.SHORT, "  "), "reason: is empty; say why"),
    ],
)
def test_a_move_that_cannot_be_is_refused(moved: HandMove, refusal: str) -> None:
    with pytest.raises(InputError, match=refusal):
        move_order(allocate(LINE, 3), moved, on_hand=3)


def test_the_units_that_are_free_are_counted_in_words_that_fit() -> None:
    big = allocate([candidate("1", 5)], 3)

    with pytest.raises(InputError, match="needs 5 units and 3 are free"):
        move_order(big, move("1", Side.SERVED), on_hand=3)


@given(
    st.lists(st.integers(1, 4), max_size=8),
    st.integers(0, 12),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Side)), max_size=12),
)
def test_no_sequence_of_moves_serves_more_than_exists_or_loses_an_order(
    quantities: list[int], on_hand: int, wanted: list[tuple[int, Side]]
) -> None:
    result = allocate([candidate(str(n), units) for n, units in enumerate(quantities)], on_hand)
    for number, side in wanted:
        try:
            result = move_order(result, move(str(number), side), on_hand=on_hand)
        except InputError:
            continue
    assert sum(one.quantity for one in result.served) <= on_hand
    assert sorted(str(n) for n in range(len(quantities))) == sorted(chain(*sides(result)))
