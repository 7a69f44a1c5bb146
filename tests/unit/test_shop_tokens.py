"""A shop's token is refreshed in time, by one refresher, and both tokens are stored at once."""

import asyncio
import gc
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from typing_extensions import override

from tests.support.shop_gateway import (
    NOW,
    SHOP,
    CountingIssuer,
    MemoryTokens,
    at_now,
    keeper,
    pair,
)
from tiktok_shop.errors import (
    AuthorizationGoneError,
    RefreshBusyError,
    Refusal,
    ShopUnavailableError,
)
from tiktok_shop.tokens import REFRESH_MARGIN, TokenKeeper, TokenPair

FRESH = pair()
NEARLY_OVER = pair(life=REFRESH_MARGIN - timedelta(seconds=1))
OVER = pair(life=timedelta(seconds=-1))


def _access(given: TokenPair) -> str:
    return given.access_token.get_secret_value()


async def test_a_token_with_life_left_is_used_as_it_is() -> None:
    store, issuer = MemoryTokens(FRESH), CountingIssuer()
    assert _access(await keeper(store, issuer).valid(shop_id=SHOP)) == "access-1"
    assert issuer.asked == []
    assert store.log == []


@pytest.mark.parametrize("stored", [NEARLY_OVER, OVER], ids=["in the margin", "expired"])
async def test_a_token_that_ends_soon_is_refreshed_and_saved_once_under_the_lease(
    stored: TokenPair,
) -> None:
    store, issuer = MemoryTokens(stored), CountingIssuer()
    assert _access(await keeper(store, issuer).valid(shop_id=SHOP)) == "access-2"
    assert issuer.asked == ["refresh-of-access-1"]
    assert store.log == ["acquire worker-1", "save access-2", "release worker-1"]
    assert store.stored is not None
    assert store.stored.refresh_token.get_secret_value() == "refresh-of-access-2"


async def test_a_refused_token_is_refreshed_although_it_has_life_left() -> None:
    store = MemoryTokens(FRESH)
    tokens = keeper(store)
    tokens.mark_stale(shop_id=SHOP, access_token=FRESH.access_token)
    assert _access(await tokens.valid(shop_id=SHOP)) == "access-2"
    assert _access(await tokens.valid(shop_id=SHOP)) == "access-2"
    assert store.log.count("save access-2") == 1


async def test_a_token_that_somebody_else_has_replaced_is_not_refreshed_again() -> None:
    """A late 105002 speaks of the token that was used, not of the one on file now."""
    store, issuer = MemoryTokens(pair("access-9")), CountingIssuer()
    tokens = keeper(store, issuer)
    tokens.mark_stale(shop_id=SHOP, access_token=FRESH.access_token)
    assert _access(await tokens.valid(shop_id=SHOP)) == "access-9"
    assert issuer.asked == []


async def test_a_crowd_in_one_process_refreshes_once() -> None:
    store, issuer = MemoryTokens(OVER), CountingIssuer()
    tokens = keeper(store, issuer)
    pairs = await asyncio.gather(*(tokens.valid(shop_id=SHOP) for _ in range(20)))
    assert {"access-2"} == {_access(given) for given in pairs}
    assert len(issuer.asked) == 1


async def test_tokens_are_read_again_under_the_lease_before_refreshing() -> None:
    """Another process may have refreshed between our first look and our lease."""

    class RefreshedMeanwhile(MemoryTokens):
        @override
        def acquire_refresh(
            self, shop_id: str, holder: str, now: datetime, until: datetime
        ) -> bool:
            self.stored = pair("access-of-other")
            return True

    issuer = CountingIssuer()
    given = await keeper(RefreshedMeanwhile(OVER), issuer).valid(shop_id=SHOP)
    assert _access(given) == "access-of-other"
    assert issuer.asked == []


async def test_the_loser_of_the_lease_keeps_using_a_token_that_still_works() -> None:
    store, issuer = MemoryTokens(NEARLY_OVER), CountingIssuer()
    store.lease_free = False
    assert _access(await keeper(store, issuer).valid(shop_id=SHOP)) == "access-1"
    assert issuer.asked == []
    assert store.log == ["acquire worker-1"]


@pytest.mark.parametrize("stale", [False, True])
async def test_the_loser_of_the_lease_tries_again_later_when_the_token_is_dead(
    *, stale: bool
) -> None:
    store = MemoryTokens(FRESH if stale else OVER)
    store.lease_free = False
    tokens = keeper(store)
    if stale:
        tokens.mark_stale(shop_id=SHOP, access_token=FRESH.access_token)
    with pytest.raises(RefreshBusyError, match=SHOP) as caught:
        await tokens.valid(shop_id=SHOP)
    assert caught.value.retryable


