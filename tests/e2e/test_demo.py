"""The demo as merchants see it: every promise holds, whatever is killed on the way."""

import asyncio
import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from casedesk.demo import DemoReport, run_demo, table_rows
from casedesk.demo.installation import Installation
from casedesk.settings import Settings

SMALL = 48
_MOST_KILLS = 4
"""An activity that dies with its worker is missed only after its timeout, in real seconds."""


def _orders(report: DemoReport) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(one.order_ids)) for key, one in report.figures.items()}


def _broken(report: DemoReport) -> list[str]:
    return [f"{one.promise}: {one.detail}" for one in report.promises if not one.kept]


@pytest.fixture(scope="module")
async def quiet(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """The demo on a day when nothing breaks."""
    home = tmp_path_factory.mktemp("quiet")
    return await run_demo(Settings(home=home), lambda _: None, size=SMALL)


def test_every_promise_is_kept(quiet: DemoReport) -> None:
    assert [] == _broken(quiet)
    assert quiet.kept


def test_the_buyers_of_the_stream_do_everything_that_buyers_do(quiet: DemoReport) -> None:
    outcomes = {key for key in quiet.figures if key.startswith("outcome_")}
    for wanted in ("shipped_after_wait", "swapped", "refunded_by_choice", "refunded_no_reply"):
        assert f"outcome_{wanted}" in outcomes
    assert "outcome_refunded_restock_failed" in outcomes
    assert {"USD", "THB"} == set(quiet.figures["refunds"].amounts)
    for figure in ("coupons", "gifts", "needed_person", "unpaid_cancelled"):
        assert quiet.figures[figure].count > 0


def test_people_answered_each_kind_of_task(quiet: DemoReport) -> None:
    updates = {one.answer.split()[0] for one in quiet.people}
    assert {"record_contact", "record_choice", "approve_refund", "resume_step"} == updates


def test_figures_are_counted_from_orders_that_can_be_looked_up(quiet: DemoReport) -> None:
    for one in quiet.figures.values():
        assert len(set(one.order_ids)) == one.count
    read = quiet.figures["read"]
    assert SMALL == read.count
    for one in quiet.figures.values():
        assert set(one.order_ids) <= set(read.order_ids)


def test_duplicates_are_none_in_the_file_of_effects_itself(quiet: DemoReport) -> None:
    """Counted here anew, with nothing of the report but the file's name."""
    effects = json.loads(Path(quiet.effects_file).read_text())
    texts = Counter(
        (order, one["text"])
        for one in effects["messages"]
        if one["kind"] == "TEXT"
        for order in one["order_ids"]
    )
    cancelled = Counter(row["order_id"] for row in effects["cancellations"])
    short = quiet.figures["short"].order_ids
    assert len(short) <= len({order for order, _ in texts}) + len(short) // 2
    assert 1 == max(texts.values())
    assert 1 == max(cancelled[order] for order in short)


def test_a_run_leaves_exports_and_effects_behind_and_nothing_else(
    quiet: DemoReport,
) -> None:
    folder = Path(quiet.effects_file).parent
    assert {"US-orders.csv", "TH-orders.xlsx", "effects.json"} == {
        path.name for path in folder.iterdir()
    }


def test_the_table_tells_every_promise(quiet: DemoReport) -> None:
    told = dict(table_rows(quiet))
    assert all("kept" == told[one.promise] for one in quiet.promises)


@pytest.mark.parametrize(
    ("parts", "every_seconds"),
    [(("worker",), 9.0), (("server", "sandbox", "receiver"), 5.0)],
    ids=["worker", "everything else"],
)
async def test_killing_parts_in_the_middle_changes_no_figure(
    quiet: DemoReport, tmp_path: Path, parts: tuple[str, ...], every_seconds: float
) -> None:
    killed: list[str] = []

    async def kill(running: Installation) -> None:
        for number in range(_MOST_KILLS):
            await asyncio.sleep(every_seconds)
            part = parts[number % len(parts)]
            os.kill(running.pid(part), signal.SIGKILL)
            killed.append(part)

    report = await run_demo(Settings(home=tmp_path), lambda _: None, size=SMALL, meanwhile=kill)
    assert [] == _broken(report)
    assert set(parts) == set(killed)
    assert len(killed) == sum(report.restarts.values())
    assert _orders(quiet) == _orders(report)
    amounts = quiet.figures["refunds"].amounts
    assert amounts == report.figures["refunds"].amounts
