"""What happens to an order when somebody cancels it: seller, buyer or the platform itself."""

from decimal import Decimal

from sandbox.habit_runs import happened
from sandbox.markets import Market
from sandbox.orders import announce, market_of, set_status
from sandbox.packages import live_lines
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import World

PENDING = "CANCELLATION_REQUEST_PENDING"
APPROVED = "CANCELLATION_REQUEST_SUCCESS"
WITHDRAWN = "CANCELLATION_REQUEST_CANCEL"
COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
FINISH = "finish_cancellation"
UNANSWERED = "unanswered_request"
_HOOK_SPELLING = {WITHDRAWN: "CANCELLATION_REQUEST_CANCELLED"}
_BUYER_REASON = "ecom_order_to_ship_canceled_reason_no_longer_needed"
_AT_ONCE = frozenset({"UNPAID", "ON_HOLD"})


def under_way(world: World, order: Doc) -> Doc | None:
    """Return the order's cancellation that is neither complete nor withdrawn, or None."""
    for cancel_id in reversed(world.cancels_of_order.keys(order["id"])):
        row = world.cancellations.rows[cancel_id]
        if row["cancel_status"] in {PENDING, APPROVED}:
            return row
    return None


def open_cancellation(
    world: World, order: Doc, *, role: str, reason: str, lines: list[Doc]
) -> Doc:
    """Cancel by the seller or the platform: at once, or after the scenario's delay."""
    row = _new(world, order, role=role, reason=reason, lines=lines)
    scenario = world.scenario
    delay = scenario.cancel_delays.get(order["id"], scenario.cancel_delay_seconds)
    if role == "SELLER" and delay > 0:
        _set(world, row, APPROVED)
        payload = {"cancel_id": row["id"]}
        at = world.clock.shop() + delay
        world.schedule.add(f"{FINISH}:{row['id']}", at=at, kind=FINISH, payload=payload)
    else:
        finish(world, row)
    return row


