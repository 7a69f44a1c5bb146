"""The platform's token host: unsigned calls with the app secret in the query.

Source: TikTok Shop API, "Authorization overview", token get and refresh (docs, autumn 2026). The
fields are called …_expire_in but hold the absolute unix second of expiry, not seconds left.
"""

from datetime import UTC, datetime

import httpx
from pydantic import Field, SecretStr

from tiktok_shop.credentials import AppCredentials
from tiktok_shop.tokens import TokenPair
from tiktok_shop.transport import DEFAULT_TIMEOUT, Answer, Call, Clock, Host, system_clock
from tiktok_shop.wire import Wire

AUTH_BASE_URL = "https://auth.tiktok-shops.com"

_GET = "/api/v2/token/get"
_REFRESH = "/api/v2/token/refresh"


class _TokenData(Wire):
    access_token: SecretStr = Field(min_length=1)
    access_token_expire_in: int
    refresh_token: SecretStr = Field(min_length=1)
    refresh_token_expire_in: int
    open_id: str = ""
    granted_scopes: tuple[str, ...] = ()


class TokenHost:
    """Turns auth codes and refresh tokens into token pairs; never retries."""

    def __init__(
        self,
        *,
        credentials: AppCredentials,
        base_url: str = AUTH_BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: httpx.Timeout = DEFAULT_TIMEOUT,
        clock: Clock = system_clock,
    ) -> None:
        self._credentials = credentials
        self._host = Host(base_url=base_url, transport=transport, timeout=timeout, clock=clock)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._host.aclose()

    async def exchange(self, auth_code: SecretStr) -> TokenPair:
        """Return the pair for an auth code; it is valid for 30 minutes and works once.

        Raises:
            AuthorizationGoneError: The code is invalid, used or too old.
            ShopUnavailableError: No usable answer; the code may be spent.
        """
        return await self._ask(
            _GET, grant_type="authorized_code", name="auth_code", secret=auth_code
        )

    async def refresh(self, refresh_token: SecretStr) -> TokenPair:
        """Return the new pair for a refresh token; store both of its tokens.

        Raises:
            AuthorizationGoneError: The refresh token has expired or was revoked.
            ShopUnavailableError: No usable answer; the refresh token may be spent.
        """
        return await self._ask(
            _REFRESH, grant_type="refresh_token", name="refresh_token", secret=refresh_token
        )

    async def _ask(self, path: str, *, grant_type: str, name: str, secret: SecretStr) -> TokenPair:
        app_secret = self._credentials.app_secret.get_secret_value()
        given = secret.get_secret_value()
        answer: Answer = await self._host.send(
            Call(
                method="GET",
                path=path,
                query=(
                    ("app_key", self._credentials.app_key),
                    ("app_secret", app_secret),
                    (name, given),
                    ("grant_type", grant_type),
                ),
                writes=True,
                secrets=(app_secret, given),
            )
        )
        return answer.read(_TokenData, _pair)


def _pair(data: _TokenData) -> TokenPair:
    return TokenPair(
        access_token=data.access_token,
        refresh_token=data.refresh_token,
        access_expires_at=datetime.fromtimestamp(data.access_token_expire_in, UTC),
        refresh_expires_at=datetime.fromtimestamp(data.refresh_token_expire_in, UTC),
        open_id=data.open_id,
        granted_scopes=data.granted_scopes,
    )
