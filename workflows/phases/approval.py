"""May this refund go out? The playbook's limits, a second person, and what if nobody comes."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, HumanTask, RefundStatus
    from domain.money import Money
    from domain.shortage import value_of
    from domain.timeline import EventKey
    from workflows.phases.intake import look_again
    from workflows.ports import (
        EffectKey,
        RecordsPort,
        RefundReserved,
        ReserveRefund,
        SettleRefund,
    )
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import APPROVAL, REFUND_BLOCKED

PLATFORM_CANCELS = "The platform cancels the order by itself at its own deadline."


def amount_of(case: ShortageCase) -> Money | None:
    """Return what the buyer would get back for the short units."""
    if case.order is None:
        return None
    units = case.units()
    return case.order.total if case.covers_whole_order() or not units else value_of(units)


def is_paid(case: ShortageCase) -> bool:
    """Whether money was paid; cash on delivery was not."""
    return bool(case.order and not case.order.is_cod)


async def may_refund(case: ShortageCase) -> bool:
    """Reserve the refund against the playbook's limits, or wait for a second person."""
    rules, amount = case.pinned.playbook.refund, amount_of(case)
    limited = bool(rules.approve_above or rules.approve_after_per_hour)
    if not limited or amount is None or not is_paid(case) or case.refund.approved:
        return True
    if case.refund.approved is None:
        answer = await case.race(
            _reserve(case, amount),
            until=None,
            unless=lambda: case.phase is not CaseState.REFUNDING,
        )
        if answer is None or answer.granted:
            return answer is not None
    return await _wait_for_approval(case)


async def _reserve(case: ShortageCase, amount: Money) -> RefundReserved:
    rules = case.pinned.playbook.refund
    above = rules.approve_above.get(amount.currency)
    cmd = ReserveRefund(
        key=_key(case),
        shop_id=case.shop_id,
        case_id=case.case_id,
        amount=amount,
        approve_above_minor=Money.parse(above, amount.currency).amount_minor if above else None,
        approve_after_per_hour=rules.approve_after_per_hour,
        at=case.now,
    )

    async def attempt(_key: EffectKey) -> RefundReserved:
        return await case.local(RecordsPort.reserve_refund, cmd, "reserve the refund")

    case.refund.reserved = cmd.key
    return await case.take_step(f"reserve:{case.refund.number}:{amount.amount_minor}", attempt)


def _key(case: ShortageCase) -> str:
    return f"{case.case_id}/refund:{case.refund.number}"


async def _wait_for_approval(case: ShortageCase) -> bool:
    """Hold the refund for a second person; without one the platform's own clock ends it."""
    until = case.promise_by.at if case.promise_by else None
    if case.refund.status is not RefundStatus.AWAITING_APPROVAL:
        case.refund.status = RefundStatus.AWAITING_APPROVAL
        case.tell(EventKey.REFUND_HELD, "a second person must approve")
    amount = amount_of(case)
    case.ask_person(
        HumanTask(
            step=APPROVAL,
            ask=f"Approve or decline the refund of {amount.decimal() if amount else '?'} "
            f"{amount.currency if amount else ''}.",
            by=until,
            options=("approved", "declined"),
            otherwise=PLATFORM_CANCELS,
        )
    )
    if case.refund.approved is None:
        woke = await case.wait(
            lambda: case.inbox.news, until=_call_at(case, until), why="approval"
        )
        if not woke:
            await _call_every_rung(case)
            await look_again(case)
        return False
    case.drop_task(APPROVAL)
    if case.refund.approved:
        return True
    return await wait_for_platform(case, "the refund was declined")


def _call_at(case: ShortageCase, until: datetime | None) -> datetime | None:
    if until is None or case.refund.called:
        return case.now + case.pinned.playbook.refund.look_every
    return until


async def _call_every_rung(case: ShortageCase) -> None:
    task, called = case.task(APPROVAL), case.refund.called
    case.refund.called = True
    if task is None or called or not case.people_can_be_called:
        return
    for rung, _after in enumerate(case.people.ladder):
        await case.call_people(task, rung)


async def wait_for_platform(case: ShortageCase, why: str) -> bool:
    """Nothing more can be done from here: watch the order until somebody ends it."""
    case.ask_person(
        HumanTask(
            step=REFUND_BLOCKED,
            ask=f"The order cannot be cancelled ({why}); override the outcome or settle it in "
            "Seller Center.",
            by=case.due.at if case.due else None,
            options=("refund", "wait", "close"),
            otherwise=PLATFORM_CANCELS,
        )
    )
    look_at = case.now + case.pinned.playbook.refund.look_every
    if not await case.wait(lambda: case.inbox.news, until=look_at, why="look"):
        await look_again(case)
    return False


async def settle_reservation(case: ShortageCase) -> None:
    """Note that the refund was made, so that it counts against the limits."""
    await _close_reservation(case, refunded=True)


async def release_reservation(case: ShortageCase) -> None:
    """Give back a reservation whose refund was not made: it counts against no limit."""
    await _close_reservation(case, refunded=False)


async def _close_reservation(case: ShortageCase, *, refunded: bool) -> None:
    key, case.refund.reserved = case.refund.reserved, None
    if key is None:
        return
    cmd = SettleRefund(key=key, refunded=refunded, approved_by=case.refund.approved_by)
    await case.keep("settle-refund", RecordsPort.settle_refund, cmd, "settle the reservation")
