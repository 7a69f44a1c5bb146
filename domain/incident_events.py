"""What the shop and the cases say of orders, as events of an incident's ledger."""

from collections.abc import Callable, Iterable

from domain.candidates import Candidate, SkipReason, skip_reason
from domain.handout import Change, HandOut, Standing, Turn, join, leave, owe, settle
from domain.incident_rules import standing_after

_GONE_OUT = frozenset({SkipReason.IN_PARCEL, SkipReason.SHIPPED})
_IN_LINE = frozenset({Standing.SERVED, Standing.SHORT})
Event = Callable[[HandOut], Turn]


def order_seen(candidate: Candidate) -> Event:
    """Return the event of an order as the shop shows it now; seen twice is seen once.

    An order that competes joins the line or is owed what it asks for now; one whose units are in
    a parcel is settled, one that was cancelled leaves. All others stay as they are.

    Args:
        candidate: The order, its status known.
    """
    reason = skip_reason(candidate)

    def event(ledger: HandOut) -> Turn:
        standing, units = _standing(ledger, candidate.order_id)
        if reason is None and standing is None:
            return join(ledger, candidate.order_id, candidate.quantity)
        if reason is None and standing in _IN_LINE and units != candidate.quantity:
            return owe(ledger, candidate.order_id, candidate.quantity)
        if reason in _GONE_OUT and standing is not None:
            return _settled(ledger, candidate.order_id, "Settled: its units are in a parcel.")
        if reason is SkipReason.CANCELLED and standing in _IN_LINE:
            return _left(ledger, candidate.order_id, "Left: it was cancelled.")
        return Turn(ledger, ())

    return event


def case_ended(order_id: str, outcome: str) -> Event:
    """Return the event of an order whose case has ended; an order that left stays away."""

    def event(ledger: HandOut) -> Turn:
        standing, _ = _standing(ledger, order_id)
        if standing not in _IN_LINE:
            return Turn(ledger, ())
        if standing_after(outcome) is Standing.SETTLED:
            return _settled(ledger, order_id, f"Settled: its case ended as {outcome}.")
        return _left(ledger, order_id, f"Left: its case ended as {outcome}.")

    return event


def together(events: Iterable[Event]) -> Event:
    """Return the event that is all of *events*, one after the other."""
    each = tuple(events)

    def event(ledger: HandOut) -> Turn:
        changes: list[Change] = []
        for one in each:
            ledger, changed = one(ledger)
            changes += changed
        return Turn(ledger, tuple(changes))

    return event


def _standing(ledger: HandOut, order_id: str) -> tuple[Standing | None, int]:
    for one in ledger.line:
        if one.order_id == order_id:
            return one.standing, one.units
    return None, 0


def _settled(ledger: HandOut, order_id: str, why: str) -> Turn:
    return _with_own(settle(ledger, order_id), order_id, Standing.SETTLED, why)


def _left(ledger: HandOut, order_id: str, why: str) -> Turn:
    return _with_own(leave(ledger, order_id), order_id, Standing.LEFT, why)


def _with_own(turn: Turn, order_id: str, now: Standing, why: str) -> Turn:
    """Put the order's own change first; those whom it made room for follow."""
    _, units = _standing(turn.ledger, order_id)
    own = Change(order_id=order_id, units=units, now=now, why=why)
    return Turn(turn.ledger, (own, *turn.changes))
