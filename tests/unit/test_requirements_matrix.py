"""Which proofs win: dated entries per market, the strictest known one where nothing is known."""

from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.evidence_rules import EvidenceShelf
from domain.errors import PlaybookError
from domain.markets import Confidence
from domain.requirement_files import matrix_of, parse_evidence
from domain.requirements import (
    MADE_BY_MACHINES,
    EvidenceMatrix,
    Need,
    RequirementKind,
    RequirementSet,
    Scenario,
    Violation,
    violation_of,
)
from domain.scenarios import PICKUP_SCENARIOS
from tests.support.deadline_cases import PLAYBOOKS

FOLDER = PLAYBOOKS / "evidence"
TODAY = date(2026, 11, 25)
SHIPPED = EvidenceShelf(FOLDER).matrix()
ENTRY = """
  - violations: [{violation}]
    scenario: {scenario}
    valid_from: {begins}
    {ends}
    confidence: confirmed
    source: a page
    read_on: 2026-10-01
    requirements:
      - {{key: a, one_of: [{kind}], shows: a, shows_zh: 甲}}
"""


def entry(
    begins: str,
    ends: str = "",
    *,
    kind: str = "tracking",
    violation: str = "late_dispatch",
    scenario: str = "carrier_never_came",
) -> str:
    until = f"valid_until: {ends}" if ends else ""
    return ENTRY.format(
        violation=violation, scenario=scenario, begins=begins, ends=until, kind=kind
    )


def matrix(**markets: str) -> EvidenceMatrix:
    return matrix_of(
        parse_evidence(f"market: {name}\nentries:{entries}", filename=f"{name}.yaml")
        for name, entries in markets.items()
    )


def of(
    found: EvidenceMatrix,
    market: str = "TH",
    *,
    on: str = "2026-06-01",
    violation: Violation = Violation.LATE_DISPATCH,
) -> RequirementSet:
    day = date.fromisoformat(on)
    return found.for_(market, violation, Scenario.CARRIER_NEVER_CAME, on=day)


def needed_kinds(market: str, violation: Violation, scenario: Scenario) -> set[str]:
    found = SHIPPED.for_(market, violation, scenario, on=TODAY)
    return {"|".join(one.one_of) for one in found.needed()}


# What ships


@pytest.mark.parametrize(
    ("scenario", "needed"),
    [
        (Scenario.CARRIER_TOO_EARLY, {"early_visit_photo"}),
        (
            Scenario.CARRIER_NEVER_CAME,
            {"carrier_chat|call_recording", "ready_photo", "dispatch_manifest"},
        ),
        (
            Scenario.CARRIER_NO_ROOM,
            {"carrier_chat|call_recording", "signed_manifest", "full_vehicle_photo"},
        ),
        (Scenario.SCANNED_LATE, {"handover_photo", "signed_manifest"}),
        (Scenario.FORCE_MAJEURE, {"news_or_weather|event_photo"}),
    ],
)
def test_thailand_wants_what_its_list_says(scenario: Scenario, needed: set[str]) -> None:
    assert needed == needed_kinds("TH", Violation.LATE_DISPATCH, scenario)


@pytest.mark.parametrize(
    ("violation", "scenario", "needed"),
    [
        (
            Violation.SELLER_CANCELLATION,
            Scenario.BUYER_ASKED,
            {"buyer_chat", "order_record|order_confirmation"},
        ),
        (
            Violation.SELLER_CANCELLATION,
            Scenario.ADDRESS_UNDELIVERABLE,
            {"carrier_page", "order_confirmation"},
        ),
        (Violation.SELLER_CANCELLATION, Scenario.DISPATCHED_BEFORE_CUTOFF, {"tracking"}),
        (Violation.SELLER_CANCELLATION, Scenario.PLATFORM_ERROR, {"platform_notice"}),
        (Violation.LATE_DELIVERY, Scenario.CARRIER_SUSPENSION, {"carrier_alert", "tracking"}),
        (
            Violation.LATE_DISPATCH,
            Scenario.FORCE_MAJEURE,
            {"government_document", "recovery_statement", "dispatch_manifest"},
        ),
    ],
)
def test_the_united_states_want_what_their_policy_says(
    violation: Violation, scenario: Scenario, needed: set[str]
) -> None:
    assert needed == needed_kinds("US", violation, scenario)
    assert not SHIPPED.for_("US", violation, scenario, on=TODAY).assumed


