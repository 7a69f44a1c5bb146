"""Taking in what arrived: the parcel is looked at, and what others did to it settles the case."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import pickups
    from domain.cases import CaseOutcome, CaseState
    from domain.fate import Fate
    from domain.moves import Move
    from domain.timeline import PLATFORM, EventKey
    from workflows.pickup import PickupCase

_CANCELLED = {
    Fate.CANCELLED_BY_BUYER: CaseOutcome.CANCELLED_BY_BUYER,
    Fate.CANCELLED_BY_SELLER: CaseOutcome.CANCELLED_BY_SELLER,
    Fate.CANCELLED_BY_PLATFORM: CaseOutcome.CANCELLED_BY_PLATFORM,
}
_BEFORE_COLLECTION = (CaseState.OPENING, CaseState.COLLECTING_EVIDENCE)


async def take_in(case: PickupCase) -> None:
    """Act on what has arrived, outside changes first."""
    case.inbox.taken_in = case.inbox.arrivals
    if case.inbox.stale:
        await _look_again(case)


async def _look_again(case: PickupCase) -> None:
    """Read the parcel; one that cannot be read holds up neither news nor a deadline."""
    until = case.next_deadline()
    await case.race(
        case.look(),
        until=until if until and until > case.now else None,
        unless=lambda: case.closed or case.news_waits,
        why="look",
    )
    if not case.closed:
        settle_from_outside(case)


def settle_from_outside(case: PickupCase) -> None:
    """Go where the carrier or a cancellation leads; a parcel under appeal stays there."""
    fate = case.fate()
    if fate is Fate.SHIPPED:
        _scanned(case)
    elif fate in _CANCELLED and case.phase in _BEFORE_COLLECTION:
        case.tell(EventKey.ORDER_CANCELLED, fate, actor=PLATFORM)
        case.move(Move.CANCELLED_OUTSIDE, outcome=_CANCELLED[fate])


def _scanned(case: PickupCase) -> None:
    if case.collected_at is not None:
        return
    case.collected_at = pickups.collected_at(case.orders, seen_at=case.now)
    case.watch_until = pickups.watch_until(
        collected_at=case.collected_at, playbook=case.pinned.playbook
    )
    case.tell(EventKey.PICKUP_SCANNED, f"{case.collected_at:%Y-%m-%d %H:%M}Z", actor=PLATFORM)
    case.drop_tasks_of_waiting()
    if case.phase in _BEFORE_COLLECTION:
        case.move(Move.SCANNED)
