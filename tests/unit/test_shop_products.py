"""Stock, prices and coupons are read as the platform means them."""

from typing import Any

import pytest

from domain.money import Money
from tests.support.shop_gateway import SHOP, SeenCall, ok, refused, shop_with
from tiktok_shop.errors import PartialFailureError, ScopeMissingError

SKU = {
    "id": "17",
    "seller_sku": "DJ-BLUE-L",
    "total_available_quantity": 4,
    "total_committed_quantity": 9,
    "warehouse_inventory": [
        {"warehouse_id": "w1", "available_quantity": 3, "committed_quantity": 9},
        {"warehouse_id": "w2", "available_quantity": 1},
    ],
}
INVENTORY = {"inventory": [{"product_id": "1", "skus": [SKU]}]}
PRODUCT = {
    "id": "1",
    "title": "Denim jacket",
    "skus": [
        {"id": "17", "price": {"currency": "USD", "sale_price": "12.30"}},
        {"id": "18", "price": {"currency": "USD", "tax_exclusive_price": "9.99"}},
        {"id": "19"},
    ],
}


def _by_path(product: Any = None) -> Any:
    def reply(call: SeenCall) -> Any:
        if call.path.endswith("/inventory/search"):
            return ok(INVENTORY)
        return product or ok(PRODUCT)

    return reply


async def test_stock_is_what_the_platform_would_still_sell() -> None:
    shop, gateway = shop_with(ok(INVENTORY))
    (stock,) = await shop.inventory(shop_id=SHOP, sku_ids=["17", "17"])
    assert gateway.calls[0].body == {"sku_ids": ["17"]}
    assert (stock.sku_id, stock.product_id, stock.seller_sku) == ("17", "1", "DJ-BLUE-L")
    assert stock.available == 4
    assert stock.price is None


async def test_many_skus_are_asked_for_in_groups_of_six_hundred() -> None:
    shop, gateway = shop_with(ok({}))
    await shop.inventory(shop_id=SHOP, sku_ids=[str(number) for number in range(1201)])
    assert [600, 600, 1] == [len(call.body["sku_ids"]) for call in gateway.calls]


async def test_no_skus_make_no_call() -> None:
    shop, gateway = shop_with(ok({}))
    assert await shop.inventory(shop_id=SHOP, sku_ids=[]) == []
    assert gateway.calls == []


async def test_prices_come_by_sku_before_tax_where_nothing_else_is_shown() -> None:
    shop, _ = shop_with(ok(PRODUCT))
    listed = await shop.product_prices(shop_id=SHOP, product_id="1")
    assert listed.title == "Denim jacket"
    assert listed.prices == {
        "17": Money(amount_minor=1230, currency="USD"),
        "18": Money(amount_minor=999, currency="USD"),
    }


async def test_a_sku_joins_stock_name_and_price() -> None:
    shop, _ = shop_with(_by_path())
    found = await shop.sku(shop_id=SHOP, sku_id="17")
    assert found is not None
    assert found.available == 4
    assert found.product_name == "Denim jacket"
    assert found.price == Money(amount_minor=1230, currency="USD")


async def test_a_sku_of_a_product_that_is_gone_keeps_its_stock() -> None:
    shop, _ = shop_with(_by_path(refused(12052032)))
    found = await shop.sku(shop_id=SHOP, sku_id="17")
    assert found is not None
    assert (found.available, found.price) == (4, None)


async def test_an_unknown_sku_is_none() -> None:
    shop, gateway = shop_with(ok(INVENTORY))
    assert await shop.sku(shop_id=SHOP, sku_id="99") is None
    assert len(gateway.calls) == 1


async def test_stock_by_warehouse_is_of_the_sku_asked_for() -> None:
    other = SKU | {"id": "18", "warehouse_inventory": [{"warehouse_id": "w9"}]}
    shop, _ = shop_with(ok({"inventory": [{"product_id": "1", "skus": [SKU, other]}]}))
    assert await shop.warehouse_stock(shop_id=SHOP, sku_id="17") == {"w1": 3, "w2": 1}


async def test_stock_is_set_in_every_warehouse_named() -> None:
    shop, gateway = shop_with(ok({}))
    await shop.update_inventory(
        shop_id=SHOP, product_id="1", sku_id="17", by_warehouse={"w1": 0, "w2": 5}
    )
    assert gateway.calls[0].body == {
        "skus": [
            {
                "id": "17",
                "inventory": [
                    {"warehouse_id": "w1", "quantity": 0},
                    {"warehouse_id": "w2", "quantity": 5},
                ],
            }
        ]
    }


async def test_a_warehouse_left_undone_is_a_partial_failure() -> None:
    failure = {"code": 12052097, "message": "no warehouse", "detail": {"sku_id": 17}}
    shop, _ = shop_with(ok({"errors": [failure]}))
    with pytest.raises(PartialFailureError) as caught:
        await shop.update_inventory(
            shop_id=SHOP, product_id="1", sku_id="17", by_warehouse={"w1": 1}
        )
    assert caught.value.failures[0].item_id == "17"


