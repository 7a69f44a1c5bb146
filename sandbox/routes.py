"""Every platform path the sandbox knows, and finding the one a request means."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import (
    cancel_api,
    chat_api,
    coupons,
    fulfillment,
    order_api,
    products,
    webhooks,
)
from sandbox.calls import Call
from sandbox.errors import ApiError, Code
from sandbox.store import Doc
from sandbox.tokens import CHAT_SCOPE


@dataclass(frozen=True)
class Route:
    """One endpoint: what it needs and who answers it."""

    method: str
    path: str
    versions: tuple[str, ...]
    scope: str
    answer: Callable[[Call], Doc]
    takes_cipher: bool = True


def _shops(call: Call) -> Doc:
    names = ("id", "name", "region", "seller_type", "cipher", "code")
    held = (call.world.shops.rows[shop_id] for shop_id in call.token["shop_ids"])
    return {"shops": [{name: shop[name] for name in names} for shop in held]}


_BASE = ("202309",)
_ORDER, _AUTH = "seller.order.info", "seller.authorization.info"
_REFUND, _PRODUCT, _WRITE = (
    "seller.return_refund.basic",
    "seller.product.basic",
    "seller.product.write",
)
_PROMOTION, _SHIP = "seller.promotion.info", "seller.fulfillment.basic"
_MOVED = ("202309", "202602")
_CANCELLATIONS = "/return_refund/{v}/cancellations"
_CONVERSATIONS = "/customer_service/{v}/conversations"
_MESSAGES = "/customer_service/{v}/conversations/{conversation_id}/messages"
_PACKAGE = "/fulfillment/{v}/packages/{package_id}"
_HOOKS = "/event/{v}/webhooks"

ROUTES = (
    Route("GET", "/authorization/{v}/shops", _BASE, _AUTH, _shops, takes_cipher=False),
    Route("POST", "/order/{v}/orders/search", _BASE, _ORDER, order_api.search_orders),
    Route("GET", "/order/{v}/orders", ("202309", "202507"), _ORDER, order_api.order_detail),
    Route(
        "GET",
        "/order/{v}/orders/{order_id}/price_detail",
        ("202407",),
        _ORDER,
        order_api.price_detail,
    ),
    Route("POST", _CANCELLATIONS, _MOVED, _REFUND, cancel_api.cancel_order),
    Route("POST", f"{_CANCELLATIONS}/search", _MOVED, _REFUND, cancel_api.search_cancellations),
    Route(
        "POST",
        f"{_CANCELLATIONS}/{{cancel_id}}/approve",
        _BASE,
        _REFUND,
        cancel_api.approve_cancellation,
    ),
    Route(
        "POST",
        f"{_CANCELLATIONS}/{{cancel_id}}/reject",
        _BASE,
        _REFUND,
        cancel_api.reject_cancellation,
    ),
    Route("GET", "/return_refund/{v}/reject_reasons", _BASE, _REFUND, cancel_api.reject_reasons),
    Route(
        "GET",
        "/return_refund/{v}/orders/{order_id}/aftersale_eligibility",
        _MOVED,
        _REFUND,
        cancel_api.aftersale_eligibility,
    ),
    Route("GET", _CONVERSATIONS, _BASE, CHAT_SCOPE, chat_api.list_conversations),
    Route("POST", _CONVERSATIONS, _BASE, CHAT_SCOPE, chat_api.create_conversation),
    Route(
        "GET",
        f"{_CONVERSATIONS}/{{conversation_id}}",
        ("202601",),
        CHAT_SCOPE,
        chat_api.one_conversation,
    ),
    Route("GET", _MESSAGES, _BASE, CHAT_SCOPE, chat_api.list_messages),
    Route("POST", _MESSAGES, ("202309", "202606"), CHAT_SCOPE, chat_api.send_message),
    Route("POST", f"{_MESSAGES}/read", _BASE, CHAT_SCOPE, chat_api.mark_read),
    Route(
        "POST", "/promotion/{v}/coupons/search", ("202406",), _PROMOTION, coupons.search_coupons
    ),
    Route(
        "GET", "/promotion/{v}/coupons/{coupon_id}", ("202406",), _PROMOTION, coupons.coupon_detail
    ),
    Route("POST", "/product/{v}/inventory/search", _BASE, _PRODUCT, products.search_inventory),
    Route(
        "POST",
        "/product/{v}/products/{product_id}/inventory/update",
        _BASE,
        _WRITE,
        products.update_inventory,
    ),
    Route("GET", "/product/{v}/products/{product_id}", _BASE, _PRODUCT, products.product_detail),
    Route("POST", "/product/{v}/products/activate", _BASE, _PRODUCT, products.activate),
    Route("POST", "/product/{v}/products/deactivate", _BASE, _PRODUCT, products.deactivate),
    Route("PUT", _HOOKS, _BASE, _AUTH, lambda c: webhooks.register(c.world, c.shop_id, c.body)),
    Route("GET", _HOOKS, _BASE, _AUTH, lambda c: webhooks.registered(c.world, c.shop_id)),
    Route(
        "DELETE", _HOOKS, _BASE, _AUTH, lambda c: webhooks.unregister(c.world, c.shop_id, c.body)
    ),
    Route("POST", "/fulfillment/{v}/packages/search", _BASE, _SHIP, fulfillment.search_packages),
    Route("GET", _PACKAGE, _BASE, _SHIP, fulfillment.package_detail),
    Route("GET", f"{_PACKAGE}/handover_time_slots", _BASE, _SHIP, fulfillment.handover_slots),
    Route("POST", f"{_PACKAGE}/ship", _BASE, _SHIP, fulfillment.ship_package),
    Route(
        "GET",
        "/fulfillment/{v}/orders/{order_id}/tracking",
        _BASE,
        _SHIP,
        fulfillment.order_tracking,
    ),
    Route(
        "POST",
        "/fulfillment/{v}/orders/{order_id}/packages",
        ("202309", "202610"),
        _SHIP,
        fulfillment.mark_shipped,
    ),
)


def _placeholder(found: re.Match[str]) -> str:
    return r"(?P<v>\d{6})" if found[1] == "v" else rf"(?P<{found[1]}>[^/]+)"


def _pattern(route: Route) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", _placeholder, route.path))


_PATTERNS = [(_pattern(route), route) for route in ROUTES]


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a request and its path values, `v` among them.

    Raises:
        ApiError: Unknown path, method or version, in this order.
    """
    hits = [(route, hit.groupdict()) for p, route in _PATTERNS if (hit := p.fullmatch(path))]
    if not hits:
        raise ApiError(Code.NO_PATH, f"Invalid path '{path}'")
    # A fixed word such as "search" wins over a placeholder in the same place.
    hits.sort(key=lambda hit: len(hit[1]))
    fewest = len(hits[0][1])
    hits = [(route, ids) for route, ids in hits if len(ids) == fewest]
    mine = [(route, ids) for route, ids in hits if route.method == method]
    if not mine:
        raise ApiError(Code.NO_METHOD, f"Invalid method '{method}'")
    route, ids = mine[0]
    if ids["v"] not in route.versions:
        raise ApiError(Code.NO_VERSION, f"Invalid version '{ids['v']}'")
    return route, ids
