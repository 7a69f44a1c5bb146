"""What an appeal needs from outside: its cases' evidence, text and packet, filing, past outcomes.

Which proofs win is pinned through `VaultPort.pin_requirements`, one set per scenario that may
turn out to be the one.
"""

from abc import ABC, abstractmethod

from pydantic import Field, PositiveInt
from temporalio import activity

from domain.appeal_outcomes import PastOutcomes
from domain.appeal_story import CaseStory
from domain.appeal_texts import MomentAt
from domain.appeals import Decision
from domain.completeness import Completeness, HeldEvidence, ProofMoments
from domain.instants import Instant
from domain.playbook import FilingChannel
from domain.requirements import RequirementKind, RequirementSet, Scenario, Violation
from workflows import names
from workflows.ports.facts import EffectKey, Fact


class GatherEvidence(Fact):
    """Everything that the cases of an appeal, and the appeal itself, can show."""

    appeal_id: str
    case_ids: tuple[str, ...]
    violation: Violation
    sets: tuple[RequirementSet, ...] = ()
    """Pinned; one per scenario that may turn out to be the one."""
    zone: str
    """IANA zone that ends a day."""
    opened_at: Instant
    """Stands in for the end of a slot that no case knows."""
    window_ends: Instant | None = None
    now: Instant


class Gathered(Fact):
    """What there is."""

    held: tuple[HeldEvidence, ...] = ()
    """Of all cases in their order, then of the appeal; packets and receipts are not among it."""
    late: tuple[str, ...] = ()
    """Evidence ids that came after they were due."""
    cases: tuple[CaseStory, ...] = ()
    order_ids: tuple[str, ...] = ()
    """Of all cases, each once."""
    story: tuple[MomentAt, ...] = ()
    """Of all cases, in order of time; the penalty's own moments are the appeal's to add."""
    moments: ProofMoments
    completeness: tuple[Completeness, ...] = ()
    """One per set, in their order."""
    scenario: Scenario | None = None
    """The one that facts and evidence point to; None where a person has to pick."""


class BuildPacket(Fact):
    """Write the text of a round and put its packet together, once."""

    key: EffectKey
    """Its `case_id` is the appeal's; a new step makes a new packet."""
    shop_id: str
    ticket_id: str
    market: str
    zone: str
    """IANA zone in which times are printed."""
    language: str
    """BCP 47 tag of the market's appeal language."""
    violation: Violation
    scenario: Scenario
    """The one that is argued."""
    requirement_set: RequirementSet
    round: PositiveInt = 1
    order_ids: tuple[str, ...] = Field(min_length=1)
    story: tuple[MomentAt, ...] = ()
    """Everything the text may tell, penalty and rejection included; exhibits are filled in."""
    held: tuple[HeldEvidence, ...] = ()
    """What goes in."""
    earlier: tuple[str, ...] = ()
    """Evidence ids of the round before, in the order of their numbers."""
    missing: tuple[str, ...] = ()
    """Keys of the needed requirements that are not proven."""
    rejection_reason: str = ""
    argument: str = ""
    """A person's own words, at most LONGEST_ARGUMENT characters."""
    window_ends: Instant | None = None
    last_safe_moment: Instant | None = None


class PackedFile(Fact):
    """One numbered exhibit as it lies in the packet."""

    number: PositiveInt
    path: str
    """In the archive, such as exhibits/01-carrier-chat.png."""
    evidence_id: str
    """The original."""
    digest: str
    """Of the original; what rounds are compared by."""
    kind: RequirementKind
    requirement: str = ""
    """Key of the requirement that it proves; empty where it proves none."""
    size: int
    is_new: bool = False
    change: str = ""
    """What was done to it, where a copy goes in."""


