"""How far an appeal is proven, what it lacks, and what people are asked for in time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.evidence_rules import EvidenceShelf
from domain.completeness import (
    Completeness,
    EvidenceAsk,
    HeldEvidence,
    Missing,
    ProofMoments,
    asks_for,
    completeness,
    obtainable_until,
)
from domain.markets import Confidence
from domain.requirements import (
    Need,
    Obtainable,
    Requirement,
    RequirementKind,
    RequirementSet,
    Scenario,
    Violation,
)
from domain.scenarios import PICKUP_SCENARIOS
from tests.support.deadline_cases import PLAYBOOKS, utc

SHIPPED = EvidenceShelf(PLAYBOOKS / "evidence").matrix()
SLOT_ENDS = utc("2026-11-25T09:00:00")
"""16:00 in Bangkok, where the day ends at 17:00 UTC."""
DAY_ENDS = utc("2026-11-25T17:00:00")
NOW = utc("2026-11-25T10:00:00")
SECOND = timedelta(seconds=1)
WITHIN = timedelta(hours=24)
MOMENTS = ProofMoments(zone="Asia/Bangkok", slot_ends=SLOT_ENDS)


def shipped(scenario: Scenario) -> RequirementSet:
    return SHIPPED.for_("TH", Violation.LATE_DISPATCH, scenario, on=date(2026, 11, 25))


NEVER_CAME = shipped(Scenario.CARRIER_NEVER_CAME)


def held(kind: RequirementKind, *, number: int = 1, dated: bool = True) -> HeldEvidence:
    at = SLOT_ENDS if dated else None
    return HeldEvidence(evidence_id=f"{kind}-{number}", kind=kind, captured_at=at)


ALL_NEEDED = (
    held(RequirementKind.CARRIER_CHAT),
    held(RequirementKind.READY_PHOTO),
    held(RequirementKind.DISPATCH_MANIFEST),
)


def a_requirement(
    key: str = "a",
    *kinds: RequirementKind,
    need: Need = Need.NEEDED,
    obtainable: Obtainable = Obtainable.ANY_TIME,
    dated: bool = False,
    at_least: int = 1,
) -> Requirement:
    return Requirement(
        key=key,
        one_of=kinds or (RequirementKind.READY_PHOTO,),
        shows=f"the {key}",
        shows_zh=f"{key}的照片",
        need=need,
        obtainable=obtainable,
        must_be_dated=dated,
        at_least=at_least,
    )


def a_set(
    *requirements: Requirement, scenario: Scenario = Scenario.CARRIER_NEVER_CAME
) -> RequirementSet:
    return RequirementSet(
        market="TH",
        violation=Violation.LATE_DISPATCH,
        scenario=scenario,
        version="v",
        valid_from=date(2026, 1, 1),
        confidence=Confidence.CONFIRMED,
        source="a page",
        rule="a rule",
        requirements=requirements,
    )


def proven_by(
    *evidence: HeldEvidence,
    of: RequirementSet = NEVER_CAME,
    now: datetime = NOW,
    moments: ProofMoments = MOMENTS,
) -> Completeness:
    return completeness(of, evidence, now, moments=moments)


def missing_of(found: Completeness, key: str) -> Missing:
    return next(one for one in found.missing if one.key == key)


# What is proven


def test_nothing_held_proves_nothing() -> None:
    found = proven_by()
    assert (0.0, False, ()) == (found.score, found.complete, found.proven)
    assert len(NEVER_CAME.requirements) == len(found.missing)


def test_everything_needed_makes_it_complete_without_what_only_helps() -> None:
    found = proven_by(*ALL_NEEDED)
    assert (1.0, True) == (found.score, found.complete)
    assert {Need.HELPFUL} == {one.need for one in found.missing}
    assert () == found.missing_needed()


@pytest.mark.parametrize("lacking", ALL_NEEDED, ids=lambda one: one.kind)
def test_each_needed_proof_alone_keeps_it_incomplete(lacking: HeldEvidence) -> None:
    found = proven_by(*(one for one in ALL_NEEDED if one is not lacking))
    assert not found.complete
    assert 2 / 3 == pytest.approx(found.score)
    (missing,) = found.missing_needed()
    assert lacking.kind in missing.kinds


@pytest.mark.parametrize("kind", [RequirementKind.CARRIER_CHAT, RequirementKind.CALL_RECORDING])
def test_any_alternative_proves_it(kind: RequirementKind) -> None:
    found = proven_by(held(kind), *ALL_NEEDED[1:])
    assert found.complete
    assert (f"{kind}-1",) == found.proven[0].evidence_ids


def test_a_photo_whose_time_nobody_knows_does_not_count_where_time_matters() -> None:
    found = proven_by(ALL_NEEDED[0], held(RequirementKind.READY_PHOTO, dated=False), ALL_NEEDED[2])
    assert not found.complete
    assert (
        "ready_photo-1 is held, but when it was made is not known"
        == missing_of(found, "ready_parcel").why
    )


def test_a_manifest_needs_no_time_of_its_own() -> None:
    found = proven_by(*ALL_NEEDED[:2], held(RequirementKind.DISPATCH_MANIFEST, dated=False))
    assert found.complete


@pytest.mark.parametrize(("count", "complete"), [(1, False), (2, True), (3, True)])
def test_some_proofs_take_several_pieces(count: int, *, complete: bool) -> None:
    pieces = [held(RequirementKind.READY_PHOTO, number=n) for n in range(count)]
    found = proven_by(*pieces, of=a_set(a_requirement(at_least=2)))
    assert complete is found.complete
    if not complete:
        assert "1 of 2 are held" == found.missing[0].why


def test_one_piece_may_prove_two_requirements() -> None:
    wanted = a_set(a_requirement("a"), a_requirement("b"))
    assert proven_by(held(RequirementKind.READY_PHOTO), of=wanted).complete


def test_other_evidence_proves_nothing_listed() -> None:
    assert 0.0 == proven_by(held(RequirementKind.OTHER)).score


def test_what_is_missing_is_asked_for_in_both_languages() -> None:
    missing = missing_of(proven_by(), "ready_parcel")
    assert missing.ask == "Add a time-stamped photo or camera picture of the parcel standing ready"
    assert missing.ask_zh.startswith("请补充：包裹已备好")
    assert "nothing of this kind is held" == missing.why


def test_what_is_needed_and_ends_soonest_is_missed_first() -> None:
    wanted = a_set(
        a_requirement("helps", need=Need.HELPFUL, obtainable=Obtainable.SAME_DAY),
        a_requirement("open"),
        a_requirement("today", obtainable=Obtainable.SAME_DAY),
    )
    assert ["today", "open", "helps"] == [one.key for one in proven_by(of=wanted).missing]


@given(st.lists(st.sampled_from(RequirementKind), max_size=8), st.sampled_from(PICKUP_SCENARIOS))
def test_more_evidence_never_proves_less(kinds: list[RequirementKind], case: Scenario) -> None:
    pieces = [held(kind, number=n) for n, kind in enumerate(kinds)]
    scores = [proven_by(*pieces[:n], of=shipped(case)).score for n in range(len(pieces) + 1)]
    assert scores == sorted(scores)
    assert all(0 <= score <= 1 for score in scores)
    last = proven_by(*pieces, of=shipped(case))
    assert last.complete is (last.score == 1)
    assert {one.key for one in last.proven} | {one.key for one in last.missing} == {
        one.key for one in shipped(case).requirements
    }


# Until when it can still be made


@pytest.mark.parametrize(
    ("obtainable", "moments", "until"),
    [
        (Obtainable.SAME_DAY, {}, DAY_ENDS),
        (Obtainable.BEFORE_PICKUP, {}, None),
        (Obtainable.BEFORE_PICKUP, {"collected_at": NOW}, NOW),
        (Obtainable.ANY_TIME, {}, None),
        (Obtainable.ANY_TIME, {"window_ends": DAY_ENDS}, DAY_ENDS),
    ],
)
def test_a_proof_ends_with_its_day_its_pick_up_or_the_window(
    obtainable: Obtainable, moments: dict[str, datetime], until: datetime | None
) -> None:
    found = obtainable_until(
        a_requirement(obtainable=obtainable), MOMENTS.model_copy(update=moments)
    )
    assert until == found


def test_the_day_is_that_of_the_warehouse() -> None:
    late = MOMENTS.model_copy(update={"slot_ends": utc("2026-11-25T18:00:00")})
    found = obtainable_until(a_requirement(obtainable=Obtainable.SAME_DAY), late)
    assert DAY_ENDS + timedelta(days=1) == found


@pytest.mark.parametrize(("now", "possible"), [(DAY_ENDS - SECOND, True), (DAY_ENDS, False)])
def test_a_proof_of_the_day_is_possible_until_the_day_ends(
    now: datetime, *, possible: bool
) -> None:
    wanted = a_set(a_requirement(obtainable=Obtainable.SAME_DAY))
    (missing,) = proven_by(of=wanted, now=now).missing
    assert (DAY_ENDS, possible) == (missing.until, missing.still_possible)


def test_a_proof_without_a_known_end_is_possible() -> None:
    (missing,) = proven_by(of=a_set(a_requirement())).missing
    assert (None, True) == (missing.until, missing.still_possible)


# What is asked for at once


def asked(
    *sets: RequirementSet,
    now: datetime = NOW,
    moments: ProofMoments = MOMENTS,
    held: tuple[HeldEvidence, ...] = (),
) -> tuple[EvidenceAsk, ...]:
    return asks_for(sets, now, moments=moments, within=WITHIN, held=held)


def test_a_late_pickup_asks_people_for_every_proof_of_every_scenario_once() -> None:
    found = asked(*(shipped(scenario) for scenario in PICKUP_SCENARIOS))
    kinds = [kind for ask in found for kind in ask.kinds]
    assert len(kinds) == len(set(kinds))
    assert {
        "early_visit_photo",
        "carrier_chat",
        "call_recording",
        "ready_photo",
        "signed_manifest",
        "full_vehicle_photo",
        "handover_photo",
    } == set(kinds)


def test_machines_are_not_asked_through_people() -> None:
    wanted = a_set(
        a_requirement("m", RequirementKind.DISPATCH_MANIFEST),
        a_requirement("both", RequirementKind.ORDER_RECORD, RequirementKind.ORDER_CONFIRMATION),
    )
    (ask,) = asked(wanted)
    assert (RequirementKind.ORDER_CONFIRMATION,) == ask.kinds


def test_what_is_held_is_not_asked_for_again() -> None:
    found = asked(NEVER_CAME, held=(ALL_NEEDED[1],))
    assert ["carrier_contact"] == [ask.key for ask in found]


def test_an_ask_says_what_it_would_prove() -> None:
    first, second = asked(NEVER_CAME, shipped(Scenario.CARRIER_NO_ROOM))[-2:]
    by_key = {first.key: first, second.key: second}
    assert (Scenario.CARRIER_NEVER_CAME, Scenario.CARRIER_NO_ROOM) == by_key[
        "carrier_contact"
    ].scenarios
    assert (
        "an appeal needs it if the cause is: carrier never came or carrier no room"
        == by_key["carrier_contact"].why
    )


def test_what_only_helps_is_asked_for_as_such() -> None:
    (ask,) = asked(a_set(a_requirement(need=Need.HELPFUL)))
    assert not ask.needed
    assert ask.why.startswith("it helps an appeal if")


def test_a_proof_needed_in_one_scenario_is_needed() -> None:
    helps = a_set(a_requirement("x", need=Need.HELPFUL), scenario=Scenario.SCANNED_LATE)
    (ask,) = asked(helps, a_set(a_requirement("y")))
    assert (True, "y") == (ask.needed, ask.key)


@pytest.mark.parametrize(
    ("obtainable", "moments", "by"),
    [
        (Obtainable.ANY_TIME, {}, NOW + WITHIN),
        (Obtainable.SAME_DAY, {}, DAY_ENDS),
        (Obtainable.BEFORE_PICKUP, {}, NOW + WITHIN),
        (Obtainable.BEFORE_PICKUP, {"next_pickup_at": DAY_ENDS}, DAY_ENDS),
        (Obtainable.BEFORE_PICKUP, {"next_pickup_at": NOW + 3 * WITHIN}, NOW + WITHIN),
        (Obtainable.ANY_TIME, {"window_ends": NOW + SECOND}, NOW + SECOND),
    ],
)
def test_an_ask_ends_before_its_proof_can_no_longer_be_made(
    obtainable: Obtainable, moments: dict[str, datetime], by: datetime
) -> None:
    (ask,) = asked(
        a_set(a_requirement(obtainable=obtainable)), moments=MOMENTS.model_copy(update=moments)
    )
    assert (by, True) == (ask.by, ask.still_possible)


@pytest.mark.parametrize(
    ("obtainable", "moments"),
    [
        (Obtainable.SAME_DAY, {"slot_ends": SLOT_ENDS - 2 * WITHIN}),
        (Obtainable.BEFORE_PICKUP, {"collected_at": NOW}),
    ],
)
def test_a_proof_that_can_no_longer_be_made_is_asked_for_as_a_find(
    obtainable: Obtainable, moments: dict[str, datetime]
) -> None:
    (ask,) = asked(
        a_set(a_requirement(obtainable=obtainable)), moments=MOMENTS.model_copy(update=moments)
    )
    assert (NOW + WITHIN, False) == (ask.by, ask.still_possible)
    assert "If anybody made one in time, add the a" == ask.ask
    assert ask.ask_zh.startswith("如当时有人留存")


def test_the_most_urgent_ask_comes_first_and_needed_before_helpful() -> None:
    wanted = a_set(
        a_requirement("z", RequirementKind.OTHER, need=Need.HELPFUL),
        a_requirement("y", RequirementKind.BUYER_CHAT),
        a_requirement("x", RequirementKind.READY_PHOTO, obtainable=Obtainable.SAME_DAY),
    )
    assert ["x", "y", "z"] == [ask.key for ask in asked(wanted)]


@given(
    hours=st.integers(0, 72),
    collected=st.one_of(st.none(), st.integers(0, 72)),
    following=st.one_of(st.none(), st.integers(0, 72)),
)
def test_no_ask_is_due_before_it_is_made(
    hours: int, collected: int | None, following: int | None
) -> None:
    moments = ProofMoments(
        zone="Asia/Bangkok",
        slot_ends=SLOT_ENDS,
        collected_at=None if collected is None else SLOT_ENDS + timedelta(hours=collected),
        next_pickup_at=None if following is None else SLOT_ENDS + timedelta(hours=following),
    )
    now = SLOT_ENDS + timedelta(hours=hours)
    for ask in asked(*(shipped(one) for one in PICKUP_SCENARIOS), now=now, moments=moments):
        assert now < ask.by <= now + WITHIN
