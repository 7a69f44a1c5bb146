"""The orders of an incident, as the records have them."""

import asyncio
from typing import Protocol

from typing_extensions import override

from records.database import Database
from records.incident_orders import IncidentOrder, IncidentOrders

_PAGE = 1000


class OrderBook(Protocol):
    """What the page of an incident needs of the records; `RecordedOrders` is the real one."""

    async def of(self, incident_id: str) -> tuple[IncidentOrder, ...]:
        """Return every order of an incident."""


class RecordedOrders(OrderBook):
    """Orders by incident."""

    def __init__(self, db: Database) -> None:
        self._orders = IncidentOrders(db)

    @override
    async def of(self, incident_id: str) -> tuple[IncidentOrder, ...]:
        """Return every order of an incident, by order id."""
        return await asyncio.to_thread(self._all, incident_id)

    def _all(self, incident_id: str) -> tuple[IncidentOrder, ...]:
        found: list[IncidentOrder] = []
        while True:
            after = found[-1].order_id if found else ""
            page = self._orders.page(incident_id, after=after, limit=_PAGE)
            found += page
            if len(page) < _PAGE:
                return tuple(found)
