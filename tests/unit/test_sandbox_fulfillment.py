"""Packages: searching, shipping, and what carrier and warehouse do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.default_orders import TH_PARCEL, US_PARCEL
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


async def _ship(shops: InProcess, package: str, slot: Any = None, **other: Any) -> Any:
    body = {"handover_method": "PICKUP", "pickup_slot": slot} if slot else {}
    return await shops.shop.call("POST", f"{_PACKAGES}/{package}/ship", body | other)


async def _slots(shops: InProcess, package: str) -> list[dict[str, Any]]:
    data = await shops.shop.data("GET", f"{_PACKAGES}/{package}/handover_time_slots")
    return [
        {"start_time": slot["start_time"], "end_time": slot["end_time"]}
        for slot in data["pickup_slots"]
    ]


async def _detail(shops: InProcess, package: str) -> Any:
    return await shops.shop.data("GET", f"{_PACKAGES}/{package}")


async def _tracking(shops: InProcess) -> list[Any]:
    data = await shops.shop.data("GET", f"/fulfillment/202309/orders/{_ORDER_ID}/tracking")
    return list(data["tracking"])


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


async def test_slots_are_windows_of_four_hours_and_the_last_is_full(shops: InProcess) -> None:
    package = await _package(shops)
    data = await shops.shop.data("GET", f"{_PACKAGES}/{package}/handover_time_slots")
    slots = data["pickup_slots"]
    assert [True] * 6 + [False] == [slot["avaliable"] for slot in slots]
    assert {4 * 3600} == {slot["end_time"] - slot["start_time"] for slot in slots}
    assert all(slot["start_time"] % (4 * 3600) == 0 for slot in slots)


async def test_a_pickup_is_booked_for_a_slot_and_the_detail_shows_it(shops: InProcess) -> None:
    package = await _package(shops)
    before = await _detail(shops, package)
    assert ("", None) == (before["handover_method"], before.get("pickup_slot"))
    slot = (await _slots(shops, package))[2]
    assert 0 == (await _ship(shops, package, slot))["code"]
    after = await _detail(shops, package)
    assert ("PICKUP", slot) == (after["handover_method"], after["pickup_slot"])
    (effect,) = (await shops.effects())["shipments"]
    assert slot == effect["pickup_slot"]


@pytest.mark.parametrize("number", [None, 6])
async def test_a_slot_that_is_full_or_not_offered_is_refused(
    shops: InProcess, number: int | None
) -> None:
    package = await _package(shops)
    offered = await _slots(shops, package)
    slot = {"start_time": 5, "end_time": 6} if number is None else offered[number]
    assert Code.SLOT_OUTSIDE == (await _ship(shops, package, slot))["code"]
    assert "AWAITING_SHIPMENT" == (await shops.order(_ORDER_ID))["status"]


async def test_a_slot_that_has_begun_is_no_longer_offered(shops: InProcess) -> None:
    package = await _package(shops)
    slot = (await _slots(shops, package))[0]
    await shops.advance(4 * 3600)
    assert slot not in await _slots(shops, package)
    assert Code.SLOT_OUTSIDE == (await _ship(shops, package, slot))["code"]


async def test_a_pickup_in_the_us_needs_a_slot_and_a_drop_off_none() -> None:
    lines = [{"sku_id": "1729500000000001101", "quantity": 2}]
    seed = _seed(shop_id=US_SHOP_ID, line_items=lines, status="PARTIALLY_SHIPPING")
    async with in_process(create_app(seed=seed)) as held:
        package = await _package(held)
        assert Code.SLOT_MISSING == (await _ship(held, package))["code"]
        dropped = await _ship(held, package, handover_method="DROP_OFF")
        detail = await _detail(held, package)
    assert 0 == dropped["code"]
    assert ("DROP_OFF", {}) == (detail["handover_method"], detail["pickup_slot"])


async def test_a_missed_pickup_is_booked_again_for_another_slot(shops: InProcess) -> None:
    package = await _package(shops)
    first = (await _slots(shops, package))[0]
    await _ship(shops, package, first)
    assert not (await shops.package(package))["late"]
    await shops.advance(9 * 3600)
    assert (await shops.package(package))["late"], "the slot passed without a scan"
    second = (await _slots(shops, package))[0]
    assert 0 == (await _ship(shops, package, second))["code"]
    assert second == (await _detail(shops, package))["pickup_slot"]
    assert not (await shops.package(package))["late"]
    assert Code.PACKAGE_SHIPPED == (await _ship(shops, package, second))["code"], "booked already"
    events = [effect["event"] for effect in (await shops.effects())["shipments"]]
    assert ["ships", "rebooked"] == events
    await shops.carrier(package, "scanned")
    third = (await _slots(shops, package))[1]
    assert Code.PACKAGE_SHIPPED == (await _ship(shops, package, third))["code"]


async def test_a_platform_that_takes_no_second_slot_says_shipped() -> None:
    scenario = Scenario(allow_rebooking=False)
    async with in_process(create_app(seed=_seed(), scenario=scenario), TH_AUTH_CODE) as held:
        package = await _package(held)
        first, second, *_ = await _slots(held, package)
        await _ship(held, package, first)
        assert Code.PACKAGE_SHIPPED == (await _ship(held, package, second))["code"]
        assert first == (await _detail(held, package))["pickup_slot"]


async def test_who_ships_without_a_slot_is_given_the_next_one(shops: InProcess) -> None:
    package = await _package(shops)
    slot = (await _slots(shops, package))[0]
    await shops.carrier(package, "ships")
    assert slot == (await _detail(shops, package))["pickup_slot"]


async def test_a_driver_who_does_not_come_changes_nothing_but_is_on_record(
    shops: InProcess,
) -> None:
    package = await _package(shops)
    await _ship(shops, package)
    before = (await _detail(shops, package), await shops.order(_ORDER_ID), await _tracking(shops))
    await shops.advance(5 * 3600)
    await shops.carrier(package, "no_show")
    after = (await _detail(shops, package), await shops.order(_ORDER_ID), await _tracking(shops))
    assert before == after
    effect = (await shops.effects())["shipments"][-1]
    assert ("no_show", "carrier") == (effect["event"], effect["by"])
    assert before[0]["pickup_slot"] == effect["pickup_slot"]


async def test_tracking_shows_a_late_scan_at_its_own_time(shops: InProcess) -> None:
    package = await _package(shops)
    assert [] == await _tracking(shops)
    await _ship(shops, package)
    await shops.advance(30 * 3600)
    await shops.carrier(package, "scanned")
    collected, arranged = await _tracking(shops)
    order = await shops.order(_ORDER_ID)
    assert order["collection_time"] * 1000 == collected["update_time_millis"]
    assert "collected" in collected["description"]
    late = collected["update_time_millis"] - arranged["update_time_millis"]
    assert 30 * 3_600_000 == pytest.approx(late, abs=5000)
    await shops.carrier(package, "delivered")
    assert 3 == len(await _tracking(shops))
    envelope = await shops.shop.call("GET", "/fulfillment/202309/orders/1/tracking")
    assert Code.FOREIGN_ORDER == envelope["code"]


async def test_a_parcel_can_be_given_with_its_slot_and_carrier_and_changed() -> None:
    parcel: dict[str, Any] = {
        "id": "1152900000000000001",
        "shipping_provider_name": "Slow Express",
        "pickup_slot": {"start_time": "-7200", "end_time": "-3600"},
    }
    seed = _seed(packages=[parcel], status="AWAITING_COLLECTION")
    async with in_process(create_app(seed=seed), TH_AUTH_CODE) as held:
        package = await held.package(parcel["id"])
        assert (True, "Slow Express") == (package["late"], package["shipping_provider_name"])
        assert [{"id": parcel["id"]}] == (await held.order(_ORDER_ID))["packages"]
        later = {"start_time": "+3600", "end_time": "+7200"}
        reason = {"ship_exception_reason": "NO_ROOM", "pickup_slot": later}
        await held.put_orders({"id": _ORDER_ID, "packages": [{"id": parcel["id"], **reason}]})
        detail = await _detail(held, parcel["id"])
        assert "NO_ROOM" == detail["ship_exception_reason"]
        assert not (await held.package(parcel["id"]))["late"]
        for wrong in ({"id": "5"}, {"id": parcel["id"], "colour": "red"}):
            body = {"orders": [{"id": _ORDER_ID, "packages": [wrong]}]}
            assert 400 == (await held.http.post("/_control/orders", json=body)).status_code


async def test_the_default_shops_have_missed_pickups_one_of_a_combined_parcel() -> None:
    async with in_process(create_app()) as held:
        for shop_id, parcel in ((US_SHOP_ID, US_PARCEL), (TH_SHOP_ID, TH_PARCEL)):
            packages = await held.packages(shop_id)
            late = [package for package in packages if package["late"]]
            assert len(late) >= 5
            assert parcel in {package["id"] for package in late}
            assert 2 == len((await held.package(parcel))["orders"])
            waiting = [p for p in packages if p["status"] == "PROCESSING" and not p["late"]]
            assert any(p.get("pickup_slot") for p in waiting), "one is still to come"
        listed = await held.shop.data("POST", f"{_PACKAGES}/search", {}, page_size="50")
        assert not {"late", "pickup_slot", "shop_id"} & set(listed["packages"][0])
