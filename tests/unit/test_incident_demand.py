"""The orders of a short SKU: read into the records, changes into the ledger, once each."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.demand import DemandActivities
from domain.allocation_record import record_allocation
from domain.handout import HandOut, begin
from domain.money import Money
from domain.orders import Order, OrderLine, OrderStatus
from records.case_buyers import CaseBuyers
from records.database import Database
from records.incident_demand import IncidentDemand
from records.incident_ledgers import IncidentLedgers
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import failure, run
from tests.support.incident_shop import NOON, IncidentShop, incident, incident_shop
from tests.support.incidents import sku_id
from tiktok_shop.order_walk import OrderStep
from workflows.ports.demand import CollectOrders, OrdersCollected

pytest_plugins = ("tests.support.record_stores",)

SEARCH = "/order/202309/orders/search"
OTHER = 2
_BASE = 576_490_000_000_001_000


def _id(number: int) -> str:
    return str(_BASE + number)


@pytest.fixture
async def shop(records_db: Database, tmp_path: Path) -> AsyncIterator[IncidentShop]:
    async with incident_shop(records_db, tmp_path) as running:
        yield running


async def _order(shop: IncidentShop, number: int, units: int = 1, **fields: Any) -> str:
    lines = fields.pop("line_items", [{"sku_id": sku_id(1), "quantity": units}])
    return await shop.house.order(_id(number), line_items=lines, **fields)


def _cmd(**changes: Any) -> CollectOrders:
    given: dict[str, Any] = {
        "incident_id": incident(1),
        "key": "look:1",
        "shop_id": US_SHOP_ID,
        "sku_id": sku_id(1),
        "detected_at": NOON,
    }
    return CollectOrders(**{**given, **changes})


async def _collect(shop: IncidentShop, **changes: Any) -> OrdersCollected:
    return await run(shop.demand.collect_orders, _cmd(**changes))


async def _look(shop: IncidentShop, key: str = "look:1") -> OrdersCollected:
    return await _collect(shop, key=key, since=datetime.now(UTC) - timedelta(hours=1))


def _begin(db: Database, on_hand: int) -> None:
    """Share units out among what was collected."""
    candidates = IncidentDemand(db).candidates(incident(1))
    record = record_allocation(
        sku_id(1), on_hand={sku_id(1): on_hand}, candidates={sku_id(1): candidates[sku_id(1)]}
    )
    IncidentLedgers(db).begin(incident(1), begin(record), {})


async def test_open_orders_of_the_sku_are_read_and_no_others(
    shop: IncidentShop, records_db: Database
) -> None:
    await _order(shop, 1, 2)
    await _order(shop, 2, line_items=[{"sku_id": sku_id(OTHER), "quantity": 1}])
    await _order(shop, 3, status="IN_TRANSIT")

    seen = await _collect(shop)

    assert (1, None) == (seen.orders, seen.changed)
    ((only,),) = IncidentDemand(records_db).candidates(incident(1)).values()
    assert (_id(1), 2, False) == (only.order_id, only.quantity, only.hurt_before)


async def test_skus_counted_together_are_read_together(
    shop: IncidentShop, records_db: Database
) -> None:
    both = [{"sku_id": sku_id(n), "quantity": 1} for n in (1, OTHER)]
    await _order(shop, 1, line_items=both)
    await _order(shop, 2, line_items=both[1:])

    seen = await _collect(shop, counted_with=(sku_id(OTHER),))

    assert 1 == seen.orders
    found = IncidentDemand(records_db).candidates(incident(1))
    assert [1, 2] == [len(found[sku_id(n)]) for n in (1, OTHER)]


async def test_a_buyer_with_an_earlier_case_is_known(
    shop: IncidentShop, records_db: Database
) -> None:
    await _order(shop, 1, user_id="74900001")
    buyers = CaseBuyers(records_db)
    earlier = {"shop_id": US_SHOP_ID, "buyer_user_id": "74900001"}
    buyers.note("c1", order_id="other", at=NOON - timedelta(days=9), **earlier)

    await _collect(shop)

    ((only,),) = IncidentDemand(records_db).candidates(incident(1)).values()
    assert only.hurt_before


class _Walker:
    """A shop client that shows one page with an order in a state nobody has met."""

    async def walk_open_orders(self, **_asked: Any) -> AsyncIterator[OrderStep]:
        order = Order(
            order_id=_id(1),
            status=OrderStatus.UNKNOWN,
            created_at=NOON,
            total=Money(amount_minor=1, currency="USD"),
            lines=(
                OrderLine(
                    line_id="1", sku_id=sku_id(1), price=Money(amount_minor=1, currency="USD")
                ),
            ),
        )
        yield OrderStep(orders=(order,), cursor=None)


async def test_an_order_in_an_unknown_state_is_named_and_does_not_compete(
    records_db: Database,
) -> None:
    walker: Any = _Walker()

    seen = await run(DemandActivities(walker, records_db).collect_orders, _cmd())

    assert (0, (_id(1),)) == (seen.orders, seen.unclear)
    assert {} == IncidentDemand(records_db).candidates(incident(1))


async def test_a_look_changes_the_ledger_and_the_same_look_again_nothing(
    shop: IncidentShop, records_db: Database
) -> None:
    for number in (1, 2, 3):
        await _order(shop, number, paid_time=f"-{100 - number}")
    await _collect(shop)
    _begin(records_db, 1)
    await shop.house.shops.put_orders({"id": _id(1), "status": "CANCELLED"})
    await _order(shop, 4)

    first = await _look(shop)
    again = await _look(shop)

    assert first.changed
    assert (1, 0) == (first.changed.served, first.changed.short)
    assert again.changed
    assert first.changed.figures == again.changed.figures
    assert (1, 1, 2) == (
        again.changed.figures.served,
        again.changed.figures.left,
        again.changed.figures.short,
    )
    later = await _look(shop, key="look:2")
    assert later.changed
    assert 0 == later.changed.served, "what was seen before is no news"


async def test_a_reading_that_broke_off_goes_on_after_its_last_page(
    shop: IncidentShop,
) -> None:
    for number in range(1, 4):
        await _order(shop, number)
    heard: list[Any] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = heard.append
    first = await environment.run(shop.demand.collect_orders, _cmd())
    assert 3 == first.orders
    assert 3 == len(heard), "one page for each open state"
    calls = len(await shop.house.shops.calls(SEARCH))

    second = ActivityEnvironment()
    info = second.info
    second.info = type(info)(**{**vars(info), "heartbeat_details": [heard[1]]})
    resumed = await second.run(shop.demand.collect_orders, _cmd())

    assert 3 == resumed.orders
    assert calls + 1 == len(await shop.house.shops.calls(SEARCH)), "only what was left"


async def test_a_shop_that_does_not_answer_is_asked_again_by_the_server(
    shop: IncidentShop,
) -> None:
    await shop.house.shops.fault("error", SEARCH, times=1)

    error = await failure(shop.demand.collect_orders, _cmd())

    assert not error.non_retryable


async def test_a_look_before_anything_was_shared_out_is_a_fault_of_ours(
    shop: IncidentShop, records_db: Database
) -> None:
    await _order(shop, 1)

    with pytest.raises(Exception, match="ledger of incident"):
        await _look(shop)
    IncidentLedgers(records_db).begin(incident(1), HandOut(on_hand=0), {})
    seen = await _look(shop)

    assert seen.changed
    assert 1 == seen.changed.figures.short
