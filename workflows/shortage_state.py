"""What a shortage case remembers: its asks, what has arrived, its refund, its contact."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import ContactMode, RefundStatus
    from domain.choices import Choice
    from domain.deadlines import Deadline
    from domain.messages import RefundReason
    from domain.money import Money
    from domain.orders import OrderLine
    from workflows.case import Inbox
    from workflows.payloads import BuyerChose, BuyerWrote, RestockChanged, ShortLine

RECORD_CONTACT = "record_contact"
"""What a person does about a message that chat cannot deliver."""
GIFT = "gift"
"""The task that asks the warehouse to pack the promised gift."""
APPROVAL = "approve_refund"
"""The task that asks a second person for a refund."""
REFUND_BLOCKED = "refund_blocked"
"""The task about an order that cannot be cancelled."""


@dataclass
class Ask:
    """One time of telling the buyer and asking: the first, or one for SKUs that joined."""

    number: int
    detected_at: datetime
    contact_by: Deadline | None = None
    limit: datetime | None = None
    """When the case gives this contact up; later than `contact_by` if that had passed."""
    offers_fixed: bool = False

    def renew(self) -> None:
        """Have it written anew, as more is short than was known."""
        if self.offers_fixed:
            self.number, self.offers_fixed = self.number + 1, False


@dataclass
class ShortageInbox(Inbox):
    """What has arrived about an order and waits to be taken in by the process."""

    texts: list[BuyerWrote] = field(default_factory=list)
    restock: list[RestockChanged] = field(default_factory=list)
    early_texts: list[BuyerWrote] = field(default_factory=list)
    """What the buyer wrote while no ask stood: it answers only an ask that proves older."""
    unread: bool = False
    """Whether the conversation may hold an answer whose message named no place in it."""
    held_choices: list[tuple[BuyerChose, str]] = field(default_factory=list)
    """Choices that came before the offers were fixed, with their actors."""
    held_lines: list[ShortLine] = field(default_factory=list)
    """Lines that signals named before the order was read."""


@dataclass(frozen=True)
class Restock:
    """The newest news of one SKU."""

    at: datetime | None = None
    in_stock: bool = False
    unavailable: bool = False


@dataclass
class Refund:
    """How the order is cancelled and paid back."""

    status: RefundStatus = RefundStatus.NONE
    reason: RefundReason | None = None
    amount: Money | None = None
    cancel_id: str | None = None
    scheduled: bool = False
    """True from the moment the cancellation activity is scheduled: no way back."""
    approved_by: str | None = None
    approved: bool | None = None
    requested_by: str | None = None
    submitted_at: datetime | None = None
    more_to_settle: bool = False
    """True if a SKU joined while lines were being cancelled."""
    units: tuple[OrderLine, ...] = ()
    """What the scheduled cancellation takes; a retry must never take anything else."""
    whole: bool = True
    """Whether it takes the whole order."""
    reserved: str | None = None
    """Key of its reservation against the playbook's limits."""
    called: bool = False
    """True once every rung was called about an approval that did not come."""
    number: int = 1


@dataclass
class Contact:
    """How the buyer is reached and what they were told."""

    mode: ContactMode | None = None
    conversation_id: str | None = None
    first_at: datetime | None = None
    latest_ask_at: datetime | None = None
    latest_ask_index: int | None = None
    latest_ask_id: str | None = None
    replied: bool = False
    ask_settled: bool = False
    """True once the open ask was answered and the conversation index knows it."""
    unrouted_choice: Choice | None = None
    """A choice the buyer wrote without saying for which of several orders."""
    chosen_index: int = -1
    """Place of the newest text that chose; an older one that comes late changes nothing."""
    too_late: bool = False
    """True if a new choice came after the cancellation had been scheduled."""
    wanted: set[str] = field(default_factory=set)
    """Messages that people are asked to deliver."""
    recorded: dict[str, datetime] = field(default_factory=dict)
    """Contacts that a person recorded, by step."""
    reminded_until: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    """The instant of the newest reminder; only later rungs are still due."""
    offer_changes: int = 0
    offers_judged: tuple[object, ...] = ()
    """The restock facts for which the offers were last compared."""
    offers_in_work: tuple[object, ...] = ()
    """The restock facts for which new offers are being put to the buyer."""
