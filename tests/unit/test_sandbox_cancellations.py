"""Cancellations: who may end an order, when, for which reason, and what follows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from sandbox.shops import TH_AUTH_CODE, TH_SHOP_ID, US_AUTH_CODE, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_DAY = 86_400
_PAID_OUT = "seller_cancel_reason_out_of_stock"
_SEARCH = "/return_refund/202309/cancellations/search"
_ORDER_ID = "577000000000000123"
_SHOPS = {
    "US": (US_SHOP_ID, US_AUTH_CODE, "1729500000000001101"),
    "TH": (TH_SHOP_ID, TH_AUTH_CODE, "1729500000000002101"),
}


def _seed(region: str, **other: Any) -> dict[str, Any]:
    shop_id, _, sku_id = _SHOPS[region]
    lines = [{"sku_id": sku_id, "quantity": 2}]
    frame = {"id": _ORDER_ID, "shop_id": shop_id, "line_items": lines}
    return {"orders": [frame | other]}


def _held(region: str, scenario: dict[str, Any] | None = None, **other: Any) -> Any:
    sandbox = create_app(seed=_seed(region, **other), scenario=Scenario.parse(scenario or {}))
    return in_process(sandbox, _SHOPS[region][1])


@pytest.fixture
async def us() -> AsyncIterator[InProcess]:
    async with _held("US") as held:
        yield held


@pytest.mark.parametrize(
    ("region", "status", "code"),
    [
        ("US", "ON_HOLD", 0),
        ("US", "AWAITING_SHIPMENT", 0),
        ("US", "AWAITING_COLLECTION", 0),
        ("TH", "AWAITING_SHIPMENT", 0),
        ("TH", "AWAITING_COLLECTION", Code.ORDER_SHIPPED),
        ("US", "PARTIALLY_SHIPPING", Code.CANCEL_STATUS),
        ("US", "IN_TRANSIT", Code.ORDER_SHIPPED),
        ("US", "DELIVERED", Code.ORDER_SHIPPED),
        ("US", "COMPLETED", Code.ORDER_ENDED),
        ("US", "CANCELLED", Code.ALREADY_CANCELLED),
    ],
)
async def test_the_seller_may_cancel_only_before_shipping(
    region: str, status: str, code: int
) -> None:
    async with _held(region, status=status) as held:
        eligible = await _eligibility(held, "202602")
        assert code == (await held.shop.cancel(_ORDER_ID))["code"]
    assert (code == 0) is eligible["eligible"]
    assert code == eligible.get("ineligible_code", 0)


async def _eligibility(held: InProcess, version: str) -> dict[str, Any]:
    query = {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"}
    path = f"/return_refund/{version}/orders/{_ORDER_ID}/aftersale_eligibility"
    data = await held.shop.data("GET", path, None, **query)
    entry: dict[str, Any] = data["sku_eligibility"][0]["line_item_eligibility"][0]
    return entry


async def test_reasons_are_listed_by_the_newer_version_only(us: InProcess) -> None:
    assert _PAID_OUT in (await _eligibility(us, "202602"))["available_reason_names"]
    assert "available_reason_names" not in await _eligibility(us, "202309")


@pytest.mark.parametrize(
    ("region", "status", "reason", "code"),
    [
        ("US", "AWAITING_SHIPMENT", "because", Code.REASON_UNKNOWN),
        (
            "US",
            "AWAITING_SHIPMENT",
            "seller_cancel_unpaid_reason_out_of_stock",
            Code.REASON_STATUS,
        ),
        ("US", "UNPAID", _PAID_OUT, Code.REASON_STATUS),
        ("US", "UNPAID", "seller_cancel_unpaid_reason_out_of_stock", 0),
        (
            "TH",
            "AWAITING_SHIPMENT",
            "seller_cancel_paid_reason_address_not_deliver",
            Code.REASON_WITHDRAWN,
        ),
    ],
)
async def test_the_reason_must_fit_market_and_status(
    region: str, status: str, reason: str, code: int
) -> None:
    async with _held(region, status=status) as held:
        assert code == (await held.shop.cancel(_ORDER_ID, reason))["code"]
        assert ("CANCELLED" == (await held.order(_ORDER_ID))["status"]) is (code == 0)


async def test_a_cancellation_ends_the_order_and_is_on_record(us: InProcess) -> None:
    envelope = await us.shop.cancel(_ORDER_ID)
    order = await us.order(_ORDER_ID)
    assert "CANCELLATION_REQUEST_COMPLETE" == envelope["data"]["cancel_status"]
    assert ("CANCELLED", "SELLER", _PAID_OUT) == (
        order["status"],
        order["cancellation_initiator"],
        order["cancel_reason"],
    )
    (effect,) = (await us.effects())["cancellations"]
    assert (_ORDER_ID, "99.80", True) == (
        effect["order_id"],
        effect["refund_amount"]["refund_total"],
        effect["whole"],
    )
    row = (await us.shop.data("POST", _SEARCH, {"order_ids": [_ORDER_ID]}))["cancellations"][0]
    assert ("CANCEL", "SELLER") == (row["cancel_type"], row["role"])


async def test_a_second_cancellation_is_refused_and_has_no_effect(us: InProcess) -> None:
    await us.shop.cancel(_ORDER_ID)
    assert Code.ALREADY_CANCELLED == (await us.shop.cancel(_ORDER_ID))["code"]
    assert 1 == len((await us.effects())["cancellations"])


async def test_an_unpaid_cash_order_is_refunded_nothing() -> None:
    async with _held("TH", is_cod=True) as held:
        await held.shop.cancel(_ORDER_ID)
        (effect,) = (await held.effects())["cancellations"]
    assert "0" == effect["refund_amount"]["refund_total"]


async def test_a_delayed_cancellation_is_in_process_until_its_time() -> None:
    async with _held("US", {"cancel_delay_seconds": 600}) as held:
        first = await held.shop.cancel(_ORDER_ID)
        assert "CANCELLATION_REQUEST_SUCCESS" == first["data"]["cancel_status"]
        assert Code.CANCEL_IN_PROCESS == (await held.shop.cancel(_ORDER_ID))["code"]
        assert "AWAITING_SHIPMENT" == (await held.order(_ORDER_ID))["status"]
        assert [] == (await held.effects())["cancellations"]
        await held.advance(601)
        assert "CANCELLED" == (await held.order(_ORDER_ID))["status"]


def _partial(order: dict[str, Any], form: str) -> dict[str, Any]:
    line = order["line_items"][0]
    return {
        "skus": {"skus": [{"sku_id": line["sku_id"], "quantity": 1}]},
        "ids": {"order_line_item_ids": [line["id"]]},
        "list": {"order_line_list": [{"order_line_item_id": line["id"]}]},
    }[form]


@pytest.mark.parametrize("form", ["skus", "ids", "list"])
async def test_one_unit_can_be_cancelled_in_the_us(us: InProcess, form: str) -> None:
    named = _partial(await us.order(_ORDER_ID), form)
    assert 0 == (await us.shop.cancel(_ORDER_ID, **named))["code"]
    order = await us.order(_ORDER_ID)
    states = sorted(line["display_status"] for line in order["line_items"])
    assert ["AWAITING_SHIPMENT", "CANCELLED"] == states
    assert "AWAITING_SHIPMENT" == order["status"]
    (effect,) = (await us.effects())["cancellations"]
    assert ("49.90", False) == (effect["refund_amount"]["refund_total"], effect["whole"])
    assert 0 == (await us.shop.cancel(_ORDER_ID))["code"], "the rest"
    assert "CANCELLED" == (await us.order(_ORDER_ID))["status"]


async def test_one_unit_cannot_be_cancelled_in_thailand_nor_for_another_reason() -> None:
    async with _held("TH") as held:
        named = _partial(await held.order(_ORDER_ID), "skus")
        assert Code.BAD_LINES == (await held.shop.cancel(_ORDER_ID, **named))["code"]
    async with _held("US") as held:
        named = _partial(await held.order(_ORDER_ID), "skus")
        reason = "seller_cancel_reason_wrong_price"
        assert Code.BAD_LINES == (await held.shop.cancel(_ORDER_ID, reason, **named))["code"]


@pytest.mark.parametrize(
    "named",
    [
        {"order_line_item_ids": ["1"]},
        {"skus": [{"sku_id": "1729500000000001101", "quantity": 3}]},
        {"order_line_item_ids": ["1"], "order_line_list": [{"order_line_item_id": "1"}]},
    ],
)
async def test_lines_that_do_not_fit_are_refused(us: InProcess, named: dict[str, Any]) -> None:
    assert Code.BAD_LINES == (await us.shop.cancel(_ORDER_ID, **named))["code"]


async def test_an_order_of_another_shop_is_not_found(us: InProcess) -> None:
    assert Code.ORDER_MISSING == (await us.shop.cancel("577000000000000999"))["code"]
    assert Code.CANCEL_PARAMETER == (await us.shop.cancel(""))["code"]


async def test_the_platform_cancels_when_its_shipping_clock_runs_out() -> None:
    async with _held("US", shipping_due_time="+3600") as held:
        await held.advance(3590)
        assert "AWAITING_SHIPMENT" == (await held.order(_ORDER_ID))["status"]
        await held.advance(20)
        order = await held.order(_ORDER_ID)
    assert ("CANCELLED", "SYSTEM", "system_cancel_order_reason_shipping_timeout") == (
        order["status"],
        order["cancellation_initiator"],
        order["cancel_reason"],
    )
    assert order["shipping_due_time"] == order["cancel_time"], "at its own instant"


async def test_the_platform_cancels_when_nobody_collects() -> None:
    status = "AWAITING_COLLECTION"
    async with _held("TH", status=status, collection_due_time="+60") as held:
        await held.advance(61)
        order = await held.order(_ORDER_ID)
    assert ("CANCELLED", "SYSTEM") == (order["status"], order["cancellation_initiator"])


async def test_shipping_in_time_stops_the_shipping_clock() -> None:
    async with _held("TH", shipping_due_time="+3600", collection_due_time="+90000") as held:
        package = (await held.order(_ORDER_ID))["packages"][0]["id"]
        await held.shop.data("POST", f"/fulfillment/202309/packages/{package}/ship", {})
        await held.advance(4000)
        assert "AWAITING_COLLECTION" == (await held.order(_ORDER_ID))["status"]


async def test_an_order_on_hold_goes_on_by_itself() -> None:
    async with _held("US", status="ON_HOLD") as held:
        assert (await held.order(_ORDER_ID))["is_on_hold_order"]
        await held.advance(3601)
        order = await held.order(_ORDER_ID)
    assert ("AWAITING_SHIPMENT", False) == (order["status"], order["is_on_hold_order"])


@pytest.mark.parametrize("status", ["UNPAID", "ON_HOLD"])
async def test_a_buyer_cancels_at_once_before_dispatch_begins(status: str) -> None:
    async with _held("US", status=status) as held:
        await held.cancel(_ORDER_ID)
        order = await held.order(_ORDER_ID)
    assert ("CANCELLED", "BUYER") == (order["status"], order["cancellation_initiator"])


async def _request(held: InProcess) -> dict[str, Any]:
    await held.cancel(_ORDER_ID)
    rows = await held.shop.data("POST", _SEARCH, {"order_ids": [_ORDER_ID]})
    row: dict[str, Any] = rows["cancellations"][0]
    return row


async def test_a_later_buyer_asks_and_blocks_the_seller_meanwhile(us: InProcess) -> None:
    row = await _request(us)
    assert ("BUYER_CANCEL", "CANCELLATION_REQUEST_PENDING") == (
        row["cancel_type"],
        row["cancel_status"],
    )
    (action,) = row["seller_next_action_response"]
    assert "SELLER_RESPOND_BUYER_CANCEL" == action["action"]
    assert row["create_time"] < action["deadline"]
    order = await us.order(_ORDER_ID)
    assert (True, False) == (order["is_buyer_request_cancel"], order["plain"])
    assert Code.CANCEL_IN_PROCESS == (await us.shop.cancel(_ORDER_ID))["code"]
    assert {} == await us.cancel(_ORDER_ID), "asking twice changes nothing"


async def test_the_seller_grants_a_request_once(us: InProcess) -> None:
    cancel_id = (await _request(us))["cancel_id"]
    path = f"/return_refund/202309/cancellations/{cancel_id}/approve"
    assert {} == await us.shop.data("POST", path, idempotency_key="k1")
    assert {} == await us.shop.data("POST", path, idempotency_key="k1")
    assert Code.ALREADY_APPROVED == (await us.shop.call("POST", path))["code"]
    order = await us.order(_ORDER_ID)
    assert ("CANCELLED", "BUYER") == (order["status"], order["cancellation_initiator"])
    assert 1 == len((await us.effects())["cancellations"])


async def test_the_seller_refuses_a_request_with_a_listed_reason(us: InProcess) -> None:
    cancel_id = (await _request(us))["cancel_id"]
    path = f"/return_refund/202309/cancellations/{cancel_id}/reject"
    query = {"return_or_cancel_id": cancel_id}
    data = await us.shop.data("GET", "/return_refund/202309/reject_reasons", None, **query)
    wrong = await us.shop.call("POST", path, {"reject_reason": "no"})
    assert Code.REASON_UNKNOWN == wrong["code"]
    reason = data["reasons"][0]["name"]
    await us.shop.data("POST", path, {"reject_reason": reason})
    again = await us.shop.call("POST", path, {"reject_reason": reason})
    assert Code.REJECT_STATUS == again["code"]
    order = await us.order(_ORDER_ID)
    assert ("AWAITING_SHIPMENT", False) == (order["status"], order["is_buyer_request_cancel"])
    approve = path.replace("reject", "approve")
    assert Code.APPROVE_STATUS == (await us.shop.call("POST", approve))["code"]


@pytest.mark.parametrize(
    ("region", "seconds", "initiator"),
    [("TH", _DAY - 60, None), ("TH", _DAY + 1, "BUYER"), ("US", 5 * _DAY, None)],
)
async def test_an_unanswered_request_completes_after_a_day_in_thailand_only(
    region: str, seconds: int, initiator: str | None
) -> None:
    async with _held(region) as held:
        await held.cancel(_ORDER_ID)
        await held.advance(seconds)
        assert initiator == (await held.order(_ORDER_ID)).get("cancellation_initiator")


async def test_searching_filters_and_pages(us: InProcess) -> None:
    await us.shop.cancel(_ORDER_ID)
    row = (await us.shop.data("POST", _SEARCH, {}))["cancellations"][0]
    order = await us.order(_ORDER_ID)
    for body, hits in (
        ({"cancel_ids": [row["cancel_id"]]}, 1),
        ({"buyer_user_ids": [order["user_id"]]}, 1),
        ({"cancel_types": ["BUYER_CANCEL"]}, 0),
        ({"cancel_status": ["CANCELLATION_REQUEST_COMPLETE"]}, 1),
        ({"create_time_lt": row["create_time"]}, 0),
        ({"order_ids": ["1"]}, 0),
    ):
        assert hits == (await us.shop.data("POST", _SEARCH, body))["total_count"], body
    assert Code.BAD_PARAMETER == (await us.shop.call("POST", _SEARCH, page_size="51"))["code"]
