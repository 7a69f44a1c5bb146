"""The stream: one source for the export files, the sandbox's orders and the buyers' habits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk.demo.roles import USUAL, USUAL_TH, Role, cast_of, th_roles, us_roles
from casedesk.demo.shops import TH, US, DemoShop, Sku
from domain.money import Money
from domain.orders import OrderStatus

_STREAM_AGO = timedelta(hours=3)
_BETWEEN = timedelta(seconds=45)
_SMALLEST = 20
_ODD = (
    OrderStatus.UNPAID,
    OrderStatus.CANCELLED,
    OrderStatus.AWAITING_COLLECTION,
    OrderStatus.IN_TRANSIT,
)
"""Orders of the same stream that do not compete for the stock."""
NOBODY = Role("is served")


@dataclass(frozen=True)
class DemoOrder:
    """One order of the stream."""

    shop: DemoShop
    order_id: str
    buyer: str
    created_at: datetime
    status: OrderStatus
    role: Role
    lines: tuple[tuple[Sku, int], ...]

    @property
    def paid_at(self) -> datetime | None:
        """When it was paid; cash on delivery and unpaid orders never were."""
        unpaid = self.status is OrderStatus.UNPAID or self.role.cash_on_delivery
        return None if unpaid else self.created_at + timedelta(seconds=20)

    @property
    def total(self) -> Money:
        """What the order costs."""
        minor = sum(sku.price.amount_minor * units for sku, units in self.lines)
        return Money(amount_minor=minor, currency=self.shop.short.price.currency)


@dataclass(frozen=True)
class Stream:
    """Everything one evening brought."""

    found_at: datetime
    """When the shortage was discovered: the week begins."""
    orders: tuple[DemoOrder, ...]

    def of(self, shop: DemoShop) -> list[DemoOrder]:
        """Return the orders of one shop."""
        return [order for order in self.orders if order.shop == shop]

    def order(self, order_id: str) -> DemoOrder:
        """Return one order."""
        return next(order for order in self.orders if order.order_id == order_id)

    def on_hand(self, shop: DemoShop) -> int:
        """Return what the warehouse counted: the units of those who came first."""
        served = [order for order in self.of(shop) if order.role is NOBODY]
        competing = [order for order in served if order.status is OrderStatus.AWAITING_SHIPMENT]
        return sum(order.lines[0][1] for order in competing)


def make_stream(found_at: datetime, size: int) -> Stream:
    """Return a stream of about *size* orders in two shops, found short at *found_at*.

    Args:
        found_at: When the warehouse has counted.
        size: Orders of both shops together; at least 40.
    """
    start = (found_at - _STREAM_AGO).replace(microsecond=0)
    wanted = max(size // 2, _SMALLEST)
    us = _cast(cast_of(us_roles(US.dearer.sku_id), USUAL, wanted // 2), wanted)
    th = _cast(cast_of(th_roles(TH.dearer.sku_id), USUAL_TH, wanted // 2), wanted)
    orders = (*_orders(US, us, start), *_orders(TH, th, start))
    return Stream(found_at=found_at, orders=tuple(orders))


def _cast(short: Sequence[Role], wanted: int) -> list[Role]:
    """Return who buys, in the order in which they pay: the first are served."""
    served = max(wanted - len(_ODD) - sum(role.orders for role in short), 1)
    return [NOBODY] * served + list(short)


def _orders(shop: DemoShop, cast: Sequence[Role], start: datetime) -> Iterator[DemoOrder]:
    number = 0
    for buyer, role in enumerate(cast):
        for _ in range(role.orders):
            to_ship = OrderStatus.AWAITING_SHIPMENT
            yield _order(shop, number, buyer, role=role, status=to_ship, start=start)
            number += 1
    for status in _ODD:
        yield _order(shop, number, number + 500, role=NOBODY, status=status, start=start)
        number += 1


def _order(
    shop: DemoShop,
    number: int,
    buyer: int,
    *,
    role: Role,
    status: OrderStatus,
    start: datetime,
) -> DemoOrder:
    units = 2 if role is NOBODY and number % 5 == 1 else role.units
    return DemoOrder(
        shop=shop,
        order_id=str(shop.first_order + number * 137),
        buyer=str(shop.first_order + 7_000_000 + buyer),
        created_at=start + number * _BETWEEN,
        status=status,
        role=role,
        lines=((shop.short, units), *([(shop.other, 1)] if role.other_item else [])),
    )
