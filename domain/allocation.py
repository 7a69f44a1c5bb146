"""Who gets the limited stock, and why: whole orders, in a line anybody can check by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from pydantic import BaseModel, ConfigDict

from domain.candidates import Candidate, ShortLine, SkipReason, candidate_from_order, skip_reason
from domain.errors import InputError
from domain.waiting_line import (
    AllocationPolicy,
    by_number,
    in_line,
    served_because,
    short_because,
    standing_of,
)

__all__ = [
    "Allocation",
    "AllocationPolicy",
    "Candidate",
    "Placed",
    "ShortLine",
    "SkipReason",
    "Skipped",
    "allocate",
    "allocate_skus",
    "candidate_from_order",
    "skip_reason",
    "units_on_hand",
]


class Placed(BaseModel):
    """An order that competed, and how it ended."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    quantity: int
    why: str


class Skipped(BaseModel):
    """An order that did not compete."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    reason: SkipReason


class Allocation(BaseModel):
    """Every candidate in exactly one list; served and short in the order of the line."""

    model_config = ConfigDict(frozen=True)

    served: tuple[Placed, ...] = ()
    short: tuple[Placed, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class _Shelf:
    """One SKU while its units are shared out."""

    left: int
    served: list[Placed] = field(default_factory=list)
    short: list[Placed] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def next_place(self) -> int:
        return len(self.served) + len(self.short) + 1

    def result(self) -> Allocation:
        return Allocation(
            served=tuple(self.served), short=tuple(self.short), skipped=tuple(self.skipped)
        )


_Demand = dict[str, dict[str, Candidate]]
"""Order id -> SKU -> what competes for it."""


def units_on_hand(value: object) -> int:
    """Return *value* as a count of units on the shelf.

    Args:
        value: A whole number, or its digits as text.

    Raises:
        InputError: Negative, fractional or no number.
    """
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise InputError("on_hand", f"{value!r} is not a count; give a whole number of 0 or more")


def allocate(
    candidates: Iterable[Candidate],
    on_hand: int,
    *,
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
    zone: tzinfo = UTC,
) -> Allocation:
    """Share *on_hand* units among the orders that compete for them.

    Whole orders only: an order that the rest cannot serve whole is passed over, and a later,
    smaller one may be served.

    Args:
        candidates: Orders that hold the SKU, in any order, each once.
        on_hand: Units on the shelf.
        policy: How the line is ordered.
        zone: The shop's zone; the sentences print its local times.

    Returns:
        Every candidate in exactly one list.

    Raises:
        InputError: A bad count, a repeated order, an unknown status or mixed currencies.
    """
    only = "the SKU"
    return allocate_skus({only: candidates}, {only: on_hand}, policy=policy, zone=zone)[only]


def allocate_skus(
    demand: Mapping[str, Iterable[Candidate]],
    on_hand: Mapping[str, int],
    *,
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
    zone: tzinfo = UTC,
    single_lines: bool = False,
) -> dict[str, Allocation]:
    """Share the units of several short SKUs that were counted together.

    One line for all SKUs. An order is served whole, with every short SKU it holds, or it is
    short in all of them and leaves its units to those behind it. Where the market lets single
    lines be cancelled, each SKU may be decided alone; the units of one SKU are never split.

    Args:
        demand: SKU -> orders that hold it, each once, in any order.
        on_hand: SKU -> units on the shelf; every SKU of *demand* is counted.
        policy: How the line is ordered.
        zone: The shop's zone; the sentences print its local times.
        single_lines: Whether an order may be served in one of its SKUs and short in another.

    Returns:
        SKU -> its candidates, each in exactly one list.

    Raises:
        InputError: A bad or missing count, a repeated order, an unknown status or mixed
            currencies.
    """
    shelves = {sku: _Shelf(units_on_hand(count)) for sku, count in sorted(on_hand.items())}
    competing = _competing(demand, shelves)
    # What decides the place is a fact of the order, the same under each of its SKUs.
    line = in_line((next(iter(held.values())) for held in competing.values()), policy)
    for order_id in (one.order_id for one in line):
        held = competing[order_id]
        parts = [{sku: one} for sku, one in held.items()] if single_lines else [held]
        for part in parts:
            _place(part, shelves, policy, zone)
    return {sku: shelf.result() for sku, shelf in shelves.items()}


def _competing(
    demand: Mapping[str, Iterable[Candidate]], shelves: Mapping[str, _Shelf]
) -> _Demand:
    competing: _Demand = {}
    for sku, candidates in sorted(demand.items()):
        if sku not in shelves:
            raise InputError("on_hand", f"SKU {sku} was not counted; give its units")
        for candidate in _each_once(candidates):
            reason = skip_reason(candidate)
            if reason is None:
                competing.setdefault(candidate.order_id, {})[sku] = candidate
            else:
                skipped = Skipped(order_id=candidate.order_id, reason=reason)
                shelves[sku].skipped.append(skipped)
    return competing


def _each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    by_id: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.order_id in by_id:
            raise InputError("candidates", f"order {candidate.order_id} is there twice")
        by_id[candidate.order_id] = candidate
    return [by_id[order_id] for order_id in sorted(by_id, key=by_number)]


def _place(
    held: Mapping[str, Candidate],
    shelves: Mapping[str, _Shelf],
    policy: AllocationPolicy,
    zone: tzinfo,
) -> None:
    needs = {sku: candidate.quantity for sku, candidate in held.items()}
    left = {sku: shelves[sku].left for sku in needs}
    fits = all(wanted <= left[sku] for sku, wanted in needs.items())
    because = served_because if fits else short_because
    for sku, candidate in held.items():
        shelf = shelves[sku]
        standing = standing_of(candidate, shelf.next_place(), policy, zone)
        why = because(standing, needs, left)
        placed = Placed(order_id=candidate.order_id, quantity=needs[sku], why=why)
        (shelf.served if fits else shelf.short).append(placed)
        shelf.left -= needs[sku] if fits else 0
