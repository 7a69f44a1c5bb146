"""Waiting for the restock: keep the promise, or ask again, or refund."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseOutcome, CaseState, HumanTask
    from domain.choices import Choice
    from domain.fate import Fate
    from domain.messages import MessageKey, RefundReason
    from domain.moves import Move
    from domain.offers import Offer
    from domain.orders import OrderStatus
    from domain.timeline import PLATFORM, EventKey
    from workflows.amends import amends_are_made, give_card, owe
    from workflows.phases.agreements import keep_agreement, note_dispatch, silence_about
    from workflows.phases.intake import look_again, settle_ask
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import GIFT
    from workflows.speaking import Told, facts_of, inform_in_time, tell_buyer

_GIFT_PATIENCE = timedelta(hours=24)


async def wait_for_restock(case: ShortageCase) -> None:
    """Wait for the dispatch until the promised date."""
    await settle_ask(case)
    await keep_agreement(case)
    _note_gift(case)
    await _confirm(case)
    await _sweeten(case)
    if case.phase is not CaseState.WAITING_RESTOCK or await _kept(case):
        return
    if _date_is_lost(case):
        await _slip(case)
        return
    waited_for = case.promised_at
    if await case.wait(lambda: case.inbox.news, until=waited_for, why="promised_at"):
        return
    await look_again(case)
    if case.phase is not CaseState.WAITING_RESTOCK or await _kept(case):
        return
    if case.fate() is Fate.PACKED:
        _left_late(case)
    elif case.promised_at == waited_for:
        await _slip(case)


def _left_late(case: ShortageCase) -> None:
    """The parcel is packed but was not scanned by the date: it ships, later than promised."""
    if case.promised_at:
        case.breach("promised_at", case.promised_at)
    case.move(Move.SHIPPED_OUTSIDE, outcome=CaseOutcome.SHIPPED_ANYWAY)


def _note_gift(case: ShortageCase) -> None:
    if case.gift is None or case.gift_packed or case.task(GIFT):
        return
    if case.inbox.first_time("gift-noted"):
        case.tell(EventKey.GIFT_NOTED, case.gift)
    case.ask_person(
        HumanTask(
            step=GIFT,
            ask=f"Pack the promised gift with order …{case.order_id[-6:]}: {case.gift}.",
            by=case.promised_at,
            options=("done",),
            otherwise="The parcel leaves without the promised gift.",
        )
    )


async def _sweeten(case: ShortageCase) -> None:
    """See to the coupon or the discount of a buyer who waits."""
    offer = case.offer(Choice.WAIT)
    if not case.ledgers or offer is None or case.choice is not Choice.WAIT:
        return
    owe(case, Choice.WAIT)
    if offer.coupon_id and Choice.WAIT not in case.bargain.cards:
        await case.race(
            give_card(case, Choice.WAIT, "coupon:wait"),
            until=case.promised_at,
            unless=lambda: case.inbox.news,
        )


async def _confirm(case: ShortageCase) -> None:
    step = f"wait-agreed:{case.slips}"
    if case.choice is not Choice.WAIT or case.is_finished(step):
        return
    offer = case.offer(Choice.WAIT)
    facts = facts_of(
        case,
        MessageKey.WAIT_AGREED,
        promised_at=case.promised_at,
        compensation=offer.compensation if offer and case.ledgers else None,
    )
    await inform_in_time(case, step, facts, until=case.promised_at)


async def _kept(case: ShortageCase) -> bool:
    """Close the case if the parcel counts as dispatched in this market."""
    fate = case.fate()
    profile, strictest = case.pinned.profile, case.pinned.strictest
    shipped_means = profile.shipped_means.or_else(strictest.shipped_means)
    counts = shipped_means is OrderStatus.AWAITING_COLLECTION
    if not (fate is Fate.SHIPPED or (fate is Fate.PACKED and counts)):
        return False
    if case.inbox.first_time("kept"):
        case.tell(EventKey.PROMISE_KEPT, fate, actor=PLATFORM)
    if case.phase is not CaseState.WAITING_RESTOCK or not await _gift_is_settled(case):
        return True
    await note_dispatch(case)
    if await amends_are_made(case, Choice.WAIT) and case.phase is CaseState.WAITING_RESTOCK:
        case.move(Move.KEPT, outcome=CaseOutcome.SHIPPED_AFTER_WAIT)
    return True


async def _gift_is_settled(case: ShortageCase) -> bool:
    """Ask once more before closing if the parcel left and nobody confirmed the gift."""
    if case.gift is None or case.gift_packed:
        return True
    if case.kept_at is None:
        case.kept_at = case.now
        case.drop_task(GIFT)
        _chase_gift(case, case.now + _GIFT_PATIENCE)
    until = case.kept_at + _GIFT_PATIENCE
    await case.wait(lambda: case.gift_packed or case.inbox.news, until=until, why="gift")
    waits_on = not case.gift_packed and case.now < until
    return case.phase is CaseState.WAITING_RESTOCK and not waits_on


def _chase_gift(case: ShortageCase, until: datetime) -> None:
    case.ask_person(
        HumanTask(
            step=GIFT,
            ask=f"The parcel left; was the promised gift in it ({case.gift})?",
            by=until,
            options=("done",),
            otherwise="The case closes with the gift unconfirmed.",
        )
    )


def _date_is_lost(case: ShortageCase) -> bool:
    if case.unavailable:
        return True
    if case.promised_at and case.promise_by and case.promised_at >= case.promise_by.at:
        return True
    return not case.in_stock and case.promise_is_later_than(case.promised_at)


async def _slip(case: ShortageCase) -> None:
    """The date cannot be kept: a later one needs a new yes, none means refund at once."""
    facts = (case.restock_at, case.in_stock, case.unavailable, case.promised_at)
    if case.slip is None or case.slip[0] != facts:
        case.slip = (facts, _next_date(case))
        new_date = case.slip[1]
        case.tell(
            EventKey.PROMISE_SLIPPED,
            f"{_when(case.promised_at)} -> {_when(new_date)}",
            rule="a later date needs a new express yes before promise_by",
        )
    new_date = case.slip[1]
    if new_date is None or not await _ask_again(case, new_date):
        _give_up(case)


def _next_date(case: ShortageCase) -> datetime | None:
    """Return a later date that may still be promised."""
    later = None if case.unavailable else case.earliest_promise()
    spent = case.slips >= case.pinned.playbook.wait.most_slips
    if later is None or spent or case.promise_by is None:
        return None
    if case.promised_at and later <= case.promised_at:
        return None
    return later if deadlines.can_wait(promised_at=later, promise_by=case.promise_by) else None


async def _ask_again(case: ShortageCase, new_date: datetime) -> bool:
    offers = tuple(
        offer.model_copy(update={"promised_at": new_date})
        if offer.choice is Choice.WAIT
        else offer
        for offer in _offers_after_slip(case, new_date)
    )
    promise_by = case.promise_by
    if promise_by is None:
        return False
    consent = deadlines.consent_by(
        noticed_at=case.now, promise_by=promise_by, playbook=case.pinned.playbook
    )
    facts = facts_of(
        case,
        MessageKey.SLIPPED,
        offers=offers,
        answer_by=consent.at,
        promised_at=new_date,
        earlier_promised_at=case.promised_at,
        silence_agrees=silence_about(case, new_date, case.slips + 1).counts,
    )
    told: Told | None = await case.race(
        tell_buyer(
            case,
            f"slipped:{case.slips + 1}:{new_date:%Y%m%dT%H%M}",
            facts,
            asks=True,
            otherwise="The order is cancelled and refunded before the platform does it.",
        ),
        until=promise_by.at,
        unless=lambda: case.inbox.news,
    )
    if case.phase is not CaseState.WAITING_RESTOCK:
        return True
    if told is None:
        return case.now < promise_by.at
    _await_consent(case, told.at, offers)
    return True


def _offers_after_slip(case: ShortageCase, new_date: datetime) -> tuple[Offer, ...]:
    wait = case.offer(Choice.WAIT) or Offer(choice=Choice.WAIT, promised_at=new_date)
    return (wait, *(offer for offer in case.offers if offer.choice is not Choice.WAIT))


def _await_consent(case: ShortageCase, noticed_at: datetime, offers: tuple[Offer, ...]) -> None:
    case.slips += 1
    case.offers = offers
    case.choice = None
    case.contact.latest_ask_at = noticed_at
    case.contact.ask_settled = False
    case.contact.replied = False
    case.set_consent_by(noticed_at)
    case.move(Move.SLIPPED)


def _give_up(case: ShortageCase) -> None:
    if case.phase is not CaseState.WAITING_RESTOCK:
        return
    case.refund.reason = RefundReason.RESTOCK_FAILED
    case.move(Move.NO_DATE_LEFT)


def _when(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M}Z" if instant else "no date"
