"""Who gets the limited stock: whole orders, earliest paid first, never more than there is."""

import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import (
    Allocation,
    AllocationPolicy,
    Placed,
    Skipped,
    allocate,
    units_on_hand,
)
from domain.candidates import (
    Candidate,
    ShortLine,
    SkipReason,
    candidate_from_order,
    skip_reason,
    unit_status,
)
from domain.errors import InputError
from domain.money import Money
from domain.orders import Order, OrderClocks, OrderLine, OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WAITS = OrderStatus.AWAITING_SHIPMENT


def minutes(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def candidate(order_id: str, quantity: int = 1, **changes: Any) -> Candidate:
    lines = (ShortLine(sku_id="900", quantity=quantity),)
    given_ = {"status": WAITS, "paid_at": minutes(int(order_id)), **changes}
    return Candidate.model_validate({"order_id": order_id, "lines": lines, **given_})


def ids(placed: tuple[Placed, ...]) -> list[str]:
    return [one.order_id for one in placed]


def skipped(result: Allocation) -> dict[str, SkipReason]:
    return {one.order_id: one.reason for one in result.skipped}


def everyone(result: Allocation) -> list[str]:
    return sorted([*ids(result.served), *ids(result.short), *skipped(result)])


def test_the_earliest_paid_orders_are_served() -> None:
    result = allocate([candidate("3"), candidate("1"), candidate("2")], 2)

    assert ["1", "2"] == ids(result.served)
    assert ["3"] == ids(result.short)


def test_an_order_never_paid_stands_in_line_from_its_placing() -> None:
    cash = candidate("9", paid_at=None, created_at=minutes(2))

    result = allocate([candidate("1"), cash, candidate("3")], 2)

    assert ["1", "9"] == ids(result.served)


def test_orders_of_the_same_instant_stand_in_the_order_of_their_numbers() -> None:
    same = [candidate(one, paid_at=NOON) for one in ("100", "20", "3")]

    assert ["3", "20"] == ids(allocate(same, 2).served)


def test_an_order_without_any_time_comes_last() -> None:
    timeless = candidate("1", paid_at=None)

    assert ["5"] == ids(allocate([timeless, candidate("5")], 1).served)


def test_an_order_too_large_for_the_rest_is_passed_over_whole() -> None:
    result = allocate([candidate("1", 2), candidate("2", 3), candidate("3", 1)], 3)

    assert ["1", "3"] == ids(result.served)
    assert [("2", 3)] == [(one.order_id, one.quantity) for one in result.short]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": OrderStatus.AWAITING_COLLECTION}, SkipReason.IN_PARCEL),
        ({"status": OrderStatus.IN_TRANSIT}, SkipReason.SHIPPED),
        ({"status": OrderStatus.DELIVERED}, SkipReason.SHIPPED),
        ({"status": OrderStatus.COMPLETED}, SkipReason.SHIPPED),
        ({"status": OrderStatus.UNPAID}, SkipReason.UNPAID),
        ({"status": OrderStatus.CANCELLED}, SkipReason.CANCELLED),
        ({"platform_fulfilled": True}, SkipReason.PLATFORM_FULFILLED),
        ({"is_sample": True}, SkipReason.SAMPLE),
        ({"buyer_asks_cancel": True}, SkipReason.BUYER_CANCELLING),
    ],
)
def test_orders_that_need_nothing_from_the_shelf_are_skipped(
    changes: dict[str, Any], reason: SkipReason
) -> None:
    result = allocate([candidate("1", **changes), candidate("2")], 1)

    assert {"1": reason} == skipped(result)
    assert ["2"] == ids(result.served)


@pytest.mark.parametrize("status", [OrderStatus.ON_HOLD, WAITS, OrderStatus.PARTIALLY_SHIPPING])
def test_orders_that_still_have_to_be_sent_compete(status: OrderStatus) -> None:
    assert skip_reason(candidate("1", status=status)) is None


def test_an_unknown_status_is_refused_with_its_order() -> None:
    with pytest.raises(InputError, match="order 7 has a status we do not know"):
        allocate([candidate("7", status=OrderStatus.UNKNOWN)], 1)


def test_an_order_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="order 1 is there twice"):
        allocate([candidate("1"), candidate("1")], 5)


