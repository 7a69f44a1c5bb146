"""Webhooks: the signature, the envelope, and typed readers of what the product acts on.

Source: TikTok Shop API, "Webhooks overview" and topics 1, 4, 11, 14, 27 (docs, autumn 2026).
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.instants import Instant
from domain.orders import CancelRole, CancelStatus, ChatMessage, OrderStatus
from tiktok_shop.wire import ChatWords, Wire
from tiktok_shop.words import cancel_role, cancel_status, order_status

_Data = TypeVar("_Data", bound=Wire)


class MalformedNotificationError(Exception):
    """A webhook body is not what its topic promises; the text never quotes the body."""


class WebhookType(IntEnum):
    """Envelope types the product acts on; every other number is acknowledged and logged."""

    ORDER_STATUS_CHANGE = 1
    PACKAGE_UPDATE = 4
    SELLER_DEAUTHORIZATION = 6
    UPCOMING_AUTHORIZATION_EXPIRATION = 7
    CANCELLATION_STATUS_CHANGE = 11
    NEW_CONVERSATION = 13
    NEW_MESSAGE = 14
    INVENTORY_STATUS_CHANGE = 27


def is_authentic(*, app_key: str, app_secret: str, raw_body: bytes, authorization: object) -> bool:
    """Tell whether a webhook was signed with our app's secret, in constant time.

    The signature has no time in it, so a replay is authentic too: deduplicate by notification id
    and refuse old envelopes.

    Args:
        app_key: Key of the app.
        app_secret: Secret of the app.
        raw_body: The bytes as received, before any JSON reading.
        authorization: The Authorization header, or None; whatever is not a signature is False.

    Returns:
        True only for the exact lower-case hexadecimal digest.
    """
    if not isinstance(authorization, str):
        return False
    message = app_key.encode() + raw_body
    expected = hmac.new(app_secret.encode(), message, hashlib.sha256).hexdigest()
    given = authorization.encode("utf-8", errors="replace")
    return hmac.compare_digest(expected.encode(), given)


class Notification(BaseModel):
    """One webhook envelope; creator- and seller-level ones have no shop."""

    model_config = ConfigDict(frozen=True)

    type: int
    notification_id: str | None
    shop_id: str | None
    sent_at: Instant
    data: dict[str, Any]

    @property
    def known_type(self) -> WebhookType | None:
        """The type the product acts on, or None for any other."""
        return WebhookType(self.type) if self.type in set(WebhookType) else None


class OrderStatusChanged(BaseModel):
    """Topic 1."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    status: OrderStatus
    changed_at: Instant


class PackageChanged(BaseModel):
    """Topic 4: one package of the event and the orders in it now."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    order_ids: tuple[str, ...]
    status: str
    """The platform's word for what happened, such as COMBINE or SPLIT."""
    changed_at: Instant


class CancellationChanged(BaseModel):
    """Topic 11."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    cancel_id: str
    role: CancelRole
    status: CancelStatus
    created_at: Instant


class MessageArrived(BaseModel):
    """Topic 14; our own messages come back through it too."""

    model_config = ConfigDict(frozen=True)

    conversation_id: str
    message: ChatMessage


class StockLevel(StrEnum):
    """What the platform says of a SKU's stock; UNKNOWN stands for a word we have not met."""

    SUFFICIENT_STOCK = "SUFFICIENT_STOCK"
    LOW_STOCK = "LOW_STOCK"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    UNKNOWN = "UNKNOWN"


