"""The orders of the default shops: mixed states, deterministic ids, relative to the shops' now."""

from sandbox.shops import TH_SHOP_ID, US_SHOP_ID, default_shops
from sandbox.store import Doc

_HOUR = 3600
_DAY = 24 * _HOUR
_US_BASE = 576_460_752_000_100_000
_TH_BASE = 576_460_753_000_500_000
_STEP = 137
_US_PLAIN = 22
_TH_PLAIN = 10


def default_orders(now: int) -> list[Doc]:
    """Return at least 60 orders of both default shops.

    Args:
        now: The shop clock, unix seconds.
    """
    us, th = _mixed(now, us=True), _mixed(now, us=False)
    return [
        *_numbered(_US_BASE, US_SHOP_ID, [*_plain(now, _US_PLAIN, 10 * _DAY), *us]),
        *_numbered(_TH_BASE, TH_SHOP_ID, [*_plain(now, _TH_PLAIN, 3 * _DAY), *th]),
    ]


def _numbered(base: int, shop_id: str, orders: list[Doc]) -> list[Doc]:
    """Give every order its id, lines of the shop's SKUs in turn and, mostly, its own buyer."""
    shop = next(shop for shop in default_shops() if shop["shop_id"] == shop_id)
    sku_ids = [sku["id"] for product in shop["products"] for sku in product["skus"]]
    numbered = []
    for number, order in enumerate(orders):
        order_id = base + number * _STEP
        buyer = order.pop("buyer", number)
        units = order.pop("units", 1)
        lines = [{"sku_id": sku_ids[number % len(sku_ids)], "quantity": units}]
        who = {"id": str(order_id), "shop_id": shop_id, "user_id": str(base + 7_000_000 + buyer)}
        numbered.append(who | {"line_items": lines} | order)
    return numbered


def _plain(now: int, count: int, life: int) -> list[Doc]:
    """Paid within the last hours, due in 48 h or more."""
    ages = (number * _HOUR // 2 + 2 * _HOUR for number in range(count))
    return [_waiting(now - age, now - age + life, 1 + (age % 3 == 0)) for age in ages]


def _waiting(created: int, due: int, units: int) -> Doc:
    return {
        "status": "AWAITING_SHIPMENT",
        "create_time": created,
        "shipping_due_time": due,
        "units": units,
    }


def _mixed(now: int, *, us: bool) -> list[Doc]:
    """Every other state and oddity; buyers 900 and up share orders."""
    hour_ago, days_ago = now - _HOUR, now - 4 * _DAY
    due_soon = now + 20 * _HOUR
    orders = [
        {"status": "UNPAID", "create_time": hour_ago},
        {"status": "UNPAID", "create_time": hour_ago + 600},
        {"status": "ON_HOLD", "create_time": now - 900},
        {"status": "ON_HOLD", "create_time": now - 1800},
        _waiting(now - 2 * _DAY, due_soon, 1),
        _waiting(now - 2 * _DAY, due_soon + _HOUR, 3),
        {**_waiting(hour_ago, now + 60 * _HOUR, 1), "buyer": 900},
        {**_waiting(hour_ago, now + 61 * _HOUR, 1), "buyer": 900},
        {**_waiting(hour_ago, now + 60 * _HOUR, 2), "is_buyer_request_cancel": True},
        {**_waiting(hour_ago, now + 60 * _HOUR, 1), "is_sample_order": True},
        {**_waiting(hour_ago, now + 60 * _HOUR, 1), "fulfillment_type": "FULFILLMENT_BY_TIKTOK"},
        {"status": "PARTIALLY_SHIPPING", "create_time": hour_ago, "units": 2},
        *_shipped(now, days_ago),
    ]
    if not us:
        orders.append({**_waiting(hour_ago, now + 60 * _HOUR, 1), "is_cod": True})
    return orders


def _shipped(now: int, days_ago: int) -> list[Doc]:
    collecting = [
        {
            "status": "AWAITING_COLLECTION",
            "create_time": days_ago,
            "rts_time": now - number * 6 * _HOUR,
            "tts_sla_time": now + number * 5 * _HOUR,
            "collection_due_time": now + (number + 2) * _DAY,
        }
        for number in range(1, 5)
    ]
    moving = {"create_time": days_ago, "rts_time": days_ago + _DAY}
    arrived = moving | {"collection_time": days_ago + 2 * _DAY, "delivery_time": now - _DAY}
    ended = {"cancel_time": days_ago + _HOUR, "cancellation_initiator": "BUYER"}
    return [
        *collecting,
        {"status": "IN_TRANSIT", "collection_time": days_ago + 2 * _DAY, **moving},
        {"status": "IN_TRANSIT", "collection_time": days_ago + 2 * _DAY, **moving},
        {"status": "DELIVERED", **arrived},
        {"status": "COMPLETED", **arrived},
        {"status": "CANCELLED", "create_time": days_ago, **ended},
    ]