def test_booking_and_notice_to_the_buyer_help_but_are_not_needed() -> None:
    """They are the merchants' own practice; the platform's list does not have them."""
    found = of(SHIPPED).requirements
    helpful = {one.one_of[0] for one in found if one.need is Need.HELPFUL}
    assert {RequirementKind.BOOKING_CONFIRMATION, RequirementKind.BUYER_NOTICE} == helpful


@pytest.mark.parametrize("market", ["US", "GB", "TH", "VN", "ID", "MX"])
def test_every_appeal_finds_a_set_that_says_where_it_comes_from(market: str) -> None:
    for violation, scenario in product(Violation, Scenario):
        found = SHIPPED.for_(market, violation, scenario, on=TODAY)
        assert (market, violation, scenario) == (found.market, found.violation, found.scenario)
        assert found.needed(), found.rule
        assert found.source in found.rule
        assert found.assumed is ("stands in" in found.rule)
        assert 12 == len(found.version)


def test_american_late_dispatch_borrows_thailand_s_list_visibly() -> None:
    """The American list exists and could not be read."""
    found = of(SHIPPED, "US", on="2026-11-25")
    assert (True, of(SHIPPED).version) == (found.assumed, found.version)
    assert "nothing in force is known of US, late_dispatch, carrier_never_came" in found.rule
    assert "that of TH" in found.rule


@pytest.mark.parametrize("market", ["VN", "TH"])
def test_where_a_market_s_force_majeure_rule_is_unknown_the_strictest_stands_in(
    market: str,
) -> None:
    """An official document wins in both readings; a news page does in one only."""
    kinds = needed_kinds(market, Violation.FAST_DISPATCH, Scenario.FORCE_MAJEURE)
    assert "government_document" in kinds


def test_what_a_market_knows_is_never_older_than_its_reading() -> None:
    for each in SHIPPED.markets:
        for one in each.entries:
            assert one.valid_from <= one.read_on
            assert one.source
            assert one.confidence is not Confidence.UNKNOWN


@pytest.mark.parametrize("scenario", PICKUP_SCENARIOS)
def test_a_late_pickup_is_proven_by_things_of_the_day(scenario: Scenario) -> None:
    """Each scenario has at least one needed proof that only people on the spot can make."""
    needed = SHIPPED.for_("TH", Violation.LATE_DISPATCH, scenario, on=TODAY).needed()
    assert any(not set(one.one_of) & MADE_BY_MACHINES for one in needed)


# Dates


CHANGED = matrix(
    TH=entry("2026-01-01", "2026-05-31") + entry("2026-06-01", kind="ready_photo"),
)


@pytest.mark.parametrize(
    ("on", "kind", "assumed"),
    [
        ("2025-12-31", "ready_photo", True),
        ("2026-01-01", "tracking", False),
        ("2026-05-31", "tracking", False),
        ("2026-06-01", "ready_photo", False),
    ],
)
def test_an_entry_holds_from_its_first_to_its_last_day(
    on: str, kind: str, *, assumed: bool
) -> None:
    found = of(CHANGED, on=on)
    if not assumed:
        assert kind == found.requirements[0].one_of[0]
    assert assumed is found.assumed


def test_a_newer_entry_is_another_version_and_a_pinned_set_stays() -> None:
    before = of(matrix(TH=entry("2026-01-01")))
    pinned = RequirementSet.model_validate_json(before.model_dump_json())
    after = of(CHANGED, on="2026-06-01")
    assert before == pinned
    assert before.version != after.version


