"""Stock that comes late, too late or never: what a buyer is told, in every language."""

from pathlib import Path
from typing import Any

import pytest

from activities.messages import MessageWriter
from domain.message_lint import UnfitMessageError
from domain.messages import LongerOfferReason, MessageKey
from domain.money import Money
from domain.offers import Compensation, Offer
from tests.support.message_facts import (
    COUPON,
    GIFT,
    LATER_COUPON,
    LATER_GIFT,
    MARKETS,
    SHIP_BY,
    facts,
    first_round,
    money,
    offers,
)

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"
SHIPS = {
    "en": "Friday, November 27",
    "zh-CN": "11月27日星期五",
    "th": "วันเสาร์ที่ 28 พฤศจิกายน",
    "vi": "Thứ Bảy, 28/11",
    "id": "Sabtu, 28 November",
    "ms": "Sabtu, 28 November",
}
RESTOCKS = {
    "en": "Wednesday, December 16",
    "zh-CN": "12月16日星期三",
    "th": "วันพฤหัสบดีที่ 17 ธันวาคม",
    "vi": "Thứ Năm, 17/12",
    "id": "Kamis, 17 Desember",
    "ms": "Khamis, 17 Disember",
}
EARLIER = {
    "en": "Tuesday, November 24",
    "zh-CN": "11月24日星期二",
    "th": "วันพุธที่ 25 พฤศจิกายน",
    "vi": "Thứ Tư, 25/11",
    "id": "Rabu, 25 November",
    "ms": "Rabu, 25 November",
}
DISCOUNT = {
    "en": "$73.00",
    "zh-CN": "US$73.00",
    "th": "฿73.00",
    "vi": "7.300 ₫",
    "id": "Rp73,00",
    "ms": "RM73.00",
}
NOTHING_TO_DO = {
    "en": "You do not need to do anything",
    "zh-CN": "您无需任何操作",
    "th": "คุณลูกค้าไม่จำเป็นต้องทำอะไร",
    "vi": "Bạn không cần làm gì",
    "id": "Kakak tidak perlu melakukan apa-apa",
    "ms": "Anda tidak perlu melakukan apa-apa",
}
RECOMMENDS = {
    "en": ("Our advice is C: the full refund.", "Our advice is C: the cancellation."),
    "zh-CN": ("我们推荐方案 C：全额退款。", "我们推荐方案 C：取消订单。"),
    "th": ("แนะนำตัวเลือก C คือการคืนเงินเต็มจำนวนค่ะ", "แนะนำตัวเลือก C คือการยกเลิกการสั่งซื้อค่ะ"),
    "vi": ("cách tốt nhất là C: hoàn tiền đầy đủ.", "cách tốt nhất là C: hủy đơn."),
    "id": ("Saran kami adalah C: pengembalian dana penuh.", "Saran kami adalah C: pembatalan."),
    "ms": ("Cadangan kami ialah C: bayaran balik penuh.", "Cadangan kami ialah C: pembatalan."),
}
AT_ONCE = {
    "en": "If you reply C, we do it right away.",
    "zh-CN": "回复 C，我们会立即办理。",
    "th": "เมื่อตอบ C ทางร้านจะดำเนินการให้ทันทีค่ะ",
    "vi": "Khi bạn trả lời C, shop sẽ làm ngay.",
    "id": "Begitu Kakak membalas C, kami langsung memprosesnya.",
    "ms": "Sebaik sahaja anda membalas C, kami terus menguruskannya.",
}


@pytest.fixture(scope="module")
def writer() -> MessageWriter:
    return MessageWriter(FOLDER)


def lines(writer: MessageWriter, key: MessageKey, tag: str, **changes: Any) -> list[str]:
    return writer.write(facts(key, tag, **changes)).text.splitlines()


def generous(letter: str, tag: str) -> Offer:
    """Return an offer with everything that can come with it."""
    (plain,) = offers(letter, extras=False)
    given = Compensation(gift=GIFT, coupon_title=COUPON, discount=money(tag, 7300))
    return plain.model_copy(update=dict(given))


