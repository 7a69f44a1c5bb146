"""Stock alerts: SKUs for which the platform's notifications suggest an incident."""

import asyncio
from typing import Annotated, Protocol

from fastapi import APIRouter, Body, FastAPI
from pydantic import BaseModel, Field
from typing_extensions import override

from casedesk.errors import NotFoundError
from records.database import Database
from records.stock_alerts import StockAlert, StockAlerts


class Settling(BaseModel):
    """Who has looked."""

    actor: str = Field(min_length=1)


class AlertBook(Protocol):
    """What pages and API need of the records; `RecordedAlerts` is the real one."""

    async def standing(self, shop_id: str | None) -> list[StockAlert]:
        """List the alerts that nobody has taken up."""

    async def settle(self, shop_id: str, sku_id: str, actor: str) -> None:
        """Note that a person has looked."""


class RecordedAlerts(AlertBook):
    """Alerts by shop and SKU."""

    def __init__(self, db: Database) -> None:
        self._alerts = StockAlerts(db)

    @override
    async def standing(self, shop_id: str | None) -> list[StockAlert]:
        """List the alerts that nobody has taken up, oldest first."""
        return await asyncio.to_thread(self._alerts.standing, shop_id=shop_id)

    @override
    async def settle(self, shop_id: str, sku_id: str, actor: str) -> None:
        """Note that a person has looked.

        Raises:
            NotFoundError: There is no alert.
        """
        if not await asyncio.to_thread(self._alerts.settle, shop_id, sku_id, actor=actor):
            raise NotFoundError(f"there is no stock alert of SKU {sku_id} in shop {shop_id}")


def add_alert_api(app: FastAPI, alerts: AlertBook) -> None:
    """Serve stock alerts under /api/."""
    routes = APIRouter(prefix="/api/stock-alerts")

    @routes.get("")
    async def list_alerts(shop_id: str | None = None) -> list[StockAlert]:
        """List the alerts that nobody has taken up, oldest first."""
        return await alerts.standing(shop_id)

    @routes.post("/{shop_id}/{sku_id}/settle", status_code=204)
    async def settle(shop_id: str, sku_id: str, given: Annotated[Settling, Body()]) -> None:
        """Note that a person has looked; a newer notification makes it an alert again."""
        await alerts.settle(shop_id, sku_id, given.actor)

    app.include_router(routes)