async def test_an_unreachable_token_host_does_no_harm_while_the_token_works() -> None:
    outage = ShopUnavailableError(Refusal(path="token", message="no answer"))
    store = MemoryTokens(NEARLY_OVER)
    given = await keeper(store, CountingIssuer(outage)).valid(shop_id=SHOP)
    assert _access(given) == "access-1"
    assert store.log == ["acquire worker-1", "release worker-1"]


async def test_an_unreachable_token_host_is_an_outage_once_the_token_is_dead() -> None:
    outage = ShopUnavailableError(Refusal(path="token", message="no answer"))
    store = MemoryTokens(OVER)
    with pytest.raises(ShopUnavailableError):
        await keeper(store, CountingIssuer(outage)).valid(shop_id=SHOP)
    assert store.log[-1] == "release worker-1"


async def test_after_a_failed_refresh_the_next_call_tries_again() -> None:
    issuer = CountingIssuer(ShopUnavailableError(Refusal(path="token", message="no answer")))
    tokens = keeper(MemoryTokens(OVER), issuer)
    with pytest.raises(ShopUnavailableError):
        await tokens.valid(shop_id=SHOP)
    issuer.failure = None
    assert _access(await tokens.valid(shop_id=SHOP)) == "access-3"


async def test_a_shop_that_was_never_authorized_needs_a_person() -> None:
    with pytest.raises(AuthorizationGoneError, match="no authorization on file") as caught:
        await keeper(MemoryTokens(None)).valid(shop_id=SHOP)
    assert not caught.value.retryable


async def test_an_expired_consent_needs_a_person_and_no_call() -> None:
    gone = OVER.model_copy(update={"refresh_expires_at": NOW})
    issuer = CountingIssuer()
    with pytest.raises(AuthorizationGoneError, match="expired"):
        await keeper(MemoryTokens(gone), issuer).valid(shop_id=SHOP)
    assert issuer.asked == []


async def test_a_caller_that_is_cancelled_does_not_lose_the_new_pair() -> None:
    """The old refresh token may be dead as soon as the platform has answered."""
    asked, may_answer, saved = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class SlowIssuer:
        async def refresh(self, refresh_token: SecretStr) -> TokenPair:
            asked.set()
            await may_answer.wait()
            return pair("access-2")

    class TellingTokens(MemoryTokens):
        @override
        def release_refresh(self, shop_id: str, holder: str) -> None:
            super().release_refresh(shop_id, holder)
            loop.call_soon_threadsafe(saved.set)

    store = TellingTokens(OVER)
    tokens = TokenKeeper(store=store, issuer=SlowIssuer(), holder="worker-1", clock=at_now)
    caller = asyncio.create_task(tokens.valid(shop_id=SHOP))
    await asked.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_answer.set()
    await saved.wait()
    assert store.stored is not None
    assert _access(store.stored) == "access-2"


async def test_a_renewal_that_fails_after_its_caller_left_makes_no_noise() -> None:
    """An error nobody fetched would reach the worker's log with a stack of token code."""
    asked, may_answer = asyncio.Event(), asyncio.Event()
    renewing: list[asyncio.Task[object]] = []
    complaints: list[dict[str, object]] = []

    class FailingIssuer:
        async def refresh(self, refresh_token: SecretStr) -> TokenPair:
            renewing.extend(filter(None, [asyncio.current_task()]))
            asked.set()
            await may_answer.wait()
            raise ShopUnavailableError(Refusal(path="token", message="no answer"))

    tokens = TokenKeeper(
        store=MemoryTokens(OVER), issuer=FailingIssuer(), holder="worker-1", clock=at_now
    )
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    try:
        caller = asyncio.create_task(tokens.valid(shop_id=SHOP))
        await asked.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        may_answer.set()
        # wait() leaves the error untouched; the collector then finds it unless it was fetched.
        await asyncio.wait(renewing)
        renewing.clear()
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert complaints == []


async def test_shops_do_not_wait_for_each_other() -> None:
    store, issuer = MemoryTokens(OVER), CountingIssuer()
    tokens = keeper(store, issuer)
    await asyncio.gather(tokens.valid(shop_id="1"), tokens.valid(shop_id="2"))
    assert store.log.count("acquire worker-1") == 2


def test_tokens_never_show_in_text() -> None:
    for text in (repr(FRESH), str(FRESH), FRESH.model_dump_json()):
        assert "access-1" not in text
