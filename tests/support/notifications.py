"""Notifications as the platform posts them, signed by the sandbox's own code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from casedesk.facts import Delivery, UnreachableError
from sandbox.signing import webhook_sign

APP_KEY, APP_SECRET = "key-of-tests", "secret-of-tests"
SHOP, OTHER_SHOP = "7000000000000000001", "7000000000000000002"
ORDER = "576461413038785752"
CONVERSATION = "conversation-1"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BUYERS_WORDS = "Mina says: B please, 08123456789"


def envelope(kind: int, data: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return one envelope; a change to None drops the field."""
    fields = {
        "type": kind,
        "tts_notification_id": "7327112393057371910",
        "shop_id": SHOP,
        "timestamp": int(NOW.timestamp()),
        "data": dict(data),
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def order_status(order_id: str = ORDER, status: str = "IN_TRANSIT") -> dict[str, Any]:
    """Return the data of topic 1."""
    return {
        "order_id": order_id,
        "order_status": status,
        "is_on_hold_order": False,
        "update_time": int(NOW.timestamp()) - 5,
    }


def message(index: int = 9, **changes: Any) -> dict[str, Any]:
    """Return the data of topic 14: a buyer's visible text unless changed."""
    text = {"content": BUYERS_WORDS}
    return {
        "message_id": "m-1",
        "conversation_id": CONVERSATION,
        "index": str(index),
        "type": "TEXT",
        "content": json.dumps(text),
        "create_time": int(NOW.timestamp()) - 3,
        "is_visible": True,
        "sender": {"role": "BUYER", "nickname": "Mina"},
    } | changes


def signed(body: bytes) -> dict[str, str]:
    """Return the headers of an authentic notification."""
    sign = webhook_sign(app_key=APP_KEY, secret=APP_SECRET, raw_body=body)
    return {"Authorization": sign, "Content-Type": "application/json"}


async def post(
    http: httpx.AsyncClient, given: Mapping[str, Any], path: str = "/webhooks/tiktok"
) -> httpx.Response:
    """Post a signed notification."""
    body = json.dumps(given, ensure_ascii=False).encode()
    return await http.post(path, content=body, headers=signed(body))


@dataclass
class FakeDoor:
    """A door that remembers what went through; a name in *closed* has no open case."""

    heard: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    unreachable: bool = False
    pickups: dict[str, list[str]] = field(default_factory=dict)
    """Open late pickups by an order in their parcel."""

    async def signal_case(self, case_id: str, name: str, payload: Mapping[str, Any]) -> Delivery:
        """Remember a signal."""
        if self.unreachable:
            raise UnreachableError(name, "UNAVAILABLE")
        if case_id in self.closed:
            return Delivery.NO_SUCH_CASE
        self.heard.append((case_id, name, dict(payload)))
        return Delivery.DELIVERED

    async def signal_order(
        self, shop_id: str, order_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Remember a signal for the case of an order."""
        return await self.signal_case(f"order-case:{shop_id}:{order_id}", name, payload)

    async def signal_package(
        self, shop_id: str, package_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Remember a signal for the late pickup of a package."""
        return await self.signal_case(f"pickup-case:{shop_id}:{package_id}", name, payload)

    async def late_pickups_of(self, shop_id: str, order_id: str) -> list[str]:
        """Return what is known of an order."""
        return self.pickups.get(order_id, [])

    async def check(self) -> None:
        """Answer, or not."""
        if self.unreachable:
            raise UnreachableError("a health check", "UNAVAILABLE")
