"""An incident's activities outside a worker: stock, ads and orders of the sandbox in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from activities.ads import AdBook, AdsActivities
from activities.demand import DemandActivities
from activities.stock import StockActivities
from records.database import Database
from sandbox.ads import ADS_TOKEN
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import ShopHouse, run, shop_house
from tests.support.incidents import AD_MAP, ad_group_id, campaign_id, floor, sku_id
from tiktok_shop.marketing import MarketingClient
from workflows import names
from workflows.ports.ads import AdsPaused, AdsResumed, PauseAds, ResumeAds
from workflows.ports.stock import SellAgain, SellingResumed, SellingStopped, StopSelling

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class IncidentShop:
    """One shop of the sandbox with the activities that incidents use."""

    house: ShopHouse
    stock: StockActivities
    ads: AdsActivities
    demand: DemandActivities

    async def stop(self, number: int, key: str = "k", **how: Any) -> SellingStopped:
        """Stop selling a SKU for the incident of that key."""
        cmd = StopSelling(
            incident_id=incident(number, key),
            shop_id=US_SHOP_ID,
            sku_id=sku_id(number),
            at=NOON,
        )
        return await run(self.stock.stop_selling, cmd, **how)

    async def sell(self, number: int, units: int | None, key: str = "k") -> SellingResumed:
        """Sell a SKU again for the incident of that key."""
        cmd = SellAgain(
            incident_id=incident(number, key),
            shop_id=US_SHOP_ID,
            sku_id=sku_id(number),
            units=units,
            at=NOON,
        )
        return await run(self.stock.sell_again, cmd)

    async def pause(self, number: int, key: str = "k") -> AdsPaused:
        """Pause the ads of a SKU."""
        cmd = PauseAds(
            incident_id=incident(number, key),
            shop_id=US_SHOP_ID,
            sku_id=sku_id(number),
            at=NOON,
        )
        return await run(self.ads.pause_ads, cmd)

    async def resume(self, number: int, key: str = "k") -> AdsResumed:
        """Resume what the incident of that key paused."""
        cmd = ResumeAds(incident_id=incident(number, key), shop_id=US_SHOP_ID, at=NOON)
        return await run(self.ads.resume_ads, cmd)

    async def control(self, name: str, **body: Any) -> None:
        """Do something to the shop from outside."""
        answer = await self.house.shops.http.post(f"/_control/{name}", json=body)
        assert answer.is_success, answer.text

    async def places(self, number: int) -> dict[str, int]:
        """Return what each warehouse would sell of a SKU."""
        client = self.house.client
        return await client.warehouse_stock(shop_id=US_SHOP_ID, sku_id=sku_id(number))

    async def switches(self, number: int) -> list[str]:
        """Return the states of a SKU's campaign and ad group."""
        held = (await self.house.shops.http.get("/_control/ads")).json()["advertisers"]
        ads = [ad for one in held for ad in (*one["campaigns"], *one["adgroups"])]
        ours = {campaign_id(number), ad_group_id(number)}
        return [
            str(ad["operation_status"])
            for ad in ads
            if {ad.get("adgroup_id") or ad.get("campaign_id")} & ours
        ]


def incident(number: int, key: str = "k") -> str:
    """Return the id of an incident of a SKU of the floor."""
    return names.incident_id(US_SHOP_ID, sku_id(number), key)


@asynccontextmanager
async def incident_shop(
    db: Database, folder: Path, *, ad_map: str = AD_MAP, token: str | None = ADS_TOKEN
) -> AsyncIterator[IncidentShop]:
    """Run the activities on a shop with many SKUs.

    Args:
        db: The migrated records.
        folder: Where the map of ads lies.
        ad_map: Its content.
        token: Of the Marketing API; None where none is set.
    """
    path = folder / "ads.yaml"
    path.write_text(ad_map, encoding="utf-8")
    async with shop_house(db, {"ads_per_second": 10_000}, seed=floor()) as house:
        client = token and MarketingClient(
            access_token=SecretStr(token),
            base_url="http://sandbox",
            transport=httpx.ASGITransport(house.shops.sandbox),
        )
        yield IncidentShop(
            house,
            StockActivities(house.client, db),
            AdsActivities(client=client or None, book=AdBook(path), db=db),
            DemandActivities(house.client, db),
        )
        if client:
            await client.aclose()
