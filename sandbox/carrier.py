"""What carrier and warehouse do with packages, and what tracking shows of it."""

from sandbox.errors import ControlError
from sandbox.orders import set_status
from sandbox.packages import ensure_package, next_slot
from sandbox.store import Doc
from sandbox.world import World

CARRIER_EVENTS = ("ships", "scanned", "no_show", "delivered", "completes")
SHIPPABLE = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})
_MOVES: dict[str, tuple[frozenset[str], str]] = {
    "scanned": (SHIPPABLE | {"AWAITING_COLLECTION"}, "IN_TRANSIT"),
    "no_show": (frozenset({"AWAITING_COLLECTION"}), ""),
    "delivered": (frozenset({"AWAITING_COLLECTION", "IN_TRANSIT"}), "DELIVERED"),
    "completes": (frozenset({"DELIVERED"}), "COMPLETED"),
}
_TRACKED = (
    ("rts_time", "The seller has arranged the shipment."),
    ("collection_time", "The carrier has collected the parcel."),
    ("delivery_time", "The parcel was delivered."),
)


def hand_over(world: World, order: Doc, *, by: str, own_carrier: bool = False) -> None:
    """Move an order to AWAITING_COLLECTION and record who shipped it."""
    package = ensure_package(world, order)
    set_status(world, order, "AWAITING_COLLECTION")
    if package["handover_method"] == "PICKUP" and not package.get("pickup_slot"):
        # Whoever ships without naming a window is given the next one.
        package["pickup_slot"] = {} if own_carrier else next_slot(world)
        world.packages.put(package["id"], package)
    record(world, package, order, event="ships", by=by)


def record(world: World, package: Doc, order: Doc, *, event: str, by: str) -> None:
    """Write down what happened to a parcel of an order, and for which pickup."""
    effect = {"shop_id": order["shop_id"], "order_id": order["id"], "package_id": package["id"]}
    booked = {name: package.get(name) for name in ("handover_method", "pickup_slot")}
    world.record_effect("shipments", effect | {"event": event, "by": by} | booked)


def carrier_event(world: World, package: Doc, event: str) -> None:
    """Let the carrier or warehouse do something to a package and all its orders.

    Raises:
        ControlError: The event is not known.
    """
    if event not in CARRIER_EVENTS:
        raise ControlError(f"carrier event {event!r} is not one of {', '.join(CARRIER_EVENTS)}")
    for held in package["orders"]:
        order_event(world, world.orders.rows[held["id"]], event)


def order_event(world: World, order: Doc, event: str) -> None:
    """Apply a carrier or warehouse event to one order; one that no longer fits does nothing."""
    if event == "ships":
        if order["status"] in SHIPPABLE:
            hand_over(world, order, by="warehouse")
        return
    origin, target = _MOVES[event]
    if order["status"] not in origin:
        return
    held = world.packages.get(order["packages"][0]["id"]) if order["packages"] else None
    package = held or ensure_package(world, order)
    record(world, package, order, event=event, by="carrier")
    if target:
        set_status(world, order, target)


def tracking_of(order: Doc) -> list[Doc]:
    """Return what the platform shows of an order's way, latest first.

    A driver who does not come leaves no trace there. Which action codes the platform prints is
    documented nowhere, so they are empty.
    """
    lines = [
        {"description": text, "update_time_millis": order[name] * 1000, "action_code": ""}
        for name, text in _TRACKED
        if order.get(name)
    ]
    return lines[::-1]