def test_an_entry_that_ended_stands_in_until_somebody_looks_again() -> None:
    found = of(matrix(TH=entry("2026-01-01", "2026-03-01")), on="2026-06-01")
    assert (True, date(2026, 3, 1)) == (found.assumed, found.valid_until)


# Falling back


def test_a_set_in_force_elsewhere_stands_in_before_a_stricter_one_that_ended() -> None:
    found = matrix(
        US=entry("2026-01-01"),
        VN=entry("2025-01-01", "2025-12-31", kind="ready_photo, tracking"),
    )
    assert RequirementKind.TRACKING is of(found, "TH").requirements[0].one_of[0]
    assert "that of US" in of(found, "TH").rule


def test_an_unknown_violation_of_a_known_market_is_assumed_too() -> None:
    found = of(matrix(TH=entry("2026-01-01")), violation=Violation.UNKNOWN)
    assert (True, Violation.UNKNOWN) == (found.assumed, found.violation)


def test_a_scenario_that_nobody_knows_is_refused() -> None:
    with pytest.raises(PlaybookError, match="no market knows the scenario platform_error"):
        matrix(TH=entry("2026-01-01")).for_(
            "TH", Violation.LATE_DISPATCH, Scenario.PLATFORM_ERROR, on=TODAY
        )


@given(
    market=st.sampled_from(["TH", "US", "VN", "??"]),
    violation=st.sampled_from(Violation),
    scenario=st.sampled_from(PICKUP_SCENARIOS),
    on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_what_stands_in_is_never_weaker_than_another_set_in_force(
    market: str, violation: Violation, scenario: Scenario, on: date
) -> None:
    found = SHIPPED.for_(market, violation, scenario, on=on)
    known = [
        one
        for each in SHIPPED.markets
        for one in each.entries
        if one.scenario is scenario and one.in_force(on)
    ]
    if found.assumed and known:
        needed = [sum(r.need is Need.NEEDED for r in one.requirements) for one in known]
        assert len(found.needed()) == max(needed)


# Words for penalties


@pytest.mark.parametrize(
    ("kind", "violation"),
    [
        ("late_dispatch", Violation.LATE_DISPATCH),
        ("Late Dispatch Rate", Violation.LATE_DISPATCH),
        ("LDR", Violation.LATE_DISPATCH),
        ("fdr", Violation.FAST_DISPATCH),
        ("Seller-Fault Cancellation Rate", Violation.SELLER_CANCELLATION),
        ("sfcr", Violation.SELLER_CANCELLATION),
        (" on-time delivery ", Violation.LATE_DELIVERY),
        ("unknown", Violation.UNKNOWN),
        ("counterfeit", Violation.UNKNOWN),
        ("", Violation.UNKNOWN),
    ],
)
def test_the_platform_s_words_for_a_violation_are_understood(
    kind: str, violation: Violation
) -> None:
    assert violation is violation_of(kind)


# The shelf


def test_an_edited_file_is_read_again(tmp_path: Path, write_rules: Callable[[str], None]) -> None:
    shelf = EvidenceShelf(tmp_path)
    write_rules(entry("2026-01-01"))
    before = of(shelf.matrix())
    write_rules(entry("2026-01-01", kind="ready_photo, carrier_chat"))
    assert before.version != of(shelf.matrix()).version


def test_an_empty_shelf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="holds no evidence rules"):
        EvidenceShelf(tmp_path).matrix()


def test_a_broken_file_is_refused_by_name(
    tmp_path: Path, write_rules: Callable[[str], None]
) -> None:
    write_rules(entry("2026-01-01", kind="a_dream"))
    with pytest.raises(PlaybookError, match=r"^TH\.yaml:11: entries\.0\.requirements"):
        EvidenceShelf(tmp_path).matrix()


@pytest.fixture
def write_rules(tmp_path: Path) -> Callable[[str], None]:
    def write(entries: str) -> None:
        text = f"market: TH\nentries:{entries}"
        (tmp_path / "TH.yaml").write_text(text, encoding="utf-8")

    return write
