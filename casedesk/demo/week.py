"""The main job of the demo: from two export files to a week later, and the summary."""

import asyncio
import contextlib
import json
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.demo.effects import Effects
from casedesk.demo.files import write_export
from casedesk.demo.installation import Installation, installation
from casedesk.demo.people import People
from casedesk.demo.report import DemoReport
from casedesk.demo.shops import SHOPS, TH, US, DemoShop
from casedesk.demo.stream import Stream, make_stream
from casedesk.demo.summary import Week, figures, promises
from casedesk.intake import ShortagePlan, plan_shortage, read_export
from casedesk.sandbox_controls import SandboxControls
from casedesk.settings import Settings
from casedesk.virtual_clock import VirtualClock
from domain.cases import CaseView
from domain.intake import Intake
from workflows.opening import CaseStart, oversell_start

SIZE = 136
"""Orders of the stream."""
WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_FOLDER = "demo"
_ROUNDS = (1.5, 3, 5, 8, 12, 23, 25.5, 30, 36, 45, 50, 60, 67, 70, 96, 120)
"""When the people look at their tasks, in hours after discovery."""
Say = Callable[[str], None]
Meanwhile = Callable[[Installation], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class _News:
    """What the warehouse learns, and tells the cases at the next round."""

    after: timedelta
    shop: DemoShop
    state: str
    comes_in: timedelta | None = None

    def payload(self, stream: Stream) -> dict[str, Any]:
        """Return it as the cases are told."""
        at = stream.found_at + self.comes_in if self.comes_in else None
        told = {"state": self.state, "available_at": at.isoformat() if at else None}
        return {**told, "event_id": f"{self.shop.region}-{self.state}"}


def _news() -> list[_News]:
    """Return the week's news: the Thai goods slip once; both come in time for their parcels."""
    return [
        _News(timedelta(hours=25.5), TH, "expected", TH.slips_to),
        _News(timedelta(hours=50), TH, "in_stock"),
        _News(timedelta(hours=67), US, "in_stock"),
    ]


async def run_demo(
    settings: Settings,
    say: Say,
    *,
    size: int = SIZE,
    keep: bool = False,
    meanwhile: Meanwhile | None = None,
) -> DemoReport:
    """Run the whole demo in a fresh folder under the home.

    Args:
        settings: Names the home; every other part is the demo's own.
        say: Told in a few words how far it has come.
        size: Orders of the stream, of both shops together.
        keep: Leave server, records and logs behind; the effects file always stays.
        meanwhile: Runs beside the week, to disturb it; it is cancelled at the end.

    Returns:
        Figures, promises, and where the effects file is.

    Raises:
        CaseDeskError: A part could not be started or does not come back.
    """
    began = time.monotonic()
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
    folder = settings.home.absolute() / _FOLDER / run
    home = folder / "home"
    home.mkdir(parents=True)
    own = Settings(home=home, open_concurrency=settings.open_concurrency)
    try:
        week, restarts = await _live_through(own, folder, say, size, meanwhile)
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    return DemoReport(
        figures=figures(week),
        people=tuple(week.answers),
        promises=promises(week),
        effects_file=str(folder / "effects.json"),
        restarts=restarts,
        seconds=round(time.monotonic() - began, 1),
    )


async def _live_through(
    settings: Settings, folder: Path, say: Say, size: int, meanwhile: Meanwhile | None
) -> tuple[Week, dict[str, int]]:
    stream = make_stream(datetime.now(UTC) + _start_takes(), size)
    intakes = {shop: _read(stream, shop, folder) for shop in SHOPS}
    plans = {
        shop: plan_shortage(intake, sku=shop.short.seller_sku, on_hand=stream.on_hand(shop))
        for shop, intake in intakes.items()
    }
    for shop, plan in plans.items():
        say(f"{shop.name}: {plan.summary}")
    say("starting server, shops, worker and receiver")
    async with installation(settings, stream) as parts, _beside(meanwhile, parts):
        cases, people = await _work(parts, stream, plans, say)
        effects = await _effects(parts, folder)
        restarts = parts.restarts()
    week = Week(
        plans=list(plans.values()),
        orders_read=[order.order_id for intake in intakes.values() for order in intake.orders],
        cases=cases,
        effects=effects,
        answers=people.answers,
        buyers={order.order_id: order.buyer for order in stream.orders},
    )
    return week, restarts


def _start_takes() -> timedelta:
    """Lay the discovery a little ahead, so that everything runs when the clock is there."""
    return timedelta(minutes=5)


def _read(stream: Stream, shop: DemoShop, folder: Path) -> Intake:
    return read_export(write_export(stream, shop, folder), market=shop.region)


@contextlib.asynccontextmanager
async def _beside(meanwhile: Meanwhile | None, parts: Installation) -> AsyncIterator[None]:
    task = asyncio.create_task(meanwhile(parts)) if meanwhile else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _work(
    parts: Installation, stream: Stream, plans: dict[DemoShop, ShortagePlan], say: Say
) -> tuple[dict[str, CaseView], People]:
    people = People(parts.desk, stream)
    starts = [start for shop, plan in plans.items() for start in _starts(stream, shop, plan)]
    async with VirtualClock(parts.client, parts.sandbox, gate=parts.all_there) as clock:
        await clock.open_at(stream.found_at, starts)
        say(f"{len(starts)} cases are open; every buyer whom chat reaches has been told")
        for hours in _ROUNDS:
            await _round(clock, people, timedelta(hours=hours), say)
        await clock.advance_to(stream.found_at + WEEK)
        say(f"a week later: {len(clock.views)} cases open")
    return await _cases(parts, starts), people


async def _round(clock: VirtualClock, people: People, after: timedelta, say: Say) -> None:
    """Live on to a round of the people: the warehouse's news first, then everybody's tasks."""
    await clock.advance_to(people.stream.found_at + after)
    for news in _news():
        if news.after == after:
            await people.tell_restock(news.shop, news.payload(people.stream))
    await clock.settle()
    here = {n.shop.shop_id for n in _news() if n.state == "in_stock" and n.after <= after}
    done = await people.work(clock.views, packing_in=here)
    await clock.settle()
    say(f"{after / _HOUR:5.1f} h: {len(clock.views)} cases open, {done} decisions by people")


def _starts(stream: Stream, shop: DemoShop, plan: ShortagePlan) -> list[CaseStart]:
    return [
        oversell_start(
            shop_id=shop.shop_id,
            order_id=one.order_id,
            short_lines=plan.opening_lines(one.order_id),
            restock_at=stream.found_at + shop.restock_in,
            substitute_sku_id=shop.dearer.sku_id,
            source="demo",
            stream="friday-live",
        )
        for one in plan.short
    ]


async def _cases(parts: Installation, starts: list[CaseStart]) -> dict[str, CaseView]:
    """Return every case as it ended, or as it stands if it has not, by order id."""
    filed = await asyncio.gather(*[parts.desk.view(start.case_id) for start in starts])
    views = [CaseView.model_validate(view) for view in filed]
    return {view.order_id or "": view for view in views}


async def _effects(parts: Installation, folder: Path) -> Effects:
    async with SandboxControls(parts.sandbox) as sandbox:
        told = await sandbox.get("effects")
    (folder / "effects.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))
    return Effects(told)
