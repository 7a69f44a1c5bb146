"""Virtual time for demo, tests and rehearsals: one instant that cases and shops live at.

The clocks of Temporal's workflows and the sandbox's shop clock run on with real time and are
moved on from here, from one due instant to the next. Order of events: what happens in the shops
at an instant happens before what the cases do at that instant, so a buyer's word at the very
deadline still counts. A case's clock never lags behind the fact it is told.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx
import structlog
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from casedesk.conductor import conductor_worker, open_at, time_skipper
from casedesk.errors import CaseDeskError
from casedesk.sandbox_controls import SandboxControls
from domain.cases import CaseView
from workflows.opening import CASE_TYPES, CaseStart, Fate

logger = structlog.get_logger()
T = TypeVar("T")

GRAIN = timedelta(seconds=60)
"""Events of the shops this close together are one step, unless a case is due between them."""
MARGIN = timedelta(seconds=5)
"""So long before its own due instant a case is held while the shops act at that instant."""
_PAST = timedelta(milliseconds=2)
"""Beyond a timer's instant, so that rounding never leaves it unfired."""
_STALE = timedelta(seconds=10)
"""A case that is due for longer and rests is not waiting for the clock."""
_AT_ONCE = 32
_LOOK_EVERY_SECONDS, _LOOK_AT_LEAST_EVERY_SECONDS = 0.02, 0.1
_SETTLE_SECONDS = 180.0
_AWAY_SECONDS = 90.0
RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
_IDLE_EVENTS = 2
"""Events that moving the clock of an idle workflow adds to its history."""
_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.FAILED_PRECONDITION,
    }
)
"""Answers of a server that is restarting, or of a case whose worker is."""
_OPEN = " OR ".join(f'WorkflowType="{name}"' for name in CASE_TYPES)


class ClockError(CaseDeskError):
    """Virtual time cannot go on."""


class _Sight(NamedTuple):
    """One look at a case from outside."""

    length: int
    """Of its history."""
    ahead: timedelta
    """Of its clock before the wall clock."""
    busy: bool
    open: bool
    retry_at: datetime | None


@dataclass
class _Case:
    """What is known of an open case."""

    handle: WorkflowHandle[Any, Any]
    ahead: timedelta = timedelta(0)
    length: int = 0
    viewed: int = -1
    """Length of the history when the view was read; moves of the idle clock are added."""
    due: datetime | None = None
    retry_at: datetime | None = None
    view: CaseView | None = field(default=None, repr=False)

    @property
    def next_at(self) -> datetime | None:
        """When it acts by itself next."""
        return min((at for at in (self.due, self.retry_at) if at), default=None)


async def _nothing() -> None:
    """Stand in for a gate that nobody needs."""


