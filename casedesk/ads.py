"""The one client of the ads of this installation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from casedesk.settings import Settings
from tiktok_shop.marketing import MarketingClient


@asynccontextmanager
async def open_ads_client(settings: Settings) -> AsyncIterator[MarketingClient | None]:
    """Open the Marketing API's client; None where no token is set, so that no ad is touched.

    Args:
        settings: Token, address, timeout.
    """
    if settings.ads_token is None:
        yield None
        return
    client = MarketingClient(
        access_token=settings.ads_token,
        base_url=str(settings.ads_base_url).rstrip("/"),
        timeout=httpx.Timeout(settings.http_timeout_seconds),
    )
    try:
        yield client
    finally:
        await client.aclose()
