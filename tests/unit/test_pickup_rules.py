"""Where a late parcel stands, by when what is due, and what a person pastes into a Help Center."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.completeness import ProofMoments
from domain.deadlines import Deadline, DeadlineName
from domain.fate import Fate
from domain.orders import CancelRole, OrderStatus
from domain.pickups import (
    PackageStage,
    Slot,
    collected_at,
    help_center_by,
    help_center_text,
    is_late,
    pickup_fate,
    proof_moments,
    tell_buyer_by,
    watch_until,
)
from domain.playbook import ContactRules, PickupRules, Playbook
from tests.support.deadline_cases import a_profile, shipped_profile, utc
from tests.support.parcels import (
    DUE,
    FIRST,
    READY,
    SECOND,
    SLOT,
    a_parcel,
    cancellation,
    packed,
)

TICK = timedelta(seconds=1)
FOUND = utc("2026-11-25T10:00:00")
PLAYBOOK = Playbook(name="standard", version="1")
COLLECTION_DUE = Deadline(name=DeadlineName.COLLECTION_DUE, at=DUE, rule="shown")
CANCELLED = OrderStatus.CANCELLED


@pytest.mark.parametrize(
    ("stage", "fate"),
    [
        (PackageStage.NOT_READY, Fate.OPEN),
        (PackageStage.WAITING, Fate.PACKED),
        (PackageStage.UNKNOWN, Fate.PACKED),
        (PackageStage.COLLECTED, Fate.SHIPPED),
        (PackageStage.DELIVERED, Fate.SHIPPED),
        (PackageStage.CANCELLED, Fate.OPEN),
    ],
)
def test_the_package_itself_says_where_it_stands(stage: PackageStage, fate: Fate) -> None:
    assert fate is pickup_fate(a_parcel(stage), [packed(), packed(SECOND)], {})


def test_orders_that_are_all_on_their_way_count_before_a_stale_package() -> None:
    moving = [packed(FIRST, OrderStatus.IN_TRANSIT), packed(SECOND, OrderStatus.DELIVERED)]

    assert Fate.SHIPPED is pickup_fate(a_parcel(), moving, {})
    assert Fate.PACKED is pickup_fate(a_parcel(), [moving[0], packed(SECOND)], {})


def test_a_cancelled_order_does_not_end_a_parcel_that_holds_a_live_one() -> None:
    orders = [packed(FIRST, CANCELLED, by=CancelRole.BUYER), packed(SECOND)]

    assert Fate.PACKED is pickup_fate(a_parcel(), orders, {})


@pytest.mark.parametrize(
    ("first", "second", "fate"),
    [
        (CancelRole.BUYER, CancelRole.BUYER, Fate.CANCELLED_BY_BUYER),
        (CancelRole.BUYER, CancelRole.SELLER, Fate.CANCELLED_BY_SELLER),
        (CancelRole.SYSTEM, CancelRole.BUYER, Fate.CANCELLED_BY_PLATFORM),
    ],
)
def test_the_end_of_a_parcel_is_named_by_what_weighs_most(
    first: CancelRole, second: CancelRole, fate: Fate
) -> None:
    orders = [packed(FIRST, CANCELLED, by=first), packed(SECOND, CANCELLED, by=second)]

    assert fate is pickup_fate(a_parcel(PackageStage.CANCELLED), orders, {})


def test_who_cancelled_is_looked_up_where_the_order_does_not_say() -> None:
    found = {FIRST: [cancellation(FIRST, CancelRole.SELLER)]}

    assert Fate.CANCELLED_BY_SELLER is pickup_fate(
        a_parcel(order_ids=(FIRST,)), [packed(FIRST, CANCELLED)], found
    )


def test_a_parcel_is_late_from_the_end_of_its_slot_on() -> None:
    assert not is_late(a_parcel(), now=SLOT.end - TICK)
    assert is_late(a_parcel(), now=SLOT.end)
    assert not is_late(a_parcel(slot=None), now=SLOT.end)
    assert not is_late(a_parcel(PackageStage.COLLECTED), now=SLOT.end)
    assert not is_late(a_parcel(PackageStage.NOT_READY), now=SLOT.end)


def test_the_scan_is_when_the_platform_says_else_when_it_was_seen() -> None:
    scan = utc("2026-11-25T21:00:00")

    assert scan == collected_at([packed(collected_at=scan), packed(SECOND)], seen_at=DUE)
    assert DUE == collected_at([packed()], seen_at=DUE)
    assert FOUND == collected_at([packed(collected_at=scan)], seen_at=FOUND)


def test_the_buyer_hears_within_a_quarter_of_the_time_left_or_the_playbooks_time() -> None:
    quarter = tell_buyer_by(detected_at=FOUND, due=COLLECTION_DUE, playbook=PLAYBOOK)
    strict = PLAYBOOK.model_copy(
        update={"pickup": PickupRules(tell_buyer_within=timedelta(hours=2))}
    )
    quick = PLAYBOOK.model_copy(update={"contact": ContactRules(within=timedelta(hours=1))})

    assert FOUND + (DUE - FOUND) / 4 == quarter.at
    for playbook, hours in ((strict, 2), (quick, 1)):
        by = tell_buyer_by(detected_at=FOUND, due=COLLECTION_DUE, playbook=playbook)
        assert FOUND + timedelta(hours=hours) == by.at
        assert "collection_due" in by.rule


@given(st.integers(0, 400), st.integers(1, 24))
def test_the_buyer_never_hears_later_than_a_day_after_discovery(left: int, within: int) -> None:
    due = COLLECTION_DUE.model_copy(update={"at": FOUND + timedelta(hours=left)})
    rules = PickupRules(tell_buyer_within=timedelta(hours=within))
    playbook = PLAYBOOK.model_copy(update={"pickup": rules})

    by = tell_buyer_by(detected_at=FOUND, due=due, playbook=playbook)

    assert FOUND <= by.at <= min(due.at, FOUND + timedelta(hours=within))


def test_the_help_center_is_due_a_market_day_after_the_parcel_was_ready() -> None:
    by = help_center_by(
        detected_at=FOUND, ready_at=READY, profile=shipped_profile("TH"), playbook=PLAYBOOK
    )

    assert READY + timedelta(days=1) == by.at
    assert not by.assumed
    assert "TH rule" in by.rule


def test_without_a_time_of_readiness_the_day_counts_from_discovery_and_is_assumed() -> None:
    by = help_center_by(
        detected_at=FOUND, ready_at=None, profile=shipped_profile("TH"), playbook=PLAYBOOK
    )

    assert FOUND + timedelta(days=1) == by.at
    assert by.assumed


def test_where_the_market_is_silent_the_playbook_says_when_the_help_center_is_due() -> None:
    rules = PickupRules(help_center_after=timedelta(hours=6))
    by = help_center_by(
        detected_at=FOUND,
        ready_at=READY,
        profile=a_profile(),
        playbook=PLAYBOOK.model_copy(update={"pickup": rules}),
    )

    assert FOUND + timedelta(hours=6) == by.at
    assert by.assumed


def test_a_collected_parcel_is_watched_for_the_playbooks_time() -> None:
    until = watch_until(collected_at=FOUND, playbook=PLAYBOOK)

    assert FOUND + timedelta(days=14) == until.at
    assert DeadlineName.WATCH_UNTIL is until.name


def _moments(now: datetime, slot: Slot | None = SLOT, missed: Slot | None = SLOT) -> ProofMoments:
    return proof_moments(
        a_parcel(slot=slot),
        missed_slot=missed,
        detected_at=FOUND,
        collected_at=None,
        profile=shipped_profile("TH"),
        now=now,
    )


def test_proofs_of_the_day_end_with_the_day_of_the_missed_slot() -> None:
    assert SLOT.end == _moments(FOUND).slot_ends
    assert FOUND == _moments(FOUND, missed=None).slot_ends
    assert "Asia/Bangkok" == _moments(FOUND).zone


def test_only_a_slot_that_lies_ahead_is_the_carriers_next_visit() -> None:
    ahead = Slot(start=DUE - timedelta(hours=4), end=DUE)

    assert DUE == _moments(FOUND, slot=ahead).next_pickup_at
    assert _moments(FOUND).next_pickup_at is None
    assert _moments(DUE, slot=ahead).next_pickup_at is None


def test_the_help_center_reads_everything_in_the_markets_own_time() -> None:
    text = help_center_text(
        (FIRST, SECOND),
        a_parcel(),
        missed=SLOT,
        ready_at=READY,
        due_at=DUE,
        zone="Asia/Bangkok",
    )

    assert f"Orders: {FIRST}, {SECOND}." in text
    assert "SBX7" in text
    assert "2026-11-25 12:00 (Asia/Bangkok) to 2026-11-25 16:00" in text
    assert "2026-11-25 10:00" in text
    assert "2026-11-27 16:00" in text


def test_what_is_not_known_is_left_out_of_the_help_centers_text() -> None:
    text = help_center_text((FIRST,), None, missed=None, ready_at=None, due_at=None, zone="UTC")

    assert "The carrier has not collected our parcel." in text
    assert "None" not in text
    assert 3 == len(text.splitlines())


def test_a_slot_prints_both_its_ends() -> None:
    assert "2026-11-25 05:00Z to 2026-11-25 09:00Z" == SLOT.text()
