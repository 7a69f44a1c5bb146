"""The platform's webhooks: checked, handed to the cases they concern, and only then confirmed."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from pydantic import SecretStr

from casedesk.facts import Delivery, UnreachableError
from console.notices import (
    BUYER_WROTE,
    BuyerFact,
    Fact,
    NoFact,
    OrderFact,
    PackageFact,
    StockFact,
    read_notice,
)
from records.conversations import ConversationIndex, IndexedCase
from records.database import Database
from records.errors import StoreUnavailableError
from records.receipts import ReceiptState, WebhookReceipts
from records.shops import ShopDirectory
from records.stock_alerts import StockAlert, StockAlerts
from tiktok_shop.webhooks import (
    MalformedNotificationError,
    Notification,
    is_authentic,
    read_notification,
)

logger = structlog.get_logger()

PATIENCE_SECONDS = 2.5
"""How long a notification may take before we ask for it again.

Source: TikTok Shop API, webhooks overview: an answer within three seconds (docs, autumn 2026).
"""
OLDEST = timedelta(hours=48)
"""Older notifications are refused; the platform's last try comes 15.5 hours after the first.

Source: TikTok Shop API, webhook configuration guide, retries (docs, autumn 2026).
"""
KEPT = timedelta(days=7)
"""How long receipts stay, well beyond the age at which a repeat is refused anyway."""


class Door(Protocol):
    """Where facts are handed on; `casedesk.facts.FactDoor` is the real one."""

    async def signal_case(self, case_id: str, name: str, payload: Mapping[str, Any]) -> Delivery:
        """Signal a case."""

    async def signal_order(
        self, shop_id: str, order_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Signal the shortage case of an order."""

    async def signal_package(
        self, shop_id: str, package_id: str, name: str, payload: Mapping[str, Any]
    ) -> Delivery:
        """Signal the late pickup of a package."""

    async def late_pickups_of(self, shop_id: str, order_id: str) -> list[str]:
        """List the open late pickups whose parcel holds an order."""


@dataclass(frozen=True)
class App:
    """The app whose secret signs the notifications."""

    key: str
    secret: SecretStr


