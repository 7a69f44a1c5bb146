"""One measurement: open so many, wait for all contacts, let all choose, wait for the end."""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import EventType

from bench import machine
from bench.sides import Side
from bench.stage import Stage, numbered_orders, set_up

WARM_UP = 20
"""Cases that are run to their end before the clock starts."""
_SAMPLE = 5
_LOOK_EVERY_SECONDS = 0.25
_STALLED_SECONDS = 120.0
_ID = re.compile(r"/[A-Za-z_]*\d{9,}\w*")


class Figures(BaseModel):
    """What one run showed; times in seconds, processor time in ms per case."""

    model_config = ConfigDict(frozen=True)

    side: str
    cases: int
    contacted_s: float
    settled_s: float
    events: float
    """In the history of a case."""
    activities: float
    """Ordinary ones, per case; local activities are not among them."""
    calls: float
    """Signed HTTP calls per case."""
    calls_of_each: dict[str, float]
    server_ms: float
    worker_ms: float
    waiting_mb: float
    """Memory of the worker when all cases wait for their buyers."""
    peak_mb: float

    @property
    def contacted_per_second(self) -> float:
        """Cases per second from the first opening to the last contact."""
        return self.cases / self.contacted_s

    @property
    def settled_per_second(self) -> float:
        """Cases per second from the first choice to the last end."""
        return self.cases / self.settled_s


def say(text: str) -> None:
    """Tell the person who waits how far it is."""
    sys.stderr.write(f"\r{text:<78}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


async def measure(
    side: Side, cases: int, *, run: int, folder: Path, server: tuple[str, int]
) -> Figures:
    """Run one side with so many cases on fresh shops, a fresh worker and the shared server."""
    title = f"run {run}: {side.name}, {cases:,} cases"
    say(f"{title}: setting up")
    stage_folder = folder / f"run-{run}"
    orders = numbered_orders(run, cases + WARM_UP)
    async with set_up(stage_folder, side.command, orders=orders, server=server) as stage:
        warm, measured = stage.order_ids[:WARM_UP], stage.order_ids[WARM_UP:]
        await _contact(side, stage, warm, title, counted=0)
        await _settle(side, stage, warm, title)
        return await _measure(side, stage, measured, title)


async def _measure(side: Side, stage: Stage, order_ids: Sequence[str], title: str) -> Figures:
    calls_before = len(await stage.book.read())
    before = _cpu(stage)
    contacted = await _contact(side, stage, order_ids, title, counted=WARM_UP)
    waiting_mb = machine.memory_mb(stage.worker_pid)
    settled = await _settle(side, stage, order_ids, title)
    after, count = _cpu(stage), len(order_ids)
    server_ms, worker_ms = (1000 * (after[at] - before[at]) / count for at in (0, 1))
    events, activities = await _history_sizes(side, stage, order_ids)
    calls = (await stage.book.read())[calls_before:]
    kinds = Counter(f"{method} {_ID.sub('/…', path)}" for method, path in calls)
    say(f"{title}: done in {contacted + settled:.0f} s")
    return Figures(
        side=side.name,
        cases=count,
        contacted_s=contacted,
        settled_s=settled,
        events=events,
        activities=activities,
        calls=len(calls) / count,
        calls_of_each={kind: made / count for kind, made in sorted(kinds.items())},
        server_ms=server_ms,
        worker_ms=worker_ms,
        waiting_mb=waiting_mb,
        peak_mb=machine.peak_memory_mb(stage.worker_pid),
    )


def _cpu(stage: Stage) -> tuple[float, float]:
    return machine.cpu_seconds(stage.server_pid), machine.cpu_seconds(stage.worker_pid)


async def _contact(
    side: Side, stage: Stage, order_ids: Sequence[str], title: str, *, counted: int
) -> float:
    """Open everything and wait until all are contacted; return the seconds it took."""
    began, wanted = time.monotonic(), len(order_ids)

    async def told() -> int:
        return await side.contacted(stage, order_ids, counted_before=counted)

    opening = asyncio.create_task(side.open_all(stage, order_ids, lambda _done, _of: None))
    await until(told, wanted, f"{title}: contacted")
    await opening
    return time.monotonic() - began


async def _settle(side: Side, stage: Stage, order_ids: Sequence[str], title: str) -> float:
    """Let all buyers choose and wait for the end of all; return the seconds it took."""
    began = time.monotonic()
    choosing = asyncio.create_task(side.choose_all(stage, order_ids))
    await until(lambda: side.settled(stage, order_ids), len(order_ids), f"{title}: settled")
    await choosing
    return time.monotonic() - began


async def until(count: Callable[[], Awaitable[int]], wanted: int, title: str) -> None:
    """Wait for a count; a count that stands still for long ends the run."""
    reached, moved, told = -1, time.monotonic(), 0.0
    while (now := await count()) < wanted:
        if now != reached:
            reached, moved = now, time.monotonic()
        elif time.monotonic() - moved > _STALLED_SECONDS:
            raise TimeoutError(f"{title} {now} of {wanted}, then nothing more")
        if time.monotonic() - told > (1 if sys.stderr.isatty() else 10):
            told = time.monotonic()
            say(f"{title} {now:,} of {wanted:,}")
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _history_sizes(
    side: Side, stage: Stage, order_ids: Sequence[str]
) -> tuple[float, float]:
    """Return events and ordinary activities per case, from a few histories."""
    sample = order_ids[:: max(1, len(order_ids) // _SAMPLE)][:_SAMPLE]
    events = activities = 0
    for order_id in sample:
        handle = stage.client.get_workflow_handle(side.workflow_id(stage, order_id))
        history = (await handle.fetch_history()).events
        events += len(history)
        activities += sum(
            event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in history
        )
    return events / len(sample), activities / len(sample)
