"""What a late pickup remembers besides its parcel: what has arrived, whom it told and asked."""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import ContactMode
    from domain.pickups import Slot
    from workflows.inbox import Inbox
    from workflows.payloads import PenaltyIssued

CARRIER, REBOOK, HELP_CENTER = "carrier", "rebook", "help_center"
BUYER, CONTACT_MISSED = "buyer", "contact_missed"
"""Tasks for people that are no parked steps."""
PLAIN_TASKS = frozenset({CARRIER, REBOOK, HELP_CENTER, BUYER})
"""Those that are done or given up with a word."""


@dataclass
class PickupInbox(Inbox):
    """What has arrived about a parcel and waits to be taken in by the process."""

    penalties: list[PenaltyIssued] = field(default_factory=list)


@dataclass
class Telling:
    """How the buyers of a parcel are told, by the step of their first message."""

    mode: ContactMode | None = None
    told: dict[str, datetime] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)
    """Messages that people are asked to deliver, with their order."""


@dataclass
class Rebooking:
    """The pickups that came to nothing, and those booked after them."""

    missed: Slot | None = None
    """The newest booking in which the carrier did not come."""
    times_missed: int = 0
    booked: list[Slot] = field(default_factory=list)
    """What the case itself booked."""
    settled: bool = False
    """Whether it is known if another pickup could be booked."""