def test_served_orders_say_what_was_left_when_they_were_reached() -> None:
    result = allocate([candidate("1", 2), candidate("2")], 7, zone=ZoneInfo("Asia/Bangkok"))

    assert [
        "Served: paid 2026-11-20 19:01:00 (1st in line), 2 of the 7 units left.",
        "Served: paid 2026-11-20 19:02:00 (2nd in line), 1 of the 5 units left.",
    ] == [one.why for one in result.served]


def test_short_orders_say_what_they_needed_and_what_there_was() -> None:
    result = allocate([candidate("1", 2, on_hold=True), candidate("2")], 1)

    assert ["Served: paid 2026-11-20 12:02:00 UTC (2nd in line), 1 of the 1 unit left."] == [
        one.why for one in result.served
    ]
    line_said = "paid 2026-11-20 12:01:00 UTC, on hold (1st in line)"
    assert [f"Short: {line_said}, needs 2 units and only 1 unit was left."] == [
        one.why for one in result.short
    ]


@pytest.mark.parametrize(
    ("on_hand", "ending"),
    [(0, "needs 3 units and none was left."), (2, "needs 3 units and only 2 units were left.")],
)
def test_the_rest_is_counted_in_words_that_fit(on_hand: int, ending: str) -> None:
    assert allocate([candidate("1", 3)], on_hand).short[0].why.endswith(ending)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        (
            {"paid_at": None, "created_at": NOON},
            "placed 2026-11-20 12:00:00 UTC, no payment time",
        ),
        ({"paid_at": None}, "neither paid nor placed time known"),
    ],
)
def test_a_missing_payment_time_is_said(changes: dict[str, Any], standing: str) -> None:
    assert standing in allocate([candidate("1", **changes)], 1).served[0].why


