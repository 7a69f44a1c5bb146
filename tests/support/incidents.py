"""Incidents under test: a shop with many SKUs, each with its own orders and ads."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.cases import CaseOutcome, CaseState, CaseView
from domain.incidents import IncidentPart
from sandbox.ads import US_ADVERTISER_ID, default_advertisers
from sandbox.shops import US_SHOP_ID, WAREHOUSES, default_shops
from tests.support.stack import Opened, Stack, running_stack
from workflows import names

SKUS = 60
REFUSING, TWO_PLACES = 58, 59
"""Numbers of a SKU whose stock cannot be set to zero, and of one in two warehouses."""
HAS = 40
"""Units that the shop would sell of each SKU at the start."""
_numbers = itertools.count()
_keys = itertools.count(1)


def sku_id(number: int) -> str:
    """Return the id of a SKU of the floor."""
    return f"17295000000005{number:05d}"


def campaign_id(number: int) -> str:
    """Return the campaign that shows a SKU."""
    return f"17700000000005{number:05d}"


def ad_group_id(number: int) -> str:
    """Return the ad group that shows a SKU."""
    return f"17800000000005{number:05d}"


def _sku(number: int) -> dict[str, Any]:
    places = WAREHOUSES if number == TWO_PLACES else WAREHOUSES[:1]
    warehouses = [{"warehouse_id": place, "available": HAS} for place in places]
    if number == REFUSING:
        warehouses[0]["refuses"] = "zero"
    return {
        "id": sku_id(number),
        "seller_sku": f"FLOOR-{number}",
        "price": {"currency": "USD", "sale_price": "20.00"},
        "warehouses": warehouses,
    }


def floor() -> dict[str, Any]:
    """Return an orders file: the default shops, with many SKUs and their ads."""
    shops, advertisers = default_shops(), default_advertisers()
    shop = next(one for one in shops if one["shop_id"] == US_SHOP_ID)
    shop["products"] += [
        {"id": f"17295000000006{n:05d}", "title": f"Floor lamp {n}", "skus": [_sku(n)]}
        for n in range(SKUS)
    ]
    ads = next(one for one in advertisers if one["advertiser_id"] == US_ADVERTISER_ID)
    ads["campaigns"] += [
        {"campaign_id": campaign_id(n), "adgroups": [{"adgroup_id": ad_group_id(n)}]}
        for n in range(SKUS)
    ]
    return {"shops": shops, "advertisers": advertisers, "orders": []}


AD_MAP = "\n".join(
    [
        "shops:",
        f"  - shop_id: '{US_SHOP_ID}'",
        f"    advertiser_id: '{US_ADVERTISER_ID}'",
        "    skus:",
        *(
            f"      '{sku_id(n)}': {{campaigns: ['{campaign_id(n)}'], "
            f"ad_groups: ['{ad_group_id(n)}']}}"
            for n in range(SKUS - 10)
        ),
        f"      '{sku_id(SKUS - 3)}': {{campaigns: ['999']}}",
    ]
)
UNKNOWN_AD, NO_AD = SKUS - 3, SKUS - 4
"""Numbers of a SKU whose map names an ad that is none, and of one without an ad."""


@contextlib.asynccontextmanager
async def incident_floor(**options: Any) -> AsyncIterator[Stack]:
    """Run the product on a shop with many SKUs."""
    async with running_stack(orders=floor(), **options) as stack:
        stack.settings.ads_file.write_text(AD_MAP, encoding="utf-8")
        stack.settings.suppliers_file.write_text(
            f"suppliers:\n  - name: mill\n    address: {stack.people_address}\n    language: en\n",
            encoding="utf-8",
        )
        yield stack


@dataclass
class Floor:
    """One SKU of the floor with its orders."""

    stack: Stack
    number: int
    orders: list[str] = field(default_factory=list)

    @property
    def sku_id(self) -> str:
        """The SKU."""
        return sku_id(self.number)

    async def sell(self, *quantities: int, **fields: Any) -> list[str]:
        """Let buyers order the SKU, one order per quantity, the first paid first."""
        made = [
            await self.stack.order(lines={self.sku_id: quantity}, **fields)
            for quantity in quantities
        ]
        self.orders += made
        return made

    async def sell_now(self, incident: Opened) -> str:
        """Let one more buyer order the SKU at this moment of the incident's clock."""
        now = int((await incident.now()).timestamp())
        (order_id,) = await self.sell(1, create_time=now, paid_time=now, update_time=now)
        return order_id

    async def change(self, incident: Opened, order_id: str, status: str) -> None:
        """Let an order change its state at this moment of the incident's clock."""
        shops = self.stack.sandbox
        behind = await incident.now() - datetime.fromisoformat((await shops.clock())["now"])
        if behind > timedelta(0):
            await shops.advance(behind.total_seconds())
        await shops.put_orders({"id": order_id, "status": status})

    async def open(self, on_hand: int, **payload: Any) -> Opened:
        """Open an incident by plain start, as the Temporal CLI would."""
        key = payload.pop("key", None) or f"k{next(_keys)}"
        start = {"shop_id": US_SHOP_ID, "sku_id": self.sku_id, "on_hand": on_hand, "key": key}
        handle = await self.stack.skipper.client.start_workflow(
            names.SHORTAGE_INCIDENT,
            {**start, **payload},
            id=names.incident_id(US_SHOP_ID, self.sku_id, key),
            task_queue=names.CASES_QUEUE,
        )
        incident = Opened(stack=self.stack, handle=handle, shop_id=US_SHOP_ID, order_id="")
        self.stack.opened.append(incident)
        return incident

    async def oversold(self, *quantities: int, on_hand: int, **payload: Any) -> Opened:
        """Sell, open the incident and wait until every short order has its case."""
        await self.sell(*quantities)
        incident = await self.open(on_hand, **payload)
        await incident.until(CaseState.AWAITING_RESTOCK)
        return incident

    def case(self, order_id: str) -> Opened:
        """Return the case of an order."""
        handle = self.stack.client.get_workflow_handle(names.order_case_id(US_SHOP_ID, order_id))
        return Opened(stack=self.stack, handle=handle, shop_id=US_SHOP_ID, order_id=order_id)

    async def on_sale(self) -> int:
        """Return how many units the shop would sell now."""
        found = await self.stack.shop.inventory(shop_id=US_SHOP_ID, sku_ids=[self.sku_id])
        return found[0].available

    async def ads(self) -> set[str]:
        """Return the states of the SKU's campaign and ad group."""
        held = (await self.stack.sandbox.http.get("/_control/ads")).json()["advertisers"]
        ads = [ad for one in held for ad in (*one["campaigns"], *one["adgroups"])]
        ours = {campaign_id(self.number), ad_group_id(self.number)}
        return {
            ad["operation_status"]
            for ad in ads
            if {ad.get("adgroup_id") or ad.get("campaign_id")} & ours
        }


def fresh(stack: Stack, number: int | None = None) -> Floor:
    """Return a SKU that no other test has touched."""
    return Floor(stack, next(_numbers) if number is None else number)


async def end_cases(incident: Opened, cases: Iterable[Opened], outcome: CaseOutcome) -> None:
    """End cases by the buyers' choice; each tells the incident, which gathers such news."""
    for case in cases:
        await case.until(CaseState.AWAITING_CHOICE)
        await case.chose("refund")
        assert outcome == (await case.result()).outcome
    await incident.skip(timedelta(seconds=31))


async def look_round(incident: Opened) -> CaseView:
    """Let the incident read the shop and the records once more."""
    view = await incident.view()
    at = part(view).next_look_at
    if at is not None and at > await incident.now():
        await incident.skip_to(at, plus=timedelta(seconds=1))
    return await incident.view()


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something outside holds, such as a row that an activity writes."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what is written elsewhere tells no end
            await asyncio.sleep(0.02)


def part(view: CaseView) -> IncidentPart:
    """Return what a view shows of an incident alone."""
    assert view.incident is not None
    return view.incident
