"""Awaiting the choice: remind, keep the offers true, and settle silence at the deadline."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseState, ContactMode
    from domain.choices import Choice
    from domain.messages import MessageKey, RefundReason
    from domain.moves import Move
    from domain.orders import ChatMessage, ChatRole
    from domain.stockout import Course
    from domain.timeline import EventKey
    from workflows.payloads import BuyerWrote
    from workflows.phases.agreements import silence_about
    from workflows.phases.intake import look_again, settle_ask
    from workflows.phases.negotiation import next_round
    from workflows.phases.offering import (
        REFUND_COURSES,
        Planned,
        fix_offers,
        needs_a_look,
        planned_offers,
        restock_facts,
        wait_is_possible,
    )
    from workflows.policies import SHOP_READ
    from workflows.ports import EffectKey, ReadConversation, ShopPort
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import Agreed
    from workflows.speaking import Told, facts_of, inform_in_time, tell_buyer
    from workflows.steps import StepAbandonedError

REFUNDED_AT_DEADLINE = "The order is cancelled and refunded at the deadline."


async def await_choice(case: ShortageCase) -> None:
    """Wait for the buyer until the deadline; silence is an outcome too."""
    if case.inbox.unread:
        case.inbox.unread = False
        await _unread_texts(case)
        return
    until = case.answer_by()
    if until is None or case.now < until:
        if case.consent_by and case.unavailable:
            await _no_date_left(case)
            return
        if _nothing_comes(case):
            await _tell_unavailable(case)
            return
        if _offers_are_outdated(case):
            await _change_offers(case)
            return
        if case.bargain.wants_more and await next_round(case):
            return
    await _wait_for_answer(case, until)


async def _no_date_left(case: ShortageCase) -> None:
    """The later date that the buyer was to agree to is gone as well."""
    case.refund.reason = RefundReason.RESTOCK_FAILED
    case.move(Move.NO_DATE_LEFT)
    await settle_ask(case)


async def _wait_for_answer(case: ShortageCase, until: datetime | None) -> None:
    reminder = _next_reminder(case)
    wake_at = min((at for at in (until, reminder) if at), default=None)
    if await case.wait(lambda: case.inbox.news, until=wake_at, why="choice_by"):
        return
    # What the wait was for decides, not the clock: a replay may read it some moments later.
    if until is None or (wake_at is not None and wake_at < until):
        await _remind(case)
        return
    await _settle_silence(case)


def _next_reminder(case: ShortageCase) -> datetime | None:
    asked, choice_by = case.contact.latest_ask_at, case.choice_by
    if case.contact.replied or asked is None or choice_by is None or case.consent_by:
        return None
    due = deadlines.reminders(
        contacted_at=asked,
        choice_by=choice_by,
        playbook=case.pinned.playbook,
        profile=case.pinned.profile,
    )
    ahead = [at for at in due if at > case.contact.reminded_until]
    if not ahead or case.contact.mode is not ContactMode.CHAT:
        return None
    # A worker that was away does not wake the buyer at night for what it missed by day.
    at = deadlines.after_quiet_hours(max(ahead[0], case.now), case.pinned.profile)
    return at if at <= choice_by.at - deadlines.REMINDER_GAP else None


async def _remind(case: ShortageCase) -> None:
    due = _next_reminder(case)
    if due is None:
        return
    case.contact.reminded_until = due
    facts = facts_of(case, MessageKey.REMINDER, offers=case.offers, answer_by=case.answer_by())
    step = f"reminder:{due:%Y%m%dT%H%M}"
    await inform_in_time(case, step, facts, until=case.answer_by())


def _nothing_comes(case: ShortageCase) -> bool:
    """Tell whether what the buyer was asked about turned out never to come."""
    if case.consent_by:
        return False
    swap = case.offer(Choice.SWAP) is not None
    return case.judged(swap=swap).course is Course.REFUND


async def _tell_unavailable(case: ShortageCase) -> None:
    """Tell a buyer who was asked that nothing comes; the refund then waits for nobody."""
    number = case.ask.number
    planned = await _plan_anew(case, f"offers:unavailable:{number}")
    if planned is None:
        return
    standing, refund = case.offer(Choice.WAIT), planned.plan.offer(Choice.REFUND)
    facts = facts_of(
        case,
        MessageKey.TURNED_UNAVAILABLE,
        earlier_promised_at=standing.promised_at if standing else None,
        reason=RefundReason.UNAVAILABLE,
        compensation=refund.compensation if refund else None,
    )
    told: Told | None = await case.race(
        tell_buyer(
            case, f"unavailable:{number}", facts, asks=False, otherwise=REFUNDED_AT_DEADLINE
        ),
        until=case.answer_by(),
        unless=lambda: case.inbox.news,
    )
    if told is None or told.order_moved or case.phase is not CaseState.AWAITING_CHOICE:
        return
    fix_offers(case, planned)
    case.refund.reason = RefundReason.UNAVAILABLE
    case.move(Move.NOTHING_COMES)
    await settle_ask(case)


def _offers_are_outdated(case: ShortageCase) -> bool:
    """Tell whether the restock news no longer fits what the buyer was offered."""
    standing = case.offer(Choice.WAIT)
    if case.consent_by or restock_facts(case) == case.contact.offers_judged:
        return False
    possible = wait_is_possible(case) and case.judged(swap=False).course not in REFUND_COURSES
    if standing is None:
        return possible
    return not possible or case.promise_is_later_than(standing.promised_at)


async def _plan_anew(
    case: ShortageCase, step: str, *, number: int | None = None
) -> Planned | None:
    """Plan offers while news and the deadline may interrupt; None if one did.

    A plan that asks only our own records is not raced against a timer: see `race`.
    """
    until = case.answer_by()
    remote = not case.ledgers or needs_a_look(case, number)
    return await case.race(
        planned_offers(case, step, number=number),
        until=until if remote else None,
        unless=lambda: case.inbox.news or case.held_up(until),
    )


async def _change_offers(case: ShortageCase) -> None:
    """Put the new offers to the buyer; nothing is offered or withdrawn without a message."""
    judged = restock_facts(case)
    if case.contact.offers_in_work != judged:
        case.contact.offers_in_work = judged
        case.contact.offer_changes += 1
    number = case.contact.offer_changes
    planned = await _plan_anew(case, f"offers:changed:{number}")
    if planned is None:
        return
    offers = planned.plan.offers
    if offers == case.offers:
        case.contact.offers_judged = judged
        return
    gone = case.ledgers and case.unavailable
    key = MessageKey.TURNED_UNAVAILABLE if gone else MessageKey.OFFERS_CHANGED
    facts = facts_of(case, key, offers=offers, answer_by=case.answer_by())
    told: Told | None = await case.race(
        tell_buyer(
            case, f"offers-changed:{number}", facts, asks=True, otherwise=REFUNDED_AT_DEADLINE
        ),
        until=case.answer_by(),
        unless=lambda: case.inbox.news,
    )
    if told is None:
        return
    case.contact.offers_judged = judged
    if told.order_moved:
        return
    fix_offers(case, planned)
    case.tell(EventKey.OFFERS_CHANGED, ", ".join(offer.choice for offer in offers))


async def _settle_silence(case: ShortageCase) -> None:
    """Read the conversation and look at the order before acting on silence."""
    if await _unread_texts(case):
        return
    await look_again(case)
    if case.phase is not CaseState.AWAITING_CHOICE or case.inbox.texts:
        return
    if await next_round(case):
        return
    case.tell(EventKey.BUYER_SILENT, actor="buyer")
    if case.consent_by:
        _settle_consent(case)
    else:
        case.refund.reason = RefundReason.NO_REPLY
        case.move(Move.NO_REPLY)
    await settle_ask(case)


def _settle_consent(case: ShortageCase) -> None:
    """Take silence about a later date for what law and playbook take it for."""
    offer = case.offer(Choice.WAIT)
    rule = silence_about(case, offer.promised_at if offer else None, case.slips)
    if rule.counts and offer and offer.promised_at:
        case.choice = Choice.WAIT
        case.promised_at, case.consent_by = offer.promised_at, None
        case.agreed = Agreed(
            promised_at=offer.promised_at, at=case.now, rule=rule.rule, silent=True
        )
        case.move(Move.SILENCE_AGREED)
        return
    case.refund.reason = RefundReason.RESTOCK_FAILED
    case.move(Move.NO_CONSENT)


async def _unread_texts(case: ShortageCase) -> bool:
    """Fetch what the buyer wrote since the ask, whether or not a webhook told of it."""
    spare = case.now + case.outage.park_after + timedelta(minutes=1)
    said = await case.race(
        _read_since_ask(case),
        until=max(spare, case.promise_by.at) if case.promise_by else spare,
        unless=lambda: case.phase is not CaseState.AWAITING_CHOICE or bool(case.inbox.texts),
    )
    fresh = [
        message
        for message in said or ()
        if _is_answer(message) and case.inbox.first_time(f"wrote:{message.message_id}")
    ]
    for message in fresh:
        case.inbox.texts.append(
            BuyerWrote(
                message_id=message.message_id,
                text=message.text,
                sent_at=message.sent_at,
                conversation_id=case.contact.conversation_id,
                index=message.index,
            )
        )
    waiting = bool(case.inbox.texts)
    return waiting or case.phase is not CaseState.AWAITING_CHOICE


async def _read_since_ask(case: ShortageCase) -> list[ChatMessage]:
    try:
        return await case.take_step(
            "silence",
            lambda key: _read(case, key),
            dispensable=True,
            otherwise=REFUNDED_AT_DEADLINE,
            by=case.promise_by.at if case.promise_by else None,
            fresh=True,
        )
    except StepAbandonedError:
        return []


def _is_answer(message: ChatMessage) -> bool:
    return message.role is ChatRole.BUYER and message.visible and message.kind == "TEXT"


async def _read(case: ShortageCase, _key: EffectKey) -> list[ChatMessage]:
    if case.contact.mode is not ContactMode.CHAT or case.contact.conversation_id is None:
        return []
    cmd = ReadConversation(
        shop_id=case.shop_id,
        conversation_id=case.contact.conversation_id,
        after_index=case.contact.latest_ask_index,
        since=case.contact.latest_ask_at,
    )
    return await case.remote(ShopPort.read_conversation, cmd, SHOP_READ, "read before silence")
