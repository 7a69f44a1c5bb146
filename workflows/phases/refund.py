"""Refunding: a cancellation by the seller, approved where the playbook wants it, once."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import (
        CaseOutcome,
        CaseState,
        ContactMode,
        CouponStatus,
        CouponView,
        HumanTask,
        RefundStatus,
    )
    from domain.choices import Choice
    from domain.fate import Fate
    from domain.messages import MessageKey, RefundReason
    from domain.money import Money
    from domain.moves import Move
    from domain.orders import CancelRole, CancelStatus
    from domain.shortage import value_of
    from domain.timeline import PLATFORM, EventKey
    from workflows.case import StepAbandonedError
    from workflows.phases.intake import look_again, nothing_left, settle_ask
    from workflows.policies import SHOP_WRITE
    from workflows.ports import (
        CancelOrder,
        CouponSent,
        EffectKey,
        OrderCancelled,
        RecordsPort,
        RefundReserved,
        ReserveRefund,
        SendCoupon,
        SettleRefund,
        ShopPort,
    )
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import APPROVAL, REFUND_BLOCKED, Refund
    from workflows.speaking import facts_of, inform_buyer

UNCONFIRMED = "refund_confirmation"
PLATFORM_CANCELS = "The platform cancels the order by itself at its own deadline."

OUTCOMES = {
    RefundReason.BY_CHOICE: CaseOutcome.REFUNDED_BY_CHOICE,
    RefundReason.NO_REPLY: CaseOutcome.REFUNDED_NO_REPLY,
    RefundReason.NOT_CONTACTED: CaseOutcome.REFUNDED_NOT_CONTACTED,
    RefundReason.RESTOCK_FAILED: CaseOutcome.REFUNDED_RESTOCK_FAILED,
    RefundReason.SWAP_LAPSED: CaseOutcome.REFUNDED_SWAP_LAPSED,
    RefundReason.SWAPPED: CaseOutcome.SWAPPED,
    RefundReason.UNAVAILABLE: CaseOutcome.REFUNDED_UNAVAILABLE,
    RefundReason.BY_PERSON: CaseOutcome.REFUNDED_BY_PERSON,
}
_COMPENSATED = frozenset({RefundReason.BY_CHOICE, RefundReason.RESTOCK_FAILED})
"""Refunds whose buyer gets the coupon: those who chose it, and those we let down."""


_OTHERS = {
    CancelRole.SYSTEM: CaseOutcome.CANCELLED_BY_PLATFORM,
    CancelRole.OPERATOR: CaseOutcome.CANCELLED_BY_PLATFORM,
    CancelRole.BUYER: CaseOutcome.CANCELLED_BY_BUYER,
    CancelRole.SELLER: CaseOutcome.CANCELLED_BY_SELLER,
}
_AFTER_DUE = timedelta(minutes=5)


async def refund(case: ShortageCase) -> None:
    """Cancel the order as the seller, see it confirmed, tell the buyer, close."""
    await settle_ask(case)
    if not case.refund.scheduled and not await _is_clear(case):
        return
    if not await _cancel(case):
        return
    if case.refund.status is RefundStatus.SUBMITTED:
        await _await_confirmation(case)
        return
    await _finish(case)


async def _is_clear(case: ShortageCase) -> bool:
    """Tell whether the order may be cancelled now; else something was waited for."""
    if not case.open_units():
        nothing_left(case)
        return False
    if not await _may_refund(case) or case.phase is not CaseState.REFUNDING:
        return False
    if case.refund.status is RefundStatus.FAILED:
        return await _wait_for_platform(case, "the cancellation was given up")
    return True


async def _finish(case: ShortageCase) -> None:
    """Do what a completed cancellation owes the buyer, then close."""
    await _send_coupon(case)
    await _inform(case)
    await _settle_reservation(case)
    if case.inbox.texts or _owes_an_answer(case):
        return
    if case.refund.more_to_settle and await _more_is_short(case):
        return
    reason = case.refund.reason or RefundReason.UNAVAILABLE
    case.move(Move.REFUNDED, outcome=OUTCOMES[reason])


async def _more_is_short(case: ShortageCase) -> bool:
    """Begin one more round for units that joined while others were being cancelled."""
    case.settled_lines |= frozenset(line.line_id for line in case.refund.units)
    case.refund.more_to_settle = False
    await look_again(case)
    if case.closed or not case.open_units():
        return case.closed
    case.refund = Refund(number=case.refund.number + 1)
    case.move(Move.SKU_JOINED)
    case.new_ask()
    return True


def _owes_an_answer(case: ShortageCase) -> bool:
    return case.contact.too_late and not case.is_finished("too-late")


def _amount(case: ShortageCase) -> Money | None:
    if case.order is None:
        return None
    units = case.units()
    return case.order.total if case.covers_whole_order() or not units else value_of(units)


def _paid(case: ShortageCase) -> bool:
    return bool(case.order and not case.order.is_cod)


async def _may_refund(case: ShortageCase) -> bool:
    """Reserve the refund against the playbook's limits, or wait for a second person."""
    rules, amount = case.pinned.playbook.refund, _amount(case)
    limited = bool(rules.approve_above or rules.approve_after_per_hour)
    if not limited or amount is None or not _paid(case) or case.refund.approved:
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
    amount = _amount(case)
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
    return await _wait_for_platform(case, "the refund was declined")


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


