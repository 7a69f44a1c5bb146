"""Orders as the shops hold them: taking them in, moving them on, winding their clocks."""

from decimal import Decimal
from typing import Any

from sandbox.clock import read_instant
from sandbox.errors import ControlError
from sandbox.markets import Market
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import World, buyer_of

STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)
ENDED = frozenset({"COMPLETED", "CANCELLED"})
ORDER_CLOCK = "order_clock"
_REMORSE_SECONDS = 3600
_PLAIN_SECONDS = 48 * 3600
_CLOCK_OF = {
    "AWAITING_SHIPMENT": "shipping_due_time",
    "PARTIALLY_SHIPPING": "shipping_due_time",
    "AWAITING_COLLECTION": "collection_due_time",
    "IN_TRANSIT": "delivery_due_time",
}
_STAMP_OF = {
    "AWAITING_COLLECTION": "rts_time",
    "IN_TRANSIT": "collection_time",
    "DELIVERED": "delivery_time",
    "CANCELLED": "cancel_time",
}
_SHIPPED = frozenset({"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"})
_PRIVATE = frozenset({"shop_id", "plain", "hold_until"})


def market_of(world: World, order: Doc) -> Market:
    """Return the market of the order's shop."""
    return Market(world.shops.rows[order["shop_id"]]["region"])


def add_order(world: World, raw: Doc) -> Doc:
    """Take in a new order, filling what the giver left out.

    Raises:
        ControlError: The shop, status or a SKU is not known.
    """
    shop = world.shops.get(str(raw.get("shop_id", "")))
    if shop is None:
        raise ControlError(f"order {raw.get('id')!r} needs a known shop_id")
    now, market = world.now(), Market(shop["region"])
    given = {name: value for name, value in _absolute(raw, now).items() if name != "plain"}
    status = given.get("status", "AWAITING_SHIPMENT")
    if status not in STATUSES:
        raise ControlError(f"order status {status!r} is not one of {', '.join(STATUSES)}")
    created = int(given.get("create_time", now))
    paid = None if status == "UNPAID" or given.get("is_cod") else created
    order = _defaults(world, market, created) | {"paid_time": paid} | given
    order |= {"status": status, "id": str(given.get("id") or _new_order_id(world))}
    order["line_items"] = _lines(world, order, given.get("line_items") or [])
    _fill_clocks(order, market, given)
    _fill_payment(order)
    order = {name: value for name, value in order.items() if value is not None}
    world.orders.put(order["id"], order)
    _fill_package(world, order, market)
    arm_clock(world, order)
    return order


def _new_order_id(world: World) -> str:
    while (order_id := world.new_id("order")) in world.orders.rows:
        pass
    return order_id


def _absolute(raw: Doc, now: int) -> Doc:
    """Turn times such as "+3600" or RFC 3339 into unix seconds."""
    return {
        name: int(read_instant(value, base=now))
        if name.endswith("_time") and isinstance(value, str)
        else value
        for name, value in raw.items()
    }


def _defaults(world: World, market: Market, created: int) -> Doc:
    user_id = world.new_id("user")
    return {
        "user_id": user_id,
        "buyer_email": f"{user_id}@scs.tiktokw.us",
        "buyer_message": "",
        "buyer_nickname": "",
        "order_type": "NORMAL",
        "commerce_platform": "TIKTOK_SHOP",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "TIKTOK",
        "delivery_type": "HOME_DELIVERY",
        "is_cod": False,
        "is_sample_order": False,
        "is_replacement_order": False,
        "is_exchange_order": False,
        "is_on_hold_order": False,
        "is_buyer_request_cancel": False,
        "warehouse_id": "7300000000000000001",
        "packages": [],
        "create_time": created,
        "update_time": created,
        "recipient_address": {"region_code": market.region, "name": "B***", "full_address": "***"},
    }


def _lines(world: World, order: Doc, given: list[Doc]) -> list[Doc]:
    if not given:
        raise ControlError(f"order {order['id']} has no line_items")
    lines = [
        _line(world, order, line) for line in given for _ in range(int(line.get("quantity", 1)))
    ]
    told = any("display_status" in line for line in given)
    if order["status"] == "PARTIALLY_SHIPPING" and not told:
        lines[0]["display_status"] = "AWAITING_COLLECTION"
        for line in lines[1:]:
            line["display_status"] = "AWAITING_SHIPMENT"
    return lines


