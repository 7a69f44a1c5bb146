"""Every message in every language and situation keeps the rules of talking to buyers."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from activities.messages import MessageWriter
from domain.message_lint import LONGEST_TEXT, faults
from domain.messages import MessageFacts, MessageKey, Product, RefundReason, WrittenMessage
from domain.money import Money
from tests.support.message_facts import (
    ANSWER_BY,
    ASKS,
    COUPON,
    GIFT,
    MARKETS,
    PRODUCT,
    SUBSTITUTE,
    SWAP_COUPON,
    facts,
    offers,
    situations,
)

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"
CANCELS = (
    *ASKS,
    MessageKey.CONTACT_ONLY,
    MessageKey.REFUNDED,
    MessageKey.SWAP_AGREED,
    MessageKey.UNAVAILABLE,
)
LETTERS_OF = {"A": "wait", "B": "swap", "C": "refund"}
SHIP_BY = {
    "en": "Friday, November 27",
    "zh-CN": "11月27日星期五",
    "th": "วันเสาร์ที่ 28 พฤศจิกายน",
    "vi": "Thứ Bảy, 28/11",
    "id": "Sabtu, 28 November",
    "ms": "Sabtu, 28 November",
}
EARLIER = {
    "en": "Tuesday, November 24",
    "zh-CN": "11月24日星期二",
    "th": "วันพุธที่ 25 พฤศจิกายน",
    "vi": "Thứ Tư, 25/11",
    "id": "Rabu, 25 November",
    "ms": "Rabu, 25 November",
}
ANSWER_BY_IN_WORDS = {
    "en": "Monday, November 23, 6:00 PM Pacific Standard Time",
    "zh-CN": "11月23日星期一 18:00（北美太平洋标准时间）",
    "th": "วันอังคารที่ 24 พฤศจิกายน เวลา 09:00 น.",
    "vi": "09:00 Thứ Ba, 24/11",
    "id": "Selasa, 24 November, pukul 09.00 Waktu Indonesia Barat",
    "ms": "Selasa, 24 November, 10:00 PG",
}
LETTERS = {
    "en": {"ABC": "A, B, or C", "AC": "A or C", "BC": "B or C"},
    "zh-CN": {"ABC": "A、B或C", "AC": "A或C", "BC": "B或C"},
    "th": {"ABC": "A, B หรือ C", "AC": "A หรือ C", "BC": "B หรือ C"},
    "vi": {"ABC": "A, B hoặc C", "AC": "A hoặc C", "BC": "B hoặc C"},
    "id": {"ABC": "A, B, atau C", "AC": "A atau C", "BC": "B atau C"},
    "ms": {"ABC": "A, B, atau C", "AC": "A atau C", "BC": "B atau C"},
}
AMOUNT = {
    "en": "$18,995.00",
    "zh-CN": "US$18,995.00",
    "th": "฿18,995.00",
    "vi": "1.899.500 ₫",
    "id": "Rp18.995,00",
    "ms": "RM18,995.00",
}
MONEY_BACK = {
    "en": "refund",
    "zh-CN": "全额退款",
    "th": "คืนเงินเต็มจำนวน",
    "vi": "hoàn tiền đầy đủ",
    "id": "mengembalikan dana sepenuhnya",
    "ms": "bayaran balik penuh",
}
NOTHING_TO_PAY = {
    "en": "there is nothing to pay",
    "zh-CN": "您无需为此支付任何费用",
    "th": "โดยไม่มีค่าใช้จ่ายใด ๆ",
    "vi": "bạn không phải trả khoản nào",
    "id": "tidak ada yang perlu dibayar",
    "ms": "tiada apa-apa yang perlu dibayar",
}
WE_WILL_CANCEL = {
    "en": "we will cancel",
    "zh-CN": "我们会为您取消",
    "th": "ทางร้านจะยกเลิก",
    "vi": "shop sẽ hủy",
    "id": "kami akan membatalkan",
    "ms": "kami akan membatalkan",
}
OTHERS_END = {
    "en": "Only whole orders can be cancelled",
    "zh-CN": "只能整单取消",
    "th": "เฉพาะทั้งคำสั่งซื้อเท่านั้น",
    "vi": "chỉ hủy được cả đơn hàng",
    "id": "hanya berlaku untuk seluruh pesanan",
    "ms": "hanya meliputi keseluruhan pesanan",
}
REST_SHIPS = {
    "en": "rest of your order ships as planned",
    "zh-CN": "订单内其余商品照常发货",
    "th": "สินค้าที่เหลือในคำสั่งซื้อจัดส่งตามปกติ",
    "vi": "còn lại của đơn vẫn được gửi",
    "id": "isa pesanan tetap dikirim",
    "ms": "aki pesanan tetap dihantar",
}
ANSWER_ALL = {
    "en": "“all”",
    "zh-CN": "“全部”",
    "th": "“ทั้งหมด”",
    "vi": "“tất cả”",
    "id": "“semua”",
    "ms": "“semua”",
}


Write = Callable[[MessageFacts], WrittenMessage]


@pytest.fixture(scope="module")
def writer() -> MessageWriter:
    return MessageWriter(FOLDER)


@pytest.fixture(scope="module")
def write(writer: MessageWriter) -> Write:
    """Return the writer's own write, each text written once for all tests of this module."""
    return cache(writer.write)


