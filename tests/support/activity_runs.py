"""Activities run outside a worker: on the sandbox's shop, or on a gateway that answers as told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.shop import ShopActivities
from records.case_buyers import CaseBuyers
from records.conversations import ConversationIndex
from records.database import Database
from records.units import UnitReservations
from sandbox.app import create_app
from sandbox.scenario import Scenario
from sandbox.shops import APP_KEY, APP_SECRET, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process
from tests.support.shop_gateway import MemoryTokens, keeper, pair
from tiktok_shop.client import ShopClient
from tiktok_shop.credentials import AppCredentials
from workflows.ports import EffectKey

T = TypeVar("T")

JACKET = "1729500000000001101"
ORDER = "576461413038111111"
CASE = f"order-case:{US_SHOP_ID}:{ORDER}"


async def run(
    activity: Callable[..., Awaitable[T]], cmd: Any, *, attempt: int = 1, seconds: float = 30
) -> T:
    """Run an activity as Temporal would on its n-th attempt, with so much time."""
    env = ActivityEnvironment()
    env.info = replace(
        env.info, attempt=attempt, start_to_close_timeout=timedelta(seconds=seconds)
    )
    return await env.run(activity, cmd)


async def failure(
    activity: Callable[..., Awaitable[Any]], cmd: Any, **how: Any
) -> ApplicationError:
    """Run an activity that must fail and return its failure."""
    try:
        result = await run(activity, cmd, **how)
    except ApplicationError as error:
        return error
    raise AssertionError(f"no failure: {result!r}")


def now() -> datetime:
    """Return the present instant, in which the sandbox's shop lives."""
    return datetime.now(UTC)


def key(step: str = "ask:1", *, tried: bool = False, began: datetime | None = None) -> EffectKey:
    """Return the key of a write of the case."""
    return EffectKey(case_id=CASE, step=step, began_at=began or now(), tried_before=tried)


@dataclass
class ShopHouse:
    """The shop's activities over a sandbox in process."""

    shops: InProcess
    activities: ShopActivities
    conversations: ConversationIndex
    units: UnitReservations
    client: ShopClient

    async def order(self, order_id: str = ORDER, **fields: Any) -> str:
        """Put an order into the shop."""
        line_items = fields.pop("line_items", [{"sku_id": JACKET, "quantity": 1}])
        await self.shops.put_orders(
            {
                "shop_id": US_SHOP_ID,
                "id": order_id,
                "user_id": f"7490{order_id[-8:]}",
                "status": "AWAITING_SHIPMENT",
                "line_items": line_items,
                **fields,
            }
        )
        return order_id

    async def lines(self, order_id: str = ORDER) -> list[str]:
        """Return the ids of an order's units."""
        return [line["id"] for line in (await self.shops.order(order_id))["line_items"]]

    async def texts(self) -> list[str]:
        """Return what the shop said, cards left out."""
        said = (await self.shops.effects())["messages"]
        return [one["text"] for one in said if one["kind"] == "TEXT"]


async def _never(_request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


def silent_shop(db: Database) -> ShopActivities:
    """Return the shop's activities where the shop never answers."""
    client = ShopClient(
        credentials=AppCredentials(app_key=APP_KEY, app_secret=SecretStr(APP_SECRET)),
        tokens=keeper(MemoryTokens(pair())),
        ciphers={US_SHOP_ID: "cipher"}.get,
        transport=httpx.MockTransport(_never),
    )
    return ShopActivities(
        client,
        conversations=ConversationIndex(db),
        units=UnitReservations(db),
        buyers=CaseBuyers(db),
    )


@asynccontextmanager
async def shop_house(
    db: Database, scenario: Any = None, *, seed: Any = None
) -> AsyncIterator[ShopHouse]:
    """Run the shop's activities on a sandbox of their own."""
    app = create_app(seed=seed or {"orders": []}, scenario=Scenario.parse(scenario or {}))
    async with in_process(app) as shops:
        client = ShopClient(
            credentials=AppCredentials(app_key=APP_KEY, app_secret=SecretStr(APP_SECRET)),
            tokens=keeper(MemoryTokens(pair(shops.shop.token))),
            ciphers={US_SHOP_ID: shops.shop.cipher}.get,
            api_base_url="http://sandbox",
            transport=httpx.ASGITransport(app),
            clock=now,
        )
        conversations, units = ConversationIndex(db), UnitReservations(db)
        activities = ShopActivities(
            client, conversations=conversations, units=units, buyers=CaseBuyers(db)
        )
        yield ShopHouse(shops, activities, conversations, units, client)
        await client.aclose()
