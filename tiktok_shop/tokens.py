"""Access tokens: read with absolute expiry, kept per shop, refreshed by one at a time.

Source: TikTok Shop API, "Authorization overview" (docs, autumn 2026). Whether an old refresh token
survives a refresh is documented nowhere, so no two refreshes of one shop may overlap and both new
tokens are stored in one step.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from domain.instants import Instant
from tiktok_shop.errors import (
    AuthorizationGoneError,
    RefreshBusyError,
    Refusal,
    RetryLaterError,
)
from tiktok_shop.transport import Clock, system_clock

logger = structlog.get_logger(__name__)

REFRESH_MARGIN = timedelta(minutes=10)
"""A token with less life than this is refreshed before use; any single call is far shorter."""

_LEASE = timedelta(minutes=2)
_REMEMBERED = timedelta(seconds=5)
"""How long a pair is used without asking the store whether another process has renewed it."""
_PATH = "token"


class TokenPair(BaseModel):
    """Both tokens of one consent, with absolute expiry; secrets never show in a repr."""

    model_config = ConfigDict(frozen=True)

    access_token: SecretStr
    refresh_token: SecretStr
    access_expires_at: Instant
    refresh_expires_at: Instant
    open_id: str = ""
    """The consent: shops authorized together share one pair and have the same open_id."""
    granted_scopes: tuple[str, ...] = ()


class TokenStore(Protocol):
    """Where tokens outlive the process; called in a thread, so it may block.

    Shops of one consent (same open_id) share one pair: saving for one must save for all of them,
    and the lease must cover them all, or the second shop is left with a dead refresh token.
    """

    def load(self, shop_id: str) -> TokenPair | None:
        """Return the pair on file, None if the shop was never authorized."""
        ...

    def save(self, shop_id: str, pair: TokenPair) -> None:
        """Store both tokens in one transaction."""
        ...

    def acquire_refresh(self, shop_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the right to refresh until *until*, unless another's has not lapsed by *now*."""
        ...

    def release_refresh(self, shop_id: str, holder: str) -> None:
        """Give the right back; a no-op if *holder* does not have it."""
        ...


class TokenIssuer(Protocol):
    """What the keeper asks for new tokens; TokenHost is the real one."""

    async def refresh(self, refresh_token: SecretStr) -> TokenPair:
        """Return the new pair."""
        ...


class TokenKeeper:
    """Hands out a valid token per shop and makes sure that one refresher works at a time."""

    def __init__(
        self,
        *,
        store: TokenStore,
        issuer: TokenIssuer,
        holder: str,
        clock: Clock = system_clock,
        margin: timedelta = REFRESH_MARGIN,
    ) -> None:
        """Keep tokens.

        Args:
            store: Tokens and refresh lease, shared by all processes.
            issuer: Turns a refresh token into a new pair.
            holder: Name of this process in the lease; unique among processes.
            clock: Real time.
            margin: Life left below which a token is refreshed before use.
        """
        self._store = store
        self._issuer = issuer
        self._holder = holder
        self._clock = clock
        self._margin = margin
        self._stale: dict[str, SecretStr] = {}
        self._remembered: dict[str, tuple[TokenPair, datetime]] = {}
        self._renewals: dict[str, asyncio.Task[TokenPair]] = {}

    async def valid(self, *, shop_id: str) -> TokenPair:
        """Return a pair whose access token can be used now, refreshed first if need be.

        Raises:
            AuthorizationGoneError: Never authorized, or the consent has run out.
            RefreshBusyError: Another process is refreshing and the old token cannot be used.
            RetryLaterError: The token host gives no answer and the old token cannot be used.
        """
        pair = self._recall(shop_id) or await self._load(shop_id)
        if self._lasts(shop_id, pair, margin=self._margin):
            return pair
        # Everybody in this process waits for one renewal; it is shielded because a caller that
        # is cancelled between the platform's answer and our saving it would lose the new pair.
        return await asyncio.shield(self._renewal(shop_id))

    def mark_stale(self, *, shop_id: str, access_token: SecretStr) -> None:
        """Remember that the platform refused *access_token*; the next use refreshes it."""
        self._stale[shop_id] = access_token

    def _renewal(self, shop_id: str) -> asyncio.Task[TokenPair]:
        running = self._renewals.get(shop_id)
        if running is None:
            running = asyncio.create_task(self._renew(shop_id))
            self._renewals[shop_id] = running
            running.add_done_callback(lambda task: self._settle(shop_id, task))
        return running

    def _settle(self, shop_id: str, task: asyncio.Task[TokenPair]) -> None:
        del self._renewals[shop_id]
        if not task.cancelled():
            # Asking for the error marks it as seen even when every waiter has been cancelled.
            task.exception()

    async def _renew(self, shop_id: str) -> TokenPair:
        now = self._clock()
        if not await asyncio.to_thread(
            self._store.acquire_refresh, shop_id, self._holder, now, now + _LEASE
        ):
            return self._unless_dead(shop_id, await self._load(shop_id), _busy(shop_id))
        try:
            return await self._renew_alone(shop_id)
        finally:
            await asyncio.to_thread(self._store.release_refresh, shop_id, self._holder)

    async def _renew_alone(self, shop_id: str) -> TokenPair:
        pair = await self._load(shop_id)
        if self._lasts(shop_id, pair, margin=self._margin):
            return pair
        if pair.refresh_expires_at <= self._clock():
            raise _unauthorized(shop_id, "the authorization has expired")
        try:
            fresh = await self._issuer.refresh(pair.refresh_token)
        except RetryLaterError as error:
            return self._unless_dead(shop_id, pair, error)
        await asyncio.to_thread(self._store.save, shop_id, fresh)
        self._remembered[shop_id] = (fresh, self._clock())
        logger.info(
            "shop.token_refreshed",
            shop_id=shop_id,
            expires_at=fresh.access_expires_at.isoformat(),
        )
        return fresh

    def _unless_dead(self, shop_id: str, pair: TokenPair, error: RetryLaterError) -> TokenPair:
        """Return *pair* if it still works in spite of *error*."""
        if self._lasts(shop_id, pair, margin=timedelta()):
            return pair
        raise error

    def _lasts(self, shop_id: str, pair: TokenPair, *, margin: timedelta) -> bool:
        refused = self._stale.get(shop_id) == pair.access_token
        return not refused and pair.access_expires_at - self._clock() > margin

    def _recall(self, shop_id: str) -> TokenPair | None:
        pair, read_at = self._remembered.get(shop_id, (None, self._clock()))
        return pair if self._clock() - read_at < _REMEMBERED else None

    async def _load(self, shop_id: str) -> TokenPair:
        pair = await asyncio.to_thread(self._store.load, shop_id)
        if pair is None:
            raise _unauthorized(shop_id, "no authorization on file")
        self._remembered[shop_id] = (pair, self._clock())
        return pair


def _unauthorized(shop_id: str, reason: str) -> AuthorizationGoneError:
    text = f"shop {shop_id}: {reason}; the seller has to authorize the app again"
    return AuthorizationGoneError(Refusal(path=_PATH, message=text))


def _busy(shop_id: str) -> RefreshBusyError:
    text = f"shop {shop_id}: another process is refreshing the token; try again in a moment"
    return RefreshBusyError(Refusal(path=_PATH, message=text))
