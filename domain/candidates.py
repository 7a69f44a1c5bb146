"""Which orders compete for the stock of a SKU, with how many units, and which do not."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import InputError
from domain.instants import Instant
from domain.money import Money
from domain.orders import Order, OrderLine, OrderStatus


class SkipReason(StrEnum):
    """Why an order does not compete for the units on the shelf."""

    IN_PARCEL = "in_parcel"
    SHIPPED = "shipped"
    UNPAID = "unpaid"
    CANCELLED = "cancelled"
    PLATFORM_FULFILLED = "platform_fulfilled"
    SAMPLE = "sample"
    BUYER_CANCELLING = "buyer_cancelling"


class ShortLine(BaseModel):
    """Units of one SKU of an order, as a case's input names them."""

    model_config = ConfigDict(frozen=True)

    sku_id: str = ""
    seller_sku: str = ""
    quantity: int = Field(gt=0)

    def wire(self) -> dict[str, str | int]:
        """Return the `short_lines` entry: the platform's SKU ID where known, else Seller SKU."""
        if self.sku_id:
            return {"sku_id": self.sku_id, "quantity": self.quantity}
        return {"seller_sku": self.seller_sku, "quantity": self.quantity}


class Candidate(BaseModel):
    """What the rules need to know of one order that holds the SKU."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    status: OrderStatus
    """State of those units that have come least far; UNKNOWN is refused."""
    lines: tuple[ShortLine, ...] = Field(min_length=1)
    """Units still unshipped; of an order with none left, what was ordered."""
    paid_at: Instant | None = None
    created_at: Instant | None = None
    on_hold: bool = False
    is_sample: bool = False
    platform_fulfilled: bool = False
    buyer_asks_cancel: bool = False
    deadline: Instant | None = None
    """When the platform cancels the order by itself."""
    value: Money | None = None
    hurt_before: bool = False
    """True if this buyer was already let down once."""

    @property
    def quantity(self) -> int:
        """Units this order asks for."""
        return sum(line.quantity for line in self.lines)

    @property
    def since(self) -> datetime | None:
        """When the order took its place in line: paid, else created."""
        return self.paid_at or self.created_at


_STATUS_REASONS = {
    OrderStatus.AWAITING_COLLECTION: SkipReason.IN_PARCEL,
    OrderStatus.IN_TRANSIT: SkipReason.SHIPPED,
    OrderStatus.DELIVERED: SkipReason.SHIPPED,
    OrderStatus.COMPLETED: SkipReason.SHIPPED,
    OrderStatus.UNPAID: SkipReason.UNPAID,
    OrderStatus.CANCELLED: SkipReason.CANCELLED,
}
_LEAST_FAR_FIRST = (
    OrderStatus.UNKNOWN,
    OrderStatus.UNPAID,
    OrderStatus.ON_HOLD,
    OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.PARTIALLY_SHIPPING,
    OrderStatus.AWAITING_COLLECTION,
    OrderStatus.IN_TRANSIT,
    OrderStatus.DELIVERED,
    OrderStatus.COMPLETED,
    OrderStatus.CANCELLED,
)


def skip_reason(candidate: Candidate) -> SkipReason | None:
    """Return why *candidate* does not compete, or None if it does.

    Orders on hold and unpaid cash on delivery compete: both will have to be sent.

    Raises:
        InputError: The order's status is a word we have not met; it is not guessed.
    """
    if candidate.status is OrderStatus.UNKNOWN:
        raise InputError("status", f"order {candidate.order_id} has a status we do not know")
    if candidate.status in _STATUS_REASONS:
        return _STATUS_REASONS[candidate.status]
    if candidate.platform_fulfilled:
        return SkipReason.PLATFORM_FULFILLED
    if candidate.is_sample:
        return SkipReason.SAMPLE
    return SkipReason.BUYER_CANCELLING if candidate.buyer_asks_cancel else None


def candidate_from_order(order: Order, *, sku: str, hurt_before: bool = False) -> Candidate | None:
    """Return what the rules need of *order*, or None if it does not hold the SKU.

    Args:
        order: The order as the shop reports it.
        sku: Seller SKU or SKU ID.
        hurt_before: Whether its buyer was let down before.
    """
    ours = [line for line in order.lines if sku in (line.sku_id, line.seller_sku)]
    if not ours:
        return None
    status, lines = least_far(
        (unit_status(order.status, line.status), _one_unit(line)) for line in ours
    )
    return Candidate(
        order_id=order.order_id,
        status=status,
        lines=lines,
        paid_at=order.paid_at,
        created_at=order.created_at,
        on_hold=order.on_hold or status is OrderStatus.ON_HOLD,
        is_sample=order.is_sample,
        platform_fulfilled=order.platform_fulfilled,
        buyer_asks_cancel=order.buyer_asks_cancel,
        deadline=order.clocks.shipping_due_at,
        value=order.total,
        hurt_before=hurt_before,
    )


def unit_status(order_status: OrderStatus, line_status: OrderStatus) -> OrderStatus:
    """Return the state of one unit: the order's, unless only part of the order has moved.

    Source:
        TikTok Shop API, order overview (docs, autumn 2026): PARTIALLY_SHIPPING means that some
        packages shipped; every other order status holds for all lines that are not cancelled.
    """
    if OrderStatus.CANCELLED in (order_status, line_status):
        return OrderStatus.CANCELLED
    return line_status if order_status is OrderStatus.PARTIALLY_SHIPPING else order_status


def least_far(
    units: Iterable[tuple[OrderStatus, ShortLine]],
) -> tuple[OrderStatus, tuple[ShortLine, ...]]:
    """Return the units that matter for the shelf: those not in a parcel, else all of them.

    Args:
        units: State and size of each part of one order's demand for the SKU.

    Returns:
        The state that has come least far (UNKNOWN if any part's is), and the units counted,
        merged by SKU.
    """
    found = list(units)
    status = min((status for status, _ in found), key=_LEAST_FAR_FIRST.index)
    if status in _STATUS_REASONS:
        return status, _merged(line for _, line in found)
    return status, _merged(line for state, line in found if state not in _STATUS_REASONS)


def _one_unit(line: OrderLine) -> ShortLine:
    return ShortLine(sku_id=line.sku_id, seller_sku=line.seller_sku, quantity=1)


def _merged(lines: Iterable[ShortLine]) -> tuple[ShortLine, ...]:
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.sku_id, line.seller_sku)
        totals[key] = totals.get(key, 0) + line.quantity
    return tuple(
        ShortLine(sku_id=sku_id, seller_sku=seller_sku, quantity=quantity)
        for (sku_id, seller_sku), quantity in sorted(totals.items())
    )
