"""Faults on demand: which call goes wrong next, and how."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sandbox.errors import ControlError
from sandbox.store import Doc
from sandbox.world import World


class FaultKind(StrEnum):
    """How a call goes wrong."""

    ERROR = "error"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    DROP_REPLY = "drop_reply"
    EXPIRED_TOKEN = "expired_token"
    GARBAGE = "garbage"
    REFUSE = "refuse"


_KEYS = frozenset(
    {"method", "path_prefix", "times", "kind", "code", "status", "shop_id", "order_id", "match"}
)


def add_fault(world: World, raw: Mapping[str, Any]) -> Doc:
    """Plan a fault.

    Raises:
        ControlError: A key or value that has no meaning here.
    """
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise ControlError(f"fault has unknown key {unknown[0]!r}; known: {sorted(_KEYS)}")
    kinds = [kind.value for kind in FaultKind]
    if raw.get("kind") not in kinds:
        raise ControlError(f"fault kind {raw.get('kind')!r} is not one of {', '.join(kinds)}")
    if raw["kind"] == FaultKind.REFUSE and not isinstance(raw.get("code"), int):
        raise ControlError("a fault of kind refuse needs an integer code")
    number = f"{world.count('faults'):06d}"
    fault = {
        "id": number,
        "method": str(raw.get("method") or "*").upper(),
        "path_prefix": str(raw.get("path_prefix") or "/"),
        "times": int(raw.get("times", 1)),
        "kind": raw["kind"],
        "code": raw.get("code"),
        "status": raw.get("status"),
        "shop_id": str(raw.get("shop_id") or ""),
        "match": [str(raw[name]) for name in ("order_id", "match") if raw.get(name)],
    }
    return world.faults.put(number, fault)


def take_fault(world: World, *, method: str, target: str, shop_id: str, body: str) -> Doc | None:
    """Return the oldest fault that fits a call and use it up once, or None.

    Args:
        world: The shops.
        method: HTTP method.
        target: Path and query as sent.
        shop_id: Whom the cipher names, or empty.
        body: The body as text.
    """
    for fault in world.faults.all():
        if _fits(fault, method, target, shop_id, body):
            fault["times"] -= 1
            if fault["times"] <= 0:
                world.faults.remove(fault["id"])
            else:
                world.faults.put(fault["id"], fault)
            return fault
    return None


def _fits(fault: Doc, method: str, target: str, shop_id: str, body: str) -> bool:
    return (
        fault["method"] in {"*", method}
        and target.startswith(fault["path_prefix"])
        and fault["shop_id"] in {"", shop_id}
        and all(text in target or text in body for text in fault["match"])
    )
