"""Every operation of the table is called by the client with its method, path and cipher rule."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import SecretStr

from tests.support.shop_gateway import CIPHER, SHOP, ok, shop_with
from tiktok_shop.client import ShopClient
from tiktok_shop.events import EventTopic
from tiktok_shop.versions import ROUTES, Operation

Use = Callable[[ShopClient], Awaitable[Any]]

SENT = {"message_id": "1"}
USES: dict[Operation, tuple[str, str, Any, Use]] = {
    Operation.AUTHORIZED_SHOPS: (
        "GET",
        "/authorization/202309/shops",
        {},
        lambda shop: shop.authorized_shops(access_token=SecretStr("t")),
    ),
    Operation.SEARCH_ORDERS: (
        "POST",
        "/order/202309/orders/search",
        {},
        lambda shop: shop.search_orders(shop_id=SHOP),
    ),
    Operation.GET_ORDERS: (
        "GET",
        "/order/202507/orders",
        {},
        lambda shop: shop.order(shop_id=SHOP, order_id="5"),
    ),
    Operation.GET_PACKAGE: (
        "GET",
        "/fulfillment/202309/packages/8",
        {"package_id": "8"},
        lambda shop: shop.package(shop_id=SHOP, package_id="8"),
    ),
    Operation.SEARCH_PACKAGES: (
        "POST",
        "/fulfillment/202309/packages/search",
        {},
        lambda shop: shop.search_packages(shop_id=SHOP),
    ),
    Operation.HANDOVER_SLOTS: (
        "GET",
        "/fulfillment/202309/packages/8/handover_time_slots",
        {},
        lambda shop: shop.handover_slots(shop_id=SHOP, package_id="8"),
    ),
    Operation.SHIP_PACKAGE: (
        "POST",
        "/fulfillment/202309/packages/8/ship",
        None,
        lambda shop: shop.ship_package(shop_id=SHOP, package_id="8"),
    ),
    Operation.ORDER_TRACKING: (
        "GET",
        "/fulfillment/202309/orders/5/tracking",
        {},
        lambda shop: shop.order_tracking(shop_id=SHOP, order_id="5"),
    ),
    Operation.CREATE_CONVERSATION: (
        "POST",
        "/customer_service/202309/conversations",
        {"conversation_id": "6"},
        lambda shop: shop.create_conversation(shop_id=SHOP, buyer_user_id="4"),
    ),
    Operation.LIST_MESSAGES: (
        "GET",
        "/customer_service/202309/conversations/6/messages",
        {},
        lambda shop: shop.messages(shop_id=SHOP, conversation_id="6"),
    ),
    Operation.SEND_MESSAGE: (
        "POST",
        "/customer_service/202606/conversations/6/messages",
        SENT,
        lambda shop: shop.send_text(shop_id=SHOP, conversation_id="6", text="hi"),
    ),
    Operation.SEARCH_COUPONS: (
        "POST",
        "/promotion/202406/coupons/search",
        {},
        lambda shop: shop.search_coupons(shop_id=SHOP),
    ),
    Operation.GET_COUPON: (
        "GET",
        "/promotion/202406/coupons/9",
        {},
        lambda shop: shop.coupon(shop_id=SHOP, coupon_id="9"),
    ),
    Operation.CANCEL_ORDER: (
        "POST",
        "/return_refund/202602/cancellations",
        {"cancel_id": "3"},
        lambda shop: shop.cancel_order(shop_id=SHOP, order_id="5", reason="r"),
    ),
    Operation.SEARCH_CANCELLATIONS: (
        "POST",
        "/return_refund/202602/cancellations/search",
        {},
        lambda shop: shop.cancellations(shop_id=SHOP, order_ids=["5"]),
    ),
    Operation.APPROVE_CANCELLATION: (
        "POST",
        "/return_refund/202309/cancellations/3/approve",
        None,
        lambda shop: shop.approve_cancellation(shop_id=SHOP, cancel_id="3", idempotency_key="k"),
    ),
    Operation.REJECT_CANCELLATION: (
        "POST",
        "/return_refund/202309/cancellations/3/reject",
        None,
        lambda shop: shop.reject_cancellation(
            shop_id=SHOP, cancel_id="3", idempotency_key="k", reason="r"
        ),
    ),
    Operation.REJECT_REASONS: (
        "GET",
        "/return_refund/202309/reject_reasons",
        {},
        lambda shop: shop.reject_reasons(shop_id=SHOP, cancel_id="3"),
    ),
    Operation.CANCEL_ELIGIBILITY: (
        "GET",
        "/return_refund/202602/orders/5/aftersale_eligibility",
        {},
        lambda shop: shop.cancel_eligibility(shop_id=SHOP, order_id="5"),
    ),
    Operation.SEARCH_INVENTORY: (
        "POST",
        "/product/202309/inventory/search",
        {},
        lambda shop: shop.inventory(shop_id=SHOP, sku_ids=["2"]),
    ),
    Operation.UPDATE_INVENTORY: (
        "POST",
        "/product/202309/products/1/inventory/update",
        {},
        lambda shop: shop.update_inventory(
            shop_id=SHOP, product_id="1", sku_id="2", by_warehouse={"w": 3}
        ),
    ),
    Operation.GET_PRODUCT: (
        "GET",
        "/product/202309/products/1",
        {},
        lambda shop: shop.product_prices(shop_id=SHOP, product_id="1"),
    ),
    Operation.DEACTIVATE_PRODUCTS: (
        "POST",
        "/product/202309/products/deactivate",
        {},
        lambda shop: shop.deactivate_products(shop_id=SHOP, product_ids=["1"]),
    ),
    Operation.ACTIVATE_PRODUCTS: (
        "POST",
        "/product/202309/products/activate",
        {},
        lambda shop: shop.activate_products(shop_id=SHOP, product_ids=["1"]),
    ),
    Operation.REGISTER_WEBHOOK: (
        "PUT",
        "/event/202309/webhooks",
        None,
        lambda shop: shop.register_webhook(
            shop_id=SHOP, event_type=EventTopic.NEW_MESSAGE, address="https://a.invalid/h"
        ),
    ),
    Operation.LIST_WEBHOOKS: (
        "GET",
        "/event/202309/webhooks",
        {},
        lambda shop: shop.webhooks(shop_id=SHOP),
    ),
    Operation.DELETE_WEBHOOK: (
        "DELETE",
        "/event/202309/webhooks",
        None,
        lambda shop: shop.delete_webhook(shop_id=SHOP, event_type=EventTopic.NEW_MESSAGE),
    ),
}


def test_every_operation_of_the_table_is_exercised_here() -> None:
    assert set(ROUTES) == set(USES) == set(Operation)


@pytest.mark.parametrize("operation", USES)
async def test_an_operation_goes_where_the_documents_say(operation: Operation) -> None:
    """The gateway behind has checked the signature with its own code."""
    method, path, data, use = USES[operation]
    shop, gateway = shop_with(ok(data))
    await use(shop)
    (call,) = gateway.calls
    assert (call.method, call.path) == (method, path)
    assert ("shop_cipher" in call.query) is ROUTES[operation].needs_cipher


def test_only_the_authorization_call_goes_without_a_cipher() -> None:
    """An unneeded cipher is refused just like a missing one."""
    without = {operation for operation, route in ROUTES.items() if not route.needs_cipher}
    assert without == {Operation.AUTHORIZED_SHOPS}


def test_exactly_the_calls_that_change_something_are_writes() -> None:
    assert {operation for operation, route in ROUTES.items() if route.writes} == {
        Operation.CREATE_CONVERSATION,
        Operation.SEND_MESSAGE,
        Operation.CANCEL_ORDER,
        Operation.APPROVE_CANCELLATION,
        Operation.REJECT_CANCELLATION,
        Operation.SHIP_PACKAGE,
        Operation.UPDATE_INVENTORY,
        Operation.DEACTIVATE_PRODUCTS,
        Operation.ACTIVATE_PRODUCTS,
        Operation.REGISTER_WEBHOOK,
        Operation.DELETE_WEBHOOK,
    }


async def test_the_shops_of_a_consent_come_with_their_ciphers() -> None:
    listed = {
        "id": 7494049642642441621,
        "name": "Steady Goods",
        "region": "TH",
        "seller_type": "CROSS_BORDER",
        "cipher": CIPHER,
        "code": "THLC1",
    }
    shop, gateway = shop_with(ok({"shops": [listed]}))
    (found,) = await shop.authorized_shops(access_token=SecretStr("consent-token"))
    assert (found.shop_id, found.region, found.cipher) == (SHOP, "TH", CIPHER)
    assert (found.name, found.seller_type) == ("Steady Goods", "CROSS_BORDER")
    assert gateway.calls[0].headers["x-tts-access-token"] == "consent-token"


async def test_a_registration_carries_topic_and_address_in_the_body() -> None:
    shop, gateway = shop_with(ok())
    await shop.register_webhook(
        shop_id=SHOP, event_type=EventTopic.ORDER_STATUS_CHANGE, address="https://a.invalid/h"
    )
    assert gateway.calls[0].body == {
        "address": "https://a.invalid/h",
        "event_type": "ORDER_STATUS_CHANGE",
    }


async def test_a_deletion_has_a_signed_body() -> None:
    shop, gateway = shop_with(ok())
    await shop.delete_webhook(shop_id=SHOP, event_type=EventTopic.NEW_MESSAGE)
    assert gateway.calls[0].body == {"event_type": "NEW_MESSAGE"}


async def test_registrations_are_listed() -> None:
    entry = {"event_type": "NEW_MESSAGE", "address": "https://a.invalid/h", "create_time": 1}
    shop, _ = shop_with(ok({"webhooks": [entry], "total_count": 1}))
    (found,) = await shop.webhooks(shop_id=SHOP)
    assert (found.event_type, found.address) == ("NEW_MESSAGE", "https://a.invalid/h")


@pytest.mark.parametrize("address", ["", "https://a.invalid/" + "x" * 255])
async def test_an_address_the_platform_cannot_take_is_not_sent(address: str) -> None:
    shop, gateway = shop_with(ok())
    with pytest.raises(Exception, match="the platform takes 1 to 255"):
        await shop.register_webhook(
            shop_id=SHOP, event_type=EventTopic.NEW_MESSAGE, address=address
        )
    assert gateway.calls == []
