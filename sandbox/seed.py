"""Fills a new state: from an orders file, or with the default shops and orders."""

import json
from pathlib import Path
from typing import Any

from sandbox.ads import add_advertiser, default_advertisers
from sandbox.cancellations import request_by_buyer
from sandbox.carrier import CARRIER_EVENTS
from sandbox.clock import read_instant
from sandbox.default_orders import default_orders
from sandbox.errors import ControlError
from sandbox.habit_runs import happened
from sandbox.markets import Market
from sandbox.order_intake import add_order
from sandbox.shops import default_shops
from sandbox.stock import read_places, totals
from sandbox.store import Doc
from sandbox.world import World

CARRIER = "carrier"
_WAREHOUSE = "7300000000000000001"


def read_seed(path: Path) -> Doc:
    """Read an orders file.

    Raises:
        ControlError: Not a JSON object.
    """
    try:
        seed = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ControlError(f"orders file {path.name} is not JSON: {error}") from error
    if not isinstance(seed, dict):
        raise ControlError(f'orders file {path.name} must be {{"shops": [...], "orders": [...]}}')
    return seed


def fill(world: World, seed: Doc | None) -> None:
    """Fill an empty world; one that was stored before keeps what it has.

    Args:
        world: The shops.
        seed: `{"shops", "advertisers", "orders"}`, each a list; without shops the default ones
            stand with their advertisers, without a seed the default orders too.

    Raises:
        ControlError: The seed does not hold together.
    """
    if not world.is_new:
        return
    given = seed or {}
    for raw in given.get("shops") or default_shops():
        _add_shop(world, raw)
    advertisers = given.get("advertisers")
    if advertisers is None and not given.get("shops"):
        advertisers = default_advertisers()
    for raw in advertisers or []:
        add_advertiser(world, raw)
    orders = default_orders(world.now()) if seed is None else given.get("orders", [])
    waiting = [_add(world, raw) for raw in orders]
    for order in waiting:
        happened(world, order, "start")
    _plan_events(world)
    world.keep_clock()
    world.store.flush()


def _add(world: World, raw: Doc) -> Doc:
    """Take in an order whose buyer may already have asked for a cancellation."""
    asks = bool(raw.get("is_buyer_request_cancel"))
    order = add_order(world, raw | {"is_buyer_request_cancel": False} if asks else raw)
    if asks:
        request_by_buyer(world, order)
    return order


def _add_shop(world: World, raw: Doc) -> None:
    missing = [name for name in ("shop_id", "region", "cipher", "auth_code") if not raw.get(name)]
    if missing:
        raise ControlError(f"a shop of the orders file has no {missing[0]}")
    shop_id, region = str(raw["shop_id"]), str(raw["region"]).upper()
    shop = {
        "id": shop_id,
        "region": region,
        "name": raw.get("name", f"Shop {shop_id[-4:]}"),
        "seller_type": raw.get("seller_type", "LOCAL"),
        "cipher": raw["cipher"],
        "code": raw.get("code", f"{region}{shop_id[-6:]}"),
        "auth_code": raw["auth_code"],
        "chat": bool(raw.get("chat", True)),
    }
    world.add_shop(shop)
    for product in raw.get("products", []):
        world.add_product(_product(world, shop, product))
    for coupon in raw.get("coupons", []):
        world.coupons.put(str(coupon["id"]), _coupon(world, shop, coupon))


def _product(world: World, shop: Doc, raw: Doc) -> Doc:
    now = world.now()
    frame = {"title": f"Product {raw['id']}", "status": "ACTIVATE", "create_time": now}
    skus = [_sku(shop, sku) for sku in raw["skus"]]
    own = {"id": str(raw["id"]), "shop_id": shop["id"], "skus": skus, "update_time": now}
    return frame | raw | own


def _sku(shop: Doc, raw: Doc) -> Doc:
    price: Any = raw.get("price", "10.00")
    if not isinstance(price, dict):
        price = {"currency": Market(shop["region"]).currency, "sale_price": str(price)}
    held = read_places(raw, _WAREHOUSE)
    refusals = {place["refuses"] for place in held} - {"", "zero", "any"}
    if refusals:
        raise ControlError(f"SKU {raw['id']}: a warehouse refuses 'zero' or 'any', not {refusals}")
    frame = {"seller_sku": "", "sku_name": "", "warehouse_id": held[0]["warehouse_id"]}
    own = {"id": str(raw["id"]), "price": price, "warehouses": held}
    return frame | raw | totals(held) | own


def _coupon(world: World, shop: Doc, raw: Doc) -> Doc:
    now = world.now()
    frame = {
        "title": "",
        "display_type": "CHAT",
        "status": "ONGOING",
        "creation_source": "SELLER_CENTER",
        "target_buyer_segment": "ALL",
        "product_scope": "ALL",
        "create_time": now * 1000,
        "update_time": now * 1000,
        "claim_duration": {"start_time": now - 86_400, "end_time": now + 90 * 86_400},
        "redemption_duration": {"start_time": now - 86_400, "end_time": now + 120 * 86_400},
    }
    return frame | raw | {"id": str(raw["id"]), "shop_id": shop["id"]}


def _plan_events(world: World) -> None:
    start = world.clock.shop()
    for number, planned in enumerate(world.scenario.events):
        if planned.event not in CARRIER_EVENTS:
            known = ", ".join(CARRIER_EVENTS)
            raise ControlError(f"events[{number}]: {planned.event!r} is not one of {known}")
        at = start + planned.at_offset_seconds
        if planned.at is not None:
            at = read_instant(planned.at, base=start)
        names = {"order_id": planned.order_id, "package_id": planned.package_id}
        payload = names | {"event": planned.event}
        world.schedule.add(f"{CARRIER}:{number}", at=at, kind=CARRIER, payload=payload)