def request_by_buyer(world: World, order: Doc) -> Doc | None:
    """Let the buyer ask for a cancellation; before dispatch begins it happens at once.

    Returns:
        The cancellation, or None where a buyer can no longer ask.
    """
    may_ask = order["status"] in _AT_ONCE | {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}
    if not may_ask or under_way(world, order) is not None:
        return None
    row = _new(world, order, role="BUYER", reason=_BUYER_REASON, lines=live_lines(order))
    if order["status"] in _AT_ONCE:
        finish(world, row)
        return row
    market, now = market_of(world, order), world.now()
    deadline = now + market.answer_seconds
    row["seller_next_action_response"] = [
        {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": deadline}
    ]
    order |= {"is_buyer_request_cancel": True, "request_cancel_time": now, "update_time": now}
    world.orders.put(order["id"], order)
    _set(world, row, PENDING)
    if market.unanswered_completes:
        payload = {"cancel_id": row["id"]}
        key = f"{UNANSWERED}:{row['id']}"
        world.schedule.add(key, at=float(deadline), kind=UNANSWERED, payload=payload)
    return row


def finish(world: World, row: Doc) -> None:
    """Complete a cancellation: the units or the whole order end, the webhooks go out."""
    order = world.orders.rows[row["order_id"]]
    world.schedule.drop(f"{UNANSWERED}:{row['id']}")
    ids = {entry["order_line_item_id"] for entry in row["cancel_line_items"]}
    for line in order["line_items"]:
        if line["id"] in ids:
            line |= {"display_status": "CANCELLED", "cancel_reason": row["cancel_reason"]}
            line["cancel_user"] = row["role"]
    row["seller_next_action_response"] = []
    order["is_buyer_request_cancel"] = False
    _set(world, row, COMPLETE)
    _record(world, row)
    if live_lines(order):
        _partly(world, order)
    else:
        order |= {"cancellation_initiator": row["role"], "cancel_reason": row["cancel_reason"]}
        set_status(world, order, "CANCELLED")
        if row["role"] == "SELLER":
            happened(world, order, "cancelled")


def _partly(world: World, order: Doc) -> None:
    order["update_time"] = world.now()
    world.orders.put(order["id"], order)
    packages = [{"package_id": p["id"], "order_id_list": [order["id"]]} for p in order["packages"]]
    if packages:
        data = {
            "sc_type": "PARTLY_CANCEL_SPLIT",
            "role_type": "ROLE_SELLER",
            "package_list": packages,
            "update_time": order["update_time"],
        }
        emit(world, order["shop_id"], 4, data)


def approve(world: World, row: Doc) -> None:
    """Let the seller grant a buyer's request."""
    finish(world, row)


def reject(world: World, row: Doc) -> None:
    """Let the seller refuse a buyer's request; the order goes on."""
    order = world.orders.rows[row["order_id"]]
    order |= {"is_buyer_request_cancel": False, "update_time": world.now()}
    world.orders.put(order["id"], order)
    row["seller_next_action_response"] = []
    world.schedule.drop(f"{UNANSWERED}:{row['id']}")
    _set(world, row, WITHDRAWN)
    announce(world, order)


def run_out(world: World, order: Doc) -> None:
    """Let the platform cancel because one of its clocks ran out."""
    held = under_way(world, order)
    if held is not None:
        world.schedule.drop(f"{FINISH}:{held['id']}")
        finish(world, held)
        return
    market: Market = market_of(world, order)
    reason = market.system_timeout
    open_cancellation(world, order, role="SYSTEM", reason=reason, lines=live_lines(order))


def _new(world: World, order: Doc, *, role: str, reason: str, lines: list[Doc]) -> Doc:
    cancel_id, now = world.new_id("cancel"), world.now()
    whole = len(lines) == len(order["line_items"])
    currency = order["payment"]["currency"]
    row: Doc = {
        "id": cancel_id,
        "cancel_id": cancel_id,
        "shop_id": order["shop_id"],
        "user_id": order["user_id"],
        "order_id": order["id"],
        "cancel_type": "BUYER_CANCEL" if role == "BUYER" else "CANCEL",
        "cancel_status": PENDING,
        "role": role,
        "cancel_reason": reason,
        "cancel_reason_text": reason.rsplit("reason_", 1)[-1].replace("_", " "),
        "create_time": now,
        "update_time": now,
        "seller_next_action_response": [],
        "should_replenish_stock": False,
        "refund_amount": _refund(order, lines, whole=whole),
        "cancel_line_items": [
            {
                "cancel_line_item_id": f"{cancel_id}{number:02d}",
                "order_line_item_id": line["id"],
                "sku_id": line["sku_id"],
                "seller_sku": line.get("seller_sku", ""),
                "product_name": line.get("product_name", ""),
                "refund_amount": {"currency": currency, "refund_total": line["sale_price"]},
            }
            for number, line in enumerate(lines)
        ],
    }
    return world.cancellations.put(cancel_id, row)


def _refund(order: Doc, lines: list[Doc], *, whole: bool) -> Doc:
    payment, paid = order["payment"], bool(order.get("paid_time"))
    items = sum((Decimal(line["sale_price"]) for line in lines), Decimal(0))
    total = Decimal(payment["total_amount"]) if whole else items
    fee = payment["shipping_fee"] if whole else "0"
    return {
        "currency": payment["currency"],
        "refund_total": str(total) if paid else "0",
        "refund_subtotal": str(items) if paid else "0",
        "refund_shipping_fee": fee if paid else "0",
        "refund_tax": payment["tax"] if paid and whole else "0",
    }


def _set(world: World, row: Doc, status: str) -> None:
    row |= {"cancel_status": status, "update_time": world.now()}
    world.cancellations.put(row["id"], row)
    data = {
        "order_id": row["order_id"],
        "cancel_id": row["id"],
        "cancellations_role": row["role"],
        "cancel_status": _HOOK_SPELLING.get(status, status),
        "create_time": row["create_time"],
    }
    emit(world, row["shop_id"], 11, data)


def _record(world: World, row: Doc) -> None:
    names = ("shop_id", "order_id", "cancel_id", "role", "cancel_reason", "refund_amount")
    lines = [entry["order_line_item_id"] for entry in row["cancel_line_items"]]
    whole = len(lines) == len(world.orders.rows[row["order_id"]]["line_items"])
    effect = {name: row[name] for name in names} | {"line_item_ids": lines, "whole": whole}
    world.record_effect("cancellations", effect)
