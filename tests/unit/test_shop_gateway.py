"""What goes over the wire is what was signed, in the name of the right shop."""

import asyncio
import logging

import httpx
import pytest
from pydantic import SecretStr

from tests.support.shop_gateway import (
    APP_KEY,
    APP_SECRET,
    CIPHER,
    CREDENTIALS,
    NOW,
    SHOP,
    CountingIssuer,
    MemoryTokens,
    ShopGateway,
    at_now,
    client_of,
    keeper,
    ok,
    pair,
    refused,
    shop_with,
)
from tiktok_shop.client import API_BASE_URL, ShopClient
from tiktok_shop.errors import (
    AuthorizationGoneError,
    InvalidRequestError,
    ShopUnavailableError,
    TokenExpiredError,
)

EMPTY_PAGE = ok({"orders": []})


async def test_a_call_carries_key_time_cipher_and_signature_and_the_token_in_a_header() -> None:
    shop, gateway = shop_with(ok())
    await shop.webhooks(shop_id=SHOP)
    (call,) = gateway.calls
    assert call.query["app_key"] == APP_KEY
    assert call.query["timestamp"] == str(int(NOW.timestamp()))
    assert call.query["shop_cipher"] == CIPHER
    assert len(call.query["sign"]) == 64
    assert call.headers["x-tts-access-token"] == "access-1"
    assert "access_token" not in call.query


async def test_a_plus_sign_is_escaped_on_the_wire_and_raw_in_the_signature() -> None:
    """Page tokens contain plus, slash and equals signs."""
    shop, gateway = shop_with(EMPTY_PAGE)
    await shop.search_orders(shop_id=SHOP, page_token="a+b/c==d e&f")
    (call,) = gateway.calls
    assert "page_token=a%2Bb%2Fc%3D%3Dd%20e%26f" in call.raw_query
    assert call.query["page_token"] == "a+b/c==d e&f"


async def test_the_body_is_compact_and_keeps_other_scripts() -> None:
    shop, gateway = shop_with(ok({"message_id": "1"}))
    await shop.send_text(shop_id=SHOP, conversation_id="5", text="对不起")
    (call,) = gateway.calls
    assert call.raw_body == (
        '{"type":"TEXT","content":"{\\"content\\":\\"对不起\\"}",'
        '"sender_role":"CUSTOMER_SERVICE"}'.encode()
    )
    assert call.headers["content-type"] == "application/json"


async def test_an_empty_body_is_not_sent_at_all() -> None:
    """Clients disagree on how an empty object is signed."""
    shop, gateway = shop_with(EMPTY_PAGE)
    await shop.search_orders(shop_id=SHOP)
    assert gateway.calls[0].raw_body == b""


async def test_a_get_has_neither_body_nor_content_type() -> None:
    shop, gateway = shop_with(ok())
    await shop.webhooks(shop_id=SHOP)
    assert gateway.calls[0].raw_body == b""
    assert "content-type" not in gateway.calls[0].headers


async def test_an_expired_token_is_marked_so_that_the_callers_next_try_refreshes() -> None:
    store, issuer = MemoryTokens(pair()), CountingIssuer()
    gateway = ShopGateway([refused(105002, "token expired"), ok()])
    shop = client_of(gateway, tokens=keeper(store, issuer))
    with pytest.raises(TokenExpiredError) as caught:
        await shop.webhooks(shop_id=SHOP)
    assert caught.value.retryable
    assert issuer.asked == []
    await shop.webhooks(shop_id=SHOP)
    assert ["access-1", "access-2"] == [
        call.headers["x-tts-access-token"] for call in gateway.calls
    ]
    assert issuer.asked == ["refresh-of-access-1"]


async def test_another_refusal_leaves_the_token_alone() -> None:
    store, issuer = MemoryTokens(pair()), CountingIssuer()
    shop = client_of(ShopGateway([refused(106001), ok()]), tokens=keeper(store, issuer))
    with pytest.raises(InvalidRequestError):
        await shop.webhooks(shop_id=SHOP)
    await shop.webhooks(shop_id=SHOP)
    assert issuer.asked == []


