"""The report counts each order once and shows a broken promise as broken."""

import json

import pytest

from casedesk.demo.report import (
    DemoReport,
    Figure,
    HumanAnswer,
    PacketCheck,
    Promise,
    closing_words,
    figure,
    none_of,
    sections,
)

PACKET = PacketCheck(
    ticket_id="T-1",
    round=1,
    path="packets/T-1-round-1.zip",
    unpacked="packets/T-1-round-1",
    verified=True,
)


def _report(*, kept: bool = True) -> DemoReport:
    money = figure("refunds", ["1", "2"], amounts={"THB": "590.00", "USD": "49.90"})
    called = HumanAnswer(order_id="1", task="ask:1", actor="agent:nan", answer="record_contact")
    return DemoReport(
        figures={
            "read": figure("orders read", ["1", "2", "3"]),
            "refunds": money,
            "incidents": figure("incidents", ["incident:1"]),
            "packets": figure("packets filed", []),
            "duplicate_texts": figure("texts sent twice", []),
        },
        people=(called, called),
        promises=(Promise(promise="no text is sent twice", kept=kept, detail="1"),),
        effects_file="effects.json",
        packets=(PACKET,),
        seconds=12.34,
    )


def _rows(*, kept: bool = True) -> dict[str, dict[str, str]]:
    return {one.title: dict(one.rows) for one in sections(_report(kept=kept))}


def test_a_figure_counts_each_order_once_in_their_order() -> None:
    expected = Figure(name="short", count=2, order_ids=("2", "1"))
    assert expected == figure("short", ["2", "1", "2"])


@pytest.mark.parametrize("kept", [True, False])
def test_a_report_is_kept_only_if_every_promise_is(*, kept: bool) -> None:
    assert kept == _report(kept=kept).kept
    assert kept == _report(kept=kept).answer()["kept"]


def test_the_answer_is_json_with_the_orders_of_every_figure() -> None:
    told = json.loads(json.dumps(_report().answer()))
    assert ["1", "2", "3"] == told["figures"]["read"]["order_ids"]
    assert "effects.json" == told["effects_file"]


def test_every_figure_stands_in_one_section_with_its_count_and_money() -> None:
    rows = _rows()
    assert {"orders read": "3", "refunds": "2 (590.00 THB, 49.90 USD)"} == rows["orders"]
    assert {"incidents": "1"} == rows["shortages led as incidents"]
    assert {"packets filed": "0"} == rows["late pickups"]
    assert {"texts sent twice": "0"} == rows["effects in the shops"]


def test_what_people_did_is_counted_by_task_whatever_it_was_about() -> None:
    assert {"ask: record_contact": "2"} == _rows()["what people did"]


def test_a_broken_promise_says_what_broke_it() -> None:
    assert "kept" == _rows()["promises"]["no text is sent twice"]
    assert "BROKEN: 1" == _rows(kept=False)["promises"]["no text is sent twice"]


def test_paths_stand_on_lines_of_their_own() -> None:
    words = closing_words(_report())
    assert ["  effects.json", "  packets/T-1-round-1.zip"] == words[1:3]
    assert "12.3 seconds" in words[-1]


def test_a_promise_is_broken_by_whatever_is_named() -> None:
    assert none_of("no text is sent twice", []).kept
    broken = none_of("no text is sent twice", ["1", "2"])
    assert not broken.kept
    assert "1, 2" == broken.detail
