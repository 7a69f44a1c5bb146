"""What a shortage case remembers: its asks, what has arrived, its refund, its contact."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.budgets import RungChoice
    from domain.cases import ContactMode, RefundStatus
    from domain.choices import Choice
    from domain.deadlines import Deadline
    from domain.messages import RefundReason, WrittenMessage
    from domain.money import Money
    from domain.orders import OrderLine
    from domain.stockout import Course, Judgement
    from domain.supply_parts import RoundView
    from workflows.inbox import Inbox
    from workflows.payloads import (
        BuyerChose,
        BuyerWrote,
        RestockChanged,
        ShortageFound,
        ShortLine,
    )

TELLS_ITS_INCIDENT = "case-tells-its-incident"
"""Patch id. Cases that close since then tell the incident that opened them, so that what they
leave is handed on within a minute, not at the incident's next reading. Asked once, at closing."""
LEDGERS_AND_BANDS = "shortage-ledgers-and-bands"
"""Patch id. Cases opened since then enter promises, consents and offers in the ledgers, handle an
item that is out of stock by how long its restock takes, and look once more into the chat before a
notice goes to people. Asked once, when an `OversellCase` opens; a `StockoutCase` always does."""

RECORD_CONTACT = "record_contact"
"""What a person does about a message that chat cannot deliver."""
SUPPLIER = "supplier"
"""The task that asks people for the supplier's date."""
BUDGET = "budget"
"""The task that tells of a spent budget."""
AMENDS = "amends"
"""The task that asks a person to hand over a gift or a discount."""
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
    supplier_by: Deadline | None = None
    """When the supplier's answer is needed; set once it is waited for."""
    supplier_rungs: int = 0
    """How many rungs of the supplier's ladder were climbed or have passed."""
    supplier_silent: bool = False
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
    late: list[ShortageFound] = field(default_factory=list)
    """What was found while the case was being filed: it belongs to the next run."""


@dataclass
class Owed:
    """A gift or a discount that a person hands over."""

    what: str
    by: datetime
    given: bool = False


@dataclass(frozen=True)
class Agreed:
    """A buyer's yes to a date that waits to be entered in the ledger."""

    promised_at: datetime
    at: datetime
    rule: str
    text: str = ""
    message_id: str = ""
    silent: bool = False


@dataclass
class Bargain:
    """What the buyer is offered, with what, and why not more."""

    judgement: Judgement = field(default_factory=lambda: Judgement(course=Course.OFFERS, why=""))
    """How the buyer is asked, as of the newest offers."""
    number: int = 1
    """The round of a negotiation."""
    wants_more: bool = False
    """True if the buyer answered a round with a question."""
    rounds: list[RoundView] = field(default_factory=list)
    """What was offered for waiting in each round."""
    not_made: tuple[str, ...] = ()
    reserved: dict[Choice, str] = field(default_factory=dict)
    """Keys of what is reserved under the budget."""
    found: dict[str, RungChoice] = field(default_factory=dict)
    """What each reservation granted."""
    owed: dict[Choice, Owed] = field(default_factory=dict)
    given: set[Choice] = field(default_factory=set)
    """Choices whose offer really went to the buyer."""
    cards: set[Choice] = field(default_factory=set)
    """Choices whose coupon card was sent, or could not be."""


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
    shown: WrittenMessage | None = None
    """The newest ask as the buyer was shown it."""
    said: dict[str, str] = field(default_factory=dict)
    """Who told the buyer, how, and in which words of their own, by step."""
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
