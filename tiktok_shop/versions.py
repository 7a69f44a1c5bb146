"""The one table of operations: method, path, version, and what each needs.

Versions are per operation, because the platform moves them one by one and keeps an old one for
two months at least; moving an operation is one line here.

Source: TikTok Shop API, "API versioning" and the page of each operation (docs, autumn 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Operation(StrEnum):
    """Every call the product makes to the signed API host."""

    AUTHORIZED_SHOPS = "authorized_shops"
    SEARCH_ORDERS = "search_orders"
    GET_ORDERS = "get_orders"
    GET_PACKAGE = "get_package"
    SEARCH_PACKAGES = "search_packages"
    HANDOVER_SLOTS = "handover_slots"
    SHIP_PACKAGE = "ship_package"
    ORDER_TRACKING = "order_tracking"
    CREATE_CONVERSATION = "create_conversation"
    LIST_MESSAGES = "list_messages"
    SEND_MESSAGE = "send_message"
    SEARCH_COUPONS = "search_coupons"
    GET_COUPON = "get_coupon"
    CANCEL_ORDER = "cancel_order"
    SEARCH_CANCELLATIONS = "search_cancellations"
    APPROVE_CANCELLATION = "approve_cancellation"
    REJECT_CANCELLATION = "reject_cancellation"
    REJECT_REASONS = "reject_reasons"
    CANCEL_ELIGIBILITY = "cancel_eligibility"
    SEARCH_INVENTORY = "search_inventory"
    UPDATE_INVENTORY = "update_inventory"
    GET_PRODUCT = "get_product"
    DEACTIVATE_PRODUCTS = "deactivate_products"
    ACTIVATE_PRODUCTS = "activate_products"
    REGISTER_WEBHOOK = "register_webhook"
    LIST_WEBHOOKS = "list_webhooks"
    DELETE_WEBHOOK = "delete_webhook"


@dataclass(frozen=True, slots=True)
class Route:
    """Where one operation lives."""

    method: str
    template: str
    version: str
    needs_cipher: bool = True
    """False where the platform refuses a shop_cipher (36009004)."""
    writes: bool = False
    """True if a lost answer leaves it open whether something happened."""

    def path(self, **ids: str) -> str:
        """Return the request path with *ids* filled in."""
        return self.template.format(v=self.version, **ids)


_CHAT = "/customer_service/{v}/conversations"
_CANCELLATIONS = "/return_refund/{v}/cancellations"
_WEBHOOKS = "/event/{v}/webhooks"
_PRODUCTS = "/product/{v}/products"
_PACKAGE = "/fulfillment/{v}/packages/{package_id}"

_ROUTES = {
    Operation.AUTHORIZED_SHOPS: Route(
        "GET", "/authorization/{v}/shops", "202309", needs_cipher=False
    ),
    Operation.SEARCH_ORDERS: Route("POST", "/order/{v}/orders/search", "202309"),
    Operation.GET_ORDERS: Route("GET", "/order/{v}/orders", "202507"),
    Operation.GET_PACKAGE: Route("GET", _PACKAGE, "202309"),
    Operation.SEARCH_PACKAGES: Route("POST", "/fulfillment/{v}/packages/search", "202309"),
    Operation.HANDOVER_SLOTS: Route("GET", _PACKAGE + "/handover_time_slots", "202309"),
    Operation.SHIP_PACKAGE: Route("POST", _PACKAGE + "/ship", "202309", writes=True),
    Operation.ORDER_TRACKING: Route(
        "GET", "/fulfillment/{v}/orders/{order_id}/tracking", "202309"
    ),
    Operation.CREATE_CONVERSATION: Route("POST", _CHAT, "202309", writes=True),
    Operation.LIST_MESSAGES: Route("GET", _CHAT + "/{conversation_id}/messages", "202309"),
    Operation.SEND_MESSAGE: Route(
        "POST", _CHAT + "/{conversation_id}/messages", "202606", writes=True
    ),
    Operation.SEARCH_COUPONS: Route("POST", "/promotion/{v}/coupons/search", "202406"),
    Operation.GET_COUPON: Route("GET", "/promotion/{v}/coupons/{coupon_id}", "202406"),
    Operation.CANCEL_ORDER: Route("POST", _CANCELLATIONS, "202602", writes=True),
    Operation.SEARCH_CANCELLATIONS: Route("POST", _CANCELLATIONS + "/search", "202602"),
    Operation.APPROVE_CANCELLATION: Route(
        "POST", _CANCELLATIONS + "/{cancel_id}/approve", "202309", writes=True
    ),
    Operation.REJECT_CANCELLATION: Route(
        "POST", _CANCELLATIONS + "/{cancel_id}/reject", "202309", writes=True
    ),
    Operation.REJECT_REASONS: Route("GET", "/return_refund/{v}/reject_reasons", "202309"),
    Operation.CANCEL_ELIGIBILITY: Route(
        "GET", "/return_refund/{v}/orders/{order_id}/aftersale_eligibility", "202602"
    ),
    Operation.SEARCH_INVENTORY: Route("POST", "/product/{v}/inventory/search", "202309"),
    Operation.UPDATE_INVENTORY: Route(
        "POST", _PRODUCTS + "/{product_id}/inventory/update", "202309", writes=True
    ),
    Operation.GET_PRODUCT: Route("GET", _PRODUCTS + "/{product_id}", "202309"),
    Operation.DEACTIVATE_PRODUCTS: Route("POST", _PRODUCTS + "/deactivate", "202309", writes=True),
    Operation.ACTIVATE_PRODUCTS: Route("POST", _PRODUCTS + "/activate", "202309", writes=True),
    Operation.REGISTER_WEBHOOK: Route("PUT", _WEBHOOKS, "202309", writes=True),
    Operation.LIST_WEBHOOKS: Route("GET", _WEBHOOKS, "202309"),
    Operation.DELETE_WEBHOOK: Route("DELETE", _WEBHOOKS, "202309", writes=True),
}

ROUTES: Mapping[Operation, Route] = MappingProxyType(_ROUTES)