async def _wait_for_platform(case: ShortageCase, why: str) -> bool:
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


async def _cancel(case: ShortageCase) -> bool:
    step = f"refund:{case.refund.number}"
    if case.is_finished(step):
        return True
    if not case.refund.scheduled:
        _schedule(case)
    try:
        answer = await _try_to_cancel(case, step)
    except StepAbandonedError:
        return _given_up(case, "a person gave the cancellation up")
    if answer is None:
        return False
    if answer.gone:
        return _gone(case, step, answer)
    if answer.ended_by in _OTHERS:
        case.tell(EventKey.ORDER_CANCELLED, answer.ended_by, actor=PLATFORM)
        case.refund.amount = None
        case.move(Move.CANCELLED_OUTSIDE, outcome=_OTHERS[answer.ended_by])
        return False
    _submitted(case, answer)
    return True


def _schedule(case: ShortageCase) -> None:
    """From here there is no way back, and every retry takes these units and no others."""
    units, whole, amount = case.open_units(), case.covers_whole_order(), _amount(case)
    case.refund.units, case.refund.whole, case.refund.scheduled = units, whole, True
    case.refund.amount = amount if _paid(case) else None


async def _try_to_cancel(case: ShortageCase, step: str) -> OrderCancelled | None:
    """Cancel; while parked, news and the platform's own deadline get another look."""
    after_due = case.due.at + _AFTER_DUE if case.due else None
    answer = await case.race(
        case.take_step(
            step,
            lambda key: _attempt(case, key),
            done=lambda reference: OrderCancelled(cancel_id=reference or None),
            dispensable=True,
            otherwise=PLATFORM_CANCELS,
            by=case.due.at if case.due else None,
        ),
        until=after_due if after_due and after_due > case.now else None,
        unless=lambda: bool(case.parked) and case.inbox.news,
        why="the platform's own deadline",
    )
    if answer is None:
        case.look_soon()
    return answer


async def _attempt(case: ShortageCase, key: EffectKey) -> OrderCancelled:
    profile = case.pinned.profile
    strictest = case.pinned.strictest
    reason = profile.out_of_stock_reason.or_else(strictest.out_of_stock_reason)
    cmd = CancelOrder(
        key=key,
        shop_id=case.shop_id,
        order_id=case.order_id,
        line_ids=() if case.covers_whole_order() else tuple(line.line_id for line in case.units()),
        fallback_reason=reason or "",
    )
    return await case.remote(ShopPort.cancel_order, cmd, SHOP_WRITE, "cancel the order")


def _given_up(case: ShortageCase, why: str) -> bool:
    case.refund.scheduled = False
    case.refund.status = RefundStatus.FAILED
    case.tell(EventKey.REFUND_FAILED, why)
    return False


def _gone(case: ShortageCase, step: str, answer: OrderCancelled) -> bool:
    """The parcel left before the cancellation: the order ships anyway."""
    case.refund.scheduled = False
    case.refund.status = RefundStatus.NONE
    case.refund.amount = None
    case.step(step).finished = False
    case.tell(EventKey.ORDER_SHIPPED, answer.why, actor=PLATFORM)
    case.move(Move.SHIPPED_OUTSIDE, outcome=CaseOutcome.SHIPPED_ANYWAY)
    return False


