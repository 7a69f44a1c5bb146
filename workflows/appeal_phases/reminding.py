"""Reminding people along the playbook's ladder, counted back from the last safe moment."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase


async def remind(case: AppealCase) -> None:
    """Call people at each rung while the round is not handed in."""
    while not case.closed:
        seen, rung = _of(case), _next(case)
        changed = await case.wait(
            lambda: _of(case) != seen,  # noqa: B023  # awaited before the loop goes on
            until=rung,
            why="remind people of the appeal",
        )
        if not changed and rung is not None:
            case.reminded_until = rung
            await _call(case)


def _of(case: AppealCase) -> tuple[object, ...]:
    return case.round.number, case.deadlines, case.round.filing is None


def _next(case: AppealCase) -> datetime | None:
    if case.round.filing is not None:
        return None
    since = max(case.now, case.reminded_until)
    return min((at for at in case.deadlines.reminders if at > since), default=None)


async def _call(case: AppealCase) -> None:
    ends = case.deadlines.window_ends
    why = case.readiness().why
    case.tell(EventKey.APPEAL_REMINDED, why, rule=ends.rule if ends else "")
    if not case.people_can_be_called:
        return
    first = case.tasks[0] if case.tasks else None
    task = first or HumanTask(
        step="appeal", ask=f"The appeal against ticket {case.ticket_id}: {why}"
    )
    await case.call_people(task, 0)
