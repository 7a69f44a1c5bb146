"""Platform calls on cancellations: who may end an order, when, and for which reason."""

from sandbox.calls import Call, inside, page, sort_rows, windows_of
from sandbox.cancellations import (
    COMPLETE,
    PENDING,
    approve,
    open_cancellation,
    reject,
    under_way,
)
from sandbox.errors import ApiError, Code
from sandbox.markets import (
    ALL_PAID_REASONS,
    REJECT_REASONS,
    UNPAID_REASONS,
    Market,
)
from sandbox.order_api import order_of
from sandbox.orders import market_of
from sandbox.packages import live_lines
from sandbox.store import Doc

_MOST_CANCELLATIONS = 50
_USUAL_CANCELLATIONS = 10
_ENDED = {
    "CANCELLED": (Code.ALREADY_CANCELLED, "the order is cancelled already"),
    "COMPLETED": (Code.ORDER_ENDED, "the order is completed"),
}
_SHIPPED = frozenset({"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"})


def cancel_order(call: Call) -> Doc:
    """Answer `POST /return_refund/{v}/cancellations`: the seller cancels."""
    order_id = str(call.body.get("order_id") or "")
    reason = str(call.body.get("cancel_reason") or "")
    if not order_id or not reason:
        raise ApiError(Code.CANCEL_PARAMETER, "order_id and cancel_reason are required")
    order = order_of(call, order_id, Code.ORDER_MISSING)
    market = market_of(call.world, order)
    refusal = refuse_cancel(call, order)
    if refusal is not None:
        raise refusal
    _check_reason(market, order, reason)
    lines = _chosen_lines(call.body, order)
    if len(lines) < len(live_lines(order)):
        _check_partial(market, order, reason)
    cancellation = open_cancellation(call.world, order, role="SELLER", reason=reason, lines=lines)
    return {"cancel_id": cancellation["id"], "cancel_status": cancellation["cancel_status"]}


def refuse_cancel(call: Call, order: Doc) -> ApiError | None:
    """Return why the seller may not cancel this order now, or None."""
    status = order["status"]
    if status in _ENDED:
        return ApiError(*_ENDED[status])
    if under_way(call.world, order) is not None:
        return ApiError(Code.CANCEL_IN_PROCESS, "a cancellation of the order is in process")
    if order["fulfillment_type"] != "FULFILLMENT_BY_SELLER":
        return ApiError(Code.CANCEL_STATUS, "the order is fulfilled by the platform")
    if status == "UNPAID" or status in market_of(call.world, order).seller_may_cancel:
        return None
    code = Code.ORDER_SHIPPED if status in _SHIPPED else Code.CANCEL_STATUS
    return ApiError(code, f"order status {status} does not allow cancelling")


def _check_reason(market: Market, order: Doc, reason: str) -> None:
    unpaid = order["status"] == "UNPAID"
    if reason in (UNPAID_REASONS if unpaid else market.paid_reasons):
        return
    known = ALL_PAID_REASONS | set(UNPAID_REASONS) | set(market.paid_reasons)
    if reason not in known:
        raise ApiError(Code.REASON_UNKNOWN, f"cancel_reason {reason!r} is not known")
    if reason in UNPAID_REASONS or unpaid:
        raise ApiError(Code.REASON_STATUS, f"{reason!r} does not fit status {order['status']}")
    raise ApiError(Code.REASON_WITHDRAWN, f"{reason!r} is not offered in {market.region}")


def _check_partial(market: Market, order: Doc, reason: str) -> None:
    if not market.allows_partial_cancel:
        raise ApiError(Code.BAD_LINES, f"single items cannot be cancelled in {market.region}")
    if reason != market.out_of_stock or order["status"] != "AWAITING_SHIPMENT":
        raise ApiError(Code.BAD_LINES, "single items: only out of stock, only AWAITING_SHIPMENT")


def _chosen_lines(body: Doc, order: Doc) -> list[Doc]:
    """Return the units to cancel; none named means all."""
    ids, newer = body.get("order_line_item_ids") or [], body.get("order_line_list") or []
    if ids and newer:
        raise ApiError(
            Code.BAD_LINES, "order_line_item_ids and order_line_list exclude each other"
        )
    ids = [str(i) for i in ids] or [str(entry.get("order_line_item_id")) for entry in newer]
    live = live_lines(order)
    if ids:
        chosen = [line for line in live if line["id"] in ids]
        if len(chosen) != len(set(ids)):
            raise ApiError(Code.BAD_LINES, "an order line item is unknown or cancelled")
        return chosen
    return _lines_of_skus(body["skus"], live) if body.get("skus") else live


def _lines_of_skus(skus: list[Doc], live: list[Doc]) -> list[Doc]:
    chosen: list[Doc] = []
    for entry in skus:
        mine = [line for line in live if line["sku_id"] == str(entry.get("sku_id"))]
        quantity = int(entry.get("quantity", 0))
        if not 1 <= quantity <= len(mine):
            raise ApiError(Code.BAD_LINES, f"SKU {entry.get('sku_id')!r}: quantity {quantity}")
        chosen += mine[:quantity]
    return chosen


