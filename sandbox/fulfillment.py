"""Packages: platform calls, and what carrier and warehouse do with them."""

from sandbox.calls import Call, in_window, page, sort_rows
from sandbox.cancellations import reject, under_way
from sandbox.errors import ApiError, Code, ControlError
from sandbox.order_api import order_of
from sandbox.orders import ensure_package, set_status
from sandbox.store import Doc
from sandbox.world import World

_MOST_PACKAGES = 50
_USUAL_PACKAGES = 20
_HOUR = 3600
_SLOTS = 3
CARRIER_EVENTS = ("ships", "scanned", "no_show", "delivered", "completes")
_SHIPPABLE = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})


def search_packages(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/packages/search`."""
    world, wanted = call.world, call.body.get("package_status")
    held = (world.packages.rows[i] for i in world.packages_of_shop.keys(call.shop_id))
    rows = [
        row
        for row in held
        if (not wanted or row["status"] == wanted)
        and in_window(row, call.body, "create_time")
        and in_window(row, call.body, "update_time")
    ]
    rows = sort_rows(call, rows, allowed=("create_time", "update_time", "order_pay_time"))
    answer = page(call, rows, name="packages", most=_MOST_PACKAGES, usual=_USUAL_PACKAGES)
    private = {"shop_id", "sub_status", "handover_method", "pickup_slot"}
    views = [{k: v for k, v in row.items() if k not in private} for row in answer["packages"]]
    return answer | {"packages": views}


def package_detail(call: Call) -> Doc:
    """Answer `GET /fulfillment/{v}/packages/{package_id}`."""
    package = _package(call)
    orders = [call.world.orders.rows[held["id"]] for held in package["orders"]]
    renamed = {
        "package_id": package["id"],
        "package_status": package["status"],
        "package_sub_status": package["sub_status"],
        "shipping_type": orders[0]["shipping_type"],
        "warehouse_id": orders[0]["warehouse_id"],
        "recipient_address": orders[0]["recipient_address"],
        "orders": [_skus_of(order) for order in orders],
    }
    private = {"id", "status", "sub_status", "shop_id"}
    return {name: value for name, value in package.items() if name not in private} | renamed


def _skus_of(order: Doc) -> Doc:
    units: dict[str, int] = {}
    for line in order["line_items"]:
        units[line["sku_id"]] = units.get(line["sku_id"], 0) + 1
    return {"id": order["id"], "skus": [{"id": sku, "quantity": n} for sku, n in units.items()]}


def _package(call: Call) -> Doc:
    package = call.world.packages.get(call.ids["package_id"])
    if package is None or package["shop_id"] != call.shop_id:
        raise ApiError(Code.FOREIGN_PACKAGE, "the package is not one of this shop's")
    return package


def handover_slots(call: Call) -> Doc:
    """Answer `GET /fulfillment/{v}/packages/{package_id}/handover_time_slots`."""
    _package(call)
    start = (call.world.now() // _HOUR + 1) * _HOUR
    begins = [start + number * 4 * _HOUR for number in range(_SLOTS)]
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": call.shop["region"] in {"GB", "UK"},
        "drop_off_point_url": "",
        "pickup_slots": [
            # The wire misspells this field; both documentation snapshots print it so.
            {"start_time": begin, "end_time": begin + 4 * _HOUR, "avaliable": True}
            for begin in begins
        ],
    }


def ship_package(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/packages/{package_id}/ship`."""
    package = _package(call)
    method, slot = call.body.get("handover_method") or "PICKUP", call.body.get("pickup_slot")
    if method == "PICKUP" and call.shop["region"] == "US" and not slot:
        raise ApiError(Code.SLOT_MISSING, "pickup_slot is required")
    orders = [call.world.orders.rows[held["id"]] for held in package["orders"]]
    for order in orders:
        _check_shippable(call, order)
    package |= {"handover_method": method, "pickup_slot": slot or {}}
    tracking = (call.body.get("self_shipment") or {}).get("tracking_number")
    package["tracking_number"] = tracking or package["tracking_number"]
    for order in orders:
        if order["status"] in _SHIPPABLE:
            hand_over(call.world, order, by="seller")
    return {}


def mark_shipped(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/orders/{order_id}/packages`: shipped with an own carrier."""
    order = order_of(call, call.ids["order_id"])
    _check_shippable(call, order)
    package = ensure_package(call.world, order)
    tracking = call.body.get("tracking_number")
    package["tracking_number"] = tracking or package["tracking_number"]
    hand_over(call.world, order, by="seller")
    return {
        "order_id": order["id"],
        "order_line_item_ids": package["order_line_item_ids"],
        "package_id": package["id"],
        "warning": {"message": ""},
    }


def _check_shippable(call: Call, order: Doc) -> None:
    """Refuse what cannot be shipped; in the US shipping turns a buyer's request down."""
    status = order["status"]
    if status == "CANCELLED":
        raise ApiError(Code.PACKAGE_CANCELLED, "the order is cancelled")
    if status not in _SHIPPABLE:
        code = Code.CANCEL_STATUS if status in {"UNPAID", "ON_HOLD"} else Code.PACKAGE_SHIPPED
        raise ApiError(code, f"order status {status} does not allow shipping")
    pending = under_way(call.world, order)
    if pending is None:
        return
    if call.shop["region"] != "US" or pending["role"] != "BUYER":
        raise ApiError(Code.AFTERSALE_PENDING, "an after-sale request is pending")
    reject(call.world, pending)


def hand_over(world: World, order: Doc, *, by: str) -> None:
    """Move an order to AWAITING_COLLECTION and record who shipped it."""
    package = ensure_package(world, order)
    set_status(world, order, "AWAITING_COLLECTION")
    effect = {"shop_id": order["shop_id"], "order_id": order["id"], "package_id": package["id"]}
    world.record_effect("shipments", effect | {"event": "ships", "by": by})


def carrier_event(world: World, package: Doc, event: str) -> None:
    """Let the carrier or warehouse do something to a package and all its orders.

    Raises:
        ControlError: The event is not known.
    """
    if event not in CARRIER_EVENTS:
        raise ControlError(f"carrier event {event!r} is not one of {', '.join(CARRIER_EVENTS)}")
    for held in package["orders"]:
        order_event(world, world.orders.rows[held["id"]], event, package_id=package["id"])


def order_event(world: World, order: Doc, event: str, *, package_id: str = "") -> None:
    """Apply a carrier or warehouse event to one order; one that no longer fits does nothing."""
    if event == "ships":
        if order["status"] in _SHIPPABLE:
            hand_over(world, order, by="warehouse")
        return
    origin, target = _MOVES[event]
    package_id = package_id or next((p["id"] for p in order["packages"]), "")
    effect = {"shop_id": order["shop_id"], "order_id": order["id"], "package_id": package_id}
    if order["status"] in origin:
        world.record_effect("shipments", effect | {"event": event, "by": "carrier"})
        if target:
            set_status(world, order, target)


_MOVES: dict[str, tuple[frozenset[str], str]] = {
    "scanned": (_SHIPPABLE | {"AWAITING_COLLECTION"}, "IN_TRANSIT"),
    "no_show": (frozenset({"AWAITING_COLLECTION"}), ""),
    "delivered": (frozenset({"AWAITING_COLLECTION", "IN_TRANSIT"}), "DELIVERED"),
    "completes": (frozenset({"DELIVERED"}), "COMPLETED"),
}
