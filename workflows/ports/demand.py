"""The demand for a SKU as an incident needs it: its orders, page by page."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.incident_figures import Changed
from domain.instants import Instant
from workflows import names
from workflows.ports.facts import Fact


class CollectOrders(Fact):
    """Read the orders of the SKUs that were counted."""

    incident_id: str
    key: str
    """Names what the reading changes in the ledger."""
    shop_id: str
    sku_id: str
    counted_with: tuple[str, ...] = ()
    since: Instant | None = None
    """None reads every open order; an instant reads what changed from then on."""
    detected_at: Instant
    """Cases opened before this are earlier ones of a buyer."""


class OrdersCollected(Fact):
    """How many were read, and what a later reading changed."""

    orders: int = 0
    unclear: tuple[str, ...] = ()
    """Orders in a state that we do not know; they do not compete."""
    changed: Changed | None = None


class DemandPort(ABC):
    """Orders of a SKU; a reading goes on after the last page of the attempt before."""

    @activity.defn(name=names.COLLECT_ORDERS)
    @abstractmethod
    async def collect_orders(self, cmd: CollectOrders) -> OrdersCollected:
        """Read orders page by page into the records."""
