"""Where pages find what they show."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from console.alerts import AlertBook
from console.cases import Desk
from console.evidence import Evidence
from console.incident_orders import OrderBook
from records.shops import ShopDirectory


@dataclass(frozen=True)
class Rooms:
    """The case desk, the vault, and what only the records know."""

    desk: Desk
    evidence: Evidence
    orders: OrderBook
    alerts: AlertBook
    shops: Callable[[], Awaitable[dict[str, str]]]
    """Answers with the name of every shop by its id."""


async def shop_names(directory: ShopDirectory) -> dict[str, str]:
    """Return the name of every shop by its id."""
    return {shop.shop_id: shop.name for shop in await asyncio.to_thread(directory.all)}