class PacketBuilt(Fact):
    """A packet in the vault, with all that a person or a gateway files."""

    evidence_id: str
    """Of the ZIP, an item of the appeal."""
    name: str
    digest: str
    size: int
    key_id: str
    """Fingerprint of the key that signed it, for `verify.py --key`."""
    page: str
    """`packet.pdf` or `packet.html`."""
    text: str
    """What goes into the appeal box, in *language*."""
    english: str
    language: str
    """The language it was written in, which may be a fallback."""
    template_version: str
    reviewed: bool
    """False while a native speaker has not read the template."""
    orders_shown: int
    complete: bool
    checklist: tuple[str, ...] = ()
    """Steps of filing by hand, in English."""
    checklist_zh: tuple[str, ...] = ()
    files: tuple[PackedFile, ...] = ()
    """By their numbers; the next round's `earlier` are their evidence ids."""
    notes: tuple[str, ...] = ()
    """What a person should know before handing it in."""
    built_at: Instant


class NoteFiling(Fact):
    """Enter in the custody of everything filed that it was submitted, once."""

    key: EffectKey
    ticket_id: str
    round: PositiveInt
    channel: FilingChannel
    reference: str
    actor: str
    filed_at: Instant
    packet_id: str
    """Evidence id of the packet."""
    evidence_ids: tuple[str, ...] = ()
    """Of the originals in it."""


class KeepOutcome(Fact):
    """How a round was decided; kept once per appeal and round."""

    appeal_id: str
    shop_id: str
    ticket_id: str
    market: str
    violation: Violation
    scenario: Scenario
    round: PositiveInt
    decision: Decision
    reason: str = ""
    kinds: tuple[RequirementKind, ...] = ()
    complete: bool = True
    at: Instant


class FindOutcomes(Fact):
    """Which earlier appeals to count."""

    market: str
    violation: Violation
    scenario: Scenario


class FileByGateway(Fact):
    """Hand a round in at the merchant's own endpoint, once."""

    key: EffectKey
    shop_id: str
    ticket_id: str
    market: str
    violation: Violation
    scenario: Scenario
    round: PositiveInt = 1
    order_ids: tuple[str, ...]
    packet: PacketBuilt
    file_by: Instant | None = None
    """When the window ends."""
    now: Instant


class Filed(Fact):
    """A filing that the merchant's endpoint has."""

    reference: str
    filed_at: Instant
    already: bool = False
    """It was there before this call."""


class LookAtFiling(Fact):
    """Is this filing there?"""

    key: EffectKey


class FilingFound(Fact):
    """A filing as the endpoint reports it; *filed* is None where it has none, or not yet."""

    filed: Filed | None = None
    pending: bool = False
    """It was taken and waits to be handed in there."""


class AppealsPort(ABC):
    """Evidence, texts, packets and past outcomes of appeals; every write is idempotent."""

    @activity.defn(name=names.GATHER_EVIDENCE)
    @abstractmethod
    async def gather(self, cmd: GatherEvidence) -> Gathered:
        """Return everything that the cases of an appeal can show now."""

    @activity.defn(name=names.BUILD_PACKET)
    @abstractmethod
    async def build_packet(self, cmd: BuildPacket) -> PacketBuilt:
        """Write the text and put the packet together, once; heartbeats meanwhile."""

    @activity.defn(name=names.NOTE_FILING)
    @abstractmethod
    async def note_filing(self, cmd: NoteFiling) -> None:
        """Enter in the custody of everything filed that it was submitted, once."""

    @activity.defn(name=names.KEEP_OUTCOME)
    @abstractmethod
    async def keep_outcome(self, cmd: KeepOutcome) -> None:
        """Keep how a round was decided."""

    @activity.defn(name=names.PAST_OUTCOMES)
    @abstractmethod
    async def past_outcomes(self, cmd: FindOutcomes) -> PastOutcomes:
        """Return what became of earlier appeals of the kind."""


class GatewayPort(ABC):
    """The merchant's own endpoint for filing; looked at before a repeat."""

    @activity.defn(name=names.FILE_BY_GATEWAY)
    @abstractmethod
    async def file_by_gateway(self, cmd: FileByGateway) -> Filed:
        """Hand a round in, once; heartbeats meanwhile."""

    @activity.defn(name=names.LOOK_AT_FILING)
    @abstractmethod
    async def look_at_filing(self, cmd: LookAtFiling) -> FilingFound:
        """Return what the endpoint has of a filing."""