class VirtualClock:
    """Owns the instant that the open cases of a server and the shops of a sandbox live at."""

    def __init__(
        self,
        client: Client,
        sandbox_url: str,
        *,
        grain: timedelta = GRAIN,
        gate: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        """Take the clocks over; they stand at wall time until they are moved.

        Args:
            client: Connected to a server that was started with virtual time.
            sandbox_url: The sandbox, whose shop clock only this object moves.
            grain: How close together events of the shops make one step.
            gate: Awaited before every step; returns once every part of the installation runs,
                so that virtual days do not pass while one of them is being restarted.
        """
        self._client = client
        self._skipper = time_skipper(client)
        self._shops = SandboxControls(sandbox_url)
        self._grain = grain
        self._gate = gate
        self._ahead = timedelta(0)
        self._cases: dict[str, _Case] = {}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._shops)
        await self._stack.enter_async_context(conductor_worker(self._skipper.client))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def now(self) -> datetime:
        """The instant; it runs on with real time."""
        return datetime.now(UTC) + self._ahead

    @property
    def views(self) -> dict[str, CaseView]:
        """The open cases as they were when everything had settled, by case id."""
        return {key: case.view for key, case in self._cases.items() if case.view is not None}

    async def open_at(self, instant: datetime, starts: Sequence[CaseStart]) -> dict[str, Fate]:
        """Advance to *instant*, open cases there and let them settle.

        Args:
            instant: When the cases open.
            starts: What to open; a case that is open already is told instead.

        Returns:
            What became of each, by case id.
        """
        await self.advance_to(instant)
        at = max(instant, self.now)
        fates = await _patiently(lambda: open_at(self._skipper, at, starts))
        for case_id, fate in fates.items():
            if fate is not Fate.ALREADY_CLOSED:
                self._watch(case_id)
        await self.settle()
        return fates

    async def advance_to(self, instant: datetime) -> None:
        """Let everything happen that is due until *instant*, each at its own time.

        Args:
            instant: Where all clocks stand afterwards; one that has passed only lets effects
                settle.

        Raises:
            ClockError: Something does not come to rest, or a part does not come back.
        """
        await self.settle()
        while self.now < instant:
            await self._gate()
            await self._step(instant)
            await self.settle()

    async def _step(self, end: datetime) -> None:
        event = await _patiently(self._shops.next_event_at)
        due = self._next_due()
        if event is not None and event <= end and (due is None or event <= due):
            target = min(at for at in (event + self._grain, due, end) if at is not None)
            await self._move_cases(max(target, event))
            await self._move_shops(max(target, event))
        elif due is not None and due <= end:
            target = min(due + self._grain, end)
            if event is not None and target >= event:
                target = due
            await self._move_shops(target)
            await self._move_cases(target, through=True)
        else:
            await self._move_cases(end, through=True)
            await self._move_shops(end)
        logger.debug("clock.moved", to=self.now.isoformat(), cases=len(self._cases))

    def _next_due(self) -> datetime | None:
        dues = [case.next_at for case in self._cases.values() if case.next_at]
        return min((at for at in dues if at > self.now - _STALE), default=None)

    async def _move_shops(self, target: datetime) -> None:
        await _patiently(lambda: self._shops.move_to(target))
        self._ahead = max(self._ahead, target - datetime.now(UTC))

    async def _move_cases(self, target: datetime, *, through: bool = False) -> None:
        """Move every open case on to *target*; unless *through*, none into its own due time."""
        await _each(self._cases.values(), lambda case: self._move(case, target, through=through))

    async def _move(self, case: _Case, target: datetime, *, through: bool) -> None:
        limit = target + _PAST
        if not through and case.next_at is not None:
            limit = min(limit, case.next_at - MARGIN)
        while (step := limit - datetime.now(UTC) - case.ahead) > timedelta(0):
            try:
                reached = await self._skipper.fast_forward(case.handle, step)
            except (RPCError, RuntimeError) as error:
                if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
                    return
                logger.info("clock.move_repeated", case_id=case.handle.id, why=str(error)[:200])
                case.ahead = (await self._look(case)).ahead
                continue
            if not reached:
                return
            case.ahead = limit - datetime.now(UTC)
            case.length += _IDLE_EVENTS
            case.viewed += _IDLE_EVENTS

    async def settle(self) -> None:
        """Return once nothing is under way: no case at work, no webhook on its way.

        Whatever makes a webhook or opens a case shows in somebody's history. So it is over once
        everything that was due has been delivered, and after that nobody is at work or has done
        anything since.

        Raises:
            ClockError: A case or the sandbox does not come to rest.
        """
        give_up = time.monotonic() + _SETTLE_SECONDS
        moved = True
        while moved:
            await _patiently(self._shops.deliver)
            await self._adopt()
            moved = await self._come_to_rest(give_up)
        await _each(self._cases.values(), self._read)

    async def _come_to_rest(self, give_up: float) -> bool:
        """Wait until no case is at work; False if none was, nor has done anything lately.

        One busy case is watched at a time: looking at all of them again and again would take
        the time that they need to finish.
        """
        cases = dict(self._cases)
        sights = await _each(cases.values(), self._look)
        seen = dict(zip(cases, sights, strict=True))
        moved = [self._note(key, sight) for key, sight in seen.items()]
        for key, sight in seen.items():
            if sight.busy:
                await self._until_idle(key, cases[key], give_up)
        return any(moved)

    async def _until_idle(self, key: str, case: _Case, give_up: float) -> None:
        pause = _LOOK_EVERY_SECONDS
        while (sight := await self._look(case)).busy:
            if time.monotonic() > give_up:
                raise ClockError(
                    f"{key} does not come to rest; look at it on the server's pages, and at the "
                    "worker's log"
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LOOK_AT_LEAST_EVERY_SECONDS)
        self._note(key, sight)

    def _note(self, key: str, sight: _Sight) -> bool:
        """Take in one look; True if the case is at work or has done anything since the last."""
        if not sight.open:
            return self._cases.pop(key, None) is not None
        case = self._cases[key]
        moved = sight.busy or sight.length != case.length
        case.ahead, case.length, case.retry_at = sight.ahead, sight.length, sight.retry_at
        return moved

    async def _look(self, case: _Case) -> _Sight:
        told = (await _patiently(case.handle.describe)).raw_description
        now = datetime.now(UTC)
        info = told.workflow_extended_info.time_skipping_info
        skipped = told.workflow_extended_info.HasField("time_skipping_info")
        clock = info.current_time.ToDatetime(tzinfo=UTC) if skipped else now
        is_open = told.workflow_execution_info.status == RUNNING
        retries = [retry for one in told.pending_activities if (retry := _retry_at(one))]
        at_work = len(retries) < len(told.pending_activities)
        return _Sight(
            length=told.workflow_execution_info.history_length,
            ahead=clock - now,
            busy=is_open and (at_work or told.HasField("pending_workflow_task")),
            open=is_open,
            retry_at=min(retries, default=None),
        )

    async def _read(self, case: _Case) -> None:
        """Read the view of a case that has changed; moving an idle clock changes nothing."""
        if case.view is not None and case.viewed == case.length:
            return
        view: CaseView = await _patiently(lambda: case.handle.query("view", result_type=CaseView))
        case.view, case.viewed, case.due = view, case.length, view.due_at

    async def _adopt(self) -> None:
        """Take in cases that others have opened."""
        running = f'ExecutionStatus="Running" AND ({_OPEN})'

        async def listed() -> list[str]:
            return [found.id async for found in self._client.list_workflows(running)]

        for case_id in await _patiently(listed):
            self._watch(case_id)

    def _watch(self, case_id: str) -> None:
        if case_id not in self._cases:
            handle = self._client.get_workflow_handle(case_id)
            self._cases[case_id] = _Case(handle)


def _retry_at(activity: PendingActivityInfo) -> datetime | None:
    """Return when an attempt that failed is repeated, or None if one is due or running."""
    waits = activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    if not waits or activity.attempt <= 1:
        return None
    return activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)


async def _each(cases: Iterable[_Case], act: Callable[[_Case], Awaitable[T]]) -> list[T]:
    """Act on all cases, a bounded number at a time, and return the results in their order."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(case: _Case) -> T:
        async with turns:
            return await act(case)

    return list(await asyncio.gather(*[one(case) for case in list(cases)]))


async def _patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Repeat an idempotent act while the part it talks to is being restarted.

    Raises:
        ClockError: The part does not come back.
    """
    give_up = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return await act()
        except (RPCError, WorkflowQueryFailedError, httpx.TransportError) as error:
            away = not isinstance(error, RPCError) or error.status in _AWAY
            if not away:
                raise
            if time.monotonic() > give_up:
                raise ClockError(
                    f"a part of the installation does not come back: {error}"
                ) from error
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
