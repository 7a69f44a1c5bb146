"""Chat: who may write to whom, what a message may hold, and what it is about."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_SKU = "1729500000000001101"
_FIRST, _SECOND = "577000000000111111", "577000000000222222"
_COUPON = "7262992004278206101"
_PATH = "/customer_service/202309/conversations"


def _order(order_id: str, **other: Any) -> dict[str, Any]:
    frame = {"id": order_id, "shop_id": US_SHOP_ID, "line_items": [{"sku_id": _SKU}]}
    return frame | other


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    seed = {"orders": [_order(_FIRST, user_id="71"), _order(_SECOND, user_id="72")]}
    async with in_process(create_app(seed=seed)) as held:
        yield held


async def _messages(shops: InProcess, conversation: str, **query: str) -> list[dict[str, Any]]:
    path = f"{_PATH}/{conversation}/messages"
    data = await shops.shop.data("GET", path, None, page_size="10", **query)
    return list(data["messages"])


async def test_opening_a_conversation_again_gives_the_same_one(shops: InProcess) -> None:
    assert await shops.shop.conversation("71") == await shops.shop.conversation("71")
    assert await shops.shop.conversation("71") != await shops.shop.conversation("72")


@pytest.mark.parametrize("user_id", ["999", ""])
async def test_a_stranger_cannot_be_written_to(shops: InProcess, user_id: str) -> None:
    expected = Code.CHAT_NOT_ALLOWED if user_id else Code.CHAT_PARAMETER
    envelope = await shops.shop.call("POST", _PATH, {"buyer_user_id": user_id})
    assert expected == envelope["code"]


async def test_a_buyer_whose_order_is_older_than_sixty_days_cannot_be_written_to() -> None:
    seed = {"orders": [_order(_FIRST, user_id="71", create_time="-5270400", status="COMPLETED")]}
    async with in_process(create_app(seed=seed)) as held:
        envelope = await held.shop.call("POST", _PATH, {"buyer_user_id": "71"})
    assert Code.CHAT_NOT_ALLOWED == envelope["code"]


async def test_a_buyer_who_blocks_the_shop_is_out_of_reach(shops: InProcess) -> None:
    conversation = await shops.shop.conversation("71")
    await shops.block(_FIRST)
    create = await shops.shop.call("POST", _PATH, {"buyer_user_id": "71"})
    send = await shops.shop.send(conversation, content="hello")
    assert (Code.CHAT_NOT_ALLOWED, Code.SEND_NOT_ALLOWED) == (create["code"], send["code"])
    assert [] == (await shops.effects())["messages"]
    await shops.block(_FIRST, blocked=False)
    assert 0 == (await shops.shop.send(conversation, content="hello"))["code"]


@pytest.mark.parametrize("version", ["202309", "202606"])
async def test_a_text_is_sent_read_and_on_record(shops: InProcess, version: str) -> None:
    conversation = await shops.shop.conversation("71")
    body = {"type": "TEXT", "content": json.dumps({"content": "hello"}), "sender_role": "ROBOT"}
    path = f"/customer_service/{version}/conversations/{conversation}/messages"
    sent = await shops.shop.data("POST", path, body)
    (message,) = await _messages(shops, conversation)
    assert sent["message_id"] == message["id"]
    assert ("ROBOT", '{"content": "hello"}') == (message["sender"]["role"], message["content"])
    (effect,) = (await shops.effects())["messages"]
    assert (_FIRST, "hello", "TEXT", "ROBOT", sent["message_id"]) == tuple(
        effect[name] for name in ("order_id", "text", "kind", "role", "message_id")
    )
    assert effect["at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 2000, 0),
        ("x" * 2001, Code.CHAT_PARAMETER),
        ("", Code.CHAT_PARAMETER),
        ("see https://shop.example", Code.SENSITIVE),
        ("see www.shop.example", Code.SENSITIVE),
        ("see myshop.com", Code.SENSITIVE),
        ("write to me@shop.example", Code.SENSITIVE),
        ("call +1 415 555 0100", Code.SENSITIVE),
        ("call 415-555-0100", Code.SENSITIVE),
        ("โทร 0812345678", Code.SENSITIVE),
        ("add me on WhatsApp", Code.SENSITIVE),
        ("Order …111111, 49.90 USD, by 2026-11-25 18:00 or refund", 0),
        (f"Order {_FIRST}: reply A, B or C.", 0),
    ],
)
async def test_what_a_text_may_hold(shops: InProcess, text: str, code: int) -> None:
    conversation = await shops.shop.conversation("71")
    assert code == (await shops.shop.send(conversation, content=text))["code"]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "TEXT", "content": {"content": "not a string"}},
        {"type": "TEXT", "content": "not json"},
        {"type": "TEXT", "content": "[1]"},
        {"type": "EMOTICONS", "content": "{}"},
        {"type": "TEXT", "content": '{"content": "x"}', "sender_role": "BUYER"},
        {"type": "IMAGE", "content": "{}"},
    ],
)
async def test_messages_of_a_wrong_shape_are_refused(
    shops: InProcess, body: dict[str, Any]
) -> None:
    conversation = await shops.shop.conversation("71")
    envelope = await shops.shop.call("POST", f"{_PATH}/{conversation}/messages", body)
    assert Code.CHAT_PARAMETER == envelope["code"]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("ORDER_CARD", {"order_id": _FIRST}, 0),
        ("ORDER_CARD", {"order_id": _SECOND}, Code.CARD_CONDITIONS),
        ("ORDER_CARD", {"order_id": "1"}, Code.CARD_CONDITIONS),
        ("PRODUCT_CARD", {"product_id": "1729500000000000101"}, 0),
        ("PRODUCT_CARD", {"product_id": "1729500000000000201"}, Code.CARD_CONDITIONS),
        ("COUPON_CARD", {"coupon_id": _COUPON}, 0),
        ("COUPON_CARD", {"coupon_id": "7262992004278206102"}, Code.COUPON_CONDITIONS),
        ("COUPON_CARD", {"coupon_id": "7262992004278206103"}, Code.COUPON_CONDITIONS),
        ("COUPON_CARD", {"coupon_id": "7262992004278206201"}, Code.COUPON_CONDITIONS),
        ("IMAGE", {"url": "picture"}, 0),
    ],
)
async def test_cards_have_conditions(
    shops: InProcess, kind: str, content: dict[str, str], code: int
) -> None:
    conversation = await shops.shop.conversation("71")
    assert code == (await shops.shop.send(conversation, kind, **content))["code"]
    assert (code == 0) is bool((await shops.effects())["messages"])


async def test_the_coupon_rate_can_be_limited() -> None:
    seed = {"orders": [_order(_FIRST, user_id="71")]}
    scenario = Scenario(coupon_cards_per_second=0.5)
    async with in_process(create_app(seed=seed, scenario=scenario)) as held:
        conversation = await held.shop.conversation("71")
        first, second = [
            await held.shop.send(conversation, "COUPON_CARD", coupon_id=_COUPON) for _ in range(2)
        ]
    assert (0, Code.COUPON_RATE) == (first["code"], second["code"])


async def _about(shops: InProcess, kind: str = "TEXT", **content: str) -> Any:
    conversation = await shops.shop.conversation("71")
    assert 0 == (await shops.shop.send(conversation, kind, **content))["code"]
    return (await shops.effects())["messages"][-1]["order_id"]


async def test_a_message_is_about_the_buyers_only_open_order(shops: InProcess) -> None:
    assert _FIRST == await _about(shops, content="hello")


async def test_of_several_orders_the_last_six_digits_or_the_card_tell(shops: InProcess) -> None:
    other = "577000000000333333"
    await shops.put_orders(_order(other, user_id="71"))
    assert await _about(shops, content="hello") is None
    assert other == await _about(shops, content="Order …333333: A, B or C?")
    assert _FIRST == await _about(shops, content=f"Order {_FIRST}: A, B or C?")
    assert _FIRST == await _about(shops, "ORDER_CARD", order_id=_FIRST)
    assert await _about(shops, content="Order …222222 is another buyer's") is None
    await shops.shop.cancel(other)
    assert _FIRST == await _about(shops, content="hello"), "one order is left open"


async def test_a_coupon_after_the_cancellation_still_knows_its_order(shops: InProcess) -> None:
    await _about(shops, content="Order …111111: refunded")
    await shops.shop.cancel(_FIRST)
    await _about(shops, "COUPON_CARD", coupon_id=_COUPON)
    (sent,) = (await shops.effects())["coupons_sent"]
    assert (_FIRST, _COUPON) == (sent["order_id"], sent["coupon_id"])


async def test_a_buyers_message_counts_as_unread_until_read(shops: InProcess) -> None:
    await shops.say(_FIRST, "A")
    data = await shops.shop.data("GET", _PATH, page_size="20")
    (row,) = data["conversations"]
    assert (1, True, "BUYER") == (
        row["unread_count"],
        row["can_send_message"],
        row["latest_message"]["sender"]["role"],
    )
    await shops.shop.data("POST", f"{_PATH}/{row['id']}/messages/read")
    one = await shops.shop.data("GET", f"/customer_service/202601/conversations/{row['id']}")
    assert 0 == one["conversation"]["unread_count"]


async def test_messages_page_by_ten_newest_first_or_oldest_first(shops: InProcess) -> None:
    for number in range(12):
        await shops.say(_FIRST, str(number))
    conversation = await shops.shop.conversation("71")
    newest = await _messages(shops, conversation)
    oldest = await _messages(shops, conversation, sort_order="ASC", sort_field="index")
    assert ["11", "10"] == [json.loads(one["content"])["content"] for one in newest[:2]]
    assert ["0", "1"] == [json.loads(one["content"])["content"] for one in oldest[:2]]
    assert 10 == len(newest)
    path = f"{_PATH}/{conversation}/messages"
    assert Code.BAD_PARAMETER == (await shops.shop.call("GET", path, page_size="11"))["code"]
    assert Code.CHAT_PARAMETER == (await shops.shop.call("GET", path, sort_field="x"))["code"]


async def test_another_shops_conversation_is_not_found(shops: InProcess) -> None:
    for path in (f"{_PATH}/1/messages", "/customer_service/202601/conversations/1"):
        assert Code.CHAT_MISSING == (await shops.shop.call("GET", path))["code"]


async def test_message_times_follow_the_shop_clock(shops: InProcess) -> None:
    conversation = await shops.shop.conversation("71")
    await shops.shop.send(conversation, content="before")
    await shops.advance(86_400)
    await shops.shop.send(conversation, content="after")
    after, before = await _messages(shops, conversation)
    assert 86_400 <= after["create_time"] - before["create_time"] <= 86_460


async def test_coupons_are_searched_and_read_per_shop(shops: InProcess) -> None:
    path = "/promotion/202406/coupons/search"
    everything = await shops.shop.data("POST", path, {})
    ongoing = await shops.shop.data(
        "POST", path, {"status": ["ONGOING"], "display_type": ["CHAT"], "title_keyword": "Sorry"}
    )
    assert 3 == everything["total_count"]
    assert [_COUPON] == [coupon["id"] for coupon in ongoing["coupons"]]
    one = await shops.shop.data("GET", f"/promotion/202406/coupons/{_COUPON}")
    assert "5.00" == one["coupon"]["discount"]["reduction_amount"]["amount"]
    missing = await shops.shop.call("GET", "/promotion/202406/coupons/7262992004278206201")
    assert Code.COUPON_MISSING == missing["code"], "the Thai shop's"
    assert TH_SHOP_ID not in json.dumps(everything)
