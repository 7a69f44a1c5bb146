"""What the cases of a ticket tell its appeal, and which cause they point to."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.beating import in_thread
from domain.appeal_story import (
    CaseStory,
    all_moments,
    all_orders,
    as_attached,
    proof_moments,
    scenario_for,
    seen_moments,
    shown_items,
    story_of,
    with_exhibits,
    with_seen,
)
from domain.appeal_texts import AppealMoment, MomentAt
from domain.case_parts import ProofState, ProofView
from domain.cases import CaseKind, CaseOutcome
from domain.completeness import HeldEvidence
from domain.exhibits import NumberedExhibit
from domain.requirements import RequirementKind, Scenario, Violation
from domain.scenarios import KnownFacts
from tests.support.appeal_facts import after, moment
from tests.support.appeal_house import late_pickup
from tests.support.appeal_packets import an_item

K, M = RequirementKind, AppealMoment
LATE = Violation.LATE_DISPATCH


def story(case_id: str = "a", **changes: Any) -> CaseStory:
    standing = {"case_id": case_id, "moments": (moment(M.SLOT_FROM, 0),)}
    return CaseStory.model_validate(standing | changes)


def held(kind: RequirementKind, name: str = "ev") -> HeldEvidence:
    return HeldEvidence(evidence_id=name, kind=kind)


def test_a_parcel_that_the_platform_cancelled_says_so_to_the_rules_and_not_to_the_text() -> None:
    """When the case saw it is not when the platform did it."""
    told = story_of(late_pickup(outcome=CaseOutcome.CANCELLED_BY_PLATFORM), ())

    assert after(300) == told.facts.cancelled_at
    assert M.CANCELLED not in {one.moment for one in told.moments}


def test_an_oversold_order_tells_when_its_buyer_heard() -> None:
    view = late_pickup(kind=CaseKind.OVERSOLD, pickup=None, contacted_at=after(1))

    told = story_of(view, ())

    assert [moment(M.BUYER_TOLD, 1)] == list(told.moments)
    assert KnownFacts() == told.facts


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (K.HANDOVER_PHOTO, M.HANDED_OVER),
        (K.EARLY_VISIT_PHOTO, M.CARRIER_CAME),
        (K.FULL_VEHICLE_PHOTO, M.CARRIER_CAME),
    ],
)
def test_a_photo_of_the_moment_tells_when_it_was(
    kind: RequirementKind, seen: AppealMoment
) -> None:
    photo = an_item(kind, captured_at=after(-1), collected_at=after(1))

    assert [moment(seen, -1)] == list(seen_moments([photo], story()))


@pytest.mark.parametrize(
    "taken", [after(1.01), after(-73), None], ids=["ahead", "years ago", "unknown"]
)
def test_a_photo_with_a_wrong_clock_tells_nothing(taken: Any) -> None:
    photo = an_item(K.HANDOVER_PHOTO, captured_at=taken, collected_at=after(1))

    assert () == seen_moments([photo], story())


def test_a_photo_of_parcels_tells_no_moment() -> None:
    assert () == seen_moments([an_item(K.READY_PHOTO)], story())


def test_what_photos_show_is_a_fact_of_the_case() -> None:
    seen = (moment(M.CARRIER_CAME, -2), moment(M.CARRIER_CAME, -1))

    told = with_seen(story(), seen)

    assert (after(-2), None) == (told.facts.carrier_came_at, told.facts.handed_over_at)
    assert [-2, -1, 0] == [(one.at - after(0)) // timedelta(hours=1) for one in told.moments]
    assert story() == with_seen(story(), ())


def test_only_originals_that_are_still_there_are_shown_each_once() -> None:
    chat = an_item(K.CARRIER_CHAT)
    twin = chat.model_copy(update={"evidence_id": "ev-twin", "case_id": "other"})
    as_other = chat.model_copy(update={"evidence_id": "ev-as", "requirement": "ready_photo"})
    copy = an_item(K.READY_PHOTO, derived_from="ev-x")
    gone = an_item(K.BUYER_NOTICE, erased=True)
    ours = an_item(K.OTHER, requirement="appeal_packet")

    assert (chat, as_other) == shown_items([chat, twin, as_other, copy, gone, ours])


def test_evidence_counts_as_what_its_case_took_it_for() -> None:
    proof = ProofView(
        key="carrier_contact",
        kinds=(K.CARRIER_CHAT, K.CALL_RECORDING),
        needed=True,
        state=ProofState.HELD,
        evidence_ids=("ev-1", "ev-2"),
    )
    view = late_pickup()
    assert view.pickup
    view = view.model_copy(update={"pickup": view.pickup.model_copy(update={"proofs": (proof,)})})
    given = [held(K.OTHER, "ev-1"), held(K.CALL_RECORDING, "ev-2"), held(K.OTHER, "ev-3")]

    assert [K.CARRIER_CHAT, K.CALL_RECORDING, K.OTHER] == [
        one.kind for one in as_attached(given, view)
    ]
    assert tuple(given) == as_attached(given, None)


def test_orders_and_moments_of_all_cases_are_told_each_once() -> None:
    first = story("a", order_ids=("1", "2"))
    second = story("b", order_ids=("2", "3"), moments=(moment(M.READY, -1), *first.moments))

    assert ("1", "2", "3") == all_orders([first, second])
    assert [M.READY, M.SLOT_FROM] == [one.moment for one in all_moments([first, second])]


def facts(**known: Any) -> KnownFacts:
    return KnownFacts.model_validate(known)


def test_a_proof_can_be_made_as_long_as_one_of_the_parcels_allows_it() -> None:
    early = story("a", facts=facts(slot_until=after(2), scanned_at=after(5)))
    late = story("b", facts=facts(slot_until=after(9)))

    def of(*stories: CaseStory) -> Any:
        return proof_moments(stories, zone="UTC", opened_at=after(60), window_ends=after(70))

    assert (after(9), None) == (of(early, late).slot_ends, of(early, late).collected_at)
    assert after(5) == of(early).collected_at
    assert (after(60), None) == (of().slot_ends, of().collected_at)


def test_the_cause_is_the_one_that_all_cases_point_to() -> None:
    early = story("a", facts=facts(slot_from=after(0), carrier_came_at=after(-2)))
    silent = story("b")
    chat = [held(K.CARRIER_CHAT)]

    def pointed(*stories: CaseStory, own: Any = (), **of: Any) -> Scenario | None:
        return scenario_for(LATE, stories, of, own)

    assert Scenario.CARRIER_TOO_EARLY is pointed(early)
    assert Scenario.CARRIER_TOO_EARLY is pointed(early, silent)
    assert Scenario.CARRIER_NEVER_CAME is pointed(silent, b=chat)
    assert pointed(early, silent, b=chat) is None
    assert pointed(silent) is None


def test_evidence_of_the_appeal_itself_points_even_without_a_case() -> None:
    storm = [held(K.NEWS_OR_WEATHER)]

    assert Scenario.FORCE_MAJEURE is scenario_for(LATE, (), {}, storm)


def test_moments_name_the_exhibits_that_show_them() -> None:
    exhibits = [
        NumberedExhibit(number=number, evidence_id=f"ev-{number}", kind=kind)
        for number, kind in enumerate((K.CARRIER_CHAT, K.TRACKING, K.CALL_RECORDING), start=1)
    ]
    told = [moment(M.SCANNED, 30, 9), moment(M.CARRIER_ASKED, 2), moment(M.PENALTY, 60)]

    assert [(M.CARRIER_ASKED, (1, 3)), (M.SCANNED, (2,)), (M.PENALTY, ())] == [
        (one.moment, one.exhibits) for one in with_exhibits(told, exhibits)
    ]


@given(
    st.lists(
        st.builds(
            MomentAt,
            moment=st.sampled_from(AppealMoment),
            at=st.integers(-100, 100).map(after),
        ),
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_no_moment_is_lost_and_time_never_runs_back(told: list[MomentAt], cut: int) -> None:
    moments = all_moments(
        [story("a", moments=tuple(told[:cut])), story("b", moments=tuple(told[cut:]))]
    )

    assert {(one.moment, one.at) for one in told} == {(one.moment, one.at) for one in moments}
    assert len(moments) == len({(one.moment, one.at) for one in told})
    assert sorted(one.at for one in moments) == [one.at for one in moments]


async def test_long_work_tells_the_server_that_it_goes_on() -> None:
    env = ActivityEnvironment()
    beats: list[Any] = []
    env.on_heartbeat = lambda *details: beats.append(details)

    async def work() -> int:
        return await in_thread(lambda: 7)

    assert 7 == await env.run(work)
    assert beats
