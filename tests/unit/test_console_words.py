"""The screens' words: complete in Chinese, chosen by the reader, and distances in both."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from console.cases import Update
from console.decisions import Entry
from console.look import at, distance, urgency
from console.reader import Reader
from console.words import Tongue, Words, tongue_of
from domain import deadlines
from domain.appeal_moves import APPEAL
from domain.appeals import appeal_deadlines
from domain.case_parts import ProofState
from domain.cases import (
    CaseKind,
    CaseOutcome,
    CaseState,
    ContactMode,
    CouponStatus,
    RefundStatus,
)
from domain.choices import Choice
from domain.deadlines import Deadline, DeadlineName
from domain.handout import Standing
from domain.incident_moves import INCIDENT
from domain.incidents import ChangedThing, ChangeState, IncidentCounts, RestockState
from domain.moves import Row
from domain.orders import OrderClocks
from domain.pickup_moves import PICKUP
from domain.pickups import PackageStage, help_center_by, watch_until
from domain.playbook import FilingChannel, Playbook
from domain.requirements import RequirementKind, Scenario, Violation
from domain.shortage_moves import SHORTAGE
from domain.stockout import Course
from domain.timeline import EventKey
from domain.waiting_line import AllocationPolicy
from tests.support.deadline_cases import (
    a_calendar,
    a_profile,
    an_order,
    due_at,
    shipped_profile,
)

_NAMED_OTHERWISE = {
    Update.RECORD_CHOICE,
    Update.SET_RESTOCK,
    Update.APPROVE_REFUND,
    Update.RESUME_STEP,
    Update.OVERRIDE_OUTCOME,
    Update.MOVE_ORDER,
}
"""Updates whose buttons are named by what they say, such as the choice."""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETS: dict[type[StrEnum], str] = {
    CaseKind: "",
    CaseState: "",
    CaseOutcome: "",
    ContactMode: "",
    CouponStatus: "",
    RefundStatus: "",
    Choice: "",
    EventKey: "",
    Entry: "",
    DeadlineName: "",
    RequirementKind: "",
    ProofState: "proof",
    Scenario: "scenario",
    Violation: "violation",
    PackageStage: "",
    Standing: "standing",
    ChangedThing: "thing",
    ChangeState: "change",
    RestockState: "restock",
    AllocationPolicy: "policy",
    Course: "course",
    FilingChannel: "channel",
}
"""Every closed set that a page shows, and the name under which its words are looked up."""
TABLES = (SHORTAGE, PICKUP, INCIDENT, APPEAL)
ROWS = [row for table in TABLES for row in table.rows]


@pytest.mark.parametrize(("words", "of"), [(one, of) for kind, of in SETS.items() for one in kind])
def test_every_word_of_a_case_is_said_in_chinese(words: StrEnum, of: str) -> None:
    assert not Words(Tongue.CHINESE).term(words.value, of).isascii() or words is Entry.SKU


@pytest.mark.parametrize("name", IncidentCounts.model_fields)
def test_every_figure_of_an_incident_is_said_in_chinese(name: str) -> None:
    assert not Words(Tongue.CHINESE).term(name, "count").isascii()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.state}-{row.move}")
def test_every_move_is_told_in_chinese_with_its_reason(row: Row) -> None:
    """Rule: states and reasons are closed sets, so a reader of Chinese reads no English there."""
    chinese = Words(Tongue.CHINESE)
    told = chinese.rule(f"{row.state} -> {row.to}: {row.why}")
    assert (chinese.term(row.state), chinese.term(row.to)) == tuple(
        told.partition("：")[0].split(" → ")
    )
    assert not re.search("[a-z]", told)
    assert not chinese.rule(row.move).isascii()


@pytest.mark.parametrize(
    ("rule", "chinese"),
    [
        ("shipping_due_time as the order shows it", "订单显示的 shipping_due_time"),
        (
            "detection + 12h: the earlier of 24h and 25% of the 2d left to collection_due",
            "发现后 12小时：24小时 与距“平台揽收截止”剩余 2天 的 25%，取早者",
        ),
        (
            "promise_by less a margin of 3h30m (the smaller of 4h and an eighth of the time left)",
            "“可承诺的最晚时间”提前 3小时30分钟（4 小时与剩余时间的八分之一，取小者）",
        ),
        (
            "3 working days from payment (TH rule), as the order shows no shipping_due_time",
            "付款后 3 个工作日（TH 规则；订单未显示 shipping_due_time）",
        ),
        ("contact + 1d, not after promise_by", "联系买家后 1天，不晚于“可承诺的最晚时间”"),
        ("promise_by, which comes before notice + 1d", "“可承诺的最晚时间”，早于通知买家后 1天"),
        ("detection + 6h: half-way to contact_by", "发现后 6小时：距联系期限的一半"),
        ("ready + 1d (US rule)", "包裹备妥后 1天（US 规则）"),
        (
            "the rejection + 15d (US rule, single source)",
            "驳回后 15天（US 规则，单一来源）",
        ),
        (
            "window_ends less 2d (the smaller of 2d and a quarter of the time left)",
            "“申诉窗口截止”提前 2天（2天 与剩余时间的四分之一，取小者）",
        ),
        ("choice_by 2026-11-25 10:00Z", "买家选择：2026-11-25 10:00"),
        ("oversold -> unavailable", "超售 → 缺货"),
        ("something that nobody wrote before", "something that nobody wrote before"),
    ],
)
def test_rules_that_are_built_from_parts_are_said_in_chinese(rule: str, chinese: str) -> None:
    """Rule: what no pattern fits stays as it was written, never half translated."""
    assert chinese == Words(Tongue.CHINESE).rule(rule)
    assert rule == Words(Tongue.ENGLISH).rule(rule)


def _real_deadlines() -> Iterator[Deadline | None]:
    """Yield a deadline by every rule there is, computed as cases do."""
    profile, calendar = shipped_profile("US"), a_calendar()
    market: dict[str, Any] = {
        "profile": profile,
        "working_days": calendar,
        "strictest": a_profile(),
    }
    clocks = OrderClocks(shipping_due_at=NOW, collection_due_at=NOW)
    for order in (an_order(), an_order(paid_at=None), an_order(clocks=clocks)):
        yield deadlines.platform_due(order, **market)
        yield deadlines.collection_due([order], **market)
    playbook = Playbook(name="p", version="v")
    for due in (due_at(NOW + timedelta(hours=9)), due_at(NOW + timedelta(days=9))):
        last = deadlines.promise_by(due, detected_at=NOW)
        contact = deadlines.contact_by(detected_at=NOW, due=due, playbook=playbook)
        yield from (last, contact)
        yield deadlines.supplier_by(detected_at=NOW, contact_by=contact)
        yield deadlines.choice_by(contacted_at=NOW, promise_by=last, playbook=playbook)
        yield deadlines.consent_by(noticed_at=NOW, promise_by=last, playbook=playbook)
    for ready, known in ((NOW, profile), (None, profile), (None, a_profile())):
        yield help_center_by(detected_at=NOW, ready_at=ready, profile=known, playbook=playbook)
    yield watch_until(collected_at=NOW, playbook=playbook)
    for number, shown in ((1, None), (2, None), (1, NOW + timedelta(days=9))):
        window = appeal_deadlines(
            number,
            begins_at=NOW,
            opened_at=NOW,
            profile=profile,
            rules=playbook.appeal,
            shown_end=shown,
        )
        yield from (window.window_ends, window.internal_deadline, window.last_safe_moment)


def test_every_rule_of_a_deadline_is_said_in_chinese() -> None:
    rules = [deadline.rule for deadline in _real_deadlines() if deadline]
    assert len(rules) > 25
    assert [] == [rule for rule in rules if Words(Tongue.CHINESE).rule(rule) == rule]


def test_people_keep_their_names_and_the_system_has_one() -> None:
    chinese = Words(Tongue.CHINESE)
    assert ("系统", "买家", "mei_li") == tuple(
        chinese.actor(name) for name in ("case", "buyer", "mei_li")
    )
    assert "case" == Words(Tongue.ENGLISH).actor("case")


@pytest.mark.parametrize(
    "option",
    [
        *(update for update in Update if update not in _NAMED_OTHERWISE),
        *("retry", "done", "abandon", "approved", "declined", "accepted", "rejected"),
        *("give_units", "take_units", "restock_date", "never_comes"),
    ],
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
    ("step", "hinted"),
    [("choice", True), ("ask:2", True), ("evidence:x", True), ("file", True), ("odd", False)],
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
