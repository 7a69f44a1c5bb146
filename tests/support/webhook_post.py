"""The platform's notifications held back: the test decides when and how often each arrives."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from pydantic import SecretStr

from casedesk.facts import FactDoor
from console.receiver import App, Receiver
from records.cases import CaseOpenings
from records.parcels import ParcelOrders
from sandbox.shops import APP_KEY, APP_SECRET
from sandbox.signing import webhook_sign
from tests.support import sandbox
from tests.support.stack import Stack

HEARD = ("ORDER_STATUS_CHANGE", "PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE", "NEW_MESSAGE")
ORDER_STATUS, CANCELLATION, MESSAGE = 1, 11, 14
_PATIENCE = 15


@dataclass(frozen=True)
class Letter:
    """One notification as the platform signed it."""

    body: bytes
    signature: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The JSON of it."""
        envelope: dict[str, Any] = json.loads(self.body)
        return envelope

    def under_another_id(self) -> "Letter":
        """Return the same fact as a notification of its own."""
        envelope = self.envelope
        other = envelope | {"tts_notification_id": "9" + envelope["tts_notification_id"]}
        body = json.dumps(other).encode()
        return Letter(body, webhook_sign(app_key=APP_KEY, secret=APP_SECRET, raw_body=body))


@dataclass
class Post:
    """Catches what the sandbox sends; hands it to the product's own receiver when told."""

    held: sandbox.Receiver
    product: Receiver

    def letters(self, order_id: str, kind: int, **wanted: Any) -> list[Letter]:
        """Return what was caught about an order; messages are of the buyer and in their order."""
        pairs = zip(self.held.bodies, self.held.signatures, strict=True)
        letters = [Letter(body, signature) for body, signature in pairs]
        return [one for one in letters if _is_about(one.envelope, order_id, kind, wanted)]

    async def caught(self, count: int, *about: Any, **wanted: Any) -> list[Letter]:
        """Wait until so many were caught."""
        return await self._until(lambda: self.letters(*about, **wanted), count)

    async def _until(self, look: Callable[[], list[Letter]], count: int) -> list[Letter]:
        async with asyncio.timeout(_PATIENCE):
            while len(letters := look()) < count:
                self.held.arrived.clear()
                await self.held.arrived.wait()
        return letters

    async def deliver(self, *letters: Letter) -> None:
        """Let notifications arrive, in this order."""
        for letter in letters:
            status = await self.product.receive(letter.body, letter.signature)
            assert HTTPStatus.OK == status


def _is_about(envelope: dict[str, Any], order_id: str, kind: int, wanted: dict[str, Any]) -> bool:
    data = envelope["data"]
    if envelope["type"] != kind or any(data.get(name) != is_ for name, is_ in wanted.items()):
        return False
    if kind == MESSAGE:
        return bool(data["sender"]["role"] == "BUYER" and order_id in data["content"])
    return bool(data["order_id"] == order_id)


@contextlib.asynccontextmanager
async def webhook_post(stack: Stack) -> AsyncIterator[Post]:
    """Register with the US shop of the stack and stand between it and the product."""
    app = App(APP_KEY, SecretStr(APP_SECRET))
    door = FactDoor(stack.client, CaseOpenings(stack.db), ParcelOrders(stack.db))
    product = Receiver(app=app, door=door, db=stack.db, clock=lambda: datetime.now(UTC))
    shop = await sandbox.ShopClient(stack.sandbox.http).connect()
    async with sandbox.receiver() as held:
        await shop.register(held.url, *HEARD)
        try:
            yield Post(held, product)
        finally:
            for name in HEARD:
                await shop.data("DELETE", "/event/202309/webhooks", {"event_type": name})
