"""The orders of a short SKU: read page by page into the records, changes into the ledger."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

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
from records.incident_ledgers import SENTENCES, IncidentLedgers
from tiktok_shop.client import ShopClient
from tiktok_shop.order_walk import OrderCursor, OrderStep
from workflows import names
from workflows.ports.demand import CollectOrders, DemandPort, OrdersCollected

logger = structlog.get_logger()

_SHOWN = 5
"""Orders named in a sentence for people."""


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
        cursor = OrderCursor.model_validate(so_far["cursor"]) if so_far["cursor"] else None
        with told_to_temporal():
            async for step in self._walk(cmd, cursor):
                await self._take_page(cmd, step, so_far)
                so_far["cursor"] = step.cursor.model_dump(mode="json") if step.cursor else None
                activity.heartbeat(so_far)
        figures = await asyncio.to_thread(self._ledgers.figures, cmd.incident_id)
        changed = Changed.model_validate({**so_far["changed"], "figures": figures})
        logger.info("orders.collected", incident_id=cmd.incident_id, orders=so_far["orders"])
        return OrdersCollected(
            orders=so_far["orders"],
            unclear=tuple(so_far["unclear"][:_SHOWN]),
            changed=changed if cmd.since is not None else None,
        )

    def _walk(self, cmd: CollectOrders, cursor: OrderCursor | None) -> AsyncIterator[OrderStep]:
        skus = (cmd.sku_id, *cmd.counted_with)
        if cmd.since is None:
            return self._client.walk_open_orders(shop_id=cmd.shop_id, sku_ids=skus, cursor=cursor)
        return self._client.walk_changed_orders(
            shop_id=cmd.shop_id, since=cmd.since, sku_ids=skus, cursor=cursor
        )

    async def _take_page(
        self, cmd: CollectOrders, step: OrderStep, so_far: dict[str, Any]
    ) -> None:
        unclear = [one.order_id for one in step.orders if one.status is OrderStatus.UNKNOWN]
        so_far["unclear"] += unclear
        known = [one for one in step.orders if one.order_id not in unclear]
        demand = await asyncio.to_thread(self._candidates, cmd, known)
        so_far["orders"] += sum(cmd.sku_id in held for held in demand.values())
        if not demand:
            return
        await asyncio.to_thread(self._demand.take_in, cmd.incident_id, demand)
        if cmd.since is not None:
            ours = [held[cmd.sku_id] for held in demand.values() if cmd.sku_id in held]
            await self._change(cmd, ours, so_far)

    async def _change(
        self, cmd: CollectOrders, orders: Sequence[Candidate], so_far: dict[str, Any]
    ) -> None:
        page = hashlib.sha256("".join(sorted(map(repr, orders))).encode()).hexdigest()[:16]
        changed = await asyncio.to_thread(
            self._ledgers.change,
            cmd.incident_id,
            f"{cmd.key}:{page}",
            together(order_seen(one) for one in orders),
        )
        before = so_far["changed"]
        first = [one.model_dump(mode="json") for one in changed.first]
        so_far["changed"] = {
            "served": before["served"] + changed.served,
            "short": before["short"] + changed.short,
            "first": [*before["first"], *first][:SENTENCES],
        }

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


def _so_far() -> dict[str, Any]:
    """Return how far an earlier attempt came."""
    details = activity.info().heartbeat_details
    if details:
        held: dict[str, Any] = details[0]
        return held
    changed = {"served": 0, "short": 0, "first": list[Any]()}
    return {"cursor": None, "orders": 0, "unclear": list[str](), "changed": changed}
