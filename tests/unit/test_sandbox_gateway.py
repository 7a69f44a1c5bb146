"""The gateway's checks: their order, codes, and HTTP status."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from sandbox.shops import APP_KEY, APP_SECRET, TH_AUTH_CODE
from sandbox.signing import request_sign
from tests.support.sandbox import InProcess, ShopClient, in_process

_SEARCH = "/order/202309/orders/search"


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app()) as held:
        yield held


async def _outcome(shops: InProcess, path: str, **change: Any) -> tuple[int, int]:
    method = change.pop("method", "POST")
    shop = shops.shop
    shop.token = change.pop("token", shop.token)
    shop.cipher = change.pop("shop_cipher", shop.cipher)
    shop.extra_query = change
    answer = await shop.raw(method, path, {}, page_size="10")
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("status", "code", "path", "change"),
    [
        (404, Code.NO_PATH, "/order/202309/nothing", {"app_key": "x", "timestamp": "1"}),
        (405, Code.NO_METHOD, _SEARCH, {"method": "PUT", "app_key": "x"}),
        (400, Code.NO_VERSION, "/order/202001/orders/search", {"app_key": "x"}),
        (400, Code.GATEWAY, _SEARCH, {"app_key": "x"}),
        (400, Code.GATEWAY, _SEARCH, {"timestamp": "1"}),
        (400, Code.GATEWAY, _SEARCH, {"timestamp": "soon"}),
        (400, Code.GATEWAY, _SEARCH, {"token": "unknown"}),
        (400, Code.NO_CIPHER, _SEARCH, {"shop_cipher": ""}),
        (400, Code.GATEWAY, _SEARCH, {"shop_cipher": "ROW_unknown"}),
        (400, Code.GATEWAY, "/authorization/202309/shops", {"method": "GET"}),
        (200, Code.OK, _SEARCH, {}),
    ],
)
async def test_each_check_answers_its_own_code(
    shops: InProcess, status: int, code: Code, path: str, change: dict[str, Any]
) -> None:
    assert (status, code) == await _outcome(shops, path, **change)


@pytest.mark.parametrize(
    ("seconds", "code"), [(-310, Code.GATEWAY), (-290, 0), (25, 0), (40, Code.GATEWAY)]
)
async def test_the_time_window_is_five_minutes_back_and_thirty_seconds_ahead(
    shops: InProcess, seconds: int, code: int
) -> None:
    shops.shop.shift_seconds = seconds
    envelope = await shops.shop.call("POST", _SEARCH, {}, page_size="1")
    assert code == envelope["code"]
    assert ("timestamp" in envelope["message"]) is bool(code)


async def test_the_window_follows_the_gateway_clock_and_not_the_shop_clock(
    shops: InProcess,
) -> None:
    await shops.advance(86_400)
    assert 0 == (await shops.shop.call("POST", _SEARCH, {}, page_size="1"))["code"]
    await shops.shift_gateway(3600)
    assert Code.GATEWAY == (await shops.shop.call("POST", _SEARCH, {}, page_size="1"))["code"]


async def test_a_wrong_signature_is_refused_and_a_missing_one_named(shops: InProcess) -> None:
    shop = shops.shop
    good = await shop.raw("POST", _SEARCH, {}, page_size="1")
    query = dict(good.request.url.params)
    headers = {"x-tts-access-token": shop.token}
    wrong = await shops.http.post(_SEARCH, params=query | {"sign": "0" * 64}, headers=headers)
    del query["sign"]
    missing = await shops.http.post(_SEARCH, params=query, headers=headers)
    assert (401, Code.BAD_SIGN) == (wrong.status_code, wrong.json()["code"])
    assert (400, Code.GATEWAY) == (missing.status_code, missing.json()["code"])
    assert "sign" in missing.json()["message"]


async def test_a_token_opens_only_the_shops_that_granted_it(shops: InProcess) -> None:
    thai = await ShopClient(shops.http, TH_AUTH_CODE).connect()
    shops.shop.cipher = thai.cipher
    assert Code.WRONG_SHOP == (await shops.shop.call("POST", _SEARCH, {}, page_size="1"))["code"]


async def test_chat_without_the_scope_is_refused() -> None:
    shop = {"shop_id": "1", "region": "TH", "cipher": "c", "auth_code": "a", "chat": False}
    async with in_process(create_app(seed={"shops": [shop]}), "a") as held:
        path = "/customer_service/202309/conversations"
        envelope = await held.shop.call("GET", path, page_size="10")
    assert Code.NO_SCOPE == envelope["code"]


async def test_the_envelope_carries_a_request_id_and_no_data_on_refusal(shops: InProcess) -> None:
    good = await shops.shop.call("POST", _SEARCH, {}, page_size="1")
    bad = await shops.shop.call("POST", _SEARCH, {}, page_size="999")
    assert good["request_id"] != bad["request_id"]
    assert {"code", "message", "request_id", "data"} == set(good)
    assert bad["data"] is None


@pytest.mark.parametrize("body", [b"[1]", b"{not json"])
async def test_a_body_that_is_no_object_is_refused(shops: InProcess, body: bytes) -> None:
    good = await shops.shop.raw("POST", _SEARCH, {}, page_size="1")
    query = dict(good.request.url.params)
    query["sign"] = request_sign(
        path=_SEARCH, query=query, body=body, content_type="", secret=APP_SECRET
    )
    headers = {"x-tts-access-token": shops.shop.token}
    answer = await shops.http.post(_SEARCH, params=query, content=body, headers=headers)
    assert Code.BODY_FORMAT == answer.json()["code"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (_SEARCH, {"create_time_ge": "soon"}),
        ("/return_refund/202309/cancellations/search", {"order_ids": 5}),
        ("/product/202309/products/activate", {"product_ids": 5}),
    ],
)
async def test_a_parameter_of_the_wrong_shape_is_refused_and_logged(
    shops: InProcess, path: str, body: dict[str, Any]
) -> None:
    envelope = await shops.shop.call("POST", path, body, page_size="1")
    assert Code.BAD_PARAMETER == envelope["code"]
    assert [(False, Code.BAD_PARAMETER)] == [
        (call["executed"], call["code"]) for call in await shops.calls(path)
    ]


async def test_too_many_calls_a_second_get_429_with_retry_after() -> None:
    scenario = Scenario(rate_limit_per_second=5)
    async with in_process(create_app(scenario=scenario)) as held:
        answers = [await held.shop.raw("POST", _SEARCH, {}, page_size="1") for _ in range(8)]
        other = await held.shop.raw("POST", "/promotion/202406/coupons/search", {})
    refused = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
    assert {Code.TOO_MANY} == {answer.json()["code"] for answer in refused}
    assert {"1"} == {answer.headers["retry-after"] for answer in refused}
    assert 200 == other.status_code, "the limit is per endpoint"


async def test_the_status_of_a_code_can_be_set_by_the_scenario() -> None:
    scenario = Scenario.parse({"http_status": {str(int(Code.BAD_PARAMETER)): 422}})
    async with in_process(create_app(scenario=scenario)) as held:
        answer = await held.shop.raw("POST", _SEARCH, {}, page_size="0")
    assert 422 == answer.status_code


def _token_query(**change: str) -> dict[str, str]:
    return {
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "auth_code": TH_AUTH_CODE,
        "grant_type": "authorized_code",
    } | change


async def test_the_expiry_of_a_token_is_an_absolute_second(shops: InProcess) -> None:
    before = int(time.time())
    answer = await shops.http.get("/api/v2/token/get", params=_token_query())
    data = answer.json()["data"]
    assert before + 7 * 86_400 <= data["access_token_expire_in"] <= before + 7 * 86_400 + 60
    assert before < data["refresh_token_expire_in"]
    assert "cipher" not in json.dumps(data)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        (Code.TOKEN_PARAMETER, {"app_secret": "x"}),
        (Code.TOKEN_PARAMETER, {"grant_type": "authorization_code"}),
        (Code.AUTH_CODE_INVALID, {"auth_code": "x"}),
        (Code.AUTH_CODE_INVALID, {"auth_code": ""}),
    ],
)
async def test_the_token_host_refuses(
    shops: InProcess, code: Code, change: dict[str, str]
) -> None:
    answer = await shops.http.get("/api/v2/token/get", params=_token_query(**change))
    assert code == answer.json()["code"]


async def test_a_refresh_gives_new_tokens_and_ends_the_old_refresh_token(
    shops: InProcess,
) -> None:
    first = (await shops.http.get("/api/v2/token/get", params=_token_query())).json()["data"]
    query = _token_query(grant_type="refresh_token", refresh_token=first["refresh_token"])
    second = (await shops.http.get("/api/v2/token/refresh", params=query)).json()["data"]
    again = (await shops.http.get("/api/v2/token/refresh", params=query)).json()
    assert first["access_token"] != second["access_token"]
    assert first["refresh_token"] != second["refresh_token"]
    assert Code.REFRESH_INVALID == again["code"]


async def test_a_token_ends_on_the_gateway_clock() -> None:
    scenario = Scenario(token_life_seconds=60)
    async with in_process(create_app(scenario=scenario)) as held:
        held.shop.shift_seconds = 61
        await held.shift_gateway(61)
        envelope = await held.shop.call("POST", _SEARCH, {}, page_size="1")
    assert Code.TOKEN_EXPIRED == envelope["code"]
