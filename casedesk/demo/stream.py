"""The stream: one source for the export files, the sandbox's orders and the buyers' habits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.demo.roles import USUAL, USUAL_TH, Role, cast_of, th_roles, us_roles
from casedesk.intake import ExportRow, write_export_csv, write_export_xlsx
from domain.money import Money
from domain.orders import OrderStatus

_HOUR = timedelta(hours=1)
_STREAM_AGO = 3 * _HOUR
_BETWEEN = timedelta(seconds=45)
_SMALLEST = 20
SERVED_LEAVES = 20 * _HOUR
"""When the parcels of those who are served leave, after discovery."""
_ODD = (
    OrderStatus.UNPAID,
    OrderStatus.CANCELLED,
    OrderStatus.AWAITING_COLLECTION,
    OrderStatus.IN_TRANSIT,
)
"""Orders of the same stream that do not compete for the stock."""
NOBODY = Role("is served")


@dataclass(frozen=True)
class Sku:
    """One SKU of a demo shop."""

    sku_id: str
    seller_sku: str
    product_id: str
    title: str
    name: str
    price: Money
    available: int


@dataclass(frozen=True)
class DemoShop:
    """One shop and its trouble."""

    shop_id: str
    region: str
    cipher: str
    auth_code: str
    name: str
    short: Sku
    dearer: Sku
    other: Sku
    coupon: tuple[str, str, Money]
    """Id, title, what it takes off."""
    gift: str
    approve_above: str | None
    first_order: int
    due_in: timedelta
    """From discovery until the platform cancels."""
    restock_in: timedelta
    """The date first promised."""
    slips_to: timedelta | None
    leaves_in: timedelta
    """When the parcels of those who waited leave."""


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


def _sku(
    product: int, number: int, seller_sku: str, *, title: str, name: str, price: Money
) -> Sku:
    return Sku(
        sku_id=f"17295000000000{number:05d}",
        seller_sku=seller_sku,
        product_id=f"17295000000000{product:05d}",
        title=title,
        name=name,
        price=price,
        available=90,
    )


def _usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def _thb(minor: int) -> Money:
    return Money(amount_minor=minor, currency="THB")


US = DemoShop(
    shop_id="7495540735365777511",
    region="US",
    cipher="ROW_demoUSAAAAxkMbgAAAeVAQra0eZW",
    auth_code="demo-consent-us",
    name="Wenhuo Demo US",
    short=_sku(111, 1111, "JACKET-RED-M", title="Down Jacket", name="Red, M", price=_usd(4990)),
    dearer=_sku(111, 1112, "JACKET-BLUE-M", title="Down Jacket", name="Blue, M", price=_usd(5490)),
    other=_sku(112, 1121, "MUG-W", title="Ceramic Mug", name="White", price=_usd(1800)),
    coupon=("7262992004278206111", "Sorry, 5 off", _usd(500)),
    gift="a pair of thermal socks",
    approve_above="120.00",
    first_order=576_460_752_000_200_000,
    due_in=140 * _HOUR,
    restock_in=72 * _HOUR,
    slips_to=None,
    leaves_in=68 * _HOUR,
)
TH = DemoShop(
    shop_id="7495540735365777512",
    region="TH",
    cipher="ROW_demoTHAAAAxkMbgAAAeVAQra0eZW",
    auth_code="demo-consent-th",
    name="Wenhuo Demo TH",
    short=_sku(211, 2111, "TH-WIND-L", title="เสื้อกันลม", name="L", price=_thb(59000)),
    dearer=_sku(211, 2112, "TH-WIND-XL", title="เสื้อกันลม", name="XL", price=_thb(62000)),
    other=_sku(212, 2121, "TH-CUP", title="แก้วเก็บความเย็น", name="600 ml", price=_thb(29000)),
    coupon=("7262992004278206112", "ขออภัย ลด 50", _thb(5000)),
    gift="ถุงเท้า 1 คู่",
    approve_above=None,
    first_order=576_460_753_000_600_000,
    due_in=68 * _HOUR,
    restock_in=32 * _HOUR,
    slips_to=54 * _HOUR,
    leaves_in=51 * _HOUR,
)
SHOPS = (US, TH)


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


def write_export(stream: Stream, shop: DemoShop, folder: Path) -> Path:
    """Write a shop's orders as Seller Center exports them and return the file.

    The US shop downloads CSV, the Thai one XLSX.
    """
    rows = [row for order in stream.of(shop) for row in _export_rows(order)]
    if shop.region == "US":
        path = folder / "US-orders.csv"
        write_export_csv(path, rows, market=shop.region)
    else:
        path = folder / f"{shop.region}-orders.xlsx"
        write_export_xlsx(path, rows, market=shop.region)
    return path


def _export_rows(order: DemoOrder) -> Iterator[ExportRow]:
    leaving = order.status in (OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT)
    for sku, units in order.lines:
        yield ExportRow(
            order_id=order.order_id,
            status=order.status,
            sku_id=sku.sku_id,
            seller_sku=sku.seller_sku,
            product_name=sku.title,
            variation=sku.name,
            quantity=units,
            unit_price=sku.price,
            order_amount=order.total,
            created_at=order.created_at,
            paid_at=order.paid_at,
            ready_at=order.created_at + _HOUR if leaving else None,
            payment_method="Cash on delivery" if order.role.cash_on_delivery else "Card",
            buyer_username=f"buyer{order.buyer[-4:]}",
        )


def sandbox_orders(stream: Stream) -> dict[str, Any]:
    """Return the content of the sandbox's orders file."""
    return {
        "shops": [_sandbox_shop(shop) for shop in SHOPS],
        "orders": [_sandbox_order(stream, order) for order in stream.orders],
    }


