"""What the view shows of late pickups and appeals besides what it shows of every case."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.requirements import RequirementKind, Scenario, Violation


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ProofState(StrEnum):
    """How far a proof has come."""

    HELD = "held"
    ASKED = "asked"
    OVERDUE = "overdue"
    """Asked for, not there in time; it still counts when it comes."""
    ABANDONED = "abandoned"
    """A person said that there is none."""
    MISSING = "missing"
    """Not there, and nobody was asked: machines make it, or it came up late."""


class ProofView(_Part):
    """One proof: who can still give it until when, and by what it is proven."""

    key: str
    """The requirement; its task is `evidence:<key>`."""
    kinds: tuple[RequirementKind, ...]
    """What `attach_evidence` may name as its requirement, besides the key."""
    needed: bool
    state: ProofState
    scenarios: tuple[Scenario, ...] = ()
    evidence_ids: tuple[str, ...] = ()
    late: bool = False
    """Came after it was due."""
    ask: str = ""
    until: Instant | None = None
    """Until when it can still be had; None where no end is known."""


class ScenarioView(_Part):
    """How well one cause of the delay could be proven today."""

    scenario: Scenario
    score: float
    """Share of the needed proofs that are held, 0 to 1."""
    complete: bool
    missing: tuple[str, ...] = ()
    """Keys of the needed proofs that are not held."""
    rule: str = ""
    assumed: bool = False


class AppealRef(_Part):
    """An appeal of a late pickup, and how it ended."""

    ticket_id: str
    case_id: str
    outcome: str | None = None


class PickupPart(_Part):
    """A late pickup."""

    package_id: str
    stage: str | None = None
    carrier: str = ""
    tracking_number: str = ""
    slot_from: Instant | None = None
    slot_until: Instant | None = None
    """The pickup that is booked now."""
    pickups_missed: int = 0
    missed_from: Instant | None = None
    missed_until: Instant | None = None
    """The newest booking in which the carrier did not come."""
    ready_at: Instant | None = None
    """When the first order was ready for the carrier, as the platform says."""
    scan_due_at: Instant | None = None
    """By when the platform wanted the carrier's scan, before it counts as late."""
    collected_at: Instant | None = None
    watch_until: Instant | None = None
    carrier_asked_at: tuple[Instant, ...] = ()
    told_at: dict[str, Instant] = {}
    """When the buyer of each order was told."""
    score: float = 0.0
    """That of the scenario which is proven best."""
    scenarios: tuple[ScenarioView, ...] = ()
    proofs: tuple[ProofView, ...] = ()
    appeals: tuple[AppealRef, ...] = ()


class FilingView(_Part):
    """One filing of an appeal."""

    round: int
    filed_at: Instant | None = None
    reference: str = ""
    channel: str = ""
    complete: bool | None = None
    """False where it went in with what there was."""
    receipt: str | None = None
    """Evidence id of the screenshot or answer that shows the filing."""
    exhibits: tuple[str, ...] = ()
    argument: str = ""
    decision: str | None = None
    reason: str = ""
    decided_at: Instant | None = None


class PacketView(_Part):
    """The packet of a round, ready to be handed in."""

    round: int
    path: str
    """The name of the ZIP."""
    evidence_id: str | None = None
    """Of the ZIP in the vault."""
    digest: str = ""
    """SHA-256 of the ZIP."""
    key_id: str = ""
    """Fingerprint of the key that signed it."""
    text: str
    """What goes into the appeal box, in the market's language."""
    english: str
    exhibits: tuple[str, ...] = ()
    """Evidence ids by their numbers."""
    built_at: Instant
    notes: tuple[str, ...] = ()
    """What a person should know before handing it in."""
    checklist: tuple[str, ...] = ()


class AppealPart(_Part):
    """An appeal against one ticket."""

    ticket_id: str
    violation: Violation
    penalty_kind: str = ""
    """The platform's own word."""
    issued_at: Instant | None = None
    case_ids: tuple[str, ...] = ()
    scenario: Scenario | None = None
    """The cause that is argued; None while a person has to pick it."""
    rule: str = ""
    assumed: bool = False
    round: int = 1
    rounds_allowed: int | None = None
    window_ends: Instant | None = None
    internal_deadline: Instant | None = None
    last_safe_moment: Instant | None = None
    score: float = 0.0
    ready: bool = False
    complete: bool = False
    why: str = ""
    """Why it is ready, or what it waits for."""
    channel: str = ""
    proofs: tuple[ProofView, ...] = ()
    packet: PacketView | None = None
    rounds: tuple[FilingView, ...] = ()
