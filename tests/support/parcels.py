"""Parcels, their orders and cancellations, for the rules of late pickups."""

from datetime import datetime
from typing import Any

from domain.money import Money
from domain.orders import (
    Cancellation,
    CancelRole,
    CancelStatus,
    Order,
    OrderClocks,
    OrderLine,
    OrderStatus,
)
from domain.pickups import Package, PackageStage, Slot
from tests.support.deadline_cases import utc

SLOT = Slot(start=utc("2026-11-25T05:00:00"), end=utc("2026-11-25T09:00:00"))
READY = utc("2026-11-25T03:00:00")
DUE = utc("2026-11-27T09:00:00")
FIRST, SECOND = "576461413038785752", "576461413038785753"
_PRICE = Money(amount_minor=1000, currency="USD")


def a_parcel(stage: PackageStage = PackageStage.WAITING, **changes: Any) -> Package:
    """Return a parcel of two orders that waits for its carrier."""
    told: dict[str, Any] = {
        "package_id": "1152900000000010007",
        "stage": stage,
        "order_ids": (FIRST, SECOND),
        "line_ids": (f"{FIRST}-1", f"{SECOND}-1"),
        "slot": SLOT,
        "carrier": "Sandbox Express",
        "tracking_number": "SBX7",
    }
    return Package.model_validate(told | changes)


def packed(
    order_id: str = FIRST,
    status: OrderStatus = OrderStatus.AWAITING_COLLECTION,
    *,
    by: CancelRole | None = None,
    collected_at: datetime | None = None,
    due: datetime | None = DUE,
) -> Order:
    """Return an order of one unit in the parcel."""
    line = OrderLine(line_id=f"{order_id}-1", sku_id="1", price=_PRICE, status=status)
    return Order(
        order_id=order_id,
        status=status,
        buyer_user_id="7490",
        created_at=utc("2026-11-24T03:00:00"),
        paid_at=utc("2026-11-24T03:05:00"),
        ready_at=READY,
        collected_at=collected_at,
        total=_PRICE,
        lines=(line,),
        clocks=OrderClocks(collection_due_at=due),
        cancelled_by=by,
    )


def cancellation(order_id: str, role: CancelRole) -> Cancellation:
    """Return a cancellation of a whole order that went through."""
    return Cancellation(cancel_id="c1", order_id=order_id, role=role, status=CancelStatus.COMPLETE)
