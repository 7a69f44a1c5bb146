"""What a case may say to a buyer: a closed set of messages and the facts each is written from."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.money import Money
from domain.offers import Offer


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
    """For WHICH_ORDER: the last six digits of every order that waits for an answer."""


class WrittenMessage(BaseModel):
    """A text ready to go out."""

    model_config = ConfigDict(frozen=True)

    text: str
    language: str
    """The language it was written in, which may be a fallback."""
    template_version: str
    reviewed: bool
    """False while a native speaker has not read the template."""
