"""An allocation on record: its inputs, what people moved by hand, and the result they lead to."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from domain.allocation import Allocation, Placed, allocate_skus
from domain.candidates import Candidate
from domain.errors import InputError
from domain.markets import Zone
from domain.waiting_line import AllocationPolicy, by_number, units


class Side(StrEnum):
    """The two lists that an order can be moved between."""

    SERVED = "served"
    SHORT = "short"


class HandMove(BaseModel):
    """One order that a person moved, and why."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    to: Side
    reason: str
    actor: str


class AllocationRecord(BaseModel):
    """What one SKU's allocation followed from; `recompute` leads to the result again."""

    model_config = ConfigDict(frozen=True)

    sku: str
    """The SKU of the result."""
    on_hand: dict[str, NonNegativeInt]
    """Units on the shelf, of this SKU and of those counted together with it."""
    candidates: dict[str, tuple[Candidate, ...]]
    """Per SKU, the orders as they were given."""
    policy: AllocationPolicy
    zone: Zone
    single_lines: bool
    moves: tuple[HandMove, ...] = ()
    result: Allocation
    digest: str
    """SHA-256 of everything above but the result, in hexadecimal; see `inputs_digest`."""

    def answer(self) -> dict[str, Any]:
        """Return `served`, `short` and `skipped` as the command line prints them, and `policy`."""
        return {**self.result.model_dump(mode="json"), "policy": self.policy.value}


def record_allocation(
    sku: str,
    *,
    on_hand: Mapping[str, int],
    candidates: Mapping[str, Iterable[Candidate]],
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
    zone: str = "UTC",
    single_lines: bool = False,
    moves: Iterable[HandMove] = (),
) -> AllocationRecord:
    """Allocate, and keep what the result followed from.

    Args:
        sku: The SKU of the result, one of *on_hand*.
        on_hand: SKU -> units on the shelf, of all SKUs that were counted together.
        candidates: SKU -> orders that hold it.
        policy: How the line is ordered.
        zone: IANA name of the shop's zone.
        single_lines: Whether an order may be served in one of its SKUs and short in another.
        moves: What people moved by hand, first move first.

    Raises:
        InputError: What `allocate_skus` and `move_order` refuse, or *sku* was not counted.
    """
    if sku not in on_hand:
        raise InputError("on_hand", f"SKU {sku} was not counted; give its units")
    unproven = AllocationRecord(
        sku=sku,
        on_hand=dict(on_hand),
        candidates={name: tuple(orders) for name, orders in candidates.items()},
        policy=policy,
        zone=zone,
        single_lines=single_lines,
        moves=tuple(moves),
        result=Allocation(),
        digest="",
    )
    proof = {"result": recompute(unproven), "digest": inputs_digest(unproven)}
    return unproven.model_copy(update=proof)


def recompute(record: AllocationRecord) -> Allocation:
    """Return what the inputs of *record* lead to; equal to its result unless one was altered.

    Raises:
        InputError: The inputs lead to nothing, for they were altered.
    """
    shared = allocate_skus(
        record.candidates,
        record.on_hand,
        policy=record.policy,
        zone=_zone(record.zone),
        single_lines=record.single_lines,
    )
    result = shared[record.sku]
    for move in record.moves:
        result = move_order(result, move, on_hand=record.on_hand[record.sku])
    return result


def inputs_digest(record: AllocationRecord) -> str:
    """Return a hash of the inputs that does not depend on the sequence of the orders.

    What has its default value is left out, so that a field added later alters no old digest.
    """
    inputs = record.model_dump(mode="json", exclude={"result", "digest"}, exclude_defaults=True)
    for orders in inputs["candidates"].values():
        orders.sort(key=lambda order: by_number(order["order_id"]))
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def move_order(allocation: Allocation, move: HandMove, *, on_hand: int) -> Allocation:
    """Return *allocation* with one order moved by hand to the end of the other list.

    Args:
        allocation: As computed, or as moved before.
        move: What a person wants moved, and why.
        on_hand: Units on the shelf of this SKU.

    Raises:
        InputError: No reason, an order that did not compete or is there already, or too few
            units for it.
    """
    reason = said(move.reason)
    placed = _found(allocation, move)
    if move.to is Side.SERVED:
        free = on_hand - sum(one.quantity for one in allocation.served)
        refuse_too_few(placed.order_id, placed.quantity, free)
    moved = placed.model_copy(update={"why": moved_because(move, reason, placed.why)})
    served = tuple(one for one in allocation.served if one is not placed)
    short = tuple(one for one in allocation.short if one is not placed)
    if move.to is Side.SERVED:
        return allocation.model_copy(update={"served": (*served, moved), "short": short})
    return allocation.model_copy(update={"served": served, "short": (*short, moved)})


def said(reason: str) -> str:
    """Return a person's reason without its full stop.

    Raises:
        InputError: There is none.
    """
    text = reason.strip().rstrip(".")
    if not text:
        raise InputError("reason", "is empty; say why the order is moved")
    return text


def refuse_too_few(order_id: str, wanted: int, free: int) -> None:
    """Raise unless *free* units suffice for an order.

    Raises:
        InputError: They do not.
    """
    if wanted > free:
        raise InputError(
            "order_id",
            f"order {order_id} needs {units(wanted)} and {free or 'none'} "
            f"{'is' if free <= 1 else 'are'} free; move another order to short first",
        )


def moved_because(move: HandMove, reason: str, before: str) -> str:
    """Return the sentence of an order moved by hand, with the one that it had before."""
    return f"{move.to.capitalize()}, moved by {move.actor}: {reason}. (Before: {before})"


def _found(allocation: Allocation, move: HandMove) -> Placed:
    there, here = allocation.short, allocation.served
    if move.to is Side.SHORT:
        there, here = here, there
    for placed in there:
        if placed.order_id == move.order_id:
            return placed
    if any(placed.order_id == move.order_id for placed in here):
        raise InputError("order_id", f"order {move.order_id} is {move.to} already")
    raise InputError("order_id", f"order {move.order_id} does not compete for these units")


def _zone(name: str) -> tzinfo:
    # The sentences mark UTC only where it is meant as such.
    return UTC if name == "UTC" else ZoneInfo(name)
