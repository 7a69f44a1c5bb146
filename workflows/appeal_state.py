"""What an appeal remembers: its rounds, what was handed in, what was answered."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.appeals import AppealDeadlines, Decision, FiledRound
    from domain.instants import Instant
    from domain.playbook import FilingChannel
    from workflows.inbox import Inbox
    from workflows.ports import PacketBuilt

SCENARIO, WINDOW, ORDERS = "scenario", "window", "orders"
"""Tasks about what only a person can read off the ticket; the answer is the reference."""
ARGUMENT = "argument"
"""The task for what a second round says anew."""
FILE, DECISION, NEXT_ROUND = "file", "decision", "next_round"
RECORD_FILING, RECORD_DECISION = "record_filing", "record_decision"
"""What people do about the first two of them."""


@dataclass
class AppealInbox(Inbox):
    """What has arrived about an appeal and waits to be taken in by the process."""

    gather: bool = True
    """Whether its cases and their evidence should be looked at again."""


@dataclass(frozen=True)
class Filing:
    """How a round was handed in."""

    reference: str
    filed_at: Instant
    channel: FilingChannel
    complete: bool
    actor: str
    receipt: str | None = None
    """Evidence id of what shows it."""


@dataclass(frozen=True)
class Answer:
    """What the platform answered."""

    decision: Decision
    reason: str
    decided_at: Instant


@dataclass
class Round:
    """One round of an appeal."""

    number: int
    begins_at: datetime | None
    """The enforcement or the rejection; None while nobody knows it."""
    opened_at: datetime
    shown_end: datetime | None = None
    """The end of the window as a person read it off the ticket."""
    deadlines: AppealDeadlines | None = None
    argument: str = ""
    packet: PacketBuilt | None = None
    packed: tuple[object, ...] = ()
    """What the packet was built from."""
    version: int = 0
    filing: Filing | None = None
    answer: Answer | None = None
    handing_in: bool = False
    """True while the gateway is asked to hand it in, so that nobody else does."""
    by_hand: bool = False
    """True once a person has to hand it in although the channel is the gateway."""

    @property
    def exhibits(self) -> tuple[str, ...]:
        """Evidence ids of the newest packet, by their numbers."""
        return tuple(file.evidence_id for file in self.packet.files) if self.packet else ()

    def as_filed(self) -> FiledRound:
        """Return what it argued with."""
        files = self.packet.files if self.packet else ()
        digests = tuple(file.digest for file in files)
        return FiledRound(exhibits=digests, argument=self.argument)
