"""The screens' words: complete in Chinese, chosen by the reader, and distances in both."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from console.api import Update
from console.decisions import Entry
from console.look import at, distance, urgency
from console.reader import Reader
from console.words import Tongue, Words, tongue_of
from domain.cases import (
    CaseKind,
    CaseOutcome,
    CaseState,
    ContactMode,
    CouponStatus,
    RefundStatus,
)
from domain.choices import Choice
from domain.deadlines import DeadlineName
from domain.timeline import EventKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETS: tuple[type[StrEnum], ...] = (
    CaseKind,
    CaseState,
    CaseOutcome,
    ContactMode,
    CouponStatus,
    RefundStatus,
    Choice,
    EventKey,
    Entry,
    DeadlineName,
)


@pytest.mark.parametrize("words", [one for kind in SETS for one in kind])
def test_every_word_of_a_case_is_said_in_chinese(words: StrEnum) -> None:
    assert not Words(Tongue.CHINESE).term(words.value).isascii() or words is Entry.SKU


@pytest.mark.parametrize(
    "option", [Update.TAKE, Update.NOTE, Update.WITHDRAW, "retry", "approved"]
)
def test_every_button_is_said_in_chinese(option: str) -> None:
    assert not Words(Tongue.CHINESE).term(option).isascii()


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        ("awaiting_choice", "Awaiting choice"),
        ("buyer.chose", "Buyer chose"),
        ("refund", "C Refund"),
        ("something_new", "Something new"),
    ],
)
def test_english_shows_the_wires_own_words(wire: str, shown: str) -> None:
    assert shown == Words(Tongue.ENGLISH).term(wire)


def test_labels_without_a_translation_stay_english() -> None:
    assert "Brand new" == Words(Tongue.CHINESE).say("Brand new")
    assert "处理中" == Words(Tongue.CHINESE).say("Open")
    assert "Open" == Words(Tongue.ENGLISH).say("Open")


@pytest.mark.parametrize(
    ("step", "hinted"), [("choice", True), ("ask:2", True), ("signal:x", True), ("odd", False)]
)
def test_tasks_are_explained_in_chinese_beside_their_english(step: str, *, hinted: bool) -> None:
    assert hinted == bool(Words(Tongue.CHINESE).hint(step))
    assert "" == Words(Tongue.ENGLISH).hint(step)


@pytest.mark.parametrize(
    ("asked", "remembered", "browser", "expected"),
    [
        ("zh", "en", "en", Tongue.CHINESE),
        (None, "zh", "en-GB", Tongue.CHINESE),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", Tongue.CHINESE),
        (None, None, "fr-FR, en;q=0.5, zh;q=0.4", Tongue.ENGLISH),
        ("xx", None, None, Tongue.ENGLISH),
        (None, None, "", Tongue.ENGLISH),
    ],
)
def test_the_reader_chooses_the_language(
    asked: str | None, remembered: str | None, browser: str | None, expected: Tongue
) -> None:
    assert expected is tongue_of(asked, remembered, browser)


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (timedelta(days=2, hours=3, minutes=9), "in 2 d 3 h", "还有 2 天 3 小时"),
        (timedelta(hours=3, minutes=9), "in 3 h 9 min", "还有 3 小时 9 分钟"),
        (timedelta(minutes=5), "in 5 min", "还有 5 分钟"),
        (timedelta(seconds=20), "now", "现在"),
        (-timedelta(hours=2), "2 h ago", "2 小时 前"),
    ],
)
def test_distances_are_told_in_two_units(ahead: timedelta, english: str, chinese: str) -> None:
    for tongue, expected in ((Tongue.ENGLISH, english), (Tongue.CHINESE, chinese)):
        assert expected == distance(Reader(Words(tongue), "amy"), NOW + ahead, NOW)


def test_no_instant_is_a_dash() -> None:
    reader = Reader(Words(Tongue.ENGLISH), "amy")
    assert ("–", "–", "–") == (at(None), distance(reader, None, NOW), reader.term(None))


@pytest.mark.parametrize(
    ("ahead", "colour"),
    [
        (-timedelta(minutes=1), "negative"),
        (timedelta(0), "negative"),
        (timedelta(hours=4), "orange-9"),
        (timedelta(hours=4, minutes=1), "grey-8"),
    ],
)
def test_near_deadlines_stand_out(ahead: timedelta, colour: str) -> None:
    assert colour == urgency(NOW + ahead, NOW)
    assert "grey-7" == urgency(None, NOW)