def _submitted(case: ShortageCase, answer: OrderCancelled) -> None:
    case.refund.cancel_id = answer.cancel_id or case.refund.cancel_id
    if answer.refund is not None and _paid(case):
        case.refund.amount = answer.refund
    if case.refund.status in (RefundStatus.CONFIRMED, RefundStatus.NOT_PAID):
        return
    case.refund.status = RefundStatus.SUBMITTED
    case.refund.submitted_at = case.now
    if answer.by_buyers_request:
        case.look_soon()
    how = "the buyer's own request was approved" if answer.by_buyers_request else "by the seller"
    case.tell(EventKey.REFUND_SUBMITTED, how, rule=case.refund.reason or "")
    if answer.complete:
        _confirmed(case)


def _confirmed(case: ShortageCase) -> None:
    case.refund.status = RefundStatus.CONFIRMED if _paid(case) else RefundStatus.NOT_PAID
    case.drop_task(UNCONFIRMED)
    case.tell(EventKey.REFUND_CONFIRMED, actor=PLATFORM)


async def _await_confirmation(case: ShortageCase) -> None:
    """Look from time to time whether the platform has completed the cancellation."""
    rules = case.pinned.playbook.refund
    if _is_complete(case):
        _confirmed(case)
        return
    look_at = case.now + rules.look_every
    if await case.wait(lambda: case.inbox.news, until=look_at, why="confirm"):
        return
    await look_again(case)
    if case.closed or _is_complete(case):
        return
    if case.refund.submitted_at and case.now >= case.refund.submitted_at + rules.confirm_within:
        _ask_about(case)


def _is_complete(case: ShortageCase) -> bool:
    if case.fate() in (Fate.CANCELLED_BY_SELLER, Fate.CANCELLED_BY_BUYER):
        return True
    return any(
        entry.cancel_id == case.refund.cancel_id and entry.status is CancelStatus.COMPLETE
        for entry in case.cancellations
    )


def _ask_about(case: ShortageCase) -> None:
    case.ask_person(
        HumanTask(
            step=UNCONFIRMED,
            ask=f"Cancellation {case.refund.cancel_id} is still not complete; look in "
            "Seller Center.",
            options=(),
            otherwise="The case keeps looking.",
        )
    )


async def _send_coupon(case: ShortageCase) -> None:
    """Send the coupon that was offered; its failure never holds up the refund."""
    offer = case.offer(Choice.REFUND)
    wanted = case.refund.reason in _COMPENSATED and offer is not None and offer.coupon_id
    if not wanted or offer is None or case.coupon.status is not CouponStatus.NONE:
        return
    if case.contact.mode is not ContactMode.CHAT or case.contact.conversation_id is None:
        _coupon_failed(case, offer.coupon_id, CouponStatus.UNAVAILABLE, "there is no chat")
        return
    entry = case.step("coupon")
    cmd = SendCoupon(
        key=case.effect_key(entry),
        shop_id=case.shop_id,
        conversation_id=case.contact.conversation_id,
        coupon_id=offer.coupon_id or "",
    )
    entry.tried = True
    sent = await case.try_once(ShopPort.send_coupon, cmd, SHOP_WRITE, "send the coupon")
    _note_coupon(case, offer.coupon_id or "", sent)


def _note_coupon(case: ShortageCase, coupon_id: str, sent: CouponSent | None) -> None:
    if sent is None:
        _coupon_failed(case, coupon_id, CouponStatus.FAILED, "the card could not be sent")
    elif sent.why_not:
        _coupon_failed(case, coupon_id, CouponStatus.UNAVAILABLE, sent.why_not)
    else:
        case.coupon = CouponView(status=CouponStatus.SENT, coupon_id=coupon_id)
        case.tell(EventKey.COUPON_SENT, coupon_id)


def _coupon_failed(
    case: ShortageCase, coupon_id: str | None, status: CouponStatus, why: str
) -> None:
    case.coupon = CouponView(status=status, coupon_id=coupon_id)
    case.tell(EventKey.COUPON_FAILED, why)


async def _inform(case: ShortageCase) -> None:
    reason = case.refund.reason
    key = MessageKey.REFUNDED
    if case.contact.too_late:
        await inform_buyer(case, "too-late", facts_of(case, MessageKey.TOO_LATE))
    await inform_buyer(case, f"refunded:{case.refund.number}", facts_of(case, key, reason=reason))


async def _settle_reservation(case: ShortageCase) -> None:
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
