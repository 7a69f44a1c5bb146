"""Exhibits are numbered by what they prove, and keep their numbers in a second round."""

from hypothesis import given
from hypothesis import strategies as st

from domain.completeness import HeldEvidence, held_of
from domain.exhibits import NumberedExhibit, numbered
from domain.requirements import RequirementKind
from tests.support.appeal_facts import after
from tests.support.appeal_packets import an_item, held, requirement_set

K = RequirementKind
RULES = requirement_set()


def shown(exhibits: tuple[NumberedExhibit, ...]) -> list[tuple[int, str, str, bool]]:
    return [(one.number, one.kind, one.requirement, one.is_new) for one in exhibits]


def test_exhibits_follow_the_requirements_and_then_the_rest() -> None:
    found = numbered(
        RULES, held(K.OTHER, K.BUYER_NOTICE, K.DISPATCH_MANIFEST, K.READY_PHOTO, K.CARRIER_CHAT)
    )
    assert [
        (1, "carrier_chat", "carrier_contact", False),
        (2, "ready_photo", "ready_parcel", False),
        (3, "dispatch_manifest", "dispatch_manifest", False),
        (4, "buyer_notice", "buyer_notice", False),
        (5, "other", "", False),
    ] == shown(found)


def test_pieces_of_one_requirement_follow_in_time_and_undated_ones_last() -> None:
    pieces = [
        HeldEvidence(evidence_id="none", kind=K.READY_PHOTO),
        HeldEvidence(evidence_id="late", kind=K.READY_PHOTO, captured_at=after(5)),
        HeldEvidence(evidence_id="early", kind=K.READY_PHOTO, captured_at=after(1)),
    ]
    assert ["early", "late", "none"] == [one.evidence_id for one in numbered(RULES, pieces)]


def test_a_second_round_keeps_the_numbers_and_adds_new_ones_behind() -> None:
    first = numbered(RULES, held(K.BUYER_NOTICE, K.READY_PHOTO))
    again = numbered(
        RULES,
        held(K.CALL_RECORDING, K.BUYER_NOTICE, K.READY_PHOTO),
        earlier=[one.evidence_id for one in first],
    )
    assert [
        (1, "ready_photo", "ready_parcel", False),
        (2, "buyer_notice", "buyer_notice", False),
        (3, "call_recording", "carrier_contact", True),
    ] == shown(again)


def test_an_exhibit_that_is_gone_leaves_its_number_free() -> None:
    found = numbered(RULES, held(K.READY_PHOTO, K.OTHER), earlier=["gone", "ev-ready_photo"])
    assert [2, 3] == [one.number for one in found]


@given(
    st.lists(st.sampled_from(K), unique=True, max_size=8),
    st.lists(st.sampled_from(K), unique=True, max_size=8),
)
def test_every_piece_has_one_number_of_its_own(first: list[K], second: list[K]) -> None:
    earlier = [one.evidence_id for one in numbered(RULES, held(*first))]
    found = numbered(RULES, held(*second), earlier=earlier)
    assert len(second) == len(found) == len({one.number for one in found})
    for one in found:
        known = one.evidence_id in earlier
        assert one.is_new is (bool(earlier) and not known)
        if known:
            assert one.number == earlier.index(one.evidence_id) + 1


def test_the_vault_s_items_become_what_the_rules_see() -> None:
    items = [
        an_item(K.READY_PHOTO),
        an_item(K.CARRIER_CHAT, derived_from="ev-1"),
        an_item(K.TRACKING, erased=True),
        an_item(K.OTHER, requirement="something_new", captured_at=None),
    ]
    ready, odd = held_of(items)
    assert (K.READY_PHOTO, after(0), items[0].digest) == (
        ready.kind,
        ready.captured_at,
        ready.digest,
    )
    assert (K.OTHER, None) == (odd.kind, odd.captured_at)
