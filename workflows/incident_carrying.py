"""Handing an incident that has grown long to a new run, with everything it knows."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.errors import InputError
    from workflows.incident import Incident
    from workflows.incident_state import Carried
    from workflows.payloads import read
    from workflows.phases.admission import pin


def carried_from(incident: Incident) -> dict[str, Any]:
    """Return the start input of the next run."""
    carried = Carried(
        book=incident.book,
        phase=incident.phase,
        opened_at=incident.opened_at,
        detected_at=incident.detected_at,
        assignee=incident.assignee,
        pinned=incident.pinned,
        timeline=tuple(incident.story.timeline),
        breaches=tuple(incident.story.breaches),
        tasks=incident.carried_tasks(),
        seen=tuple(sorted(incident.inbox.seen)),
        answered=tuple(sorted(incident.answered)),
        heard=tuple(incident.heard),
    )
    again = incident.inp.model_dump(mode="json", exclude_none=True, exclude={"carried"})
    return {**again, "carried": carried.model_dump(mode="json")}


def restore(incident: Incident, carried: dict[str, Any]) -> None:
    """Let an incident go on where its last run ended; steps begin anew and look first.

    Raises:
        InputError: Not what a run hands on.
    """
    try:
        held = read(Carried, carried)
    except InputError as error:
        raise InputError("carried", str(error)) from error
    incident.book = held.book
    incident.phase = held.phase
    incident.opened_at, incident.detected_at = held.opened_at, held.detected_at
    incident.assignee = held.assignee
    pin(incident, held.pinned)
    incident.story.timeline = list(held.timeline)
    incident.story.breaches = list(held.breaches)
    incident.inbox.seen = set(held.seen)
    for request_id in held.answered:
        incident.answer(request_id)
    incident.heard = list(held.heard)
    incident.restore_tasks(held.tasks)
