"""Awaiting the restock: one thing at a time, the most urgent first, until nobody waits."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.moves import Move
    from workflows.incident import Incident
    from workflows.incident_phases.chasing import chase
    from workflows.incident_phases.looking import look, settle
    from workflows.incident_phases.news import take_news
    from workflows.incident_phases.telling import has_news_to_tell, tell_news
    from workflows.incident_state import LOOK

SETTLE_GAP = timedelta(seconds=30)
"""Hints that cases have ended are gathered for so long before the records are asked."""


async def await_restock(incident: Incident) -> None:
    """Do what is due, or rest until something is."""
    incident.inbox.taken_in = incident.inbox.arrivals
    await take_news(incident)
    seen = incident.figures
    if seen.unopened:
        incident.book.found_at = incident.now
        incident.go(Move.MORE_SHORT)
    elif seen.untold_units:
        incident.go(Move.UNITS_CAME)
    elif not incident.somebody_waits and incident.book.looked_last:
        incident.go(Move.NOBODY_WAITS)
    else:
        await _next_thing(incident)


async def _next_thing(incident: Incident) -> None:
    book, now = incident.book, incident.now
    if has_news_to_tell(incident) and not _is_waiting_for_tell(incident):
        await tell_news(incident)
    elif _due(incident.next_chase_at, now):
        await chase(incident)
    elif _due(book.next_look_at, now) or _is_last_look(incident):
        await look(incident)
    elif incident.inbox.stale and _due(_settle_at(incident), now):
        await settle(incident)
    elif workflow.info().is_continue_as_new_suggested():
        incident.hand_over = True
    else:
        await incident.rest(_wake_at(incident))


def _is_last_look(incident: Incident) -> bool:
    """Tell whether nobody waits, so that the orders are read once more before it ends."""
    return not incident.somebody_waits and incident.task(LOOK) is None


def _is_waiting_for_tell(incident: Incident) -> bool:
    """Tell whether telling failed just now, so that it waits for the next reading."""
    return incident.task("tell_cases") is not None and not _due(
        incident.book.next_look_at, incident.now
    )


def _settle_at(incident: Incident) -> datetime | None:
    before = incident.book.settled_at
    return before + SETTLE_GAP if before else incident.opened_at


def _wake_at(incident: Incident) -> datetime | None:
    dates = [incident.book.next_look_at, incident.next_chase_at]
    if incident.inbox.stale:
        dates.append(_settle_at(incident))
    return min((at for at in dates if at), default=None)


def _due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
