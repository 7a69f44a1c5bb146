"""The figures as people read them, in eighty columns, and as one JSON document."""

from collections.abc import Iterable
from statistics import mean

from pydantic import BaseModel, ConfigDict

from bench.runs import Figures
from bench.targets import Target, at_most

CONTACT_TARGET = 1.3
EVENTS_TARGET = 1.5
GROWTH_TARGET = 1.15
GROWTH_SIZE = 3000
SMALL_SIZE = 100


class Row(BaseModel):
    """The mean of one side's runs with so many cases."""

    model_config = ConfigDict(frozen=True)

    side: str
    cases: int
    runs: int
    contacted_per_second: float
    settled_per_second: float
    seconds_per_case: float
    events: float
    activities: float
    calls: float
    server_ms: float
    worker_ms: float
    waiting_mb: float
    peak_mb: float


class Ratio(BaseModel):
    """The product beside the bare workflow with as many cases; below 1 is cheaper."""

    model_config = ConfigDict(frozen=True)

    cases: int
    time_to_contacted: float
    time_to_settled: float
    events: float
    server_cpu: float
    worker_cpu: float
    same_work: bool
    """Whether both made the same calls and as many ordinary activities."""


class Report(BaseModel):
    """Everything that was measured."""

    model_config = ConfigDict(frozen=True)

    rows: tuple[Row, ...]
    ratios: tuple[Ratio, ...]
    targets: tuple[Target, ...]
    runs: tuple[Figures, ...]


def report(runs: Iterable[Figures]) -> Report:
    """Return means, ratios and targets of all runs."""
    done = tuple(runs)
    sizes = sorted({run.cases for run in done})
    rows = tuple(
        _row([run for run in done if (run.cases, run.side) == (cases, side)])
        for cases in sizes
        for side in dict.fromkeys(run.side for run in done)
    )
    ratios = tuple(_ratio(cases, rows, done) for cases in sizes)
    return Report(rows=rows, ratios=ratios, targets=_targets(ratios, rows), runs=done)


def _row(runs: list[Figures]) -> Row:
    def average(name: str) -> float:
        return float(mean(getattr(run, name) for run in runs))

    return Row(
        side=runs[0].side,
        cases=runs[0].cases,
        runs=len(runs),
        contacted_per_second=runs[0].cases / average("contacted_s"),
        settled_per_second=runs[0].cases / average("settled_s"),
        seconds_per_case=(average("contacted_s") + average("settled_s")) / runs[0].cases,
        **{
            name: average(name)
            for name in ("events", "activities", "calls", "server_ms", "worker_ms", "waiting_mb")
        },
        peak_mb=max(run.peak_mb for run in runs),
    )


def _pair(cases: int, rows: Iterable[Row]) -> tuple[Row, Row]:
    """Return the product's row and the bare workflow's."""
    ours, bare = sorted(
        (row for row in rows if row.cases == cases), key=lambda row: row.side == "bare"
    )
    return ours, bare


def _ratio(cases: int, rows: Iterable[Row], runs: Iterable[Figures]) -> Ratio:
    ours, bare = _pair(cases, rows)
    calls = [run.calls_of_each for run in runs if run.cases == cases]
    return Ratio(
        cases=cases,
        time_to_contacted=bare.contacted_per_second / ours.contacted_per_second,
        time_to_settled=bare.settled_per_second / ours.settled_per_second,
        events=ours.events / bare.events,
        server_cpu=ours.server_ms / bare.server_ms,
        worker_cpu=ours.worker_ms / bare.worker_ms,
        same_work=all(one == calls[0] for one in calls) and ours.activities == bare.activities,
    )


def _targets(ratios: tuple[Ratio, ...], rows: Iterable[Row]) -> tuple[Target, ...]:
    big = next((r for r in ratios if r.cases == 1000), ratios[-1])  # noqa: PLR2004  # the design's
    found = [
        at_most(f"time to all contacted, {big.cases:,}", CONTACT_TARGET, big.time_to_contacted),
        at_most(f"events of a case, {big.cases:,}", EVENTS_TARGET, big.events),
    ]
    sizes = {ratio.cases for ratio in ratios}
    if {SMALL_SIZE, GROWTH_SIZE} <= sizes:
        small, large = (_pair(size, rows)[0] for size in (SMALL_SIZE, GROWTH_SIZE))
        growth = large.seconds_per_case / small.seconds_per_case
        found.append(at_most("time per case, 3,000 : 100", GROWTH_TARGET, growth))
    return tuple(found)


_HEAD = """\
               cases per second                   CPU, ms a case     worker, MB
 cases  side   contacted  settled  events calls   server  worker   waiting peak"""


def table(done: Report) -> str:
    """Return the figures for people, at most eighty columns wide."""
    lines = [_HEAD]
    lines += [
        f"{row.cases:6,}  {row.side:<7}{row.contacted_per_second:9.1f}"
        f"{row.settled_per_second:9.1f}{row.events:8.1f}{row.calls:6.1f}"
        f"{row.server_ms:9.1f}{row.worker_ms:8.1f}{row.waiting_mb:10.0f}{row.peak_mb:5.0f}"
        for row in done.rows
    ]
    lines += ["", "wenhuo : bare (time and cost, 1 = the same)"]
    lines += [_of_ratio(ratio) for ratio in done.ratios]
    return "\n".join(lines)


def _of_ratio(ratio: Ratio) -> str:
    same = "" if ratio.same_work else "\n        (the two did not make the same calls)"
    return (
        f"{ratio.cases:6,}  contacted {ratio.time_to_contacted:.2f}"
        f"  settled {ratio.time_to_settled:.2f}  events {ratio.events:.2f}"
        f"  CPU server {ratio.server_cpu:.2f} worker {ratio.worker_cpu:.2f}{same}"
    )
