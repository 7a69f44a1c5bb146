"""The demo as merchants see it: every promise holds, whatever is killed on the way."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from casedesk.demo import DemoReport, run_demo, sections
from casedesk.demo.installation import PARTS, Installation
from casedesk.settings import Settings
from commands.demo_evidence import open_room

SMALL = 48
BESIDE = 31
"""Orders of the incidents and of the late parcels."""
KILLED = ("server", *PARTS)
ROUNDS_OF_KILLS = 2
"""An activity that dies with its worker is missed only after its timeout, in real seconds."""
OTHER_IDS = (
    *("incidents", "incident_lots", "supplier"),
    *("late_pickups", "pickups", "penalties", "appeals", "packets"),
)
"""Figures whose ids are those of incidents, lots, parcels and tickets."""


def _orders(report: DemoReport) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(one.order_ids)) for key, one in report.figures.items()}


def _broken(report: DemoReport) -> list[str]:
    return [f"{one.promise}: {one.detail}" for one in report.promises if not one.kept]


@pytest.fixture(scope="module")
async def quiet(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """The demo on a day when nothing breaks."""
    home = tmp_path_factory.mktemp("quiet")
    return await run_demo(Settings(home=home), lambda _: None, open_room=open_room, size=SMALL)


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
    about_orders = {"record_contact", "record_choice", "approve_refund", "resume_step"}
    about_units = {"set_restock", "receive_lot"}
    about_penalties = {"attach_evidence", "record_filing", "record_decision"}
    assert about_orders | about_units | about_penalties == updates


def test_figures_are_counted_from_orders_that_can_be_looked_up(quiet: DemoReport) -> None:
    for one in quiet.figures.values():
        assert len(set(one.order_ids)) == one.count
    read = quiet.figures["read"]
    assert SMALL + BESIDE == read.count
    for key, one in quiet.figures.items():
        if not key.startswith(OTHER_IDS):
            assert set(one.order_ids) <= set(read.order_ids)


def test_every_order_read_is_served_short_left_out_or_late(quiet: DemoReport) -> None:
    keys = ("served", "short", "skipped", "late_pickup_orders")
    parts = [set(quiet.figures[key].order_ids) for key in keys]
    assert set(quiet.figures["read"].order_ids) == set().union(*parts)
    assert quiet.figures["read"].count == sum(map(len, parts))


def test_two_shortages_are_led_as_incidents_lot_by_lot(quiet: DemoReport) -> None:
    figures = quiet.figures
    assert 2 == figures["incidents"].count
    collected = [figures[f"incident_{how}"].count for how in ("served", "short", "skipped")]
    assert figures["incident_orders"].count == sum(collected)
    assert {"OAK-1", "OAK-2", "CMW-1"} == set(figures["incident_lots"].order_ids)
    assert figures["incident_handed_out"].order_ids == figures["incident_kept"].order_ids
    assert {"USD", "THB"} == set(figures["incident_kept"].amounts)
    assert 1 == figures["supplier_late"].count


def test_three_late_pickups_end_without_a_penalty_and_with_two_that_are_won(
    quiet: DemoReport,
) -> None:
    figures = quiet.figures
    assert 3 == figures["late_pickups"].count
    assert 1 == figures["pickups_collected"].count
    assert set(figures["penalties"].order_ids) == set(figures["appeals_won"].order_ids)
    assert 1 == figures["appeals_second_round"].count
    assert 3 == figures["packets_verified"].count


def test_a_packet_that_was_altered_is_found_out_by_the_file_inside_it(
    quiet: DemoReport, tmp_path: Path
) -> None:
    folder = tmp_path / "packet"
    shutil.copytree(quiet.packets[0].unpacked, folder)
    exhibit = min((folder / "exhibits").iterdir())
    exhibit.write_bytes(exhibit.read_bytes() + b"!")
    checked = subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, check=False
    )
    assert 1 == checked.returncode
    assert exhibit.name in checked.stdout.decode()


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


def test_a_run_leaves_exports_effects_and_packets_behind_and_nothing_else(
    quiet: DemoReport,
) -> None:
    folder = Path(quiet.effects_file).parent
    assert {"US-orders.csv", "TH-orders.xlsx", "effects.json", "packets"} == {
        path.name for path in folder.iterdir()
    }


def test_the_table_tells_every_promise(quiet: DemoReport) -> None:
    told = {one.title: dict(one.rows) for one in sections(quiet)}
    assert all("kept" == told["promises"][one.promise] for one in quiet.promises)


async def test_killing_everything_at_random_changes_no_figure(
    quiet: DemoReport, tmp_path: Path
) -> None:
    chance, killed = random.Random(7), Counter[str]()  # noqa: S311  # nothing secret

    async def kill(running: Installation) -> None:
        for part in [one for _ in range(ROUNDS_OF_KILLS) for one in chance.sample(KILLED, 4)]:
            await asyncio.sleep(chance.uniform(1.5, 5.0))
            os.kill(running.pid(part), signal.SIGKILL)
            killed[part] += 1

    report = await run_demo(
        Settings(home=tmp_path), lambda _: None, open_room=open_room, size=SMALL, meanwhile=kill
    )
    assert [] == _broken(report)
    assert dict.fromkeys(KILLED, ROUNDS_OF_KILLS) == killed
    # Each came back; one that begins while the server is away ends and is started once more.
    assert all(killed[part] <= report.restarts[part] for part in KILLED), report.restarts
    assert _orders(quiet) == _orders(report)
    for key in ("refunds", "incident_kept", "incident_refunded"):
        assert quiet.figures[key].amounts == report.figures[key].amounts
