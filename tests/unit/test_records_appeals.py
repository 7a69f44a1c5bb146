"""How rounds of appeals were decided, and what that says to later ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.appeal_outcomes import PastOutcomes, RoundOutcome, Tally, past_outcomes
from domain.appeals import Decision
from domain.requirements import RequirementKind, Scenario, Violation
from records.appeals import AppealOutcomes
from records.database import Database
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
CHAT, PHOTO = RequirementKind.CARRIER_CHAT, RequirementKind.READY_PHOTO
HERE = ("TH", Violation.LATE_DISPATCH, Scenario.CARRIER_NEVER_CAME)


def decided(decision: Decision = Decision.ACCEPTED, **changes: Any) -> RoundOutcome:
    market, violation, scenario = HERE
    standing = {
        "market": market,
        "violation": violation,
        "scenario": scenario,
        "round": 1,
        "decision": decision,
        "kinds": (CHAT,),
        "at": NOW,
    }
    return RoundOutcome.model_validate(standing | changes)


LOST = decided(Decision.REJECTED, reason="No proof that the carrier was late")


def _keep(outcomes: AppealOutcomes, ticket: str, outcome: RoundOutcome) -> bool:
    return outcomes.keep(f"appeal:1:{ticket}", outcome, shop_id="1", ticket_id=ticket)


@pytest.fixture
def outcomes(records_db: Database) -> AppealOutcomes:
    return AppealOutcomes(records_db)


def test_a_decided_round_is_read_back_as_it_was_kept(outcomes: AppealOutcomes) -> None:
    whole = decided(
        Decision.REJECTED, reason="ไม่พบหลักฐาน", round=2, kinds=(CHAT, PHOTO), complete=False
    )

    assert _keep(outcomes, "7", whole)
    assert [whole] == outcomes.of(*HERE)


def test_the_first_word_on_a_round_stays(outcomes: AppealOutcomes) -> None:
    assert _keep(outcomes, "7", LOST)
    assert not _keep(outcomes, "7", decided(Decision.ACCEPTED))
    assert _keep(outcomes, "7", decided(Decision.ACCEPTED, round=2))

    assert [(1, Decision.REJECTED), (2, Decision.ACCEPTED)] == [
        (one.round, one.decision) for one in outcomes.of(*HERE)
    ]


def test_writers_at_once_keep_one_row(records_url: str) -> None:
    kept = in_threads(records_url, lambda db, _: _keep(AppealOutcomes(db), "7", LOST))

    assert 1 == kept.count(True)


def test_only_the_same_market_violation_and_scenario_count_the_newest_first(
    outcomes: AppealOutcomes,
) -> None:
    _keep(outcomes, "old", decided(at=NOW - timedelta(days=9)))
    _keep(outcomes, "new", decided(at=NOW))
    _keep(outcomes, "us", decided(market="US"))
    _keep(outcomes, "fast", decided(violation=Violation.FAST_DISPATCH))
    _keep(outcomes, "late", decided(scenario=Scenario.SCANNED_LATE))

    assert [NOW, NOW - timedelta(days=9)] == [one.at for one in outcomes.of(*HERE)]


def test_an_appeal_does_not_count_its_own_rounds(outcomes: AppealOutcomes) -> None:
    _keep(outcomes, "mine", LOST)
    _keep(outcomes, "other", decided())

    told = outcomes.of(*HERE, but=("appeal:1:mine",))
    assert [Decision.ACCEPTED] == [one.decision for one in told]


def test_outcomes_tell_what_won_with_what_and_why_the_rest_lost() -> None:
    told = past_outcomes(
        [
            decided(kinds=(CHAT, PHOTO)),
            decided(round=2, kinds=(CHAT, CHAT)),
            LOST,
            decided(Decision.REJECTED, reason="  No proof that the\ncarrier was late "),
            decided(Decision.REJECTED, reason="Too late", complete=False, kinds=()),
            decided(Decision.REJECTED, reason="  "),
        ]
    )

    assert Tally(accepted=2, of=6) == told.all_rounds
    assert Tally(accepted=1, of=5) == told.first_round
    assert Tally(accepted=2, of=5) == told.complete
    assert [(CHAT, 2, 5), (PHOTO, 1, 1)] == [
        (one.kind, one.tally.accepted, one.tally.of) for one in told.by_kind
    ]
    assert [("No proof that the carrier was late", 2), ("Too late", 1)] == [
        (one.reason, one.times) for one in told.reasons
    ]


def test_nothing_decided_tells_nothing() -> None:
    assert PastOutcomes() == past_outcomes([])


@given(
    st.lists(
        st.builds(
            decided,
            st.sampled_from(Decision),
            round=st.integers(1, 3),
            kinds=st.lists(st.sampled_from(RequirementKind), max_size=4),
            reason=st.text(max_size=8),
            complete=st.booleans(),
        ),
        max_size=30,
    )
)
def test_no_tally_counts_more_wins_than_rounds(rounds: list[RoundOutcome]) -> None:
    told = past_outcomes(rounds)
    parts = [told.first_round, told.complete, *(one.tally for one in told.by_kind)]

    assert len(rounds) == told.all_rounds.of
    assert all(0 <= one.accepted <= one.of <= len(rounds) for one in [told.all_rounds, *parts])
    assert sum(one.times for one in told.reasons) <= told.all_rounds.of - told.all_rounds.accepted
