"""The bench's arithmetic: means, ratios and targets from runs that were made up."""

import os

import pytest

from bench import machine
from bench.report import report, table
from bench.runs import Figures
from bench.stage import numbered_orders

CALLS = {"GET /order/…": 2.0, "POST /messages": 1.0}


def _run(side: str, cases: int, **figures: object) -> Figures:
    usual = {
        "contacted_s": cases / 10,
        "settled_s": cases / 20,
        "events": 40.0,
        "activities": 6.0,
        "calls": 3.0,
        "calls_of_each": CALLS,
        "server_ms": 60.0,
        "worker_ms": 50.0,
        "waiting_mb": 150.0,
        "peak_mb": 160.0,
    }
    return Figures.model_validate({"side": side, "cases": cases, **usual, **figures})


def test_the_ratio_compares_times_not_speeds() -> None:
    """Twice the time is a ratio of two, and misses its target."""
    done = report([_run("wenhuo", 1000, contacted_s=200.0), _run("bare", 1000)])

    (ratio,) = done.ratios
    assert 2.0 == pytest.approx(ratio.time_to_contacted)
    assert 1.0 == pytest.approx(ratio.time_to_settled)
    assert [False, True] == [target.met for target in done.targets]


def test_events_over_the_bound_miss_their_target() -> None:
    """One and a half times the bare workflow's events is the most."""
    done = report([_run("wenhuo", 1000, events=61.0), _run("bare", 1000)])

    assert [1.525] == [target.measured for target in done.targets if not target.met]


def test_several_runs_of_a_size_count_by_their_mean_and_memory_by_its_peak() -> None:
    """Runs alternate so that a growing database favours nobody."""
    done = report(
        [
            _run("wenhuo", 100, contacted_s=10.0, peak_mb=200.0),
            _run("bare", 100),
            _run("bare", 100),
            _run("wenhuo", 100, contacted_s=30.0, peak_mb=150.0),
        ]
    )

    ours = next(row for row in done.rows if row.side == "wenhuo")
    assert 2 == ours.runs
    assert 5.0 == pytest.approx(ours.contacted_per_second)
    assert 200.0 == ours.peak_mb


def test_growth_is_judged_once_both_sizes_were_run() -> None:
    """Cost per case at 3,000 beside that at 100."""
    slower = _run("wenhuo", 3000, contacted_s=600.0)
    done = report([_run("wenhuo", 100), _run("bare", 100), slower, _run("bare", 3000)])

    growth = done.targets[-1]
    assert "time per case, 3,000 : 100" == growth.what
    assert (600 + 150) / 3000 / 0.15 == pytest.approx(growth.measured)
    assert not growth.met


@pytest.mark.parametrize(
    "other", [{"calls_of_each": {"GET /order/…": 1.0}}, {"activities": 5.0}], ids=str
)
def test_sides_that_did_not_do_the_same_work_are_named(other: dict[str, object]) -> None:
    """A yardstick that does less makes the product look dear."""
    done = report([_run("wenhuo", 100), _run("bare", 100, **other)])

    assert not done.ratios[0].same_work
    assert "did not make the same calls" in table(done)


def test_the_table_fits_a_terminal() -> None:
    """Eighty columns, at every size."""
    runs = [_run(side, cases) for cases in (100, 10000) for side in ("wenhuo", "bare")]

    assert max(len(line) for line in table(report(runs)).splitlines()) <= 80


def test_orders_of_different_runs_never_share_an_id() -> None:
    """All runs use one server, where a case is open or closed under its order's id."""
    orders = [order["id"] for run in (1, 2) for order in numbered_orders(run, 3)]

    assert 6 == len(set(orders))


def test_the_kernel_tells_time_and_memory_of_a_process() -> None:
    """Read from /proc, as of the very process that runs this test."""
    pid = os.getpid()

    assert machine.cpu_seconds(pid) > 0
    assert 1 < machine.memory_mb(pid) <= machine.peak_memory_mb(pid)