class StockChanged(BaseModel):
    """Topic 27; the counts in it are a hint at most, the inventory is read before acting."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    sku_id: str
    status: StockLevel
    changed_at: Instant
    available: int | None = None
    """Units that can still be sold, where the notification carries a count."""
    committed: int | None = None
    """Units of open orders, where it carries a count."""


class _Envelope(Wire):
    type: int
    tts_notification_id: str | None = None
    shop_id: str | None = None
    timestamp: int
    data: dict[str, Any] = Field(default_factory=dict)


class _OrderData(Wire):
    order_id: str = Field(min_length=1)
    order_status: str
    update_time: int


class _PackageEntry(Wire):
    package_id: str = Field(min_length=1)
    order_id_list: tuple[str, ...] = ()


class _PackageData(Wire):
    sc_type: str = ""
    package_list: tuple[_PackageEntry, ...]
    update_time: int


class _CancelData(Wire):
    order_id: str = Field(min_length=1)
    cancel_id: str = Field(min_length=1)
    cancellations_role: str = ""
    cancel_status: str
    create_time: int


class _MessageData(ChatWords):
    message_id: str = Field(min_length=1)
    conversation_id: str = Field(min_length=1)


class _StockData(Wire):
    product_id: str
    sku_id: str = Field(min_length=1)
    current_inventory_status: str
    inventory_distribution: Any = None
    """Its page names no field of it, so that nothing in it is relied on."""
    update_time: int


def read_notification(raw_body: bytes) -> Notification:
    """Return the envelope of an authentic webhook body.

    Args:
        raw_body: The bytes whose signature was checked.

    Returns:
        The envelope; its data is still as the topic sends it.

    Raises:
        MalformedNotificationError: Not JSON, not an object, or a required field is missing.
    """
    try:
        envelope = _Envelope.model_validate_json(raw_body)
    except ValidationError as error:
        raise MalformedNotificationError(_reason("envelope", error)) from None
    return Notification(
        type=envelope.type,
        notification_id=envelope.tts_notification_id or None,
        shop_id=envelope.shop_id or None,
        sent_at=_instant(envelope.timestamp),
        data=envelope.data,
    )


def read_order_status(data: Mapping[str, Any]) -> OrderStatusChanged:
    """Return the fact of topic 1, CANCEL read as CANCELLED."""
    given = _typed(data, _OrderData)
    return OrderStatusChanged(
        order_id=given.order_id,
        status=order_status(given.order_status),
        changed_at=_instant(given.update_time),
    )


def read_packages(data: Mapping[str, Any]) -> tuple[PackageChanged, ...]:
    """Return the facts of topic 4, one per package."""
    given = _typed(data, _PackageData)
    return tuple(
        PackageChanged(
            package_id=entry.package_id,
            order_ids=entry.order_id_list,
            status=given.sc_type,
            changed_at=_instant(given.update_time),
        )
        for entry in given.package_list
    )


def read_cancellation(data: Mapping[str, Any]) -> CancellationChanged:
    """Return the fact of topic 11, …_CANCELLED read as withdrawn."""
    given = _typed(data, _CancelData)
    return CancellationChanged(
        order_id=given.order_id,
        cancel_id=given.cancel_id,
        role=cancel_role(given.cancellations_role),
        status=cancel_status(given.cancel_status),
        created_at=_instant(given.create_time),
    )


def read_message(data: Mapping[str, Any]) -> MessageArrived:
    """Return the message of topic 14 with its conversation."""
    given = _typed(data, _MessageData)
    _instant(given.create_time)
    return MessageArrived(
        conversation_id=given.conversation_id, message=given.message(given.message_id)
    )


def read_stock(data: Mapping[str, Any]) -> StockChanged:
    """Return the fact of topic 27."""
    given = _typed(data, _StockData)
    word = given.current_inventory_status
    return StockChanged(
        product_id=given.product_id,
        sku_id=given.sku_id,
        status=StockLevel(word) if word in set(StockLevel) else StockLevel.UNKNOWN,
        changed_at=_instant(given.update_time),
        available=_units(given.inventory_distribution, "available_quantity"),
        committed=_units(given.inventory_distribution, "committed_quantity"),
    )


def _units(distribution: Any, name: str) -> int | None:
    """Return a count if there is one; the words are those of the inventory search."""
    found = distribution.get(name) if isinstance(distribution, dict) else None
    return found if type(found) is int and found >= 0 else None


def _typed(data: Mapping[str, Any], model: type[_Data]) -> _Data:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise MalformedNotificationError(_reason("data", error)) from None


def _instant(seconds: int) -> datetime:
    try:
        instant = datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        instant = None
    if instant is None:
        raise MalformedNotificationError("time: not a unix second")
    return instant


def _reason(part: str, error: ValidationError) -> str:
    # Input values may be a buyer's words, so only the field and the kind of fault are named.
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(step) for step in (part, *first["loc"]))
    return f"{place}: {first['type']}"
