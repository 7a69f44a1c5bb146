"""Telling the buyer: by chat, or through a person where chat does not reach them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, ContactMode, CouponStatus, HumanTask, RefundStatus
    from domain.choices import Choice
    from domain.messages import (
        LongerOfferReason,
        MessageFacts,
        MessageKey,
        RefundReason,
        WrittenMessage,
    )
    from domain.offers import Compensation, Offer, offer_of
    from domain.orders import ChatMessage
    from domain.shortage import products
    from domain.timeline import EventKey
    from workflows.policies import SHOP_READ, SHOP_WRITE
    from workflows.ports import (
        DeskPort,
        EffectKey,
        MessageSent,
        ReadConversation,
        RecordsPort,
        SendMessage,
        SettleContact,
        ShopPort,
        WantContact,
        WriteMessage,
    )
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import RECORD_CONTACT
    from workflows.steps import Step, StepAbandonedError

_NOTICE_PATIENCE = timedelta(hours=24)
"""By when a person should deliver a notice that nothing waits for."""


@dataclass(frozen=True)
class Told:
    """A message that reached the buyer, or news that made it pointless."""

    at: datetime
    order_moved: bool = False


def facts_of(
    case: ShortageCase,
    key: MessageKey,
    *,
    offers: tuple[Offer, ...] = (),
    answer_by: datetime | None = None,
    promised_at: datetime | None = None,
    earlier_promised_at: datetime | None = None,
    reason: RefundReason | None = None,
    other_order_digits: tuple[str, ...] = (),
    compensation: Compensation | None = None,
    earlier_offers: tuple[Offer, ...] = (),
    silence_agrees: bool = False,
    restock_at: datetime | None = None,
    longer_offer_reason: LongerOfferReason | None = None,
) -> MessageFacts:
    """Return everything a message of this case may be written from."""
    profile = case.pinned.profile
    sent = case.coupon.coupon_id if case.coupon.status is CouponStatus.SENT else None
    coupon = next((offer for offer in case.offers if sent and offer.coupon_id == sent), None)
    swap = next((offer for offer in case.offers if offer.substitute_name), None)
    whole = case.covers_whole_order()
    live = len(case.order.live_lines()) if case.order else 0
    return MessageFacts(
        key=key,
        language=case.language or profile.language,
        market=case.pinned.market,
        zone=profile.zone,
        shop_id=case.shop_id,
        order_digits=case.order_id[-6:],
        products=products(case.units()) or products(case.order.lines if case.order else ()),
        unpaid=bool(case.order and case.order.is_cod),
        whole_order=whole,
        rest_of_order_ends_too=whole and live > len(case.units()),
        offers=offers,
        answer_by=answer_by,
        promised_at=promised_at,
        earlier_promised_at=earlier_promised_at,
        gift=case.gift,
        coupon_title=coupon.coupon_title if coupon else "",
        substitute_name=swap.substitute_name if swap else "",
        amount=case.refund.amount,
        reason=reason,
        other_order_digits=other_order_digits,
        compensation=compensation,
        earlier_offers=earlier_offers,
        silence_agrees=silence_agrees,
        restock_at=restock_at,
        longer_offer_reason=longer_offer_reason,
    )


def apology_of(case: ShortageCase) -> Compensation | None:
    """Return what comes with the refund, for a message that tells of one; None if nothing."""
    offer = offer_of(Choice.REFUND, case.offers)
    given = offer.compensation if offer and case.ledgers else Compensation()
    if case.coupon.status in (CouponStatus.FAILED, CouponStatus.UNAVAILABLE):
        given = given.model_copy(update={"coupon_id": None, "coupon_title": ""})
    return None if given.nothing else given


async def tell_buyer(
    case: ShortageCase, step: str, facts: MessageFacts, *, asks: bool, otherwise: str
) -> Told:
    """Deliver a message that the process depends on; it parks or goes to a person, never lost.

    Args:
        case: The case.
        step: Names the message; the same name is never sent twice.
        facts: What it is written from.
        asks: Whether later messages of the buyer answer it.
        otherwise: What happens if it is not delivered in time.

    Returns:
        When it reached the buyer.
    """
    text = await write(case, step, facts)
    told = None
    if case.contact.mode is ContactMode.CHAT:
        told = await _by_chat(case, step, text, asks=asks, otherwise=otherwise)
    if told is None:
        told = await _by_person(case, step, text, otherwise)
    if asks and not told.order_moved:
        said = case.contact.said.get(step)
        shown = f"{text.text}\n\n{said}" if said else text.text
        case.contact.shown = text.model_copy(update={"text": shown})
    return told


async def write(case: ShortageCase, step: str, facts: MessageFacts) -> WrittenMessage:
    """Write a message once; a repeat of the step says the same words."""

    async def attempt(_key: EffectKey) -> WrittenMessage:
        cmd = WriteMessage(facts=facts, market_language=case.pinned.profile.language)
        return await case.local(DeskPort.write_message, cmd, f"write {facts.key}")

    return await case.take_step(f"text:{step}", attempt, by=case.next_deadline())


async def _by_chat(
    case: ShortageCase, step: str, text: WrittenMessage, *, asks: bool, otherwise: str
) -> Told | None:
    async def attempt(key: EffectKey) -> MessageSent:
        return await case.remote(
            ShopPort.send_message, _command(case, key, text, asks=asks), SHOP_WRITE, f"send {step}"
        )

    try:
        sent = await case.take_step(
            step,
            attempt,
            done=lambda reference: MessageSent(message_id=reference or None, sent_at=case.now),
            dispensable=True,
            otherwise=otherwise,
            by=case.next_deadline(),
        )
    except StepAbandonedError:
        fall_back_to_people(case, "a person gave up on chat")
        return None
    if sent.order_moved:
        case.look_soon()
        return Told(at=case.now, order_moved=True)
    if sent.why_not:
        fall_back_to_people(case, sent.why_not)
        return None
    if asks:
        case.contact.latest_ask_index, case.contact.latest_ask_id = sent.index, sent.message_id
    return Told(at=case.now)


def _command(
    case: ShortageCase, key: EffectKey, text: WrittenMessage, *, asks: bool
) -> SendMessage:
    return SendMessage(
        key=key,
        shop_id=case.shop_id,
        conversation_id=case.contact.conversation_id or "",
        order_id=case.order_id,
        text=text.text,
        asks=asks,
        look_first=_looks_first(case, key),
    )


def _looks_first(case: ShortageCase, key: EffectKey) -> bool:
    """Tell whether the order may have moved since it was read; a settled one is let be."""
    settled = case.refund.status not in (RefundStatus.NONE, RefundStatus.AWAITING_APPROVAL)
    stale = case.contact.first_at is not None or key.tried_before
    # A packed order keeps no promise yet in some markets, so its buyer may still be asked.
    return stale and not settled and case.phase is not CaseState.WAITING_RESTOCK


def fall_back_to_people(case: ShortageCase, why: str) -> None:
    """From now on people contact this buyer."""
    case.contact.mode = ContactMode.ASSISTED
    case.tell(EventKey.CONTACT_ASSISTED, why)


async def _by_person(case: ShortageCase, step: str, text: WrittenMessage, otherwise: str) -> Told:
    if step not in case.contact.wanted and step not in case.contact.recorded:
        await _queue(case, step, text, case.next_deadline())
        case.contact.wanted.add(step)
    if step not in case.contact.recorded:
        _ask_to_tell(case, step, text, otherwise)
    await case.wait(lambda: step in case.contact.recorded)
    return Told(at=case.contact.recorded[step])


async def _queue(case: ShortageCase, step: str, text: WrittenMessage, by: datetime | None) -> None:
    cmd = _wanted(case, step, text, by)
    await case.keep(f"queue:{step}", RecordsPort.want_contact, cmd, "queue a contact")


def _ask_to_tell(case: ShortageCase, step: str, text: WrittenMessage, otherwise: str) -> None:
    case.ask_person(
        HumanTask(
            step=step,
            ask="Tell the buyer; the text is ready. Then record the contact.",
            by=case.next_deadline(),
            options=(RECORD_CONTACT,),
            otherwise=otherwise,
            text=text.text,
        )
    )


def _wanted(
    case: ShortageCase, step: str, text: WrittenMessage, by: datetime | None
) -> WantContact:
    return WantContact(
        case_id=case.case_id,
        step=step,
        shop_id=case.shop_id,
        order_id=case.order_id,
        text=text.text,
        language=text.language,
        by=by or case.now + _NOTICE_PATIENCE,
        at=case.now,
        buyer_user_id=case.order.buyer_user_id if case.order else "",
    )


async def settle_contact(case: ShortageCase, step: str) -> None:
    """Take a message off the queue of contacts for people."""
    case.contact.wanted.discard(step)
    cmd = SettleContact(case_id=case.case_id, step=step)
    await case.keep(f"settle:{step}", RecordsPort.settle_contact, cmd, "settle a contact")


async def inform_buyer(case: ShortageCase, step: str, facts: MessageFacts) -> None:
    """Deliver a notice that nothing waits for; what chat cannot deliver is queued for people."""
    if case.is_finished(step):
        return
    text = await write(case, step, facts)
    sent: MessageSent | None = None
    if case.contact.mode is ContactMode.CHAT:
        sent = await _try_notice(case, step, text)
        if sent is None and case.ledgers:
            said = await find_in_chat(case, case.step(step), text)
            sent = MessageSent(message_id=said.message_id) if said else None
    if sent is None or sent.why_not:
        await _queue(case, step, text, None)
        case.tell(EventKey.CONTACT_ASSISTED, f"{step} waits in the queue of contacts")
    elif sent.order_moved:
        case.look_soon()
    else:
        case.tell(EventKey.BUYER_INFORMED, facts.key)
        case.spoken()
    case.step(step).finished = True


async def find_in_chat(case: ShortageCase, step: Step, text: WrittenMessage) -> ChatMessage | None:
    """Find a message whose sending was cut off: the chat knows what was said."""
    if case.contact.conversation_id is None:
        return None
    cmd = ReadConversation(
        shop_id=case.shop_id, conversation_id=case.contact.conversation_id, since=step.began_at
    )
    said = await case.try_once(ShopPort.read_conversation, cmd, SHOP_READ, "was it said?")
    return next((message for message in said or () if message.text == text.text), None)


async def inform_in_time(
    case: ShortageCase, step: str, facts: MessageFacts, *, until: datetime | None
) -> None:
    """Deliver a notice unless news or a deadline comes first; then it is tried again later."""
    by_chat = case.contact.mode is ContactMode.CHAT
    await case.race(
        inform_buyer(case, step, facts),
        until=until if by_chat else None,
        unless=lambda: case.inbox.news,
    )


async def _try_notice(case: ShortageCase, step: str, text: WrittenMessage) -> MessageSent | None:
    entry = case.step(step)
    key = case.effect_key(entry)
    entry.tried = True
    try:
        return await case.remote(
            ShopPort.send_message,
            _command(case, key, text, asks=False),
            SHOP_WRITE,
            f"send {step}",
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        case.tell(EventKey.CONTACT_FAILED, step)
        return None
