"""Which scenario the known facts point to; where they point to none or to several, people pick."""

from collections.abc import Sequence
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from domain.completeness import HeldEvidence
from domain.instants import Instant
from domain.requirements import RequirementKind, Scenario, Violation


class KnownFacts(BaseModel):
    """What is known of a late pickup or a cancellation; None is not known."""

    model_config = ConfigDict(frozen=True)

    violation: Violation = Violation.UNKNOWN
    slot_from: Instant | None = None
    slot_until: Instant | None = None
    due_at: Instant | None = None
    """By when the platform wanted the carrier's scan."""
    carrier_came_at: Instant | None = None
    """When the carrier was at the door, as people say."""
    carrier_had_no_room: bool = False
    carrier_did_not_come: bool = False
    """People or the carrier itself say so."""
    handed_over_at: Instant | None = None
    """When the parcel was given to the carrier, as people or a signed manifest say."""
    scanned_at: Instant | None = None
    """The carrier's first scan."""
    ready_at: Instant | None = None
    """When the platform showed the parcel as awaiting collection."""
    cancelled_at: Instant | None = None
    """When the platform cancelled the order."""
    force_majeure: bool = False


PICKUP_SCENARIOS = (
    Scenario.CARRIER_TOO_EARLY,
    Scenario.CARRIER_NEVER_CAME,
    Scenario.CARRIER_NO_ROOM,
    Scenario.SCANNED_LATE,
)
"""What a late pickup may turn out to be; proofs for each are asked for on the day."""
_OF_CANCELLATION = (
    Scenario.BUYER_ASKED,
    Scenario.ADDRESS_UNDELIVERABLE,
    Scenario.DISPATCHED_BEFORE_CUTOFF,
    Scenario.PLATFORM_ERROR,
)
_OF_DELIVERY = (Scenario.CARRIER_SUSPENSION,)
_TELLING = {
    RequirementKind.EARLY_VISIT_PHOTO: Scenario.CARRIER_TOO_EARLY,
    RequirementKind.FULL_VEHICLE_PHOTO: Scenario.CARRIER_NO_ROOM,
    RequirementKind.HANDOVER_PHOTO: Scenario.SCANNED_LATE,
    RequirementKind.GOVERNMENT_DOCUMENT: Scenario.FORCE_MAJEURE,
    RequirementKind.NEWS_OR_WEATHER: Scenario.FORCE_MAJEURE,
    RequirementKind.EVENT_PHOTO: Scenario.FORCE_MAJEURE,
    RequirementKind.BUYER_CHAT: Scenario.BUYER_ASKED,
    RequirementKind.CARRIER_PAGE: Scenario.ADDRESS_UNDELIVERABLE,
    RequirementKind.PLATFORM_NOTICE: Scenario.PLATFORM_ERROR,
    RequirementKind.CARRIER_ALERT: Scenario.CARRIER_SUSPENSION,
}
"""Kinds of evidence that nobody would add in another scenario."""
_SPOKE_WITH_CARRIER = {RequirementKind.CARRIER_CHAT, RequirementKind.CALL_RECORDING}


def possible_scenarios(violation: Violation) -> tuple[Scenario, ...]:
    """Return the scenarios that can excuse *violation*, in the order people know them."""
    match violation:
        case Violation.LATE_DISPATCH | Violation.FAST_DISPATCH:
            return (*PICKUP_SCENARIOS, Scenario.FORCE_MAJEURE)
        case Violation.SELLER_CANCELLATION:
            return (*_OF_CANCELLATION, *PICKUP_SCENARIOS, Scenario.FORCE_MAJEURE)
        case Violation.LATE_DELIVERY:
            return (*_OF_DELIVERY, *PICKUP_SCENARIOS, Scenario.FORCE_MAJEURE)
        case Violation.UNKNOWN:
            return tuple(Scenario)
        case never:
            assert_never(never)


def scenario_of(facts: KnownFacts, held: Sequence[HeldEvidence] = ()) -> Scenario | None:
    """Return the one scenario that the facts and the evidence point to.

    Args:
        facts: What the platform and people say.
        held: Evidence of the cases; its kinds are telling.

    Returns:
        A scenario that can excuse the violation, or None where none or several are pointed to:
        then a person picks.
    """
    pointed = _by_facts(facts) | _by_evidence(facts, held)
    fitting = pointed & set(possible_scenarios(facts.violation))
    return fitting.pop() if len(fitting) == 1 else None


def _by_facts(facts: KnownFacts) -> set[Scenario]:
    pointed = {
        Scenario.FORCE_MAJEURE: facts.force_majeure,
        Scenario.CARRIER_NO_ROOM: facts.carrier_had_no_room,
        Scenario.CARRIER_NEVER_CAME: facts.carrier_did_not_come,
        Scenario.CARRIER_TOO_EARLY: _came_too_early(facts),
        Scenario.SCANNED_LATE: _scanned_late(facts),
        Scenario.DISPATCHED_BEFORE_CUTOFF: _ready_before_cancelled(facts),
    }
    return {scenario for scenario, so in pointed.items() if so}


def _by_evidence(facts: KnownFacts, held: Sequence[HeldEvidence]) -> set[Scenario]:
    kinds = {one.kind for one in held}
    told = {_TELLING[kind] for kind in kinds if kind in _TELLING}
    if not told and not _by_facts(facts) and kinds & _SPOKE_WITH_CARRIER and _not_taken(facts):
        return {Scenario.CARRIER_NEVER_CAME}
    return told


def _came_too_early(facts: KnownFacts) -> bool:
    came, slot = facts.carrier_came_at, facts.slot_from
    return came is not None and slot is not None and came < slot and not facts.carrier_had_no_room


def _scanned_late(facts: KnownFacts) -> bool:
    given, due = facts.handed_over_at, facts.due_at
    if given is None or due is None or given > due:
        return False
    return facts.scanned_at is None or facts.scanned_at > due


def _ready_before_cancelled(facts: KnownFacts) -> bool:
    ready, cancelled = facts.ready_at, facts.cancelled_at
    return ready is not None and cancelled is not None and ready < cancelled


def _not_taken(facts: KnownFacts) -> bool:
    """Tell whether the slot went by without a hand-over, as far as is known."""
    given, until = facts.handed_over_at, facts.slot_until
    in_slot = given is not None and until is not None and given <= until
    return facts.carrier_came_at is None and not in_slot
