"""The orders of a short SKU: read page by page into the records, changes into the ledger."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence

import structlog
from temporalio import activity
from typing_extensions import override

from activities.troubles import told_to_temporal
from domain.candidates import Candidate, candidate_from_order
from domain.incident_events import order_seen, together
from domain.incident_figures import Changed
from domain.orders import Order, OrderStatus
from records.case_buyers import CaseBuyers
from records.database import Database
from records.incident_demand import IncidentDemand
from records.incident_ledgers import IncidentLedgers
from tiktok_shop.client import ShopClient
from tiktok_shop.order_walk import OrderCursor, OrderStep
from workflows import names
from workflows.ports.demand import CollectOrders, DemandPort, OrdersCollected
from workflows.ports.facts import Fact

logger = structlog.get_logger()

_SHOWN = 5
"""Orders named in a sentence for people."""


class _SoFar(Fact):
    """How far a reading has come; each page makes a new one, for the server keeps the old."""

    cursor: OrderCursor | None = None
    orders: int = 0
    unclear: tuple[str, ...] = ()
    changed: Changed = Changed()


class DemandActivities(DemandPort):
    """Reads what is asked for of a SKU."""

    def __init__(self, client: ShopClient, db: Database) -> None:
        """Read with the platform's client into the migrated database."""
        self._client = client
        self._demand = IncidentDemand(db)
        self._ledgers = IncidentLedgers(db)
        self._buyers = CaseBuyers(db)

    @override
    @activity.defn(name=names.COLLECT_ORDERS)
    async def collect_orders(self, cmd: CollectOrders) -> OrdersCollected:
        """Read orders page by page into the records, and changed ones into the ledger.

        Safe to run twice because an order is on file once and each page changes the ledger
        once; a repeated run goes on after the last page of the one before.
        """
        so_far = _so_far()
        with told_to_temporal():
            async for step in self._walk(cmd, so_far.cursor):
                so_far = await self._take_page(cmd, step, so_far)
                activity.heartbeat(so_far)
        figures = await asyncio.to_thread(self._ledgers.figures, cmd.incident_id)
        logger.info("orders.collected", incident_id=cmd.incident_id, orders=so_far.orders)
        changed = so_far.changed.model_copy(update={"figures": figures})
        return OrdersCollected(
            orders=so_far.orders,
            unclear=so_far.unclear[:_SHOWN],
            changed=changed if cmd.since is not None else None,
        )

    def _walk(self, cmd: CollectOrders, cursor: OrderCursor | None) -> AsyncIterator[OrderStep]:
        skus = (cmd.sku_id, *cmd.counted_with)
        if cmd.since is None:
            return self._client.walk_open_orders(shop_id=cmd.shop_id, sku_ids=skus, cursor=cursor)
        return self._client.walk_changed_orders(
            shop_id=cmd.shop_id, since=cmd.since, sku_ids=skus, cursor=cursor
        )

    async def _take_page(self, cmd: CollectOrders, step: OrderStep, so_far: _SoFar) -> _SoFar:
        unclear = [one.order_id for one in step.orders if one.status is OrderStatus.UNKNOWN]
        known = [one for one in step.orders if one.order_id not in unclear]
        demand = await asyncio.to_thread(self._candidates, cmd, known)
        await asyncio.to_thread(self._demand.take_in, cmd.incident_id, demand)
        ours = [held[cmd.sku_id] for held in demand.values() if cmd.sku_id in held]
        changed = Changed()
        if ours and cmd.since is not None:
            changed = await self._change(cmd, ours)
        return _SoFar(
            cursor=step.cursor,
            orders=so_far.orders + len(ours),
            unclear=(*so_far.unclear, *unclear),
            changed=so_far.changed.and_then(changed),
        )

    async def _change(self, cmd: CollectOrders, orders: Sequence[Candidate]) -> Changed:
        """Let what a page shows change the ledger; the same page again is the same event."""
        page = hashlib.sha256("".join(sorted(map(repr, orders))).encode()).hexdigest()[:16]
        return await asyncio.to_thread(
            self._ledgers.change,
            cmd.incident_id,
            f"{cmd.key}:{page}",
            together(order_seen(one) for one in orders),
        )

    def _candidates(
        self, cmd: CollectOrders, orders: Sequence[Order]
    ) -> dict[str, dict[str, Candidate]]:
        buyers = {one.order_id: one.buyer_user_id for one in orders}
        hurt = self._buyers.hurt_before(cmd.shop_id, buyers, before=cmd.detected_at)
        found: dict[str, dict[str, Candidate]] = {}
        for order in orders:
            for sku in (cmd.sku_id, *cmd.counted_with):
                one = candidate_from_order(order, sku=sku, hurt_before=order.order_id in hurt)
                if one is not None and one.status is not OrderStatus.UNKNOWN:
                    found.setdefault(order.order_id, {})[sku] = one
        return found


def _so_far() -> _SoFar:
    """Return how far an earlier attempt came."""
    details = activity.info().heartbeat_details
    return _SoFar.model_validate(details[0]) if details else _SoFar()
