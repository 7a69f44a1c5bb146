"""Packages as the shops hold them: what is in them, their pickup slot, their state."""

from sandbox.errors import ControlError
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import World

SHIPPED = frozenset({"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"})
"""States of an order, or of a unit, that is in a parcel."""
_STATES = {
    "PARTIALLY_SHIPPING": ("PROCESSING", "RTS"),
    "AWAITING_COLLECTION": ("PROCESSING", "RTS"),
    "IN_TRANSIT": ("FULFILLING", "TTS"),
    "DELIVERED": ("COMPLETED", "DELIVERED"),
    "COMPLETED": ("COMPLETED", "DELIVERED"),
    "CANCELLED": ("CANCELLED", "CANCELLED"),
}
_HOUR = 3600
_SLOT_HOURS = 4
_SLOTS = 7
_GIVEN = frozenset(
    {"pickup_slot", "handover_method", "tracking_number", "ship_exception_reason"}
    | {"shipping_provider_id", "shipping_provider_name", "sub_status"}
)
"""What an orders file or a control may say of a package."""


def live_lines(order: Doc) -> list[Doc]:
    """Return the units that are not cancelled."""
    return [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]


def ensure_package(world: World, order: Doc) -> Doc:
    """Return the order's first package, making it (or joining a named one) if need be."""
    named = [str(package["id"]) for package in order.get("packages", []) if "id" in package]
    package_id = named[0] if named else world.new_id("package")
    package = world.packages.get(package_id) or _new(order, package_id)
    if {"id": order["id"]} not in package["orders"]:
        package["orders"].append({"id": order["id"]})
        _announce_joined(world, package)
    order["packages"] = [{"id": package_id}]
    for line in _lines_to_pack(order):
        if line.setdefault("package_id", package_id) == package_id:
            _pack(package, line["id"])
    world.orders.put(order["id"], order)
    return _sync(world, package, order["status"])


def _announce_joined(world: World, package: Doc) -> None:
    """Emit the package webhook of orders that now travel together."""
    order_ids = [held["id"] for held in package["orders"]]
    if len(order_ids) > 1:
        data = {
            "sc_type": "COMBINE",
            "role_type": "ROLE_SELLER",
            "package_list": [{"package_id": package["id"], "order_id_list": order_ids}],
            "update_time": world.now(),
        }
        emit(world, package["shop_id"], 4, data)


def _new(order: Doc, package_id: str) -> Doc:
    return {
        "id": package_id,
        "shop_id": order["shop_id"],
        "orders": [],
        "order_line_item_ids": [],
        "tracking_number": order.get("tracking_number") or f"SBX{package_id[-12:]}",
        "shipping_provider_id": "6617675021119438849",
        "shipping_provider_name": "Sandbox Express",
        "create_time": order["create_time"],
        "handover_method": "",
    }


def _lines_to_pack(order: Doc) -> list[Doc]:
    """Of a partly shipped order only the shipped units are in a package."""
    if order["status"] != "PARTIALLY_SHIPPING":
        return live_lines(order)
    return [line for line in order["line_items"] if line["display_status"] in SHIPPED]


def _pack(package: Doc, line_id: str) -> None:
    if line_id not in package["order_line_item_ids"]:
        package["order_line_item_ids"].append(line_id)


def _sync(world: World, package: Doc, order_status: str) -> Doc:
    """Bring a package's state in line with an order's."""
    status, sub_status = _STATES.get(order_status, ("TO_FULFILL", "CREATED"))
    package |= {"status": status, "sub_status": sub_status, "update_time": world.now()}
    if order_status in SHIPPED:
        package["handover_method"] = package["handover_method"] or "PICKUP"
        package.pop("ship_exception_reason", None)
    return world.packages.put(package["id"], package)


def sync_packages(world: World, order: Doc) -> None:
    """Bring an order's packages in line; a shared one is cancelled only with its last order."""
    for held in order.get("packages", []):
        package = world.packages.get(held["id"])
        if package is None:
            continue
        states = {world.orders.rows[packed["id"]]["status"] for packed in package["orders"]}
        if order["status"] != "CANCELLED" or states == {"CANCELLED"}:
            _sync(world, package, order["status"])


def check_change(given: Doc) -> None:
    """Refuse a change of a package that nobody can make.

    Raises:
        ControlError: A field that cannot be given.
    """
    unknown = sorted(set(given) - _GIVEN - {"id"})
    if unknown:
        raise ControlError(f"package has unknown key {unknown[0]!r}; known: {sorted(_GIVEN)}")


def change_package(world: World, package: Doc, given: Doc) -> None:
    """Overwrite fields of a package, such as its pickup slot.

    Raises:
        ControlError: A field that cannot be given.
    """
    check_change(given)
    package |= {name: value for name, value in given.items() if name != "id"}
    world.packages.put(package["id"], package)


def offered_slots(world: World) -> list[Doc]:
    """Return the pickup windows of the next day, on the clock's four-hour marks; the last is full.

    The marks do not move with the time of asking, so a window that was offered a minute ago can
    still be booked.
    """
    span = _SLOT_HOURS * _HOUR
    first = (world.now() // span + 1) * span
    return [
        # The wire misspells this field; both documentation snapshots print it so.
        {"start_time": at, "end_time": at + span, "avaliable": number < _SLOTS - 1}
        for number, at in enumerate(range(first, first + _SLOTS * span, span))
    ]


def next_slot(world: World) -> Doc:
    """Return the earliest window, as a warehouse books it."""
    first = offered_slots(world)[0]
    return {"start_time": first["start_time"], "end_time": first["end_time"]}


def is_late(world: World, package: Doc) -> bool:
    """Tell whether the pickup slot has passed and the carrier has not scanned the package."""
    until = package.get("pickup_slot", {}).get("end_time")
    return package["sub_status"] == "RTS" and bool(until) and until <= world.now()


def control_view(world: World, package: Doc) -> Doc:
    """Return the package as the controls print it."""
    return package | {"late": is_late(world, package)}
