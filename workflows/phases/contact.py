"""Contacting: fix the offers, tell the buyer, ask; or record that it could not be done."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseState, ContactMode
    from domain.messages import MessageKey, RefundReason
    from domain.moves import Move
    from domain.shortage import OfferFacts, OfferPlan, dearest, plan_offers
    from domain.timeline import EventKey
    from workflows import decisions
    from workflows.case import StepAbandonedError
    from workflows.phases.intake import hear_early_texts, look_again, nothing_left
    from workflows.policies import SHOP_READ, SHOP_WRITE
    from workflows.ports import (
        CheckOffers,
        ConversationOpened,
        EffectKey,
        MessageSent,
        OffersChecked,
        OpenConversation,
        ReadConversation,
        ShopPort,
    )
    from workflows.shortage import ShortageCase
    from workflows.speaking import Told, facts_of, fall_back_to_people, tell_buyer

REFUNDED_UNASKED = "The order is cancelled and refunded without having asked the buyer."


async def contact(case: ShortageCase) -> None:
    """Tell the buyer before the contact deadline; running out of time is an outcome."""
    if not case.units():
        nothing_left(case)
        return
    _set_limit(case)
    limit, number = case.ask.limit, case.ask.number
    told = await case.race(
        _reach(case),
        until=limit,
        unless=lambda: case.inbox.news or case.phase is not CaseState.CONTACTING,
        why="contact_by",
    )
    if told and not told.order_moved:
        _asked(case, told, number)
    elif limit and case.now >= limit and case.phase is CaseState.CONTACTING and not told:
        await _missed(case)


def _set_limit(case: ShortageCase) -> None:
    """Give a late case time for one contact; otherwise the contact deadline stands."""
    ask = case.ask
    if ask.limit is not None or ask.contact_by is None or case.due is None:
        return
    ask.limit = ask.contact_by.at
    if case.now < ask.contact_by.at or case.step(_step(case)).tried:
        return
    _give_one_contact(case)


def _give_one_contact(case: ShortageCase) -> None:
    """The deadline passed before the case could act: one contact comes first."""
    ask = case.ask
    if ask.contact_by is None or case.due is None:
        return
    case.breach(ask.contact_by.name, ask.contact_by.at)
    anew = deadlines.contact_by(detected_at=case.now, due=case.due, playbook=case.pinned.playbook)
    ask.limit = anew.at if anew.at > case.now else case.now + case.outage.park_after


def _step(case: ShortageCase) -> str:
    return f"ask:{case.ask.number}"


async def _reach(case: ShortageCase) -> Told:
    if case.inbox.held_choices and case.parked:
        await _fix_offers(case)
    elif case.contact.mode is None:
        await _open_conversation(case)
    await _fix_offers(case)
    if case.phase is not CaseState.CONTACTING:
        return Told(at=case.now, order_moved=True)
    facts = facts_of(
        case,
        _message(case),
        offers=case.offers,
        answer_by=_answer_by(case).at if _time_to_ask(case) else None,
        reason=None if _time_to_ask(case) else RefundReason.UNAVAILABLE,
    )
    return await tell_buyer(case, _step(case), facts, asks=True, otherwise=REFUNDED_UNASKED)


def _message(case: ShortageCase) -> MessageKey:
    if not _time_to_ask(case):
        return MessageKey.CONTACT_ONLY
    return MessageKey.ASK if case.contact.first_at is None else MessageKey.ASK_FURTHER


def _answer_by(case: ShortageCase) -> deadlines.Deadline:
    promise_by = case.promise_by_if_contacted_now()
    return deadlines.choice_by(
        contacted_at=case.now, promise_by=promise_by, playbook=case.pinned.playbook
    )


def _time_to_ask(case: ShortageCase) -> bool:
    return case.now < case.promise_by_if_contacted_now().at


async def _fix_offers(case: ShortageCase) -> None:
    """Fix what the buyer is offered, and let choices that came early count now."""
    if case.ask.offers_fixed:
        return
    plan = await planned_offers(case, f"offers:{case.ask.number}")
    case.offers = plan.offers
    case.ask.offers_fixed = True
    for reason in plan.not_made:
        case.tell(EventKey.OFFER_NOT_MADE, reason)
    case.tell(EventKey.OFFERS_FIXED, ", ".join(offer.choice for offer in plan.offers))
    decisions.release_held(case)


async def planned_offers(case: ShortageCase, step: str) -> OfferPlan:
    """Look at coupon and substitute as they are now and decide what may be offered."""
    playbook, units = case.pinned.playbook, case.units()
    checked = OffersChecked()
    if playbook.refund.coupon_id or (case.substitute_sku_id and playbook.swap.offered):
        checked = await _checked(case, step, len(units))
    facts = OfferFacts(
        promise=None if case.unavailable else case.earliest_promise(),
        coupon=checked.coupon,
        substitute=checked.substitute,
        substitute_reserved=checked.substitute_reserved,
        units=len(units),
        unit_price=dearest(units),
        unpaid=bool(case.order and case.order.is_cod),
    )
    return plan_offers(facts, playbook=playbook, promise_by=case.promise_by_if_contacted_now())


async def _checked(case: ShortageCase, step: str, units: int) -> OffersChecked:
    """Look at coupon and substitute; a person may have the offers made without them."""
    try:
        return await case.take_step(
            step,
            lambda key: _check(case, units, key),
            dispensable=True,
            otherwise="The offers wait for coupon and substitute.",
            by=case.next_deadline(),
        )
    except StepAbandonedError:
        return OffersChecked()


async def _check(case: ShortageCase, units: int, _key: EffectKey) -> OffersChecked:
    playbook = case.pinned.playbook
    cmd = CheckOffers(
        shop_id=case.shop_id,
        case_id=case.case_id,
        coupon_id=playbook.refund.coupon_id,
        substitute_sku_id=case.substitute_sku_id if playbook.swap.offered else None,
        units=units,
    )
    return await case.remote(ShopPort.check_offers, cmd, SHOP_READ, "check coupon and substitute")


async def _open_conversation(case: ShortageCase) -> None:
    if not case.pinned.chat:
        fall_back_to_people(case, "the shop has no chat scope")
        return
    try:
        opened = await case.take_step(
            "conversation",
            lambda key: _open(case, key),
            done=lambda reference: ConversationOpened(conversation_id=reference or None),
            dispensable=True,
            otherwise=REFUNDED_UNASKED,
            by=case.next_deadline(),
        )
    except StepAbandonedError:
        opened = ConversationOpened(why_not="a person gave up on chat")
    if opened.conversation_id is None:
        fall_back_to_people(case, opened.why_not or "no conversation could be opened")
        return
    case.contact.conversation_id = opened.conversation_id
    case.contact.mode = ContactMode.CHAT


async def _open(case: ShortageCase, _key: EffectKey) -> ConversationOpened:
    cmd = OpenConversation(
        shop_id=case.shop_id,
        case_id=case.case_id,
        order_id=case.order_id,
        buyer_user_id=case.order.buyer_user_id if case.order else "",
        at=case.now,
    )
    return await case.remote(ShopPort.open_conversation, cmd, SHOP_WRITE, "open the conversation")


def _asked(case: ShortageCase, told: Told, number: int) -> None:
    """Note the contact, also one that crossed with a decision; then wait for the choice."""
    time_to_ask = _time_to_ask(case)
    late = case.ask.contact_by and told.at > case.ask.contact_by.at
    case.contacted(told.at)
    case.contact.ask_settled = False
    if case.contact.mode is ContactMode.CHAT:
        case.tell(EventKey.BUYER_CONTACTED, "chat", rule=_rule(case))
    if late and case.ask.contact_by:
        case.breach(case.ask.contact_by.name, case.ask.contact_by.at)
    if case.phase is not CaseState.CONTACTING or case.ask.number != number:
        return
    if time_to_ask:
        case.contact.replied = False
        case.move(Move.CONTACTED)
        hear_early_texts(case)
        return
    case.refund.reason = RefundReason.UNAVAILABLE
    case.move(Move.NO_TIME_TO_ASK)


def _rule(case: ShortageCase) -> str:
    return case.ask.contact_by.rule if case.ask.contact_by else ""


async def _missed(case: ShortageCase) -> None:
    """Look once more, at the chat and at the shop, before acting on a missed contact."""
    found = await _found_in_chat(case)
    if found:
        _asked(case, found, case.ask.number)
        return
    await look_again(case, until=case.now + timedelta(minutes=1) + case.outage.park_after)
    if case.phase is not CaseState.CONTACTING:
        return
    if _was_away(case):
        _give_one_contact(case)
        return
    if case.ask.contact_by:
        case.breach(case.ask.contact_by.name, case.ask.contact_by.at)
    case.drop_task(_step(case))
    case.refund.reason = RefundReason.NOT_CONTACTED
    case.move(Move.NOT_CONTACTED)


def _was_away(case: ShortageCase) -> bool:
    """Tell whether nobody was running when the contact should have been tried."""
    parked = case.step(case.parked) if case.parked else None
    for_person = bool(parked and parked.retry_at is None) or _step(case) in case.contact.wanted
    if for_person or not case.inbox.first_time(f"one-contact:{case.ask.number}"):
        return False
    return case.now - case.latest_try() > case.outage.retry_every + case.outage.park_after


async def _found_in_chat(case: ShortageCase) -> Told | None:
    """Find an ask whose sending was cut off: the chat knows what was said."""
    step = case.step(_step(case))
    if not step.tried or case.contact.conversation_id is None:
        return None
    text = case.step(f"text:{step.name}").result
    cmd = ReadConversation(
        shop_id=case.shop_id, conversation_id=case.contact.conversation_id, since=step.began_at
    )
    said = await case.try_once(ShopPort.read_conversation, cmd, SHOP_READ, "was it said?")
    mine = [message for message in said or () if text and message.text == text.text]
    if not mine:
        return None
    case.contact.latest_ask_index, case.contact.latest_ask_id = mine[0].index, mine[0].message_id
    step.result, step.finished = MessageSent(message_id=mine[0].message_id), True
    return Told(at=case.now)
