"""Packages: searching, shipping, and what carrier and warehouse do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from sandbox.shops import TH_AUTH_CODE, TH_SHOP_ID, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_ORDER_ID = "577000000000000123"
_PACKAGES = "/fulfillment/202309/packages"


def _seed(**other: Any) -> dict[str, Any]:
    lines = [{"sku_id": "1729500000000002101", "quantity": 2}]
    return {"orders": [{"id": _ORDER_ID, "shop_id": TH_SHOP_ID, "line_items": lines} | other]}


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app(seed=_seed()), TH_AUTH_CODE) as held:
        yield held


async def _package(shops: InProcess) -> str:
    return str((await shops.order(_ORDER_ID))["packages"][0]["id"])


async def test_shipping_moves_the_order_and_is_on_record(shops: InProcess) -> None:
    package = await _package(shops)
    slots = await shops.shop.data("GET", f"{_PACKAGES}/{package}/handover_time_slots")
    assert slots["pickup_slots"][0]["avaliable"], "misspelt on the wire"
    assert {} == await shops.shop.data("POST", f"{_PACKAGES}/{package}/ship", {})
    assert "AWAITING_COLLECTION" == (await shops.order(_ORDER_ID))["status"]
    (effect,) = (await shops.effects())["shipments"]
    assert (_ORDER_ID, package, "ships", "seller") == (
        effect["order_id"],
        effect["package_id"],
        effect["event"],
        effect["by"],
    )
    again = await shops.shop.call("POST", f"{_PACKAGES}/{package}/ship", {})
    assert Code.PACKAGE_SHIPPED == again["code"]


async def test_a_cancelled_order_cannot_be_shipped(shops: InProcess) -> None:
    package = await _package(shops)
    await shops.shop.cancel(_ORDER_ID)
    envelope = await shops.shop.call("POST", f"{_PACKAGES}/{package}/ship", {})
    assert Code.PACKAGE_CANCELLED == envelope["code"]


async def test_a_pending_request_stops_shipping_in_thailand(shops: InProcess) -> None:
    await shops.cancel(_ORDER_ID)
    path = f"{_PACKAGES}/{await _package(shops)}/ship"
    assert Code.AFTERSALE_PENDING == (await shops.shop.call("POST", path, {}))["code"]


async def test_shipping_turns_a_pending_request_down_in_the_us() -> None:
    lines = [{"sku_id": "1729500000000001101"}]
    async with in_process(create_app(seed=_seed(shop_id=US_SHOP_ID, line_items=lines))) as held:
        await held.cancel(_ORDER_ID)
        path = f"/fulfillment/202309/orders/{_ORDER_ID}/packages"
        data = await held.shop.data("POST", path, {"tracking_number": "TRACK12345"})
        order = await held.order(_ORDER_ID)
        detail = await held.shop.data("GET", f"{_PACKAGES}/{data['package_id']}")
    assert ("AWAITING_COLLECTION", False) == (order["status"], order["is_buyer_request_cancel"])
    assert "TRACK12345" == detail["tracking_number"]


async def test_the_carrier_scans_and_delivers(shops: InProcess) -> None:
    package = await _package(shops)
    await shops.shop.data("POST", f"{_PACKAGES}/{package}/ship", {})
    for event, status, sub_status in (
        ("no_show", "AWAITING_COLLECTION", "RTS"),
        ("scanned", "IN_TRANSIT", "TTS"),
        ("delivered", "DELIVERED", "DELIVERED"),
    ):
        assert {_ORDER_ID: status} == (await shops.carrier(package, event))["orders"]
        detail = await shops.shop.data("GET", f"{_PACKAGES}/{package}")
        assert sub_status == detail["package_sub_status"]
    order = await shops.order(_ORDER_ID)
    assert order["rts_time"] <= order["collection_time"] <= order["delivery_time"]
    events = [effect["event"] for effect in (await shops.effects())["shipments"]]
    assert ["ships", "no_show", "scanned", "delivered"] == events


@pytest.mark.parametrize("body", [{"package_id": "1", "event": "scanned"}, {"event": "x"}])
async def test_an_unknown_package_or_event_is_named(
    shops: InProcess, body: dict[str, str]
) -> None:
    known = {"package_id": await _package(shops)} | body
    answer = await shops.http.post("/_control/carrier", json=known)
    assert 400 == answer.status_code


async def test_a_combined_package_moves_all_its_orders() -> None:
    seed = _seed(packages=[{"id": "1152900000000000001"}], status="AWAITING_COLLECTION")
    seed["orders"].append(seed["orders"][0] | {"id": "577000000000000124"})
    async with in_process(create_app(seed=seed), TH_AUTH_CODE) as held:
        answer = await held.carrier("1152900000000000001", "scanned")
        detail = await held.shop.data("GET", f"{_PACKAGES}/1152900000000000001")
    assert {"IN_TRANSIT"} == set(answer["orders"].values())
    assert 2 == len(detail["orders"])
    assert 4 == len(detail["order_line_item_ids"])


async def test_packages_are_searched_by_status(shops: InProcess) -> None:
    body = {"package_status": "TO_FULFILL"}
    data = await shops.shop.data("POST", f"{_PACKAGES}/search", body, page_size="10")
    assert [await _package(shops)] == [package["id"] for package in data["packages"]]
    body = {"package_status": "COMPLETED"}
    assert 0 == (await shops.shop.data("POST", f"{_PACKAGES}/search", body))["total_count"]
    envelope = await shops.shop.call("GET", f"{_PACKAGES}/1")
    assert Code.FOREIGN_PACKAGE == envelope["code"]


async def test_of_a_partly_shipped_order_only_shipped_units_are_packed() -> None:
    async with in_process(
        create_app(seed=_seed(status="PARTIALLY_SHIPPING")), TH_AUTH_CODE
    ) as held:
        order = await held.order(_ORDER_ID)
        detail = await held.shop.data("GET", f"{_PACKAGES}/{order['packages'][0]['id']}")
    states = [line["display_status"] for line in order["line_items"]]
    assert ["AWAITING_COLLECTION", "AWAITING_SHIPMENT"] == states
    assert [order["line_items"][0]["id"]] == detail["order_line_item_ids"]


async def test_a_warehouse_ships_a_waiting_order_when_the_scenario_says() -> None:
    events = [{"order_id": _ORDER_ID, "at_offset_seconds": 600, "event": "ships"}]
    scenario = Scenario.parse({"events": events})
    async with in_process(create_app(seed=_seed(), scenario=scenario), TH_AUTH_CODE) as held:
        await held.advance(590)
        assert "AWAITING_SHIPMENT" == (await held.order(_ORDER_ID))["status"]
        await held.advance(11)
        assert "AWAITING_COLLECTION" == (await held.order(_ORDER_ID))["status"]
        (effect,) = (await held.effects())["shipments"]
    assert "warehouse" == effect["by"]
