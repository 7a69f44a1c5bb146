"""Who would be served by an incident: by an order export, or by what the shop itself says."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from casedesk.incidents import Shortfall, cancels_single_lines, plan_together, starts_of
from casedesk.intake import ShortagePlan, SkuDemand, demand_of_export, read_export
from casedesk.sandbox_run import platform_settings
from casedesk.session import open_records
from casedesk.settings import Settings
from casedesk.shortages import choose_shop, demand_of, market_of, orders_of
from domain.errors import InputError
from domain.orders import Order
from domain.waiting_line import AllocationPolicy
from records.case_buyers import CaseBuyers
from records.database import Database
from records.shops import ShopRecord
from workflows.opening import CaseStart


class ShortfallPlan(NamedTuple):
    """What opening incidents would come to."""

    policy: AllocationPolicy
    plans: Mapping[str, ShortagePlan]
    """SKU as it was named -> who is served; empty where nobody looked."""
    starts: Sequence[CaseStart] = ()
    notes: Sequence[str] = ()


class OrderSource(NamedTuple):
    """Where the orders of a plan are read."""

    file: Path | None = None
    """An order export, if there is one."""
    from_shop: bool = False
    """Whether the shop is asked."""
    shop: str | None = None
    """The shop that is meant, if several fit."""
    market: str | None = None
    """Its market, for the dates of a file."""
    skip_bad_rows: bool = False
    """Go on without rows that cannot be used."""


async def plan_counts(
    settings: Settings, shortfall: Shortfall, source: OrderSource, *, dry_run: bool
) -> ShortfallPlan:
    """Return who would be served, and the openings unless it is a dry run.

    The incident itself reads the shop's orders; this is what a merchant can check before. A dry
    run from a file needs neither server nor shop.

    Args:
        settings: Names the records.
        shortfall: What was counted.
        source: Where the orders are read.
        dry_run: Whether nothing is to be opened.

    Raises:
        DomainError: The file, a SKU or a number cannot be used.
        RefusedError: The shop gave no answer.
    """
    market = source.market
    if source.file is not None and source.from_shop:
        raise InputError("--from", "give either --from FILE or --from-shop")
    if dry_run and source.file is not None:
        demand, notes = _of_file(source, source.file, shortfall, market)
        return _planned(settings, shortfall, demand, market, notes)
    with open_records(settings) as db:
        found = await asyncio.to_thread(choose_shop, db, shop_id=source.shop, market=market)
        where = market or market_of(found)
        if source.file is not None:
            demand, notes = _of_file(source, source.file, shortfall, where)
        elif source.from_shop or dry_run or not _are_ids(shortfall):
            platform = await platform_settings(settings)
            orders = await orders_of(platform, db, found)
            demand, notes = _of_shop(db, found, orders, shortfall), []
        else:
            return ShortfallPlan(
                shortfall.policy, {}, starts_of(shortfall, found, _same(shortfall))
            )
    plan = _planned(settings, shortfall, demand, found.region, notes)
    if dry_run:
        return plan
    sku_ids = {sku: _sku_id(one) for sku, one in demand.items()}
    return plan._replace(starts=starts_of(shortfall, found, sku_ids))


def _planned(
    settings: Settings,
    shortfall: Shortfall,
    demand: Mapping[str, SkuDemand],
    market: str | None,
    notes: Sequence[str],
) -> ShortfallPlan:
    single = len(demand) > 1 and cancels_single_lines(settings, market)
    plans = plan_together(demand, shortfall, single_lines=single)
    said = [note for plan in plans.values() for note in plan.notes]
    return ShortfallPlan(shortfall.policy, plans, (), [*dict.fromkeys([*notes, *said])])


def _of_file(
    source: OrderSource, file: Path, shortfall: Shortfall, market: str | None
) -> tuple[dict[str, SkuDemand], list[str]]:
    intake = read_export(file, market=market, skip_bad_rows=source.skip_bad_rows)
    demand = {sku: demand_of_export(intake, sku) for sku in shortfall.on_hand}
    return demand, [f"left out: {row.sentence()}" for row in intake.bad_rows]


def _of_shop(
    db: Database, shop: ShopRecord, orders: Sequence[Order], shortfall: Shortfall
) -> dict[str, SkuDemand]:
    buyers = {order.order_id: order.buyer_user_id for order in orders}
    before = shortfall.detected_at or datetime.now(UTC)
    hurt = CaseBuyers(db).hurt_before(shop.shop_id, buyers, before=before)
    return {sku: demand_of(orders, sku, shop, hurt_before=hurt) for sku in shortfall.on_hand}


def _sku_id(demand: SkuDemand) -> str:
    """Return the platform's id of a SKU that may have been named by its Seller SKU."""
    lines = (line for one in demand.candidates for line in one.lines)
    found = next((line.sku_id for line in lines if line.sku_id), None)
    if found is None and not demand.sku.isdigit():
        raise InputError("--sku", f"no order says what SKU ID {demand.sku!r} has; give that id")
    return found or demand.sku


def _are_ids(shortfall: Shortfall) -> bool:
    return all(one.sku.isdigit() for one in shortfall.counts)


def _same(shortfall: Shortfall) -> dict[str, str]:
    return {one.sku: one.sku for one in shortfall.counts}
