"""What the shop writes to people outside who are not buyers, and to its own people on the spot.

No fact here can hold a buyer's name, address or account: an order is known by its last digits, a
parcel by the numbers that its carrier scans.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from domain.errors import DomainError
from domain.instants import Instant
from domain.requirements import RequirementKind

LONGEST_TITLE = 200
"""Characters of a title; the strictest channel takes as many."""
LONGEST_LETTER = 4000
"""Characters of a text; most channels take as many in one piece."""


class LetterKey(StrEnum):
    """Every letter there is."""

    SUPPLIER_ASK = "supplier_ask"
    """When will so many units of a SKU come? Answer by when."""
    SUPPLIER_CHASE = "supplier_chase"
    """The same once more; `rung` counts the reminders."""
    SUPPLIER_THANKS = "supplier_thanks"
    """What we understood of the answer."""
    CARRIER_ASK = "carrier_ask"
    """The slot passed without a scan: when do you come? In writing, with the time."""
    CARRIER_CHASE = "carrier_chase"
    """The same once more; `rung` counts the reminders."""
    HOST_ALERT = "host_alert"
    """Stop selling a SKU: what is left, how many orders are short, who decides."""
    STAFF_EVIDENCE = "staff_evidence"
    """Which proofs to collect, by when, and why."""


class RestockState(StrEnum):
    """What a supplier says of a SKU."""

    IN_STOCK = "in_stock"
    EXPECTED = "expected"
    UNAVAILABLE = "unavailable"


class ProofReason(StrEnum):
    """Why a proof matters, as told to the people who are asked for it."""

    READY = "ready"
    """Shows that the shop was ready in time."""
    CARRIER = "carrier"
    """Shows that the carrier did not do its part, and that we followed up."""
    HANDED_OVER = "handed_over"
    """Shows when the parcel was handed over."""
    TOLD = "told"
    """Shows who was told what, and when."""
    EVENT = "event"
    """Shows what stopped the dispatch, and until when."""
    SUPPORT = "support"
    """Supports an appeal in some other way."""


REASON_OF = {
    RequirementKind.BOOKING_CONFIRMATION: ProofReason.READY,
    RequirementKind.DISPATCH_MANIFEST: ProofReason.READY,
    RequirementKind.ORDER_RECORD: ProofReason.READY,
    RequirementKind.ORDER_CONFIRMATION: ProofReason.READY,
    RequirementKind.READY_PHOTO: ProofReason.READY,
    RequirementKind.EARLY_VISIT_PHOTO: ProofReason.CARRIER,
    RequirementKind.FULL_VEHICLE_PHOTO: ProofReason.CARRIER,
    RequirementKind.CARRIER_CHAT: ProofReason.CARRIER,
    RequirementKind.CALL_RECORDING: ProofReason.CARRIER,
    RequirementKind.CARRIER_PAGE: ProofReason.CARRIER,
    RequirementKind.CARRIER_ALERT: ProofReason.CARRIER,
    RequirementKind.HANDOVER_PHOTO: ProofReason.HANDED_OVER,
    RequirementKind.SIGNED_MANIFEST: ProofReason.HANDED_OVER,
    RequirementKind.TRACKING: ProofReason.HANDED_OVER,
    RequirementKind.BUYER_NOTICE: ProofReason.TOLD,
    RequirementKind.BUYER_CHAT: ProofReason.TOLD,
    RequirementKind.PLATFORM_NOTICE: ProofReason.TOLD,
    RequirementKind.GOVERNMENT_DOCUMENT: ProofReason.EVENT,
    RequirementKind.NEWS_OR_WEATHER: ProofReason.EVENT,
    RequirementKind.EVENT_PHOTO: ProofReason.EVENT,
    RequirementKind.RECOVERY_STATEMENT: ProofReason.EVENT,
    RequirementKind.OTHER: ProofReason.SUPPORT,
}
"""Kind of proof -> why it is asked for."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Parcel(_Part):
    """A parcel as its carrier knows it."""

    package_id: str
    tracking_number: str = ""


class ProofAsk(_Part):
    """One proof that people are asked for; any of *kinds* will do."""

    kinds: tuple[RequirementKind, ...]
    by: Instant
    needed: bool = True
    """False where an appeal is complete without it."""
    words: str = ""
    """What it must show, in the shop's own words; needed where the only kind is OTHER."""


Digits = Annotated[str, Field(max_length=6)]
"""The last digits of an order id, never all of them."""


class LetterFacts(_Part):
    """All that a letter may be written from; nothing of a buyer, nothing secret."""

    key: LetterKey
    language: str
    """The reader's, a BCP 47 tag; one without templates is written in *market_language*."""
    market: str
    """Region code whose habits dates and numbers follow."""
    market_language: str = "en"
    zone: str
    """IANA zone of the reader."""
    shop: str
    """The name by which the reader knows the shop."""
    addressee: str = ""
    """A firm or a role; left out where it is not known."""
    reference: str = ""
    """What an answer should quote, such as a case or incident id."""
    answer_by: Instant | None = None
    asked_at: Instant | None = None
    """When the question was first asked, for reminders."""
    rung: PositiveInt = 1
    """Which reminder it is."""

    product_name: str = ""
    variation: str = ""
    seller_sku: str = ""
    units: int | None = None
    """How many are needed."""
    restock: RestockState | None = None
    restock_at: Instant | None = None
    restock_units: int | None = None

    carrier: str = ""
    """Its name; picks the carrier's own template, if there is one."""
    parcels: tuple[Parcel, ...] = ()
    pickup_from: Instant | None = None
    pickup_until: Instant | None = None
    """The booked slot; both ends or neither."""
    order_digits: tuple[Digits, ...] = ()

    on_hand: int | None = None
    orders_short: int | None = None
    decides: str = ""
    """Who decides what happens next, a name or a role."""
    proofs: tuple[ProofAsk, ...] = ()


class WrittenLetter(_Part):
    """A letter ready to go out."""

    title: str
    text: str
    language: str
    """The language it was written in."""
    fell_back: bool
    """True where the reader's language has no template, so that another one was taken."""
    template_version: str
    reviewed: bool
    """False while a native speaker has not read the template."""


class UnfitLetterError(DomainError):
    """A letter breaks a rule and must not leave; names the template and the faults."""

    def __init__(self, template: str, found: list[str]) -> None:
        super().__init__(f"{template}: {'; '.join(found)}; correct the template or the name in it")
        self.template = template
        self.faults = found
