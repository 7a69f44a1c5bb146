"""Conversations between shops and buyers, and what a message is about."""

import json
import re

from sandbox.habit_runs import happened
from sandbox.orders import ENDED
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import Buyer, World

_LAST_DIGITS = 6
_NUMBER = re.compile(r"\d{6,}")


def buyer_is_blocked(world: World, buyer: Buyer) -> bool:
    """Tell whether the buyer refuses messages of the shop."""
    return bool((world.buyers.get(buyer.key) or {}).get("blocked"))


def conversation_with(world: World, buyer: Buyer) -> Doc | None:
    """Return the buyer's conversation with the shop, if there ever was one."""
    held = world.conversation_of_buyer.keys(buyer.key)
    return world.conversations.rows[held[0]] if held else None


def open_conversation(world: World, buyer: Buyer) -> Doc:
    """Return the buyer's one conversation with the shop, making it if need be."""
    held = conversation_with(world, buyer)
    if held is not None:
        return held
    now = world.now()
    conversation: Doc = {
        "id": world.new_id("conversation"),
        "shop_id": buyer.shop_id,
        "user_id": buyer.user_id,
        "create_time": now,
        "unread_count": 0,
        "last_time": now,
        "latest_message_id": "",
        "about": "",
    }
    world.conversations.put(conversation["id"], conversation)
    data = {"conversation_id": conversation["id"], "create_time": now}
    emit(world, buyer.shop_id, 13, data)
    return conversation


def add_message(world: World, conversation: Doc, *, role: str, kind: str, content: Doc) -> Doc:
    """Write a message into a conversation and tell the webhook, whoever wrote it."""
    now = world.now()
    speaker = conversation["user_id"] if role == "BUYER" else conversation["shop_id"]
    message = {
        "id": world.new_id("message"),
        "conversation_id": conversation["id"],
        "type": kind,
        "content": json.dumps(content, ensure_ascii=False),
        "create_time": now,
        "index": str(world.count("message_index")),
        "is_visible": True,
        "sender": {"im_user_id": f"im{speaker}", "role": role, "nickname": "", "avatar": ""},
    }
    world.messages.put(message["id"], message)
    conversation |= {"last_time": now, "latest_message_id": message["id"]}
    conversation["unread_count"] += role == "BUYER"
    world.conversations.put(conversation["id"], conversation)
    data = {name: value for name, value in message.items() if name != "id"}
    sender = {name: message["sender"][name] for name in ("im_user_id", "role")}
    emit(
        world, conversation["shop_id"], 14, data | {"message_id": message["id"], "sender": sender}
    )
    return message


def buyer_says(world: World, order: Doc, text: str) -> Doc:
    """Let the buyer of an order write a text."""
    conversation = open_conversation(world, Buyer(order["shop_id"], order["user_id"]))
    return add_message(world, conversation, role="BUYER", kind="TEXT", content={"content": text})


def shop_says(world: World, conversation: Doc, *, role: str, kind: str, content: Doc) -> Doc:
    """Let the shop send a message; record its effect and wake the buyer's habits."""
    about = orders_meant(world, conversation, kind, content)
    message = add_message(world, conversation, role=role, kind=kind, content=content)
    effect: Doc = {
        "shop_id": conversation["shop_id"],
        "conversation_id": conversation["id"],
        "user_id": conversation["user_id"],
        "message_id": message["id"],
        "order_id": about[0] if about else None,
        "order_ids": about,
        "kind": kind,
        "role": role,
        "text": content.get("content", "") if kind == "TEXT" else "",
        "coupon_id": content.get("coupon_id"),
        "product_id": content.get("product_id"),
    }
    world.record_effect("messages", effect)
    if kind == "COUPON_CARD":
        order_id = effect["order_id"] or _last_meant(world, conversation)
        names = ("shop_id", "conversation_id", "user_id", "message_id", "coupon_id")
        sent = {name: effect[name] for name in names} | {"order_id": order_id}
        world.record_effect("coupons_sent", sent)
    if about:
        conversation["about"] = about[0]
        world.conversations.put(conversation["id"], conversation)
    trigger = {"TEXT": "message", "PRODUCT_CARD": "card"}.get(kind)
    for order_id in about if trigger else ():
        happened(world, world.orders.rows[order_id], str(trigger))
    return message


def _last_meant(world: World, conversation: Doc) -> str | None:
    """Say which order a coupon belongs to once no order is open: the last one talked about."""
    if conversation["about"]:
        return str(conversation["about"])
    mine = world.orders_of_buyer.keys(f"{conversation['shop_id']}:{conversation['user_id']}")
    return mine[0] if len(mine) == 1 else None


def orders_meant(world: World, conversation: Doc, kind: str, content: Doc) -> list[str]:
    """Say which orders a message of the shop is about.

    Returns:
        The order of its card; else those of the buyer whose last six digits the text names, in
        the order named; else the buyer's only open order; else none.
    """
    if content.get("order_id"):
        return [str(content["order_id"])]
    mine = world.orders_of_buyer.keys(f"{conversation['shop_id']}:{conversation['user_id']}")
    if kind == "TEXT":
        by_digits = {order_id[-_LAST_DIGITS:]: order_id for order_id in mine}
        numbers = _NUMBER.findall(str(content.get("content", "")))
        named = (by_digits.get(number[-_LAST_DIGITS:]) for number in numbers)
        if found := list(dict.fromkeys(order_id for order_id in named if order_id)):
            return found
    still_open = [i for i in mine if world.orders.rows[i]["status"] not in ENDED]
    return still_open if len(still_open) == 1 else []
