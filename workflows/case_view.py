"""The parts of a view that every kind shows alike."""

from collections.abc import Iterable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import DeadlineView, PlaybookRef
    from domain.deadlines import Deadline
    from workflows.case import Case


def playbook_ref(case: Case) -> PlaybookRef | None:
    """Return which playbook the case runs under; None until it is pinned."""
    if not case.is_pinned:
        return None
    playbook = case.pinned.playbook
    return PlaybookRef(name=playbook.name, version=playbook.version)


def deadline_views(deadlines: Iterable[Deadline]) -> tuple[DeadlineView, ...]:
    """Return deadlines as outsiders see them, in their order."""
    return tuple(
        DeadlineView(name=one.name, at=one.at, rule=one.rule, assumed=one.assumed)
        for one in deadlines
    )
