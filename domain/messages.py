"""What a case may say to a buyer: a closed set of messages and the facts each is written from."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.money import Money
from domain.offers import Compensation, Offer


class MessageKey(StrEnum):
    """Every message a case can send."""

    ASK = "ask"
    """First contact: apology, product, order digits, the offers, until when."""
    ASK_FURTHER = "ask_further"
    """A further product of the same order is short; the choice then covers all."""
    CONTACT_ONLY = "contact_only"
    """No time is left to ask: what happened, and that the order is cancelled for the buyer."""
    REMINDER = "reminder"
    """The same offers, shorter."""
    OFFERS_CHANGED = "offers_changed"
    """An offer came or went; the offers that now stand."""
    SLIPPED = "slipped"
    """The promised date cannot be kept; the new date needs a yes, else refund."""
    WAIT_AGREED = "wait_agreed"
    """Confirms the buyer's yes to the date, with the gift if there is one."""
    SWAP_AGREED = "swap_agreed"
    """How to order the substitute and until when; then we cancel the old order ourselves."""
    REFUNDED = "refunded"
    """The order (or its short lines) was cancelled by us, and why."""
    WHICH_ORDER = "which_order"
    """Several orders wait for an answer: which one is meant?"""
    TOO_LATE = "too_late"
    """A new choice came after the cancellation had been sent."""
    NEGOTIATE = "negotiate"
    """The restock takes long: apology, a definite date, what waiting is worth, the offers."""
    NEGOTIATE_AGAIN = "negotiate_again"
    """The second and last round: what is new in the offer, and the offers once more."""
    RECOMMEND_REFUND = "recommend_refund"
    """The restock takes too long; a refund is recommended, and made without an answer."""
    UNAVAILABLE = "unavailable"
    """There is no restock: the shop cancels by itself, and how it makes up for it."""
    TURNED_UNAVAILABLE = "turned_unavailable"
    """A restock that was counted on does not come: what changes, and what stands now."""
    PICKUP_DELAYED = "pickup_delayed"
    """The parcel is ready and the carrier has not collected it; nothing is asked."""
    PICKUP_REBOOKED = "pickup_rebooked"
    """The carrier is booked anew."""
    PICKUP_COLLECTED = "pickup_collected"
    """The carrier has collected the parcel."""


class RefundReason(StrEnum):
    """Why an order was cancelled and refunded, as told to the buyer."""

    BY_CHOICE = "by_choice"
    NO_REPLY = "no_reply"
    NOT_CONTACTED = "not_contacted"
    RESTOCK_FAILED = "restock_failed"
    SWAP_LAPSED = "swap_lapsed"
    SWAPPED = "swapped"
    UNAVAILABLE = "unavailable"
    BY_PERSON = "by_person"


class LongerOfferReason(StrEnum):
    """Why a buyer is not offered to wait longer, as told to the buyer."""

    TOO_LONG = "too_long"
    """Longer than the shop would ask of a buyer."""
    PLATFORM_CLOSES = "platform_closes"
    """Later than the platform keeps the order open."""


class Product(BaseModel):
    """A short product as the buyer knows it."""

    model_config = ConfigDict(frozen=True)

    name: str
    variation: str = ""
    quantity: int


class MessageFacts(BaseModel):
    """All a message may be written from; nothing personal."""

    model_config = ConfigDict(frozen=True)

    key: MessageKey
    language: str
    """BCP 47 tag; an unknown one is written in the market's language, else English."""
    market: str
    zone: str
    """IANA zone in which dates are printed."""
    shop_id: str
    order_digits: str
    """Last six digits of the order id."""
    products: tuple[Product, ...]
    unpaid: bool = False
    """Cash on delivery: nothing was paid, so no text speaks of a refund."""
    whole_order: bool = True
    """False when only the short lines would be cancelled."""
    rest_of_order_ends_too: bool = False
    """True when other products of the order must be cancelled with the short ones."""
    offers: tuple[Offer, ...] = ()
    answer_by: Instant | None = None
    promised_at: Instant | None = None
    earlier_promised_at: Instant | None = None
    gift: str | None = None
    coupon_title: str = ""
    substitute_name: str = ""
    amount: Money | None = None
    reason: RefundReason | None = None
    other_order_digits: tuple[str, ...] = ()
    """For WHICH_ORDER: the last six digits of every order that waits for an answer; for the
    messages on a pickup: of every order in a combined parcel, the message's own included."""
    compensation: Compensation | None = None
    """What the buyer gets besides, as agreed or as an apology; its gift comes with the parcel in
    WAIT_AGREED, else with a later order."""
    earlier_offers: tuple[Offer, ...] = ()
    """For NEGOTIATE_AGAIN: the first round's offers, so that what is new can be named."""
    silence_agrees: bool = False
    """For SLIPPED: law and playbook take no answer for a yes, and the buyer must know."""
    restock_at: Instant | None = None
    """For RECOMMEND_REFUND: when new stock is expected; None where nobody knows."""
    longer_offer_reason: LongerOfferReason | None = None
    """For RECOMMEND_REFUND: why no longer wait is offered."""
    pickup_from: Instant | None = None
    pickup_until: Instant | None = None
    """The carrier's slot: the one that passed, or the new one; both ends or neither."""


class WrittenMessage(BaseModel):
    """A text ready to go out."""

    model_config = ConfigDict(frozen=True)

    text: str
    language: str
    """The language it was written in, which may be a fallback."""
    template_version: str
    reviewed: bool
    """False while a native speaker has not read the template."""
