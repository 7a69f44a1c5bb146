"""The stream written down: as export files, as the sandbox's orders, as its buyers' habits.

What people would have to say of their suppliers, carriers and ads is written here too.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.demo.incidents import INCIDENTS
from casedesk.demo.parcels import CANCELS_IN, READY_AGO, SCANNED_IN, SLOT_AGO, SLOT_LASTS
from casedesk.demo.shops import SHOPS, DemoShop, Sku
from casedesk.demo.stream import NOBODY, DemoOrder, Stream
from casedesk.intake import ExportRow, write_export_csv, write_export_xlsx
from domain.orders import OrderStatus

_HOUR = timedelta(hours=1)
ADS_TOKEN = "demo-ads-token"  # noqa: S105  # of the demo's own sandbox, which asks for one
CARRIER = "Demo Express"
SERVED_LEAVES = 20 * _HOUR
"""When the parcels of those who are served leave, after discovery."""


def write_export(stream: Stream, shop: DemoShop, folder: Path) -> Path:
    """Write a shop's orders as Seller Center exports them and return the file.

    The US shop downloads CSV, the Thai one XLSX.
    """
    rows = [row for order in stream.of(shop) for row in _export_rows(stream, order)]
    if shop.region == "US":
        path = folder / "US-orders.csv"
        write_export_csv(path, rows, market=shop.region)
    else:
        path = folder / f"{shop.region}-orders.xlsx"
        write_export_xlsx(path, rows, market=shop.region)
    return path


def _export_rows(stream: Stream, order: DemoOrder) -> Iterator[ExportRow]:
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
            ready_at=_ready_at(stream, order),
            is_pre_order=order.role.order_type == "PRE_ORDER",
            fulfillment_type=f"Fulfillment by {'TikTok' if order.by_platform else 'seller'}",
            package_id=order.parcel.package_id if order.parcel else "",
            payment_method="Cash on delivery" if order.role.cash_on_delivery else "Card",
            buyer_username=f"buyer{order.buyer[-4:]}",
        )


def _ready_at(stream: Stream, order: DemoOrder) -> datetime | None:
    if order.parcel is not None:
        return (stream.found_at - READY_AGO).replace(microsecond=0)
    leaving = order.status in (OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT)
    return order.created_at + _HOUR if leaving else None


def sandbox_orders(stream: Stream) -> dict[str, Any]:
    """Return the content of the sandbox's orders file."""
    return {
        "shops": [_sandbox_shop(shop) for shop in SHOPS],
        "advertisers": [_sandbox_ads(shop) for shop in SHOPS],
        "orders": [_sandbox_order(stream, order) for order in stream.orders],
    }


def _sandbox_shop(shop: DemoShop) -> dict[str, Any]:
    products: dict[str, dict[str, Any]] = {}
    for sku in (shop.short, shop.dearer, shop.other, shop.scarce):
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


def _sandbox_ads(shop: DemoShop) -> dict[str, Any]:
    ads, sku_ids = shop.ads, [shop.scarce.sku_id]
    group = {"adgroup_id": ads.ad_group_id, "adgroup_name": shop.scarce.title, "sku_ids": sku_ids}
    campaign = {"campaign_id": ads.campaign_id, "campaign_name": "LIVE", "sku_ids": sku_ids}
    return {
        "advertiser_id": ads.advertiser_id,
        "shop_id": shop.shop_id,
        "access_token": ADS_TOKEN,
        "campaigns": [{**campaign, "adgroups": [group]}],
    }


def _sandbox_order(stream: Stream, order: DemoOrder) -> dict[str, Any]:
    paid = order.paid_at
    due = stream.found_at + (order.role.due_in or order.shop.due_in)
    return {
        "shop_id": order.shop.shop_id,
        "id": order.order_id,
        "user_id": order.buyer,
        "status": order.status.value,
        "order_type": order.role.order_type,
        "fulfillment_type": f"FULFILLMENT_BY_{'TIKTOK' if order.by_platform else 'SELLER'}",
        "create_time": int(order.created_at.timestamp()),
        "paid_time": int(paid.timestamp()) if paid else None,
        "is_cod": order.role.cash_on_delivery,
        "shipping_due_time": int(due.timestamp()),
        "line_items": [{"sku_id": sku.sku_id, "quantity": units} for sku, units in order.lines],
        **_in_parcel(stream, order),
    }


def _in_parcel(stream: Stream, order: DemoOrder) -> dict[str, Any]:
    """Return what the platform shows of an order that waits for its carrier too long."""
    parcel = order.parcel
    if parcel is None:
        return {}
    slot, found = stream.found_at - SLOT_AGO, stream.found_at
    package = {
        "id": parcel.package_id,
        "shipping_provider_name": CARRIER,
        "handover_method": "PICKUP",
        "pickup_slot": {"start_time": _unix(slot), "end_time": _unix(slot + SLOT_LASTS)},
    }
    first = next(one for one in stream.orders if one.parcel == parcel) is order
    combined = {"split_or_combine_tag": "COMBINED"} if parcel.orders > 1 else {}
    return {
        "rts_time": _unix(found - READY_AGO),
        "tts_sla_time": _unix(slot + SLOT_LASTS),
        "collection_due_time": _unix(found + CANCELS_IN),
        "packages": [package if first else {"id": parcel.package_id}],
        **combined,
    }


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())


def scenario(stream: Stream) -> dict[str, Any]:
    """Return the content of the sandbox's scenario file: buyers' habits, parcels that leave."""
    competing = [o for o in stream.orders if o.status is OrderStatus.AWAITING_SHIPMENT]
    moving = [order for order in stream.orders if order.parcel or order in competing]
    return {
        "rate_limit_per_second": 0,
        "ads_per_second": 0,
        "habits": [*_habits(competing), {"habit": "never"}],
        "events": [
            {"order_id": order.order_id, "event": "scanned", "at": _leaves(stream, order)}
            for order in moving
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
    return (stream.found_at + _leaves_in(order)).isoformat()


def _leaves_in(order: DemoOrder) -> timedelta:
    """Return when an order's parcel is scanned, after discovery."""
    if order.parcel is not None:
        return SCANNED_IN
    if order.role is NOBODY:
        return SERVED_LEAVES
    scarce = {one.sku: one.leaves_in for one in INCIDENTS}
    return scarce.get(order.sku, order.shop.leaves_in)


def ads_book() -> dict[str, Any]:
    """Return the content of `ads.yaml`: which ads show which SKU."""
    return {
        "shops": [
            {
                "shop_id": shop.shop_id,
                "advertiser_id": shop.ads.advertiser_id,
                "skus": {
                    shop.scarce.sku_id: {
                        "campaigns": [shop.ads.campaign_id],
                        "ad_groups": [shop.ads.ad_group_id],
                    }
                },
            }
            for shop in SHOPS
        ]
    }


def suppliers_book(letters: str) -> dict[str, Any]:
    """Return the content of `suppliers.yaml`.

    Args:
        letters: Where letters go, as an apprise address without its last part.
    """
    return {
        "suppliers": [
            {"name": one.supplier, "address": f"{letters}/supplier", "skus": [one.sku.sku_id]}
            for one in INCIDENTS
        ]
    }


def carriers_book(letters: str) -> dict[str, Any]:
    """Return the content of `carriers.yaml`; *letters* as for `suppliers_book`."""
    return {"carriers": [{"name": CARRIER, "address": f"{letters}/carrier"}]}