async def test_a_shop_without_a_cipher_needs_a_person_and_no_call_is_made() -> None:
    shop, gateway = shop_with(ok())
    with pytest.raises(AuthorizationGoneError, match="shop 99: no cipher"):
        await shop.webhooks(shop_id="99")
    assert gateway.calls == []


@pytest.mark.parametrize("bad", ["", "../shops", "1/2", "1?x=y", "1,2", "a b", "٣/", "x" * 129])
async def test_an_id_that_could_change_the_address_is_refused_before_any_call(bad: str) -> None:
    shop, gateway = shop_with(ok())
    with pytest.raises(InvalidRequestError, match="not a platform id"):
        await shop.cancel_eligibility(shop_id=SHOP, order_id=bad)
    with pytest.raises(InvalidRequestError, match="not a platform id"):
        await shop.orders(shop_id=SHOP, order_ids=["1", bad])
    assert gateway.calls == []


async def test_a_page_token_that_comes_twice_ends_the_listing_with_an_error() -> None:
    """A listing that never ends would hold a worker for ever, a cut one would lose orders."""
    shop, gateway = shop_with(ok({"orders": [], "next_page_token": "again"}))
    with pytest.raises(ShopUnavailableError, match="page token came twice"):
        [order async for order in shop.all_orders(shop_id=SHOP)]
    assert len(gateway.calls) == 2


async def test_secrets_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shop, _ = shop_with(ok())
    await shop.webhooks(shop_id=SHOP)
    assert "/event/202309/webhooks" in caplog.text
    for secret in (APP_SECRET, "access-1", CIPHER, "sign="):
        assert secret not in caplog.text


async def test_a_failed_call_is_logged_without_the_platforms_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop, _ = shop_with(refused(106001, "words about a buyer"))
    with pytest.raises(InvalidRequestError):
        await shop.webhooks(shop_id=SHOP)
    printed = capsys.readouterr()
    assert "shop.call_failed" in printed.out + printed.err
    assert "words about a buyer" not in printed.out + printed.err


async def test_a_real_connection_ignores_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy variable would send tokens through a stranger."""
    lines: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readline())
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"code":0,"data":{"orders":[]}}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        shop = ShopClient(
            credentials=CREDENTIALS,
            tokens=keeper(MemoryTokens(pair())),
            ciphers={SHOP: CIPHER}.get,
            api_base_url=f"http://127.0.0.1:{port}/",
            clock=at_now,
        )
        await shop.search_orders(shop_id=SHOP, page_token="a+b")
        await shop.aclose()
    assert lines[0].startswith(b"POST /order/202309/orders/search?shop_cipher=")
    assert b"page_token=a%2Bb" in lines[0]


async def test_two_shops_of_one_app_use_their_own_ciphers() -> None:
    gateway = ShopGateway([ok()])
    shop = ShopClient(
        credentials=CREDENTIALS,
        tokens=keeper(MemoryTokens(pair())),
        ciphers={"1": "US_one", "2": "TH_two"}.get,
        transport=gateway.transport(),
        clock=at_now,
    )
    await shop.webhooks(shop_id="1")
    await shop.webhooks(shop_id="2")
    assert ["US_one", "TH_two"] == [call.query["shop_cipher"] for call in gateway.calls]


def test_the_default_host_is_the_real_one() -> None:
    assert API_BASE_URL == "https://open-api.tiktokglobalshop.com"


async def test_a_client_shows_no_secret() -> None:
    shop, _ = shop_with(httpx.Response(200))
    assert APP_SECRET not in repr(shop) + repr(vars(shop)) + repr(CREDENTIALS)
    assert repr(SecretStr(APP_SECRET)) in repr(CREDENTIALS)