@pytest.mark.parametrize("tag", MARKETS)
def test_a_long_wait_is_asked_for_with_its_date_before_the_choices(
    writer: MessageWriter, tag: str
) -> None:
    told = lines(writer, MessageKey.NEGOTIATE, tag)
    first = next(number for number, line in enumerate(told) if line.startswith("A – "))
    assert any(SHIPS[tag] in line for line in told[:first])
    assert SHIPS[tag] in told[first]


@pytest.mark.parametrize("tag", MARKETS)
def test_what_comes_with_a_choice_is_told_under_its_letter(
    writer: MessageWriter, tag: str
) -> None:
    told = (generous("A", tag), generous("C", tag))
    text = lines(writer, MessageKey.NEGOTIATE, tag, offers=told)
    wait, refund = (
        next(number for number, line in enumerate(text) if line.startswith(letter))
        for letter in ("A – ", "C – ")
    )
    for part in (GIFT, COUPON, DISCOUNT[tag]):
        assert any(part in line for line in text[wait:refund]), part
        assert any(part in line for line in text[refund:]), part
    assert all("A" in line for line in text[wait:refund])
    assert all("C" in line for line in text[refund : refund + 4])


@pytest.mark.parametrize("tag", MARKETS)
def test_the_second_round_names_what_is_new_and_only_that(writer: MessageWriter, tag: str) -> None:
    known = (offers("A")[0], offers("C")[0])
    better = (known[0].model_copy(update={"discount": money(tag, 7300)}), known[1])
    text = lines(writer, MessageKey.NEGOTIATE_AGAIN, tag, offers=better, earlier_offers=known)
    named = [line for line in text if line.startswith("• ")][1:]
    assert 1 == len(named)
    assert DISCOUNT[tag] in named[0]


@pytest.mark.parametrize("tag", MARKETS)
def test_a_second_round_may_name_a_gift_a_coupon_and_a_sooner_date(
    writer: MessageWriter, tag: str
) -> None:
    later = first_round()[0].model_copy(update={"promised_at": facts(MessageKey.ASK).restock_at})
    told = (generous("A", tag), *offers("C"))
    text = lines(writer, MessageKey.NEGOTIATE_AGAIN, tag, offers=told, earlier_offers=(later,))
    named = [line for line in text if line.startswith("• ")][1:]
    for part, line in zip((SHIPS[tag], GIFT, COUPON, DISCOUNT[tag]), named, strict=True):
        assert part in line


@pytest.mark.parametrize("tag", MARKETS)
def test_a_refund_is_recommended_plainly_with_the_date_and_the_reason(
    writer: MessageWriter, tag: str
) -> None:
    told = {
        reason: lines(
            writer,
            MessageKey.RECOMMEND_REFUND,
            tag,
            offers=offers("C"),
            longer_offer_reason=reason,
        )
        for reason in (None, *LongerOfferReason)
    }
    assert all(RESTOCKS[tag] in "\n".join(text) for text in told.values())
    spoken = {tuple(text) for text in told.values()}
    assert len(told) == len(spoken)
    assert len(told[None]) + 1 == len(told[LongerOfferReason.TOO_LONG])


@pytest.mark.parametrize("tag", MARKETS)
def test_a_recommended_refund_is_done_at_once_on_a_yes(writer: MessageWriter, tag: str) -> None:
    paid, unpaid = RECOMMENDS[tag]
    text = lines(writer, MessageKey.RECOMMEND_REFUND, tag, offers=offers("BC"))
    assert any(paid in line for line in text)
    assert AT_ONCE[tag] == text[-2]
    text = lines(writer, MessageKey.RECOMMEND_REFUND, tag, offers=offers("C"), unpaid=True)
    assert any(unpaid in line for line in text)


