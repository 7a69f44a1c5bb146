"""Collecting: what is missing is asked for, and the round is judged whenever something changes."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, HumanTask
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.appeal_state import ARGUMENT, ORDERS, SCENARIO, WINDOW
    from workflows.steps import DONE

LOOK_EVERY = timedelta(days=1)
"""How often the evidence of the ticket's cases is looked at, whatever they tell."""
_LEAST = timedelta(hours=1)
"""People have at least so long for a proof."""
_READ_OFF = "What nobody records cannot be counted on; the appeal may go in too late."


async def collect(case: AppealCase) -> None:
    """Ask for what is missing until the round is ready, or its window has passed."""
    _ask_what_only_people_know(case)
    if case.has_ended():
        expire(case)
        return
    _argue_the_best_at_last(case)
    _ask_for_proofs(case)
    _note_internal_deadline(case)
    ready = case.readiness()
    if ready.ready:
        case.tell(EventKey.APPEAL_READY, ready.why)
        case.move(Move.READY_TO_FILE)
        return
    if not await case.wait(lambda: case.inbox.news, until=_wake(case), why="the appeal's clock"):
        case.inbox.gather = True


def expire(case: AppealCase) -> None:
    """End an appeal whose window passed unused; never silently."""
    ends = case.deadlines.window_ends
    if ends:
        case.breach(ends.name, ends.at)
    case.move(Move.WINDOW_ENDED, outcome=CaseOutcome.APPEAL_EXPIRED)


def _wake(case: AppealCase) -> datetime | None:
    look = case.now + LOOK_EVERY if case.case_ids else None
    return min((at for at in (case.next_instant(), look) if at), default=None)


def _ask_what_only_people_know(case: AppealCase) -> None:
    _ask(
        case,
        WINDOW,
        case.deadlines.ask and f"{case.deadlines.ask}, such as 2026-12-24T10:00:00Z.",
        otherwise=_READ_OFF,
    )
    _ask(
        case,
        ORDERS,
        ""
        if case.order_ids
        else f"Ticket {case.ticket_id} belongs to no case; read the order ids off it and record "
        "them, separated by commas.",
        otherwise="Without an order the appeal cannot be written.",
    )
    words = ", ".join(one.scenario for one in case.sets)
    _ask(
        case,
        SCENARIO,
        ""
        if case.scenario
        else f"Say which cause explains ticket {case.ticket_id}; record one of {words}.",
        otherwise="At the last safe moment the cause that is proven best is argued.",
    )
    if len(case.rounds) > 1:
        _ask(
            case,
            ARGUMENT,
            ""
            if case.is_new()
            else "The second appeal must add something: attach a new exhibit, or record what the "
            "first one did not say.",
            otherwise="A second appeal that repeats the first is not handed in.",
        )


def _ask(case: AppealCase, step: str, ask: str, *, otherwise: str) -> None:
    """Keep a task as long as there is something to ask."""
    if not ask:
        case.drop_task(step)
        return
    due = case.deadlines.internal_deadline
    case.ask_person(
        HumanTask(
            step=step,
            ask=ask,
            by=due.at if due and due.at > case.now else None,
            options=(DONE,),
            otherwise=otherwise,
        )
    )


def _argue_the_best_at_last(case: AppealCase) -> None:
    """At the last safe moment a cause is argued even if nobody has picked one."""
    last = case.deadlines.last_safe_moment
    if case.scenario is not None or last is None or case.now < last.at:
        return
    best = case.best_scenario()
    if best is not None:
        case.argue(best)
        case.tell(EventKey.APPEAL_ARGUES, best, rule="the last safe moment; it is proven best")


def _ask_for_proofs(case: AppealCase) -> None:
    """Ask once per round and cause for everything that is missing."""
    if case.scenario is None:
        return
    if not case.inbox.first_time(f"asked:{case.round.number}:{case.scenario}"):
        return
    due = case.deadlines.internal_deadline
    within = due.at - case.now if due else case.pinned.playbook.appeal.complete_within
    case.ask_for_proofs(max(within, _LEAST))


def _note_internal_deadline(case: AppealCase) -> None:
    """Flag a round that is not complete by the day that the house set itself."""
    due = case.deadlines.internal_deadline
    proven = case.completeness()
    if due and case.now >= due.at and not (proven and proven.complete):
        case.breach(due.name, due.at)
