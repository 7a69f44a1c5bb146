"""The review of an incident that has ended: figures that add up, from orders and their cases."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from domain.cases import CaseOutcome
from domain.durations import Duration
from domain.handout import Standing
from domain.incident_rules import WITH_GOODS
from domain.incidents import IncidentPart
from domain.instants import Instant
from domain.money import Money

KEPT = WITH_GOODS | {CaseOutcome.SWAPPED}
"""Outcomes after which the buyer's money stays."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class OrderEnd(_Part):
    """One order of the incident as it ended, with what its case says."""

    order_id: str
    units: int
    standing: Standing
    case_id: str | None = None
    outcome: str | None = None
    choice: str | None = None
    value: Money | None = None
    """The order's total."""
    refunded: Money | None = None
    breaches: int = 0


class PromiseKept(_Part):
    """A supplier's date and when units really came; None where none came."""

    promised_at: Instant
    real_at: Instant | None = None
    late_by: Duration | None = None
    """Zero if not late."""


class UnitsReview(_Part):
    """Where the units went: counted + lots + recounted = gone_out + promised + free."""

    counted: int
    """On the shelf when the incident began."""
    lots: int
    recounted: int
    """What later counts added to that; below zero if units were missing."""
    gone_out: int
    promised: int
    free: int
    demand: int
    """Asked for by all orders that competed when the units were shared out."""


class OrdersReview(_Part):
    """Every order in exactly one of settled, served, left and short."""

    total: int
    settled: int
    served: int
    left: int
    short: int


class MoneyReview(_Part):
    """Totals of orders with a case, by currency, as decimal strings."""

    kept: dict[str, str] = {}
    refunded: dict[str, str] = {}


class Moment(_Part):
    """One event that the review tells."""

    at: Instant
    what: str
    detail: str = ""


class IncidentReview(_Part):
    """What an incident was, what it cost and what was kept."""

    incident_id: str
    shop_id: str
    sku_id: str
    stream: str | None = None
    cause: str
    outcome: str | None = None
    opened_at: Instant
    closed_at: Instant
    took: Duration
    orders: OrdersReview
    units: UnitsReview
    cases: int
    outcomes: dict[str, int] = {}
    """Cases by outcome; they sum up to *cases*."""
    choices: dict[str, int] = {}
    money: MoneyReview = MoneyReview()
    promises: tuple[PromiseKept, ...] = ()
    breaches: int = 0
    timeline: tuple[Moment, ...] = ()


class ReviewFacts(_Part):
    """What the incident itself knows."""

    incident_id: str
    shop_id: str
    part: IncidentPart
    stream: str | None = None
    outcome: str | None = None
    opened_at: Instant
    closed_at: Instant
    counted: int
    demand: int
    breaches: int = 0
    moments: tuple[Moment, ...] = ()


def review_of(facts: ReviewFacts, ends: Sequence[OrderEnd]) -> IncidentReview:
    """Return the review of an incident.

    Args:
        facts: What the incident itself knows.
        ends: Every order that competed, once.
    """
    cases = [one for one in ends if one.case_id]
    return IncidentReview(
        incident_id=facts.incident_id,
        shop_id=facts.shop_id,
        sku_id=facts.part.sku_id,
        stream=facts.stream,
        cause=_cause(facts),
        outcome=facts.outcome,
        opened_at=facts.opened_at,
        closed_at=facts.closed_at,
        took=facts.closed_at - facts.opened_at,
        orders=_orders(ends),
        units=_units(facts, ends),
        cases=len(cases),
        outcomes=_counted(one.outcome or "open" for one in cases),
        choices=_counted(one.choice for one in cases if one.choice),
        money=_money(cases),
        promises=promises_of(facts.part),
        breaches=facts.breaches + sum(one.breaches for one in cases),
        timeline=facts.moments,
    )


def promises_of(part: IncidentPart) -> tuple[PromiseKept, ...]:
    """Return each date that was heard, with the first lot that came after it was said."""
    found = []
    for date in part.dates:
        if date.available_at is None:
            continue
        came = next((lot.at for lot in part.lots if lot.at >= date.said_at), None)
        late = max(timedelta(), came - date.available_at) if came else None
        found.append(PromiseKept(promised_at=date.available_at, real_at=came, late_by=late))
    return tuple(found)


def _cause(facts: ReviewFacts) -> str:
    where = f" in stream {facts.stream}" if facts.stream else ""
    return f"{facts.demand} units were asked for{where} and {facts.counted} were on the shelf."


def _orders(ends: Sequence[OrderEnd]) -> OrdersReview:
    by_standing = Counter(one.standing for one in ends)
    each = {standing.value: by_standing[standing] for standing in Standing}
    return OrdersReview(total=len(ends), **each)


def _units(facts: ReviewFacts, ends: Sequence[OrderEnd]) -> UnitsReview:
    gone = sum(one.units for one in ends if one.standing is Standing.SETTLED)
    lots = sum(lot.quantity for lot in facts.part.lots)
    return UnitsReview(
        counted=facts.counted,
        lots=lots,
        recounted=facts.part.on_hand + gone - facts.counted - lots,
        gone_out=gone,
        promised=facts.part.promised,
        free=facts.part.on_hand - facts.part.promised,
        demand=facts.demand,
    )


def _money(cases: Iterable[OrderEnd]) -> MoneyReview:
    kept, refunded = list[Money](), list[Money]()
    for one in cases:
        if one.outcome in KEPT and one.value:
            kept.append(one.value)
        if one.refunded:
            refunded.append(one.refunded)
    return MoneyReview(kept=_totals(kept), refunded=_totals(refunded))


def _totals(amounts: Iterable[Money]) -> dict[str, str]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        known = sums.get(amount.currency)
        sums[amount.currency] = known + amount if known else amount
    return {currency: sums[currency].decimal() for currency in sorted(sums)}


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
