"""What facts and decisions do to a shortage case, applied the moment they arrive."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState, HumanTask, RefundStatus
    from domain.choices import Choice
    from domain.fate import pending_request
    from domain.messages import RefundReason
    from domain.moves import Move
    from domain.timeline import BUYER, EventKey
    from workflows.payloads import (
        BuyerChose,
        LinkReplacement,
        OverrideOutcome,
        RecordChoice,
    )
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import REFUND_BLOCKED, Agreed

UNCLEAR_CHOICE = "choice"
"""The task that asks a person what the buyer meant."""

_MOVES = {
    Choice.WAIT: Move.WAIT_CHOSEN,
    Choice.SWAP: Move.SWAP_CHOSEN,
    Choice.REFUND: Move.REFUND_CHOSEN,
}


def read_choice(word: str) -> Choice | None:
    """Return the choice that a word on the wire names, or None."""
    try:
        return Choice(word.strip().lower())
    except ValueError:
        return None


def may_choose(case: ShortageCase, word: str) -> str:
    """Return why a choice would be refused now, or an empty string."""
    if case.closed:
        return "the case is closed"
    if case.refund.scheduled:
        return "the order is being cancelled already"
    choice = read_choice(word)
    if choice is None:
        return f"{word!r} is no choice; use wait, swap or refund"
    if not case.ask.offers_fixed or _said_before(case, choice):
        return ""
    return _not_offered(case, choice) or _not_now(case, choice)


def _said_before(case: ShortageCase, choice: Choice) -> bool:
    return case.choice is choice and case.phase is not CaseState.AWAITING_CHOICE


def _not_now(case: ShortageCase, choice: Choice) -> str:
    if case.moves.allowed(case.phase, _MOVES[choice]):
        return ""
    return f"{choice} cannot be chosen while {case.phase}"


def _not_offered(case: ShortageCase, choice: Choice) -> str:
    offer = case.offer(choice)
    if offer is None:
        offered = ", ".join(offer.choice for offer in case.offers)
        return f"{choice} is not offered; offered: {offered}"
    if offer.promised_at and offer.promised_at <= case.now:
        return f"the date {offer.promised_at:%Y-%m-%d %H:%M}Z has passed"
    return ""


def choose(case: ShortageCase, chose: BuyerChose, *, actor: str = BUYER) -> None:
    """Act on a choice, hold it until offers are fixed, or refuse it visibly."""
    choice = read_choice(chose.choice)
    if actor == BUYER:
        case.contact.replied = True
    if case.refund.scheduled and not case.closed and choice is not None:
        _too_late(case, choice, actor)
        return
    if not case.ask.offers_fixed and not case.closed and choice is not None:
        case.inbox.held_choices.append((chose, actor))
        case.tell(EventKey.CHOICE_HELD, choice, actor=actor)
        case.arrived()
        return
    refusal = may_choose(case, chose.choice)
    if refusal or choice is None:
        refuse_choice(case, chose.choice, refusal, actor=actor)
        return
    _apply(case, choice, chose, actor)


def _too_late(case: ShortageCase, choice: Choice, actor: str) -> None:
    """Answer a choice that came after the cancellation was scheduled; the same one agrees."""
    under_way = Choice.SWAP if case.refund.reason is RefundReason.SWAPPED else Choice.REFUND
    if choice is under_way:
        case.tell(EventKey.BUYER_CHOSE, f"{choice}, which is under way", actor=actor)
        return
    case.contact.too_late = True
    why = "the order is being cancelled already"
    case.tell(EventKey.CHOICE_REFUSED, f"{choice}: {why}", actor=actor)
    case.ask_person(
        HumanTask(
            step=UNCLEAR_CHOICE,
            ask=f"The buyer now wants {choice}, but {why}; they are told so by chat. See whether "
            "a new order can be arranged.",
            otherwise="The cancellation goes through.",
        )
    )
    case.arrived()


def _apply(case: ShortageCase, choice: Choice, chose: BuyerChose, actor: str) -> None:
    case.drop_task(UNCLEAR_CHOICE)
    if _said_before(case, choice):
        return
    case.choice = choice
    case.promised_at, case.consent_by, case.agreed = None, None, None
    case.refund.requested_by = None if actor == BUYER else actor
    case.tell(EventKey.BUYER_CHOSE, f"{choice} (via {chose.via})", actor=actor)
    case.move(_MOVES[choice])
    case.forget_approval()
    match choice:
        case Choice.WAIT:
            _agree_to_wait(case, chose, actor)
        case Choice.SWAP:
            _give_time_to_order(case)
        case Choice.REFUND:
            case.refund.reason = RefundReason.BY_CHOICE
    case.arrived()


def _give_time_to_order(case: ShortageCase) -> None:
    """A swap agreed on after the choice deadline, or before any, has the playbook's time."""
    case.refund.reason = None
    if case.choice_by is None or case.choice_by.at <= case.now:
        case.set_choice_by(case.now)


def _agree_to_wait(case: ShortageCase, chose: BuyerChose, actor: str) -> None:
    offer = case.offer(Choice.WAIT)
    if offer is None or offer.promised_at is None:
        return
    case.promised_at = offer.promised_at
    case.first_promise = case.first_promise or offer.promised_at
    case.agreed = Agreed(
        promised_at=offer.promised_at,
        at=case.now,
        rule=f"express yes via {chose.via}" + ("" if actor == BUYER else f", heard by {actor}"),
        text=chose.text,
        message_id=chose.message_id or "",
    )
    case.refund.reason = None
    case.tell(EventKey.PROMISE_MADE, f"{offer.promised_at:%Y-%m-%d %H:%M}Z", actor=BUYER)
    if offer.gift:
        case.gift = offer.gift


