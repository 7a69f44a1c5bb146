"""Evidence as the cases need it: what the vault holds, what proofs win, texts of ours kept."""

from abc import ABC, abstractmethod
from datetime import date

from temporalio import activity

from domain.completeness import HeldEvidence
from domain.instants import Instant
from domain.requirements import RequirementKind, RequirementSet, Scenario, Violation
from workflows import names
from workflows.ports.facts import EffectKey, Fact


class EvidenceRef(Fact):
    """A piece of evidence by its id."""

    evidence_id: str


class EvidenceFound(Fact):
    """What the vault says of a piece of evidence; *held* is None where it knows no such."""

    held: HeldEvidence | None = None
    case_id: str = ""
    """The case under which it was collected."""
    late: bool = False
    media_type: str = ""
    erased: bool = False


class EvidenceOfCases(Fact):
    """All evidence of some cases, open or closed."""

    case_ids: tuple[str, ...]


class PinRequirements(Fact):
    """Which proofs win, for the scenarios that may turn out to be the one."""

    market: str
    violation: Violation
    scenarios: tuple[Scenario, ...]
    on: date
    """The day on which the case or appeal opens, in the market's own calendar."""


class RequirementsPinned(Fact):
    """One set per scenario, in the order they were asked for."""

    sets: tuple[RequirementSet, ...]


class KeepText(Fact):
    """Keep a text of ours as evidence, once."""

    key: EffectKey
    kind: RequirementKind
    name: str
    text: str
    source: str
    at: Instant
    captured_at: Instant | None = None


class VaultPort(ABC):
    """The evidence of one installation; every write is idempotent by its key."""

    @activity.defn(name=names.FIND_EVIDENCE)
    @abstractmethod
    async def find_evidence(self, cmd: EvidenceRef) -> EvidenceFound:
        """Return what the vault says of a piece of evidence."""

    @activity.defn(name=names.EVIDENCE_OF_CASES)
    @abstractmethod
    async def evidence_of_cases(self, cmd: EvidenceOfCases) -> list[HeldEvidence]:
        """List all evidence of some cases."""

    @activity.defn(name=names.PIN_REQUIREMENTS)
    @abstractmethod
    async def pin_requirements(self, cmd: PinRequirements) -> RequirementsPinned:
        """Return which proofs win, as the files say now."""

    @activity.defn(name=names.KEEP_TEXT)
    @abstractmethod
    async def keep_text(self, cmd: KeepText) -> HeldEvidence:
        """Keep a text of ours as evidence, once."""
