"""Proofs of an open case: which kind a word means, how far each has come, what is shown."""

from datetime import date, datetime, timedelta

import pytest

from activities.evidence_rules import EvidenceShelf
from domain.case_parts import ProofState, ProofView
from domain.completeness import EvidenceAsk, HeldEvidence, ProofMoments, asks_for, completeness
from domain.proofs import (
    AskedProof,
    asks_of,
    best_score,
    kind_named,
    kind_of_proof,
    proof_views,
    scenario_views,
)
from domain.requirements import RequirementKind as K
from domain.requirements import Scenario, Violation
from domain.scenarios import PICKUP_SCENARIOS
from tests.support.deadline_cases import PLAYBOOKS, utc

MATRIX = EvidenceShelf(PLAYBOOKS / "evidence").matrix()
NOW = utc("2026-11-25T10:00:00")
MOMENTS = ProofMoments(zone="Asia/Bangkok", slot_ends=utc("2026-11-25T09:00:00"))
WITHIN = timedelta(hours=24)
SETS = tuple(
    MATRIX.for_("TH", Violation.LATE_DISPATCH, scenario, on=date(2026, 11, 25))
    for scenario in PICKUP_SCENARIOS
)


def held(kind: K, number: int = 1) -> HeldEvidence:
    return HeldEvidence(evidence_id=f"{kind}-{number}", kind=kind, captured_at=NOW)


def views(
    *having: HeldEvidence, late: frozenset[str] = frozenset(), **asks: object
) -> dict[str, ProofView]:
    asked = {
        ask.kinds: AskedProof(ask=ask)
        for ask in asks_for(SETS, NOW, moments=MOMENTS, within=WITHIN)
    }
    for kinds, one in asked.items():
        asked[kinds] = one.model_copy(update=asks.get(one.ask.key, {}))  # type: ignore[arg-type]  # a dict
    shown = proof_views(SETS, having, asked=asked, late=late, moments=MOMENTS, now=NOW)
    return {view.key: view for view in shown}


@pytest.mark.parametrize(
    ("word", "media", "kind"),
    [
        ("ready_photo", "image/jpeg", K.READY_PHOTO),
        ("ready_parcel", "image/jpeg", K.READY_PHOTO),
        ("carrier_contact", "image/png", K.CARRIER_CHAT),
        ("carrier_contact", "audio/mp4", K.CALL_RECORDING),
        ("carrier_chat", "audio/mp4", K.CARRIER_CHAT),
        ("carrier_contact", "", K.CARRIER_CHAT),
        ("loading", "audio/mp4", K.HANDOVER_PHOTO),
        ("holiday_snap", "image/jpeg", None),
        ("", "image/jpeg", None),
    ],
)
def test_a_proof_is_named_by_its_kind_or_by_its_key(word: str, media: str, kind: K | None) -> None:
    assert kind == kind_named(word, SETS, media_type=media)


def test_every_proof_is_shown_once_with_all_causes_that_want_it() -> None:
    shown = views()

    assert len(shown) == len({view.kinds for view in shown.values()})
    contact = shown["carrier_contact"]
    assert set(PICKUP_SCENARIOS[:3]) == set(contact.scenarios)
    assert contact.needed
    assert not shown["booking"].needed


def test_needed_proofs_come_first() -> None:
    needed = [view.needed for view in views().values()]

    assert sorted(needed, reverse=True) == needed


def test_what_is_held_says_by_which_evidence_and_whether_it_came_late() -> None:
    late = frozenset({"ready_photo-2"})
    shown = views(held(K.READY_PHOTO), held(K.READY_PHOTO, 2), held(K.TRACKING), late=late)

    assert ProofState.HELD is shown["ready_parcel"].state
    assert ("ready_photo-1", "ready_photo-2") == shown["ready_parcel"].evidence_ids
    assert shown["ready_parcel"].late
    assert not shown["tracking"].late


def test_what_is_not_held_says_how_far_the_asking_has_come() -> None:
    shown = views(ready_parcel={"overdue": True}, loading={"abandoned": True})

    assert ProofState.OVERDUE is shown["ready_parcel"].state
    assert ProofState.ABANDONED is shown["loading"].state
    assert ProofState.ASKED is shown["full_vehicle"].state
    assert ProofState.MISSING is shown["dispatch_manifest"].state
    assert shown["full_vehicle"].until == utc("2026-11-25T17:00:00")


def test_each_cause_has_its_own_score_and_the_best_one_counts() -> None:
    shown = scenario_views(
        SETS, [held(K.DISPATCH_MANIFEST), held(K.READY_PHOTO)], moments=MOMENTS, now=NOW
    )
    by = {view.scenario: view for view in shown}

    assert pytest.approx(2 / 3) == by[Scenario.CARRIER_NEVER_CAME].score
    assert ("carrier_contact",) == by[Scenario.CARRIER_NEVER_CAME].missing
    assert 0 == by[Scenario.CARRIER_TOO_EARLY].score
    assert by[Scenario.CARRIER_NEVER_CAME].score == best_score(shown)
    assert 0 == best_score(())


# What an appeal asks for


def asks(
    *having: HeldEvidence, now: datetime = NOW, scenario: Scenario = Scenario.CARRIER_NEVER_CAME
) -> dict[str, EvidenceAsk]:
    rules = SETS[PICKUP_SCENARIOS.index(scenario)]
    proven = completeness(rules, having, now, moments=MOMENTS)
    found = asks_of(proven, rules.scenario, now, within=WITHIN)
    return {ask.key: ask for ask in found}


def test_an_appeal_asks_for_all_it_lacks_and_says_what_for() -> None:
    """Also for what a machine should have made: nobody else is going to."""
    found = asks(held(K.READY_PHOTO))

    assert "ready_parcel" not in found
    assert found["dispatch_manifest"].needed
    assert found["dispatch_manifest"].why.startswith("the appeal needs it; ")
    assert not found["booking"].needed
    assert found["booking"].why.startswith("the appeal is better with it; ")
    assert {(Scenario.CARRIER_NEVER_CAME,)} == {ask.scenarios for ask in found.values()}


def test_an_ask_ends_with_the_day_or_when_the_proof_can_no_longer_be_had() -> None:
    ends = utc("2026-11-25T17:00:00")

    def vehicle(now: datetime) -> EvidenceAsk:
        return asks(now=now, scenario=Scenario.CARRIER_NO_ROOM)["full_vehicle"]

    assert ends == vehicle(NOW).by == vehicle(ends - timedelta(seconds=1)).by
    assert ends + WITHIN == vehicle(ends).by
    assert vehicle(NOW).still_possible
    assert not vehicle(ends).still_possible
    assert NOW + WITHIN == asks()["dispatch_manifest"].by


def test_a_case_that_is_complete_asks_for_nothing_it_needs() -> None:
    found = asks(held(K.READY_PHOTO), held(K.CARRIER_CHAT), held(K.DISPATCH_MANIFEST))

    assert not any(ask.needed for ask in found.values())


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("ready_photo", K.READY_PHOTO),
        ("ready_parcel", K.READY_PHOTO),
        ("carrier_contact", K.CARRIER_CHAT),
        ("holiday_snap", None),
        ("", None),
    ],
)
def test_beside_a_case_a_word_is_read_as_the_case_reads_it(word: str, kind: K | None) -> None:
    assert kind == kind_of_proof(word, tuple(views().values()))
