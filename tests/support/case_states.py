"""Bringing a case into each of its states, each for a reason that lasts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.cases import CaseState as S
from domain.cases import RefundStatus
from tests.support.stack import DEARER, Opened, Stack

ORDERS = "/order"
MESSAGES = "/customer_service"
CANCEL = "/return_refund"
NO_SCOPE = 105005
"""Only a person can clear it, and of an order it makes nothing assisted."""
APPROVED_BY_TWO = "refund: {approve_above: {USD: 1}}"


def soon(**span: float) -> str:
    """Return an instant on the wire, counted from now."""
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


async def arrive(stack: Stack, state: S) -> Opened:
    """Return a case that stands in *state* until something happens."""
    match state:
        case S.OPENING:
            return await opening(stack)
        case S.CONTACTING:
            return await contacting(stack)
        case S.AWAITING_CHOICE:
            return await stack.asked(restock_at=soon(hours=20), substitute_sku_id=DEARER)
        case S.WAITING_RESTOCK:
            return await waiting(stack)
        case S.ARRANGING_SWAP:
            return await swapping(stack)
        case S.REFUNDING:
            return await held(stack)
        case _:
            raise AssertionError(f"no way leads to {state}")


async def opening(stack: Stack) -> Opened:
    """Return a case whose order cannot be read until somebody helps."""
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", ORDERS, code=NO_SCOPE, times=1000, match=order_id)
    case = await stack.open(order_id)
    await case.until(S.PARKED)
    return case


async def contacting(stack: Stack, **payload: Any) -> Opened:
    """Return a case whose buyer only a person can tell."""
    order_id = await stack.order()
    await stack.sandbox.block(order_id)
    also = {"restock_at": soon(hours=30), "substitute_sku_id": DEARER, **payload}
    case = await stack.open(order_id, **also)
    await case.until(S.CONTACTING, lambda view: view.needs_human is not None)
    return case


async def waiting(stack: Stack, **asked: Any) -> Opened:
    """Return a case whose buyer waits for a date."""
    also = {"restock_at": soon(hours=60), "substitute_sku_id": DEARER, **asked}
    case = await stack.asked(**also)
    await case.chose("wait")
    await case.until(S.WAITING_RESTOCK, lambda view: view.promised_at is not None)
    return case


async def swapping(stack: Stack, **asked: Any) -> Opened:
    """Return a case whose buyer means to order the substitute."""
    also = {"restock_at": soon(hours=60), "substitute_sku_id": DEARER, **asked}
    case = await stack.asked(**also)
    await case.chose("swap")
    await case.until(S.ARRANGING_SWAP)
    return case


async def held(stack: Stack, **asked: Any) -> Opened:
    """Return a case whose refund waits for a second person."""
    name = stack.write_playbook("two-persons", APPROVED_BY_TWO)
    also = {"restock_at": soon(hours=60), "substitute_sku_id": DEARER, **asked}
    case = await stack.asked(playbook=name, **also)
    await case.chose("refund")
    await case.until(
        S.REFUNDING, lambda view: view.refund.status is RefundStatus.AWAITING_APPROVAL
    )
    return case
