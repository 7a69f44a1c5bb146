"""What was found in an order export, without anything personal."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.candidates import Candidate, ShortLine, least_far
from domain.instants import Instant
from domain.money import Money
from domain.orders import OrderStatus, OrderType


class IntakeLine(BaseModel):
    """One row of an export: units of one SKU of one order."""

    model_config = ConfigDict(frozen=True)

    row: int
    """Row number as a spreadsheet shows it; the header is usually row 1."""
    sku_id: str = ""
    seller_sku: str = ""
    product_name: str = ""
    variation: str = ""
    quantity: int = Field(gt=0)
    status: OrderStatus
    buyer_asks_cancel: bool = False
    platform_fulfilled: bool = False
    is_sample: bool = False
    package_id: str = ""
    tracking_id: str = ""
    carrier: str = ""
    warehouse: str = ""
    subtotal: Money | None = None
    """After discount, all units of the row."""
    ready_at: Instant | None = None
    """When the seller arranged the shipment (RTS Time)."""
    shipped_at: Instant | None = None
    """When the carrier took it."""

    def is_for(self, sku: str) -> bool:
        """Tell whether *sku* is this line's Seller SKU or SKU ID."""
        return sku in (self.seller_sku, self.sku_id)


class IntakeOrder(BaseModel):
    """All rows of one order."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    order_type: OrderType = OrderType.NORMAL
    created_at: Instant | None = None
    paid_at: Instant | None = None
    cancelled_at: Instant | None = None
    total: Money | None = None
    lines: tuple[IntakeLine, ...] = Field(min_length=1)


class BadRow(BaseModel):
    """A row that cannot be used, and what is wrong with it."""

    model_config = ConfigDict(frozen=True)

    row: int
    column: str
    value: str
    reason: str

    def sentence(self) -> str:
        """Return it as a person reads it."""
        shown = f" {self.value!r}" if self.value else ""
        return f"row {self.row}, {self.column}{shown}: {self.reason}"


class DateOrder(StrEnum):
    """How a file writes its dates."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Intake(BaseModel):
    """An export, read."""

    model_config = ConfigDict(frozen=True)

    market: str | None = None
    zone: str = "UTC"
    """IANA zone the file's local times were read in."""
    orders: tuple[IntakeOrder, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about what was decided while reading."""

    def skus(self) -> tuple[str, ...]:
        """Return every Seller SKU and SKU ID of the file, sorted."""
        lines = [line for order in self.orders for line in order.lines]
        return tuple(
            sorted({sku for line in lines for sku in (line.seller_sku, line.sku_id)} - {""})
        )


def candidate_from_export(order: IntakeOrder, *, sku: str) -> Candidate | None:
    """Return what the allocation rules need of *order*, or None if it does not hold the SKU.

    A row that says only that its order is partly shipped counts as in a parcel when the row
    itself has a shipment time or a tracking number, and as unshipped otherwise.

    Args:
        order: An order of an export.
        sku: Seller SKU or SKU ID.
    """
    ours = [line for line in order.lines if line.is_for(sku)]
    if not ours:
        return None
    status, lines = least_far((_row_status(line), _short_line(line)) for line in ours)
    return Candidate(
        order_id=order.order_id,
        status=status,
        lines=lines,
        paid_at=order.paid_at,
        created_at=order.created_at,
        on_hold=status is OrderStatus.ON_HOLD,
        is_sample=any(line.is_sample for line in ours),
        platform_fulfilled=any(line.platform_fulfilled for line in ours),
        buyer_asks_cancel=any(line.buyer_asks_cancel for line in ours),
        value=order.total,
    )


def _row_status(line: IntakeLine) -> OrderStatus:
    gone = line.ready_at or line.shipped_at or line.tracking_id
    if line.status is OrderStatus.PARTIALLY_SHIPPING and gone:
        return OrderStatus.AWAITING_COLLECTION
    return line.status


def _short_line(line: IntakeLine) -> ShortLine:
    return ShortLine(sku_id=line.sku_id, seller_sku=line.seller_sku, quantity=line.quantity)