def _line(world: World, order: Doc, given: Doc) -> Doc:
    sku_id = str(given.get("sku_id", ""))
    found = world.find_sku(order["shop_id"], sku_id)
    if found is None and "sale_price" not in given:
        raise ControlError(f"order {order['id']}: SKU {sku_id!r} is not in the shop's products")
    line: Doc = {"sku_id": sku_id, "is_gift": False, "display_status": order["status"]}
    if found is not None:
        product, sku = found
        line |= {
            "product_id": product["id"],
            "product_name": product["title"],
            "sku_name": sku.get("sku_name", ""),
            "seller_sku": sku.get("seller_sku", ""),
            "sale_price": sku["price"]["sale_price"],
            "original_price": sku["price"]["sale_price"],
            "currency": sku["price"]["currency"],
        }
    line |= {name: value for name, value in given.items() if name != "quantity"}
    if "id" not in given or int(given.get("quantity", 1)) > 1:
        line["id"] = world.new_id("line")
    return line


def _fill_clocks(order: Doc, market: Market, given: Doc) -> None:
    """Fill absent deadlines; one given as null stays absent."""
    if order["status"] == "UNPAID":
        return
    paid = order.get("paid_time") or order["create_time"]
    for name, value in market.clocks(int(paid)).items():
        if name not in given:
            order[name] = value
    if order["status"] == "ON_HOLD":
        order["is_on_hold_order"] = True
        order.setdefault("hold_until", paid + _REMORSE_SECONDS)


def _fill_payment(order: Doc) -> None:
    lines = order["line_items"]
    currency = lines[0].get("currency", "USD")
    total = sum((Decimal(line["sale_price"]) for line in lines), Decimal(0))
    payment = {"currency": currency, "sub_total": str(total), "total_amount": str(total)}
    zero = {"shipping_fee": "0", "seller_discount": "0", "platform_discount": "0", "tax": "0"}
    order["payment"] = payment | zero | order.get("payment", {})


def _fill_package(world: World, order: Doc, market: Market) -> None:
    shipped = any(line["display_status"] in _SHIPPED for line in order["line_items"])
    paid = order["status"] not in {"UNPAID", "CANCELLED"}
    if shipped or (paid and market.package_before_shipping):
        ensure_package(world, order)


_PACKAGE_STATUS = {
    "PARTIALLY_SHIPPING": ("PROCESSING", "RTS"),
    "AWAITING_COLLECTION": ("PROCESSING", "RTS"),
    "IN_TRANSIT": ("FULFILLING", "TTS"),
    "DELIVERED": ("COMPLETED", "DELIVERED"),
    "COMPLETED": ("COMPLETED", "DELIVERED"),
    "CANCELLED": ("CANCELLED", "CANCELLED"),
}


def ensure_package(world: World, order: Doc) -> Doc:
    """Return the order's first package, making it (or joining a named one) if need be."""
    named = [str(package["id"]) for package in order.get("packages", [])]
    package_id = named[0] if named else world.new_id("package")
    package = world.packages.get(package_id) or {
        "id": package_id,
        "shop_id": order["shop_id"],
        "orders": [],
        "order_line_item_ids": [],
        "tracking_number": order.get("tracking_number") or f"SBX{package_id[-12:]}",
        "shipping_provider_id": "6617675021119438849",
        "shipping_provider_name": "Sandbox Express",
        "create_time": order["create_time"],
        "handover_method": "PICKUP",
    }
    if {"id": order["id"]} not in package["orders"]:
        package["orders"].append({"id": order["id"]})
    order["packages"] = [{"id": package_id}]
    for line in _lines_to_pack(order):
        if line.setdefault("package_id", package_id) == package_id:
            _pack(package, line["id"])
    world.orders.put(order["id"], order)
    return sync_package(world, package, order["status"])


def _lines_to_pack(order: Doc) -> list[Doc]:
    """Of a partly shipped order only the shipped units are in a package."""
    if order["status"] != "PARTIALLY_SHIPPING":
        return live_lines(order)
    return [line for line in order["line_items"] if line["display_status"] in _SHIPPED]


def _pack(package: Doc, line_id: str) -> None:
    if line_id not in package["order_line_item_ids"]:
        package["order_line_item_ids"].append(line_id)


def sync_package(world: World, package: Doc, order_status: str) -> Doc:
    """Bring a package's state in line with its orders'."""
    status, sub_status = _PACKAGE_STATUS.get(order_status, ("TO_FULFILL", "CREATED"))
    package |= {"status": status, "sub_status": sub_status, "update_time": world.now()}
    return world.packages.put(package["id"], package)


