"""Having the platform's notifications delivered to our receiver."""

from casedesk.errors import RefusedError
from casedesk.settings import Settings
from records.shops import ShopRecord
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from tiktok_shop.events import EventTopic


def webhook_address(base: str, settings: Settings) -> str:
    """Return the address to register for a receiver at *base*."""
    return base.rstrip("/") + settings.webhook_path


async def register_webhooks(client: ShopClient, shop: ShopRecord, address: str) -> None:
    """Have every topic the product needs delivered to *address*; repeating changes nothing.

    Raises:
        RefusedError: The platform refused a registration.
    """
    try:
        for topic in EventTopic:
            await client.register_webhook(shop_id=shop.shop_id, event_type=topic, address=address)
    except ShopError as error:
        raise RefusedError(
            f"shop {shop.shop_id} did not take the webhook address {address}: {error}"
        ) from error


async def unregistered(client: ShopClient, shop: ShopRecord) -> list[str]:
    """Return the topics that are not delivered anywhere.

    Raises:
        ShopError: The platform gave no answer.
    """
    held = {one.event_type for one in await client.webhooks(shop_id=shop.shop_id) if one.address}
    return [topic.value for topic in EventTopic if topic.value not in held]
