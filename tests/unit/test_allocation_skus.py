"""Several short SKUs counted together: an order gets all it needs of them, or nothing."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import Allocation, AllocationPolicy, allocate, allocate_skus
from domain.candidates import Candidate, ShortLine, SkipReason
from domain.errors import InputError
from domain.money import Money
from domain.orders import OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SKUS = ("hat", "jacket", "socks")
Demand = dict[str, list[Candidate]]


def minutes(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def candidate(order_id: str, sku: str, quantity: int = 1, **changes: Any) -> Candidate:
    lines = (ShortLine(seller_sku=sku, quantity=quantity),)
    given_ = {
        "status": OrderStatus.AWAITING_SHIPMENT,
        "paid_at": minutes(int(order_id)),
        **changes,
    }
    return Candidate.model_validate({"order_id": order_id, "lines": lines, **given_})


def demand(**orders: dict[str, int]) -> Demand:
    """Return the demand of orders such as `_1={"hat": 2}`."""
    found: Demand = {}
    for name, needs in orders.items():
        for sku, quantity in needs.items():
            found.setdefault(sku, []).append(candidate(name.strip("_"), sku, quantity))
    return found


def served(result: dict[str, Allocation]) -> dict[str, list[str]]:
    return {sku: [one.order_id for one in shared.served] for sku, shared in result.items()}


def short(result: dict[str, Allocation]) -> dict[str, list[str]]:
    return {sku: [one.order_id for one in shared.short] for sku, shared in result.items()}


def test_an_order_that_cannot_have_both_has_neither_and_leaves_its_unit_to_the_next() -> None:
    wanted = demand(_1={"hat": 1, "jacket": 1}, _2={"hat": 1})

    result = allocate_skus(wanted, {"hat": 1, "jacket": 0})

    assert {"hat": ["2"], "jacket": []} == served(result)
    assert {"hat": ["1"], "jacket": ["1"]} == short(result)


def test_where_single_lines_can_be_cancelled_each_sku_may_be_decided_alone() -> None:
    wanted = demand(_1={"hat": 1, "jacket": 1}, _2={"hat": 1})

    result = allocate_skus(wanted, {"hat": 1, "jacket": 0}, single_lines=True)

    assert {"hat": ["1"], "jacket": []} == served(result)
    assert {"hat": ["2"], "jacket": ["1"]} == short(result)


def test_the_units_of_one_sku_are_never_split() -> None:
    result = allocate_skus(demand(_1={"hat": 3}), {"hat": 2}, single_lines=True)

    assert {"hat": ["1"]} == short(result)


def test_an_order_served_with_several_skus_says_what_was_left_of_each() -> None:
    result = allocate_skus(demand(_1={"hat": 2, "jacket": 1}), {"hat": 5, "jacket": 1})

    why = (
        "Served: paid 2026-11-20 12:01:00 UTC (1st in line), "
        "2 of the 5 units of hat and 1 of the 1 unit of jacket left."
    )
    assert [why] == [one.why for one in result["hat"].served]
    assert [(2, 1)] == [(result["hat"].served[0].quantity, result["jacket"].served[0].quantity)]


@pytest.mark.parametrize(
    ("on_hand", "ending"),
    [
        ({"hat": 5, "jacket": 0, "socks": 9}, "none of jacket was left."),
        ({"hat": 1, "jacket": 4, "socks": 9}, "only 1 unit of hat was left."),
        ({"hat": 5, "jacket": 4, "socks": 3}, "only 3 units of socks were left."),
        (
            {"hat": 1, "jacket": 0, "socks": 3},
            "only 1 unit of hat, none of jacket and only 3 units of socks were left.",
        ),
    ],
)
def test_a_short_order_names_the_skus_that_were_lacking(
    on_hand: dict[str, int], ending: str
) -> None:
    result = allocate_skus(demand(_1={"hat": 2, "jacket": 1, "socks": 4}), on_hand)

    needs = "2 units of hat, 1 unit of jacket and 4 units of socks, all or nothing, and"
    assert result["hat"].short[0].why.endswith(f"needs {needs} {ending}")


def test_a_place_in_line_counts_the_orders_of_that_sku() -> None:
    wanted = demand(_1={"hat": 1}, _2={"hat": 1}, _3={"hat": 1, "socks": 1})

    result = allocate_skus(wanted, {"hat": 9, "socks": 9})

    assert "(3rd in line)" in result["hat"].served[2].why
    assert "(1st in line)" in result["socks"].served[0].why


def test_a_sku_whose_units_have_gone_already_does_not_bind_the_rest_of_its_order() -> None:
    wanted = demand(_2={"hat": 1})
    wanted["jacket"] = [candidate("2", "jacket", status=OrderStatus.IN_TRANSIT)]

    result = allocate_skus(wanted, {"hat": 1, "jacket": 0})

    assert {"hat": ["2"], "jacket": []} == served(result)
    assert [SkipReason.SHIPPED] == [one.reason for one in result["jacket"].skipped]


def test_one_sku_alone_is_allocated_as_ever() -> None:
    orders = [candidate(str(number), "hat", number % 3 + 1) for number in range(1, 9)]

    assert {"hat": allocate(orders, 7)} == allocate_skus({"hat": orders}, {"hat": 7})


def test_a_counted_sku_that_nobody_ordered_has_an_empty_allocation() -> None:
    assert {"hat": Allocation()} == allocate_skus({}, {"hat": 3})


@pytest.mark.parametrize(
    ("wanted", "on_hand", "refusal"),
    [
        (demand(_1={"hat": 1}), {"jacket": 1}, "on_hand: SKU hat was not counted"),
        (demand(_1={"hat": 1}), {"hat": -1}, "on_hand: -1 is not a count"),
        ({"hat": [candidate("1", "hat")] * 2}, {"hat": 1}, "order 1 is there twice"),
    ],
)
def test_what_cannot_be_allocated_is_refused(
    wanted: Demand, on_hand: dict[str, int], refusal: str
) -> None:
    with pytest.raises(InputError, match=refusal):
        allocate_skus(wanted, on_hand)


needs = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)
orders = st.lists(
    st.tuples(st.integers(0, 9), needs, st.integers(0, 3), st.booleans()), max_size=20
)
counts = st.fixed_dictionaries({sku: st.integers(0, 15) for sku in SKUS})
policies = st.sampled_from(AllocationPolicy)


def demand_of(drawn: list[tuple[int, dict[str, int], int, bool]]) -> Demand:
    found: Demand = {}
    for number, (paid, wanted, worth, hurt) in enumerate(drawn):
        for sku, quantity in wanted.items():
            one = candidate(
                str(number),
                sku,
                quantity,
                paid_at=minutes(paid),
                deadline=minutes(worth),
                value=Money(amount_minor=worth, currency="USD"),
                hurt_before=hurt,
            )
            found.setdefault(sku, []).append(one)
    return found


def units_served(result: dict[str, Allocation]) -> Counter[str]:
    return Counter(
        {sku: sum(one.quantity for one in shared.served) for sku, shared in result.items()}
    )


@given(orders.map(demand_of), counts, policies)
def test_no_sku_serves_more_than_exists(
    wanted: Demand, on_hand: dict[str, int], policy: AllocationPolicy
) -> None:
    for single_lines in (False, True):
        result = allocate_skus(wanted, on_hand, policy=policy, single_lines=single_lines)

        assert all(units <= on_hand[sku] for sku, units in units_served(result).items())


@given(orders.map(demand_of), counts, policies, st.randoms(use_true_random=False))
def test_neither_the_sequence_of_orders_nor_of_skus_matters(
    wanted: Demand, on_hand: dict[str, int], policy: AllocationPolicy, random: Any
) -> None:
    skus = list(wanted)
    random.shuffle(skus)
    shuffled = {sku: random.sample(wanted[sku], len(wanted[sku])) for sku in skus}

    assert allocate_skus(wanted, on_hand, policy=policy) == allocate_skus(
        shuffled, dict(reversed(on_hand.items())), policy=policy
    )


@given(orders.map(demand_of), counts, policies)
def test_no_order_is_served_in_part_and_none_left_short_that_the_rest_would_serve_whole(
    wanted: Demand, on_hand: dict[str, int], policy: AllocationPolicy
) -> None:
    result = allocate_skus(wanted, on_hand, policy=policy)
    needed: dict[str, Counter[str]] = {}
    for sku, candidates in wanted.items():
        for one in candidates:
            needed.setdefault(one.order_id, Counter())[sku] = one.quantity
    rest = Counter(on_hand) - units_served(result)
    for order_id, units in needed.items():
        holds = {sku for sku, ids in served(result).items() if order_id in ids}
        assert holds in (set(), set(units))
        assert holds or not units <= rest
