"""Orders arrive complete in what counts and empty of everything personal."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from domain.money import Money
from domain.orders import CancelRole, OrderStatus, OrderType
from tests.support.shop_gateway import SHOP, SeenCall, ok, refused, shop_with
from tiktok_shop.errors import RateLimitedError, ShopUnavailableError
from tiktok_shop.orders import OrderSort

LINE = {
    "id": "577087614418520388",
    "sku_id": "2729382476852921560",
    "product_id": "1729582718312380123",
    "product_name": "Denim jacket",
    "sku_name": "Blue, L",
    "seller_sku": "DJ-BLUE-L",
    "display_status": "AWAITING_SHIPMENT",
    "package_id": "1153",
    "sale_price": "12.30",
    "original_price": "15.00",
    "currency": "USD",
    "is_gift": False,
}
ORDER_ID = "576461413038785752"
ORDER = {
    "id": ORDER_ID,
    "status": "AWAITING_SHIPMENT",
    "order_type": "PRE_ORDER",
    "user_id": "7021436810468230477",
    "create_time": 1_795_000_000,
    "paid_time": 1_795_000_100,
    "update_time": 1_795_000_200,
    "rts_time": 1_795_000_300,
    "collection_time": 1_795_000_400,
    "is_cod": False,
    "is_sample_order": False,
    "is_on_hold_order": True,
    "fulfillment_type": "FULFILLMENT_BY_SELLER",
    "is_buyer_request_cancel": True,
    "payment": {"currency": "USD", "total_amount": "27.10", "sub_total": "24.60"},
    "line_items": [LINE, LINE | {"id": "577087614418520389", "package_id": None}],
    "packages": [{"id": "1152"}, {"id": "1153"}],
    "rts_sla_time": 1_795_100_000,
    "tts_sla_time": 1_795_200_000,
    "shipping_due_time": 1_795_300_000,
    "collection_due_time": 1_795_400_000,
    "delivery_due_time": 1_795_500_000,
    "buyer_email": "v3bf@chat.seller.tiktok.com",
    "buyer_nickname": "Somchai",
    "buyer_message": "leave it at the door",
    "seller_note": "vip",
    "recipient_address": {"name": "Somchai J.", "phone_number": "(+66)81", "full_address": "5 Rd"},
}


def _orders(*changes: dict[str, Any]) -> Any:
    return ok({"orders": [ORDER | change for change in changes]})


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def _one(change: dict[str, Any] | None = None) -> Any:
    shop, _ = shop_with(_orders(change or {}))
    return await shop.order(shop_id=SHOP, order_id=ORDER_ID)


async def test_an_order_is_read_field_by_field() -> None:
    order = await _one()
    assert order.order_id == "576461413038785752"
    assert order.status is OrderStatus.AWAITING_SHIPMENT
    assert order.order_type is OrderType.PRE_ORDER
    assert order.buyer_user_id == "7021436810468230477"
    assert order.created_at == _at(1_795_000_000)
    assert order.paid_at == _at(1_795_000_100)
    assert order.updated_at == _at(1_795_000_200)
    assert order.ready_at == _at(1_795_000_300)
    assert order.collected_at == _at(1_795_000_400)
    assert order.delivered_at is None
    assert order.total == Money(amount_minor=2710, currency="USD")
    assert order.package_ids == ("1152", "1153")
    assert order.buyer_asks_cancel
    assert not order.platform_fulfilled
    assert not order.is_cod
    assert not order.is_sample
    assert order.cancelled_by is None


async def test_the_platforms_clocks_are_absolute_instants() -> None:
    clocks = (await _one()).clocks
    assert clocks.ship_sla_at == _at(1_795_100_000)
    assert clocks.collect_sla_at == _at(1_795_200_000)
    assert clocks.shipping_due_at == _at(1_795_300_000)
    assert clocks.collection_due_at == _at(1_795_400_000)
    assert clocks.delivery_due_at == _at(1_795_500_000)


async def test_a_missing_or_zero_clock_is_none() -> None:
    clocks = (await _one({"rts_sla_time": 0, "tts_sla_time": None})).clocks
    assert clocks.ship_sla_at is None
    assert clocks.collect_sla_at is None


async def test_each_line_is_one_unit_with_its_own_state_and_price() -> None:
    first, second = (await _one()).lines
    assert first.line_id == "577087614418520388"
    assert first.sku_id == "2729382476852921560"
    assert first.seller_sku == "DJ-BLUE-L"
    assert first.product_name == "Denim jacket"
    assert first.price == Money(amount_minor=1230, currency="USD")
    assert first.status is OrderStatus.AWAITING_SHIPMENT
    assert first.package_id == "1153"
    assert second.package_id is None


@pytest.mark.parametrize(
    ("word", "status"),
    [("CANCELLED", OrderStatus.CANCELLED), ("HIDDEN", OrderStatus.UNKNOWN)],
)
async def test_an_unmet_line_state_is_unknown(word: str, status: OrderStatus) -> None:
    order = await _one({"line_items": [LINE | {"display_status": word}]})
    assert status is order.lines[0].status


async def test_nothing_personal_passes_the_door() -> None:
    text = (await _one()).model_dump_json()
    for personal in ("Somchai", "tiktok.com", "door", "vip", "+66", "5 Rd"):
        assert personal not in text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, "platform_fulfilled"),
        ({"fulfillment_type": "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"}, "platform_fulfilled"),
        ({"is_sample_order": True}, "is_sample"),
        ({"is_cod": True}, "is_cod"),
        ({"status": "ON_HOLD"}, "on_hold"),
    ],
)
async def test_a_mark_of_the_platform_is_a_mark_of_ours(
    change: dict[str, Any], field: str
) -> None:
    assert not getattr(await _one(), field)
    assert getattr(await _one(change), field)


async def test_an_order_that_was_on_hold_once_is_not_on_hold_now() -> None:
    """is_on_hold_order also speaks of the past and the future."""
    assert not (await _one({"is_on_hold_order": True})).on_hold


async def test_who_cancelled_is_kept() -> None:
    order = await _one(
        {"status": "CANCELLED", "cancellation_initiator": "BUYER", "cancel_reason": "late"}
    )
    assert order.cancelled_by is CancelRole.BUYER
    assert order.cancel_reason == "late"


async def test_amounts_without_cents_stay_exact() -> None:
    """Dong have no minor unit."""
    order = await _one(
        {
            "payment": {"currency": "VND", "total_amount": "189950"},
            "line_items": [LINE | {"sale_price": "189950", "currency": None}],
        }
    )
    assert order.total == Money(amount_minor=189950, currency="VND")
    assert order.lines[0].price == Money(amount_minor=189950, currency="VND")


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"create_time": 0},
        {"create_time": "yesterday"},
        {"create_time": 10**18},
        {"payment": {"currency": "USD", "total_amount": "12,30"}},
        {"payment": {}},
        {"line_items": [{"id": "1"}]},
        {"line_items": "none"},
    ],
)
async def test_an_order_that_cannot_be_read_is_an_unusable_answer(change: dict[str, Any]) -> None:
    """Never a made-up order; and the refusal quotes none of it."""
    with pytest.raises(ShopUnavailableError, match="cannot be used") as caught:
        await _one(change)
    assert "Somchai" not in str(caught.value)


async def test_an_unknown_order_is_none() -> None:
    shop, _ = shop_with(ok({"orders": []}))
    assert await shop.order(shop_id=SHOP, order_id="1") is None


@pytest.mark.parametrize("code", [21008111, 25007006])
async def test_an_order_of_another_shop_is_none(code: int) -> None:
    shop, _ = shop_with(refused(code))
    assert await shop.order(shop_id=SHOP, order_id="1") is None


async def test_an_answer_about_another_order_is_none() -> None:
    shop, _ = shop_with(_orders({}))
    assert await shop.order(shop_id=SHOP, order_id="1") is None


def _known(*ids: str) -> Any:
    def reply(call: SeenCall) -> Any:
        wanted = call.query["ids"].split(",")
        if set(wanted) - set(ids):
            return refused(21008111)
        return _orders(*({"id": order_id} for order_id in wanted))

    return reply


async def test_order_ids_go_out_in_comma_lists_of_fifty() -> None:
    ids = [str(number) for number in range(1, 121)]
    shop, gateway = shop_with(_known(*ids))
    found = await shop.orders(shop_id=SHOP, order_ids=[*ids, "1"])
    assert [50, 50, 20] == [len(call.query["ids"].split(",")) for call in gateway.calls]
    assert ids == [order.order_id for order in found]


async def test_one_foreign_id_does_not_hide_the_others() -> None:
    shop, _ = shop_with(_known("1", "2", "4", "5"))
    found = await shop.orders(shop_id=SHOP, order_ids=["1", "2", "3", "4", "5"])
    assert [order.order_id for order in found] == ["1", "2", "4", "5"]


async def test_no_ids_make_no_call() -> None:
    shop, gateway = shop_with(ok())
    assert await shop.orders(shop_id=SHOP, order_ids=[]) == []
    assert gateway.calls == []


async def test_filters_of_a_search_go_into_the_body_as_unix_seconds() -> None:
    shop, gateway = shop_with(_orders({}))
    bangkok = timezone(timedelta(hours=7))
    page = await shop.search_orders(
        shop_id=SHOP,
        status=OrderStatus.AWAITING_SHIPMENT,
        created_from=datetime(2026, 11, 20, 15, tzinfo=bangkok),
        created_before=datetime(2026, 11, 20, 9, tzinfo=UTC),
        updated_from=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        buyer_user_id="702",
        page_size=20,
    )
    (call,) = gateway.calls
    assert call.body == {
        "order_status": "AWAITING_SHIPMENT",
        "create_time_ge": 1795161600,
        "create_time_lt": 1795165200,
        "update_time_ge": 1795163400,
        "buyer_user_id": "702",
    }
    assert call.query["page_size"] == "20"
    assert page.next_page_token is None
    assert len(page.orders) == 1


async def test_a_page_hands_on_its_token() -> None:
    shop, gateway = shop_with(ok({"orders": [], "next_page_token": "a+b=="}))
    page = await shop.search_orders(shop_id=SHOP, page_token="earlier")
    assert page.next_page_token == "a+b=="
    assert gateway.calls[0].query["page_token"] == "earlier"


async def test_all_pages_are_walked_and_an_order_comes_once() -> None:
    """New orders push old ones onto later pages."""
    shop, gateway = shop_with(
        ok({"orders": [ORDER | {"id": "3"}, ORDER | {"id": "2"}], "next_page_token": "p2"}),
        ok({"orders": [ORDER | {"id": "2"}, ORDER | {"id": "1"}], "next_page_token": ""}),
    )
    found = [order.order_id async for order in shop.all_orders(shop_id=SHOP, buyer_user_id="702")]
    assert found == ["3", "2", "1"]
    first, second = gateway.calls
    assert "page_token" not in first.query
    assert second.query["page_token"] == "p2"
    assert first.body == second.body == {"buyer_user_id": "702"}


async def test_a_failure_between_pages_is_not_an_end() -> None:
    shop, _ = shop_with(
        ok({"orders": [ORDER], "next_page_token": "p2"}), refused(36009002, status=429)
    )
    with pytest.raises(RateLimitedError):
        [order async for order in shop.all_orders(shop_id=SHOP)]


async def test_a_report_of_an_order_has_its_clocks_and_nobody_in_it() -> None:
    shop, _ = shop_with(_orders({}))
    found = await shop.order_report(shop_id=SHOP, order_id=ORDER_ID)
    assert found is not None
    assert found.order.order_id == ORDER_ID
    for word in ("Somchai", "(+66)81", "5 Rd", "v3bf", "door", "vip"):
        assert word not in found.report.text
    for fact in ("1795300000", "1795400000", "Denim jacket", "27.10"):
        assert fact in found.report.text
    assert "data.orders[0].recipient_address" in found.report.cut


@pytest.mark.parametrize("reply", [refused(21008111), ok({}), _orders({"id": "1"})])
async def test_an_order_of_another_shop_has_no_report(reply: Any) -> None:
    shop, _ = shop_with(reply)
    assert await shop.order_report(shop_id=SHOP, order_id=ORDER_ID) is None


async def test_a_search_can_be_sorted_and_bounded_by_the_time_of_change() -> None:
    shop, gateway = shop_with(_orders({}))
    await shop.search_orders(
        shop_id=SHOP, updated_from=_at(5), updated_before=_at(9), sort=OrderSort.UPDATED
    )
    assert gateway.calls[0].body == {"update_time_ge": 5, "update_time_lt": 9}
    assert gateway.calls[0].query["sort_field"] == "update_time"
    assert gateway.calls[0].query["sort_order"] == "DESC"
