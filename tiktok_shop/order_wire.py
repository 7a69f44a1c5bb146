"""Orders as the platform prints them, read into domain orders without anything personal.

Source: TikTok Shop API, order search 202309 and order detail 202507 (docs, autumn 2026).
"""

from datetime import datetime

from pydantic import Field

from domain.instants import from_unix
from domain.money import Money
from domain.orders import CancelRole, Order, OrderClocks, OrderLine, OrderStatus
from tiktok_shop.wire import Wire
from tiktok_shop.words import cancel_role, order_status, order_type

_BY_SELLER = "FULFILLMENT_BY_SELLER"


class _Payment(Wire):
    currency: str
    total_amount: str


class _Package(Wire):
    id: str


class _Line(Wire):
    id: str = Field(min_length=1)
    sku_id: str = Field(min_length=1)
    seller_sku: str = ""
    product_id: str = ""
    product_name: str = ""
    sku_name: str = ""
    sale_price: str
    currency: str = ""
    display_status: str = ""
    package_id: str = ""
    is_gift: bool = False

    def line(self, order_currency: str) -> OrderLine:
        return OrderLine(
            line_id=self.id,
            sku_id=self.sku_id,
            seller_sku=self.seller_sku,
            product_id=self.product_id,
            product_name=self.product_name,
            sku_name=self.sku_name,
            price=Money.parse(self.sale_price, self.currency or order_currency),
            status=order_status(self.display_status),
            package_id=self.package_id or None,
            is_gift=self.is_gift,
        )


class WireOrder(Wire):
    """One order; buyer name, address, e-mail and messages are not even named here."""

    id: str = Field(min_length=1)
    status: str
    order_type: str = "NORMAL"
    user_id: str = ""
    create_time: int
    paid_time: int | None = None
    update_time: int | None = None
    rts_time: int | None = None
    collection_time: int | None = None
    delivery_time: int | None = None
    is_cod: bool = False
    is_sample_order: bool = False
    fulfillment_type: str = _BY_SELLER
    is_buyer_request_cancel: bool = False
    cancellation_initiator: str = ""
    cancel_reason: str = ""
    payment: _Payment
    line_items: tuple[_Line, ...] = ()
    packages: tuple[_Package, ...] = ()
    rts_sla_time: int | None = None
    tts_sla_time: int | None = None
    shipping_due_time: int | None = None
    collection_due_time: int | None = None
    delivery_due_time: int | None = None

    def order(self) -> Order:
        """Return the domain order."""
        status = order_status(self.status)
        return Order(
            order_id=self.id,
            status=status,
            order_type=order_type(self.order_type),
            buyer_user_id=self.user_id,
            created_at=_required(self.create_time),
            paid_at=from_unix(self.paid_time),
            updated_at=from_unix(self.update_time),
            ready_at=from_unix(self.rts_time),
            collected_at=from_unix(self.collection_time),
            delivered_at=from_unix(self.delivery_time),
            is_cod=self.is_cod,
            is_sample=self.is_sample_order,
            # is_on_hold_order also stays true afterwards, so the status alone tells.
            on_hold=status is OrderStatus.ON_HOLD,
            platform_fulfilled=self.fulfillment_type != _BY_SELLER,
            total=Money.parse(self.payment.total_amount, self.payment.currency),
            lines=tuple(line.line(self.payment.currency) for line in self.line_items),
            package_ids=self._package_ids(),
            clocks=self._clocks(),
            buyer_asks_cancel=self.is_buyer_request_cancel,
            cancelled_by=self._cancelled_by(),
            cancel_reason=self.cancel_reason,
        )

    def _package_ids(self) -> tuple[str, ...]:
        of_lines = (line.package_id for line in self.line_items if line.package_id)
        return tuple(dict.fromkeys([*(package.id for package in self.packages), *of_lines]))

    def _clocks(self) -> OrderClocks:
        return OrderClocks(
            ship_sla_at=from_unix(self.rts_sla_time),
            collect_sla_at=from_unix(self.tts_sla_time),
            shipping_due_at=from_unix(self.shipping_due_time),
            collection_due_at=from_unix(self.collection_due_time),
            delivery_due_at=from_unix(self.delivery_due_time),
        )

    def _cancelled_by(self) -> CancelRole | None:
        return cancel_role(self.cancellation_initiator) if self.cancellation_initiator else None


class WireOrders(Wire):
    """A page of orders, or the answer to a list of ids."""

    orders: tuple[WireOrder, ...] = ()

    def domain_orders(self) -> list[Order]:
        """Return the domain orders in the platform's order."""
        return [order.order() for order in self.orders]


def _required(seconds: int) -> datetime:
    instant = from_unix(seconds)
    if instant is None:
        raise ValueError("create_time is zero")
    return instant
