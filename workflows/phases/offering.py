"""Fixing what a buyer is offered: what can be kept, what is in stock, what the budget allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.budgets import RungChoice, budget_day, caps_of, choose_rung, rungs_of
    from domain.cases import HumanTask
    from domain.choices import Choice
    from domain.offers import Offer
    from domain.orders import Coupon
    from domain.playbook import BudgetRules, OfferKind, OfferRung
    from domain.shortage import (
        OfferFacts,
        OfferPlan,
        dearest,
        givable,
        plan_offers,
        sweetened,
    )
    from domain.stockout import Course, Judgement, wait_rungs
    from domain.supply_parts import RoundView
    from domain.timeline import EventKey
    from workflows.policies import SHOP_READ
    from workflows.ports import CheckOffers, EffectKey, OffersChecked, ShopPort
    from workflows.ports.ledgers import LedgerPort, OfferReserved, ReserveOffer
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import BUDGET
    from workflows.steps import StepAbandonedError

REFUND_COURSES = (Course.RECOMMEND_REFUND, Course.REFUND)
"""Courses on which waiting is not offered, and a refund comes with amends."""
_NO_WAITING = "the playbook does not offer it"


@dataclass(frozen=True)
class Planned:
    """What may be offered now, and how the buyer is asked."""

    plan: OfferPlan
    judgement: Judgement


@dataclass(frozen=True)
class _Ladder:
    """What a choice may come with; the name tells ladders of one choice apart."""

    name: str
    rungs: tuple[OfferRung, ...]


async def planned_offers(case: ShortageCase, step: str, *, number: int | None = None) -> Planned:
    """Look at coupons and substitute as they are now and decide what may be offered.

    Args:
        case: The case.
        step: Names the look.
        number: The round of a negotiation; the present one unless given.
    """
    units, playbook = case.units(), case.pinned.playbook
    number = number or case.bargain.number
    checked, coupons = await _looked_up(case, step, number)
    facts = OfferFacts(
        promise=None if case.unavailable else case.earliest_promise(),
        substitute=checked.substitute,
        substitute_reserved=checked.substitute_reserved,
        units=len(units),
        unit_price=dearest(units),
    )
    promise_by = case.promise_by_if_contacted_now()
    plan = plan_offers(facts, playbook=playbook, promise_by=promise_by)
    judgement = case.judged(swap=plan.offer(Choice.SWAP) is not None)
    if judgement.course is Course.NEGOTIATE and plan.offer(Choice.WAIT) is None:
        judgement = Judgement(course=Course.RECOMMEND_REFUND, why=_NO_WAITING)
    if judgement.course in REFUND_COURSES:
        plan = plan.without_waiting(judgement.why)
    return Planned(await _sweetened(case, plan, judgement.course, coupons, number), judgement)


def fix_offers(case: ShortageCase, planned: Planned) -> None:
    """Let the offers stand that the buyer is shown, or was just shown."""
    plan, bargain = planned.plan, case.bargain
    case.offers, bargain.not_made = plan.offers, plan.not_made
    if planned.judgement.course is not bargain.judgement.course and planned.judgement.why:
        detail = f"{planned.judgement.course}: {planned.judgement.why}"
        case.tell(EventKey.COURSE_SET, detail)
    bargain.judgement = planned.judgement
    if bargain.judgement.course is Course.NEGOTIATE:
        _remember_round(case)


def wait_is_possible(case: ShortageCase) -> bool:
    """Tell whether a date is known that may be promised now."""
    promise = None if case.unavailable else case.earliest_promise()
    wanted = case.pinned.playbook.wait.offered
    promise_by = case.promise_by_if_contacted_now()
    return bool(
        wanted and promise and deadlines.can_wait(promised_at=promise, promise_by=promise_by)
    )


def restock_facts(case: ShortageCase) -> tuple[object, ...]:
    """Return what is known of the restock; offers are compared anew when it has changed."""
    return (case.restock_at, case.in_stock, case.unavailable, wait_is_possible(case))


def needs_a_look(case: ShortageCase, number: int | None = None) -> bool:
    """Tell whether the shop must be asked before offers can be planned."""
    number = number or case.bargain.number
    return bool(_coupon_ids(case, number)) or _substitute(case) is not None


def _remember_round(case: ShortageCase) -> None:
    offer, rounds = case.offer(Choice.WAIT), case.bargain.rounds
    if offer is None:
        return
    made = RoundView(
        number=case.bargain.number,
        at=case.now,
        promised_at=offer.promised_at,
        gift=offer.gift,
        coupon_id=offer.coupon_id,
        discount=offer.discount.decimal() if offer.discount else None,
    )
    case.tell(EventKey.ROUND_OFFERED, f"round {made.number}: {told(offer) or 'nothing more'}")
    rounds.append(made)


def told(offer: Offer) -> str:
    """Return what an offer comes with, in words for people; empty if nothing."""
    if offer.discount:
        return f"{offer.discount.decimal()} {offer.discount.currency} off a later order"
    if offer.coupon_id:
        return f"coupon {offer.coupon_id} {offer.coupon_title}".strip()
    return offer.gift or ""


# Looking


def _substitute(case: ShortageCase) -> str | None:
    return case.substitute_sku_id if case.pinned.playbook.swap.offered else None


def _coupon_ids(case: ShortageCase, number: int) -> tuple[str, ...]:
    course = case.judged(swap=False).course
    choices = (Choice.WAIT, Choice.REFUND) if wait_is_possible(case) else (Choice.REFUND,)
    rungs = [rung for one in choices for rung in _ladder(case, course, one, number).rungs]
    ids = [rung.coupon_id for rung in rungs if rung.kind is OfferKind.COUPON]
    return tuple(dict.fromkeys(one for one in ids if one))


async def _looked_up(
    case: ShortageCase, step: str, number: int
) -> tuple[OffersChecked, dict[str, Coupon]]:
    """Look at the substitute and at every coupon that could be given."""
    if not needs_a_look(case, number):
        return OffersChecked(), {}
    first, *others = _coupon_ids(case, number) or (None,)
    checked = await _checked(case, step, first, _substitute(case))
    more = [await _checked(case, f"{step}:{other}", other, None) for other in others]
    found = [one.coupon for one in (checked, *more) if one.coupon]
    return checked, {coupon.coupon_id: coupon for coupon in found}


async def _checked(
    case: ShortageCase, step: str, coupon_id: str | None, substitute: str | None
) -> OffersChecked:
    """Look at a coupon and the substitute; a person may have the offers made without them."""
    cmd = CheckOffers(
        shop_id=case.shop_id,
        case_id=case.case_id,
        coupon_id=coupon_id,
        substitute_sku_id=substitute,
        units=len(case.units()),
    )

    async def attempt(_key: EffectKey) -> OffersChecked:
        return await case.remote(
            ShopPort.check_offers, cmd, SHOP_READ, "check coupon and substitute"
        )

    try:
        return await case.take_step(
            step,
            attempt,
            dispensable=True,
            otherwise="The offers wait for coupon and substitute.",
            by=case.next_deadline(),
        )
    except StepAbandonedError:
        return OffersChecked()


# What a choice comes with


def _ladder(case: ShortageCase, course: Course, choice: Choice, number: int) -> _Ladder:
    playbook = case.pinned.playbook
    if choice is Choice.WAIT and (of_round := wait_rungs(course, number, playbook)) is not None:
        # What was offered before stays within reach, so that no round offers less than another.
        earlier = _granted(case, Choice.WAIT) if number > 1 else ()
        return _Ladder(f"wait:{number}", (*of_round, *earlier))
    amends = playbook.stockout.amends if course in REFUND_COURSES else ()
    if choice is Choice.REFUND and amends:
        return _Ladder("refund:amends", amends)
    return _Ladder(str(choice), rungs_of(playbook, choice))


def _granted(case: ShortageCase, choice: Choice) -> tuple[OfferRung, ...]:
    offer = case.offer(choice)
    if offer is None:
        return ()
    if offer.discount:
        amount = {offer.discount.currency: offer.discount.decimal()}
        return (OfferRung(kind=OfferKind.DISCOUNT, amount=amount),)
    if offer.coupon_id:
        return (OfferRung(kind=OfferKind.COUPON, coupon_id=offer.coupon_id),)
    return (OfferRung(kind=OfferKind.GIFT, gift=offer.gift),) if offer.gift else ()


async def _sweetened(
    case: ShortageCase,
    plan: OfferPlan,
    course: Course,
    coupons: dict[str, Coupon],
    number: int,
) -> OfferPlan:
    """Give each offer what it comes with, as far as shop and budget allow."""
    currency = dearest(case.units()).currency
    offers: list[Offer] = []
    missing: list[str] = []
    for offer in plan.offers:
        ladder = _ladder(case, course, offer.choice, number)
        rungs, troubles = givable(ladder.rungs, coupons)
        chosen = await _allowed(case, offer.choice, ladder.name, rungs, currency)
        rung = chosen.rung if chosen.rung in rungs else None
        offers.append(sweetened(offer, rung, coupons=coupons, currency=currency))
        missing += [*troubles, *(f"{offer.choice}: {stop.why}" for stop in chosen.stopped)]
    return OfferPlan(offers=tuple(offers), not_made=(*plan.not_made, *missing))


async def _allowed(
    case: ShortageCase, choice: Choice, name: str, rungs: tuple[OfferRung, ...], currency: str
) -> RungChoice:
    """Return the best rung; where a cap is set it is reserved against everybody else's."""
    budget = case.pinned.playbook.budget
    capped = case.ledgers and any(caps_of(budget, rung.kind) for rung in rungs)
    if not capped:
        return choose_rung(
            rungs, budget=BudgetRules(), given=lambda _kind, _scope: None, currency=currency
        )
    key = f"{case.case_id}/{name}"
    if key not in case.bargain.found:
        answer = await _reserve(case, choice, key, rungs, currency)
        # What it replaces was given back, so it must be asked for again if it ever returns.
        case.bargain.found.pop(case.bargain.reserved.get(choice, ""), None)
        case.bargain.found[key], case.bargain.reserved[choice] = answer.choice, key
        _tell_spent(case, answer.choice, answer.tell)
    return case.bargain.found[key]


async def _reserve(
    case: ShortageCase, choice: Choice, key: str, rungs: tuple[OfferRung, ...], currency: str
) -> OfferReserved:
    cmd = ReserveOffer(
        key=key,
        instead_of=case.bargain.reserved.get(choice),
        shop_id=case.shop_id,
        case_id=case.case_id,
        incident_id=case.incident_id,
        day=budget_day(case.now, case.pinned.profile.zone),
        currency=currency,
        rungs=rungs,
        budget=case.pinned.playbook.budget,
        at=case.now,
    )
    by = case.next_deadline()
    return await case.keep(
        f"reserve:{key}", LedgerPort.reserve_offer, cmd, "reserve the offer", by=by
    )


def _tell_spent(case: ShortageCase, chosen: RungChoice, tell: Iterable[str]) -> None:
    for stop in chosen.stopped:
        if stop.scope is not None:
            case.tell(EventKey.BUDGET_SPENT, stop.why)
    if spent := "; ".join(tell):
        case.ask_person(
            HumanTask(
                step=BUDGET,
                ask=f"A budget of offers is spent ({spent}); raise it in the playbook, or not.",
                options=("done",),
                otherwise="Buyers are offered the next rung, and nothing after the last one.",
            )
        )
