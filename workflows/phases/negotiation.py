"""Negotiating a longer wait: a second and last round with more, after silence or a question."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseState
    from domain.messages import MessageKey
    from domain.offers import news_of_wait
    from domain.stockout import Course, has_round
    from domain.timeline import EventKey
    from workflows.phases.offering import Planned, fix_offers, needs_a_look, planned_offers
    from workflows.shortage import ShortageCase
    from workflows.speaking import facts_of, tell_buyer

REFUNDED_WITHOUT = "The order is cancelled and refunded without another round."


async def next_round(case: ShortageCase) -> bool:
    """Offer more for waiting, if the playbook has more and time is left.

    Returns:
        True if the case should look again at what has come; False if no round is left.
    """
    number = case.bargain.number + 1
    if not _may_follow(case, number):
        return False
    until = _answer_by(case)
    remote = needs_a_look(case, number)
    planned = await case.race(
        planned_offers(case, f"offers:round:{case.ask.number}:{number}", number=number),
        until=until.at if remote else None,
        unless=lambda: case.inbox.news or case.held_up(until.at),
    )
    if planned is None:
        return True
    if not news_of_wait(planned.plan.offers, case.offers).improves:
        _no_better(case, number)
        return False
    return await _put(case, planned, number)


def _may_follow(case: ShortageCase, number: int) -> bool:
    negotiated = case.bargain.judgement.course is Course.NEGOTIATE and not case.consent_by
    if not negotiated or not has_round(number, case.pinned.playbook):
        return False
    # What was negotiated must still be what is negotiated: the date may have gone meanwhile.
    still = case.judged(swap=False).course in (Course.NEGOTIATE, Course.OFFERS)
    return still and _answer_by(case).at - case.now > deadlines.REMINDER_GAP


def _answer_by(case: ShortageCase) -> deadlines.Deadline:
    return deadlines.choice_by(
        contacted_at=case.now,
        promise_by=case.promise_by_if_contacted_now(),
        playbook=case.pinned.playbook,
    )


def _no_better(case: ShortageCase, number: int) -> None:
    case.bargain.number, case.bargain.wants_more = number, False
    case.tell(EventKey.OFFER_NOT_MADE, f"round {number}: nothing better is left to offer")


async def _put(case: ShortageCase, planned: Planned, number: int) -> bool:
    until = _answer_by(case).at
    facts = facts_of(
        case,
        MessageKey.NEGOTIATE_AGAIN,
        offers=planned.plan.offers,
        earlier_offers=case.offers,
        answer_by=until,
    )
    told = await case.race(
        tell_buyer(
            case,
            f"round:{case.ask.number}:{number}",
            facts,
            asks=True,
            otherwise=REFUNDED_WITHOUT,
        ),
        until=until,
        unless=lambda: case.inbox.news,
    )
    if told is None and case.now >= until:
        _no_better(case, number)
        return False
    if told is None or told.order_moved or case.phase is not CaseState.AWAITING_CHOICE:
        return True
    case.bargain.number, case.bargain.wants_more = number, False
    fix_offers(case, planned)
    case.contact.replied, case.contact.ask_settled = False, False
    case.contacted(told.at)
    return True
