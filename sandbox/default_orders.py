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
US_PARCEL = "1152899000000000101"
TH_PARCEL = "1152899000000000201"
"""The combined packages whose pickup has been missed."""


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
    return [*orders, *_missed(now, us=us), *_later(now, us=us)]


def _missed(now: int, *, us: bool) -> list[Doc]:
    """A pickup still to come, and a combined parcel of one buyer whose carrier did not come."""
    shipped = {"status": "AWAITING_COLLECTION", "create_time": now - 2 * _DAY}
    clocks = {"tts_sla_time": now + 9 * _HOUR, "collection_due_time": now + 2 * _DAY}
    coming = shipped | {"rts_time": now - _HOUR, "collection_due_time": now + 3 * _DAY}
    parcel = _parcel(now - 20 * _HOUR) | {"id": US_PARCEL if us else TH_PARCEL}
    combined = shipped | clocks | {"rts_time": now - 20 * _HOUR, "buyer": 901}
    return [
        coming | {"packages": [_parcel(now + 2 * _HOUR)]},
        combined | {"packages": [parcel], "split_or_combine_tag": "COMBINED"},
        combined | {"packages": [{"id": parcel["id"]}], "split_or_combine_tag": "COMBINED"},
    ]


def _parcel(start: int) -> Doc:
    slot = {"start_time": start, "end_time": start + 4 * _HOUR}
    return {"handover_method": "PICKUP", "pickup_slot": slot}


def _later(now: int, *, us: bool) -> list[Doc]:
    """Orders that may be shipped later than others, so that a wait of 8 to 15 days fits.

    Back-orders and made-to-order are known of the US alone.
    """
    ahead = {"status": "AWAITING_SHIPMENT", "create_time": now - 3 * _HOUR}
    pre = ahead | {"order_type": "PRE_ORDER"}
    longer = {"handling_duration": {"days": "20", "type": "CALENDAR_DAY"}}
    if not us:
        return [pre, pre | {"units": 2}, pre | longer]
    back = ahead | {"order_type": "BACK_ORDER"}
    longest = {"handling_duration": {"days": "15", "type": "BUSINESS_DAY"}}
    made = ahead | {"order_type": "MADE_TO_ORDER"}
    return [pre, pre | {"units": 2}, back, back | longest, made]


def _shipped(now: int, days_ago: int) -> list[Doc]:
    collecting = [
        {
            "status": "AWAITING_COLLECTION",
            "create_time": days_ago,
            "rts_time": now - number * 6 * _HOUR,
            "tts_sla_time": now + number * 5 * _HOUR,
            "collection_due_time": now + (number + 2) * _DAY,
            "packages": [_parcel(now - number * 6 * _HOUR + _HOUR)],
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