@pytest.mark.parametrize(
    ("place", "ordinal"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")],
)
def test_places_in_line_are_proper_ordinals(place: int, ordinal: str) -> None:
    result = allocate([candidate(str(number)) for number in range(1, 30)], 30)

    assert f"({ordinal} in line)" in result.served[place - 1].why


def test_the_nearest_platform_deadline_can_come_first() -> None:
    soon, late = (
        candidate("2", deadline=minutes(60)),
        candidate("1", deadline=minutes(90)),
    )

    policy = AllocationPolicy.PLATFORM_DEADLINE_FIRST
    result = allocate([late, soon, candidate("3")], 2, policy=policy)

    assert ["2", "1"] == ids(result.served)
    assert "due 2026-11-20 13:00:00 UTC, paid 2026-11-20 12:02:00 UTC" in result.served[0].why
    assert "no platform deadline known" in result.short[0].why


def test_the_most_valuable_order_can_come_first() -> None:
    dear = candidate("2", value=Money(amount_minor=5000, currency="USD"))
    cheap = candidate("1", value=Money(amount_minor=100, currency="USD"))

    policy = AllocationPolicy.VALUE_FIRST
    result = allocate([cheap, dear, candidate("3")], 2, policy=policy)

    assert ["2", "1"] == ids(result.served)
    assert "worth 50.00 USD" in result.served[0].why
    assert "value not known" in result.short[0].why


def test_values_in_two_currencies_are_not_compared() -> None:
    mixed = [
        candidate("1", value=Money(amount_minor=1, currency="USD")),
        candidate("2", value=Money(amount_minor=1, currency="THB")),
    ]

    with pytest.raises(InputError, match="value_first cannot compare THB with USD"):
        allocate(mixed, 1, policy=AllocationPolicy.VALUE_FIRST)


def test_buyers_let_down_before_can_come_first() -> None:
    policy = AllocationPolicy.HURT_BEFORE_FIRST
    result = allocate([candidate("1"), candidate("2", hurt_before=True)], 1, policy=policy)

    assert ["2"] == ids(result.served)
    assert "buyer let down before" in result.served[0].why
    assert "buyer not let down yet" in result.short[0].why


@pytest.mark.parametrize(("given_", "count"), [(0, 0), (7, 7), ("12", 12), (" 3 ", 3)])
def test_a_count_is_a_whole_number(given_: object, count: int) -> None:
    assert count == units_on_hand(given_)


@pytest.mark.parametrize("given_", [-1, 1.5, 2.0, "1.5", "-3", "", "seven", None, True, "²"])
def test_anything_else_is_refused_by_name(given_: object) -> None:
    with pytest.raises(InputError, match=r"on_hand: .*give a whole number of 0 or more"):
        units_on_hand(given_)


def test_allocating_a_negative_count_is_refused() -> None:
    with pytest.raises(InputError, match="on_hand"):
        allocate([candidate("1")], -1)


statuses = st.sampled_from([one for one in OrderStatus if one is not OrderStatus.UNKNOWN])
any_candidate = st.builds(
    lambda number, quantity, paid, placed, status, flags: candidate(
        str(number),
        quantity,
        status=status,
        paid_at=None if paid is None else minutes(paid),
        created_at=minutes(placed),
        deadline=minutes(placed + quantity),
        value=Money(amount_minor=quantity * placed, currency="USD"),
        platform_fulfilled=flags == 1,
        is_sample=flags == 2,
        buyer_asks_cancel=flags == 3,
        hurt_before=flags == 4,
    ),
    st.integers(1, 10**6),
    st.integers(1, 9),
    st.none() | st.integers(0, 5),
    st.integers(0, 5),
    statuses | st.just(WAITS),
    st.integers(0, 40),
)
many = st.lists(any_candidate, max_size=25, unique_by=lambda one: one.order_id)
stock = st.integers(0, 60)
policies = st.sampled_from(AllocationPolicy)


@given(many, stock, policies)
def test_never_more_units_are_served_than_exist(
    candidates: list[Candidate], on_hand: int, policy: AllocationPolicy
) -> None:
    result = allocate(candidates, on_hand, policy=policy)

    assert sum(one.quantity for one in result.served) <= on_hand


@given(many, stock, policies, st.randoms(use_true_random=False))
def test_the_sequence_of_the_input_does_not_matter(
    candidates: list[Candidate], on_hand: int, policy: AllocationPolicy, random: object
) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands in a Random

    assert allocate(candidates, on_hand, policy=policy) == allocate(
        shuffled, on_hand, policy=policy
    )


@given(many, stock, policies)
def test_every_order_is_in_exactly_one_list_and_never_split(
    candidates: list[Candidate], on_hand: int, policy: AllocationPolicy
) -> None:
    result = allocate(candidates, on_hand, policy=policy)

    assert sorted(one.order_id for one in candidates) == everyone(result)
    asked = {one.order_id: one.quantity for one in candidates}
    placed = [*result.served, *result.short]
    assert all(asked[one.order_id] == one.quantity for one in placed)


@given(many, stock)
def test_an_earlier_order_never_loses_to_a_later_one_of_its_size_or_larger(
    candidates: list[Candidate], on_hand: int
) -> None:
    result = allocate(candidates, on_hand)
    rank = {one.order_id: (one.since or NOON, int(one.order_id)) for one in candidates}

    for winner, loser in itertools.product(result.served, result.short):
        if loser.quantity <= winner.quantity:
            assert rank[winner.order_id] < rank[loser.order_id]


@given(many, policies)
def test_with_enough_for_all_nobody_is_short(
    candidates: list[Candidate], policy: AllocationPolicy
) -> None:
    enough = sum(one.quantity for one in candidates)

    assert () == allocate(candidates, enough, policy=policy).short


def line(number: int, status: OrderStatus = OrderStatus.UNKNOWN, **changes: str) -> OrderLine:
    given_ = {"sku_id": "900", "seller_sku": "JACKET-M", **changes}
    price = Money(amount_minor=1900, currency="USD")
    return OrderLine.model_validate(
        {"line_id": str(number), "price": price, "status": status, **given_}
    )


def order(*lines: OrderLine, status: OrderStatus = WAITS, **changes: object) -> Order:
    total = Money(amount_minor=1900, currency="USD")
    given_ = {"order_id": "1", "created_at": NOON, "total": total, **changes}
    return Order.model_validate({"status": status, "lines": lines, **given_})


@pytest.mark.parametrize("sku", ["JACKET-M", "900"])
def test_a_shop_order_is_found_by_seller_sku_and_by_sku_id(sku: str) -> None:
    found = candidate_from_order(
        order(line(1), line(2), line(3, sku_id="1", seller_sku="X")), sku=sku
    )

    assert found is not None
    assert (ShortLine(sku_id="900", seller_sku="JACKET-M", quantity=2),) == found.lines


def test_a_shop_order_without_the_sku_is_no_candidate() -> None:
    assert candidate_from_order(order(line(1)), sku="OTHER") is None


def test_two_listings_of_one_seller_sku_are_counted_together_and_named_apart() -> None:
    found = candidate_from_order(order(line(1), line(2, sku_id="901")), sku="JACKET-M")

    assert found is not None
    assert (2, ["900", "901"]) == (found.quantity, [one.sku_id for one in found.lines])


def test_of_a_partly_shipped_order_only_the_unshipped_units_count() -> None:
    partly = order(
        line(1, OrderStatus.IN_TRANSIT),
        line(2, WAITS),
        line(3, OrderStatus.CANCELLED),
        status=OrderStatus.PARTIALLY_SHIPPING,
    )

    found = candidate_from_order(partly, sku="900")

    assert found is not None
    assert (WAITS, 1) == (found.status, found.quantity)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ([OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT], SkipReason.IN_PARCEL),
        ([OrderStatus.IN_TRANSIT, OrderStatus.CANCELLED], SkipReason.SHIPPED),
        ([OrderStatus.CANCELLED], SkipReason.CANCELLED),
    ],
)
def test_a_partly_shipped_order_whose_units_have_all_gone_is_skipped(
    states: list[OrderStatus], reason: SkipReason
) -> None:
    lines = [line(number, state) for number, state in enumerate(states)]

    found = candidate_from_order(order(*lines, status=OrderStatus.PARTIALLY_SHIPPING), sku="900")

    assert found is not None
    assert reason is skip_reason(found)


