"""The stream written down: as export files, as the sandbox's orders, as its buyers' habits."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from casedesk.demo.shops import SHOPS, DemoShop, Sku
from casedesk.demo.stream import NOBODY, DemoOrder, Stream
from casedesk.intake import ExportRow, write_export_csv, write_export_xlsx
from domain.orders import OrderStatus

_HOUR = timedelta(hours=1)
SERVED_LEAVES = 20 * _HOUR
"""When the parcels of those who are served leave, after discovery."""


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
