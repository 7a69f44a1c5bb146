"""The token host is asked as documented, its answer is absolute, and no secret gets out."""

import json
import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from tests.support.shop_gateway import (
    APP_KEY,
    APP_SECRET,
    CREDENTIALS,
    NOW,
    Reply,
    ShopGateway,
    at_now,
    ok,
    refused,
)
from tiktok_shop.errors import AuthorizationGoneError, ShopError, ShopUnavailableError
from tiktok_shop.token_host import AUTH_BASE_URL, TokenHost

EXPIRES = NOW + timedelta(days=7)
GRANTED = {
    "access_token": "ROW_access",
    "access_token_expire_in": int(EXPIRES.timestamp()),
    "refresh_token": "ROW_refresh",
    "refresh_token_expire_in": 1_830_000_000,
    "open_id": "open-1",
    "seller_name": "a person's name",
    "seller_base_region": "TH",
    "user_type": 0,
    "granted_scopes": ["seller.order.info", "seller.customer_service"],
}


def _host(*replies: Reply) -> tuple[TokenHost, ShopGateway]:
    gateway = ShopGateway(list(replies), signed=False)
    host = TokenHost(
        credentials=CREDENTIALS,
        base_url="https://auth.invalid",
        transport=gateway.transport(),
        clock=at_now,
    )
    return host, gateway


async def test_an_auth_code_is_exchanged_with_the_documented_spelling() -> None:
    host, gateway = _host(ok(GRANTED))
    await host.exchange(SecretStr("code+1"))
    (call,) = gateway.calls
    assert (call.method, call.path) == ("GET", "/api/v2/token/get")
    assert call.query == {
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "auth_code": "code+1",
        "grant_type": "authorized_code",
    }


async def test_a_refresh_sends_the_refresh_token() -> None:
    host, gateway = _host(ok(GRANTED))
    await host.refresh(SecretStr("old"))
    (call,) = gateway.calls
    assert call.path == "/api/v2/token/refresh"
    assert call.query["refresh_token"] == "old"
    assert call.query["grant_type"] == "refresh_token"


async def test_expire_in_is_an_absolute_unix_second() -> None:
    """Read as seconds left, a token would look valid for decades."""
    host, _ = _host(ok(GRANTED))
    given = await host.refresh(SecretStr("old"))
    assert given.access_expires_at == EXPIRES
    assert given.refresh_expires_at == datetime(2027, 12, 28, 13, 20, tzinfo=UTC)
    assert given.access_token.get_secret_value() == "ROW_access"
    assert given.refresh_token.get_secret_value() == "ROW_refresh"
    assert given.granted_scopes == ("seller.order.info", "seller.customer_service")
    assert given.open_id == "open-1"


@pytest.mark.parametrize("code", [36004001, 36004004, 36004005])
async def test_a_dead_consent_needs_a_person(code: int) -> None:
    host, _ = _host(refused(code))
    with pytest.raises(AuthorizationGoneError) as caught:
        await host.refresh(SecretStr("old"))
    assert caught.value.code == code


@pytest.mark.parametrize("missing", ["access_token", "refresh_token", "access_token_expire_in"])
async def test_an_answer_without_both_tokens_is_no_pair(missing: str) -> None:
    host, _ = _host(ok({name: value for name, value in GRANTED.items() if name != missing}))
    with pytest.raises(ShopUnavailableError, match=missing) as caught:
        await host.refresh(SecretStr("old"))
    assert caught.value.may_have_executed


async def test_neither_logs_nor_errors_show_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Token calls carry the app secret in the address, and httpx logs addresses at INFO."""
    caplog.set_level(logging.DEBUG)
    parting = refused(36004004, f"bad app_secret {APP_SECRET} or refresh_token very-secret")
    host, _ = _host(parting, httpx.ConnectError(f"{APP_SECRET}"), ok(GRANTED))
    texts = []
    for _ in range(2):
        with pytest.raises(ShopError) as caught:
            await host.refresh(SecretStr("very-secret"))
        texts += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
    given = await host.refresh(SecretStr("very-secret"))
    texts += [repr(given), repr(CREDENTIALS), caplog.text]
    for secret in (APP_SECRET, "very-secret", "ROW_access", "ROW_refresh"):
        assert secret not in "".join(texts)
    assert "HTTP Request: GET https://auth.invalid/api/v2/token/refresh" in caplog.text


async def test_nothing_personal_of_the_answer_is_kept() -> None:
    host, _ = _host(ok(GRANTED))
    given = await host.refresh(SecretStr("old"))
    assert "a person's name" not in json.dumps(given.model_dump(mode="json"))


def test_the_default_host_is_the_real_one() -> None:
    assert AUTH_BASE_URL == "https://auth.tiktok-shops.com"


async def test_a_closed_host_makes_no_calls() -> None:
    host, _ = _host(ok(GRANTED))
    await host.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await host.refresh(SecretStr("old"))