@pytest.mark.parametrize("tag", MARKETS)
def test_a_restock_that_nobody_can_date_is_said_to_be_unknown(
    writer: MessageWriter, tag: str
) -> None:
    known, unknown = (
        lines(writer, MessageKey.RECOMMEND_REFUND, tag, restock_at=at) for at in (SHIP_BY, None)
    )
    assert known[:2] == unknown[:2]
    assert known[2] != unknown[2]
    assert known[3:] == unknown[3:]


@pytest.mark.parametrize("tag", MARKETS)
@pytest.mark.parametrize("key", [MessageKey.UNAVAILABLE, MessageKey.TURNED_UNAVAILABLE])
def test_without_a_question_the_shop_cancels_and_makes_up_for_it(
    writer: MessageWriter, key: MessageKey, tag: str
) -> None:
    text = lines(writer, key, tag, offers=(), answer_by=None, coupon_title="")
    assert any(NOTHING_TO_DO[tag] in line for line in text)
    given = [line for line in text if line.startswith("• ")][1:]
    for part, line in zip((LATER_COUPON, DISCOUNT[tag], LATER_GIFT), given, strict=True):
        assert part in line
    assert not [line for line in text if line.startswith(("A – ", "B – ", "C – "))]


@pytest.mark.parametrize("key", [MessageKey.UNAVAILABLE, MessageKey.REFUNDED])
def test_a_coupon_that_is_there_already_does_not_follow(
    writer: MessageWriter, key: MessageKey
) -> None:
    changes = {"reason": "unavailable", "compensation": Compensation(coupon_title=LATER_COUPON)}
    text = "\n".join(lines(writer, key, "en", **changes))
    assert COUPON in text
    assert LATER_COUPON not in text
    assert "make up" not in text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_restock_that_fell_through_names_the_date_it_breaks_and_what_is_left(
    writer: MessageWriter, tag: str
) -> None:
    text = lines(writer, MessageKey.TURNED_UNAVAILABLE, tag, offers=offers("BC"))
    assert EARLIER[tag] in text[2]
    assert ["B – ", "C – "] == [line[:4] for line in text if line[1:4] == " – "]
    undated = lines(writer, MessageKey.TURNED_UNAVAILABLE, tag, earlier_promised_at=None)
    assert EARLIER[tag] not in "\n".join(undated)


@pytest.mark.parametrize("tag", MARKETS)
def test_an_agreed_wait_tells_everything_that_was_agreed(writer: MessageWriter, tag: str) -> None:
    """A gift of a buyer who waits is in the parcel, not with a later order."""
    agreed = generous("A", tag).compensation
    text = lines(
        writer, MessageKey.WAIT_AGREED, tag, gift=None, coupon_title="", compensation=agreed
    )
    for part in (GIFT, COUPON, DISCOUNT[tag]):
        assert 1 == "\n".join(text).count(part)
    (gift,) = (line for line in text if GIFT in line)
    assert not gift.startswith("•")


@pytest.mark.parametrize(
    "given", [{"gift": "see www.shop.com"}, {"coupon_title": "for a 5-star review"}]
)
def test_a_compensation_in_forbidden_words_does_not_leave(
    writer: MessageWriter, given: dict[str, str]
) -> None:
    told = Compensation.model_validate(given)
    with pytest.raises(UnfitMessageError, match="message unavailable"):
        writer.write(facts(MessageKey.UNAVAILABLE, coupon_title="", compensation=told))


def test_an_empty_compensation_says_nothing(writer: MessageWriter) -> None:
    for told in (None, Compensation(), Compensation(gift=" ")):
        text = lines(writer, MessageKey.UNAVAILABLE, "en", coupon_title="", compensation=told)
        assert "make up" not in "\n".join(text)


def test_a_discount_is_written_in_its_own_currency(writer: MessageWriter) -> None:
    told = Compensation(discount=Money(amount_minor=12345600, currency="IDR"))
    text = lines(writer, MessageKey.UNAVAILABLE, "id", compensation=told)
    assert any("Rp123.456,00" in line for line in text)
