"""Products and inventory: reading, setting, switching on and off."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code, ControlError
from sandbox.scenario import Scenario
from sandbox.shops import US_SHOP_ID
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


_TWO = {
    "id": "51",
    "price": "3.00",
    "warehouses": [
        {"warehouse_id": "w1", "available": 5},
        {"warehouse_id": "w2", "available": 3, "committed": 1, "refuses": "zero"},
        {"warehouse_id": "w3", "available": 2, "refuses": "any"},
    ],
}


def _two_places(**sku: Any) -> Any:
    shop = {"shop_id": "1", "region": "US", "cipher": "c", "auth_code": "a"}
    product = {"id": "5", "skus": [_TWO | sku]}
    lines = [{"sku_id": "51"}]
    order = {"id": "577000000000000001", "shop_id": "1", "line_items": lines}
    seed = {"shops": [shop | {"products": [product]}], "orders": [order]}
    return in_process(create_app(seed=seed), "a")


async def _places(shops: InProcess) -> dict[str, tuple[int, int]]:
    data = await shops.shop.data("POST", _SEARCH, {"sku_ids": ["51"]})
    ((sku,),) = [entry["skus"] for entry in data["inventory"]]
    held = {
        place["warehouse_id"]: (place["available_quantity"], place["committed_quantity"])
        for place in sku["warehouse_inventory"]
    }
    assert sku["total_available_quantity"] == sum(available for available, _ in held.values())
    assert sku["total_committed_quantity"] == sum(committed for _, committed in held.values())
    return held


async def _set(shops: InProcess, **by_warehouse: int) -> Any:
    inventory = [{"warehouse_id": w, "quantity": n} for w, n in by_warehouse.items()]
    body = {"skus": [{"id": "51", "inventory": inventory}]}
    return await shops.shop.data("POST", "/product/202309/products/5/inventory/update", body)


async def test_warehouses_that_refuse_are_named_and_the_others_are_set() -> None:
    async with _two_places() as held:
        (error,) = (await _set(held, w1=0, w2=0, w3=1))["errors"]
        assert (Code.PRODUCT_CHECK, "51") == (error["code"], error["detail"]["sku_id"])
        refused = [part["warehouse_id"] for part in error["detail"]["extra_errors"]]
        assert ["w2", "w3"] == refused
        assert {"w1": (0, 0), "w2": (3, 1), "w3": (2, 0)} == await _places(held)
        done = [
            (one["warehouse_id"], one["quantity"]) for one in (await held.effects())["inventory"]
        ]
        assert [("w1", 0)] == done


@pytest.mark.parametrize(
    ("places", "code"),
    [({"w1": 1}, Code.PRODUCT_CHECK), ({"w1": 1, "w9": 1}, Code.NO_WAREHOUSE)],
)
async def test_all_warehouses_of_a_sku_are_given_or_none_is_set(
    places: dict[str, int], code: int
) -> None:
    async with _two_places() as held:
        (error,) = (await _set(held, **places))["errors"]
        assert (code, []) == (error["code"], error["detail"]["extra_errors"])
        assert (5, 0) == (await _places(held))["w1"]


async def test_an_order_takes_its_units_from_the_warehouses_in_turn() -> None:
    async with _two_places() as held:
        await held.buys("577000000000000001", "51", 7)
        assert {"w1": (0, 5), "w2": (1, 3), "w3": (2, 0)} == await _places(held)
        await held.buys("577000000000000001", "51", 5)
        assert {"w1": (0, 7), "w2": (0, 4), "w3": (0, 2)} == await _places(held), "oversold"


def test_a_refusal_that_means_nothing_is_named() -> None:
    with pytest.raises(ControlError, match="sometimes"):
        _two_places(warehouses=[{"warehouse_id": "w1", "refuses": "sometimes"}])


async def test_a_new_count_changes_the_stock_without_being_an_effect(shops: InProcess) -> None:
    assert 3 == (await shops.stock(_SKU, 3))["available"]
    assert 3 == await _available(shops)
    assert [] == (await shops.effects())["inventory"]
    for body in ({"available": -1}, {"available": 1, "warehouse_id": "w9"}, {"sku_id": "1"}):
        given = {"shop_id": US_SHOP_ID, "sku_id": _SKU, "available": 1} | body
        assert 400 == (await shops.http.post("/_control/stock", json=given)).status_code


async def test_a_mug_of_the_default_shop_is_kept_in_two_warehouses(shops: InProcess) -> None:
    product = await shops.shop.data("GET", "/product/202309/products/1729500000000000103")
    assert [45, 15] == [place["quantity"] for place in product["skus"][0]["inventory"]]
    assert "warehouses" not in product["skus"][0]


async def test_a_sku_stored_by_an_older_sandbox_is_in_its_one_warehouse(shops: InProcess) -> None:
    sku = shops.sandbox.world.products.rows[_PRODUCT]["skus"][0]
    del sku["warehouses"]
    data = await shops.shop.data("POST", _SEARCH, {"sku_ids": [_SKU]})
    (place,) = data["inventory"][0]["skus"][0]["warehouse_inventory"]
    assert (sku["warehouse_id"], 40) == (place["warehouse_id"], place["available_quantity"])
