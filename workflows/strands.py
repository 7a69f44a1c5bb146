"""How a case is led: from phase to phase until it ends, with strands beside them in some kinds."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.case import Case
    from workflows.steps import StepAbandonedError

C = TypeVar("C", bound=Case)
Strand = Callable[[C], Coroutine[Any, Any, None]]
"""Something that goes on beside the process; it ends by itself or with the case."""
Phase = Callable[[C], Coroutine[Any, Any, None]]
"""What a case does in a state; it ends when something happened or a move led on."""


async def lead(
    case: Case,
    process: Coroutine[Any, Any, None],
    *,
    sees_through: Callable[[], bool] = lambda: False,
) -> None:
    """Run the process of a case; whoever ends the case from outside interrupts any step.

    Args:
        case: The case.
        process: What settles it.
        sees_through: Asked when an operator cancels the workflow: whether the process goes on
            all the same, instead of the case being withdrawn.
    """
    settling = asyncio.ensure_future(process)
    try:
        await workflow.wait_condition(lambda: settling.done() or case.closed)
    except asyncio.CancelledError:
        if sees_through():
            await workflow.wait_condition(lambda: settling.done() or case.closed)
        else:
            _withdraw(case)
    if not settling.done():
        settling.cancel()
    await ended(settling)


async def through_phases(case: C, take_in: Phase[C], phases: Mapping[CaseState, Phase[C]]) -> None:
    """Take in what has arrived, then do what the state asks for, until the case has ended."""
    while not case.closed:
        await take_in(case)
        if not case.closed:
            await phases[case.phase](case)


async def beside(
    case: C, strands: Sequence[Strand[C]], process: Coroutine[Any, Any, None]
) -> None:
    """Run the process with strands beside it, and end them with it.

    A strand that fails on a mistake of ours fails the workflow task, as the process would.
    """
    # An asyncio.TaskGroup keeps its tasks in a set and would cancel them in any order.
    tasks = [asyncio.create_task(strand(case)) for strand in strands]
    leader = asyncio.ensure_future(process)
    try:
        await workflow.wait_condition(
            lambda: leader.done() or any(_failed(task) for task in tasks)
        )
    except asyncio.CancelledError:
        await _end((leader, *tasks))
        raise
    await _end((leader, *tasks))


async def _end(tasks: "Sequence[asyncio.Future[None]]") -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        await ended(task)


def _failed(task: "asyncio.Future[None]") -> bool:
    if not task.done() or task.cancelled():
        return False
    error = task.exception()
    return error is not None and not is_cancelled_exception(error)


async def ended(task: Awaitable[None]) -> None:
    """Wait for the end of a task that was cancelled or is done."""
    try:
        await task
    except (asyncio.CancelledError, ActivityError) as error:
        if not is_cancelled_exception(error):
            raise


async def or_given_up(step: Awaitable[Any]) -> Any:
    """Return a step's result; None where a person gave it up."""
    try:
        return await step
    except StepAbandonedError:
        return None


def _withdraw(case: Case) -> None:
    """An operator cancelled the workflow: the same as withdrawing the case."""
    case.tell(EventKey.CASE_WITHDRAWN, "the workflow was cancelled", actor="operator")
    if not case.closed:
        case.move(Move.WITHDRAWN, outcome=CaseOutcome.WITHDRAWN)