def search_cancellations(call: Call) -> Doc:
    """Answer `POST /return_refund/{v}/cancellations/search`."""
    world, body = call.world, call.body
    ids = (
        [i for order_id in body["order_ids"] for i in world.cancels_of_order.keys(str(order_id))]
        if body.get("order_ids")
        else world.cancels_of_shop.keys(call.shop_id)
    )
    found = [world.cancellations.rows[i] for i in ids]
    rows = [row for row in found if row["shop_id"] == call.shop_id and _wanted(row, body)]
    rows = sort_rows(call, rows, allowed=("create_time", "update_time"))
    answer = page(
        call, rows, name="cancellations", most=_MOST_CANCELLATIONS, usual=_USUAL_CANCELLATIONS
    )
    return answer | {"cancellations": [_view(row) for row in answer["cancellations"]]}


def _wanted(row: Doc, body: Doc) -> bool:
    lists = {
        "cancel_ids": row["id"],
        "buyer_user_ids": row["user_id"],
        "cancel_types": row["cancel_type"],
        "cancel_status": row["cancel_status"],
    }
    return all(
        not body.get(name) or value in body[name] for name, value in lists.items()
    ) and inside(row, windows_of(body, ("create_time", "update_time")))


def _view(row: Doc) -> Doc:
    private = {"id", "shop_id", "user_id"}
    return {name: value for name, value in row.items() if name not in private}


def approve_cancellation(call: Call) -> Doc:
    """Answer `POST /return_refund/{v}/cancellations/{cancel_id}/approve`."""
    row = _cancellation(call)
    if _answered_before(call, row):
        return {}
    if row["cancel_status"] == COMPLETE:
        raise ApiError(Code.ALREADY_APPROVED, "the cancellation is approved already")
    if row["cancel_status"] != PENDING:
        raise ApiError(Code.APPROVE_STATUS, "the cancellation's status does not allow approving")
    approve(call.world, row)
    return {}


def reject_cancellation(call: Call) -> Doc:
    """Answer `POST /return_refund/{v}/cancellations/{cancel_id}/reject`."""
    row = _cancellation(call)
    if _answered_before(call, row):
        return {}
    if row["cancel_status"] != PENDING:
        raise ApiError(Code.REJECT_STATUS, "the cancellation's status does not allow rejecting")
    if call.body.get("reject_reason") not in REJECT_REASONS:
        raise ApiError(Code.REASON_UNKNOWN, "reject_reason is not known")
    reject(call.world, row)
    return {}


def _cancellation(call: Call) -> Doc:
    row = call.world.cancellations.get(call.ids["cancel_id"])
    if row is None or row["shop_id"] != call.shop_id:
        raise ApiError(Code.CANCEL_PARAMETER, f"cancellation {call.ids['cancel_id']!r} not found")
    return row


def _answered_before(call: Call, row: Doc) -> bool:
    """Tell whether this idempotency_key decided the request already; remember it if not."""
    key = call.query.get("idempotency_key")
    if not key:
        return False
    held = call.world.answered.get(f"{row['id']}:{key}")
    if held is None and row["cancel_status"] == PENDING:
        call.world.answered.put(f"{row['id']}:{key}", {"at": call.world.now()})
    return held is not None


def reject_reasons(call: Call) -> Doc:
    """Answer `GET /return_refund/{v}/reject_reasons`."""
    row = call.world.cancellations.get(call.query.get("return_or_cancel_id", ""))
    if row is None or row["shop_id"] != call.shop_id:
        raise ApiError(Code.CANCEL_PARAMETER, "return_or_cancel_id is not known")
    return {"reasons": [{"name": name, "text": text} for name, text in REJECT_REASONS.items()]}


def aftersale_eligibility(call: Call) -> Doc:
    """Answer `GET /return_refund/{v}/orders/{order_id}/aftersale_eligibility` for cancelling."""
    order = order_of(call, call.ids["order_id"], Code.ORDER_MISSING)
    if call.query.get("initiate_aftersale_user") not in {"SELLER", "BUYER"}:
        raise ApiError(Code.CANCEL_PARAMETER, "initiate_aftersale_user must be SELLER or BUYER")
    types = (call.query.get("request_types") or "CANCEL").split(",")
    sku_ids = dict.fromkeys(line["sku_id"] for line in order["line_items"])
    return {
        "sku_eligibility": [
            {
                "sku_id": sku,
                "line_item_eligibility": [_eligible(call, order, sku, t) for t in types],
            }
            for sku in sku_ids
        ]
    }


def _eligible(call: Call, order: Doc, sku_id: str, request_type: str) -> Doc:
    market = market_of(call.world, order)
    refusal = refuse_cancel(call, order)
    if request_type != "CANCEL":
        refusal = ApiError(Code.CANCEL_STATUS, "only cancellations are offered here")
    ids = [line["id"] for line in order["line_items"] if line["sku_id"] == sku_id]
    entry: Doc = {
        "request_type": request_type,
        "order_line_items_ids": ids,
        "order_line_list": [{"order_line_item_id": line_id} for line_id in ids],
        "eligible": refusal is None,
    }
    if refusal is not None:
        return entry | {"ineligible_code": refusal.code, "ineligible_reason": refusal.message}
    if call.version == "202309":
        return entry
    unpaid = order["status"] == "UNPAID"
    return entry | {
        "available_reason_names": list(UNPAID_REASONS if unpaid else market.paid_reasons)
    }
