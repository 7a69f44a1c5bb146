"""What the platform says of an order, without anything personal."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.money import Money


class OrderStatus(StrEnum):
    """Platform order states; UNKNOWN stands for a word we have not met."""

    UNPAID = "UNPAID"
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class CancelRole(StrEnum):
    """Who ended an order or asked for it."""

    BUYER = "BUYER"
    SELLER = "SELLER"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"
    UNKNOWN = "UNKNOWN"


class CancelStatus(StrEnum):
    """State of a cancellation; the webhook's _CANCELLED spelling reads as WITHDRAWN too."""

    PENDING = "CANCELLATION_REQUEST_PENDING"
    APPROVED = "CANCELLATION_REQUEST_SUCCESS"
    WITHDRAWN = "CANCELLATION_REQUEST_CANCEL"
    COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
    UNKNOWN = "UNKNOWN"


class OrderType(StrEnum):
    """How the order's dispatch clock was set up."""

    NORMAL = "NORMAL"
    PRE_ORDER = "PRE_ORDER"
    MADE_TO_ORDER = "MADE_TO_ORDER"
    BACK_ORDER = "BACK_ORDER"
    UNKNOWN = "UNKNOWN"


class OrderLine(BaseModel):
    """One unit of one SKU; the platform has no quantity field."""

    model_config = ConfigDict(frozen=True)

    line_id: str
    sku_id: str
    seller_sku: str = ""
    product_id: str = ""
    product_name: str = ""
    sku_name: str = ""
    price: Money
    status: OrderStatus = OrderStatus.UNKNOWN
    package_id: str | None = None
    is_gift: bool = False


class OrderClocks(BaseModel):
    """The platform's own deadlines of one order; None where it does not say."""

    model_config = ConfigDict(frozen=True)

    ship_sla_at: Instant | None = None
    """rts_sla_time: later than this counts as a late dispatch."""
    collect_sla_at: Instant | None = None
    """tts_sla_time: carrier scan later than this counts as late."""
    shipping_due_at: Instant | None = None
    """shipping_due_time: cancelled by the platform if not AWAITING_COLLECTION by then."""
    collection_due_at: Instant | None = None
    """collection_due_time: cancelled by the platform if not IN_TRANSIT by then."""
    delivery_due_at: Instant | None = None
    """delivery_due_time: cancelled by the platform if not DELIVERED by then."""


class Order(BaseModel):
    """One order as the shop reports it now."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    status: OrderStatus
    order_type: OrderType = OrderType.NORMAL
    buyer_user_id: str = ""
    created_at: Instant
    paid_at: Instant | None = None
    updated_at: Instant | None = None
    ready_at: Instant | None = None
    """rts_time: when the seller had it ready for collection."""
    collected_at: Instant | None = None
    """collection_time: the carrier's first scan."""
    delivered_at: Instant | None = None
    is_cod: bool = False
    is_sample: bool = False
    on_hold: bool = False
    platform_fulfilled: bool = False
    total: Money
    lines: tuple[OrderLine, ...]
    package_ids: tuple[str, ...] = ()
    clocks: OrderClocks = OrderClocks()
    buyer_asks_cancel: bool = False
    cancelled_by: CancelRole | None = None
    cancel_reason: str = ""

    def live_lines(self) -> tuple[OrderLine, ...]:
        """Return the lines that are not cancelled."""
        return tuple(line for line in self.lines if line.status is not OrderStatus.CANCELLED)


class Cancellation(BaseModel):
    """One cancellation of an order, whoever asked for it."""

    model_config = ConfigDict(frozen=True)

    cancel_id: str
    order_id: str
    role: CancelRole
    status: CancelStatus
    reason: str = ""
    created_at: Instant | None = None
    refund: Money | None = None
    line_ids: tuple[str, ...] = ()
    """Empty means the whole order."""
    respond_by: Instant | None = None
    """When a buyer's request must be answered."""


class CancelEligibility(BaseModel):
    """Whether the seller may cancel, as the platform says now."""

    model_config = ConfigDict(frozen=True)

    eligible: bool
    line_ids: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Reason names the platform accepts for this order; empty when it does not list them."""
    refused_because: str = ""


class SkuStock(BaseModel):
    """Units of one SKU the platform would still sell, and its price where asked for."""

    model_config = ConfigDict(frozen=True)

    sku_id: str
    product_id: str
    seller_sku: str = ""
    product_name: str = ""
    available: int
    price: Money | None = None


class Coupon(BaseModel):
    """A coupon that exists in Seller Center."""

    model_config = ConfigDict(frozen=True)

    coupon_id: str
    title: str = ""
    sendable: bool
    """True if it may go out as a chat card: CHAT or REGULAR, ONGOING, made in Seller Center."""
    why_not: str = ""


class ChatRole(StrEnum):
    """Who spoke in a conversation."""

    BUYER = "BUYER"
    SHOP = "SHOP"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"
    SYSTEM = "SYSTEM"
    ROBOT = "ROBOT"
    UNKNOWN = "UNKNOWN"


class ChatMessage(BaseModel):
    """One message of a conversation; *index* orders them, times do not."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    index: int
    role: ChatRole
    kind: str
    """TEXT, ORDER_CARD, COUPON_CARD, …; unknown kinds keep the platform's word."""
    text: str = ""
    """The text of a TEXT message, else empty."""
    reference: str = ""
    """order_id, coupon_id or product_id of a card, else empty."""
    visible: bool = True
    sent_at: Instant
