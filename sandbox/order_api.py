"""Platform calls on orders: search, detail, price detail."""

from typing import Any

from sandbox.calls import Call, Window, inside, page, sort_rows, windows_of
from sandbox.errors import ApiError, Code
from sandbox.orders import api_view
from sandbox.store import Doc

_MOST_ORDERS = 100
_USUAL_ORDERS = 20
_MOST_IDS = 50
_TIMES = ("create_time", "update_time")
_EQUAL = {
    "order_status": "status",
    "shipping_type": "shipping_type",
    "buyer_user_id": "user_id",
    "is_buyer_request_cancel": "is_buyer_request_cancel",
}


def search_orders(call: Call) -> Doc:
    """Answer `POST /order/{v}/orders/search`."""
    if "page_size" not in call.query:
        raise ApiError(Code.GATEWAY, "required parameter 'page_size' is missing")
    world, body = call.world, call.body
    wanted = [(field, body[name]) for name, field in _EQUAL.items() if body.get(name) is not None]
    windows = windows_of(body, _TIMES)
    places = set(body.get("warehouse_ids") or [])
    found = [
        order
        for order_id in _candidates(call)
        if _fits(order := world.orders.rows[order_id], wanted, windows, places)
    ]
    rows = sort_rows(call, found, allowed=_TIMES)
    answer = page(call, rows, name="orders", most=_MOST_ORDERS, usual=_USUAL_ORDERS)
    return answer | {"orders": [api_view(order) for order in answer["orders"]]}


def _candidates(call: Call) -> list[str]:
    buyer = call.body.get("buyer_user_id")
    if buyer:
        return call.world.orders_of_buyer.keys(f"{call.shop_id}:{buyer}")
    return call.world.orders_of_shop.keys(call.shop_id)


def _fits(
    order: Doc, wanted: list[tuple[str, Any]], windows: list[Window], places: set[str]
) -> bool:
    # Plain, for speed, as in `inside`.
    for field, value in wanted:
        if order.get(field) != value:
            return False
    return inside(order, windows) and (not places or order["warehouse_id"] in places)


def order_detail(call: Call) -> Doc:
    """Answer `GET /order/{v}/orders?ids=`; ids of other shops are left out, as unknown ones."""
    ids = [order_id for order_id in call.query.get("ids", "").split(",") if order_id]
    if not 1 <= len(ids) <= _MOST_IDS:
        raise ApiError(Code.BAD_PARAMETER, f"ids must name 1 to {_MOST_IDS} orders")
    held = (call.world.orders.get(order_id) for order_id in ids)
    return {"orders": [api_view(o) for o in held if o and o["shop_id"] == call.shop_id]}


def price_detail(call: Call) -> Doc:
    """Answer `GET /order/202407/orders/{order_id}/price_detail`."""
    order = order_of(call, call.ids["order_id"])
    payment = order["payment"]
    lines = [
        {
            "id": line["id"],
            "currency": payment["currency"],
            "sale_price": line["sale_price"],
            "total": line["sale_price"],
        }
        for line in order["line_items"]
    ]
    return {
        "currency": payment["currency"],
        "total": payment["total_amount"],
        "sub_total": payment["sub_total"],
        "shipping_fee": payment["shipping_fee"],
        "line_items": lines,
    }


def order_of(call: Call, order_id: str, missing: int = Code.FOREIGN_ORDER) -> Doc:
    """Return an order of the called shop.

    Raises:
        ApiError: With code *missing*, if the shop has no such order.
    """
    order = call.world.orders.get(order_id)
    if order is None or order["shop_id"] != call.shop_id:
        raise ApiError(missing, f"order {order_id!r} does not belong to the seller")
    return order
