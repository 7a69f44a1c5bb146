"""Cancellations: ask whether, cancel, list, answer a buyer's request.

Source: TikTok Shop API, return and refund 202602 and 202309 (docs, autumn 2026).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.orders import CancelEligibility, Cancellation
from tiktok_shop.cancel_wire import (
    CancelAnswer,
    RejectReason,
    WireCancellations,
    WireCancelled,
    WireEligibility,
    WireReasons,
)
from tiktok_shop.gateway import plain_ids, refuse
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation

_PAGE_SIZE = "50"
_ORDERS_PER_CALL = 50
_IDEMPOTENCY_KEY_LIMIT = 255


class CancellationCalls(Party):
    """Cancelling orders and answering buyers who want to."""

    async def cancel_eligibility(self, *, shop_id: str, order_id: str) -> CancelEligibility:
        """Return whether, for which lines and for which reasons the seller may cancel now.

        ``eligible`` is true if at least one line may be cancelled; compare ``line_ids`` with the
        lines you mean. ``reasons`` are those that every such line accepts.
        """
        answer = await self._gateway.call(
            Operation.CANCEL_ELIGIBILITY,
            shop_id=shop_id,
            ids={"order_id": order_id},
            query={"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"},
        )
        return answer.read(WireEligibility, WireEligibility.cancel_eligibility)

    async def cancel_order(
        self,
        *,
        shop_id: str,
        order_id: str,
        reason: str,
        sku_quantities: Mapping[str, int] | None = None,
        line_ids: Sequence[str] | None = None,
    ) -> CancelAnswer:
        """Cancel an order, or some of it, in the seller's name; the platform refunds the buyer.

        The platform keeps no idempotency key for this call: look at ``cancellations`` before any
        second try.

        Args:
            shop_id: The shop.
            order_id: The order.
            reason: A name from ``cancel_eligibility``; markets differ.
            sku_quantities: Units per SKU, where only some are cancelled.
            line_ids: Lines, where only some are cancelled (US and UK).

        Returns:
            The cancellation's id and state; with neither selection it covers the whole order.

        Raises:
            InvalidRequestError: Both selections, or an empty one, which would cancel everything.
            LookFirstError: It may be cancelled already.
            StateForbidsError: The order has moved on.
            RiskControlError: The platform holds the order back.
            ShopUnavailableError: No usable answer; look before trying again.
        """
        answer = await self._gateway.call(
            Operation.CANCEL_ORDER,
            shop_id=shop_id,
            body={
                "order_id": order_id,
                "cancel_reason": reason,
                **_selection(sku_quantities, line_ids),
            },
        )
        return answer.read(WireCancelled, WireCancelled.cancel_answer)

    async def cancellations(self, *, shop_id: str, order_ids: Sequence[str]) -> list[Cancellation]:
        """Return every cancellation of these orders, whoever asked for it."""
        wanted = list(dict.fromkeys(order_ids))
        found: list[Cancellation] = []
        for start in range(0, len(wanted), _ORDERS_PER_CALL):
            async for page in self._gateway.pages(
                Operation.SEARCH_CANCELLATIONS,
                shop_id=shop_id,
                query={"page_size": _PAGE_SIZE},
                body={"order_ids": wanted[start : start + _ORDERS_PER_CALL]},
            ):
                found += page.read(WireCancellations, WireCancellations.domain_cancellations)
        return found

    async def approve_cancellation(
        self, *, shop_id: str, cancel_id: str, idempotency_key: str
    ) -> None:
        """Approve a buyer's request.

        Raises:
            LookFirstError: It is approved already.
            StateForbidsError: The request has moved on.
        """
        await self._gateway.call(
            Operation.APPROVE_CANCELLATION,
            shop_id=shop_id,
            ids={"cancel_id": cancel_id},
            query=_key(idempotency_key),
        )

    async def reject_cancellation(
        self,
        *,
        shop_id: str,
        cancel_id: str,
        idempotency_key: str,
        reason: str,
        comment: str = "",
    ) -> None:
        """Reject a buyer's request; *reason* is a name from ``reject_reasons``."""
        remark = {"comment": comment} if comment else {}
        await self._gateway.call(
            Operation.REJECT_CANCELLATION,
            shop_id=shop_id,
            ids={"cancel_id": cancel_id},
            query=_key(idempotency_key),
            body={"reject_reason": reason, **remark},
        )

    async def reject_reasons(self, *, shop_id: str, cancel_id: str) -> list[RejectReason]:
        """Return the reasons the platform takes now for rejecting one request."""
        answer = await self._gateway.call(
            Operation.REJECT_REASONS,
            shop_id=shop_id,
            query={"return_or_cancel_id": plain_ids([cancel_id], field="cancel_id")},
        )
        return answer.read(WireReasons, WireReasons.reject_reasons)


def _selection(
    sku_quantities: Mapping[str, int] | None, line_ids: Sequence[str] | None
) -> dict[str, Any]:
    if sku_quantities is not None and line_ids is not None:
        refuse("line_ids", "give SKU quantities or lines, not both")
    if sku_quantities is not None:
        if not sku_quantities or min(sku_quantities.values()) < 1:
            refuse("sku_quantities", "name at least one SKU, each with at least one unit")
        return {
            "skus": [{"sku_id": sku, "quantity": units} for sku, units in sku_quantities.items()]
        }
    if line_ids is not None:
        if not line_ids:
            refuse("line_ids", "name at least one line; an empty list would cancel the order")
        # 202602 takes this older field beside order_line_list, which is for bundles.
        return {"order_line_item_ids": list(line_ids)}
    return {}


def _key(idempotency_key: str) -> dict[str, str]:
    if not 0 < len(idempotency_key) <= _IDEMPOTENCY_KEY_LIMIT:
        refuse(
            "idempotency_key",
            f"{len(idempotency_key)} characters; the platform takes 1 to {_IDEMPOTENCY_KEY_LIMIT}",
        )
    return {"idempotency_key": idempotency_key}
