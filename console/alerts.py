"""Stock alerts: SKUs for which the platform's notifications suggest an incident."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Body, FastAPI
from pydantic import BaseModel, Field
from typing_extensions import override

from casedesk.desk import CaseDesk
from casedesk.errors import NotFoundError
from casedesk.incidents import Count, Shortfall, key_of, refuse_second, starts_of
from records.shops import ShopDirectory
from records.stock_alerts import StockAlert, StockAlerts


class Settling(BaseModel):
    """Who has looked."""

    actor: str = Field(min_length=1)


class Counted(Settling):
    """What somebody found on the shelf; an incident is opened with it."""

    on_hand: int
    """Units on the shelf, those in parcels not."""
    supplier: str | None = None
    """Who is asked when more comes."""
    stream: str | None = None
    """The stream that oversold it."""


class Opened(BaseModel):
    """The incident of an alert."""

    case_id: str


class AlertBook(Protocol):
    """What pages and API need of the records; `RecordedAlerts` is the real one."""

    async def standing(self, shop_id: str | None) -> list[StockAlert]:
        """List the alerts that nobody has taken up."""

    async def settle(self, shop_id: str, sku_id: str, actor: str) -> None:
        """Note that a person has looked."""

    async def open_incident(self, shop_id: str, sku_id: str, counted: Counted) -> Opened:
        """Open an incident with what somebody counted."""


class RecordedAlerts(AlertBook):
    """Alerts by shop and SKU."""

    def __init__(self, desk: CaseDesk, *, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock
        self._alerts = StockAlerts(desk.db)
        self._shops = ShopDirectory(desk.db)

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

    @override
    async def open_incident(self, shop_id: str, sku_id: str, counted: Counted) -> Opened:
        """Open an incident with what somebody counted; the alert rests while it is open.

        Raises:
            NotFoundError: There is no such shop.
            RefusedError: An incident of the SKU is open already.
            InputError: A field cannot be used.
        """
        shop = await asyncio.to_thread(self._shops.get, shop_id)
        if shop is None:
            raise NotFoundError(f"there is no shop {shop_id}; `starter.py doctor` lists them")
        shortfall = Shortfall(
            counts=(Count(sku=sku_id, on_hand=counted.on_hand),),
            supplier=counted.supplier or None,
            stream=counted.stream or None,
            key=key_of(self._clock()),
            actor=counted.actor,
        )
        starts = starts_of(shortfall, shop, {sku_id: sku_id})
        await refuse_second(self._desk, starts)
        await self._desk.open_cases(starts)
        return Opened(case_id=starts[0].case_id)


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

    @routes.post("/{shop_id}/{sku_id}/open", status_code=201)
    async def open_incident(
        shop_id: str, sku_id: str, given: Annotated[Counted, Body()]
    ) -> Opened:
        """Open an incident with what somebody counted; a second one of a SKU is refused."""
        return await alerts.open_incident(shop_id, sku_id, given)

    app.include_router(routes)
