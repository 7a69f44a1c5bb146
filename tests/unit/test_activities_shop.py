"""The shop's activities: each write happens once, and refusals say what has to be done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from activities.shop import may_have_run, same_words
from activities.troubles import NEEDS_PERSON, OUT_OF_TIME
from domain.orders import CancelRole
from records.case_buyers import CaseBuyers
from records.database import Database
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import (
    CASE,
    JACKET,
    ORDER,
    ShopHouse,
    failure,
    key,
    now,
    run,
    shop_house,
    silent_shop,
)
from workflows.ports import (
    CancelOrder,
    CheckOffers,
    EffectKey,
    FindReplacement,
    OpenConversation,
    OrderLook,
    OrderRef,
    ReadConversation,
    SendCoupon,
    SendMessage,
)

pytest_plugins = ("tests.support.record_stores",)

COUPON, EXPIRED_COUPON = "7262992004278206101", "7262992004278206103"
SEND = "/customer_service/202606"
CHAT = "/customer_service/202309/conversations"
TEXT = "Order …111111: A wait, C refund."


@pytest.fixture
async def house(records_db: Database) -> AsyncIterator[ShopHouse]:
    async with shop_house(records_db) as running:
        await running.order()
        yield running


async def _talk(house: ShopHouse) -> str:
    """Open the conversation and return its id."""
    opened = await run(house.activities.open_conversation, await _opening(house))
    assert opened.conversation_id is not None
    return opened.conversation_id


async def _opening(house: ShopHouse, **changes: Any) -> OpenConversation:
    buyer = (await house.shops.order(ORDER))["user_id"]
    given = {"buyer_user_id": buyer, "at": now()} | changes
    return OpenConversation(shop_id=US_SHOP_ID, case_id=CASE, order_id=ORDER, **given)


def _message(talk: str, effect: EffectKey | None = None, **changes: Any) -> SendMessage:
    given = {"text": TEXT, "key": effect or key()} | changes
    return SendMessage(shop_id=US_SHOP_ID, conversation_id=talk, order_id=ORDER, **given)


def _coupon(talk: str, effect: EffectKey | None = None, coupon_id: str = COUPON) -> SendCoupon:
    given = effect or key("coupon")
    return SendCoupon(key=given, shop_id=US_SHOP_ID, conversation_id=talk, coupon_id=coupon_id)


# Looking


async def test_an_order_is_looked_at_with_its_cancellations_only_where_there_may_be_any(
    house: ShopHouse,
) -> None:
    ref = OrderRef(shop_id=US_SHOP_ID, order_id=ORDER)
    untouched = await run(house.activities.look_at_order, ref)
    searches = len(await house.shops.calls("/cancellations/search"))
    await house.shops.cancel(ORDER)
    asked = await run(house.activities.look_at_order, ref)

    assert untouched.order is not None
    assert 0 == searches
    assert [CancelRole.BUYER] == [entry.role for entry in asked.cancellations]


async def test_a_look_at_a_cancelled_unit_brings_the_cancellation(house: ShopHouse) -> None:
    await house.shops.shop.cancel(ORDER)

    look = await run(house.activities.look_at_order, OrderRef(shop_id=US_SHOP_ID, order_id=ORDER))

    assert [CancelRole.SELLER] == [entry.role for entry in look.cancellations]


async def test_an_unknown_order_is_no_failure(house: ShopHouse) -> None:
    ref = OrderRef(shop_id=US_SHOP_ID, order_id="576461413038999999")

    assert OrderLook() == await run(house.activities.look_at_order, ref)


async def test_coupon_and_substitute_are_checked_and_units_reserved(house: ShopHouse) -> None:
    check = CheckOffers(
        shop_id=US_SHOP_ID, case_id=CASE, coupon_id=COUPON, substitute_sku_id=JACKET, units=2
    )

    checked = await run(house.activities.check_offers, check)
    again = await run(house.activities.check_offers, check, attempt=2)

    assert checked.coupon is not None
    assert checked.coupon.sendable
    assert checked.substitute is not None
    assert JACKET == checked.substitute.sku_id
    assert checked.substitute_reserved
    assert checked == again


async def test_what_the_shop_does_not_know_cannot_be_offered(house: ShopHouse) -> None:
    unknown = CheckOffers(
        shop_id=US_SHOP_ID,
        case_id=CASE,
        coupon_id="7262992004278299999",
        substitute_sku_id="17295",
    )
    nothing = CheckOffers(shop_id=US_SHOP_ID, case_id=CASE)

    for check in (unknown, nothing):
        checked = await run(house.activities.check_offers, check)
        assert (None, None, False) == (
            checked.coupon,
            checked.substitute,
            checked.substitute_reserved,
        )


# Conversations


async def test_a_conversation_is_indexed_before_anything_is_said(house: ShopHouse) -> None:
    talk = await _talk(house)

    (indexed,) = house.conversations.cases_of(talk)
    assert (CASE, ORDER, None) == (indexed.case_id, indexed.order_id, indexed.asked_index)
    assert not await house.texts()


async def test_opening_a_conversation_twice_is_opening_it_once(house: ShopHouse) -> None:
    assert await _talk(house) == await _talk(house)


async def test_an_order_without_a_buyer_cannot_be_written_to(house: ShopHouse) -> None:
    opened = await run(house.activities.open_conversation, await _opening(house, buyer_user_id=""))

    assert (None, "the order names no buyer to write to") == (
        opened.conversation_id,
        opened.why_not,
    )


@pytest.mark.parametrize("code", [45109003, 105005])
async def test_a_buyer_out_of_reach_is_for_a_person_not_a_failure(
    house: ShopHouse, code: int
) -> None:
    await house.shops.fault("refuse", CHAT, code=code)

    opened = await run(house.activities.open_conversation, await _opening(house))

    assert opened.conversation_id is None
    assert opened.why_not


# Messages


@pytest.mark.parametrize("repeat", [{"attempt": 2}, {"tried": True}])
async def test_a_repeat_finds_the_text_and_says_nothing(
    house: ShopHouse, repeat: dict[str, Any]
) -> None:
    talk = await _talk(house)
    await house.shops.fault("drop_reply", SEND)
    lost = await failure(house.activities.send_message, _message(talk))

    command = _message(talk, key(tried=repeat.get("tried", False)))
    found = await run(house.activities.send_message, command, attempt=repeat.get("attempt", 1))

    assert not lost.non_retryable
    assert found.message_id is not None
    assert [TEXT] == await house.texts()


async def test_a_repeat_says_what_was_not_said(house: ShopHouse) -> None:
    talk = await _talk(house)
    await house.shops.fault("error", SEND)
    await failure(house.activities.send_message, _message(talk))

    await run(house.activities.send_message, _message(talk), attempt=2)

    assert [TEXT] == await house.texts()


async def test_the_same_words_of_an_earlier_step_do_not_count(house: ShopHouse) -> None:
    talk = await _talk(house)
    await run(house.activities.send_message, _message(talk))
    later = key("reminder:2", began=now() + timedelta(minutes=11))

    await run(house.activities.send_message, _message(talk, later), attempt=2)

    assert [TEXT, TEXT] == await house.texts()


async def test_the_buyers_own_copy_of_our_words_is_not_ours(house: ShopHouse) -> None:
    talk = await _talk(house)
    await house.shops.say(ORDER, TEXT)

    await run(house.activities.send_message, _message(talk), attempt=2)

    assert [TEXT] == await house.texts()


async def test_a_long_talk_after_the_step_began_does_not_hide_our_words(
    house: ShopHouse,
) -> None:
    talk = await _talk(house)
    await run(house.activities.send_message, _message(talk))
    for number in range(101):
        await house.shops.say(ORDER, f"hello {number}")

    await run(house.activities.send_message, _message(talk), attempt=2)

    assert [TEXT] == await house.texts()


async def test_an_ask_is_recorded_with_its_place(house: ShopHouse) -> None:
    talk = await _talk(house)

    sent = await run(house.activities.send_message, _message(talk, asks=True))

    (indexed,) = house.conversations.cases_of(talk)
    assert sent.index is not None
    assert sent.index == indexed.asked_index


async def test_a_notice_is_no_ask(house: ShopHouse) -> None:
    talk = await _talk(house)

    sent = await run(house.activities.send_message, _message(talk))

    (indexed,) = house.conversations.cases_of(talk)
    assert (None, None) == (sent.index, indexed.asked_index)


async def test_an_ask_whose_place_cannot_be_read_is_found_by_the_next_attempt(
    house: ShopHouse,
) -> None:
    """An ask that is not recorded as open would let the reply go to another order."""
    talk = await _talk(house)
    await house.shops.fault("error", CHAT, method="GET")
    error = await failure(house.activities.send_message, _message(talk, asks=True))

    sent = await run(house.activities.send_message, _message(talk, asks=True), attempt=2)

    (indexed,) = house.conversations.cases_of(talk)
    assert not error.non_retryable
    assert sent.index == indexed.asked_index is not None
    assert [TEXT] == await house.texts()


async def test_an_ask_in_a_chat_that_may_not_be_read_is_sent_and_stands_open(
    house: ShopHouse,
) -> None:
    talk = await _talk(house)
    await house.shops.fault("refuse", CHAT, method="GET", code=105005)

    sent = await run(house.activities.send_message, _message(talk, asks=True))

    (indexed,) = house.conversations.cases_of(talk)
    assert sent.message_id is not None
    assert not sent.why_not
    assert 0 == indexed.asked_index


@pytest.mark.parametrize("code", [45109001, 105005])
async def test_a_text_that_may_not_go_out_is_for_a_person(house: ShopHouse, code: int) -> None:
    talk = await _talk(house)
    await house.shops.fault("refuse", SEND, code=code)

    sent = await run(house.activities.send_message, _message(talk))

    assert sent.message_id is None
    assert sent.why_not


async def test_words_that_the_platform_refuses_are_never_tried_again_as_they_are(
    house: ShopHouse,
) -> None:
    talk = await _talk(house)

    command = _message(talk, text="write me at www.jackets.example.com")
    error = await failure(house.activities.send_message, command)

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)


@pytest.mark.parametrize("status", ["CANCELLED", "IN_TRANSIT"])
async def test_nothing_is_said_of_an_order_that_has_moved_on(
    house: ShopHouse, status: str
) -> None:
    talk = await _talk(house)
    await house.shops.put_orders({"id": ORDER, "status": status})

    sent = await run(house.activities.send_message, _message(talk, look_first=True))

    assert sent.order_moved
    assert not await house.texts()


async def test_an_order_that_stands_open_is_no_reason_for_silence(house: ShopHouse) -> None:
    talk = await _talk(house)

    await run(house.activities.send_message, _message(talk, look_first=True))
    await run(
        house.activities.send_message,
        _message(talk, text="about another", look_first=True).model_copy(
            update={"order_id": "576461413038999999"}
        ),
    )

    assert [TEXT, "about another"] == await house.texts()


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("A wait\nC refund", True),
        ("A wait\r\nC refund ", True),
        (" A  wait C refund", True),
        ("A wait. C refund", False),
        ("", False),
    ],
)
def test_spacing_does_not_make_other_words(said: str, same: bool) -> None:  # noqa: FBT001  # a parameter
    assert same == same_words(said, "A wait\nC refund")


def test_composed_and_decomposed_letters_are_the_same_words() -> None:
    assert same_words("hoa\u0300n tie\u0302\u0300n", "ho\u00e0n ti\u1ec1n")


# Coupons


@pytest.mark.parametrize("repeat", [{"attempt": 2}, {"tried": True}])
async def test_a_repeat_finds_the_coupon_and_sends_none(
    house: ShopHouse, repeat: dict[str, Any]
) -> None:
    talk = await _talk(house)
    await house.shops.fault("drop_reply", SEND)
    await failure(house.activities.send_coupon, _coupon(talk))

    command = _coupon(talk, key("coupon", tried=repeat.get("tried", False)))
    sent = await run(house.activities.send_coupon, command, attempt=repeat.get("attempt", 1))

    assert sent.message_id is not None
    assert [COUPON] == [c["coupon_id"] for c in (await house.shops.effects())["coupons_sent"]]


async def test_a_text_is_not_taken_for_the_coupon(house: ShopHouse) -> None:
    talk = await _talk(house)
    await run(house.activities.send_message, _message(talk))

    await run(house.activities.send_coupon, _coupon(talk), attempt=2)

    assert 1 == len((await house.shops.effects())["coupons_sent"])


@pytest.mark.parametrize("code", [45111017, 45101002, 45109001, 105005])
async def test_a_coupon_that_may_not_be_sent_is_no_failure(house: ShopHouse, code: int) -> None:
    talk = await _talk(house)
    await house.shops.fault("refuse", SEND, code=code)

    sent = await run(house.activities.send_coupon, _coupon(talk))

    assert sent.message_id is None
    assert sent.why_not


async def test_an_expired_coupon_is_not_sent(house: ShopHouse) -> None:
    sent = await run(
        house.activities.send_coupon, _coupon(await _talk(house), coupon_id=EXPIRED_COUPON)
    )

    assert sent.why_not


# Reading


async def test_what_was_said_after_a_place_is_read_in_order(house: ShopHouse) -> None:
    talk = await _talk(house)
    sent = await run(house.activities.send_message, _message(talk, asks=True))
    for text in ("hm", "C"):
        await house.shops.say(ORDER, text)

    said = await run(
        house.activities.read_conversation,
        ReadConversation(shop_id=US_SHOP_ID, conversation_id=talk, after_index=sent.index),
    )

    assert ["hm", "C"] == [message.text for message in said]


@pytest.mark.parametrize(
    ("since", "texts"),
    [(None, ["C"]), (timedelta(0), ["C"]), (timedelta(minutes=11), [])],
)
async def test_without_a_place_the_talk_is_read_since_an_instant(
    house: ShopHouse, since: timedelta | None, texts: list[str]
) -> None:
    talk = await _talk(house)
    await house.shops.say(ORDER, "C")
    wanted = ReadConversation(
        shop_id=US_SHOP_ID,
        conversation_id=talk,
        since=None if since is None else now() + since,
    )

    said = await run(house.activities.read_conversation, wanted)

    assert texts == [message.text for message in said]


# Replacement orders


async def test_the_buyers_new_order_of_the_substitute_is_found(house: ShopHouse) -> None:
    wanted = FindReplacement(
        shop_id=US_SHOP_ID,
        buyer_user_id=(await house.shops.order(ORDER))["user_id"],
        sku_id=JACKET,
        created_from=now(),
        not_order_id=ORDER,
    )
    before = await run(house.activities.find_replacement, wanted)
    new = await house.shops.buys(ORDER, JACKET)
    found = await run(house.activities.find_replacement, wanted)
    await house.shops.put_orders({"id": new, "status": "UNPAID"})
    unpaid = await run(house.activities.find_replacement, wanted)

    assert (None, new, None) == (before.order_id, found.order_id, unpaid.order_id)


# Failures


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("error", "ShopUnavailableError"),
        ("garbage", "ShopUnavailableError"),
        ("rate_limit", "RateLimitedError"),
        ("expired_token", "TokenExpiredError"),
    ],
)
async def test_a_shop_that_gives_no_answer_is_tried_again(
    house: ShopHouse, kind: str, wanted: str
) -> None:
    await house.shops.fault(kind, "/order")

    error = await failure(
        house.activities.look_at_order, OrderRef(shop_id=US_SHOP_ID, order_id=ORDER)
    )

    assert (wanted, False) == (error.type, error.non_retryable)


async def test_the_platforms_own_wish_to_wait_is_kept(house: ShopHouse) -> None:
    await house.shops.fault("rate_limit", "/order")

    error = await failure(
        house.activities.look_at_order, OrderRef(shop_id=US_SHOP_ID, order_id=ORDER)
    )

    assert timedelta(seconds=1) == error.next_retry_delay


@pytest.mark.parametrize("code", [101000, 25020005, 36009004, 99999999])
async def test_what_only_a_person_can_clear_is_never_retried(house: ShopHouse, code: int) -> None:
    await house.shops.fault("refuse", "/order", code=code)

    error = await failure(
        house.activities.look_at_order, OrderRef(shop_id=US_SHOP_ID, order_id=ORDER)
    )

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)


async def test_a_write_stops_itself_before_the_next_attempt_may_begin(
    records_db: Database,
) -> None:
    """Two attempts at once could both look, see nothing, and both write."""
    shop = silent_shop(records_db)
    cancel = CancelOrder(
        key=key("refund:1"), shop_id=US_SHOP_ID, order_id=ORDER, fallback_reason="none"
    )

    said = await failure(shop.send_message, _message("7"), seconds=0.2)
    sent = await failure(shop.send_coupon, _coupon("7"), seconds=0.2)
    cancelled = await failure(shop.cancel_order, cancel, seconds=0.2)

    assert [(OUT_OF_TIME, False)] * 3 == [
        (error.type, error.non_retryable) for error in (said, sent, cancelled)
    ]


@pytest.mark.parametrize(
    ("attempt", "tried", "looks"),
    [(1, False, False), (2, False, True), (1, True, True), (7, True, True)],
)
async def test_every_try_but_the_very_first_may_have_run_before(
    attempt: int,
    tried: bool,  # noqa: FBT001  # a parameter
    looks: bool,  # noqa: FBT001  # a parameter
) -> None:
    async def ask(effect: EffectKey) -> bool:
        return may_have_run(effect)

    assert looks == await run(ask, key(tried=tried), attempt=attempt)


async def test_a_buyer_who_is_written_to_counts_as_let_down_in_later_shortages(
    house: ShopHouse, records_db: Database
) -> None:
    """Also one whom chat does not reach; a repeat changes nothing, the same order is no other."""
    asked = await _opening(house, buyer_user_id="7499999999999999999")
    for attempt in (1, 2):
        await run(house.activities.open_conversation, asked, attempt=attempt)

    orders = {"another": asked.buyer_user_id, ORDER: asked.buyer_user_id, "theirs": "someone"}
    later = asked.at + timedelta(days=3)
    found = CaseBuyers(records_db).hurt_before(US_SHOP_ID, orders, before=later)

    assert frozenset({"another"}) == found
