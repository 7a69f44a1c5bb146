"""The one door by which workflows open cases: bounded, repeatable, from where it stood."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Protocol

import structlog
from temporalio import activity
from temporalio.client import Client
from typing_extensions import override

from domain.cases import CaseKind
from records.cases import CaseArchive, CaseOpenings
from records.database import Database
from records.incident_cases import CaseOfOrder, IncidentCases, Waiting
from records.incident_ledgers import IncidentLedgers
from workflows import names
from workflows.opening import CaseStart, Fate, open_or_join, oversell_start, stockout_start
from workflows.ports.opener import (
    CasesOpened,
    OpenCases,
    OpenerPort,
    OpenShortOrders,
    ShortOrdersOpened,
)

logger = structlog.get_logger()

BATCH = 128
"""Openings between two heartbeats; what is lost with a worker is at most so many, and repeated."""
_AHEAD = 2
"""Batches under way at the same time."""
_SHOWN = 5
"""Orders named in a sentence for people."""
NOT_ON_FILE = "not_on_file"
"""Outcome of a case that the server knows as closed and the records do not know."""


class CaseStarter(Protocol):
    """Starts cases at an instant."""

    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        """Open every case or join it.

        Args:
            starts: What to open.
            at: The clock of whoever opens.

        Returns:
            What became of each, by case id.
        """


class SignalWithStart:
    """Starts cases on the server at once; its clock is everybody's."""

    def __init__(self, client: Client, *, at_once: int) -> None:
        """Start with *client*, at most *at_once* at the same time."""
        self._client = client
        self._turns = asyncio.Semaphore(at_once)

    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        """Open every case or join it; *at* is what the clock shows anyway."""

        async def one(start: CaseStart) -> Fate:
            async with self._turns:
                return await open_or_join(self._client, start)

        logger.debug("cases.starting", cases=len(starts), at=at.isoformat())
        fates = await asyncio.gather(*[one(start) for start in starts])
        return dict(zip([start.case_id for start in starts], fates, strict=True))


