"""Cancelling as the seller: read first, answer the buyer's own request, write at most once."""

from domain.fate import Fate, fate_of, pending_request
from domain.money import Money
from domain.orders import Cancellation, CancelRole, CancelStatus, Order
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import LookFirstError
from workflows.ports import CancelOrder, OrderCancelled

_ENDED = (CancelStatus.COMPLETE, CancelStatus.APPROVED, CancelStatus.PENDING)


class Canceller:
    """One cancellation of one order, however often it is tried."""

    def __init__(self, client: ShopClient) -> None:
        self._client = client

    async def cancel(self, cmd: CancelOrder) -> OrderCancelled:
        """Cancel the order or its lines unless that has happened already.

        Args:
            cmd: The order, its lines, and the reason to fall back on.

        Returns:
            Our cancellation, the buyer's approved request, or who had ended the order before.

        Raises:
            ShopError: The platform gave no answer, or refused for a reason a person must clear.
        """
        found = await self._already(cmd)
        if found is not None:
            return found
        try:
            return await self._write(cmd)
        except LookFirstError:
            found = await self._already(cmd)
            if found is None:
                raise
            return found

    async def _already(self, cmd: CancelOrder) -> OrderCancelled | None:
        """Return what has become of the order, or None if it is open."""
        order = await self._client.order(shop_id=cmd.shop_id, order_id=cmd.order_id)
        if order is None:
            return None
        entries = await self._client.cancellations(shop_id=cmd.shop_id, order_ids=[cmd.order_id])
        mine = _ours(entries, cmd)
        if mine is not None:
            return _as_answer(mine, order)
        return _ended(order, entries, cmd) or await self._answer_request(cmd, entries, order)

    async def _answer_request(
        self, cmd: CancelOrder, entries: list[Cancellation], order: Order
    ) -> OrderCancelled | None:
        request = pending_request(entries)
        if request is None:
            return None
        await self._client.approve_cancellation(
            shop_id=cmd.shop_id,
            cancel_id=request.cancel_id,
            idempotency_key=f"{cmd.key.case_id}/{cmd.key.step}",
        )
        return OrderCancelled(
            cancel_id=request.cancel_id,
            refund=request.refund or _paid(order),
            by_buyers_request=True,
        )

    async def _write(self, cmd: CancelOrder) -> OrderCancelled:
        answer = await self._client.cancel_order(
            shop_id=cmd.shop_id,
            order_id=cmd.order_id,
            reason=await self._reason(cmd),
            line_ids=cmd.line_ids or None,
        )
        return OrderCancelled(
            cancel_id=answer.cancel_id, complete=answer.status is CancelStatus.COMPLETE
        )

    async def _reason(self, cmd: CancelOrder) -> str:
        """Return the platform's own name of "out of stock" for this order."""
        eligibility = await self._client.cancel_eligibility(
            shop_id=cmd.shop_id, order_id=cmd.order_id
        )
        stock = [reason for reason in eligibility.reasons if "out_of_stock" in reason]
        return stock[0] if stock else cmd.fallback_reason


def _ours(entries: list[Cancellation], cmd: CancelOrder) -> Cancellation | None:
    """Return a cancellation by the seller that covers what we would cancel."""
    for entry in entries:
        by_seller = entry.role is CancelRole.SELLER and entry.status in _ENDED
        covers = not entry.line_ids or set(cmd.line_ids) <= set(entry.line_ids)
        if by_seller and covers and (cmd.line_ids or _covers_order(entry)):
            return entry
    return None


def _covers_order(entry: Cancellation) -> bool:
    return True if not entry.line_ids else entry.status is not CancelStatus.UNKNOWN


def _as_answer(entry: Cancellation, order: Order) -> OrderCancelled:
    return OrderCancelled(
        cancel_id=entry.cancel_id,
        complete=entry.status is CancelStatus.COMPLETE,
        refund=entry.refund or _paid(order),
    )


def _ended(order: Order, entries: list[Cancellation], cmd: CancelOrder) -> OrderCancelled | None:
    fate = fate_of(order, entries, frozenset(cmd.line_ids))
    match fate:
        case Fate.OPEN | Fate.PACKED:
            return None
        case Fate.SHIPPED:
            return OrderCancelled(gone=True, why=f"the order is {order.status}")
        case Fate.CANCELLED_BY_SELLER:
            return OrderCancelled(complete=True, refund=_paid(order))
        case Fate.CANCELLED_BY_BUYER:
            return OrderCancelled(complete=True, ended_by=CancelRole.BUYER)
        case Fate.CANCELLED_BY_PLATFORM:
            return OrderCancelled(complete=True, ended_by=CancelRole.SYSTEM)


def _paid(order: Order) -> Money | None:
    return None if order.is_cod else order.total
