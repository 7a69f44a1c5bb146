"""Orders as the shops hold them: moving them on, winding their clocks, showing them."""

from typing import Any

from sandbox.markets import Market
from sandbox.packages import live_lines, sync_packages
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
_PRIVATE = frozenset({"shop_id", "plain", "hold_until"})


def market_of(world: World, order: Doc) -> Market:
    """Return the market of the order's shop."""
    return Market(world.shops.rows[order["shop_id"]]["region"])


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
    sync_packages(world, order)
    arm_clock(world, order)
    announce(world, order)


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
    return order["order_type"] != "NORMAL" or any(order.get(flag) for flag in flags)


def api_view(order: Doc) -> Doc:
    """Return the order as the API prints it."""
    return {name: value for name, value in order.items() if name not in _PRIVATE}


def control_view(world: World, order: Doc) -> Doc:
    """Return the order as the controls print it."""
    plain: dict[str, Any] = {"shop_id": order["shop_id"], "plain": is_plain(world, order)}
    return api_view(order) | plain