class OpenerActivities(OpenerPort):
    """Opens cases for other workflows."""

    def __init__(
        self, client: Client, db: Database, starter: CaseStarter, *, batch: int = BATCH
    ) -> None:
        """Open cases.

        Args:
            client: Tells whose a case was that is open already.
            db: The migrated database.
            starter: How cases are started; the clock is its matter.
            batch: Cases of an incident that are started and recorded together.
        """
        self._batch = batch
        self._client = client
        self._starter = starter
        self._archive = CaseArchive(db)
        self._openings = CaseOpenings(db)
        self._cases = IncidentCases(db)
        self._ledgers = IncidentLedgers(db)

    @override
    @activity.defn(name=names.OPEN_CASES)
    async def open_cases(self, cmd: OpenCases) -> CasesOpened:
        """Open cases or join them.

        Safe to run twice because a case is opened once and told the same thing once.
        """
        fates = await self._open(cmd.starts, at=cmd.at)

        def of(fate: Fate) -> tuple[str, ...]:
            return tuple(case_id for case_id, found in fates.values() if found is fate)

        return CasesOpened(
            opened=of(Fate.OPENED),
            joined=of(Fate.JOINED),
            already_closed=of(Fate.ALREADY_CLOSED),
        )

    @override
    @activity.defn(name=names.OPEN_SHORT_ORDERS)
    async def open_short_orders(self, cmd: OpenShortOrders) -> ShortOrdersOpened:
        """Open one case per short order that has none, in the order of the line.

        Safe to run twice because whoever has a case on record is not opened again, and a case
        that was started without getting on record is recognised by its own start.
        """
        counts, closed = dict.fromkeys(Fate, 0), list[str]()
        figures = await asyncio.to_thread(self._ledgers.figures, cmd.incident_id)
        async with aclosing(self._batches(cmd)) as batches:
            async for opened in batches:
                figures = await asyncio.to_thread(
                    self._cases.opened, cmd.incident_id, opened, news=cmd.news
                )
                for one in opened:
                    counts[Fate(one.fate)] += 1
                closed += [one.order_id for one in opened if one.fate == Fate.ALREADY_CLOSED]
                activity.heartbeat({"after": opened[-1].order_id, "opened": sum(counts.values())})
        logger.info("cases.opened", incident_id=cmd.incident_id, **counts)
        return ShortOrdersOpened(
            opened=counts[Fate.OPENED],
            joined=counts[Fate.JOINED],
            already_closed=counts[Fate.ALREADY_CLOSED],
            closed_orders=tuple(closed[:_SHOWN]),
            figures=figures,
        )

    async def _batches(self, cmd: OpenShortOrders) -> AsyncGenerator[list[CaseOfOrder]]:
        """Yield what became of each batch, in the order of the line, for the caller to record.

        The next batch is under way meanwhile, so that the server does not wait for our records.
        """
        under_way: dict[asyncio.Task[list[CaseOfOrder]], Sequence[Waiting]] = {}
        left = cmd.limit
        try:
            while True:
                skipped = {one.order_id for batch in under_way.values() for one in batch}
                batch = await self._unopened(cmd.incident_id, skipped, min(left, self._batch))
                if batch:
                    left -= len(batch)
                    under_way[asyncio.create_task(self._open_batch(cmd, batch))] = batch
                if not under_way:
                    return
                if len(under_way) == _AHEAD or not batch:
                    first = next(iter(under_way))
                    yield await first
                    del under_way[first]
        finally:
            for task in under_way:
                task.cancel()

    async def _unopened(
        self, incident_id: str, skipped: Collection[str], count: int
    ) -> Sequence[Waiting]:
        waiting = await asyncio.to_thread(
            self._cases.unopened, incident_id, limit=len(skipped) + count
        )
        return [one for one in waiting if one.order_id not in skipped][:count]

    async def _open_batch(
        self, cmd: OpenShortOrders, waiting: Sequence[Waiting]
    ) -> list[CaseOfOrder]:
        starts = {one.order_id: _start(cmd, one) for one in waiting}
        fates = await self._open(tuple(starts.values()), at=cmd.at)
        ended = [case_id for case_id, fate in fates.values() if fate is Fate.ALREADY_CLOSED]
        outcomes = await asyncio.to_thread(self._archive.outcomes, ended)
        found = []
        for order_id, start in starts.items():
            case_id, fate = fates[start.case_id]
            if fate is Fate.JOINED and await self._is_ours(case_id, cmd.incident_id):
                fate = Fate.OPENED
            outcome = outcomes.get(case_id, NOT_ON_FILE) if case_id in ended else None
            found.append(
                CaseOfOrder(order_id=order_id, case_id=case_id, fate=fate, outcome=outcome)
            )
        return found

    async def _open(
        self, starts: Sequence[CaseStart], *, at: datetime
    ) -> dict[str, tuple[str, Fate]]:
        """Open cases under their newest ids; business key -> the id and what became of it."""
        newest, closed = await asyncio.to_thread(self._as_on_file, starts)
        under = [start.under(newest[start.case_id]) for start in starts]
        fates = await self._starter.start(
            [start for start in under if start.case_id not in closed], at=at
        )
        return {
            start.case_id: (case_id, fates.get(case_id, Fate.ALREADY_CLOSED))
            for start in starts
            for case_id in [newest[start.case_id]]
        }

    def _as_on_file(self, starts: Sequence[CaseStart]) -> tuple[dict[str, str], frozenset[str]]:
        newest = self._openings.current_case_ids({start.case_id for start in starts})
        return newest, self._archive.on_file(set(newest.values()))

    async def _is_ours(self, case_id: str, incident_id: str) -> bool:
        """Tell whether a case that is open was opened by this incident, by its start input."""
        handle = self._client.get_workflow_handle(case_id)
        async for event in handle.fetch_history_events(page_size=1):
            started = event.workflow_execution_started_event_attributes
            given: list[Any] = await self._client.data_converter.decode(started.input.payloads)
            first = given[0] if given else None
            return isinstance(first, dict) and first.get("incident_id") == incident_id
        return False


def _start(cmd: OpenShortOrders, waiting: Waiting) -> CaseStart:
    start = stockout_start if cmd.kind is CaseKind.UNAVAILABLE else oversell_start
    also = {} if cmd.supplier is None else {"supplier": cmd.supplier}
    return start(
        shop_id=cmd.shop_id,
        order_id=waiting.order_id,
        short_lines=[{"sku_id": cmd.sku_id, "quantity": waiting.units}],
        restock_at=cmd.restock_at,
        substitute_sku_id=cmd.substitute_sku_id,
        detected_at=cmd.detected_at,
        incident_id=cmd.incident_id,
        stream=cmd.stream,
        playbook=cmd.playbook,
        source="incident",
        **also,
    )
