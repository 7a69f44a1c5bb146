"""Orders as givers describe them, made into orders as the shops hold them."""

from decimal import Decimal
from typing import Any

from sandbox.clock import read_instant
from sandbox.errors import ControlError
from sandbox.markets import HANDLING, Market, handling_seconds
from sandbox.orders import STATUSES, arm_clock, set_status
from sandbox.packages import SHIPPED, change_package, check_change, ensure_package
from sandbox.store import Doc
from sandbox.world import World

_REMORSE_SECONDS = 3600


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
    parcels = order["packages"] or []
    order["packages"] = _package_ids(parcels)
    _fill_clocks(order, market, given)
    _fill_payment(order)
    order = {name: value for name, value in order.items() if value is not None}
    world.orders.put(order["id"], order)
    _fill_package(world, order, market, parcels[0] if parcels else {})
    arm_clock(world, order)
    return order


def _new_order_id(world: World) -> str:
    while (order_id := world.new_id("order")) in world.orders.rows:
        pass
    return order_id


def _absolute(raw: Doc, now: int) -> Doc:
    """Turn times such as "+3600" or RFC 3339 into unix seconds, those of packages too."""
    return {name: _absolute_value(name, value, now) for name, value in raw.items()}


def _absolute_value(name: str, value: Any, now: int) -> Any:
    if name.endswith(("_time", "release_date")) and isinstance(value, str):
        return int(read_instant(value, base=now))
    if name == "pickup_slot":
        return _absolute(value or {}, now)
    if name == "packages":
        return [_absolute(entry, now) for entry in value or []]
    return value


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
    paid = int(order.get("paid_time") or order["create_time"])
    _fill_handling(order, paid)
    clocks = market.clocks(paid, order["order_type"], order.get("handling_duration"))
    for name, value in clocks.items():
        if name not in given:
            order[name] = value
    _fill_stamps(order)
    if order["status"] == "ON_HOLD":
        order["is_on_hold_order"] = True
        order.setdefault("hold_until", order.get("release_date", paid + _REMORSE_SECONDS))


def _fill_handling(order: Doc, paid: int) -> None:
    """Give an order that is to be made or to arrive first the time its seller takes."""
    handling = HANDLING.get(order["order_type"])
    if handling is not None:
        held = order.setdefault("handling_duration", handling)
        if order["order_type"] == "PRE_ORDER":
            order.setdefault("release_date", paid + handling_seconds(held))


def _fill_stamps(order: Doc) -> None:
    """Give a shipped order the instants at which it was shipped and collected."""
    if order["status"] in SHIPPED:
        order.setdefault("rts_time", order["create_time"])
    if order["status"] in SHIPPED - {"AWAITING_COLLECTION"}:
        order.setdefault("collection_time", order["rts_time"])


def _fill_payment(order: Doc) -> None:
    lines = order["line_items"]
    currency = lines[0].get("currency", "USD")
    total = sum((Decimal(line["sale_price"]) for line in lines), Decimal(0))
    payment = {"currency": currency, "sub_total": str(total), "total_amount": str(total)}
    zero = {"shipping_fee": "0", "seller_discount": "0", "platform_discount": "0", "tax": "0"}
    order["payment"] = payment | zero | order.get("payment", {})


def _package_ids(given: list[Doc]) -> list[Doc]:
    return [{"id": str(entry["id"])} for entry in given if "id" in entry]


def _fill_package(world: World, order: Doc, market: Market, given: Doc) -> None:
    shipped = any(line["display_status"] in SHIPPED for line in order["line_items"])
    paid = order["status"] not in {"UNPAID", "CANCELLED"}
    if shipped or (paid and market.package_before_shipping):
        package = ensure_package(world, order)
        change_package(world, package, given)


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
    parcels = changes.pop("packages", None) or []
    _check_packages(world, order, parcels)
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
    for entry in parcels:
        change_package(world, world.packages.rows[str(entry["id"])], entry)


def _check_packages(world: World, order: Doc, given: list[Doc]) -> None:
    held = {package["id"] for package in order["packages"]} & set(world.packages.rows)
    for entry in given:
        if str(entry.get("id", "")) not in held:
            raise ControlError(f"package {entry.get('id')!r} is not one of order {order['id']}")
        check_change(entry)
