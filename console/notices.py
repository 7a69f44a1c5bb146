"""What a notification of the platform means to us: facts for cases, or a reason for none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.orders import ChatMessage, ChatRole, OrderStatus
from tiktok_shop.webhooks import (
    Notification,
    PackageChanged,
    StockChanged,
    StockLevel,
    WebhookType,
    read_cancellation,
    read_message,
    read_order_status,
    read_packages,
    read_stock,
)

ORDER_CHANGED = "order_changed"
PACKAGE_CHANGED = "package_changed"
BUYER_WROTE = "buyer_wrote"
"""Signals of the wire."""
_TEXT = "TEXT"


@dataclass(frozen=True)
class OrderFact:
    """Something about an order, for the order's case if it has one."""

    order_id: str
    signal: str
    payload: dict[str, Any]
    moves_parcel: bool = False
    """Whether a late pickup of the order's parcel should hear it too."""


@dataclass(frozen=True)
class PackageFact:
    """Something about a package, for its late pickup if there is one."""

    package_id: str
    signal: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class BuyerFact:
    """A buyer's words, for every open case of the conversation."""

    conversation_id: str
    index: int
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class StockFact:
    """The stock of a SKU, for people who decide whether it needs an incident."""

    change: StockChanged
    alarming: bool
    """Whether more is ordered than can be sent, as far as the platform's word goes."""


@dataclass(frozen=True)
class NoFact:
    """Nothing that a case could use, and the event that says so in the log."""

    event: str
    urgent: bool = False
    """Whether people should look: the shop may go silent."""


Fact = OrderFact | PackageFact | BuyerFact | StockFact
_PARCEL_MOVED = frozenset(
    {
        OrderStatus.IN_TRANSIT,
        OrderStatus.DELIVERED,
        OrderStatus.COMPLETED,
        OrderStatus.CANCELLED,
    }
)
"""States of an order in which its parcel no longer waits for the carrier."""
_DEAF = NoFact("webhook.shop_deauthorized", urgent=True)
_EXPIRING = NoFact("webhook.authorization_expires", urgent=True)
_NO_ORDERS = NoFact("webhook.package_without_orders")
_UNUSED = NoFact("webhook.not_used")
_UNKNOWN = NoFact("webhook.unknown_type")
_NOT_A_BUYERS_TEXT = NoFact("webhook.not_a_buyers_text")


def read_notice(notification: Notification) -> tuple[Fact, ...] | NoFact:
    """Return what a notification says.

    Args:
        notification: An authentic envelope.

    Returns:
        The facts to hand on, at least one; or why there is none.

    Raises:
        MalformedNotificationError: The data is not what the type promises.
    """
    notice: tuple[Fact, ...] | NoFact
    match notification.known_type:
        case WebhookType.ORDER_STATUS_CHANGE:
            notice = (_order_status(notification),)
        case WebhookType.CANCELLATION_STATUS_CHANGE:
            notice = (_cancellation(notification),)
        case WebhookType.PACKAGE_UPDATE:
            notice = _packages(notification) or _NO_ORDERS
        case WebhookType.NEW_MESSAGE:
            notice = _message(notification)
        case WebhookType.SELLER_DEAUTHORIZATION:
            notice = _DEAF
        case WebhookType.UPCOMING_AUTHORIZATION_EXPIRATION:
            notice = _EXPIRING
        case WebhookType.INVENTORY_STATUS_CHANGE:
            notice = _stock(notification)
        case WebhookType.NEW_CONVERSATION:
            notice = _UNUSED
        case None:
            notice = _UNKNOWN
    return notice


def _order_status(notification: Notification) -> OrderFact:
    change = read_order_status(notification.data)
    return OrderFact(
        change.order_id,
        ORDER_CHANGED,
        change.model_dump(mode="json"),
        moves_parcel=change.status in _PARCEL_MOVED,
    )


def _cancellation(notification: Notification) -> OrderFact:
    # The topic's only time is when the cancellation was asked for, not when its state changed.
    change = read_cancellation(notification.data)
    payload = {
        "order_id": change.order_id,
        "status": change.status.value,
        "changed_at": notification.sent_at.isoformat(),
    }
    return OrderFact(change.order_id, ORDER_CHANGED, payload)


def _packages(notification: Notification) -> tuple[Fact, ...]:
    return tuple(
        fact
        for change in read_packages(notification.data)
        if change.order_ids
        for fact in _of_package(change)
    )


def _of_package(change: PackageChanged) -> Iterator[Fact]:
    payload = {
        "package_id": change.package_id,
        "order_ids": list(change.order_ids),
        "status": change.status,
        "changed_at": change.changed_at.isoformat(),
    }
    yield PackageFact(change.package_id, PACKAGE_CHANGED, payload)
    for order_id in change.order_ids:
        yield OrderFact(order_id, PACKAGE_CHANGED, {**payload, "order_id": order_id})


def _message(notification: Notification) -> tuple[BuyerFact] | NoFact:
    arrived = read_message(notification.data)
    message = arrived.message
    if not _counts(message):
        return _NOT_A_BUYERS_TEXT
    payload = {
        "message_id": message.message_id,
        "text": message.text,
        "sent_at": message.sent_at.isoformat(),
        "conversation_id": arrived.conversation_id,
        "index": message.index,
    }
    return (BuyerFact(arrived.conversation_id, message.index, payload),)


def _counts(message: ChatMessage) -> bool:
    return message.role is ChatRole.BUYER and message.visible and message.kind == _TEXT


def _stock(notification: Notification) -> tuple[StockFact] | NoFact:
    change = read_stock(notification.data)
    match change.status:
        case StockLevel.OUT_OF_STOCK:
            alarming = _over(change, unless_counted=True)
        case StockLevel.LOW_STOCK:
            alarming = _over(change, unless_counted=False)
        case StockLevel.SUFFICIENT_STOCK:
            alarming = False
        case StockLevel.UNKNOWN:
            return _UNUSED
    return (StockFact(change, alarming),)


def _over(change: StockChanged, *, unless_counted: bool) -> bool:
    """Tell whether open orders hold more than is left; without counts, *unless_counted*."""
    if change.available is None or change.committed is None:
        return unless_counted
    return change.committed > change.available
