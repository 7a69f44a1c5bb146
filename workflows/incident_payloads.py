"""What arrives for an incident over the wire: its start input and the decisions about units."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.allocation import units_on_hand
from domain.allocation_record import Side
from domain.errors import InputError
from domain.instants import Instant
from domain.waiting_line import AllocationPolicy
from workflows.payloads import Text, Word

_NO_COLON = ("shop_id", "sku_id", "key")


def _count(value: Any) -> int:
    try:
        return units_on_hand(value)
    except InputError as error:
        raise ValueError(error.reason) from error


def _no_colon(value: Any) -> Any:
    if isinstance(value, str) and ":" in value:
        raise ValueError(f"{value!r} holds a colon, which separates the parts of incident ids")
    return value


Count = Annotated[int, BeforeValidator(_count)]
"""Units on a shelf: a whole number of 0 or more."""
IdPart = Annotated[Word, BeforeValidator(_no_colon)]
"""A part of an incident's id."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class IncidentInput(_Wire):
    """What opens an incident."""

    shop_id: IdPart
    sku_id: IdPart
    on_hand: Count
    key: IdPart
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST
    restock_at: Instant | None = None
    supplier: Word | None = None
    substitute_sku_id: Word | None = None
    stream: Word | None = None
    source: Word | None = None
    playbook: Word | None = None
    detected_at: Instant | None = None
    counted_with: dict[Word, Count] = Field(default_factory=dict)
    """Units of other SKUs that were counted at the same time: an order that is short in one of
    them is not served in the others."""
    carried: dict[str, Any] | None = None
    """What a run that grew long hands to the next; nobody else sets it."""


class _Decision(_Wire):
    actor: Word
    request_id: Word | None = None


class SetOnHand(_Decision):
    """A person counted the units on the shelf, lots that arrived included."""

    on_hand: Count


class ReceiveLot(_Decision):
    """Units arrived."""

    lot_id: Word
    quantity: Annotated[int, Field(ge=1, strict=True)]


class MoveOrder(_Decision):
    """A person gives an order its units, or takes them back."""

    order_id: Word
    to: Side
    reason: Word


class DeactivateListing(_Decision):
    """A person takes the whole listing off sale, with all its sizes."""

    reason: Word


class CaseSettled(_Wire):
    """A case of the incident has ended: a hint to look at once."""

    case_id: Word
    outcome: Text = ""
