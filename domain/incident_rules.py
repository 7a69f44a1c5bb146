"""The rules of an incident that need nothing but facts and a clock reading."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.cases import CaseKind, CaseOutcome
from domain.handout import Standing
from domain.incidents import RestockState
from domain.playbook import IncidentRules, StockoutRules

WITH_GOODS = frozenset({CaseOutcome.SHIPPED_AFTER_WAIT, CaseOutcome.SHIPPED_ANYWAY})
"""Outcomes of a case whose order went out with its units."""
BY_HAND = frozenset(
    {CaseOutcome.WITHDRAWN, CaseOutcome.CLOSED_BY_PERSON, CaseOutcome.UNKNOWN_ORDER}
)
"""Outcomes that say nothing about what becomes of the order; somebody should look at it."""


def standing_after(outcome: str) -> Standing:
    """Return how an order stands once its case has ended.

    Args:
        outcome: The case's; any word that is no outcome of ours means that nothing was sent.
    """
    return Standing.SETTLED if outcome in WITH_GOODS else Standing.LEFT


def kind_of_cases(
    state: RestockState, available_at: datetime | None, *, now: datetime, rules: StockoutRules
) -> CaseKind:
    """Return what the cases of short orders are opened as.

    Oversold while a restock is expected soon or nothing is known yet; unavailable once the
    supplier has failed, or if the restock comes too late for the offers of an oversold item.
    """
    if state is RestockState.UNAVAILABLE:
        return CaseKind.UNAVAILABLE
    late = available_at is not None and available_at > now + rules.offers_within
    return CaseKind.UNAVAILABLE if late else CaseKind.OVERSOLD


def why_not_a_date(available_at: datetime | None, *, now: datetime) -> str:
    """Return why nobody can be told this restock date, or an empty string."""
    if available_at is None:
        return "a restock that is expected needs a date; give available_at"
    if available_at <= now:
        return (
            f"{available_at:%Y-%m-%d %H:%M}Z has passed; give a date that lies ahead, or record "
            "the units that came"
        )
    return ""


def next_look(after: datetime, quiet: int, rules: IncidentRules) -> datetime:
    """Return when the shop's orders are read again.

    Args:
        after: When they were last read.
        quiet: How many readings in a row brought nothing new.
        rules: The playbook's.
    """
    # More doublings than this are never needed, and a wide shift would overflow a timedelta.
    wait = rules.look_every * (1 << min(quiet, 16))
    return after + min(wait, max(rules.look_every, rules.look_at_most))


def next_chase(since: datetime, rung: int, rules: IncidentRules) -> datetime:
    """Return when the supplier is asked for the time numbered *rung*; the first is 0."""
    ladder = rules.supplier_ladder
    if rung < len(ladder):
        return since + ladder[rung]
    last = ladder[-1] if ladder else timedelta(0)
    return since + last + rules.supplier_then_every * (rung - len(ladder) + 1)


def sellable_again(units: int, before: Mapping[str, int]) -> dict[str, int]:
    """Share units that may be sold again among the warehouses that were emptied.

    Each gets at most what it had; what is more than all had goes to the one that had most.

    Args:
        units: Units on the shelf that nobody holds.
        before: Warehouse -> what it had when selling was stopped.
    """
    shared, left = {}, max(0, units)
    for place in sorted(before, key=lambda one: (-before[one], one)):
        shared[place] = min(left, max(0, before[place]))
        left -= shared[place]
    if left and shared:
        shared[next(iter(shared))] += left
    return shared
