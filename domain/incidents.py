"""What the view shows of a shortage incident besides what it shows of every case."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.waiting_line import AllocationPolicy


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class IncidentCounts(_Part):
    """Orders of the incident, by how they stand and by what became of their cases."""

    served: int = 0
    """Units promised and still on the shelf."""
    short: int = 0
    left: int = 0
    """Needs no units any more: refunded, swapped, cancelled, withdrawn."""
    settled: int = 0
    """Units gone out."""
    skipped: int = 0
    """Never competed, such as orders whose buyer is cancelling."""
    opened: int = 0
    """Cases that the incident opened."""
    joined: int = 0
    """Cases that were open already."""
    already_closed: int = 0
    """Orders whose case had ended before; a person decides about them."""
    open_cases: int = 0


class LotView(_Part):
    """Units that arrived together."""

    lot_id: str
    quantity: int
    at: Instant


class ChangedThing(StrEnum):
    """What an incident changes outside."""

    STOCK = "stock"
    AD = "ad"
    LISTING = "listing"


class ChangeState(StrEnum):
    """How far a change is."""

    CHANGED = "changed"
    """Made and read back."""
    UNVERIFIED = "unverified"
    """Made, as the platform says, but not found when it was read back."""
    REFUSED = "refused"
    """Not made; there is nothing to undo."""
    KEPT = "kept"
    """Not undone: another incident needs it, or nothing is there to sell."""
    CHANGED_BY_OTHERS = "changed_by_others"
    """Not undone: somebody else has changed it since, and that counts."""
    UNDONE = "undone"
    """Put back and read back."""
    UNDONE_UNVERIFIED = "undone_unverified"


class OutsideChange(_Part):
    """One thing that the incident changed outside, or could not."""

    thing: ChangedThing
    target: str
    """Such as `SKU:WAREHOUSE`, `campaign:ID`, `adgroup:ID` or a product id."""
    before: str = ""
    after: str = ""
    state: ChangeState
    verified: bool = False
    """Whether it was read back as it is said to be."""
    why: str = ""


class RestockState(StrEnum):
    """What is known of the restock."""

    UNKNOWN = "unknown"
    EXPECTED = "expected"
    UNAVAILABLE = "unavailable"


class RestockDate(_Part):
    """What was heard of the restock once."""

    state: RestockState
    available_at: Instant | None = None
    """The supplier's own date."""
    offered_at: Instant | None = None
    """The date that cases make of it: padded where the supplier is known to be late."""
    said_at: Instant
    source: str = ""
    why: str = ""


class IncidentPart(_Part):
    """One SKU, how its units are shared out, and what was done about it."""

    sku_id: str
    seller_sku: str = ""
    product_name: str = ""
    key: str
    supplier: str | None = None
    policy: AllocationPolicy
    on_hand: int
    """Units on the shelf, lots that arrived included; those that went out are gone."""
    promised: int = 0
    """Units on the shelf that belong to served orders; never more than `on_hand`."""
    counts: IncidentCounts = IncidentCounts()
    lots: tuple[LotView, ...] = ()
    changes: tuple[OutsideChange, ...] = ()
    ads: str = ""
    """Why ads were not touched, where they were not."""
    restock: RestockState = RestockState.UNKNOWN
    restock_at: Instant | None = None
    """The supplier's own date; cases pad it where the supplier is known to be late."""
    dates: tuple[RestockDate, ...] = ()
    next_chase_at: Instant | None = None
    """When the supplier is asked next."""
    next_look_at: Instant | None = None
    """When the shop's orders are read next."""
    allocation: str | None = None
    """Key of the recorded allocation."""
    duplicate_of: str | None = None
    """The incident of the SKU that was open already, or closed under this very id."""