async def test_products_are_switched_in_groups_of_twenty() -> None:
    shop, gateway = shop_with(ok({}))
    ids = [str(number) for number in range(21)]
    await shop.deactivate_products(shop_id=SHOP, product_ids=ids)
    await shop.activate_products(shop_id=SHOP, product_ids=["5"])
    assert [ids[:20], ids[20:], ["5"]] == [call.body["product_ids"] for call in gateway.calls]


COUPON = {
    "id": "9",
    "title": "Sorry, 5 off",
    "display_type": "CHAT",
    "status": "ONGOING",
    "creation_source": "SELLER_CENTER",
    "target_buyer_segment": "ALL",
}


@pytest.mark.parametrize("display_type", ["CHAT", "REGULAR"])
async def test_a_running_chat_or_regular_coupon_of_seller_center_is_sendable(
    display_type: str,
) -> None:
    shop, _ = shop_with(ok({"coupon": COUPON | {"display_type": display_type}}))
    coupon = await shop.coupon(shop_id=SHOP, coupon_id="9")
    assert coupon is not None
    assert (coupon.coupon_id, coupon.title, coupon.why_not) == ("9", "Sorry, 5 off", "")
    assert coupon.sendable


@pytest.mark.parametrize(
    ("change", "why_not"),
    [
        ({"display_type": "LIVE"}, "display type LIVE"),
        ({"display_type": None}, "display type missing"),
        ({"status": "EXPIRED"}, "status EXPIRED"),
        ({"status": "NOT_START"}, "status NOT_START"),
        ({"creation_source": "SELLER_APP"}, "made in SELLER_APP"),
        ({"creation_source": None}, "made in nowhere"),
        ({"target_buyer_segment": "REPEAT_CUSTOMERS"}, "repeat customers"),
    ],
)
async def test_any_other_coupon_says_why_it_cannot_be_sent(
    change: dict[str, Any], why_not: str
) -> None:
    shop, _ = shop_with(ok({"coupon": COUPON | change}))
    coupon = await shop.coupon(shop_id=SHOP, coupon_id="9")
    assert coupon is not None
    assert not coupon.sendable
    assert why_not in coupon.why_not


@pytest.mark.parametrize("reply", [ok({}), refused(12052032)])
async def test_an_unknown_coupon_is_none(reply: Any) -> None:
    shop, _ = shop_with(reply)
    assert await shop.coupon(shop_id=SHOP, coupon_id="9") is None


@pytest.mark.parametrize(("listed", "known"), [([COUPON], True), ([], False)])
async def test_where_the_refusal_is_unclear_the_shops_list_of_coupons_decides(
    listed: list[dict[str, Any]], *, known: bool
) -> None:
    """No code is documented for an unknown coupon."""
    shop, gateway = shop_with(refused(45111001, "generic"), ok({"coupons": listed}))
    coupon = await shop.coupon(shop_id=SHOP, coupon_id="9")
    assert known is (coupon is not None)
    assert gateway.calls[1].raw_body == b""


async def test_a_coupon_that_may_not_be_read_is_not_an_unknown_one() -> None:
    shop, _ = shop_with(refused(105005))
    with pytest.raises(ScopeMissingError):
        await shop.coupon(shop_id=SHOP, coupon_id="9")


async def test_all_pages_of_running_coupons_are_listed() -> None:
    shop, gateway = shop_with(
        ok({"coupons": [COUPON], "next_page_token": "p2"}),
        ok({"coupons": [COUPON | {"id": "10", "display_type": "PROMO_CODE"}]}),
    )
    first, second = await shop.search_coupons(shop_id=SHOP)
    assert (first.sendable, second.sendable) == (True, False)
    assert gateway.calls[0].body == {"status": ["ONGOING"]}
    assert gateway.calls[1].query["page_token"] == "p2"


async def test_all_coupons_are_listed_without_a_filter() -> None:
    shop, gateway = shop_with(ok({"coupons": []}))
    assert await shop.search_coupons(shop_id=SHOP, ongoing_only=False) == []
    assert gateway.calls[0].raw_body == b""


async def test_a_refused_zero_names_the_sku_and_the_warehouses_that_refused() -> None:
    refusal = {"code": 12052990, "message": "quantity must be 1 to 99999", "warehouse_id": "w2"}
    detail = {"sku_id": "17", "extra_errors": [refusal, "odd"]}
    failure = {"code": 12052990, "message": "some warehouses refused", "detail": detail}
    shop, _ = shop_with(ok({"errors": [failure]}))
    with pytest.raises(PartialFailureError) as caught:
        await shop.update_inventory(
            shop_id=SHOP, product_id="1", sku_id="17", by_warehouse={"w1": 0, "w2": 0}
        )
    (sku,) = caught.value.failures
    assert (sku.item_id, sku.code) == ("17", 12052990)
    assert [(part.item_id, part.message) for part in sku.parts] == [
        ("w2", "quantity must be 1 to 99999")
    ]
    assert caught.value.may_have_executed, "what was not refused is done"
