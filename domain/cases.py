"""The closed sets of a case and what its view shows; the words are the wire's."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.case_parts import AppealPart, PickupPart
from domain.choices import Choice
from domain.incidents import IncidentPart
from domain.instants import Instant
from domain.supply_parts import SupplyPart
from domain.timeline import EventKey


class CaseKind(StrEnum):
    """What went wrong; a shortage may turn from oversold to unavailable."""

    OVERSOLD = "oversold"
    UNAVAILABLE = "unavailable"
    LATE_PICKUP = "late_pickup"
    APPEAL = "appeal"
    INCIDENT = "incident"


class CaseState(StrEnum):
    """Where a case stands; each kind uses those that its table of moves names."""

    OPENING = "opening"
    CONTACTING = "contacting"
    AWAITING_CHOICE = "awaiting_choice"
    WAITING_RESTOCK = "waiting_restock"
    ARRANGING_SWAP = "arranging_swap"
    REFUNDING = "refunding"
    COLLECTING_EVIDENCE = "collecting_evidence"
    APPEALING = "appealing"
    WATCHING = "watching"
    PARKED = "parked"
    CLOSED = "closed"
    COLLECTING = "collecting"
    READY = "ready"
    FILED = "filed"
    REJECTED = "rejected"
    SECOND_ROUND = "second_round"
    STOPPING = "stopping"
    ALLOCATING = "allocating"
    AWAITING_RESTOCK = "awaiting_restock"
    HANDING_OUT = "handing_out"
    RESUMING = "resuming"


class CaseOutcome(StrEnum):
    """How a case ended."""

    SHIPPED_AFTER_WAIT = "shipped_after_wait"
    SWAPPED = "swapped"
    REFUNDED_BY_CHOICE = "refunded_by_choice"
    REFUNDED_NO_REPLY = "refunded_no_reply"
    REFUNDED_NOT_CONTACTED = "refunded_not_contacted"
    REFUNDED_RESTOCK_FAILED = "refunded_restock_failed"
    REFUNDED_SWAP_LAPSED = "refunded_swap_lapsed"
    REFUNDED_UNAVAILABLE = "refunded_unavailable"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"
    CANCELLED_BY_PLATFORM = "cancelled_by_platform"
    CANCELLED_BY_SELLER = "cancelled_by_seller"
    SHIPPED_ANYWAY = "shipped_anyway"
    COLLECTED = "collected"
    APPEAL_WON = "appeal_won"
    APPEAL_LOST = "appeal_lost"
    APPEAL_EXPIRED = "appeal_expired"
    WITHDRAWN = "withdrawn"
    REFUNDED_BY_PERSON = "refunded_by_person"
    CLOSED_BY_PERSON = "closed_by_person"
    UNKNOWN_ORDER = "unknown_order"
    DUPLICATE_OF_CLOSED = "duplicate_of_closed"
    DUPLICATE_OF_OPEN = "duplicate_of_open"


class ContactMode(StrEnum):
    """How the buyer is reached."""

    CHAT = "chat"
    ASSISTED = "assisted"


class RefundStatus(StrEnum):
    """How far the cancellation by the seller has come."""

    NONE = "none"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    NOT_PAID = "not_paid"
    FAILED = "failed"


class CouponStatus(StrEnum):
    """What became of the coupon of a refund."""

    NONE = "none"
    SENT = "sent"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfferView(_Part):
    """One offer as outsiders see it."""

    choice: Choice
    promised_at: Instant | None = None
    substitute_sku_id: str | None = None
    gift: str | None = None
    coupon_id: str | None = None
    discount: str | None = None
    """Decimal, in the order's currency."""


class RefundView(_Part):
    """The refund; *amount* is a decimal string."""

    status: RefundStatus = RefundStatus.NONE
    amount: str | None = None
    currency: str | None = None
    cancel_id: str | None = None


class CouponView(_Part):
    """The coupon of a refund."""

    status: CouponStatus = CouponStatus.NONE
    coupon_id: str | None = None


class HumanTask(_Part):
    """What a person is asked to do, by when, and what happens otherwise."""

    step: str
    ask: str
    by: Instant | None = None
    options: tuple[str, ...] = ()
    otherwise: str = ""
    text: str = ""
    """A message ready to be sent by hand, where the task is to send one."""
    ask_zh: str = ""
    """The ask in Chinese, where its words come from data and not from the screens."""


class Breach(_Part):
    """A deadline that was missed."""

    deadline: str
    due_at: Instant
    noticed_at: Instant


class DeadlineView(_Part):
    """A deadline with the rule that made it."""

    name: str
    at: Instant
    rule: str
    assumed: bool = False


class PlaybookRef(_Part):
    """Which playbook the case is pinned to."""

    name: str
    version: str


class CaseView(_Part):
    """The whole case as the `view` query answers."""

    kind: CaseKind
    state: CaseState
    outcome: CaseOutcome | None = None
    resumes_to: CaseState | None = None
    case_id: str
    shop_id: str
    order_id: str | None = None
    order_ids: tuple[str, ...] = ()
    market: str | None = None
    language: str | None = None
    opened_at: Instant
    detected_at: Instant
    contact_by: Instant | None = None
    contacted_at: Instant | None = None
    contact_mode: ContactMode | None = None
    choice_by: Instant | None = None
    promise_by: Instant | None = None
    promised_at: Instant | None = None
    consent_by: Instant | None = None
    due_at: Instant | None = None
    deadlines: tuple[DeadlineView, ...] = ()
    choice: str | None = None
    offers: tuple[OfferView, ...] = ()
    offers_not_made: tuple[str, ...] = ()
    """A sentence for each offer that could not be made, of the newest offers."""
    short_skus: tuple[str, ...] = ()
    refund: RefundView = RefundView()
    coupon: CouponView = CouponView()
    gift_to_pack: str | None = None
    replacement_order_id: str | None = None
    assignee: str | None = None
    incident_id: str | None = None
    stream: str | None = None
    source: str | None = None
    needs_human: HumanTask | None = None
    tasks: tuple[HumanTask, ...] = ()
    breaches: tuple[Breach, ...] = ()
    evidence: tuple[str, ...] = ()
    pickup: PickupPart | None = None
    appeal: AppealPart | None = None
    incident: IncidentPart | None = None
    supply: SupplyPart | None = None
    playbook: PlaybookRef | None = None
    closed_at: Instant | None = None


class TimelineEvent(_Part):
    """One thing that happened, who did it and on which rule."""

    at: Instant
    key: EventKey
    actor: str
    rule: str = ""
    detail: str = ""
    evidence_ids: tuple[str, ...] = ()
