"""Contacting: fix the offers, tell the buyer, ask; or record that it could not be done."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseState, ContactMode
    from domain.messages import MessageFacts, MessageKey, RefundReason
    from domain.moves import Move
    from domain.stockout import Course
    from domain.timeline import EventKey
    from workflows import decisions
    from workflows.phases.intake import hear_early_texts, look_again, nothing_left
    from workflows.phases.offering import fix_offers, planned_offers, restock_facts
    from workflows.phases.supplier import await_supplier
    from workflows.policies import SHOP_WRITE
    from workflows.ports import (
        ConversationOpened,
        EffectKey,
        MessageSent,
        OpenConversation,
        ShopPort,
    )
    from workflows.shortage import ShortageCase
    from workflows.speaking import (
        Told,
        apology_of,
        facts_of,
        fall_back_to_people,
        find_in_chat,
        tell_buyer,
    )
    from workflows.steps import StepAbandonedError

REFUNDED_UNASKED = "The order is cancelled and refunded without having asked the buyer."


async def contact(case: ShortageCase) -> None:
    """Tell the buyer before the contact deadline; running out of time is an outcome."""
    if not case.units():
        nothing_left(case)
        return
    if await await_supplier(case):
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
    elif limit and not told and not case.inbox.news and case.phase is CaseState.CONTACTING:
        # Only the limit is left as a reason; a replay may read the clock some moments later.
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
    facts = _told(case) if _is_asked(case) else _told_only(case)
    asks = case.bargain.judgement.course is not Course.REFUND
    return await tell_buyer(case, _step(case), facts, asks=asks, otherwise=REFUNDED_UNASKED)


def _told(case: ShortageCase) -> MessageFacts:
    """Return what a buyer who has a choice is told."""
    return facts_of(
        case,
        _message(case),
        offers=case.offers,
        answer_by=_answer_by(case).at,
        restock_at=case.restock_at,
        longer_offer_reason=case.bargain.judgement.longer,
    )


def _told_only(case: ShortageCase) -> MessageFacts:
    """Return what a buyer is told who has none: no time is left to ask, or nothing comes."""
    return facts_of(
        case,
        MessageKey.UNAVAILABLE if _time_to_ask(case) else MessageKey.CONTACT_ONLY,
        offers=case.offers,
        reason=RefundReason.UNAVAILABLE,
        compensation=apology_of(case),
    )


def _is_asked(case: ShortageCase) -> bool:
    """Tell whether the buyer has a choice, or is told what happens."""
    return _time_to_ask(case) and case.bargain.judgement.course is not Course.REFUND


def _message(case: ShortageCase) -> MessageKey:
    match case.bargain.judgement.course:
        case Course.NEGOTIATE:
            return MessageKey.NEGOTIATE
        case Course.RECOMMEND_REFUND if not case.unavailable:
            return MessageKey.RECOMMEND_REFUND
        case _:
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
    planned = await planned_offers(case, f"offers:{case.ask.number}")
    fix_offers(case, planned)
    case.ask.offers_fixed = True
    if case.ledgers:
        case.contact.offers_judged = restock_facts(case)
    for reason in planned.plan.not_made:
        case.tell(EventKey.OFFER_NOT_MADE, reason)
    case.tell(EventKey.OFFERS_FIXED, ", ".join(offer.choice for offer in case.offers))
    decisions.release_held(case)


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
    time_to_ask, asked = _time_to_ask(case), _is_asked(case)
    late = case.ask.contact_by and told.at > case.ask.contact_by.at
    case.contacted(told.at)
    case.contact.ask_settled = False
    if case.contact.mode is ContactMode.CHAT:
        case.tell(EventKey.BUYER_CONTACTED, "chat", rule=_rule(case))
    if late and case.ask.contact_by:
        case.breach(case.ask.contact_by.name, case.ask.contact_by.at)
    if case.phase is not CaseState.CONTACTING or case.ask.number != number:
        return
    if asked:
        case.contact.replied = False
        case.move(Move.CONTACTED)
        hear_early_texts(case)
        return
    case.refund.reason = RefundReason.UNAVAILABLE
    case.move(Move.NOTHING_COMES if time_to_ask else Move.NO_TIME_TO_ASK)


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
    # What was tried only after the deadline says nothing of the time before it.
    tried = case.latest_try(before=case.ask.limit if case.ledgers else None)
    return case.now - tried > case.outage.retry_every + case.outage.park_after


async def _found_in_chat(case: ShortageCase) -> Told | None:
    """Find an ask whose sending was cut off: the chat knows what was said."""
    step = case.step(_step(case))
    text = case.step(f"text:{step.name}").result
    if not step.tried or text is None:
        return None
    said = await find_in_chat(case, step, text)
    if said is None:
        return None
    case.contact.latest_ask_index, case.contact.latest_ask_id = said.index, said.message_id
    case.contact.shown = text
    step.result, step.finished = MessageSent(message_id=said.message_id), True
    return Told(at=case.now)
