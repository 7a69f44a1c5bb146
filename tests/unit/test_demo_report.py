"""The report counts each order once and shows a broken promise as broken."""

import json

import pytest

from casedesk.demo.report import DemoReport, Figure, HumanAnswer, Promise, figure, table_rows


def _report(*, kept: bool = True) -> DemoReport:
    money = figure("refunds", ["1", "2"], amounts={"THB": "590.00", "USD": "49.90"})
    called = HumanAnswer(order_id="1", task="ask:1", actor="agent:nan", answer="record_contact")
    return DemoReport(
        figures={"read": figure("orders read", ["1", "2", "3"]), "refunds": money},
        people=(called, called),
        promises=(Promise(promise="no text is sent twice", kept=kept, detail="1"),),
        effects_file="effects.json",
        seconds=12.34,
    )


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


def test_rows_show_counts_money_people_and_promises() -> None:
    rows = dict(table_rows(_report()))
    assert "3" == rows["orders read"]
    assert "2 (590.00 THB, 49.90 USD)" == rows["refunds"]
    assert "2" == rows["a person: ask:1: record_contact"]
    assert "kept" == rows["no text is sent twice"]
    assert "12.3" == rows["seconds"]


def test_a_broken_promise_says_what_broke_it() -> None:
    assert ("no text is sent twice", "BROKEN: 1") in table_rows(_report(kept=False))
