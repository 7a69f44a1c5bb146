"""The parts of the bench beside the table of cases: arithmetic, bounds and what is printed."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import allocation, broadcast, opening, vault
from bench.broadcast import BroadcastFigures, Delays, summary
from bench.opening import OpeningFigures
from bench.parked import QUEUE, parked
from bench.targets import Target, at_least, at_most, target_lines
from bench.vault import VaultFigures
from workflows.opening import oversell_start

OPENED = OpeningFigures(
    cases=1000,
    incident_rate=90.0,
    bare_rate=100.0,
    plain_rate=120.0,
    incident_server_ms=7.0,
    bare_server_ms=6.5,
    plain_server_ms=5.0,
)
CALM = Delays(cases=30, median=0.25, p99=0.31, longest=0.31)
TOLD = BroadcastFigures(
    waiting=1000,
    contacted_s=150.0,
    told_s=80.0,
    told_server_ms=25.0,
    told_worker_ms=30.0,
    calm=CALM,
    meanwhile=Delays(cases=106, median=0.6, p99=2.5, longest=3.0),
)
TAKEN = VaultFigures(
    size_mb=1000,
    sha256_rate=1200.0,
    intake_rate=600.0,
    ratio=0.5,
    memory_mb=17.0,
    entries=100_000,
    library_seconds=3.0,
    verifier_seconds=1.5,
)


def test_a_bound_from_above_and_one_from_below_are_told_apart() -> None:
    kept = [at_most("a", 1.3, 1.3), at_most("b", 1.3, 1.31), at_least("c", 0.8, 0.8)]
    missed = at_least("d", 0.8, 0.79)

    assert [True, False, True, False] == [one.met for one in (*kept, missed)]
    assert [
        "targets",
        "  met     a: 1.30 (at most 1.30)",
        "  MISSED  b: 1.31 (at most 1.30)",
        "  met     c: 0.80 (at least 0.80)",
        "  MISSED  d: 0.79 (at least 0.80)",
    ] == target_lines([*kept, missed])


def test_each_part_is_judged_by_its_own_figure() -> None:
    def one(targets: tuple[Target, ...]) -> tuple[float, bool]:
        (target,) = targets
        return target.measured, target.met

    found = {"three SKUs": 0.4, "one": 0.7, "reading (not part of it)": 9.0}
    assert (0.9, True) == one(opening.targets(OPENED))
    assert (2.5, False) == one(broadcast.targets(TOLD))
    assert (0.5, False) == one(vault.targets(TAKEN))
    assert (0.7, True) == one(allocation.targets(found))


@pytest.mark.parametrize(
    "text",
    [opening.table(OPENED), broadcast.table(TOLD), vault.table(TAKEN), allocation.table({"x": 1})],
    ids=["opening", "broadcast", "evidence", "allocation"],
)
def test_every_table_fits_a_terminal(text: str) -> None:
    lines = [line for line in text.splitlines() if line]
    assert 2 <= len(lines)
    assert max(len(line) for line in lines) <= 80


def test_delays_are_summed_up_by_rank() -> None:
    """Of a hundred the 99th percentile is the last but one; of few it is the longest."""
    hundred = summary([float(number) for number in range(100, 0, -1)])
    assert (100, 51.0, 99.0, 100.0) == (
        hundred.cases,
        hundred.median,
        hundred.p99,
        hundred.longest,
    )
    assert (2.0, 2.0) == (summary([2.0, 1.0]).p99, summary([2.0, 1.0]).longest)


def test_a_parked_case_is_the_same_opening_in_a_queue_that_nobody_asks() -> None:
    start = oversell_start(shop_id="1", order_id="2")
    shelf = parked(start)

    assert QUEUE == shelf.task_queue
    assert dict(start) == dict(shelf)
    assert start.search_attributes == shelf.search_attributes


def _part(folder: Path, given: Namespace) -> bench.Part:
    assert folder.is_dir()
    return bench.Part({"figure": 1}, "a figure", (at_most("a", 1.0, given.waiting),))


def test_one_part_alone_is_printed_with_its_targets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bench.PARTS, "broadcast", _part)
    monkeypatch.setattr("sys.argv", ["bench", "--only", "broadcast", "--waiting", "2"])

    assert 0 == bench.main()
    assert "a figure" in (said := capsys.readouterr().out)
    assert "  MISSED  a: 2.00 (at most 1.00)" in said


def test_all_parts_are_one_document_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in bench.PARTS:
        monkeypatch.setitem(bench.PARTS, name, _part)
    monkeypatch.setattr("sys.argv", ["bench", "--json", "--waiting", "1"])

    assert 0 == bench.main()
    document = json.loads(capsys.readouterr().out)
    names = {"cases", "evidence", "allocation", "opening", "broadcast"}
    assert names | {"targets"} == set(document)
    assert [True] * 5 == [target["met"] for target in document["targets"]]


def test_a_part_that_comes_to_no_end_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stuck(_folder: Path, _given: Namespace) -> bench.Part:
        raise TimeoutError("opening: started 3 of 9, then nothing more")

    monkeypatch.setitem(bench.PARTS, "opening", stuck)
    monkeypatch.setattr("sys.argv", ["bench", "--only", "opening"])

    assert 1 == bench.main()
    assert "bench: opening: started 3 of 9, then nothing more" in capsys.readouterr().err
