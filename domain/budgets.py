"""Which offer a choice comes with while the budget lasts, and which cap stopped a better one."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from domain.choices import Choice
from domain.instants import aware
from domain.money import Money
from domain.playbook import BudgetRules, OfferBudget, OfferCap, OfferKind, OfferRung, Playbook


class BudgetScope(StrEnum):
    """What a cap counts over."""

    CASE = "case"
    DAY = "day"
    INCIDENT = "incident"


class Spent(BaseModel):
    """What was given already of one kind within one scope."""

    model_config = ConfigDict(frozen=True)

    count: NonNegativeInt = 0
    amount_minor: NonNegativeInt = 0
    """In the currency of the order."""


class Stop(BaseModel):
    """A rung that could not be offered."""

    model_config = ConfigDict(frozen=True)

    place: int
    """Its place on the ladder; the best rung is 0."""
    kind: OfferKind
    scope: BudgetScope | None
    """Whose cap stopped it; None if the rung says nothing in the order's currency."""
    why: str


class RungChoice(BaseModel):
    """The rung that is offered, and the better ones that are not."""

    model_config = ConfigDict(frozen=True)

    place: int | None = None
    """Its place on the ladder; None if no rung is left."""
    rung: OfferRung | None = None
    worth: Money | None = None
    """In the currency of the order; None where the rung does not say."""
    stopped: tuple[Stop, ...] = ()


GivenSoFar = Callable[[OfferKind, BudgetScope], Spent | None]
"""What was given of a kind within a scope; None if the case has no such scope."""


def rungs_of(playbook: Playbook, choice: Choice) -> tuple[OfferRung, ...]:
    """Return what *choice* may come with, best first; empty for a choice without an offer."""
    match choice:
        case Choice.WAIT:
            gift = playbook.wait.gift
            plain = OfferRung(kind=OfferKind.GIFT, gift=gift) if gift else None
            rungs = playbook.wait.rungs
        case Choice.REFUND:
            coupon = playbook.refund.coupon_id
            plain = OfferRung(kind=OfferKind.COUPON, coupon_id=coupon) if coupon else None
            rungs = playbook.refund.rungs
        case Choice.SWAP:
            return ()
        case _:
            assert_never(choice)
    return rungs or ((plain,) if plain else ())


def choose_rung(
    rungs: Sequence[OfferRung], *, budget: BudgetRules, given: GivenSoFar, currency: str
) -> RungChoice:
    """Return the first rung that every cap still allows.

    Args:
        rungs: The ladder, best first.
        budget: The caps of each kind.
        given: What was given so far, by kind and scope.
        currency: The order's.

    Returns:
        The rung with its place, or none; and why each one above it was passed over.
    """
    stopped: list[Stop] = []
    for place, rung in enumerate(rungs):
        stop = _stop(place, rung, budget, given, currency)
        if stop is None:
            worth = _worth(rung, currency)
            return RungChoice(place=place, rung=rung, worth=worth, stopped=tuple(stopped))
        stopped.append(stop)
    return RungChoice(stopped=tuple(stopped))


def budget_day(at: datetime, zone: str) -> date:
    """Return the day that an offer made *at* counts for.

    Args:
        at: When it is reserved.
        zone: IANA zone of the shop's market.
    """
    return aware(at, "at").astimezone(ZoneInfo(zone)).date()


def caps_of(budget: BudgetRules, kind: OfferKind) -> dict[BudgetScope, OfferCap]:
    """Return the caps of one kind that name a limit."""
    of_kind = _budget_of(budget, kind)
    caps = {
        BudgetScope.CASE: of_kind.per_case,
        BudgetScope.DAY: of_kind.per_day,
        BudgetScope.INCIDENT: of_kind.per_incident,
    }
    return {scope: cap for scope, cap in caps.items() if cap != OfferCap()}


def _budget_of(budget: BudgetRules, kind: OfferKind) -> OfferBudget:
    match kind:
        case OfferKind.GIFT:
            return budget.gift
        case OfferKind.COUPON:
            return budget.coupon
        case OfferKind.DISCOUNT:
            return budget.discount
        case _:
            assert_never(kind)


def _stop(
    place: int, rung: OfferRung, budget: BudgetRules, given: GivenSoFar, currency: str
) -> Stop | None:
    worth = _worth(rung, currency)
    if rung.kind is OfferKind.DISCOUNT and worth is None:
        why = f"the discount names no amount in {currency}"
        return Stop(place=place, kind=rung.kind, scope=None, why=why)
    for scope, cap in caps_of(budget, rung.kind).items():
        spent = given(rung.kind, scope)
        why = _over(cap, spent, worth, currency) if spent is not None else ""
        if why:
            said = f"{rung.kind} per {scope}: {why}"
            return Stop(place=place, kind=rung.kind, scope=scope, why=said)
    return None


def _over(cap: OfferCap, spent: Spent, worth: Money | None, currency: str) -> str:
    if cap.count is not None and spent.count >= cap.count:
        return f"{spent.count} of {cap.count} given"
    if not cap.amount:
        return ""
    # A cap in another currency says nothing of how much is too much, so nobody has allowed it.
    if currency not in cap.amount:
        return f"the cap names no amount in {currency}"
    if worth is None:
        return f"the rung names no worth in {currency} to hold against the cap"
    limit = Money.parse(cap.amount[currency], currency)
    if spent.amount_minor + worth.amount_minor <= limit.amount_minor:
        return ""
    so_far = Money(amount_minor=spent.amount_minor, currency=currency)
    return (
        f"{so_far.decimal()} of {limit.decimal()} {currency} given, "
        f"{worth.decimal()} more is too much"
    )


def _worth(rung: OfferRung, currency: str) -> Money | None:
    amount = rung.amount.get(currency)
    return None if amount is None else Money.parse(amount, currency)
