"""Faults on demand, and the log of calls that tells what was executed."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.shops import TH_AUTH_CODE, US_SHOP_ID
from tests.support.sandbox import InProcess, ShopClient, in_process

_SEARCH = "/order/202309/orders/search"


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app()) as held:
        yield held


async def _search(shops: InProcess) -> httpx.Response:
    return await shops.shop.raw("POST", _SEARCH, {}, page_size="1")


@pytest.mark.parametrize(
    ("kind", "status", "code", "other"),
    [
        ("error", 500, Code.INTERNAL, {}),
        ("error", 503, Code.INTERNAL, {"status": 503}),
        ("rate_limit", 429, Code.TOO_MANY, {}),
        ("expired_token", 401, Code.TOKEN_EXPIRED, {}),
        ("refuse", 200, 25001028, {"code": 25001028}),
    ],
)
async def test_a_fault_answers_as_many_times_as_asked_and_executes_nothing(
    shops: InProcess, kind: str, status: int, code: int, other: dict[str, int]
) -> None:
    await shops.fault(kind, "/order", method="POST", times=2, **other)
    answers = [await _search(shops) for _ in range(3)]
    assert [status, status, 200] == [answer.status_code for answer in answers]
    assert [code, code, 0] == [answer.json()["code"] for answer in answers]
    calls = await shops.calls(_SEARCH)
    assert [False, False, True] == [call["executed"] for call in calls]
    assert [kind, kind, None] == [call["fault"] for call in calls]


async def test_rate_limiting_says_when_to_come_back(shops: InProcess) -> None:
    await shops.fault("rate_limit")
    assert "1" == (await _search(shops)).headers["retry-after"]


async def test_garbage_is_no_json(shops: InProcess) -> None:
    await shops.fault("garbage")
    answer = await _search(shops)
    assert 200 == answer.status_code
    assert answer.text.startswith("<html>")


async def test_a_dropped_reply_was_executed(shops: InProcess) -> None:
    order = (await shops.orders(US_SHOP_ID))[0]
    await shops.fault("drop_reply", "/return_refund")
    with pytest.raises(httpx.RemoteProtocolError):
        await shops.shop.cancel(order["id"])
    assert "CANCELLED" == (await shops.order(order["id"]))["status"]
    (call,) = await shops.calls("/cancellations")
    assert (True, None, None) == (call["executed"], call["code"], call["status"])
    assert order["id"] == call["body"]["order_id"]


async def test_a_timeout_executes_nothing(shops: InProcess) -> None:
    order = (await shops.orders(US_SHOP_ID))[0]
    await shops.fault("timeout", "/return_refund")
    with pytest.raises(httpx.ReadTimeout):
        await shops.shop.cancel(order["id"])
    assert order["status"] == (await shops.order(order["id"]))["status"]


async def test_a_fault_meets_only_its_method_path_shop_and_order(shops: InProcess) -> None:
    first, second = (await shops.orders(US_SHOP_ID))[:2]
    await shops.fault("error", "/return_refund", order_id=second["id"])
    await shops.fault("error", "/order", method="GET")
    await shops.fault("error", "/order", match="never seen")
    assert 200 == (await _search(shops)).status_code
    assert 0 == (await shops.shop.cancel(first["id"]))["code"]
    assert Code.INTERNAL == (await shops.shop.cancel(second["id"]))["code"]
    assert 0 == (await shops.shop.cancel(second["id"]))["code"]


async def test_a_fault_of_one_shop_leaves_the_other_alone(shops: InProcess) -> None:
    thai = await ShopClient(shops.http, TH_AUTH_CODE).connect()
    await shops.fault("error", shop_id=thai.shop_id)
    assert 200 == (await _search(shops)).status_code
    assert 500 == (await thai.raw("POST", _SEARCH, {}, page_size="1")).status_code


async def test_the_token_host_can_fail_too(shops: InProcess) -> None:
    await shops.fault("error", "/api/v2/token")
    assert 500 == (await shops.http.get("/api/v2/token/get")).status_code


async def test_faults_can_be_listed_and_cleared(shops: InProcess) -> None:
    await shops.fault("error", times=9)
    assert 1 == len((await shops.http.get("/_control/faults")).json()["faults"])
    await shops.clear_faults()
    assert 200 == (await _search(shops)).status_code


@pytest.mark.parametrize(
    ("body", "named"),
    [({"kind": "explode"}, "explode"), ({"kind": "refuse"}, "code"), ({"kid": "error"}, "kid")],
)
async def test_a_fault_that_makes_no_sense_is_refused_by_name(
    shops: InProcess, body: dict[str, str], named: str
) -> None:
    answer = await shops.http.post("/_control/faults", json=body)
    assert 400 == answer.status_code
    assert named in answer.json()["error"]


async def test_calls_are_logged_without_secrets_and_can_be_read_on(shops: InProcess) -> None:
    await _search(shops)
    everything = await shops.calls()
    later = (await shops.http.get("/_control/calls", params={"after": 2})).json()["calls"]
    assert ["/api/v2/token/get", "/authorization/202309/shops", _SEARCH] == [
        call["path"] for call in everything
    ]
    assert [_SEARCH] == [call["path"] for call in later]
    assert "app_secret" not in everything[0]["query"]
    assert {"method", "path", "body", "at", "executed", "code"} <= set(everything[0])


async def test_the_credentials_and_shops_can_be_looked_up(shops: InProcess) -> None:
    held = await shops.shops()
    assert held["app_key"]
    assert held["app_secret"]
    assert ["US", "TH"] == [shop["region"] for shop in held["shops"]]
    assert all(shop["auth_code"] and shop["cipher"] for shop in held["shops"])
