"""Cancelling as the seller: read first, answer the buyer's own request, write at most once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from domain.fate import Fate, fate_of, pending_request
from domain.orders import Cancellation, CancelRole, CancelStatus, Order
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import LookFirstError, ShopError, StateForbidsError
from workflows.ports import CancelOrder, OrderCancelled

CLOCK_SLACK = timedelta(minutes=10)
"""How far the platform's times and a case's clock may differ when a look goes back."""
_GRANTED = frozenset({CancelStatus.COMPLETE, CancelStatus.APPROVED})
_UNDER_WAY = frozenset({*_GRANTED, CancelStatus.PENDING})


@dataclass(frozen=True)
class _Seen:
    """An order and everyone's cancellations of it, read together before a write."""

    order: Order | None
    entries: tuple[Cancellation, ...]
    fate: Fate

    @property
    def request(self) -> Cancellation | None:
        """The buyer's request that waits for an answer."""
        return pending_request(self.entries)


class Canceller:
    """One cancellation of one order, however often it is tried."""

    def __init__(self, client: ShopClient) -> None:
        self._client = client

    async def cancel(self, cmd: CancelOrder, *, tried: bool) -> OrderCancelled:
        """Cancel the order or its lines unless that has happened already.

        Args:
            cmd: The order, its lines, and the reason to fall back on.
            tried: Whether an earlier try may have done it; what is found then is ours.

        Returns:
            Our cancellation, the buyer's approved request, or who had ended the order before.

        Raises:
            ShopError: The platform gave no answer, or refused for a reason a person must clear.
        """
        seen = await self._look(cmd)
        found = found_already(seen.order, seen.entries, cmd, tried=tried)
        if found is not None:
            return found
        try:
            return await self._write(cmd, seen)
        except LookFirstError as refusal:
            return await self._after_refusal(cmd, seen, refusal, tried=tried)

    async def _look(self, cmd: CancelOrder) -> _Seen:
        order = await self._client.order(shop_id=cmd.shop_id, order_id=cmd.order_id)
        if order is None:
            return _Seen(None, (), Fate.OPEN)
        entries = await self._client.cancellations(shop_id=cmd.shop_id, order_ids=[cmd.order_id])
        return _Seen(order, tuple(entries), fate_of(order, entries, frozenset(cmd.line_ids)))

    async def _after_refusal(
        self, cmd: CancelOrder, before: _Seen, refusal: LookFirstError, *, tried: bool
    ) -> OrderCancelled:
        """Find out what the refusal means: the platform says that the order has moved on."""
        seen = await self._look(cmd)
        found = found_already(seen.order, seen.entries, cmd, tried=tried)
        if found is not None:
            return found
        if seen.request is not None and before.request is None:
            return await self._approve(cmd, seen.request)
        if seen.fate is Fate.PACKED and isinstance(refusal, StateForbidsError):
            return OrderCancelled(gone=True, why=refusal.message)
        raise refusal

    async def _write(self, cmd: CancelOrder, seen: _Seen) -> OrderCancelled:
        if seen.request is not None:
            return await self._approve(cmd, seen.request)
        answer = await self._client.cancel_order(
            shop_id=cmd.shop_id,
            order_id=cmd.order_id,
            reason=await self._reason(cmd),
            line_ids=cmd.line_ids or None,
        )
        return OrderCancelled(
            cancel_id=answer.cancel_id, complete=answer.status is CancelStatus.COMPLETE
        )

    async def _approve(self, cmd: CancelOrder, request: Cancellation) -> OrderCancelled:
        await self._client.approve_cancellation(
            shop_id=cmd.shop_id,
            cancel_id=request.cancel_id,
            idempotency_key=f"{cmd.key.case_id}/{cmd.key.step}",
        )
        return _granted(await self._now(cmd, request))

    async def _now(self, cmd: CancelOrder, request: Cancellation) -> Cancellation:
        """Return an approved request as it stands; as it was if that cannot be read now."""
        try:
            entries = await self._client.cancellations(
                shop_id=cmd.shop_id, order_ids=[cmd.order_id]
            )
        except ShopError:
            return request
        return next((entry for entry in entries if entry.cancel_id == request.cancel_id), request)

    async def _reason(self, cmd: CancelOrder) -> str:
        """Return the platform's own name of "out of stock" for this order."""
        eligibility = await self._client.cancel_eligibility(
            shop_id=cmd.shop_id, order_id=cmd.order_id
        )
        stock = [reason for reason in eligibility.reasons if "out_of_stock" in reason]
        return stock[0] if stock else cmd.fallback_reason


