"""The shops of this installation: connecting them, and the one client that speaks for them."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr
from typing_extensions import override

from casedesk.settings import Settings
from domain.cases import ContactMode
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from records.tokens import StoredTokens, TokenVault
from tiktok_shop.client import ShopClient
from tiktok_shop.credentials import AppCredentials
from tiktok_shop.token_host import TokenHost
from tiktok_shop.tokens import TokenKeeper, TokenPair, TokenStore

CHAT_SCOPE = "seller.customer_service"
"""Scope without which no message can be sent.

Source: TikTok Shop API, access scopes (docs, autumn 2026).
"""


class TokenBook(TokenStore):
    """The records' tokens in the form the platform's client keeps them."""

    def __init__(self, vault: TokenVault) -> None:
        self._vault = vault

    @override
    def load(self, shop_id: str) -> TokenPair | None:
        stored = self._vault.load(shop_id)
        if stored is None:
            return None
        return TokenPair(
            access_token=SecretStr(stored.access_token),
            refresh_token=SecretStr(stored.refresh_token),
            access_expires_at=stored.access_expires_at,
            refresh_expires_at=stored.refresh_expires_at,
            open_id=stored.open_id,
            granted_scopes=stored.granted_scopes,
        )

    @override
    def save(self, shop_id: str, pair: TokenPair) -> None:
        stored = StoredTokens(
            access_token=pair.access_token.get_secret_value(),
            access_expires_at=pair.access_expires_at,
            refresh_token=pair.refresh_token.get_secret_value(),
            refresh_expires_at=pair.refresh_expires_at,
            open_id=pair.open_id,
            granted_scopes=pair.granted_scopes,
        )
        self._vault.save(shop_id, stored)

    @override
    def acquire_refresh(self, shop_id: str, holder: str, now: datetime, until: datetime) -> bool:
        return self._vault.acquire_refresh(shop_id, holder, now, until)

    @override
    def release_refresh(self, shop_id: str, holder: str) -> None:
        self._vault.release_refresh(shop_id, holder)


@dataclass(frozen=True)
class _Parts:
    credentials: AppCredentials
    host: TokenHost
    book: TokenBook
    directory: ShopDirectory


@asynccontextmanager
async def _parts(settings: Settings, db: Database) -> AsyncIterator[_Parts]:
    credentials = AppCredentials(app_key=settings.app_key, app_secret=settings.app_secret)
    host = TokenHost(
        credentials=credentials,
        base_url=_address(settings.auth_base_url),
        timeout=_timeout(settings),
    )
    try:
        yield _Parts(credentials, host, TokenBook(TokenVault(db)), ShopDirectory(db))
    finally:
        await host.aclose()


@asynccontextmanager
async def open_shop_client(settings: Settings, db: Database) -> AsyncIterator[ShopClient]:
    """Open the platform's client for every shop on file.

    Args:
        settings: Addresses, credentials, timeout.
        db: Migrated records, which hold tokens and ciphers.
    """
    async with _parts(settings, db) as parts:
        keeper = TokenKeeper(
            store=parts.book,
            issuer=parts.host,
            holder=f"{socket.gethostname()}:{os.getpid()}",
        )
        client = ShopClient(
            credentials=parts.credentials,
            tokens=keeper,
            ciphers=_Ciphers(parts.directory),
            api_base_url=_address(settings.api_base_url),
            timeout=_timeout(settings),
        )
        try:
            yield client
        finally:
            await client.aclose()


async def connect_shops(settings: Settings, db: Database, auth_code: str) -> list[ShopRecord]:
    """Exchange an auth code and put every shop of the consent on file.

    Args:
        settings: Addresses and credentials.
        db: Migrated records.
        auth_code: From the consent page; works once, within 30 minutes.

    Returns:
        The shops that the consent covers.

    Raises:
        ShopError: The platform refused the code or gave no answer.
    """
    async with _parts(settings, db) as parts, open_shop_client(settings, db) as client:
        pair = await parts.host.exchange(SecretStr(auth_code))
        found = await client.authorized_shops(access_token=pair.access_token)
        mode = ContactMode.CHAT if CHAT_SCOPE in pair.granted_scopes else ContactMode.ASSISTED
        shops = [
            ShopRecord(
                shop_id=shop.shop_id,
                name=shop.name,
                region=shop.region,
                cipher=shop.cipher,
                contact_mode=mode,
                checked_at=datetime.now(UTC),
            )
            for shop in found
        ]
        for shop in shops:
            await asyncio.to_thread(parts.book.save, shop.shop_id, pair)
            await asyncio.to_thread(parts.directory.put, shop)
        return shops


class _Ciphers:
    """Ciphers from the shop directory, read once per shop and process."""

    def __init__(self, directory: ShopDirectory) -> None:
        self._directory = directory
        self._known: dict[str, str] = {}

    def __call__(self, shop_id: str) -> str | None:
        if shop_id not in self._known:
            shop = self._directory.get(shop_id)
            if shop is None:
                return None
            self._known[shop_id] = shop.cipher
        return self._known[shop_id]


def _address(url: object) -> str:
    return str(url).rstrip("/")


def _timeout(settings: Settings) -> httpx.Timeout:
    return httpx.Timeout(settings.http_timeout_seconds)