def every(*keys: MessageKey) -> list[MessageFacts]:
    return [one for key, tag in product(keys, MARKETS) for one in situations(key, tag)]


def choices_of(one: MessageFacts) -> set[str]:
    return {offer.choice.value for offer in one.offers}


def labelled(text: str, letter: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"{letter} – ")]


def test_templates_stand_for_all_six_languages(writer: MessageWriter) -> None:
    assert set(MARKETS) == set(writer.languages)


def test_no_language_claims_a_review_it_has_not_had(writer: MessageWriter) -> None:
    assert [False] * 6 == list(writer.languages.values())


@pytest.mark.parametrize("key", MessageKey)
def test_no_text_breaks_a_rule_or_misses_a_fact(write: Write, key: MessageKey) -> None:
    for one in every(key):
        written = write(one)
        assert [] == faults(written.text, unpaid=one.unpaid), written.text
        assert (one.language, False) == (written.language, written.reviewed)
        assert "None" not in written.text


@pytest.mark.parametrize("key", [key for key in MessageKey if key is not MessageKey.WHICH_ORDER])
def test_every_message_names_product_variation_and_order(write: Write, key: MessageKey) -> None:
    for one in every(key):
        text = write(one).text
        assert f"• {PRODUCT} (Navy, M) × 2" in text
        assert "482913" in text


@pytest.mark.parametrize("key", ASKS)
def test_letters_never_shift_and_stand_for_what_is_offered(write: Write, key: MessageKey) -> None:
    for one in every(key):
        text = write(one).text
        for letter, choice in LETTERS_OF.items():
            assert (choice in choices_of(one)) == (len(labelled(text, letter)) == 1), text
        for line in labelled(text, "A"):
            assert SHIP_BY[one.language] in line
        for line in labelled(text, "B"):
            assert SUBSTITUTE in line


@pytest.mark.parametrize("key", ASKS)
def test_gifts_and_coupons_are_told_where_they_belong_and_only_if_there_are_any(
    write: Write, key: MessageKey
) -> None:
    for one in every(key):
        text = write(one).text
        by_choice = {offer.choice.value: offer for offer in one.offers}
        waits = labelled(text, "A")
        assert ("wait" in by_choice and by_choice["wait"].gift == GIFT) == (
            bool(waits) and GIFT in waits[0]
        )
        swaps = labelled(text, "B")
        assert ("swap" in by_choice and by_choice["swap"].coupon_title == SWAP_COUPON) == (
            bool(swaps) and SWAP_COUPON in swaps[0]
        )
        assert (by_choice["refund"].coupon_title == COUPON) == (COUPON in text)


@pytest.mark.parametrize("key", ASKS)
def test_asks_say_how_and_until_when_to_answer_and_what_happens_otherwise(
    write: Write, key: MessageKey
) -> None:
    for one in every(key):
        last = write(one).text.splitlines()[-1]
        assert ANSWER_BY_IN_WORDS[one.language] in last
        assert WE_WILL_CANCEL[one.language] in last
        promised = NOTHING_TO_PAY if one.unpaid else MONEY_BACK
        assert promised[one.language] in last
        offered = "".join(letter for letter in "ABC" if LETTERS_OF[letter] in choices_of(one))
        assert LETTERS[one.language].get(offered, "C") in last


@pytest.mark.parametrize("key", CANCELS)
def test_unpaid_orders_hear_nothing_to_pay_and_paid_ones_of_their_money(
    write: Write, key: MessageKey
) -> None:
    for one in every(key):
        text = write(one).text
        assert one.unpaid == (NOTHING_TO_PAY[one.language] in text), text
        assert one.unpaid != (MONEY_BACK[one.language] in text), text


@pytest.mark.parametrize("key", CANCELS)
def test_the_fate_of_the_rest_of_the_order_is_told(write: Write, key: MessageKey) -> None:
    for one in every(key):
        text = write(one).text
        assert one.rest_of_order_ends_too == (OTHERS_END[one.language] in text), text
        assert (not one.whole_order) == (REST_SHIPS[one.language] in text), text


@pytest.mark.parametrize("tag", MARKETS)
def test_every_reason_of_a_cancellation_has_its_own_words(write: Write, tag: str) -> None:
    texts = {write(facts(MessageKey.REFUNDED, tag, reason=reason)).text for reason in RefundReason}
    assert len(RefundReason) == len(texts)