def found_already(
    order: Order | None, entries: Iterable[Cancellation], cmd: CancelOrder, *, tried: bool
) -> OrderCancelled | None:
    """Return what has become of the order already, or None if a write is still wanted.

    Args:
        order: The order now; None where the shop does not show it.
        entries: Everyone's cancellations of it.
        cmd: What we would cancel.
        tried: Whether an earlier try of ours may have done it.
    """
    if order is None:
        return None
    entries = tuple(entries)
    match fate_of(order, entries, frozenset(cmd.line_ids)):
        case Fate.OPEN | Fate.PACKED:
            return _under_way(order, entries, cmd, tried=tried)
        case Fate.SHIPPED:
            return OrderCancelled(gone=True, why=f"the order is {order.status}")
        case Fate.CANCELLED_BY_SELLER:
            entry = _newest(CancelRole.SELLER, order, entries, cmd, _UNDER_WAY)
            return _by_seller(entry, cmd, tried=tried)
        case Fate.CANCELLED_BY_BUYER:
            entry = _newest(CancelRole.BUYER, order, entries, cmd, _GRANTED)
            return _by_buyer(entry, tried=tried)
        case Fate.CANCELLED_BY_PLATFORM:
            return OrderCancelled(complete=True, ended_by=CancelRole.SYSTEM)


def _under_way(
    order: Order, entries: tuple[Cancellation, ...], cmd: CancelOrder, *, tried: bool
) -> OrderCancelled | None:
    """Return a cancellation that the platform has taken and not finished yet."""
    entry = _newest(CancelRole.SELLER, order, entries, cmd, _UNDER_WAY)
    if entry is not None:
        return _by_seller(entry, cmd, tried=tried)
    granted = _newest(CancelRole.BUYER, order, entries, cmd, _GRANTED)
    return _granted(granted) if granted else None


def _newest(
    role: CancelRole,
    order: Order,
    entries: tuple[Cancellation, ...],
    cmd: CancelOrder,
    states: frozenset[CancelStatus],
) -> Cancellation | None:
    """Return the newest cancellation of a role that covers everything we would cancel."""
    wanted = set(cmd.line_ids) or {line.line_id for line in order.live_lines()}
    fitting = [
        entry
        for entry in entries
        if entry.role is role
        and entry.status in states
        and (not entry.line_ids or wanted <= set(entry.line_ids))
    ]
    return max(fitting, key=lambda entry: entry.created_at or order.created_at, default=None)


def _by_seller(entry: Cancellation | None, cmd: CancelOrder, *, tried: bool) -> OrderCancelled:
    """Return a cancellation in the seller's name as ours, or as somebody else's."""
    ours = tried and not (entry and _is_older(entry, cmd))
    return OrderCancelled(
        cancel_id=entry.cancel_id if entry else None,
        complete=entry is None or entry.status is CancelStatus.COMPLETE,
        refund=entry.refund if entry else None,
        ended_by=None if ours else CancelRole.SELLER,
    )


def _by_buyer(entry: Cancellation | None, *, tried: bool) -> OrderCancelled:
    """Return a buyer's cancellation as a request that we approved, or as the buyer's own act."""
    if tried and entry is not None:
        return _granted(entry)
    return OrderCancelled(complete=True, ended_by=CancelRole.BUYER)


def _is_older(entry: Cancellation, cmd: CancelOrder) -> bool:
    """Tell whether a cancellation was made before our step began, so by other hands."""
    return entry.created_at is not None and entry.created_at < cmd.key.began_at - CLOCK_SLACK


def _granted(request: Cancellation) -> OrderCancelled:
    """Return the answer for a request of the buyer that we, or the platform, granted."""
    return OrderCancelled(
        cancel_id=request.cancel_id,
        complete=request.status is CancelStatus.COMPLETE,
        refund=request.refund,
        by_buyers_request=True,
    )
