"""Refunding: a cancellation by the seller, approved where the playbook wants it, once."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState, HumanTask, RefundStatus
    from domain.choices import Choice
    from domain.fate import Fate
    from domain.messages import MessageKey, RefundReason
    from domain.moves import Move
    from domain.orders import CancelRole, CancelStatus
    from domain.timeline import PLATFORM, EventKey
    from workflows.amends import amends_are_made, give_card, owe
    from workflows.phases.approval import (
        PLATFORM_CANCELS,
        amount_of,
        is_paid,
        may_refund,
        settle_reservation,
        wait_for_platform,
    )
    from workflows.phases.intake import look_again, nothing_left, settle_ask
    from workflows.policies import SHOP_WRITE
    from workflows.ports import (
        CancelOrder,
        EffectKey,
        OrderCancelled,
        ShopPort,
    )
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import Refund
    from workflows.speaking import apology_of, facts_of, inform_buyer
    from workflows.steps import StepAbandonedError

UNCONFIRMED = "refund_confirmation"

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
    if not await may_refund(case) or case.phase is not CaseState.REFUNDING:
        return False
    if case.refund.status is RefundStatus.FAILED:
        return await wait_for_platform(case, "the cancellation was given up")
    return True


async def _finish(case: ShortageCase) -> None:
    """Do what a completed cancellation owes the buyer, then close."""
    await _send_coupon(case)
    if case.ledgers and is_compensated(case):
        owe(case, Choice.REFUND)
    await _inform(case)
    await settle_reservation(case)
    if case.inbox.texts or _owes_an_answer(case):
        return
    if case.refund.more_to_settle and await _more_is_short(case):
        return
    if not await amends_are_made(case, Choice.REFUND):
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
    units, whole, amount = case.open_units(), case.covers_whole_order(), amount_of(case)
    case.refund.units, case.refund.whole, case.refund.scheduled = units, whole, True
    case.refund.amount = amount if is_paid(case) else None


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
        unless=lambda: case.news_waits,
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
    if answer.refund is not None and is_paid(case):
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
    case.refund.status = RefundStatus.CONFIRMED if is_paid(case) else RefundStatus.NOT_PAID
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
    wanted = is_compensated(case) and offer is not None and offer.coupon_id
    if wanted and Choice.REFUND not in case.bargain.cards:
        await give_card(case, Choice.REFUND, "coupon")


def is_compensated(case: ShortageCase) -> bool:
    """Whether this refund's buyer gets what the offer came with: chosen, or let down by us."""
    if case.ledgers and case.refund.reason is RefundReason.UNAVAILABLE:
        return True
    return case.refund.reason in _COMPENSATED


async def _inform(case: ShortageCase) -> None:
    reason = case.refund.reason
    key = MessageKey.REFUNDED
    if case.contact.too_late:
        await inform_buyer(case, "too-late", facts_of(case, MessageKey.TOO_LATE))
    given = apology_of(case) if is_compensated(case) else None
    facts = facts_of(case, key, reason=reason, compensation=given)
    await inform_buyer(case, f"refunded:{case.refund.number}", facts)
