"""Opening cases at an instant of virtual time: one small workflow per opening instant.

A workflow that a client starts begins at wall time; the child of a workflow begins at its
parent's virtual time. A conductor is therefore moved to the instant while it has no children,
and then starts the cases as children that outlive it.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from workflows.opening import AFTER_FAILURE, CONFLICT, REUSE, CaseStart, Fate

logger = structlog.get_logger()

QUEUE = "virtual-clock"
"""Queue of the conductors; production has neither this queue nor a worker for it."""
_RUNS_AT_MOST = timedelta(minutes=5)


@workflow.defn(name="Conductor", sandboxed=False)
class Conductor:
    """Opens the cases of one instant."""

    def __init__(self) -> None:
        self._may_open = False

    @workflow.signal
    def open(self) -> None:
        """Begin: the clock stands where it should."""
        self._may_open = True

    @workflow.run
    async def run(self, starts: list[CaseStart]) -> list[Fate]:
        """Open every case, or tell the one that is open already what was found."""
        await workflow.wait_condition(lambda: self._may_open)
        return list(await asyncio.gather(*[_open(start) for start in starts]))


async def _open(start: CaseStart) -> Fate:
    try:
        await workflow.start_child_workflow(
            start.workflow_type,
            start.payload,
            id=start.case_id,
            task_queue=start.task_queue,
            id_reuse_policy=REUSE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            search_attributes=start.search_attributes,
            static_summary=start.static_summary,
        )
    except WorkflowAlreadyStartedError:
        return await _join(start)
    return Fate.OPENED


async def _join(start: CaseStart) -> Fate:
    if start.signal is None:
        return Fate.JOINED
    case: workflow.ExternalWorkflowHandle[Any] = workflow.get_external_workflow_handle(
        start.case_id
    )
    try:
        await case.signal(start.signal, start.signal_payload)
    except FailureError:
        return Fate.ALREADY_CLOSED
    return Fate.JOINED


def conductor_worker(client: Client) -> Worker:
    """Return the worker that runs conductors."""
    return Worker(client, task_queue=QUEUE, workflows=[Conductor])


def time_skipper(client: Client) -> TimeSkipper:
    """Return what moves clocks; nothing moves by itself."""
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


async def open_at(
    skipper: TimeSkipper, instant: datetime, starts: Sequence[CaseStart]
) -> dict[str, Fate]:
    """Open cases whose clocks begin at *instant*.

    Works from any process, as long as one runs a `conductor_worker`. The same starts at the same
    instant have one conductor: whoever asks again, as after a crash, hears what became of them.

    Args:
        skipper: Made by `time_skipper`.
        instant: When the cases open; one that lies behind the wall clock means now.
        starts: What to open.

    Returns:
        What became of each, by case id.
    """
    conductor = await _conductor(skipper.client, _id_of(instant, starts), starts)
    try:
        ahead = instant - await skipper.get_current_time(conductor)
        if ahead > timedelta(0):
            await skipper.fast_forward(conductor, ahead)
        await conductor.signal(Conductor.open)
    except RPCError as error:
        # One that has ended has opened everything.
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    async with asyncio.timeout(_RUNS_AT_MOST.total_seconds()):
        fates = await conductor.result()
    return dict(zip([start.case_id for start in starts], fates, strict=True))


async def _conductor(
    client: Client, conductor_id: str, starts: Sequence[CaseStart]
) -> WorkflowHandle[Conductor, list[Fate]]:
    try:
        await client.start_workflow(
            Conductor.run,
            list(starts),
            id=conductor_id,
            task_queue=QUEUE,
            id_reuse_policy=AFTER_FAILURE,
            id_conflict_policy=CONFLICT,
        )
    except WorkflowAlreadyStartedError:
        logger.debug("conductor.ended_before", conductor_id=conductor_id)
    return client.get_workflow_handle_for(Conductor.run, conductor_id)


def _id_of(instant: datetime, starts: Sequence[CaseStart]) -> str:
    told = "\n".join(start.model_dump_json() for start in starts)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return f"conductor:{instant.astimezone(UTC).isoformat()}:{digest[:16]}"


class Conductors:
    """Opens cases for workflows at their own instants: the virtual clock's way."""

    def __init__(self, client: Client) -> None:
        """Open with *client*, connected to a server that was started with virtual time."""
        self._skipper = time_skipper(client)

    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        """Open every case at *at*, or join it, by a conductor of that instant."""
        return await open_at(self._skipper, at, starts) if starts else {}
