"""Stock of a SKU, in one warehouse or in several, and what its level makes the platform say."""

from sandbox.errors import ControlError
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import World

LOW_STOCK = 5
"""Units at or below which stock counts as low."""


def places(sku: Doc) -> list[Doc]:
    """Return the SKU's warehouses: `{"warehouse_id", "available", "committed", "refuses"}`."""
    if "warehouses" not in sku:
        # Stored by an older sandbox, which knew one warehouse per SKU.
        sku["warehouses"] = read_places(sku, sku["warehouse_id"])
    held: list[Doc] = sku["warehouses"]
    return held


def read_places(sku: Doc, usual: str) -> list[Doc]:
    """Return the warehouses of a SKU as an orders file gives it: `warehouses`, or one place."""
    given = sku.get("warehouses") or [
        {
            "warehouse_id": sku.get("warehouse_id", usual),
            "available": sku.get("available", 100),
            "committed": sku.get("committed", 0),
        }
    ]
    return [
        {
            "warehouse_id": str(place.get("warehouse_id", usual)),
            "available": int(place.get("available", 0)),
            "committed": int(place.get("committed", 0)),
            "refuses": str(place.get("refuses", "")),
        }
        for place in given
    ]


def totals(held: list[Doc]) -> Doc:
    """Return what the warehouses have together."""
    return {name: sum(place[name] for place in held) for name in ("available", "committed")}


def set_place(world: World, product: Doc, sku: Doc, place: Doc, quantity: int) -> None:
    """Set what one warehouse still sells of a SKU."""
    before = _level(sku["available"])
    place["available"] = quantity
    _settle(world, product, sku, before)


def move(world: World, product: Doc, sku: Doc, given: Doc) -> Doc:
    """Set what a warehouse still sells, as if counted or sold elsewhere; not an effect.

    Raises:
        ControlError: The SKU is not kept there, or no number of units is given.
    """
    where = str(given.get("warehouse_id") or places(sku)[0]["warehouse_id"])
    place = next((one for one in places(sku) if one["warehouse_id"] == where), None)
    units = given.get("available")
    if place is None or type(units) is not int or units < 0:
        raise ControlError(
            'give {"shop_id", "sku_id", "available"}, and a warehouse it is kept in'
        )
    set_place(world, product, sku, place, units)
    return sku


def sell(world: World, product: Doc, sku: Doc, quantity: int) -> None:
    """Take ordered units from the warehouses in turn; what none has is sold all the same."""
    before, left = _level(sku["available"]), quantity
    for place in places(sku):
        taken = min(left, place["available"])
        place["available"] -= taken
        place["committed"] += taken
        left -= taken
    places(sku)[0]["committed"] += left
    _settle(world, product, sku, before)


def _settle(world: World, product: Doc, sku: Doc, before: str) -> None:
    """Store a SKU; a change of level goes out as a webhook."""
    sku |= totals(places(sku))
    world.products.put(product["id"], product)
    level = _level(sku["available"])
    if level == before:
        return
    data = {
        "product_id": product["id"],
        "sku_id": sku["id"],
        "trigger_reason": {"alert_type": "REALTIME", "low_stock_threshold": LOW_STOCK},
        "current_inventory_status": level,
        "inventory_distribution": {
            "total_quantity": sku["available"] + sku["committed"],
            "available_quantity": sku["available"],
            "committed_quantity": sku["committed"],
        },
        "update_time": world.now(),
    }
    emit(world, product["shop_id"], 27, data)


def _level(available: int) -> str:
    if available == 0:
        return "OUT_OF_STOCK"
    return "LOW_STOCK" if available <= LOW_STOCK else "SUFFICIENT_STOCK"
