"""Platform calls on packages: search, detail, slots, shipping, tracking."""

from sandbox.calls import Call, inside, page, sort_rows, windows_of
from sandbox.cancellations import reject, under_way
from sandbox.carrier import SHIPPABLE, hand_over, record, tracking_of
from sandbox.errors import ApiError, Code
from sandbox.order_api import order_of
from sandbox.packages import ensure_package, offered_slots
from sandbox.store import Doc

_MOST_PACKAGES = 50
_USUAL_PACKAGES = 20
_UNLISTED = frozenset(
    {"shop_id", "sub_status", "handover_method", "pickup_slot", "ship_exception_reason"}
)
"""What the search leaves to the detail."""


def search_packages(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/packages/search`."""
    world, wanted = call.world, call.body.get("package_status")
    held = (world.packages.rows[i] for i in world.packages_of_shop.keys(call.shop_id))
    windows = windows_of(call.body, ("create_time", "update_time"))
    rows = [
        row for row in held if (not wanted or row["status"] == wanted) and inside(row, windows)
    ]
    rows = sort_rows(call, rows, allowed=("create_time", "update_time", "order_pay_time"))
    answer = page(call, rows, name="packages", most=_MOST_PACKAGES, usual=_USUAL_PACKAGES)
    views = [{k: v for k, v in row.items() if k not in _UNLISTED} for row in answer["packages"]]
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
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": call.shop["region"] in {"GB", "UK"},
        "drop_off_point_url": "",
        "pickup_slots": offered_slots(call.world),
    }


def ship_package(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/packages/{package_id}/ship`; a missed pickup is rebooked."""
    package = _package(call)
    method, slot = call.body.get("handover_method") or "PICKUP", call.body.get("pickup_slot")
    orders = [call.world.orders.rows[held["id"]] for held in package["orders"]]
    again = _books_again(call, package, orders, slot)
    if not again:
        for order in orders:
            _check_shippable(call, order)
    if method == "PICKUP" and call.shop["region"] == "US" and not slot:
        raise ApiError(Code.SLOT_MISSING, "pickup_slot is required")
    if slot:
        _check_slot(call, slot)
    package |= {"handover_method": method, "pickup_slot": slot or {}}
    tracking = (call.body.get("self_shipment") or {}).get("tracking_number")
    package["tracking_number"] = tracking or package["tracking_number"]
    if again:
        package["update_time"] = call.world.now()
    call.world.packages.put(package["id"], package)
    for order in orders:
        if again and order["status"] == "AWAITING_COLLECTION":
            record(call.world, package, order, event="rebooked", by="seller")
        elif order["status"] in SHIPPABLE:
            hand_over(call.world, order, by="seller")
    return {}


def _books_again(call: Call, package: Doc, orders: list[Doc], slot: Doc | None) -> bool:
    """Tell whether a package that waits for the carrier is to be given another window."""
    return (
        call.world.scenario.allow_rebooking
        and bool(slot)
        and slot != package.get("pickup_slot")
        and any(order["status"] == "AWAITING_COLLECTION" for order in orders)
    )


def _check_slot(call: Call, slot: Doc) -> None:
    wanted = (slot.get("start_time"), slot.get("end_time"))
    free = [s for s in offered_slots(call.world) if s["avaliable"]]
    if wanted not in {(s["start_time"], s["end_time"]) for s in free}:
        raise ApiError(Code.SLOT_OUTSIDE, "pickup_slot is not one of the available slots")


def mark_shipped(call: Call) -> Doc:
    """Answer `POST /fulfillment/{v}/orders/{order_id}/packages`: shipped with an own carrier."""
    order = order_of(call, call.ids["order_id"])
    _check_shippable(call, order)
    package = ensure_package(call.world, order)
    tracking = call.body.get("tracking_number")
    package["tracking_number"] = tracking or package["tracking_number"]
    hand_over(call.world, order, by="seller", own_carrier=True)
    return {
        "order_id": order["id"],
        "order_line_item_ids": package["order_line_item_ids"],
        "package_id": package["id"],
        "warning": {"message": ""},
    }


def order_tracking(call: Call) -> Doc:
    """Answer `GET /fulfillment/{v}/orders/{order_id}/tracking`."""
    return {"tracking": tracking_of(order_of(call, call.ids["order_id"]))}


def _check_shippable(call: Call, order: Doc) -> None:
    """Refuse what cannot be shipped; in the US shipping turns a buyer's request down."""
    status = order["status"]
    if status == "CANCELLED":
        raise ApiError(Code.PACKAGE_CANCELLED, "the order is cancelled")
    if status not in SHIPPABLE:
        code = Code.CANCEL_STATUS if status in {"UNPAID", "ON_HOLD"} else Code.PACKAGE_SHIPPED
        raise ApiError(code, f"order status {status} does not allow shipping")
    pending = under_way(call.world, order)
    if pending is None:
        return
    if call.shop["region"] != "US" or pending["role"] != "BUYER":
        raise ApiError(Code.AFTERSALE_PENDING, "an after-sale request is pending")
    reject(call.world, pending)