def refuse_choice(case: ShortageCase, word: str, why: str, *, actor: str = BUYER) -> None:
    """Record a choice that cannot be acted on and ask a person what the buyer wants."""
    case.tell(EventKey.CHOICE_REFUSED, f"{word[:200]}: {why}", actor=actor)
    if case.closed:
        return
    case.ask_person(
        HumanTask(
            step=UNCLEAR_CHOICE,
            ask=f"The buyer answered {word[:120]!r} ({why}); record what they want.",
            by=case.next_deadline(),
            options=tuple(offer.choice for offer in case.offers),
            otherwise=_without_answer(case),
        )
    )
    case.arrived()


def _without_answer(case: ShortageCase) -> str:
    match case.phase:
        case CaseState.AWAITING_CHOICE:
            return "The order is cancelled and refunded at the deadline."
        case _:
            return "The case goes on with the choice it has."


def release_held(case: ShortageCase) -> None:
    """Apply the choices that came before the offers were fixed, in their order."""
    held, case.inbox.held_choices = case.inbox.held_choices, []
    for chose, actor in held:
        choose(case, chose, actor=actor)


def record_choice(case: ShortageCase, decision: RecordChoice) -> None:
    """Act on a choice that a person heard."""
    chose = BuyerChose(choice=decision.choice, via=decision.via, text=decision.text)
    choose(case, chose, actor=decision.actor)


def may_override(case: ShortageCase, decision: OverrideOutcome) -> str:
    """Return why an override would be refused, or an empty string."""
    if case.closed:
        return "the case is closed"
    if case.refund.scheduled:
        return "the order is being cancelled already"
    if decision.action not in ("refund", "wait", "close"):
        return f"action {decision.action!r} is unknown; use refund, wait or close"
    if case.order is None and decision.action != "close":
        return "the order has not been read yet"
    if decision.action == "wait":
        return _may_wait_until(case, decision.until)
    return ""


def _may_wait_until(case: ShortageCase, until: datetime | None) -> str:
    if until is None:
        return "until is required to wait"
    if until <= case.now:
        return f"until {until:%Y-%m-%d %H:%M}Z has passed"
    if case.promise_by and until >= case.promise_by.at:
        return (
            f"until lies after {case.promise_by.at:%Y-%m-%d %H:%M}Z, the last instant to promise"
        )
    return ""


def override(case: ShortageCase, decision: OverrideOutcome) -> None:
    """Let a person end the argument."""
    case.tell(
        EventKey.CASE_OVERRIDDEN, f"{decision.action}: {decision.reason}", actor=decision.actor
    )
    match decision.action:
        case "refund":
            case.refund.reason = RefundReason.BY_PERSON
            case.refund.status = RefundStatus.NONE
            case.refund.requested_by = decision.actor
            case.forget_approval()
            case.drop_task(REFUND_BLOCKED)
            case.move(Move.PERSON_REFUNDS)
        case "wait":
            case.promised_at = decision.until
            case.consent_by, case.agreed = None, None
            case.refund.reason = None
            if decision.until:
                case.supply.decide(decision.until)
            case.move(Move.PERSON_WAITS)
        case _:
            case.move(Move.PERSON_CLOSES, outcome=CaseOutcome.CLOSED_BY_PERSON)
    case.arrived()


def link_replacement(case: ShortageCase, decision: LinkReplacement) -> None:
    """Take the buyer's new order from a person."""
    case.replacement_order_id = decision.order_id
    case.tell(EventKey.SWAP_ORDERED, decision.order_id, actor=decision.actor)
    case.arrived()


def may_link(case: ShortageCase) -> str:
    """Return why a new order cannot be linked now, or an empty string."""
    if case.closed:
        return "the case is closed"
    return "" if case.phase is CaseState.ARRANGING_SWAP else "no swap is under way"


def why_not_withdraw(case: ShortageCase) -> str:
    """Return why the open case cannot be withdrawn now, or an empty string."""
    return "the order is being cancelled already" if case.refund.scheduled else ""


def may_approve(case: ShortageCase, actor: str) -> str:
    """Return why an approval would be refused, or an empty string."""
    if case.closed:
        return "the case is closed"
    if (
        case.refund.status is not RefundStatus.AWAITING_APPROVAL
        or case.refund.approved is not None
    ):
        return "no refund waits for approval"
    if actor == case.refund.requested_by:
        return f"{actor} asked for this refund; a second person must approve it"
    return ""


def approve(case: ShortageCase, *, approved: bool, actor: str, reason: str) -> None:
    """Note a second person's word on a refund."""
    case.refund.approved = approved
    case.refund.approved_by = actor
    key = EventKey.REFUND_APPROVED if approved else EventKey.REFUND_DECLINED
    case.tell(key, reason, actor=actor)
    case.arrived()


def show_buyers_request(case: ShortageCase) -> None:
    """Show a buyer's own cancellation request to people, once, until it is answered."""
    request = pending_request(case.cancellations)
    if request is None:
        case.drop_task("buyer_cancellation")
        return
    if case.phase is CaseState.REFUNDING:
        return
    if case.inbox.first_time(f"cancel:{request.cancel_id}"):
        case.tell(EventKey.BUYER_ASKED_CANCEL, request.reason, actor=BUYER)
    case.ask_person(
        HumanTask(
            step="buyer_cancellation",
            ask="The buyer asked the platform to cancel; record the choice refund to approve it, "
            "or reject the request in Seller Center.",
            by=request.respond_by,
            options=("refund",),
            otherwise="The platform may approve it by itself.",
        )
    )