def set_status(world: World, order: Doc, status: str) -> None:
    """Move an order, stamp it, tell the webhook and wind its next clock."""
    now = world.now()
    order |= {"status": status, "update_time": now}
    if status in _STAMP_OF:
        order[_STAMP_OF[status]] = now
    if status != "ON_HOLD":
        order["is_on_hold_order"] = False
    for line in order["line_items"]:
        if line["display_status"] != "CANCELLED":
            line["display_status"] = status
    world.orders.put(order["id"], order)
    for held in order.get("packages", []):
        package = world.packages.get(held["id"])
        if package is not None:
            _sync_shared(world, package, status)
    arm_clock(world, order)
    announce(world, order)


def _sync_shared(world: World, package: Doc, status: str) -> None:
    """A package of several orders is cancelled only with the last of them."""
    others = (world.orders.rows[o["id"]]["status"] for o in package["orders"])
    if status != "CANCELLED" or all(other == "CANCELLED" for other in others):
        sync_package(world, package, status)


def announce(world: World, order: Doc) -> None:
    """Emit the order-status webhook; it writes CANCEL where the API says CANCELLED."""
    status = "CANCEL" if order["status"] == "CANCELLED" else order["status"]
    data = {
        "order_id": order["id"],
        "order_status": status,
        "is_on_hold_order": order["is_on_hold_order"],
        "update_time": order["update_time"],
    }
    emit(world, order["shop_id"], 1, data)


def arm_clock(world: World, order: Doc) -> None:
    """Plan the instant at which the platform acts on the order by itself, if there is one."""
    key = f"{ORDER_CLOCK}:{order['id']}"
    held = order["status"] == "ON_HOLD"
    name = "hold_until" if held else _CLOCK_OF.get(order["status"], "")
    at = order.get(name)
    if at:
        payload = {"order_id": order["id"]}
        world.schedule.add(key, at=float(at), kind=ORDER_CLOCK, payload=payload)
    else:
        world.schedule.drop(key)


def live_lines(order: Doc) -> list[Doc]:
    """Return the units that are not cancelled."""
    return [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]


def is_plain(world: World, order: Doc) -> bool:
    """Tell whether nothing about the order is odd: see `GET /_control/orders`."""
    return (
        order["status"] == "AWAITING_SHIPMENT"
        and bool(order.get("paid_time"))
        and not _oddities(order)
        and order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
        and order.get("shipping_due_time", 0) >= world.now() + _PLAIN_SECONDS
        and world.orders_of_buyer.size(buyer_of(order).key) == 1
        and len(live_lines(order)) == len(order["line_items"])
    )


def _oddities(order: Doc) -> bool:
    flags = ("is_on_hold_order", "is_buyer_request_cancel", "is_cod", "is_sample_order")
    return any(order.get(flag) for flag in flags)


def api_view(order: Doc) -> Doc:
    """Return the order as the API prints it."""
    return {name: value for name, value in order.items() if name not in _PRIVATE}


def control_view(world: World, order: Doc) -> Doc:
    """Return the order as the controls print it."""
    plain: dict[str, Any] = {"shop_id": order["shop_id"], "plain": is_plain(world, order)}
    return api_view(order) | plain


def change_order(world: World, order: Doc, raw: Doc) -> None:
    """Overwrite fields of a known order; a new status goes out as a webhook.

    Raises:
        ControlError: The status is not known, or the shop would change.
    """
    changes = _absolute(raw, world.now())
    status = changes.pop("status", order["status"])
    if status not in STATUSES:
        raise ControlError(f"order status {status!r} is not one of {', '.join(STATUSES)}")
    if changes.get("shop_id", order["shop_id"]) != order["shop_id"]:
        raise ControlError(f"order {order['id']} belongs to shop {order['shop_id']}")
    changes.pop("plain", None)
    if changes.get("user_id", order["user_id"]) != order["user_id"]:
        raise ControlError(f"order {order['id']} cannot change its buyer")
    lines = changes.pop("line_items", None)
    order |= changes | {"update_time": world.now()}
    if lines is not None:
        order["line_items"] = _lines(world, order, lines)
    for name in [name for name, value in order.items() if value is None]:
        del order[name]
    world.orders.put(order["id"], order)
    if status != order["status"]:
        set_status(world, order, status)
    else:
        arm_clock(world, order)
