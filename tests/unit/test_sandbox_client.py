"""The shop's and the ads' client meet the sandbox: two readings of one protocol agree."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from domain.orders import OrderStatus
from sandbox.ads import ADS_TOKEN, US_ADVERTISER_ID
from sandbox.app import create_app
from sandbox.default_orders import US_PARCEL
from sandbox.scenario import Scenario
from sandbox.shops import APP_KEY, APP_SECRET, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process
from tests.support.shop_gateway import MemoryTokens, pair
from tiktok_shop.client import ShopClient
from tiktok_shop.credentials import AppCredentials
from tiktok_shop.errors import (
    NotFoundError,
    PartialFailureError,
    ShopUnavailableError,
    StateForbidsError,
)
from tiktok_shop.fulfillment import PackageStatus
from tiktok_shop.marketing import AdLevel, AdOperation, AdState, MarketingClient
from tiktok_shop.token_host import TokenHost
from tiktok_shop.tokens import TokenKeeper

_SKU, _MUG = "1729500000000001101", "1729500000000001301"
_MUGS = "1729500000000000103"
_W1, _W2 = "7300000000000000001", "7300000000000000002"
_CAMPAIGN, _GROUP = "1770000000000000101", "1780000000000001101"


@dataclass
class _House:
    """A sandbox and both clients."""

    sandbox: InProcess
    shop: ShopClient
    ads: MarketingClient


@contextlib.asynccontextmanager
async def _house(seed: Any = None, **scenario: Any) -> AsyncIterator[_House]:
    rules = Scenario.parse({"rate_limit_per_second": 0, "ads_per_second": 0} | scenario)
    async with in_process(create_app(seed=seed, scenario=rules)) as held:
        transport = httpx.ASGITransport(held.sandbox)
        credentials = AppCredentials(app_key=APP_KEY, app_secret=SecretStr(APP_SECRET))
        host = TokenHost(credentials=credentials, base_url="http://sandbox", transport=transport)
        tokens = MemoryTokens(pair().model_copy(update=_token(held)))
        keeper = TokenKeeper(store=tokens, issuer=host, holder="test", clock=_now)
        shop = ShopClient(
            credentials=credentials,
            tokens=keeper,
            ciphers={US_SHOP_ID: held.shop.cipher}.get,
            api_base_url="http://sandbox",
            transport=transport,
        )
        token = SecretStr(ADS_TOKEN)
        ads = MarketingClient(access_token=token, base_url="http://sandbox", transport=transport)
        yield _House(held, shop, ads)


def _now() -> datetime:
    return datetime.now(UTC)


def _token(held: InProcess) -> dict[str, Any]:
    later = _now() + timedelta(days=1)
    return {"access_token": SecretStr(held.shop.token), "access_expires_at": later}


async def test_late_pickups_are_found_by_search_and_detail_and_booked_anew() -> None:
    async with _house() as house:
        found = house.shop.all_packages(shop_id=US_SHOP_ID, status=PackageStatus.PROCESSING)
        listed = {package.package_id: package async for package in found}
        assert len(listed) >= 6
        report = await house.shop.package_report(shop_id=US_SHOP_ID, package_id=US_PARCEL)
        assert report is not None
        missed = report.package
        assert missed.pickup_until is not None
        assert missed.pickup_until < _now()
        assert (missed.sub_status, missed.handover_method) == ("RTS", "PICKUP")
        assert missed.order_ids == listed[US_PARCEL].order_ids
        assert "full_address" not in report.report.text
        assert json.loads(report.report.text)["data"]["package_id"] == US_PARCEL
        offered = await house.shop.handover_slots(shop_id=US_SHOP_ID, package_id=US_PARCEL)
        slot = next(slot for slot in offered.slots if slot.available)
        names: dict[str, Any] = {"shop_id": US_SHOP_ID, "package_id": US_PARCEL}
        await house.shop.ship_package(**names, slot=slot)
        booked = await house.shop.package(**names)
        assert booked is not None
        assert (booked.pickup_from, booked.pickup_until) == (slot.start, slot.end)
        with pytest.raises(StateForbidsError):
            await house.shop.ship_package(**names, slot=slot)


async def test_a_booking_whose_answer_was_lost_is_seen_in_the_detail() -> None:
    async with _house() as house:
        names: dict[str, Any] = {"shop_id": US_SHOP_ID, "package_id": US_PARCEL}
        slot = (await house.shop.handover_slots(**names)).slots[1]
        await house.sandbox.fault("drop_reply", "/fulfillment", method="POST")
        with pytest.raises(ShopUnavailableError) as caught:
            await house.shop.ship_package(**names, slot=slot)
        assert caught.value.may_have_executed
        booked = await house.shop.package(**names)
        assert booked is not None
        assert booked.pickup_from == slot.start


async def test_tracking_of_a_late_scan_has_its_time() -> None:
    async with _house() as house:
        package = await house.sandbox.package(US_PARCEL)
        await house.sandbox.carrier(US_PARCEL, "scanned")
        order_id = package["orders"][1]["id"]
        tracking = await house.shop.order_tracking(shop_id=US_SHOP_ID, order_id=order_id)
        assert tracking is not None
        arranged, collected = tracking.events
        assert collected.at - arranged.at > timedelta(hours=19)
        assert tracking.report.request_id


async def test_every_open_order_of_a_sku_is_walked_and_new_ones_are_polled() -> None:
    lines = [{"sku_id": _SKU}]
    seed = {
        "orders": [
            {"shop_id": US_SHOP_ID, "line_items": lines, "create_time": f"-{n // 7 + 9}"}
            for n in range(230)
        ]
    }
    async with _house(seed) as house:
        steps = house.shop.walk_open_orders(shop_id=US_SHOP_ID, sku_ids=[_SKU])
        found = [order async for step in steps for order in step.orders]
        assert len(found) == len({order.order_id for order in found}) == 230
        started = datetime.fromisoformat((await house.sandbox.clock())["now"])
        await house.sandbox.advance(5)
        bought = await house.sandbox.buys(found[0].order_id, _SKU)
        await house.sandbox.cancel(found[1].order_id)
        changed = house.shop.walk_changed_orders(shop_id=US_SHOP_ID, since=started, sku_ids=[_SKU])
        told = {order.order_id: order async for step in changed for order in step.orders}
        assert {bought, found[1].order_id} == set(told)
        assert told[bought].status is OrderStatus.AWAITING_SHIPMENT
        assert told[found[1].order_id].buyer_asks_cancel


async def test_a_sku_in_two_warehouses_is_set_to_zero_in_both() -> None:
    async with _house() as house:
        held = await house.shop.warehouse_stock(shop_id=US_SHOP_ID, sku_id=_MUG)
        assert held == {_W1: 45, _W2: 15}
        names: dict[str, Any] = {"shop_id": US_SHOP_ID, "product_id": _MUGS, "sku_id": _MUG}
        await house.shop.update_inventory(**names, by_warehouse=dict.fromkeys(held, 0))
        after = await house.shop.warehouse_stock(shop_id=US_SHOP_ID, sku_id=_MUG)
        assert after == {_W1: 0, _W2: 0}


async def test_a_refused_zero_is_reported_by_warehouse_and_nothing_else_is_changed() -> None:
    async with _house(allow_zero_inventory=False) as house:
        names: dict[str, Any] = {"shop_id": US_SHOP_ID, "product_id": _MUGS, "sku_id": _MUG}
        with pytest.raises(PartialFailureError, match="left as they are") as caught:
            await house.shop.update_inventory(**names, by_warehouse={_W1: 3, _W2: 0})
        (failure,) = caught.value.failures
        assert failure.item_id == _MUG
        assert [part.item_id for part in failure.parts] == [_W2]
        after = await house.shop.warehouse_stock(shop_id=US_SHOP_ID, sku_id=_MUG)
        assert after == {_W1: 3, _W2: 15}


async def test_a_listing_is_taken_off_sale_and_one_that_refuses_is_named() -> None:
    async with _house() as house:
        products = [_MUGS, "5"]
        with pytest.raises(PartialFailureError) as caught:
            await house.shop.deactivate_products(shop_id=US_SHOP_ID, product_ids=products)
        assert [failure.item_id for failure in caught.value.failures] == ["5"]
        read = await house.shop.product_prices(shop_id=US_SHOP_ID, product_id=_MUGS)
        assert read.status == "SELLER_DEACTIVATED"
        effects = (await house.sandbox.effects())["inventory"]
        assert [(_MUGS, "deactivate")] == [(one["product_id"], one["kind"]) for one in effects]


@pytest.mark.parametrize(
    ("level", "ad_id"),
    [
        (AdLevel.CAMPAIGN, _CAMPAIGN),
        (AdLevel.AD_GROUP, _GROUP),
        (AdLevel.SMART_CAMPAIGN, _CAMPAIGN),
        (AdLevel.SMART_AD_GROUP, _GROUP),
    ],
)
async def test_ads_are_paused_read_back_and_resumed(level: AdLevel, ad_id: str) -> None:
    async with _house() as house:
        names: dict[str, Any] = {"advertiser_id": US_ADVERTISER_ID, "level": level, "ids": [ad_id]}
        assert {ad_id: AdState.ENABLE} == await house.ads.ad_states(**names)
        for operation in (AdOperation.DISABLE, AdOperation.ENABLE):
            await house.ads.set_ad_states(**names, operation=operation)
            assert {ad_id: operation.leads_to} == await house.ads.ad_states(**names)


async def test_an_unknown_ad_is_absent_when_read_and_not_found_when_paused() -> None:
    async with _house() as house:
        names: dict[str, Any] = {"advertiser_id": US_ADVERTISER_ID, "level": AdLevel.CAMPAIGN}
        assert {} == await house.ads.ad_states(**names, ids=["5"])
        with pytest.raises(NotFoundError):
            await house.ads.set_ad_states(**names, ids=["5"], operation=AdOperation.DISABLE)


async def test_of_several_ad_groups_the_unknown_one_is_named_and_the_rest_paused() -> None:
    async with _house() as house:
        names: dict[str, Any] = {"advertiser_id": US_ADVERTISER_ID, "level": AdLevel.AD_GROUP}
        with pytest.raises(PartialFailureError) as caught:
            await house.ads.set_ad_states(
                **names, ids=[_GROUP, "5"], operation=AdOperation.DISABLE
            )
        assert [failure.item_id for failure in caught.value.failures] == ["5"]
        assert {_GROUP: AdState.DISABLE} == await house.ads.ad_states(**names, ids=[_GROUP])