@pytest.mark.parametrize("tag", MARKETS)
def test_amounts_are_written_as_the_reader_writes_money(write: Write, tag: str) -> None:
    paid = write(facts(MessageKey.REFUNDED, tag)).text
    unpaid = write(facts(MessageKey.REFUNDED, tag, unpaid=True)).text
    unknown = write(facts(MessageKey.REFUNDED, tag, amount=None)).text
    assert AMOUNT[tag] in paid
    assert AMOUNT[tag] not in unpaid + unknown


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("USD", "$12.30"), ("GBP", "£12.30"), ("PHP", "₱12.30"), ("VND", "₫1,230")],
)
def test_amounts_keep_the_digits_of_their_currency(
    write: Write, currency: str, expected: str
) -> None:
    amount = Money(amount_minor=1230, currency=currency)
    assert expected in write(facts(MessageKey.REFUNDED, amount=amount)).text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_slip_names_the_old_date_and_the_new_one(write: Write, tag: str) -> None:
    text = write(facts(MessageKey.SLIPPED, tag, offers=offers("AC"))).text
    assert EARLIER[tag] in text
    assert SHIP_BY[tag] in text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_buyer_whose_silence_would_count_is_told_so(write: Write, tag: str) -> None:
    asked = facts(MessageKey.SLIPPED, tag, offers=offers("AC"))
    text = write(asked).text
    silent = write(asked.model_copy(update={"silence_agrees": True})).text

    assert text != silent
    assert "(A)" in text or "（A）" in text
    assert "(A)" not in silent
    assert " C" in silent.splitlines()[-1]


@pytest.mark.parametrize("tag", MARKETS)
def test_a_slip_without_a_new_date_asks_nothing_and_cancels(write: Write, tag: str) -> None:
    text = write(facts(MessageKey.SLIPPED, tag, offers=(), answer_by=None)).text
    assert MONEY_BACK[tag] in text
    assert [] == labelled(text, "A") + labelled(text, "C")


@pytest.mark.parametrize("tag", MARKETS)
def test_an_agreed_wait_confirms_date_and_gift(write: Write, tag: str) -> None:
    text = write(facts(MessageKey.WAIT_AGREED, tag)).text
    assert SHIP_BY[tag] in text
    assert GIFT in text
    assert GIFT not in write(facts(MessageKey.WAIT_AGREED, tag, gift=None)).text


@pytest.mark.parametrize("tag", MARKETS)
def test_an_agreed_swap_tells_what_to_order_until_when(write: Write, tag: str) -> None:
    text = write(facts(MessageKey.SWAP_AGREED, tag)).text
    for part in (SUBSTITUTE, ANSWER_BY_IN_WORDS[tag], COUPON, WE_WILL_CANCEL[tag]):
        assert part in text
    assert COUPON not in write(facts(MessageKey.SWAP_AGREED, tag, coupon_title="")).text


@pytest.mark.parametrize("tag", MARKETS)
def test_which_order_lists_every_waiting_order_and_accepts_all(write: Write, tag: str) -> None:
    text = write(facts(MessageKey.WHICH_ORDER, tag)).text
    for part in ("482913", "771204", ANSWER_ALL[tag]):
        assert part in text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_reminder_is_the_shortest_ask(write: Write, tag: str) -> None:
    same = {"offers": offers("BC")}
    reminder = write(facts(MessageKey.REMINDER, tag, **same)).text
    others = [key for key in ASKS if key not in (MessageKey.NEGOTIATE, MessageKey.NEGOTIATE_AGAIN)]
    assert all(len(reminder) <= len(write(facts(key, tag, **same)).text) for key in others)


@pytest.mark.parametrize("tag", MARKETS)
def test_the_longest_names_and_many_products_still_fit(write: Write, tag: str) -> None:
    many = tuple(Product(name="N" * 255, variation="V" * 200, quantity=99) for _ in range(40))
    long = {"products": many, "substitute_name": "S" * 255, "rest_of_order_ends_too": True}
    for key in MessageKey:
        text = write(facts(key, tag, **long)).text
        assert len(text) <= LONGEST_TEXT
        assert (key is MessageKey.WHICH_ORDER) or "35" in text


def test_times_follow_the_zone_across_its_summer_time(write: Write) -> None:
    """The same clock time in UTC is an hour later on the wall in July."""
    summer = ANSWER_BY - timedelta(days=130)
    text = write(facts(MessageKey.ASK, answer_by=summer)).text
    assert "7:00 PM Pacific Daylight Time" in text


@pytest.mark.parametrize(
    ("market", "zone", "expected"),
    [
        ("GB", "Europe/London", "Tuesday, November 24, 02:00."),
        ("TH", "Asia/Bangkok", "Tuesday, November 24, 9:00 am."),
        ("SG", "Asia/Singapore", "Tuesday, November 24, 10:00 am."),
        ("US", "America/New_York", "Monday, November 23, 9:00 PM Eastern Standard Time."),
        ("XX", "UTC", "Tuesday, November 24, 2:00 am Coordinated Universal Time."),
    ],
)
def test_an_english_reader_is_told_the_hour_of_the_market(
    write: Write, market: str, zone: str, expected: str
) -> None:
    assert expected in write(facts(MessageKey.ASK, market=market, zone=zone)).text
