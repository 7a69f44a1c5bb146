"""What the platform prints about cancellations, read into domain models.

Source: TikTok Shop API, return and refund 202602 and 202309 (docs, autumn 2026).
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from domain.instants import from_unix
from domain.money import Money
from domain.orders import CancelEligibility, Cancellation, CancelStatus
from tiktok_shop.wire import Wire
from tiktok_shop.words import cancel_role, cancel_status

# The second spelling is an older sample of the same documents.
_BUYER_WAITS = frozenset({"SELLER_RESPOND_BUYER_CANCEL", "SELLER_RESPOND_CANCEL"})


class CancelAnswer(BaseModel):
    """What the platform says to our cancellation."""

    model_config = ConfigDict(frozen=True)

    cancel_id: str
    status: CancelStatus


class RejectReason(BaseModel):
    """A reason the platform takes for rejecting one request; send the name, show the text."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str = ""


class WireCancelled(Wire):
    """The answer to a cancellation of ours."""

    cancel_id: str = Field(min_length=1)
    cancel_status: str = ""

    def cancel_answer(self) -> CancelAnswer:
        """Return id and state."""
        return CancelAnswer(cancel_id=self.cancel_id, status=cancel_status(self.cancel_status))


class _Refund(Wire):
    currency: str = ""
    refund_total: str = ""


class _NextAction(Wire):
    action: str = ""
    deadline: int | None = None


class _CancelledLine(Wire):
    order_line_item_id: str = ""


class _WireCancellation(Wire):
    cancel_id: str = Field(min_length=1)
    order_id: str = Field(min_length=1)
    role: str = ""
    cancel_status: str = ""
    cancel_reason: str = ""
    create_time: int | None = None
    refund_amount: _Refund = _Refund()
    cancel_line_items: tuple[_CancelledLine, ...] = ()
    seller_next_action_response: tuple[_NextAction, ...] = ()

    def cancellation(self) -> Cancellation:
        lines = (line.order_line_item_id for line in self.cancel_line_items)
        deadlines = [
            step.deadline
            for step in self.seller_next_action_response
            if step.action in _BUYER_WAITS and step.deadline
        ]
        return Cancellation(
            cancel_id=self.cancel_id,
            order_id=self.order_id,
            role=cancel_role(self.role),
            status=cancel_status(self.cancel_status),
            reason=self.cancel_reason,
            created_at=from_unix(self.create_time),
            refund=self._refund(),
            line_ids=tuple(line_id for line_id in lines if line_id),
            respond_by=from_unix(min(deadlines, default=None)),
        )

    def _refund(self) -> Money | None:
        paid_back = self.refund_amount
        if not (paid_back.refund_total and paid_back.currency):
            return None
        return Money.parse(paid_back.refund_total, paid_back.currency)


class WireCancellations(Wire):
    """A page of cancellations."""

    cancellations: tuple[_WireCancellation, ...] = ()

    def domain_cancellations(self) -> list[Cancellation]:
        """Return the domain cancellations in the platform's order."""
        return [entry.cancellation() for entry in self.cancellations]


class _LineRef(Wire):
    order_line_item_id: str = ""


class _LineEligibility(Wire):
    request_type: str = ""
    eligible: bool = False
    ineligible_reason: str = ""
    order_line_items_ids: tuple[str, ...] = ()
    order_line_list: tuple[_LineRef, ...] = ()
    available_reason_names: tuple[str, ...] = ()

    def line_ids(self) -> tuple[str, ...]:
        return self.order_line_items_ids or tuple(
            line.order_line_item_id for line in self.order_line_list
        )


class _SkuEligibility(Wire):
    line_item_eligibility: tuple[_LineEligibility, ...] = ()


class WireEligibility(Wire):
    """What may be done with each line of an order."""

    sku_eligibility: tuple[_SkuEligibility, ...] = ()

    def cancel_eligibility(self) -> CancelEligibility:
        """Return what of it concerns cancelling."""
        entries = [
            entry
            for sku in self.sku_eligibility
            for entry in sku.line_item_eligibility
            if entry.request_type == "CANCEL"
        ]
        allowed = [entry for entry in entries if entry.eligible]
        refusals = [entry.ineligible_reason for entry in entries if not entry.eligible]
        lines = (line for entry in allowed for line in entry.line_ids() if line)
        return CancelEligibility(
            eligible=bool(allowed),
            line_ids=tuple(dict.fromkeys(lines)),
            reasons=_shared_reasons(allowed),
            refused_because=next((reason for reason in refusals if reason), ""),
        )


class _Reason(Wire):
    name: str = Field(min_length=1)
    text: str = ""


class WireReasons(Wire):
    """The reasons for rejecting one request."""

    reasons: tuple[_Reason, ...] = ()

    def reject_reasons(self) -> list[RejectReason]:
        """Return names and texts."""
        return [RejectReason(name=given.name, text=given.text) for given in self.reasons]


def _shared_reasons(allowed: Sequence[_LineEligibility]) -> tuple[str, ...]:
    listed = [entry.available_reason_names for entry in allowed if entry.available_reason_names]
    if not listed:
        return ()
    return tuple(name for name in listed[0] if all(name in names for names in listed))
