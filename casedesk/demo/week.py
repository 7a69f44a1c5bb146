"""The main job of the demo: from two export files to ten days later, and the summary."""

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

from casedesk.demo.decisions import Decisions
from casedesk.demo.effects import Effects
from casedesk.demo.ends import incident_ends, order_cases, parcel_ends
from casedesk.demo.evening import Evening, make_evening
from casedesk.demo.evidence import EvidenceRoom
from casedesk.demo.installation import Installation, installation
from casedesk.demo.packets import check_packets
from casedesk.demo.paperwork import Paperwork
from casedesk.demo.people import People
from casedesk.demo.platform import Platform
from casedesk.demo.report import DemoReport
from casedesk.demo.rounds import Days, Say
from casedesk.demo.summary import Week, figures, promises
from casedesk.desk import CaseDesk
from casedesk.sandbox_controls import SandboxControls
from casedesk.settings import Settings
from casedesk.virtual_clock import VirtualClock
from domain.cases import CaseKind

SIZE = 136
"""Orders of the two oversold SKUs."""
_FOLDER, _EFFECTS, _PACKETS = "demo", "effects.json", "packets"
_GRAIN = timedelta(minutes=3)
"""Who writes within so long of each other is heard in one step."""
_START_TAKES = timedelta(minutes=5)
"""The discovery lies a little ahead, so that everything runs when the clock is there."""
Meanwhile = Callable[[Installation], Coroutine[Any, Any, None]]
OpenRoom = Callable[[CaseDesk, Callable[[], datetime]], EvidenceRoom]
"""Opens the vault of an installation, given the clock that its people live by."""


async def run_demo(
    settings: Settings,
    say: Say,
    *,
    open_room: OpenRoom,
    size: int = SIZE,
    keep: bool = False,
    meanwhile: Meanwhile | None = None,
) -> DemoReport:
    """Run the whole demo in a fresh folder under the home.

    Args:
        settings: Names the home; every other part is the demo's own.
        say: Told in a few words how far it has come.
        open_room: Opens the vault, which this package may not know.
        size: Orders of the two oversold SKUs, both shops together.
        keep: Leave server, records and logs behind; effects and packets always stay.
        meanwhile: Runs beside the days, to disturb them; it is cancelled at their end.

    Returns:
        Figures, promises, and where effects and packets are.

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
        week, restarts = await _Play(folder, say, open_room).perform(own, size, meanwhile)
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    return DemoReport(
        figures=figures(week),
        people=tuple(week.answers),
        promises=promises(week),
        effects_file=str(folder / _EFFECTS),
        packets=tuple(week.packets),
        restarts=restarts,
        seconds=round(time.monotonic() - began, 1),
    )


@dataclass(frozen=True)
class _Play:
    """One performance of the demo."""

    folder: Path
    say: Say
    open_room: OpenRoom

    async def perform(
        self, settings: Settings, size: int, meanwhile: Meanwhile | None
    ) -> tuple[Week, dict[str, int]]:
        """Return everything that the summary is made from, and how often parts were restarted."""
        evening = make_evening(datetime.now(UTC) + _START_TAKES, size, self.folder)
        for one, plan in evening.plans.items():
            self.say(f"{one.name}: {plan.summary}")
        self.say("starting server, shops, worker and receiver")
        async with installation(settings, evening.stream) as parts:
            decisions = Decisions(parts.desk)
            async with _beside(meanwhile, parts):
                paperwork = await self._live(parts, evening, decisions)
            await parts.all_there()
            return await self._ended(parts, evening, paperwork), parts.restarts()

    async def _live(
        self, parts: Installation, evening: Evening, decisions: Decisions
    ) -> Paperwork:
        found_at, starts = evening.stream.found_at, evening.starts()
        async with (
            VirtualClock(parts.client, parts.sandbox, grain=_GRAIN, gate=parts.all_there) as clock,
            SandboxControls(parts.sandbox) as shops,
        ):
            platform = Platform(shops)
            room = self.open_room(parts.desk, lambda: clock.now)
            paperwork = Paperwork(
                decisions, room, platform, lambda: clock.now, self.folder / _PACKETS
            )
            clerks = {CaseKind.LATE_PICKUP: paperwork.pickup, CaseKind.APPEAL: paperwork.appeal}
            people = People(decisions, evening.stream, clerks)
            await clock.open_at(found_at, starts)
            self.say(f"{len(clock.views)} cases are open; whom chat reaches has been told")
            await Days(clock, people, paperwork, platform, self.say).live()
        return paperwork

    async def _ended(self, parts: Installation, evening: Evening, paperwork: Paperwork) -> Week:
        async with SandboxControls(parts.sandbox) as sandbox:
            told = await sandbox.get("effects")
            incidents = await incident_ends(parts, sandbox, evening)
            parcels = await parcel_ends(parts.desk, sandbox, evening.stream)
        (self.folder / _EFFECTS).write_text(json.dumps(told, ensure_ascii=False, indent=1))
        return Week(
            plans=evening.all_plans,
            orders_read=evening.read,
            cases=await order_cases(parts.desk, evening),
            effects=Effects(told),
            answers=paperwork.decisions.answers,
            buyers={order.order_id: order.buyer for order in evening.stream.orders},
            incidents=incidents,
            parcels=parcels,
            packets=await check_packets(paperwork.packets),
        )


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
