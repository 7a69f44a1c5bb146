"""Shortage incidents as callers open and find them: from a count, from a sheet of counts."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowExecutionStatus

from casedesk.desk import CaseDesk
from casedesk.errors import NotFoundError, RefusedError
from casedesk.intake import ShortagePlan, SkuDemand
from casedesk.intake.shortage import plan_of, refuse_unknown
from casedesk.settings import Settings
from casedesk.sheets import read_sheet
from domain.allocation import allocate_skus, units_on_hand
from domain.errors import InputError
from domain.instants import Instant
from domain.playbook_files import parse_market
from domain.waiting_line import AllocationPolicy
from records.database import Database
from records.incident_orders import IncidentOrder, IncidentOrders
from records.incidents import Incident, Incidents
from records.shops import ShopRecord
from workflows import names
from workflows.incident_opening import incident_start
from workflows.opening import CaseStart

_SHORT_PARTS = 2
_ALL = 100_000
"""Orders of one incident that are shown at most."""


class Count(BaseModel):
    """Units of one SKU on the shelf."""

    model_config = ConfigDict(frozen=True)

    sku: str
    """Seller SKU or SKU ID."""
    on_hand: int


class Shortfall(BaseModel):
    """What a merchant says when several SKUs may be short at once."""

    model_config = ConfigDict(frozen=True)

    counts: tuple[Count, ...]
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST
    restock_at: Instant | None = None
    substitute: str | None = None
    supplier: str | None = None
    stream: str | None = None
    detected_at: Instant | None = None
    key: str
    """Tells these incidents from earlier ones."""
    actor: str | None = None

    @property
    def on_hand(self) -> dict[str, int]:
        """Units by SKU, as the SKUs were named."""
        return {one.sku: one.on_hand for one in self.counts}


def read_counts(path: Path) -> tuple[Count, ...]:
    """Return the counts of a sheet: columns `sku` and `on_hand`, CSV, XLSX or JSON.

    Raises:
        InputError: The file cannot be used, a count is none, or a SKU is there twice; names the
            row.
    """
    found: dict[str, Count] = {}
    for row in read_sheet(path, needed=("sku", "on_hand")):
        sku = row.cells.get("sku", "").strip()
        if not sku:
            raise InputError("--counts", f"row {row.number} names no SKU")
        if sku in found:
            raise InputError("--counts", f"row {row.number} counts SKU {sku} a second time")
        try:
            units = units_on_hand(row.cells.get("on_hand", ""))
        except InputError as error:
            raise InputError("--counts", f"row {row.number}, SKU {sku}: {error.reason}") from error
        found[sku] = Count(sku=sku, on_hand=units)
    if not found:
        raise InputError("--counts", f"{path.name} counts nothing")
    return tuple(found.values())


def plan_together(
    demand: Mapping[str, SkuDemand], shortfall: Shortfall, *, single_lines: bool
) -> dict[str, ShortagePlan]:
    """Decide who is served where several SKUs were counted together.

    Args:
        demand: SKU -> who asks for it.
        shortfall: The counts and the policy.
        single_lines: Whether an order may be served in one SKU and short in another.

    Returns:
        SKU -> its plan, in the sequence of the counts.

    Raises:
        IntakeError: No order holds one of the SKUs.
        InputError: A count is none.
    """
    for one in demand.values():
        refuse_unknown(one)
    first = next(iter(demand.values()))
    results = allocate_skus(
        {sku: one.candidates for sku, one in demand.items()},
        shortfall.on_hand,
        policy=shortfall.policy,
        zone=first.zone,
        single_lines=single_lines,
    )
    return {
        sku: plan_of(demand[sku], results[sku], shortfall.on_hand[sku])
        for sku in shortfall.on_hand
    }


def cancels_single_lines(settings: Settings, market: str | None) -> bool:
    """Tell whether single lines of an order can be cancelled in a market; no if unknown."""
    for path in sorted((settings.playbooks / "markets").glob("*.yaml")):
        profile = parse_market(path.read_text("utf-8"), filename=path.name)
        if market and profile.answers_to(market):
            return bool(profile.single_lines_cancellable.value)
    return False


def starts_of(
    shortfall: Shortfall, shop: ShopRecord, sku_ids: Mapping[str, str]
) -> list[CaseStart]:
    """Return one opening per counted SKU.

    Args:
        shortfall: What the merchant says.
        shop: The shop.
        sku_ids: SKU as it was named -> the platform's SKU ID.

    Raises:
        InputError: A field of the input cannot be used.
    """
    units = {sku_ids[sku]: count for sku, count in shortfall.on_hand.items()}
    return [
        incident_start(
            shop_id=shop.shop_id,
            sku_id=sku_id,
            on_hand=on_hand,
            key=shortfall.key,
            policy=shortfall.policy,
            counted_with={other: n for other, n in units.items() if other != sku_id},
            restock_at=shortfall.restock_at,
            detected_at=shortfall.detected_at,
            substitute_sku_id=shortfall.substitute,
            supplier=shortfall.supplier,
            stream=shortfall.stream,
            source=shortfall.actor,
        )
        for sku_id, on_hand in units.items()
    ]


async def refuse_second(desk: CaseDesk, starts: Sequence[CaseStart]) -> None:
    """Refuse to open a second incident of a SKU; the sentence names the first.

    Raises:
        RefusedError: One is open.
    """
    incidents = Incidents(desk.db)
    for start in starts:
        named = names.sku_of_incident(start.case_id)
        if named is None:
            continue
        shop_id, sku_id, _ = named
        holder = await asyncio.to_thread(incidents.open_for, shop_id, sku_id)
        if holder is None or holder == start.case_id:
            continue
        if await desk.status(holder) is WorkflowExecutionStatus.RUNNING:
            raise RefusedError(
                f"{holder} is open for SKU {sku_id}; act on that one "
                f"(`starter.py incident show {holder}`)"
            )


async def find_incident(desk: CaseDesk, written: str) -> str:
    """Return the id of an incident given as people write it.

    Args:
        desk: The desk.
        written: An incident id, `SHOP:SKU`, or a SKU ID alone; the short forms mean the open
            incident, else the newest.

    Raises:
        NotFoundError: No such incident.
        InputError: Several shops have one.
    """
    text = written.strip()
    if names.sku_of_incident(text):
        return await desk.find(text)
    *shop, sku_id = text.split(":")
    if len(shop) >= _SHORT_PARTS or not sku_id:
        raise InputError("incident", f"{written!r} is no incident id; give SHOP:SKU or a SKU ID")
    found = await asyncio.to_thread(_known, desk.db, sku_id, shop[0] if shop else None)
    if not found:
        raise NotFoundError(f"there is no incident of SKU {sku_id}; `starter.py incident list`")
    shops = {one.shop_id for one in found}
    if len(shops) > 1:
        ids = " and ".join(f"{shop_id}:{sku_id}" for shop_id in sorted(shops))
        raise InputError("incident", f"{written!r} means {ids}; give one of them")
    return found[0].incident_id


def _known(db: Database, sku_id: str, shop_id: str | None) -> list[Incident]:
    found = Incidents(db).search(shop_id=shop_id, limit=_ALL)
    ours = [one for one in found if one.sku_id == sku_id]
    return sorted(ours, key=lambda one: one.closed_at is not None)


def orders_of(db: Database, incident_id: str) -> list[IncidentOrder]:
    """Return the orders of an incident, each with the sentence that says how it stands."""
    return IncidentOrders(db).page(incident_id, limit=_ALL)


def review_of(db: Database, incident_id: str) -> dict[str, Any] | None:
    """Return the review of an incident that has closed."""
    found = Incidents(db).incident(incident_id)
    return found.review if found else None


def reviews_of(
    db: Database, *, shop_id: str | None = None, stream: str | None = None
) -> list[dict[str, Any]]:
    """Return the reviews of a shop's or a stream's closed incidents, the newest first."""
    found = Incidents(db).search(shop_id=shop_id, stream=stream, limit=_ALL)
    return [one.review for one in found if one.review]


def key_of(instant: datetime) -> str:
    """Return the key of incidents that are opened at an instant, to the millisecond.

    A second opening within the same second is another one, so that it is refused, not joined.
    """
    return f"{instant:%Y%m%dT%H%M%S}.{instant.microsecond // 1000:03}Z"
