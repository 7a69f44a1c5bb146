"""From orders to a plan: who is served, who is short, and what to open cases with."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from difflib import get_close_matches
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from casedesk.intake.errors import IntakeError
from domain.allocation import (
    Allocation,
    AllocationPolicy,
    Candidate,
    Placed,
    ShortLine,
    Skipped,
    allocate,
    candidate_from_order,
    skip_reason,
    units_on_hand,
)
from domain.intake import Intake, candidate_from_export
from domain.orders import Order, OrderStatus


class SkuDemand(NamedTuple):
    """All orders that hold one SKU, wherever they were read."""

    sku: str
    candidates: tuple[Candidate, ...]
    known_skus: tuple[str, ...]
    """Every SKU seen, for suggestions."""
    notes: tuple[str, ...] = ()
    zone: tzinfo = UTC


class ShortagePlan(BaseModel):
    """Who gets the units on the shelf, and who has to be asked."""

    model_config = ConfigDict(frozen=True)

    sku: str
    on_hand: int
    demand: int
    """Units that all competing orders ask for."""
    served: tuple[Placed, ...]
    short: tuple[Placed, ...]
    skipped: tuple[Skipped, ...]
    short_lines: dict[str, tuple[ShortLine, ...]]
    """Per short order, what its case is opened with."""
    summary: str
    notes: tuple[str, ...] = ()

    def answer(self) -> dict[str, Any]:
        """Return `served`, `short` and `skipped` as the command line prints them."""
        return self.model_dump(mode="json", include={"served", "short", "skipped"})

    def opening_lines(self, order_id: str) -> list[dict[str, str | int]]:
        """Return the `short_lines` value of a short order's case."""
        return [line.wire() for line in self.short_lines[order_id]]


def demand_of_export(intake: Intake, sku: str) -> SkuDemand:
    """Return the orders of an export that hold *sku* (Seller SKU or SKU ID)."""
    wanted = sku.strip()
    found = (candidate_from_export(order, sku=wanted) for order in intake.orders)
    return SkuDemand(
        sku=wanted,
        candidates=tuple(candidate for candidate in found if candidate is not None),
        known_skus=intake.skus(),
        notes=intake.notes,
        zone=ZoneInfo(intake.zone),
    )


def from_shop(
    orders: Iterable[Order],
    sku: str,
    *,
    hurt_before: frozenset[str] = frozenset(),
    zone: tzinfo = UTC,
) -> SkuDemand:
    """Return the orders of a shop that hold *sku* (Seller SKU or SKU ID).

    Args:
        orders: Orders as the shop reports them, in any sequence.
        sku: Seller SKU or SKU ID.
        hurt_before: Ids of orders whose buyer was let down before.
        zone: The shop's zone, for the sentences.
    """
    wanted = sku.strip()
    known: set[str] = set()
    candidates: list[Candidate] = []
    unclear: list[str] = []
    for order in orders:
        known.update(sku for line in order.lines for sku in (line.seller_sku, line.sku_id))
        hurt = order.order_id in hurt_before
        candidate = candidate_from_order(order, sku=wanted, hurt_before=hurt)
        if candidate is not None and candidate.status is OrderStatus.UNKNOWN:
            unclear.append(order.order_id)
        elif candidate is not None:
            candidates.append(candidate)
    notes = (
        f"Order {order_id} has a status we do not know and was left out; look at it in Seller"
        " Center."
        for order_id in unclear
    )
    return SkuDemand(wanted, tuple(candidates), tuple(sorted(known - {""})), tuple(notes), zone)


def plan_shortage(
    source: Intake | SkuDemand,
    *,
    sku: str,
    on_hand: int,
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
) -> ShortagePlan:
    """Decide who is served from *on_hand* units and who is short.

    Args:
        source: An export, or a shop's demand for this SKU.
        sku: Seller SKU or SKU ID.
        on_hand: Units on the shelf, those in parcels not counted.
        policy: How the line is ordered.

    Raises:
        IntakeError: No order holds the SKU; near matches are named.
        InputError: *on_hand* is no count.
    """
    count = units_on_hand(on_hand)
    demand = demand_of_export(source, sku) if isinstance(source, Intake) else source
    refuse_unknown(demand)
    result = allocate(demand.candidates, count, policy=policy, zone=demand.zone)
    return plan_of(demand, result, count)


def plan_of(demand: SkuDemand, result: Allocation, on_hand: int) -> ShortagePlan:
    """Return the plan that an allocation of a SKU leads to."""
    asked = sum(one.quantity for one in demand.candidates if skip_reason(one) is None)
    lines = {candidate.order_id: candidate.lines for candidate in demand.candidates}
    return ShortagePlan(
        sku=demand.sku,
        on_hand=on_hand,
        demand=asked,
        served=result.served,
        short=result.short,
        skipped=result.skipped,
        short_lines={one.order_id: lines[one.order_id] for one in result.short},
        summary=_summary(result, on_hand, asked),
        notes=demand.notes,
    )


def refuse_unknown(demand: SkuDemand) -> None:
    """Refuse a SKU that no order holds; near matches are named.

    Raises:
        IntakeError: Neither an order nor the list of SKUs knows it.
    """
    if demand.candidates or demand.sku in demand.known_skus:
        return
    folded = {known.casefold(): known for known in demand.known_skus}
    near = [folded[one] for one in get_close_matches(demand.sku.casefold(), folded)]
    hint = f"did you mean {', '.join(near)}?" if near else "check the Seller SKU or SKU ID."
    raise IntakeError(f"No order holds the SKU {demand.sku!r}; {hint}")


def _summary(result: Allocation, on_hand: int, asked: int) -> str:
    if not result.short:
        return f"Nothing is short: {on_hand} units are on hand and {asked} are asked for."
    return (
        f"{len(result.short)} orders are short and {len(result.served)} are served:"
        f" {on_hand} units are on hand and {asked} are asked for."
    )
