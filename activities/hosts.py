"""Host desks: who is streaming or packing hears at once what must not be sold any more."""

from collections.abc import Mapping

import structlog
from temporalio import activity
from typing_extensions import override

from activities.suppliers import Correspondent
from domain.letters import LetterFacts, LetterKey
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from workflows import names
from workflows.ports.hosts import AlertHost, HostAlerted, HostPort

logger = structlog.get_logger()


class HostActivities(HostPort):
    """Letters to host desks, one address per shop."""

    def __init__(
        self,
        *,
        desks: Mapping[str, str],
        decides: str,
        correspondent: Correspondent,
        shop: ShopClient,
    ) -> None:
        """Open the host desks.

        Args:
            desks: Shop id -> apprise address.
            decides: Who decides where an incident does not say.
            correspondent: Writes and sends.
            shop: Knows what the product is called.
        """
        self._desks = desks
        self._decides = decides
        self._correspondent = correspondent
        self._shop = shop

    @override
    @activity.defn(name=names.ALERT_HOST)
    async def alert_host(self, cmd: AlertHost) -> HostAlerted:
        """Tell a shop's host desk that a SKU must not be sold any more.

        Safe to run twice because a second alert only repeats the first.
        """
        address = self._desks.get(cmd.shop_id)
        if address is None:
            return HostAlerted(reached=False, why_not=f"no host desk of {cmd.shop_id} is set")
        shop, profile = await self._correspondent.shop(cmd.shop_id)
        name, seller_sku = await self._product(cmd)
        facts = LetterFacts(
            key=LetterKey.HOST_ALERT,
            language=profile.language,
            market=profile.market,
            market_language=profile.language,
            zone=profile.zone,
            shop=shop,
            product_name=name,
            seller_sku=seller_sku,
            on_hand=cmd.on_hand,
            orders_short=cmd.orders_short,
            decides=cmd.decides or self._decides,
            reference=cmd.incident_id,
        )
        why_not = await self._correspondent.send(facts, address, whose="the host desk")
        logger.info("host.alerted", incident_id=cmd.incident_id, reached=not why_not)
        return HostAlerted(reached=not why_not, why_not=why_not)

    async def _product(self, cmd: AlertHost) -> tuple[str, str]:
        """Return name and Seller SKU; the SKU ID must do where the shop does not answer now."""
        try:
            stock = await self._shop.sku(shop_id=cmd.shop_id, sku_id=cmd.sku_id)
        except ShopError:
            stock = None
        if stock is None:
            return cmd.sku_id, cmd.sku_id
        return stock.product_name or stock.seller_sku or cmd.sku_id, stock.seller_sku or cmd.sku_id
