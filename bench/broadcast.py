"""The goods of an incident are there: every waiting case hears it, and urgent ones do not wait.

An urgent case is one that is opened while the news goes round. Its delay is the time from its
start until its first message is with the platform, by the server's clock; the same is measured in
calm before the news.
"""

import asyncio
import sys
import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import EventType

from bench import machine
from bench.opening import start_incident
from bench.runs import say, until
from bench.stage import OTHER_SKU, SKU, Stage, numbered_orders, set_up
from bench.targets import Target, at_most
from casedesk.server import embedded_server
from casedesk.settings import ROOT
from records.incident_ledgers import IncidentLedgers
from workflows import names
from workflows.opening import open_or_join, oversell_start

USUAL = 1000
TARGET_SECONDS = 2.0
_URGENT_EVERY_SECONDS = 0.75
_CALM = 30
"""Urgent cases in calm."""
_SPARE = 40
_COMMAND = [sys.executable, str(ROOT / "worker.py")]


class Delays(BaseModel):
    """How long urgent cases took to tell their buyers, in seconds."""

    model_config = ConfigDict(frozen=True)

    cases: int
    median: float
    p99: float
    longest: float


class BroadcastFigures(BaseModel):
    """What one run showed; times in seconds."""

    model_config = ConfigDict(frozen=True)

    waiting: int
    contacted_s: float
    """From the incident's start until all its cases have told their buyers."""
    told_s: float
    """From the news until every waiting case was sent it."""
    told_server_ms: float
    """Processor time meanwhile, per case that was told; the urgent ones and others included."""
    told_worker_ms: float
    calm: Delays
    meanwhile: Delays


async def measure(folder: Path, waiting: int = USUAL) -> BroadcastFigures:
    """Measure on a server of its own; *folder* is fresh."""
    short = numbered_orders(1, waiting)
    urgent = numbered_orders(2, _CALM + _SPARE + waiting // 5, sku=OTHER_SKU)
    async with (
        embedded_server(folder / "server") as server,
        set_up(
            folder / "broadcast",
            _COMMAND,
            orders=[*short, *urgent],
            server=(server.address, server.pid),
        ) as stage,
    ):
        return await _measure(stage, waiting)


async def _measure(stage: Stage, waiting: int) -> BroadcastFigures:
    short, urgent = stage.order_ids[:waiting], stage.order_ids[waiting:]
    began = time.monotonic()
    incident_id = await start_incident(stage)
    await _until_contacted(stage, short, "waiting cases")
    contacted = time.monotonic() - began
    calm = await _urgent(stage, urgent[:_CALM], asyncio.Event())
    over, began = asyncio.Event(), time.monotonic()
    say(f"broadcast: {waiting:,} cases hear that their units are there")
    before = _cpu(stage)
    meanwhile = asyncio.create_task(_urgent(stage, urgent[_CALM:], over))
    await _tell(stage, incident_id, waiting)
    told = time.monotonic() - began
    over.set()
    server_ms, worker_ms = (
        1000 * (now - then) / waiting for now, then in zip(_cpu(stage), before, strict=True)
    )
    return BroadcastFigures(
        waiting=waiting,
        contacted_s=contacted,
        told_s=told,
        told_server_ms=server_ms,
        told_worker_ms=worker_ms,
        calm=calm,
        meanwhile=await meanwhile,
    )


def _cpu(stage: Stage) -> tuple[float, float]:
    return machine.cpu_seconds(stage.server_pid), machine.cpu_seconds(stage.worker_pid)


async def _tell(stage: Stage, incident_id: str, units: int) -> None:
    """Put the units on the shelf and wait until the incident has told all of its cases."""
    news = {"sku_id": SKU, "state": "in_stock", "quantity": units, "lot_id": "bench"}
    await stage.client.get_workflow_handle(incident_id).signal("restock_changed", news)
    ledgers = IncidentLedgers(stage.db)

    async def told() -> int:
        seen = await asyncio.to_thread(ledgers.figures, incident_id)
        return seen.served - seen.untold_units

    await until(told, units, "broadcast: told")


async def _until_contacted(stage: Stage, order_ids: tuple[str, ...], what: str) -> None:
    first, last = (names.order_case_id(stage.shop_id, order_ids[at]) for at in (0, -1))
    query = f'CaseState = "awaiting_choice" AND WorkflowId BETWEEN "{first}" AND "{last}"'

    async def contacted() -> int:
        return (await stage.client.count_workflows(query)).count

    await until(contacted, len(order_ids), f"broadcast: {what}")


async def _urgent(stage: Stage, order_ids: tuple[str, ...], over: asyncio.Event) -> Delays:
    """Open an urgent case now and then until there is none left or it is over."""
    opened: list[str] = []
    lines = [{"sku_id": OTHER_SKU, "quantity": 1}]
    for order_id in order_ids:
        start = oversell_start(shop_id=stage.shop_id, order_id=order_id, short_lines=lines)
        await open_or_join(stage.client, start)
        opened.append(order_id)
        try:
            await asyncio.wait_for(over.wait(), _URGENT_EVERY_SECONDS)
            break
        except TimeoutError:
            continue
    await _until_contacted(stage, tuple(opened), "urgent cases")
    delays = [await _delay(stage, order_id) for order_id in opened]
    return summary(delays)


async def _delay(stage: Stage, order_id: str) -> float:
    """Return the seconds from a case's start to the end of its first message."""
    case = stage.client.get_workflow_handle(names.order_case_id(stage.shop_id, order_id))
    events = (await case.fetch_history()).events
    sending = next(
        event.event_id
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        and event.activity_task_scheduled_event_attributes.activity_type.name == names.SEND_MESSAGE
    )
    sent = next(
        event
        for event in events
        if event.activity_task_completed_event_attributes.scheduled_event_id == sending
    )
    took = sent.event_time.ToDatetime() - events[0].event_time.ToDatetime()
    return took.total_seconds()


def summary(delays: list[float]) -> Delays:
    """Return delays by rank."""
    ranked = sorted(delays)
    return Delays(
        cases=len(ranked),
        median=ranked[len(ranked) // 2],
        p99=ranked[max(0, -(-len(ranked) * 99 // 100) - 1)],
        longest=ranked[-1],
    )


def targets(figures: BroadcastFigures) -> tuple[Target, ...]:
    """Return what urgent cases may wait."""
    what = "seconds until an urgent buyer is told meanwhile, p99"
    return (at_most(what, TARGET_SECONDS, figures.meanwhile.p99),)


def table(figures: BroadcastFigures) -> str:
    """Return the figures for people."""
    pace = figures.waiting / figures.told_s
    server, worker = figures.told_server_ms, figures.told_worker_ms
    opened = f"{figures.waiting:,} cases opened by an incident"
    lines = [
        f"{opened}, all buyers told in {figures.contacted_s:.0f} s",
        f"its goods came: all cases told in {figures.told_s:.0f} s, {pace:.1f} a second",
        f"CPU per case told: server {server:.0f} ms, worker {worker:.0f} ms",
        f"{'an urgent case, seconds until its buyer is told':<50}cases  median   p99  longest",
    ]
    for what, seen in (
        ("in calm", figures.calm),
        ("while the news went round", figures.meanwhile),
    ):
        lines.append(
            f"  {what:<48}{seen.cases:5}{seen.median:8.2f}{seen.p99:6.2f}{seen.longest:9.2f}"
        )
    return "\n".join(lines)