def _sandbox_shop(shop: DemoShop) -> dict[str, Any]:
    products: dict[str, dict[str, Any]] = {}
    for sku in (shop.short, shop.dearer, shop.other):
        product = {"id": sku.product_id, "title": sku.title, "skus": []}
        products.setdefault(sku.product_id, product)["skus"].append(_sandbox_sku(sku))
    coupon_id, title, worth = shop.coupon
    reduction = {"amount": worth.decimal(), "currency": worth.currency}
    discount = {"type": "AMOUNT_OFF", "reduction_amount": reduction}
    return {
        "shop_id": shop.shop_id,
        "region": shop.region,
        "cipher": shop.cipher,
        "auth_code": shop.auth_code,
        "name": shop.name,
        "products": list(products.values()),
        "coupons": [{"id": coupon_id, "title": title, "discount": discount}],
    }


def _sandbox_sku(sku: Sku) -> dict[str, Any]:
    return {
        "id": sku.sku_id,
        "seller_sku": sku.seller_sku,
        "sku_name": sku.name,
        "price": {"currency": sku.price.currency, "sale_price": sku.price.decimal()},
        "available": sku.available,
    }


def _sandbox_order(stream: Stream, order: DemoOrder) -> dict[str, Any]:
    paid = order.paid_at
    return {
        "shop_id": order.shop.shop_id,
        "id": order.order_id,
        "user_id": order.buyer,
        "status": order.status.value,
        "create_time": int(order.created_at.timestamp()),
        "paid_time": int(paid.timestamp()) if paid else None,
        "is_cod": order.role.cash_on_delivery,
        "shipping_due_time": int((stream.found_at + order.shop.due_in).timestamp()),
        "line_items": [{"sku_id": sku.sku_id, "quantity": units} for sku, units in order.lines],
    }


def scenario(stream: Stream) -> dict[str, Any]:
    """Return the content of the sandbox's scenario file: buyers' habits, parcels that leave."""
    competing = [o for o in stream.orders if o.status is OrderStatus.AWAITING_SHIPMENT]
    return {
        "rate_limit_per_second": 0,
        "habits": [*_habits(competing), {"habit": "never"}],
        "events": [
            {"order_id": order.order_id, "event": "scanned", "at": _leaves(stream, order)}
            for order in competing
        ],
    }


def _habits(orders: Sequence[DemoOrder]) -> Iterator[dict[str, Any]]:
    by_buyer: dict[str, list[DemoOrder]] = {}
    for order in orders:
        if order.role is not NOBODY:
            by_buyer.setdefault(order.buyer, []).append(order)
    for mine in by_buyer.values():
        yield {**mine[0].role.habit, "orders": [order.order_id for order in mine]}


def _leaves(stream: Stream, order: DemoOrder) -> str:
    after = SERVED_LEAVES if order.role is NOBODY else order.shop.leaves_in
    return (stream.found_at + after).isoformat()