@pytest.mark.parametrize(
    ("of_order", "of_line", "expected"),
    [
        (WAITS, OrderStatus.UNKNOWN, WAITS),
        (OrderStatus.AWAITING_COLLECTION, WAITS, OrderStatus.AWAITING_COLLECTION),
        (OrderStatus.PARTIALLY_SHIPPING, WAITS, WAITS),
        (OrderStatus.PARTIALLY_SHIPPING, OrderStatus.UNKNOWN, OrderStatus.UNKNOWN),
        (OrderStatus.CANCELLED, WAITS, OrderStatus.CANCELLED),
        (WAITS, OrderStatus.CANCELLED, OrderStatus.CANCELLED),
    ],
)
def test_the_order_speaks_for_its_units_unless_it_moved_in_part(
    of_order: OrderStatus, of_line: OrderStatus, expected: OrderStatus
) -> None:
    assert expected is unit_status(of_order, of_line)


def test_cash_on_delivery_competes_and_unpaid_does_not() -> None:
    cash = candidate_from_order(order(line(1), is_cod=True), sku="900")
    unpaid = candidate_from_order(order(line(1), status=OrderStatus.UNPAID), sku="900")

    assert cash is not None
    assert unpaid is not None
    assert (None, SkipReason.UNPAID) == (skip_reason(cash), skip_reason(unpaid))


def test_the_facts_of_a_shop_order_reach_the_rules() -> None:
    clocks = OrderClocks(shipping_due_at=minutes(9))
    full = order(line(1), paid_at=minutes(1), clocks=clocks, on_hold=True, buyer_asks_cancel=True)

    found = candidate_from_order(full, sku="900", hurt_before=True)

    assert found is not None
    assert (minutes(1), minutes(9), full.total) == (found.paid_at, found.deadline, found.value)
    assert (True, True, True) == (found.on_hold, found.buyer_asks_cancel, found.hurt_before)


def test_a_short_line_names_the_platforms_id_where_there_is_one() -> None:
    both = ShortLine(sku_id="900", seller_sku="JACKET-M", quantity=2)
    bare = ShortLine(seller_sku="JACKET-M", quantity=2)

    assert {"sku_id": "900", "quantity": 2} == both.wire()
    assert {"seller_sku": "JACKET-M", "quantity": 2} == bare.wire()


def test_the_skipped_are_listed_by_number() -> None:
    gone = [candidate(one, status=OrderStatus.DELIVERED) for one in ("30", "4")]

    assert (
        Skipped(order_id="4", reason=SkipReason.SHIPPED),
        Skipped(order_id="30", reason=SkipReason.SHIPPED),
    ) == allocate(gone, 1).skipped


def test_ten_thousand_orders_of_three_lines_take_under_a_second() -> None:
    lines = tuple(ShortLine(sku_id=sku, quantity=1) for sku in ("900", "901", "902"))
    crowd = [
        candidate(str(number)).model_copy(update={"lines": lines}) for number in range(10_000)
    ]
    began = time.process_time()

    result = allocate(crowd, 15_000)

    assert 5_000 == len(result.served)
    assert time.process_time() - began < 1
