"""A shortage finds every open order of its SKU, whatever moves meanwhile and wherever it stops."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.orders import OrderStatus
from tests.support.shop_gateway import SHOP, SeenCall, ShopGateway, client_of, ok, refused
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import RateLimitedError, ShopUnavailableError
from tiktok_shop.order_walk import OPEN_STATUSES, OrderCursor, OrderStep
from tiktok_shop.orders import OrderSort

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
T0 = int(START.timestamp())


def _order(number: int, at: int, *, sku: str = "1", status: str = "AWAITING_SHIPMENT") -> Any:
    return {
        "id": str(1000 + number),
        "status": status,
        "create_time": T0 + at,
        "update_time": T0 + at,
        "payment": {"currency": "USD", "total_amount": "5.00"},
        "line_items": [
            {"id": f"{number}1", "sku_id": sku, "sale_price": "5.00", "display_status": status}
        ],
    }


@dataclass
class Listing:
    """Orders behind a search that sorts, filters and pages by number, as the platform may."""

    orders: list[Any]
    size: int = 2
    steady: bool = True
    """False: the answer is not sorted by time."""
    searches: list[SeenCall] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    """Deeds done one after each search."""

    def __call__(self, call: SeenCall) -> httpx.Response:
        """Answer one search."""
        self.searches.append(call)
        body = call.body if call.raw_body else {}
        rows = [row for row in self.orders if self._fits(row, body)]
        name = call.query.get("sort_field", "create_time")
        if self.steady:
            rows.sort(key=lambda row: (row[name], row["id"]), reverse=True)
        start = int(call.query.get("page_token", 0))
        size = min(self.size, int(call.query["page_size"]))
        token = str(start + size) if start + size < len(rows) else ""
        answer = ok({"orders": rows[start : start + size], "next_page_token": token})
        if self.after:
            self.after.pop(0)()
        return answer

    def _fits(self, row: Any, body: Any) -> bool:
        status = body.get("order_status")
        return (status is None or row["status"] == status) and all(
            body.get(f"{name}_ge", 0) <= row[name] < body.get(f"{name}_lt", 2**62)
            for name in ("create_time", "update_time")
        )

    def client(self) -> ShopClient:
        """Return a client whose searches end here."""
        return client_of(ShopGateway([self]))


async def _open(listing: Listing, **more: Any) -> list[OrderStep]:
    return [step async for step in listing.client().walk_open_orders(shop_id=SHOP, **more)]


async def _collect(walk: AsyncIterator[OrderStep], steps: list[OrderStep]) -> None:
    async for step in walk:
        steps.append(step)  # noqa: PERF401  # what came before the failure is what counts


def _ids(steps: list[OrderStep]) -> list[str]:
    return [order.order_id for step in steps for order in step.orders]


async def test_every_open_state_is_walked_and_only_orders_of_the_sku_are_told() -> None:
    states = ["ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "IN_TRANSIT", "UNPAID"]
    listing = Listing([_order(n, n, status=states[n % 5]) for n in range(10)])
    listing.orders.append(_order(50, 50, sku="2"))
    steps = await _open(listing, sku_ids=["1"])
    assert _ids(steps) == ["1005", "1000", "1006", "1001", "1007", "1002"]
    assert steps[-1].cursor is None
    assert [call.body["order_status"] for call in listing.searches[:1]] == [OPEN_STATUSES[0]]


async def test_an_order_whose_unit_is_cancelled_is_not_one_of_the_sku() -> None:
    order = _order(1, 1)
    order["line_items"][0]["display_status"] = "CANCELLED"
    assert _ids(await _open(Listing([order]), sku_ids=["1"])) == []
    assert _ids(await _open(Listing([order]))) == ["1001"], "without SKUs every order is told"


async def test_the_walk_keeps_to_orders_created_since() -> None:
    listing = Listing([_order(n, n) for n in range(6)])
    since = START + timedelta(seconds=4)
    assert _ids(await _open(listing, created_from=since)) == ["1005", "1004"]


async def test_an_order_that_leaves_in_the_middle_hides_no_other() -> None:
    """Counted off in pages, 1002 would slip to the page that was read already."""
    listing = Listing([_order(n, n) for n in range(6)])
    gone = listing.orders[5]
    listing.after = [lambda: None, lambda: gone.update(status="CANCELLED")]
    steps = await _open(listing, statuses=[OrderStatus.AWAITING_SHIPMENT])
    assert _ids(steps) == ["1005", "1004", "1003", "1002", "1001", "1000"]


async def test_more_orders_in_one_second_than_a_page_holds_are_all_told() -> None:
    listing = Listing([_order(n, 7) for n in range(9)] + [_order(20, 3)])
    steps = await _open(listing, statuses=[OrderStatus.AWAITING_SHIPMENT])
    assert sorted(_ids(steps)) == sorted(row["id"] for row in listing.orders)


async def test_an_answer_out_of_order_is_walked_by_page_tokens() -> None:
    listing = Listing([_order(n, n % 3) for n in range(7)], steady=False)
    steps = await _open(listing, statuses=[OrderStatus.AWAITING_SHIPMENT])
    assert sorted(_ids(steps)) == sorted(row["id"] for row in listing.orders)


async def test_a_page_token_that_comes_twice_ends_the_walk_with_an_error() -> None:
    page = ok({"orders": [_order(1, 1), _order(2, 9)], "next_page_token": "again"})
    walk = client_of(ShopGateway([page])).walk_open_orders(shop_id=SHOP)
    with pytest.raises(ShopUnavailableError, match="came twice"):
        [step async for step in walk]


async def test_changes_are_told_in_any_state_latest_first() -> None:
    listing = Listing([_order(n, n, status="CANCELLED") for n in range(5)])
    listing.orders[0]["update_time"] = T0 + 90
    walk = listing.client().walk_changed_orders(
        shop_id=SHOP, since=START + timedelta(seconds=3), sku_ids=["1"]
    )
    assert _ids([step async for step in walk]) == ["1000", "1004", "1003"]
    assert "order_status" not in listing.searches[0].body
    assert listing.searches[0].query["sort_field"] == OrderSort.UPDATED


async def test_a_walk_goes_on_from_its_last_cursor_after_a_failure() -> None:
    listing = Listing([_order(n, n) for n in range(6)])
    gateway = ShopGateway([listing, listing, refused(36009002, status=429), listing])
    shop = client_of(gateway)
    steps: list[OrderStep] = []
    with pytest.raises(RateLimitedError):
        await _collect(shop.walk_open_orders(shop_id=SHOP), steps)
    cursor = steps[-1].cursor
    assert cursor is not None
    kept = OrderCursor.model_validate_json(cursor.model_dump_json())
    rest = [step async for step in shop.walk_open_orders(shop_id=SHOP, cursor=kept)]
    assert set(_ids(steps + rest)) == {row["id"] for row in listing.orders}
    assert len(json.dumps(kept.model_dump(mode="json"))) < 200


@settings(max_examples=40)
@given(
    seconds=st.lists(st.integers(0, 9), min_size=1, max_size=8, unique=True),
    size=st.integers(3, 5),
    stop=st.integers(0, 8),
    leavers=st.lists(st.integers(0, 24), max_size=5),
)
async def test_walk_and_poll_together_miss_nothing(
    seconds: list[int], size: int, stop: int, leavers: list[int]
) -> None:
    """Stopped anywhere and resumed, while orders leave their state between any two pages."""
    orders = [_order(number, at) for number, at in enumerate(seconds * 2)]
    listing = Listing(orders, size=size)

    def leave(number: int) -> None:
        orders[number % len(orders)] |= {"status": "IN_TRANSIT", "update_time": T0 + 100}

    listing.after = [lambda n=n: leave(n) for n in leavers]
    shop, found = listing.client(), set[str]()
    walked = [step async for step in shop.walk_open_orders(shop_id=SHOP)][: stop + 1]
    found |= set(_ids(walked))
    cursor = walked[-1].cursor
    if cursor is not None:
        rest = shop.walk_open_orders(shop_id=SHOP, cursor=cursor)
        found |= set(_ids([step async for step in rest]))
    polled = shop.walk_changed_orders(shop_id=SHOP, since=START + timedelta(seconds=100))
    found |= set(_ids([step async for step in polled]))
    assert found == {row["id"] for row in listing.orders}
