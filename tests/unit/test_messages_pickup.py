"""A parcel that the carrier did not collect: told in every language, and nothing asked."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.messages import MessageWriter
from domain.message_lint import faults
from domain.messages import MessageKey
from tests.support.message_facts import MARKETS, PICKUPS, SLOT, facts, situations

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"
SLOT_IN_WORDS = {
    "en": "Monday, November 23, 6:00 PM to 9:00 PM Pacific Standard Time",
    "zh-CN": "11月23日星期一 18:00 至 21:00，北美太平洋标准时间",
    "th": "วันอังคารที่ 24 พฤศจิกายน เวลา 09:00 ถึง 12:00 น.",
    "vi": "09:00 đến 12:00 Thứ Ba, 24/11",
    "id": "Selasa, 24 November, pukul 09.00 sampai 12.00 Waktu Indonesia Barat",
    "ms": "Selasa, 24 November, 10:00 PG hingga 1:00 PTG",
}
OVERNIGHT = {
    "en": "Monday, November 23, 6:00 PM to Tuesday, November 24, 6:00 PM Pacific Standard Time",
    "zh-CN": "11月23日星期一 18:00 至 11月24日星期二 18:00，北美太平洋标准时间",
    "th": "วันอังคารที่ 24 พฤศจิกายน เวลา 09:00 ถึง วันพุธที่ 25 พฤศจิกายน เวลา 09:00 น.",
    "vi": "09:00 Thứ Ba, 24/11 đến 09:00 Thứ Tư, 25/11",
    "id": "Selasa, 24 November, pukul 09.00 sampai Rabu, 25 November, pukul 09.00",
    "ms": "Selasa, 24 November, 10:00 PG hingga Rabu, 25 November, 10:00 PG",
}
NOTHING_TO_DO = {
    "en": "You do not need to do anything",
    "zh-CN": "您无需任何操作",
    "th": "คุณลูกค้าไม่จำเป็นต้องทำอะไร",
    "vi": "Bạn không cần làm gì",
    "id": "Kakak tidak perlu melakukan apa-apa",
    "ms": "Anda tidak perlu melakukan apa-apa",
}
PACKED = {
    "en": "packed and ready",
    "zh-CN": "已打包完毕",
    "th": "แพ็กเสร็จพร้อมส่งแล้ว",
    "vi": "đã đóng gói xong",
    "id": "sudah dikemas dan siap",
    "ms": "telah siap dibungkus",
}
OF_THE_ORDER = re.compile(r"482913|771204|× 2|6 (?:digit|số)")


@pytest.fixture(scope="module")
def writer() -> MessageWriter:
    return MessageWriter(FOLDER)


def text(writer: MessageWriter, key: MessageKey, tag: str, **changes: Any) -> str:
    return writer.write(facts(key, tag, **changes)).text


@pytest.mark.parametrize("tag", MARKETS)
@pytest.mark.parametrize("key", PICKUPS)
def test_no_pickup_message_offers_a_choice_or_money(
    writer: MessageWriter, key: MessageKey, tag: str
) -> None:
    """The words of a refund are refused as if nothing were paid, whatever was."""
    for one in situations(key, tag):
        told = writer.write(one).text
        assert [] == faults(told, unpaid=True)
        assert not re.search(r"^[ABC] – ", told, re.MULTILINE)


@pytest.mark.parametrize("tag", MARKETS)
def test_a_missed_pickup_tells_the_slot_and_that_nothing_is_needed(
    writer: MessageWriter, tag: str
) -> None:
    told = text(writer, MessageKey.PICKUP_DELAYED, tag)
    for part in (SLOT_IN_WORDS[tag], NOTHING_TO_DO[tag], PACKED[tag]):
        assert part in told


@pytest.mark.parametrize("tag", MARKETS)
def test_no_date_is_told_that_the_shop_does_not_know(writer: MessageWriter, tag: str) -> None:
    """But for the order's own digits, the text has no figure besides the slot."""
    unknown = text(writer, MessageKey.PICKUP_DELAYED, tag, pickup_from=None, pickup_until=None)
    known = text(writer, MessageKey.PICKUP_DELAYED, tag).replace(SLOT_IN_WORDS[tag], "")
    for told in (unknown, known, text(writer, MessageKey.PICKUP_COLLECTED, tag)):
        assert not re.search(r"\d", OF_THE_ORDER.sub("", told)), told


@pytest.mark.parametrize("tag", MARKETS)
def test_a_new_slot_may_end_on_another_day(writer: MessageWriter, tag: str) -> None:
    assert SLOT_IN_WORDS[tag] in text(writer, MessageKey.PICKUP_REBOOKED, tag)
    overnight = SLOT[0] + timedelta(days=1)
    told = text(writer, MessageKey.PICKUP_REBOOKED, tag, pickup_until=overnight)
    assert OVERNIGHT[tag] in told
    assert NOTHING_TO_DO[tag] in told


@pytest.mark.parametrize("tag", MARKETS)
def test_a_combined_parcel_names_all_its_orders_and_a_single_one_only_its_own(
    writer: MessageWriter, tag: str
) -> None:
    for key in PICKUPS:
        assert "482913, 771204" in text(writer, key, tag)
        alone = text(writer, key, tag, other_order_digits=("482913",))
        assert "482913" in alone
        assert "771204" not in alone


def test_other_messages_never_speak_of_a_combined_parcel(writer: MessageWriter) -> None:
    told = text(writer, MessageKey.ASK, "en", other_order_digits=("482913", "771204"))
    assert "parcel:" not in told
    assert "771204" not in told


def test_a_slot_follows_the_summer_time_of_its_zone(writer: MessageWriter) -> None:
    summer = [moment - timedelta(days=130) for moment in SLOT]
    told = text(
        writer, MessageKey.PICKUP_DELAYED, "en", pickup_from=summer[0], pickup_until=summer[1]
    )
    assert "7:00 PM to 10:00 PM Pacific Daylight Time" in told
