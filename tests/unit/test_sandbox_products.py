"""Products and inventory: reading, setting, switching on and off."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from tests.support.sandbox import InProcess, in_process

_PRODUCT, _SKU = "1729500000000000101", "1729500000000001101"
_THAI_PRODUCT = "1729500000000000201"
_SEARCH = "/product/202309/inventory/search"
_UPDATE = f"/product/202309/products/{_PRODUCT}/inventory/update"


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app(seed={"orders": []})) as held:
        yield held


def _quantity(quantity: Any, sku_id: str = _SKU, **place: str) -> dict[str, Any]:
    return {"id": sku_id, "inventory": [{"quantity": quantity, **place}]}


async def _available(shops: InProcess) -> int:
    data = await shops.shop.data("POST", _SEARCH, {"sku_ids": [_SKU]})
    ((sku,),) = [entry["skus"] for entry in data["inventory"]]
    return int(sku["total_available_quantity"])


async def test_a_product_shows_its_skus_with_price_and_stock(shops: InProcess) -> None:
    product = await shops.shop.data("GET", f"/product/202309/products/{_PRODUCT}")
    sku = next(sku for sku in product["skus"] if sku["id"] == _SKU)
    assert ("Down Jacket", "JACKET-RED-M") == (product["title"], sku["seller_sku"])
    assert {"currency": "USD", "sale_price": "49.90"} == sku["price"]
    assert 40 == sku["inventory"][0]["quantity"]
    assert "shop_id" not in product


@pytest.mark.parametrize(
    ("product_id", "code"), [("1", Code.NO_PRODUCT), (_THAI_PRODUCT, Code.FOREIGN_PRODUCT)]
)
async def test_other_shops_products_are_out_of_reach(
    shops: InProcess, product_id: str, code: int
) -> None:
    envelope = await shops.shop.call("GET", f"/product/202309/products/{product_id}")
    assert code == envelope["code"]


async def test_inventory_is_found_by_product_and_sku_ids_win(shops: InProcess) -> None:
    by_product = await shops.shop.data("POST", _SEARCH, {"product_ids": [_PRODUCT]})
    both = await shops.shop.data("POST", _SEARCH, {"product_ids": ["1"], "sku_ids": [_SKU]})
    foreign = await shops.shop.data("POST", _SEARCH, {"product_ids": [_THAI_PRODUCT]})
    assert 3 == len(by_product["inventory"][0]["skus"])
    assert [_SKU] == [sku["id"] for sku in both["inventory"][0]["skus"]]
    assert [] == foreign["inventory"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, Code.PRODUCT_CHECK),
        ({"sku_ids": ["1"] * 601}, Code.TOO_MANY_IDS),
        ({"product_ids": ["1"] * 101}, Code.TOO_MANY_IDS),
    ],
)
async def test_inventory_needs_some_ids_but_not_too_many(
    shops: InProcess, body: dict[str, Any], code: int
) -> None:
    assert code == (await shops.shop.call("POST", _SEARCH, body))["code"]


async def test_setting_stock_takes_effect(shops: InProcess) -> None:
    assert {"errors": []} == await shops.shop.data("POST", _UPDATE, {"skus": [_quantity(0)]})
    assert 0 == await _available(shops)
    (effect,) = (await shops.effects())["inventory"]
    assert (_SKU, 0, "quantity") == (effect["sku_id"], effect["quantity"], effect["kind"])


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (_quantity(1, "1"), Code.NO_PRODUCT),
        (_quantity(100_000), Code.PRODUCT_CHECK),
        (_quantity(-1), Code.PRODUCT_CHECK),
        (_quantity("many"), Code.PRODUCT_CHECK),
        (_quantity(1, warehouse_id="elsewhere"), Code.NO_WAREHOUSE),
        ({"id": _SKU, "inventory": []}, Code.PRODUCT_CHECK),
    ],
)
async def test_one_bad_sku_fails_alone_under_code_zero(
    shops: InProcess, entry: dict[str, Any], code: int
) -> None:
    good = _quantity(7, "1729500000000001102")
    data = await shops.shop.data("POST", _UPDATE, {"skus": [entry, good]})
    (error,) = data["errors"]
    assert (code, entry["id"]) == (error["code"], error["detail"]["sku_id"])
    assert 40 == await _available(shops)
    assert 1 == len((await shops.effects())["inventory"])


async def test_zero_can_be_refused_by_the_scenario() -> None:
    scenario = Scenario(allow_zero_inventory=False)
    async with in_process(create_app(scenario=scenario)) as held:
        data = await held.shop.data("POST", _UPDATE, {"skus": [_quantity(0)]})
    assert Code.PRODUCT_CHECK == data["errors"][0]["code"]


async def test_a_product_is_switched_off_and_on(shops: InProcess) -> None:
    for word, status in (("deactivate", "SELLER_DEACTIVATED"), ("activate", "ACTIVATE")):
        path = f"/product/202309/products/{word}"
        data = await shops.shop.data("POST", path, {"product_ids": [_PRODUCT, _THAI_PRODUCT]})
        product = await shops.shop.data("GET", f"/product/202309/products/{_PRODUCT}")
        assert status == product["status"]
        (error,) = data["errors"]
        assert (Code.FOREIGN_PRODUCT, _THAI_PRODUCT) == (
            error["code"],
            error["detail"]["product_id"],
        )
    kinds = [effect["kind"] for effect in (await shops.effects())["inventory"]]
    assert ["deactivate", "activate"] == kinds


async def test_a_frozen_product_cannot_be_switched() -> None:
    product = {"id": "5", "status": "FREEZE", "skus": [{"id": "51", "price": "3.00"}]}
    shop = {"shop_id": "1", "region": "US", "cipher": "c", "auth_code": "a"}
    seed = {"shops": [shop | {"products": [product]}]}
    async with in_process(create_app(seed=seed), "a") as held:
        path = "/product/202309/products/activate"
        data = await held.shop.data("POST", path, {"product_ids": ["5"]})
        read = await held.shop.data("GET", "/product/202309/products/5")
    assert Code.PRODUCT_STATUS == data["errors"][0]["code"]
    assert {"currency": "USD", "sale_price": "3.00"} == read["skus"][0]["price"]


@pytest.mark.parametrize("count", [0, 21])
async def test_one_to_twenty_products_at_a_time(shops: InProcess, count: int) -> None:
    path = "/product/202309/products/deactivate"
    envelope = await shops.shop.call("POST", path, {"product_ids": ["1"] * count})
    assert Code.TOO_MANY_IDS == envelope["code"]
