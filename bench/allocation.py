"""`python -m bench.allocation`: how long it takes to say who gets the limited stock.

Pure computation on one core: no server, no shop, no files.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bench.targets import Target, at_most, target_lines
from domain.allocation import Allocation, AllocationPolicy, allocate_skus
from domain.allocation_record import record_allocation
from domain.candidates import Candidate, candidate_from_order
from domain.money import Money
from domain.orders import Order, OrderLine, OrderStatus

ORDERS = 10_000
SKUS = ("1729000000000000901", "1729000000000000902", "1729000000000000903")
TARGET_SECONDS = 1.0
"""For allocating so many orders of three lines each."""
_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_ZONE = "America/Los_Angeles"
_REPEATS = 3
_BESIDE = "(not part of it)"
_Demand = dict[str, list[Candidate]]


def _order(number: int, skus: tuple[str, ...]) -> Order:
    paid = _NOON + timedelta(seconds=number * 7919 % ORDERS)
    lines = tuple(
        OrderLine(
            line_id=f"{number}{place}",
            sku_id=sku,
            price=Money(amount_minor=1900, currency="USD"),
            status=OrderStatus.AWAITING_SHIPMENT,
        )
        for place, sku in enumerate(skus)
    )
    return Order(
        order_id=f"57650000000{number:07}",
        status=OrderStatus.AWAITING_SHIPMENT,
        created_at=paid,
        paid_at=paid,
        total=Money(amount_minor=1900 * len(skus) + number % 100, currency="USD"),
        lines=lines,
    )


def _demand(orders: list[Order]) -> _Demand:
    held = {sku: [candidate_from_order(order, sku=sku) for order in orders] for sku in SKUS}
    found = {sku: [one for one in each if one is not None] for sku, each in held.items()}
    return {sku: candidates for sku, candidates in found.items() if candidates}


def _share(demand: _Demand, policy: AllocationPolicy, **how: bool) -> dict[str, Allocation]:
    wanted = {sku: sum(one.quantity for one in each) for sku, each in demand.items()}
    on_hand = {sku: units // 2 for sku, units in wanted.items()}
    return allocate_skus(demand, on_hand, policy=policy, zone=ZoneInfo(_ZONE), **how)


def _record(demand: _Demand) -> None:
    sku = SKUS[0]
    record_allocation(
        sku, on_hand=dict.fromkeys(demand, ORDERS // 2), candidates=demand, zone=_ZONE
    )


def _seconds(act: Callable[[], object]) -> float:
    """Return the processor time of the best of a few runs; company on the machine does not count.

    It computes in one thread and waits for nothing, so that is the time it takes when alone.
    """
    taken = []
    for _ in range(_REPEATS):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return min(taken)


def measure() -> dict[str, float]:
    """Return seconds per task; half of the units asked for are on hand."""
    orders = [_order(number, SKUS) for number in range(ORDERS)]
    apart = _demand(orders)
    alike = _demand([_order(number, SKUS[:1] * 3) for number in range(ORDERS)])
    tasks: dict[str, Callable[[], object]] = {
        "three units of one SKU, paid_first": partial(_share, alike, AllocationPolicy.PAID_FIRST)
    }
    for policy in AllocationPolicy:
        tasks[f"three SKUs, {policy}"] = partial(_share, apart, policy)
    tasks |= {
        "three SKUs, each decided alone": partial(
            _share, apart, AllocationPolicy.PAID_FIRST, single_lines=True
        ),
        f"with record and digest {_BESIDE}": partial(_record, apart),
        f"reading the orders {_BESIDE}": partial(_demand, orders),
    }
    return {name: _seconds(task) for name, task in tasks.items()}


def targets(found: dict[str, float]) -> tuple[Target, ...]:
    """Return what the slowest allocation has to reach."""
    slowest = max(seconds for name, seconds in found.items() if _BESIDE not in name)
    return (at_most(f"seconds to allocate {ORDERS:,} orders", TARGET_SECONDS, slowest),)


def table(found: dict[str, float]) -> str:
    """Return the figures for people."""
    head = f"{ORDERS:,} orders of 3 lines; best of {_REPEATS} runs"
    return "\n".join([head, *(f"  {name:<42}{seconds:6.2f} s" for name, seconds in found.items())])


def main() -> int:
    """Measure and print; exit status 1 if the target is missed."""
    found = measure()
    kept = targets(found)
    sys.stdout.write("\n".join([table(found), "", *target_lines(kept)]) + "\n")
    return 0 if all(target.met for target in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
