"""`setup`: records, server and shops made ready; every part may be repeated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from casedesk.connection import connect
from casedesk.errors import RefusedError
from casedesk.sandbox_run import platform_settings
from casedesk.server import prepare_server
from casedesk.session import open_records
from casedesk.settings import Settings
from casedesk.shops import connect_shops, open_shop_client
from casedesk.webhooks import register_webhooks, webhook_address
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tiktok_shop.errors import ShopError


async def set_up(
    settings: Settings, *, auth_codes: Sequence[str], webhook_url: str | None
) -> dict[str, Any]:
    """Make an installation ready.

    Args:
        settings: Of the environment.
        auth_codes: From the platform's consent page; each connects the shops of one seller.
        webhook_url: Public address of the receiver; None leaves the registrations alone.

    Returns:
        What stands: `temporal`, `records`, `shops[]`, `webhooks`.

    Raises:
        CaseDeskError: The server or the platform refused; one sentence.
        RecordsError: The database cannot be used.
    """
    platform = await platform_settings(settings)
    with open_records(platform) as db:
        client = await connect(settings)
        await prepare(client)
        for code in auth_codes:
            await connect_by_code(platform, db, code)
        shops = ShopDirectory(db).all()
        address = await _register(platform, db, shops, webhook_url)
        return {
            "temporal": client.service_client.config.target_host,
            "records": _shown(platform),
            "shops": [
                {
                    "shop_id": shop.shop_id,
                    "name": shop.name,
                    "region": shop.region,
                    "contact_mode": shop.contact_mode,
                }
                for shop in shops
            ],
            "webhooks": address,
        }


async def prepare(client: Client) -> None:
    """Give the server what cases need of it.

    Raises:
        RefusedError: It does not let us.
    """
    try:
        await prepare_server(client)
    except RPCError as error:
        raise RefusedError(
            f"the server did not take search attributes or retention ({error.message}); run"
            " setup as somebody who may change the namespace"
        ) from error


async def connect_by_code(settings: Settings, db: Database, code: str) -> None:
    """Connect the shops that a seller's consent covers.

    Raises:
        RefusedError: Credentials are missing, or the platform refused the code.
    """
    if not settings.app_key or not settings.app_secret.get_secret_value():
        raise RefusedError("set WENHUO_APP_KEY and WENHUO_APP_SECRET before connecting a shop")
    try:
        await connect_shops(settings, db, code)
    except ShopError as error:
        raise RefusedError(
            f"the platform did not take the auth code {code!r} ({error}); get a new one from the"
            " consent page, and check WENHUO_APP_KEY and WENHUO_APP_SECRET"
        ) from error


async def _register(
    settings: Settings, db: Database, shops: Sequence[ShopRecord], url: str | None
) -> str | None:
    if url is None:
        return None
    address = webhook_address(url, settings)
    async with open_shop_client(settings, db) as client:
        for shop in shops:
            await register_webhooks(client, shop, address)
    return address


def _shown(settings: Settings) -> str:
    """Return where the records are, without a password."""
    if settings.database_url is None:
        return str(Path(settings.home / "records.db").absolute())
    scheme, _, rest = settings.database_url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
