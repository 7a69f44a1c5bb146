"""Writing: which language, which facts are needed, and what must never leave."""

import time
from pathlib import Path
from typing import Any

import pytest

from activities.messages import MessageWriter
from domain.errors import InputError
from domain.message_lint import UnfitMessageError
from domain.messages import MessageKey, Product
from tests.support.message_facts import PICKUPS, facts, offers

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"


@pytest.fixture(scope="module")
def writer() -> MessageWriter:
    return MessageWriter(FOLDER)


@pytest.mark.parametrize(
    ("wanted", "market_language", "expected"),
    [
        ("th", "en", "th"),
        ("zh-CN", "th", "zh-CN"),
        ("zh_cn", "th", "zh-CN"),
        ("en-GB", "th", "en"),
        ("zh-Hant-TW", "th", "zh-CN"),
        ("id-ID", "en", "id"),
        ("fil", "th", "th"),
        ("fil", "th-TH", "th"),
        ("fil", "tl", "en"),
        ("", "vi", "vi"),
    ],
)
def test_language_falls_back_from_tag_to_base_to_market_to_english(
    writer: MessageWriter, wanted: str, market_language: str, expected: str
) -> None:
    told = facts(MessageKey.ASK).model_copy(update={"language": wanted})
    assert expected == writer.write(told, market_language=market_language).language


def test_a_text_tells_the_versions_it_was_written_from(writer: MessageWriter) -> None:
    written = writer.write(facts(MessageKey.ASK, "th"))
    assert ("th-3/3", False) == (written.template_version, written.reviewed)


def test_the_same_facts_give_the_same_text(writer: MessageWriter) -> None:
    """A retried step compares its text with what stands in the chat."""
    told = facts(MessageKey.ASK)
    assert writer.write(told) == MessageWriter(FOLDER).write(told)


ASKS = (
    *("ask", "ask_further", "reminder", "offers_changed"),
    *("negotiate", "negotiate_again", "recommend_refund"),
)


@pytest.mark.parametrize(
    ("key", "changes", "field"),
    [
        *((key, {"answer_by": None}, "answer_by") for key in ASKS),
        *(
            (key, {"offers": offers("AB")}, "offers")
            for key in (*ASKS, "slipped", "turned_unavailable")
        ),
        *((key, {"offers": offers("BC")}, "offers") for key in ("negotiate", "negotiate_again")),
        ("negotiate_again", {"earlier_offers": offers("ABC")}, "offers"),
        ("turned_unavailable", {"offers": offers("ABC")}, "offers"),
        ("recommend_refund", {"longer_offer_reason": "platform_closes"}, "offers"),
        ("pickup_rebooked", {"pickup_from": None, "pickup_until": None}, "pickup_from"),
        *((key, {"pickup_until": None}, "pickup_until") for key in PICKUPS),
        ("ask", {"offers": offers("ACC")}, "offers"),
        ("ask", {"products": ()}, "products"),
        ("slipped", {"earlier_promised_at": None}, "earlier_promised_at"),
        ("wait_agreed", {"promised_at": None}, "promised_at"),
        ("swap_agreed", {"substitute_name": ""}, "substitute_name"),
        ("swap_agreed", {"answer_by": None}, "answer_by"),
        ("refunded", {"reason": None}, "reason"),
        ("which_order", {"other_order_digits": ()}, "other_order_digits"),
    ],
)
def test_a_message_without_what_it_must_say_is_refused(
    writer: MessageWriter, key: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        writer.write(facts(MessageKey(key), **changes))
    assert field == refused.value.field


@pytest.mark.parametrize(
    ("letter", "change"), [("A", {"promised_at": None}), ("B", {"substitute_name": ""})]
)
def test_no_wait_without_a_date_and_no_swap_without_a_name(
    writer: MessageWriter, letter: str, change: dict[str, Any]
) -> None:
    (empty,) = (one.model_copy(update=change) for one in offers(letter))
    with pytest.raises(InputError, match="only"):
        writer.write(facts(MessageKey.ASK, offers=(empty, *offers("C"))))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"gift": "call 0812345678"}, "phone"),
        ({"gift": "gift for a 5-star review"}, "review"),
        ({"gift": "see www.shop.com"}, "link"),
    ],
)
def test_a_merchants_own_words_are_judged_before_they_leave(
    writer: MessageWriter, changes: dict[str, str], fault: str
) -> None:
    with pytest.raises(UnfitMessageError, match=r"th\.jinja, message wait_agreed") as refused:
        writer.write(facts(MessageKey.WAIT_AGREED, "th", **changes))
    assert [fault] == [found.split(":")[0] for found in refused.value.faults]


def test_a_coupon_that_speaks_of_money_back_is_refused_for_an_unpaid_order(
    writer: MessageWriter,
) -> None:
    told = facts(MessageKey.REFUNDED, coupon_title="Refund bonus", unpaid=True)
    with pytest.raises(UnfitMessageError, match="refund_of_nothing"):
        writer.write(told)


def test_a_product_named_after_a_messenger_or_with_a_link_still_reaches_its_buyer(
    writer: MessageWriter,
) -> None:
    products = (
        Product(name="LINE Friends plush www.shop.com", quantity=1),
        Product(name="Refund shirt {{ 7 * 7 }}", quantity=3),
        Product(name="0812345678", variation="XL", quantity=1),
    )
    text = writer.write(facts(MessageKey.ASK, products=products, unpaid=True)).text
    for line in ("• LINE Friends plush × 1", "• Refund shirt {{ 7 * 7 }} × 3", "• … (XL) × 1"):
        assert line in text


def test_writing_is_fast(writer: MessageWriter) -> None:
    """Well under 2 ms; the bound leaves room for a busy machine."""
    told = facts(MessageKey.ASK)
    best = min(_seconds(writer, told) for _ in range(20))
    assert best < 0.005


def _seconds(writer: MessageWriter, told: Any) -> float:
    start = time.perf_counter()
    writer.write(told)
    return time.perf_counter() - start
