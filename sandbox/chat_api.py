"""Platform calls on conversations: who may write to whom, and what a message may hold."""

import json
import re
from typing import Any

from sandbox.calls import Call, page
from sandbox.chat import buyer_is_blocked, conversation_with, open_conversation, shop_says
from sandbox.coupons import why_not_sendable
from sandbox.errors import ApiError, Code
from sandbox.store import Doc
from sandbox.world import Buyer

_LONGEST_TEXT = 2000
_MOST_CONVERSATIONS = 20
_MOST_MESSAGES = 10
_DAY = 86_400
_CHAT_DAYS = 30
_ORDER_DAYS = 60
_ROLES = frozenset({"CUSTOMER_SERVICE", "SYSTEM", "ROBOT"})
_CONTACT = re.compile(
    r"""
    https?:// | \bwww\. | \b[\w-]+\.(?:com|net|org|info|io|co|me|cn|th|vn|id|shop|link|ly)\b
    | [\w.+-]+@[\w-]+\.\w | \b(?:whatsapp|wechat|telegram)\b | \bline\s*id\b
    | \+\d[\d ()-]{7,}\d | \(\d{3}\)\s?\d{3}-\d{4} | \b\d{3}-\d{3}-\d{4}\b
    | (?<!\d)0\d{8,10}(?!\d) | (?<!\d)0\d{1,2}[ -]\d{3,4}[ -]\d{4}(?!\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Links, addresses and phone numbers, which the platform blocks in chat."""


def create_conversation(call: Call) -> Doc:
    """Answer `POST /customer_service/{v}/conversations`."""
    user_id = str(call.body.get("buyer_user_id") or "")
    if not user_id:
        raise ApiError(Code.CHAT_PARAMETER, "buyer_user_id is required")
    buyer = Buyer(call.shop_id, user_id)
    if not _may_write(call, buyer):
        raise ApiError(Code.CHAT_NOT_ALLOWED, "contacting this buyer is not allowed")
    return {"conversation_id": open_conversation(call.world, buyer)["id"]}


def _may_write(call: Call, buyer: Buyer) -> bool:
    world = call.world
    if buyer_is_blocked(world, buyer):
        return False
    now = world.now()
    held = conversation_with(world, buyer)
    if held is not None and held["last_time"] >= now - _CHAT_DAYS * _DAY:
        return True
    orders = (world.orders.rows[i] for i in world.orders_of_buyer.keys(buyer.key))
    since = now - _ORDER_DAYS * _DAY
    return any(o["create_time"] >= since or world.cancels_of_order.size(o["id"]) for o in orders)


def list_conversations(call: Call) -> Doc:
    """Answer `GET /customer_service/{v}/conversations`."""
    world = call.world
    held = [world.conversations.rows[i] for i in world.conversations_of_shop.keys(call.shop_id)]
    rows = sorted(held, key=lambda row: (row["last_time"], row["id"]), reverse=True)
    answer = page(
        call, rows, name="conversations", most=_MOST_CONVERSATIONS, usual=_MOST_CONVERSATIONS
    )
    return answer | {"conversations": [_view(call, row) for row in answer["conversations"]]}


def one_conversation(call: Call) -> Doc:
    """Answer `GET /customer_service/202601/conversations/{conversation_id}`."""
    return {"conversation": _view(call, _conversation(call))}


def _view(call: Call, row: Doc) -> Doc:
    latest = call.world.messages.get(row["latest_message_id"])
    roles = {"BUYER": row["user_id"], "SHOP": row["shop_id"]}
    view: Doc = {
        "id": row["id"],
        "participant_count": len(roles),
        "can_send_message": _may_write(call, Buyer(row["shop_id"], row["user_id"])),
        "unread_count": row["unread_count"],
        "create_time": row["create_time"],
        "participants": [
            {"im_user_id": f"im{who}", "user_id": who, "role": role, "nickname": "", "avatar": ""}
            for role, who in roles.items()
        ],
    }
    return view | ({"latest_message": _message_view(latest)} if latest else {})


def _message_view(message: Doc) -> Doc:
    return {name: value for name, value in message.items() if name != "conversation_id"}


def _conversation(call: Call) -> Doc:
    row = call.world.conversations.get(call.ids["conversation_id"])
    if row is None or row["shop_id"] != call.shop_id:
        raise ApiError(Code.CHAT_MISSING, "the conversation is not found")
    return row


def list_messages(call: Call) -> Doc:
    """Answer `GET /customer_service/{v}/conversations/{id}/messages`."""
    conversation, field = _conversation(call), call.query.get("sort_field") or "create_time"
    order = (call.query.get("sort_order") or "DESC").upper()
    if field not in {"create_time", "index"} or order not in {"ASC", "DESC"}:
        raise ApiError(Code.CHAT_PARAMETER, "sort_field or sort_order is invalid")
    world = call.world
    ids = world.messages_of.keys(conversation["id"])
    rows = [world.messages.rows[i] for i in (reversed(ids) if order == "DESC" else ids)]
    answer = page(call, rows, name="messages", most=_MOST_MESSAGES, usual=_MOST_MESSAGES)
    return answer | {"messages": [_message_view(row) for row in answer["messages"]]}


def mark_read(call: Call) -> Doc:
    """Answer `POST /customer_service/{v}/conversations/{id}/messages/read`."""
    row = _conversation(call)
    row["unread_count"] = 0
    call.world.conversations.put(row["id"], row)
    return {}


def send_message(call: Call) -> Doc:
    """Answer `POST /customer_service/{v}/conversations/{id}/messages`."""
    row = _conversation(call)
    kind, content = str(call.body.get("type") or ""), _content(call.body.get("content"))
    role = call.body.get("sender_role") or "CUSTOMER_SERVICE"
    if role not in _ROLES:
        raise ApiError(Code.CHAT_PARAMETER, f"sender_role {role!r} is invalid")
    check = _CHECKS.get(kind)
    if check is None:
        raise ApiError(Code.CHAT_PARAMETER, f"type {kind!r} cannot be sent")
    if not _may_write(call, Buyer(row["shop_id"], row["user_id"])):
        raise ApiError(Code.SEND_NOT_ALLOWED, "sending to this buyer is not allowed")
    check(call, row, content)
    message = shop_says(call.world, row, role=str(role), kind=kind, content=content)
    return {"message_id": message["id"]}


def _content(raw: Any) -> Doc:
    """Read the content field: a string that holds a JSON object."""
    if not isinstance(raw, str):
        raise ApiError(Code.CHAT_PARAMETER, "content must be a JSON serialized string")
    try:
        content = json.loads(raw)
    except ValueError as error:
        raise ApiError(Code.CHAT_PARAMETER, "content is not JSON") from error
    if not isinstance(content, dict):
        raise ApiError(Code.CHAT_PARAMETER, "content must hold an object")
    return content


def _check_text(_call: Call, _row: Doc, content: Doc) -> None:
    text = content.get("content")
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_TEXT:
        raise ApiError(Code.CHAT_PARAMETER, f"content must have 1 to {_LONGEST_TEXT} characters")
    if _CONTACT.search(text):
        raise ApiError(Code.SENSITIVE, "the message contains sensitive content")


def _check_order_card(call: Call, row: Doc, content: Doc) -> None:
    order = call.world.orders.get(str(content.get("order_id")))
    owner = (order["shop_id"], order["user_id"]) if order else None
    if owner != (row["shop_id"], row["user_id"]):
        raise ApiError(Code.CARD_CONDITIONS, "the order is not one of this buyer's in this shop")


def _check_product_card(call: Call, row: Doc, content: Doc) -> None:
    product = call.world.products.get(str(content.get("product_id")))
    if product is None or product["shop_id"] != row["shop_id"]:
        raise ApiError(Code.CARD_CONDITIONS, "the product is not one of this shop's")


def _check_coupon_card(call: Call, row: Doc, content: Doc) -> None:
    coupon = call.world.coupons.get(str(content.get("coupon_id")))
    if coupon is None or coupon["shop_id"] != row["shop_id"]:
        raise ApiError(Code.COUPON_CONDITIONS, "the coupon is not one of this shop's")
    reason = why_not_sendable(coupon)
    if reason:
        raise ApiError(Code.COUPON_CONDITIONS, reason)
    rate = call.world.scenario.coupon_cards_per_second
    if not call.world.coupon_cards.take(row["shop_id"], rate, most=1):
        raise ApiError(Code.COUPON_RATE, "coupon cards are sent too fast")


def _check_image(_call: Call, _row: Doc, content: Doc) -> None:
    if not content.get("url"):
        raise ApiError(Code.CHAT_PARAMETER, "an image needs its url")


_CHECKS = {
    "TEXT": _check_text,
    "ORDER_CARD": _check_order_card,
    "LOGISTICS_CARD": _check_order_card,
    "RETURN_REFUND_CARD": _check_order_card,
    "PRODUCT_CARD": _check_product_card,
    "COUPON_CARD": _check_coupon_card,
    "IMAGE": _check_image,
}
