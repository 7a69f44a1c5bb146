"""Opening the cases of an incident, beside bare starts on the same server in the same minutes.

Nobody works on what is opened, on either side, so that starting is all that is measured. A *bare
start* is the same request to the server in a loop, 32 at once, with nothing around it: no
incident, no records, no way to go on after a crash. A *plain start* is less: a case without the
signal by which an open one would be joined, and without what lists show.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench import machine
from bench.parked import QUEUE, parked
from bench.runs import say, until
from bench.sides import AT_ONCE
from bench.stage import OTHER_SKU, SKU, Stage, numbered_orders, set_up
from bench.targets import Target, at_least
from casedesk.bulk import bounded
from casedesk.server import embedded_server
from workflows import names
from workflows.opening import CaseStart, open_or_join, oversell_start

RATIO_TARGET = 0.8
USUAL, FULL = 1000, 10_000
_WARM_UP = 100
_COMMAND = [sys.executable, "-m", "bench.parked"]
Start = Callable[[CaseStart], Awaitable[object]]


class OpeningFigures(BaseModel):
    """What one run showed; rates in cases per second, processor time of the server in ms."""

    model_config = ConfigDict(frozen=True)

    cases: int
    incident_rate: float
    """From the first case's start to the last one's, by the server's clock."""
    bare_rate: float
    """Of bare starts before and after it, as many in all."""
    plain_rate: float
    incident_server_ms: float
    """Per case, with everything that the incident itself does meanwhile."""
    bare_server_ms: float
    plain_server_ms: float

    @property
    def ratio(self) -> float:
        """The incident's opener beside bare starts; 1 is the same."""
        return self.incident_rate / self.bare_rate


class _Pace(BaseModel):
    """How fast cases were started, in all runs of one way to start them."""

    cases: int = 0
    seconds: float = 0.0
    server_seconds: float = 0.0

    def add(self, cases: int, seconds: float, server_seconds: float) -> None:
        self.cases += cases
        self.seconds += seconds
        self.server_seconds += server_seconds

    @property
    def rate(self) -> float:
        return self.cases / self.seconds

    @property
    def server_ms(self) -> float:
        return 1000 * self.server_seconds / self.cases


async def measure(folder: Path, cases: int = USUAL) -> OpeningFigures:
    """Measure on a server of its own; *folder* is fresh."""
    orders = numbered_orders(1, cases)
    async with (
        embedded_server(folder / "server") as server,
        set_up(
            folder / "opening", _COMMAND, orders=orders, server=(server.address, server.pid)
        ) as stage,
    ):
        return await _measure(stage, cases)


async def _measure(stage: Stage, cases: int) -> OpeningFigures:
    async def bare(start: CaseStart) -> object:
        return await open_or_join(stage.client, parked(start))

    async def plain(start: CaseStart) -> object:
        return await stage.client.start_workflow(
            start.workflow_type, start.payload, id=start.case_id, task_queue=QUEUE
        )

    bares, plains, ours = _Pace(), _Pace(), _Pace()
    await _starts(stage, 9000, bare, _WARM_UP, _Pace())
    # Halves on both sides of the incident, for the machine is not equally busy all the time.
    half = cases // 2
    await _starts(stage, 9001, plain, half, plains)
    await _starts(stage, 9002, bare, half, bares)
    await _incident(stage, cases, ours)
    await _starts(stage, 9003, bare, half, bares)
    await _starts(stage, 9004, plain, half, plains)
    return OpeningFigures(
        cases=cases,
        incident_rate=ours.rate,
        bare_rate=bares.rate,
        plain_rate=plains.rate,
        incident_server_ms=ours.server_ms,
        bare_server_ms=bares.server_ms,
        plain_server_ms=plains.server_ms,
    )


async def _starts(stage: Stage, run: int, start: Start, count: int, pace: _Pace) -> None:
    """Start cases that no shop holds orders of; nobody will look at them."""
    say(f"opening: {count:,} {start.__name__} starts")
    lines = [{"sku_id": OTHER_SKU, "quantity": 1}]
    ids = [str(order["id"]) for order in numbered_orders(run, count)]
    starts = [
        oversell_start(shop_id=stage.shop_id, order_id=order_id, short_lines=lines)
        for order_id in ids
    ]
    before = machine.cpu_seconds(stage.server_pid)
    await bounded(starts, start, at_once=AT_ONCE)
    pace.add(count, await _span(stage, ids), machine.cpu_seconds(stage.server_pid) - before)


async def _incident(stage: Stage, count: int, pace: _Pace) -> None:
    say(f"opening: an incident opens {count:,} cases")
    before = machine.cpu_seconds(stage.server_pid)
    await start_incident(stage)
    seconds = await _span(stage, stage.order_ids)
    pace.add(count, seconds, machine.cpu_seconds(stage.server_pid) - before)


async def start_incident(stage: Stage) -> str:
    """Start an incident that has nothing on the shelf; return its id."""
    incident_id = names.incident_id(stage.shop_id, SKU, "bench")
    payload = {"shop_id": stage.shop_id, "sku_id": SKU, "on_hand": 0, "key": "bench"}
    await stage.client.start_workflow(
        names.SHORTAGE_INCIDENT, payload, id=incident_id, task_queue=names.CASES_QUEUE
    )
    return incident_id


async def _span(stage: Stage, order_ids: list[str] | tuple[str, ...]) -> float:
    """Return the seconds from the first to the last start of these orders' cases."""
    first, last = (names.order_case_id(stage.shop_id, order_ids[at]) for at in (0, -1))
    query = f'WorkflowId BETWEEN "{first}" AND "{last}"'

    async def started() -> int:
        return (await stage.client.count_workflows(query)).count

    await until(started, len(order_ids), "opening: started")
    instants = [found.start_time async for found in stage.client.list_workflows(query)]
    return (max(instants) - min(instants)).total_seconds()


def targets(figures: OpeningFigures) -> tuple[Target, ...]:
    """Return what the opener has to reach."""
    what = f"opening {figures.cases:,} cases : bare starts"
    return (at_least(what, RATIO_TARGET, figures.ratio),)


def table(figures: OpeningFigures) -> str:
    """Return the figures for people."""
    rows = (
        ("plain starts", figures.plain_rate, figures.plain_server_ms),
        ("bare starts, by signal", figures.bare_rate, figures.bare_server_ms),
        ("an incident's opener", figures.incident_rate, figures.incident_server_ms),
    )
    head = f"{f'opening {figures.cases:,} cases':<30}cases per second   server, CPU ms a case"
    return "\n".join([head, *(f"  {what:<28}{rate:16.1f}{ms:24.1f}" for what, rate, ms in rows)])
