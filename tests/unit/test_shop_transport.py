"""One call, one verdict: the code decides, and a lost answer says whether it may have worked."""

import httpx
import pytest

from tests.support.shop_gateway import (
    APP_SECRET,
    REQUEST_ID,
    SHOP,
    Reply,
    answer,
    ok,
    refused,
    shop_with,
)
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import (
    InvalidRequestError,
    LookFirstError,
    PartialFailureError,
    RateLimitedError,
    ScopeMissingError,
    ShopError,
    ShopUnavailableError,
)

CANCELLED = {"cancel_id": "403", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"}


async def _cancel(shop: ShopClient) -> None:
    await shop.cancel_order(shop_id=SHOP, order_id="576", reason="out_of_stock")


async def _read(shop: ShopClient) -> None:
    await shop.webhooks(shop_id=SHOP)


async def _failure_of(shop: ShopClient, *, write: bool) -> ShopError:
    with pytest.raises(ShopError) as caught:
        await (_cancel(shop) if write else _read(shop))
    return caught.value


def _raw(content: bytes, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=content)


async def test_code_zero_is_success_whatever_the_http_status() -> None:
    shop, _ = shop_with(httpx.Response(400, json=answer(CANCELLED)))
    await _cancel(shop)


async def test_a_refusal_with_http_200_is_a_refusal() -> None:
    shop, _ = shop_with(refused(105005, "scope is missing"))
    error = await _failure_of(shop, write=False)
    assert isinstance(error, ScopeMissingError)
    assert (error.code, error.http_status, error.request_id) == (105005, 200, REQUEST_ID)
    assert error.path == "/event/202309/webhooks"
    assert error.message == "scope is missing"


@pytest.mark.parametrize(
    "reply",
    [
        _raw(b""),
        _raw(b"<html>gateway</html>"),
        _raw(b"<html>not found</html>", 404),
        _raw(b"[]"),
        _raw(b"null"),
        _raw(b'{"message": "Success"}'),
        _raw(b'{"code": null}'),
        _raw(b'{"code": "0", "data": {}}'),
        _raw(b'{"code": true, "data": {}}'),
        _raw(b'{"code": false, "data": {}}'),
        _raw(b'{"code": 0, "data": [1]}'),
        _raw(b'{"code": 0, "data": "text"}'),
        _raw(b"\xff\xfe\x00"),
        _raw(b'{"code": 0, "da'),
        _raw(b"", 302),
        _raw(b"upstream", 502),
        refused(36009003, "internal error"),
        refused(99999999, "overload", status=503),
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.RemoteProtocolError("server disconnected"),
        httpx.ReadError("reset"),
        httpx.DecodingError("bad gzip"),
    ],
)
async def test_a_write_without_a_usable_answer_may_have_been_executed(reply: Reply) -> None:
    shop, _ = shop_with(reply)
    error = await _failure_of(shop, write=True)
    assert isinstance(error, ShopUnavailableError)
    assert error.retryable
    assert error.may_have_executed


@pytest.mark.parametrize("code", [b"false", b"0.0", b'"0"', b"null"])
async def test_only_the_number_zero_is_success(code: bytes) -> None:
    """A call whose answer has no data would otherwise pass on a JSON false."""
    shop, _ = shop_with(_raw(b'{"code": ' + code + b', "data": {}}'))
    with pytest.raises(ShopUnavailableError):
        await shop.approve_cancellation(shop_id=SHOP, cancel_id="3", idempotency_key="k")


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")],
)
async def test_a_write_that_never_left_was_not_executed(failure: Exception) -> None:
    shop, _ = shop_with(failure)
    error = await _failure_of(shop, write=True)
    assert isinstance(error, ShopUnavailableError)
    assert not error.may_have_executed


@pytest.mark.parametrize("reply", [_raw(b"", 502), httpx.ReadTimeout("x"), _raw(b"junk")])
async def test_a_read_never_executes_anything(reply: Reply) -> None:
    shop, _ = shop_with(reply)
    error = await _failure_of(shop, write=False)
    assert isinstance(error, ShopUnavailableError)
    assert not error.may_have_executed


@pytest.mark.parametrize(
    "reply", [httpx.ReadTimeout("x"), _raw(b"", 502), refused(36009003), refused(25020009)]
)
async def test_no_call_is_ever_repeated_by_the_client(reply: Reply) -> None:
    """Retries are the caller's, who looks first."""
    shop, gateway = shop_with(reply)
    await _failure_of(shop, write=True)
    assert len(gateway.calls) == 1


async def test_an_answer_that_says_done_already_asks_for_a_look() -> None:
    shop, _ = shop_with(refused(25020009, "already cancelled"))
    error = await _failure_of(shop, write=True)
    assert isinstance(error, LookFirstError)
    assert error.may_have_executed


async def test_a_plain_refusal_of_a_write_was_not_executed() -> None:
    shop, _ = shop_with(refused(25001014, "reason unknown"))
    error = await _failure_of(shop, write=True)
    assert isinstance(error, InvalidRequestError)
    assert not error.may_have_executed


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Fri, 20 Nov 2026 08:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 08:00:30 -0000", 30.0),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(
    given: str, seconds: float | None
) -> None:
    shop, _ = shop_with(refused(36009002, status=429, headers={"retry-after": given}))
    error = await _failure_of(shop, write=True)
    assert isinstance(error, RateLimitedError)
    assert seconds == error.retry_after
    assert not error.may_have_executed


async def test_a_rate_limit_page_that_is_not_json_is_still_a_rate_limit() -> None:
    shop, _ = shop_with(_raw(b"slow down", 429))
    assert isinstance(await _failure_of(shop, write=True), RateLimitedError)


async def test_items_left_undone_in_a_success_are_a_failure_with_details() -> None:
    failure = {"code": 12052097, "message": "no warehouse", "detail": {"sku_id": "17"}}
    shop, _ = shop_with(ok({"errors": [failure, {"detail": None}, "odd"]}))
    with pytest.raises(PartialFailureError, match="3 items were left undone: 17") as caught:
        await shop.deactivate_products(shop_id=SHOP, product_ids=["1"])
    first, second = caught.value.failures
    assert (first.code, first.message, first.item_id) == (12052097, "no warehouse", "17")
    assert (second.code, second.message, second.item_id) == (None, "", "")
    assert caught.value.may_have_executed


@pytest.mark.parametrize("errors", [[], None, "none"])
async def test_no_listed_errors_is_success(errors: object) -> None:
    shop, _ = shop_with(ok({"errors": errors}))
    await shop.deactivate_products(shop_id=SHOP, product_ids=["1"])


async def test_the_platforms_words_are_cut_and_blotted() -> None:
    shop, _ = shop_with(refused(106001, f"sign with {APP_SECRET} and access-1 " + "x" * 3000))
    error = await _failure_of(shop, write=True)
    assert error.message.startswith("sign with *** and *** xxx")
    assert len(error.message) == 500


async def test_secrets_do_not_hang_on_the_exception_of_a_lost_call() -> None:
    """An httpx error carries its request, and the request its headers and address."""
    shop, _ = shop_with(httpx.ReadTimeout("x"))
    error = await _failure_of(shop, write=True)
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert str(error) == "/return_refund/202602/cancellations: no answer (ReadTimeout)"


async def test_a_redirect_is_not_followed() -> None:
    elsewhere = httpx.Response(307, headers={"location": "https://other.invalid/"})
    shop, gateway = shop_with(elsewhere)
    await _failure_of(shop, write=True)
    assert len(gateway.calls) == 1
