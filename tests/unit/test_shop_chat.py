"""Chat: nothing a buyer wrote is lost, nothing is said twice by the client."""

import json
from typing import Any

import httpx
import pytest

from domain.orders import ChatRole
from tests.support.shop_gateway import SHOP, Reply, SeenCall, ok, refused, shop_with
from tiktok_shop.errors import (
    CardRefusedError,
    ContactNotAllowedError,
    InvalidRequestError,
    NotFoundError,
    SensitiveContentError,
    ShopError,
    ShopUnavailableError,
)


def _message(index: int, /, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"m{index}",
        "type": "TEXT",
        "content": json.dumps({"content": f"text {index}"}),
        "create_time": 1_795_000_000 + index,
        "index": str(index),
        "is_visible": True,
        "sender": {"im_user_id": "9", "role": "BUYER", "nickname": "Somchai", "avatar": "u"},
    } | changes


def _conversation(total: int) -> Any:
    """Serve messages 1…total newest first, ten a page, as the platform does."""

    def reply(call: SeenCall) -> httpx.Response:
        assert call.query["sort_order"] == "DESC"
        assert call.query["sort_field"] == "index"
        size = int(call.query["page_size"])
        newest = int(call.query.get("page_token", total))
        oldest = max(newest - size, 0)
        page = [_message(index) for index in range(newest, oldest, -1)]
        return ok({"messages": page, "next_page_token": str(oldest) if oldest else ""})

    return reply


async def test_a_conversation_is_opened_by_the_orders_buyer() -> None:
    shop, gateway = shop_with(ok({"conversation_id": 7106888323922608389}))
    opened = await shop.create_conversation(shop_id=SHOP, buyer_user_id="702")
    assert opened == "7106888323922608389"
    assert gateway.calls[0].body == {"buyer_user_id": "702"}


async def test_a_buyer_who_may_not_be_written_to_is_told_apart() -> None:
    shop, _ = shop_with(refused(45109003, "no recent order"))
    with pytest.raises(ContactNotAllowedError) as caught:
        await shop.create_conversation(shop_id=SHOP, buyer_user_id="702")
    assert not caught.value.retryable


async def test_messages_after_an_index_come_complete_and_oldest_first() -> None:
    shop, gateway = shop_with(_conversation(35))
    found = await shop.messages(shop_id=SHOP, conversation_id="5", after_index=13)
    assert list(range(14, 36)) == [message.index for message in found]
    assert len(gateway.calls) == 3


async def test_the_limit_never_cuts_what_came_after_an_index() -> None:
    shop, _ = shop_with(_conversation(35))
    found = await shop.messages(shop_id=SHOP, conversation_id="5", after_index=0, limit=5)
    assert len(found) == 35


async def test_nothing_after_the_last_index_is_nothing() -> None:
    shop, gateway = shop_with(_conversation(35))
    assert await shop.messages(shop_id=SHOP, conversation_id="5", after_index=35) == []
    assert len(gateway.calls) == 1


async def test_without_an_index_the_newest_come_up_to_the_limit() -> None:
    shop, gateway = shop_with(_conversation(35))
    found = await shop.messages(shop_id=SHOP, conversation_id="5", limit=12)
    assert list(range(24, 36)) == [message.index for message in found]
    assert len(gateway.calls) == 2


async def test_a_message_that_comes_on_two_pages_counts_once() -> None:
    shop, _ = shop_with(
        ok({"messages": [_message(3), _message(2)], "next_page_token": "p"}),
        ok({"messages": [_message(2), _message(1)]}),
    )
    found = await shop.messages(shop_id=SHOP, conversation_id="5")
    assert [message.index for message in found] == [1, 2, 3]


async def test_a_message_is_read_without_name_or_picture() -> None:
    card = _message(
        2,
        type="ORDER_CARD",
        content='{"order_id": "576"}',
        is_visible=False,
        sender={"role": "ROBOT"},
    )
    shop, _ = shop_with(ok({"messages": [card, _message(1)]}))
    text, order_card = await shop.messages(shop_id=SHOP, conversation_id="5")
    assert (text.message_id, text.text, text.role) == ("m1", "text 1", ChatRole.BUYER)
    assert (order_card.kind, order_card.reference, order_card.text) == ("ORDER_CARD", "576", "")
    assert order_card.role is ChatRole.ROBOT
    assert not order_card.visible
    assert "Somchai" not in text.model_dump_json()


@pytest.mark.parametrize("change", [{"index": "x"}, {"create_time": 0}, {"id": ""}])
async def test_an_unreadable_message_fails_the_reading(change: dict[str, Any]) -> None:
    """Skipping it could make a buyer look silent."""
    shop, _ = shop_with(ok({"messages": [_message(1, **change)]}))
    with pytest.raises(ShopUnavailableError):
        await shop.messages(shop_id=SHOP, conversation_id="5")


async def test_an_unknown_conversation_is_not_an_empty_one() -> None:
    shop, _ = shop_with(refused(45101003))
    with pytest.raises(NotFoundError):
        await shop.messages(shop_id=SHOP, conversation_id="5")


async def test_a_text_goes_out_as_json_inside_a_string_in_the_merchants_name() -> None:
    shop, gateway = shop_with(ok({"message_id": "7"}))
    sent = await shop.send_text(shop_id=SHOP, conversation_id="5", text='A "wait"\nB')
    assert sent == "7"
    body = gateway.calls[0].body
    assert body["type"] == "TEXT"
    assert body["sender_role"] == "CUSTOMER_SERVICE"
    assert json.loads(body["content"]) == {"content": 'A "wait"\nB'}


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
async def test_a_text_the_platform_cannot_take_is_not_sent(text: str) -> None:
    shop, gateway = shop_with(ok({"message_id": "7"}))
    with pytest.raises(InvalidRequestError, match="1 to 2000"):
        await shop.send_text(shop_id=SHOP, conversation_id="5", text=text)
    assert gateway.calls == []


async def test_the_longest_text_is_sent_whole() -> None:
    shop, gateway = shop_with(ok({"message_id": "7"}))
    await shop.send_text(shop_id=SHOP, conversation_id="5", text="长" * 2000)
    assert len(json.loads(gateway.calls[0].body["content"])["content"]) == 2000


async def test_cards_carry_their_id() -> None:
    shop, gateway = shop_with(ok({"message_id": "7"}))
    await shop.send_order_card(shop_id=SHOP, conversation_id="5", order_id="576")
    await shop.send_coupon_card(shop_id=SHOP, conversation_id="5", coupon_id="9")
    order_card, coupon_card = (call.body for call in gateway.calls)
    assert (order_card["type"], json.loads(order_card["content"])) == (
        "ORDER_CARD",
        {"order_id": "576"},
    )
    assert (coupon_card["type"], json.loads(coupon_card["content"])) == (
        "COUPON_CARD",
        {"coupon_id": "9"},
    )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refused(45109001), ContactNotAllowedError),
        (refused(45101006), SensitiveContentError),
        (refused(45111017), CardRefusedError),
        (httpx.ReadTimeout("x"), ShopUnavailableError),
        (ok({}), ShopUnavailableError),
    ],
)
async def test_a_failed_sending_says_what_to_do(reply: Reply, kind: type[ShopError]) -> None:
    shop, gateway = shop_with(reply)
    with pytest.raises(kind) as caught:
        await shop.send_coupon_card(shop_id=SHOP, conversation_id="5", coupon_id="9")
    assert caught.value.may_have_executed is (kind is ShopUnavailableError)
    assert len(gateway.calls) == 1
