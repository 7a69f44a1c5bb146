"""Orders: seeds, search, paging, details, and the controls over them."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code, ControlError
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_SEARCH = "/order/202309/orders/search"
_SKU = "1729500000000001101"


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app()) as held:
        yield held


def _order(number: int, **other: Any) -> dict[str, Any]:
    lines = [{"sku_id": _SKU, "quantity": 1}]
    frame = {"id": f"57700000000{number:07d}", "shop_id": US_SHOP_ID, "line_items": lines}
    return frame | other


async def _pages(shops: InProcess, body: dict[str, Any], size: int) -> list[dict[str, Any]]:
    token, found, tokens = "", list[dict[str, Any]](), set[str]()
    while True:
        query = {"page_size": str(size)} | ({"page_token": token} if token else {})
        data = await shops.shop.data("POST", _SEARCH, body, **query)
        found += data["orders"]
        token = data["next_page_token"]
        if not token:
            assert len(found) == data["total_count"]
            return found
        assert token not in tokens
        assert {"+", "/", "="} <= set(token), "real tokens need percent-encoding"
        tokens.add(token)


async def test_paging_meets_every_order_once() -> None:
    seed = {"orders": [_order(number) for number in range(200)]}
    async with in_process(create_app(seed=seed)) as held:
        found = await _pages(held, {}, 33)
    assert {order["id"] for order in seed["orders"]} == {order["id"] for order in found}
    assert 200 == len(found)


@pytest.mark.parametrize("size", ["0", "101", "x"])
async def test_page_sizes_outside_the_platforms_range_are_refused(
    shops: InProcess, size: str
) -> None:
    assert Code.BAD_PARAMETER == (await shops.shop.call("POST", _SEARCH, page_size=size))["code"]


async def test_the_page_size_is_required_and_a_made_up_token_refused(shops: InProcess) -> None:
    assert Code.GATEWAY == (await shops.shop.call("POST", _SEARCH))["code"]
    for token in ("MTA=", "!", "+/9h"):
        envelope = await shops.shop.call("POST", _SEARCH, page_size="1", page_token=token)
        assert Code.BAD_PARAMETER == envelope["code"]


async def test_search_filters_by_status_buyer_and_pending_request(shops: InProcess) -> None:
    orders = await shops.orders(US_SHOP_ID)
    buyer = orders[0]["user_id"]
    for body in (
        {"order_status": "ON_HOLD"},
        {"buyer_user_id": buyer},
        {"is_buyer_request_cancel": True},
    ):
        name, value = next(iter(body.items()))
        field = {"order_status": "status", "buyer_user_id": "user_id"}.get(name, name)
        expected = {order["id"] for order in orders if order[field] == value}
        found = await _pages(shops, body, 10)
        assert expected == {order["id"] for order in found}
        assert expected


async def test_time_windows_include_the_start_and_exclude_the_end() -> None:
    seed = {"orders": [_order(number, create_time=1000 + number) for number in range(5)]}
    async with in_process(create_app(seed=seed)) as held:
        body = {"create_time_ge": 1001, "create_time_lt": 1003}
        found = await _pages(held, body, 10)
    assert [1002, 1001] == [order["create_time"] for order in found], "newest first by default"


async def test_the_answer_hides_what_only_the_controls_show(shops: InProcess) -> None:
    order = (await shops.shop.data("POST", _SEARCH, page_size="1"))["orders"][0]
    assert not {"shop_id", "plain", "hold_until"} & set(order)


@pytest.mark.parametrize("version", ["202309", "202507"])
async def test_details_name_only_orders_of_the_called_shop(shops: InProcess, version: str) -> None:
    mine = (await shops.orders(US_SHOP_ID))[0]["id"]
    other = (await shops.orders(TH_SHOP_ID))[0]["id"]
    path = f"/order/{version}/orders"
    data = await shops.shop.data("GET", path, ids=f"{mine},{other},1")
    assert [mine] == [order["id"] for order in data["orders"]]


async def test_details_take_at_most_fifty_ids(shops: InProcess) -> None:
    for ids in ("", ",".join(str(number) for number in range(51))):
        envelope = await shops.shop.call("GET", "/order/202309/orders", ids=ids)
        assert Code.BAD_PARAMETER == envelope["code"]


async def test_the_price_detail_adds_up(shops: InProcess) -> None:
    order = (await shops.orders(US_SHOP_ID))[0]
    data = await shops.shop.data("GET", f"/order/202407/orders/{order['id']}/price_detail")
    assert order["payment"]["total_amount"] == data["total"]
    assert len(order["line_items"]) == len(data["line_items"])


async def test_the_default_shops_hold_sixty_orders_and_twelve_plain_ones(
    shops: InProcess,
) -> None:
    orders = await shops.orders()
    plain = [order for order in orders if order["plain"] and order["shop_id"] == US_SHOP_ID]
    assert len(orders) >= 60
    assert len(plain) >= 12
    assert len(plain) == len({order["user_id"] for order in plain})
    assert all(len(order["id"]) in {18, 19} for order in orders)
    assert len(orders) == len({order["id"][-6:] for order in orders})
    assert len({order["status"] for order in orders}) == 9
    for order in plain:
        assert "AWAITING_SHIPMENT" == order["status"]
        assert order["paid_time"]
        assert order["shipping_due_time"] >= time.time() + 48 * 3600


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ON_HOLD"},
        {"is_cod": True},
        {"is_buyer_request_cancel": True},
        {"shipping_due_time": "+3600"},
        {"is_sample_order": True},
        {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"},
    ],
)
async def test_an_order_with_an_oddity_is_not_plain(change: dict[str, Any]) -> None:
    async with in_process(create_app(seed={"orders": [_order(1, plain=True, **change)]})) as held:
        assert not (await held.orders())[0]["plain"]


async def test_two_orders_of_one_buyer_are_not_plain() -> None:
    seed = {"orders": [_order(1, user_id="7"), _order(2, user_id="7"), _order(3)]}
    async with in_process(create_app(seed=seed)) as held:
        assert [False, False, True] == [order["plain"] for order in await held.orders()]


async def test_one_line_item_stands_for_each_unit() -> None:
    lines = [{"sku_id": _SKU, "quantity": 3}]
    async with in_process(create_app(seed={"orders": [_order(1, line_items=lines)]})) as held:
        order = (await held.orders())[0]
    assert 3 == len({line["id"] for line in order["line_items"]})
    assert not any("quantity" in line for line in order["line_items"])
    assert "149.70" == order["payment"]["total_amount"]


async def test_a_deadline_given_as_null_stays_absent_and_one_not_given_is_filled() -> None:
    seed = {"orders": [_order(1, shipping_due_time=None)]}
    async with in_process(create_app(seed=seed)) as held:
        order = (await held.orders())[0]
    assert "shipping_due_time" not in order
    assert order["rts_sla_time"] > order["paid_time"]


@pytest.mark.parametrize(
    ("seed", "named"),
    [
        ({"orders": [_order(1, shop_id="9")]}, "shop_id"),
        ({"orders": [_order(1, status="LOST")]}, "LOST"),
        ({"orders": [_order(1, line_items=[])]}, "line_items"),
        ({"orders": [_order(1, line_items=[{"sku_id": "nope"}])]}, "nope"),
        ({"shops": [{"shop_id": "1", "region": "US", "cipher": "c"}]}, "auth_code"),
    ],
)
def test_a_seed_that_does_not_hold_together_is_named(seed: dict[str, Any], named: str) -> None:
    with pytest.raises(ControlError, match=named):
        create_app(seed=seed)


async def test_an_order_can_be_added_and_changed(shops: InProcess) -> None:
    (added,) = await shops.put_orders(_order(1, status="AWAITING_SHIPMENT"))
    (changed,) = await shops.put_orders({"id": added["id"], "status": "IN_TRANSIT"})
    assert "IN_TRANSIT" == changed["status"]
    assert {"IN_TRANSIT"} == {line["display_status"] for line in changed["line_items"]}
    assert changed["collection_time"]


@pytest.mark.parametrize("change", [{"status": "LOST"}, {"shop_id": TH_SHOP_ID}, {"user_id": "1"}])
async def test_a_change_that_makes_no_sense_is_refused(
    shops: InProcess, change: dict[str, str]
) -> None:
    order = (await shops.orders(US_SHOP_ID))[0]
    body = {"orders": [{"id": order["id"], **change}]}
    answer = await shops.http.post("/_control/orders", json=body)
    assert 400 == answer.status_code
    assert answer.json()["error"]
    assert order == await shops.order(order["id"])


async def test_an_us_order_gets_its_package_when_it_ships_and_a_thai_one_when_paid(
    shops: InProcess,
) -> None:
    waiting = [o for o in await shops.orders() if o["status"] == "AWAITING_SHIPMENT"]
    collecting = [o for o in await shops.orders() if o["status"] == "AWAITING_COLLECTION"]
    assert not any(o["packages"] for o in waiting if o["shop_id"] == US_SHOP_ID)
    assert all(o["packages"] for o in waiting if o["shop_id"] == TH_SHOP_ID)
    assert all(o["packages"] for o in collecting)


@pytest.mark.parametrize(
    ("shop_id", "order_type", "handling", "days"),
    [
        (US_SHOP_ID, "PRE_ORDER", None, 14 + 8),
        (US_SHOP_ID, "BACK_ORDER", None, 14 + 7),
        (US_SHOP_ID, "BACK_ORDER", {"days": "15", "type": "BUSINESS_DAY"}, 21 + 7),
        (US_SHOP_ID, "MADE_TO_ORDER", {"days": "3", "type": "BUSINESS_DAY"}, 5 + 7),
        (TH_SHOP_ID, "PRE_ORDER", {"days": "20", "type": "CALENDAR_DAY"}, 22),
        (US_SHOP_ID, "NORMAL", None, 10),
    ],
)
async def test_orders_that_take_longer_have_later_clocks(
    shop_id: str, order_type: str, handling: Any, days: int
) -> None:
    given = {"order_type": order_type} | ({"handling_duration": handling} if handling else {})
    lines = [{"sku_id": _SKU, "sale_price": "5.00"}]
    order = _order(1, shop_id=shop_id, line_items=lines, create_time=1_800_000_000, **given)
    async with in_process(create_app(seed={"orders": [order]})) as held:
        (kept,) = await held.orders()
    assert 1_800_000_000 + days * 86_400 == kept["shipping_due_time"]
    assert kept["rts_sla_time"] < kept["shipping_due_time"] < kept["collection_due_time"]
    assert ("handling_duration" in kept) is (order_type != "NORMAL")
    assert ("release_date" in kept) is (order_type == "PRE_ORDER")
    assert not kept["plain"] or order_type == "NORMAL"


async def test_a_pre_order_on_hold_is_released_on_its_day(shops: InProcess) -> None:
    (order,) = await shops.put_orders(_order(1, order_type="PRE_ORDER", status="ON_HOLD"))
    await shops.advance(13 * 86_400)
    assert "ON_HOLD" == (await shops.order(order["id"]))["status"]
    await shops.advance(2 * 86_400)
    assert "AWAITING_SHIPMENT" == (await shops.order(order["id"]))["status"]


async def test_the_default_shops_have_orders_that_can_wait_a_fortnight(shops: InProcess) -> None:
    for shop_id in (US_SHOP_ID, TH_SHOP_ID):
        later = [o for o in await shops.orders(shop_id) if o["order_type"] != "NORMAL"]
        far = [o for o in later if o["shipping_due_time"] >= time.time() + 15 * 86_400]
        assert len(far) >= 3
        assert {"AWAITING_SHIPMENT"} == {order["status"] for order in later}


async def test_a_shipped_order_shows_when_it_was_shipped_and_collected(shops: InProcess) -> None:
    (order,) = await shops.put_orders(_order(1, status="IN_TRANSIT", create_time="-9000"))
    assert order["create_time"] == order["rts_time"] == order["collection_time"]
