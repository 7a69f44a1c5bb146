"""One step of a case: attempted, parked for people, resumed, given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.policies import NEVER_RETRIED

RETRY, DONE, ABANDON = "retry", "done", "abandon"
"""What a person may do with a parked step."""


class StepAbandonedError(Exception):
    """A person gave a parked step up."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


@dataclass
class Step:
    """One step of a case, however many attempts it takes."""

    name: str
    began_at: datetime
    tried: bool = False
    finished: bool = False
    result: Any = None
    resume: tuple[str, str] | None = None
    """How a person resumed it, and the reference given."""
    latest_try: datetime | None = None
    """When its newest attempt began."""
    earlier_try: datetime | None = None
    """When the attempt before that began."""
    retry_at: datetime | None = None
    """When a step parked by an outage is tried again."""
    beside: bool = False
    """Whether it is taken beside others, so that the case goes on without it."""


def as_activity_error(error: ApplicationError, summary: str) -> ActivityError:
    """Return the error of a local activity as that of an ordinary one; the SDK raises it bare."""
    return ActivityError(
        f"{summary}: {error.message}",
        scheduled_event_id=0,
        started_event_id=0,
        identity="",
        activity_type=summary,
        activity_id="",
        retry_state=None,
    )


def read_trouble(error: ActivityError) -> tuple[bool, str]:
    """Return whether an activity failed for want of an answer, and a sentence for people."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        return cause.type not in NEVER_RETRIED, cause.message or "no reason given"
    return True, "no answer in time; it is tried again"
