"""Webhooks: registration, emission, delivery with the platform's retries, and flaws on demand."""

import json
from typing import Any

import httpx

from sandbox.clock import rfc3339
from sandbox.errors import ApiError, Code
from sandbox.shops import APP_KEY, APP_SECRET
from sandbox.signing import webhook_sign
from sandbox.store import Doc
from sandbox.world import World

EVENT_TYPES = {
    "ORDER_STATUS_CHANGE": 1,
    "REVERSE_STATUS_UPDATE": 2,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "INVENTORY_STATUS_CHANGE": 27,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}
"""Names a shop can register an address for, and the number the envelope carries."""

RETRY_SECONDS = (120, 1800, 3 * 3600, 12 * 3600)
"""Waits before the second to fifth attempt, on the shop clock; then the platform gives up.

Source:
    TikTok Shop API, webhook configuration guide (docs, 2026).
"""
ANSWER_SECONDS = 3.0
_LONGEST_ADDRESS = 255
_REORDER_SECONDS = 2.0
DELIVER = "deliver"
_NAME_OF = {number: name for name, number in EVENT_TYPES.items()}


def register(world: World, shop_id: str, body: Doc) -> Doc:
    """Set the address of one event type of one shop."""
    event_type, address = _event_type(body), str(body.get("address", ""))
    if not address.startswith(("http://", "https://")) or len(address) > _LONGEST_ADDRESS:
        raise ApiError(Code.BAD_PARAMETER, "address must be an http(s) URL of 255 characters")
    key, now = f"{shop_id}:{event_type}", world.now()
    held = world.hooks.get(key) or {"create_time": now}
    entry = {"shop_id": shop_id, "event_type": event_type, "address": address}
    world.hooks.put(key, held | entry | {"update_time": now})
    return {}


def registered(world: World, shop_id: str) -> Doc:
    """List the addresses of one shop."""
    held = (world.hooks.get(f"{shop_id}:{name}") for name in EVENT_TYPES)
    mine = [{k: v for k, v in hook.items() if k != "shop_id"} for hook in held if hook]
    return {"webhooks": mine, "total_count": len(mine)}


def unregister(world: World, shop_id: str, body: Doc) -> Doc:
    """Remove the address of one event type."""
    world.hooks.remove(f"{shop_id}:{_event_type(body)}")
    return {}


def _event_type(body: Doc) -> str:
    name = body.get("event_type")
    if name not in EVENT_TYPES:
        raise ApiError(Code.BAD_PARAMETER, f"event_type {name!r} is invalid")
    return str(name)


def emit(world: World, shop_id: str, number: int, data: Doc) -> None:
    """Send a notification to whoever the shop registered; nobody registered, nothing sent."""
    hook = world.hooks.get(f"{shop_id}:{_NAME_OF.get(number, number)}")
    if hook is None:
        return
    notification = world.new_id("notification")
    envelope = {
        "type": number,
        "tts_notification_id": notification,
        "shop_id": shop_id,
        "timestamp": world.now(),
        "data": data,
    }
    delivery = {
        "id": notification,
        "tts_notification_id": notification,
        "shop_id": shop_id,
        "type": number,
        "address": hook["address"],
        "body": json.dumps(envelope, ensure_ascii=False, separators=(",", ":")),
        "group": str(data.get("conversation_id") or data.get("order_id") or notification),
        "state": "pending",
        "attempts": [],
    }
    _plan(world, delivery)


def _plan(world: World, delivery: Doc) -> None:
    flaws, number = world.scenario.webhooks, world.count("webhooks")
    lost = flaws.drop_every and number % flaws.drop_every == 0
    world.deliveries.put(delivery["id"], delivery | {"state": "lost"} if lost else delivery)
    if lost:
        return
    late = _REORDER_SECONDS if flaws.reorder and number % 2 == 1 else 0.0
    at = world.clock.shop() + flaws.delay_seconds + late
    _schedule(world, delivery["id"], at)
    if flaws.double_every and number % flaws.double_every == 0:
        twin = {**delivery, "id": f"{delivery['id']}:twin", "attempts": []}
        world.deliveries.put(twin["id"], twin)
        _schedule(world, twin["id"], at)


def _schedule(world: World, delivery_id: str, at: float) -> None:
    key = f"{DELIVER}:{delivery_id}"
    world.schedule.add(key, at=at, kind=DELIVER, payload={"delivery_id": delivery_id})


async def deliver(world: World, client: httpx.AsyncClient, event: Doc) -> None:
    """Make one attempt; on failure plan the next as the platform does."""
    delivery = world.deliveries.rows[event["payload"]["delivery_id"]]
    at = max(event["at"], world.clock.shop())
    hook = world.hooks.get(f"{delivery['shop_id']}:{_NAME_OF.get(delivery['type'])}")
    if hook is not None:
        # A receiver that came back at another address gets what is still on its way to it.
        delivery["address"] = hook["address"]
    attempt: Doc = {"at": rfc3339(at)} | await _post(client, delivery)
    delivery["attempts"].append(attempt)
    world.schedule.drop(event["key"])
    failures = len(delivery["attempts"])
    if attempt.get("status") == httpx.codes.OK:
        delivery["state"] = "delivered"
    elif failures <= len(RETRY_SECONDS):
        _schedule(world, delivery["id"], at + RETRY_SECONDS[failures - 1])
    else:
        delivery["state"] = "given_up"
    world.deliveries.put(delivery["id"], delivery)
    world.store.flush()


async def _post(client: httpx.AsyncClient, delivery: Doc) -> dict[str, Any]:
    raw = delivery["body"].encode()
    signature = webhook_sign(app_key=APP_KEY, secret=APP_SECRET, raw_body=raw)
    headers = {"Authorization": signature, "Content-Type": "application/json"}
    try:
        answer = await client.post(
            delivery["address"], content=raw, headers=headers, timeout=ANSWER_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"status": answer.status_code}
