"""What arrives over the wire: start inputs, signals and updates, read at one door.

Handlers take whatever was sent; `read` turns it into one of these models or names the field
that is wrong. Unknown fields are tolerated, so that newer callers can talk to older cases.
"""

from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from domain.errors import InputError
from domain.instants import Instant

M = TypeVar("M", bound=BaseModel)


def _word(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Word = Annotated[str, BeforeValidator(_word), Field(min_length=1, max_length=200)]
"""An id or a name: neither empty nor padded."""
Text = Annotated[str, Field(max_length=4_000)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ShortLine(_Wire):
    """How many units of one SKU cannot be served."""

    sku_id: Word | None = None
    seller_sku: Word | None = None
    quantity: int = Field(ge=1)

    @model_validator(mode="after")
    def _names_a_sku(self) -> Self:
        if not (self.sku_id or self.seller_sku):
            raise ValueError("give sku_id or seller_sku")
        return self

    @property
    def sku(self) -> str:
        """The SKU as it was named."""
        return self.sku_id or self.seller_sku or ""


class ShortageFound(_Wire):
    """A shortage of an order: the start input's optional fields, and the signal of that name."""

    short_lines: tuple[ShortLine, ...] = ()
    """Empty means every line."""
    restock_at: Instant | None = None
    substitute_sku_id: Word | None = None
    detected_at: Instant | None = None
    playbook: Word | None = None
    language: Word | None = None
    source: Word | None = None
    incident_id: Word | None = None
    stream: Word | None = None
    supplier: Word | None = None
    kind: Word | None = None
    """Of the signal: `unavailable` where an order found oversold turns out to be out of stock."""


class ShortageInput(ShortageFound):
    """What opens a shortage case."""

    shop_id: Word
    order_id: Word


class PickupInput(_Wire):
    """What opens the case of a late pickup."""

    shop_id: Word
    package_id: Word
    detected_at: Instant | None = None
    playbook: Word | None = None
    language: Word | None = None
    source: Word | None = None


class BuyerChose(_Wire):
    """A choice made outside; *choice* may be any word, an unknown one is refused visibly."""

    choice: str
    message_id: Word | None = None
    via: str = "chat"
    text: Text = ""
    chosen_at: Instant | None = None


class BuyerWrote(_Wire):
    """A message of the buyer; *index* is its place in the conversation where known."""

    message_id: Word
    text: Text
    sent_at: Instant | None = None
    conversation_id: Word | None = None
    index: int | None = None


class OrderChanged(_Wire):
    """A hint that the order, or its package, should be looked at."""

    order_id: Word | None = None
    package_id: Word | None = None
    status: str = ""
    changed_at: Instant | None = None


class RestockChanged(_Wire):
    """News of a SKU's restock; *state* may be any word, an unknown one is refused visibly."""

    sku_id: Word
    state: str
    available_at: Instant | None = None
    quantity: int | None = Field(default=None, ge=0)
    lot_id: Word | None = None
    source: str = ""
    event_id: Word | None = None


class PenaltyIssued(_Wire):
    """A penalty for the order."""

    ticket_id: Word
    kind: str = ""
    issued_at: Instant | None = None
    points: int | None = None


class _Decision(_Wire):
    actor: Word
    request_id: Word | None = None


class RecordContact(_Decision):
    """A person told the buyer."""

    step: Word | None = None
    channel: Word
    at: Instant | None = None
    text: Text = ""


class RecordChoice(_Decision):
    """A person heard the buyer's choice."""

    choice: str
    via: str = "person"
    text: Text = ""


class SetRestock(_Decision):
    """A person knows when the SKU comes."""

    sku_id: Word
    state: str
    available_at: Instant | None = None
    quantity: int | None = Field(default=None, ge=0)
    lot_id: Word | None = None


class ApproveRefund(_Decision):
    """A second person's word on a refund."""

    approved: bool
    reason: Text = ""


class ResumeStep(_Decision):
    """What to do with a parked step."""

    step: Word
    how: str
    reference: str = ""


class OverrideOutcome(_Decision):
    """A person ends the argument."""

    action: str
    until: Instant | None = None
    reason: Word


class LinkReplacement(_Decision):
    """The buyer's new order."""

    order_id: Word


class Note(_Decision):
    """A remark for the timeline."""

    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class Take(_Decision):
    """The actor takes the case."""


class Withdraw(_Decision):
    """The case is not needed."""

    reason: Text = ""


class AttachEvidence(_Decision):
    """Evidence in the vault belongs to this case."""

    evidence_id: Word
    requirement: str = ""


def read(model: type[M], payload: Any) -> M:
    """Return *payload* as *model*.

    Args:
        model: One of this module.
        payload: Whatever was sent.

    Returns:
        The model.

    Raises:
        InputError: Names the first field that cannot be used, and why.
    """
    if isinstance(payload, model):
        return payload
    if not isinstance(payload, dict):
        raise InputError("payload", f"{payload!r} is not a JSON object")
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "payload"
        raise InputError(field, _reason(first["type"], first["msg"])) from error


def _reason(kind: str, message: str) -> str:
    return "is required" if kind == "missing" else message[:1].lower() + message[1:]
