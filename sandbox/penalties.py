"""Penalty notices as Seller Center shows them to a person.

The platform has no public API for violations or appeals, so this is a control alone: tests and
demonstrations have one source for what a person would read there and type in.

Source: TikTok Shop API: no endpoint lists violations or penalties (docs, autumn 2026).
"""

from sandbox.clock import read_instant, rfc3339
from sandbox.errors import ControlError
from sandbox.store import Doc
from sandbox.world import World

_GIVEN = frozenset(
    {"shop_id", "ticket_id", "kind", "package_id", "order_ids", "issued_at", "points", "text"}
)
_DECIDED = frozenset({"ticket_id", "decision", "reason", "decided_at"})


def put_notice(world: World, given: Doc) -> Doc:
    """Issue a notice, or write a decision on the appeal against a known one.

    Raises:
        ControlError: Something named is not known, or nothing says whom it concerns.
    """
    held = world.penalties.get(str(given.get("ticket_id", "")))
    unknown = sorted(set(given) - (_DECIDED if held else _GIVEN))
    if unknown:
        raise ControlError(f"penalty has unknown key {unknown[0]!r}")
    notice = held | _decision(world, given) if held else _notice(world, given)
    return world.penalties.put(notice["ticket_id"], notice)


def _notice(world: World, given: Doc) -> Doc:
    shop_id, kind = str(given.get("shop_id", "")), str(given.get("kind", ""))
    if shop_id not in world.shops.rows or not kind:
        raise ControlError("a penalty needs a known shop_id and a kind")
    package = world.packages.get(str(given.get("package_id", "")))
    if "package_id" in given and package is None:
        raise ControlError(f"package {given['package_id']!r} is not known")
    packed = [held["id"] for held in package["orders"]] if package else []
    order_ids = [str(order_id) for order_id in given.get("order_ids", packed)]
    strange = [order_id for order_id in order_ids if order_id not in world.orders.rows]
    if strange or not order_ids:
        raise ControlError(f"a penalty needs known order_ids or a package_id, not {strange}")
    return {
        "ticket_id": str(given.get("ticket_id") or world.new_id("penalty")),
        "shop_id": shop_id,
        "kind": kind,
        "order_ids": order_ids,
        "package_id": package["id"] if package else None,
        "issued_at": _at(world, given.get("issued_at")),
        "points": int(given.get("points", 1)),
        "text": str(given.get("text", "")),
        "decisions": [],
    }


def _decision(world: World, given: Doc) -> Doc:
    decision = given.get("decision")
    if decision not in {"accepted", "rejected"}:
        raise ControlError(f"decision {decision!r} is neither accepted nor rejected")
    held = world.penalties.rows[str(given["ticket_id"])]
    at, reason = _at(world, given.get("decided_at")), str(given.get("reason", ""))
    told = {"decision": decision, "reason": reason, "decided_at": at}
    return {"decisions": [*held["decisions"], told]}


def _at(world: World, given: str | float | None) -> str:
    now = world.clock.shop()
    return rfc3339(now if given is None else read_instant(given, base=now))
