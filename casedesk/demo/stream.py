"""The stream: one source for the export files, the sandbox's orders and the buyers' habits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casedesk.demo.incidents import LAMPS, SCARVES, DemoIncident
from casedesk.demo.parcels import PARCELS, READY_AGO, DemoParcel
from casedesk.demo.roles import (
    USUAL,
    USUAL_TH,
    Role,
    cast_of,
    lamp_roles,
    scarf_roles,
    th_roles,
    us_roles,
)
from casedesk.demo.shops import TH, US, DemoShop, Sku
from domain.money import Money
from domain.orders import OrderStatus

_STREAM_AGO = timedelta(hours=3)
_BETWEEN = timedelta(seconds=45)
_SMALLEST = 20
_SERVED = 4
"""Orders of each incident that came first."""
_ODD = (
    OrderStatus.UNPAID,
    OrderStatus.CANCELLED,
    OrderStatus.AWAITING_COLLECTION,
    OrderStatus.IN_TRANSIT,
)
"""Orders of the same stream that do not compete for the stock."""
NOBODY = Role("is served")
_PACKED_AGO = READY_AGO + timedelta(hours=10)
"""How long before discovery the late parcels' orders were placed."""


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
    parcel: DemoParcel | None = None
    """The late pickup that it is in."""
    by_platform: bool = False
    """Sent from the platform's own warehouse, so that it does not compete for the shelf."""

    @property
    def sku(self) -> Sku:
        """What its buyer may have to wait for."""
        return self.lines[0][0]

    @property
    def units(self) -> int:
        """How many of them."""
        return self.lines[0][1]

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

    def holding(self, sku: Sku) -> list[DemoOrder]:
        """Return the orders of one SKU, in the order in which they were paid."""
        return [order for order in self.orders if order.sku == sku]

    def on_hand(self, sku: Sku) -> int:
        """Return what the warehouse counted: the units of those who came first."""
        first = [one for one in self.holding(sku) if one.role is NOBODY and not one.by_platform]
        return sum(one.units for one in first if one.status is OrderStatus.AWAITING_SHIPMENT)


def make_stream(found_at: datetime, size: int) -> Stream:
    """Return a stream in two shops, found short at *found_at*.

    Args:
        found_at: When the warehouse has counted.
        size: Orders of the two oversold SKUs that an export shows, both shops together; at least
            40. Those of the incidents and of the late pickups come on top.
    """
    wanted = max(size // 2, _SMALLEST)
    us = _cast(cast_of(us_roles(US.dearer.sku_id), USUAL, wanted // 2), wanted)
    th = _cast(cast_of(th_roles(TH.dearer.sku_id), USUAL_TH, wanted // 2), wanted)
    orders = (
        *_evening(LAMPS, us, lamp_roles(), found_at),
        *_evening(SCARVES, th, scarf_roles(), found_at),
    )
    return Stream(found_at=found_at, orders=orders)


def _evening(
    incident: DemoIncident, cast: Sequence[Role], scarce: Sequence[Role], found_at: datetime
) -> list[DemoOrder]:
    """Return the orders of one shop: of its two oversold SKUs, and those in its late parcels."""
    shop, start = incident.shop, (found_at - _STREAM_AGO).replace(microsecond=0)
    orders = list(_orders(_Till(shop, shop.short, start), cast, _ODD))
    line = [NOBODY] * _SERVED + list(scarce)
    till = _Till(shop, incident.sku, start, first=len(orders))
    orders += list(_orders(till, line, ()))
    orders.append(till.platform_order(len(line)))
    packed = (found_at - _PACKED_AGO).replace(microsecond=0)
    return orders + list(_packed(_Till(shop, shop.other, packed, first=len(orders))))


def _cast(short: Sequence[Role], wanted: int) -> list[Role]:
    """Return who buys, in the order in which they pay: the first are served."""
    served = max(wanted - len(_ODD) - sum(role.orders for role in short), 1)
    return [NOBODY] * served + list(short)


@dataclass(frozen=True)
class _Till:
    """Where orders of one SKU are rung up."""

    shop: DemoShop
    sku: Sku
    start: datetime
    first: int = 0
    """How many orders the shop had before."""

    def order(
        self, number: int, buyer: int, *, role: Role, status: OrderStatus, **more: Any
    ) -> DemoOrder:
        """Return one order; *number* counts from the till's first."""
        units = 2 if role is NOBODY and number % 5 == 1 else role.units
        number += self.first
        return DemoOrder(
            shop=self.shop,
            order_id=str(self.shop.first_order + number * 137),
            buyer=str(self.shop.first_order + 7_000_000 + self.first + buyer),
            created_at=self.start + number * _BETWEEN,
            status=status,
            role=role,
            lines=((self.sku, units), *([(self.shop.other, 1)] if role.other_item else [])),
            **more,
        )

    def platform_order(self, number: int) -> DemoOrder:
        """Return one order that the platform itself sends."""
        to_ship = OrderStatus.AWAITING_SHIPMENT
        return self.order(number, number, role=NOBODY, status=to_ship, by_platform=True)


def _orders(till: _Till, cast: Sequence[Role], odd: Sequence[OrderStatus]) -> Iterator[DemoOrder]:
    number = 0
    for buyer, role in enumerate(cast):
        for _ in range(role.orders):
            yield till.order(number, buyer, role=role, status=OrderStatus.AWAITING_SHIPMENT)
            number += 1
    for status in odd:
        yield till.order(number, number + 500, role=NOBODY, status=status)
        number += 1


def _packed(till: _Till) -> Iterator[DemoOrder]:
    """Yield the orders that wait in a shop's late parcels; a parcel has one buyer."""
    number = 0
    for buyer, parcel in enumerate(one for one in PARCELS if one.shop == till.shop):
        for _ in range(parcel.orders):
            status = OrderStatus.AWAITING_COLLECTION
            yield till.order(number, buyer, role=NOBODY, status=status, parcel=parcel)
            number += 1
