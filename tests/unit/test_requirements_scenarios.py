"""Which scenario the facts point to: one, or a person picks."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.completeness import HeldEvidence
from domain.requirements import RequirementKind, Scenario, Violation
from domain.scenarios import PICKUP_SCENARIOS, KnownFacts, possible_scenarios, scenario_of
from tests.support.deadline_cases import utc

SLOT_FROM = utc("2026-11-25T07:00:00")
SLOT_UNTIL = utc("2026-11-25T09:00:00")
DUE = utc("2026-11-25T16:59:59")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def facts(**known: Any) -> KnownFacts:
    standing = {
        "violation": Violation.LATE_DISPATCH,
        "slot_from": SLOT_FROM,
        "slot_until": SLOT_UNTIL,
        "due_at": DUE,
    }
    return KnownFacts(**(standing | known))


def holding(*kinds: RequirementKind) -> list[HeldEvidence]:
    return [HeldEvidence(evidence_id=kind, kind=kind) for kind in kinds]


@pytest.mark.parametrize(
    ("known", "scenario"),
    [
        ({}, None),
        ({"force_majeure": True}, Scenario.FORCE_MAJEURE),
        ({"carrier_did_not_come": True}, Scenario.CARRIER_NEVER_CAME),
        ({"carrier_had_no_room": True}, Scenario.CARRIER_NO_ROOM),
        ({"carrier_came_at": SLOT_FROM - SECOND}, Scenario.CARRIER_TOO_EARLY),
        ({"carrier_came_at": SLOT_FROM}, None),
        (
            {"carrier_came_at": SLOT_FROM - HOUR, "carrier_had_no_room": True},
            Scenario.CARRIER_NO_ROOM,
        ),
        ({"carrier_came_at": SLOT_FROM - HOUR, "slot_from": None}, None),
        ({"handed_over_at": DUE}, Scenario.SCANNED_LATE),
        ({"handed_over_at": DUE, "scanned_at": DUE + SECOND}, Scenario.SCANNED_LATE),
        ({"handed_over_at": DUE, "scanned_at": DUE}, None),
        ({"handed_over_at": DUE + SECOND, "scanned_at": DUE + HOUR}, None),
        ({"handed_over_at": DUE, "due_at": None}, None),
        ({"carrier_did_not_come": True, "force_majeure": True}, None),
    ],
)
def test_the_facts_point_to_one_scenario_or_to_nobody(
    known: dict[str, Any], scenario: Scenario | None
) -> None:
    assert scenario is scenario_of(facts(**known))


@pytest.mark.parametrize(
    ("kinds", "scenario"),
    [
        ([RequirementKind.EARLY_VISIT_PHOTO], Scenario.CARRIER_TOO_EARLY),
        ([RequirementKind.FULL_VEHICLE_PHOTO], Scenario.CARRIER_NO_ROOM),
        ([RequirementKind.HANDOVER_PHOTO], Scenario.SCANNED_LATE),
        ([RequirementKind.NEWS_OR_WEATHER], Scenario.FORCE_MAJEURE),
        ([RequirementKind.CARRIER_CHAT], Scenario.CARRIER_NEVER_CAME),
        (
            [RequirementKind.CALL_RECORDING, RequirementKind.READY_PHOTO],
            Scenario.CARRIER_NEVER_CAME,
        ),
        (
            [RequirementKind.CARRIER_CHAT, RequirementKind.FULL_VEHICLE_PHOTO],
            Scenario.CARRIER_NO_ROOM,
        ),
        ([RequirementKind.READY_PHOTO], None),
        ([RequirementKind.DISPATCH_MANIFEST], None),
        ([RequirementKind.FULL_VEHICLE_PHOTO, RequirementKind.EARLY_VISIT_PHOTO], None),
        ([RequirementKind.BUYER_CHAT], None),
    ],
)
def test_what_people_photographed_is_telling(
    kinds: list[RequirementKind], scenario: Scenario | None
) -> None:
    assert scenario is scenario_of(facts(), holding(*kinds))


@pytest.mark.parametrize(
    "known", [{"handed_over_at": SLOT_UNTIL, "due_at": None}, {"carrier_came_at": SLOT_FROM}]
)
def test_a_chat_with_a_carrier_that_came_proves_no_absence(known: dict[str, Any]) -> None:
    assert scenario_of(facts(**known), holding(RequirementKind.CARRIER_CHAT)) is None


def test_facts_and_evidence_that_disagree_leave_it_to_a_person() -> None:
    known = facts(carrier_did_not_come=True)
    assert scenario_of(known, holding(RequirementKind.FULL_VEHICLE_PHOTO)) is None


@pytest.mark.parametrize(
    ("kind", "scenario"),
    [
        (RequirementKind.BUYER_CHAT, Scenario.BUYER_ASKED),
        (RequirementKind.CARRIER_PAGE, Scenario.ADDRESS_UNDELIVERABLE),
        (RequirementKind.PLATFORM_NOTICE, Scenario.PLATFORM_ERROR),
    ],
)
def test_a_cancellation_has_grounds_of_its_own(kind: RequirementKind, scenario: Scenario) -> None:
    known = facts(violation=Violation.SELLER_CANCELLATION)
    assert scenario is scenario_of(known, holding(kind))


@pytest.mark.parametrize(
    ("ready", "scenario"),
    [(DUE - SECOND, Scenario.DISPATCHED_BEFORE_CUTOFF), (DUE, None), (None, None)],
)
def test_a_parcel_ready_before_the_cancellation_is_a_ground(
    ready: Any, scenario: Scenario | None
) -> None:
    known = facts(violation=Violation.SELLER_CANCELLATION, ready_at=ready, cancelled_at=DUE)
    assert scenario is scenario_of(known)


def test_a_suspended_carrier_excuses_late_delivery() -> None:
    known = facts(violation=Violation.LATE_DELIVERY)
    found = scenario_of(known, holding(RequirementKind.CARRIER_ALERT))
    assert Scenario.CARRIER_SUSPENSION is found


@pytest.mark.parametrize("violation", [Violation.LATE_DISPATCH, Violation.FAST_DISPATCH])
def test_late_dispatch_is_excused_by_the_pickup_or_by_force_majeure_only(
    violation: Violation,
) -> None:
    assert (*PICKUP_SCENARIOS, Scenario.FORCE_MAJEURE) == possible_scenarios(violation)


@pytest.mark.parametrize("violation", Violation)
def test_every_violation_has_the_pickup_scenarios_and_force_majeure(violation: Violation) -> None:
    found = possible_scenarios(violation)
    assert {*PICKUP_SCENARIOS, Scenario.FORCE_MAJEURE} <= set(found)
    assert len(found) == len(set(found))


def test_a_violation_that_nobody_knows_may_be_excused_by_anything() -> None:
    assert tuple(Scenario) == possible_scenarios(Violation.UNKNOWN)


@given(
    violation=st.sampled_from(Violation),
    kinds=st.lists(st.sampled_from(RequirementKind), max_size=4),
    flags=st.fixed_dictionaries(
        dict.fromkeys(
            ("carrier_did_not_come", "carrier_had_no_room", "force_majeure"), st.booleans()
        )
    ),
)
def test_what_is_pointed_to_can_excuse_the_violation(
    violation: Violation, kinds: list[RequirementKind], flags: dict[str, bool]
) -> None:
    found = scenario_of(facts(violation=violation, **flags), holding(*kinds))
    assert found is None or found in possible_scenarios(violation)
