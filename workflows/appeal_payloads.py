"""What arrives over the wire about appeals; `payloads.read` reads it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.instants import Instant
from workflows.payloads import Text, Word


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


CaseIds = Annotated[tuple[Word, ...], Field(max_length=200)]
"""The cases that a ticket concerns; none where nobody has a case for it."""


class AppealInput(_Wire):
    """What opens an appeal."""

    shop_id: Word
    ticket_id: Word
    case_ids: CaseIds = ()
    issued_at: Instant | None = None
    """The enforcement, from which the first window counts; asked of a person if missing."""
    kind: str = ""
    """The platform's word for the penalty."""
    order_ids: Annotated[tuple[Word, ...], Field(max_length=2_000)] = ()
    """Orders that the ticket names, besides those of the cases."""
    detected_at: Instant | None = None
    playbook: Word | None = None
    language: Word | None = None
    source: Word | None = None


class CasesJoined(_Wire):
    """Further cases of the ticket; those that are known already have something new to look at."""

    case_ids: CaseIds = ()
    order_ids: Annotated[tuple[Word, ...], Field(max_length=2_000)] = ()
    issued_at: Instant | None = None
    kind: str = ""


class AppealEnded(_Wire):
    """An appeal of the case has ended; an unknown outcome counts as lost."""

    ticket_id: Word
    outcome: Word


class _Decision(_Wire):
    actor: Word
    request_id: Word | None = None


class RecordFiling(_Decision):
    """A person handed the round in."""

    reference: Word
    """The platform's number of the filing."""
    filed_at: Instant | None = None
    evidence_id: Word | None = None
    """A screenshot of it, in the vault."""


class RecordDecision(_Decision):
    """What the platform answered."""

    decision: str
    reason: Text = ""
    decided_at: Instant | None = None
