"""The one client of the TikTok Shop Open API."""

import httpx

from tiktok_shop.authorization import AuthorizationCalls
from tiktok_shop.cancellations import CancellationCalls
from tiktok_shop.chat import ChatCalls
from tiktok_shop.credentials import AppCredentials
from tiktok_shop.events import EventCalls
from tiktok_shop.fulfillment import FulfillmentCalls
from tiktok_shop.gateway import Ciphers, Gateway
from tiktok_shop.order_walk import OrderWalkCalls
from tiktok_shop.products import ProductCalls
from tiktok_shop.promotions import PromotionCalls
from tiktok_shop.tokens import TokenKeeper
from tiktok_shop.transport import DEFAULT_TIMEOUT, Clock, system_clock

API_BASE_URL = "https://open-api.tiktokglobalshop.com"


class ShopClient(
    OrderWalkCalls,
    FulfillmentCalls,
    ChatCalls,
    CancellationCalls,
    ProductCalls,
    PromotionCalls,
    EventCalls,
    AuthorizationCalls,
):
    """Typed calls for every shop of one app; each call is made once, retries are the caller's."""

    def __init__(
        self,
        *,
        credentials: AppCredentials,
        tokens: TokenKeeper,
        ciphers: Ciphers,
        api_base_url: str = API_BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: httpx.Timeout = DEFAULT_TIMEOUT,
        clock: Clock = system_clock,
    ) -> None:
        """Open a client.

        Args:
            credentials: Key and secret of the app.
            tokens: Hands out access tokens per shop.
            ciphers: From shop id to shop cipher.
            api_base_url: Scheme and host, without a trailing slash.
            transport: Replaces the network, for tests.
            timeout: Explicit limits of one call, in seconds.
            clock: Real time; the gateway refuses stamps older than 5 minutes.
        """
        gateway = Gateway(
            credentials=credentials,
            tokens=tokens,
            ciphers=ciphers,
            base_url=api_base_url,
            transport=transport,
            timeout=timeout,
            clock=clock,
        )
        super().__init__(gateway)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._gateway.aclose()