class Receiver:
    """Takes notifications; it keeps nothing but receipts, so any number may run."""

    def __init__(
        self,
        *,
        app: App,
        door: Door,
        db: Database,
        clock: Callable[[], datetime],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._app = app
        self._door = door
        self._clock = clock
        self._patience = patience
        self._shops = ShopDirectory(db)
        self._receipts = WebhookReceipts(db)
        self._conversations = ConversationIndex(db)
        self._alerts = StockAlerts(db)

    async def receive(self, raw_body: bytes, authorization: str | None) -> HTTPStatus:
        """Take one notification.

        Args:
            raw_body: The bytes as they came, before any reading.
            authorization: The Authorization header.

        Returns:
            OK once the fact is handed on or nobody needs it; SERVICE_UNAVAILABLE when the
            platform should send it again; UNAUTHORIZED or BAD_REQUEST when it never will do.
        """
        if not self._signed(raw_body, authorization):
            logger.warning("webhook.bad_signature", bytes=len(raw_body))
            return HTTPStatus.UNAUTHORIZED
        try:
            notification = read_notification(raw_body)
            notice = read_notice(notification)
        except MalformedNotificationError as error:
            logger.warning("webhook.malformed", reason=str(error))
            return HTTPStatus.BAD_REQUEST
        known = logger.bind(**_named(notification))
        if self._clock() - notification.sent_at > OLDEST:
            known.warning("webhook.too_old", sent_at=notification.sent_at.isoformat())
            return HTTPStatus.BAD_REQUEST
        if isinstance(notice, NoFact):
            (known.warning if notice.urgent else known.info)(notice.event)
            return HTTPStatus.OK
        return await self._in_time(notification, notice, _key(notification, raw_body), known)

    async def prune(self) -> int:
        """Drop receipts that can no longer matter; return how many."""
        return await asyncio.to_thread(self._receipts.prune, before=self._clock() - KEPT)

    def _signed(self, raw_body: bytes, authorization: str | None) -> bool:
        # Without a secret of ours anybody could sign, so nothing is authentic then.
        secret = self._app.secret.get_secret_value()
        return bool(secret) and is_authentic(
            app_key=self._app.key,
            app_secret=secret,
            raw_body=raw_body,
            authorization=authorization,
        )

    async def _in_time(
        self, notification: Notification, facts: tuple[Fact, ...], key: str, known: Any
    ) -> HTTPStatus:
        try:
            async with asyncio.timeout(self._patience):
                await self._hand_on(notification, facts, key, known)
        except (UnreachableError, StoreUnavailableError, TimeoutError) as error:
            known.warning("webhook.not_handed_on", reason=str(error) or "no time left")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    async def _hand_on(
        self, notification: Notification, facts: tuple[Fact, ...], key: str, known: Any
    ) -> None:
        shop_id = notification.shop_id or ""
        if await asyncio.to_thread(self._shops.get, shop_id) is None:
            known.warning("webhook.unknown_shop")
            return
        state = await asyncio.to_thread(
            self._receipts.begin,
            key,
            received_at=self._clock(),
            shop_id=shop_id,
            kind=str(notification.type),
        )
        if state is ReceiptState.DONE:
            known.info("webhook.duplicate")
            return
        reached = [case for fact in facts for case in await self._tell(shop_id, fact)]
        await asyncio.to_thread(self._receipts.done, key, at=self._clock())
        known.info("webhook.handed_on", receipt=state.value, cases=reached)

    async def _tell(self, shop_id: str, fact: Fact) -> list[str]:
        """Tell everyone whom a fact concerns; return who was there to hear it."""
        match fact:
            case OrderFact():
                return await self._tell_order(shop_id, fact)
            case PackageFact():
                heard = await self._door.signal_package(
                    shop_id, fact.package_id, fact.signal, fact.payload
                )
                return [fact.package_id] if heard is Delivery.DELIVERED else []
            case BuyerFact():
                return await self._tell_conversation(shop_id, fact)
            case StockFact():
                await self._note_stock(shop_id, fact)
                return []

    async def _note_stock(self, shop_id: str, fact: StockFact) -> None:
        """Put what the platform says of a SKU before people; nobody here opens an incident."""
        change = fact.change
        alert = StockAlert(
            shop_id=shop_id,
            sku_id=change.sku_id,
            level=change.status,
            available=change.available,
            committed=change.committed,
            changed_at=change.changed_at,
        )
        news = await asyncio.to_thread(self._alerts.note, alert, stands=fact.alarming)
        if news and fact.alarming:
            logger.warning("webhook.stock_alert", shop_id=shop_id, sku_id=change.sku_id)

    async def _tell_order(self, shop_id: str, fact: OrderFact) -> list[str]:
        heard = await self._door.signal_order(shop_id, fact.order_id, fact.signal, fact.payload)
        told = [fact.order_id] if heard is Delivery.DELIVERED else []
        if not fact.moves_parcel:
            return told
        for case_id in await self._door.late_pickups_of(shop_id, fact.order_id):
            await self._door.signal_case(case_id, fact.signal, fact.payload)
            told.append(case_id)
        return told

    async def _tell_conversation(self, shop_id: str, fact: BuyerFact) -> list[str]:
        cases = await asyncio.to_thread(self._conversations.cases_of, fact.conversation_id)
        concerned = [c.case_id for c in cases if c.shop_id == shop_id and _is_news(c, fact)]
        told = [
            self._door.signal_case(case_id, BUYER_WROTE, fact.payload) for case_id in concerned
        ]
        heard = await asyncio.gather(*told)
        return [
            case_id
            for case_id, how in zip(concerned, heard, strict=True)
            if how is Delivery.DELIVERED
        ]


def _is_news(case: IndexedCase, fact: BuyerFact) -> bool:
    """Only what was written after our ask answers it; the index decides, times are coarse."""
    return case.asked_index is None or fact.index > case.asked_index


def _key(notification: Notification, raw_body: bytes) -> str:
    return notification.notification_id or f"sha256:{hashlib.sha256(raw_body).hexdigest()}"


def _named(notification: Notification) -> dict[str, Any]:
    return {
        "notification_id": notification.notification_id,
        "type": notification.type,
        "shop_id": notification.shop_id,
    }
