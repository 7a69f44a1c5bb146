"""What has become of the short units of an order, as the platform reports it."""

from collections.abc import Iterable
from enum import StrEnum

from domain.orders import (
    Cancellation,
    CancelRole,
    CancelStatus,
    Order,
    OrderLine,
    OrderStatus,
)


class Fate(StrEnum):
    """Where the short units stand."""

    OPEN = "open"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"
    CANCELLED_BY_SELLER = "cancelled_by_seller"
    CANCELLED_BY_PLATFORM = "cancelled_by_platform"


_SCANNED = frozenset({OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED, OrderStatus.COMPLETED})
_BY_ROLE = {
    CancelRole.BUYER: Fate.CANCELLED_BY_BUYER,
    CancelRole.SELLER: Fate.CANCELLED_BY_SELLER,
    CancelRole.SYSTEM: Fate.CANCELLED_BY_PLATFORM,
    CancelRole.OPERATOR: Fate.CANCELLED_BY_PLATFORM,
    CancelRole.UNKNOWN: Fate.CANCELLED_BY_PLATFORM,
}


def fate_of(order: Order, cancellations: Iterable[Cancellation], line_ids: frozenset[str]) -> Fate:
    """Return what has become of the units *line_ids* of *order*.

    Args:
        order: The order now.
        cancellations: All its cancellations.
        line_ids: The short units; empty means every unit.

    Returns:
        The fate of the unit that is furthest from settled, so that one open unit keeps it open.
    """
    if order.status is OrderStatus.CANCELLED:
        return _BY_ROLE[order.cancelled_by or _canceller(cancellations, line_ids)]
    lines = [line for line in order.lines if not line_ids or line.line_id in line_ids]
    live = [line for line in lines if line.status is not OrderStatus.CANCELLED]
    if lines and not live:
        return _BY_ROLE[_canceller(cancellations, line_ids)]
    return _progress(order, live)


def _canceller(cancellations: Iterable[Cancellation], line_ids: frozenset[str]) -> CancelRole:
    complete = [
        entry
        for entry in cancellations
        if entry.status in (CancelStatus.COMPLETE, CancelStatus.APPROVED)
        and (not entry.line_ids or not line_ids or line_ids & set(entry.line_ids))
    ]
    return complete[-1].role if complete else CancelRole.UNKNOWN


def _progress(order: Order, lines: list[OrderLine]) -> Fate:
    states = {_state(order, line) for line in lines} or {order.status}
    if states <= _SCANNED:
        return Fate.SHIPPED
    if states <= _SCANNED | {OrderStatus.AWAITING_COLLECTION}:
        return Fate.PACKED
    return Fate.OPEN


def _state(order: Order, line: OrderLine) -> OrderStatus:
    """Return a unit's own state; the order's, where all its units move together."""
    if line.status is OrderStatus.UNKNOWN or order.status in _SCANNED:
        return order.status
    return line.status


def pending_request(cancellations: Iterable[Cancellation]) -> Cancellation | None:
    """Return the buyer's cancellation request that waits for an answer, if there is one."""
    return next(
        (
            entry
            for entry in cancellations
            if entry.role is CancelRole.BUYER and entry.status is CancelStatus.PENDING
        ),
        None,
    )
