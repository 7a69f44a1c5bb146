"""The page on appeals explains every key, kind and fact, and says what is known as it is known."""

import re
from enum import StrEnum

import pytest

from activities.appeal_view import FACT_NAMES
from activities.playbooks import PlaybookShelf
from domain.appeal_texts import LONGEST_ARGUMENT
from domain.appeals import LONGEST_APPEAL_TEXT
from domain.markets import Confidence, MarketProfile
from domain.requirements import (
    MarketEvidence,
    MatrixEntry,
    Need,
    Obtainable,
    Requirement,
    RequirementKind,
    Scenario,
    Violation,
)
from tests.support.deadline_cases import PLAYBOOKS
from vault.packet_sizes import SizeBudget

PAGE = (PLAYBOOKS.parent / "docs" / "appeals.md").read_text(encoding="utf-8")
PROFILES = PlaybookShelf(PLAYBOOKS).markets()
KEYS = (set(MatrixEntry.model_fields) | set(Requirement.model_fields) | {"market"}) - {"version"}


@pytest.mark.parametrize("words", [RequirementKind, Scenario, Violation, Need, Obtainable])
def test_every_word_of_a_closed_set_is_on_the_page(words: type[StrEnum]) -> None:
    assert [] == [one for one in words if f"`{one}`" not in PAGE]


def test_every_key_of_an_evidence_file_is_explained() -> None:
    assert set(MarketEvidence.model_fields) == {"market", "entries"}
    assert [] == [key for key in sorted(KEYS) if f"`{key}`" not in PAGE]


def test_every_fact_of_a_text_is_explained() -> None:
    assert [] == [fact for fact in sorted(FACT_NAMES) if f"`{fact}`" not in PAGE]


def test_the_limits_on_the_page_are_those_that_apply() -> None:
    assert f"never passes {LONGEST_APPEAL_TEXT:,} characters" in PAGE
    assert f"up to {LONGEST_ARGUMENT}" in PAGE
    budget = SizeBudget()
    assert f"{budget.per_file // 1_000_000} MB per file" in PAGE
    assert f"{budget.in_all // 1_000_000} MB in all" in PAGE


def row_of(market: str) -> list[str]:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
    return next(row for row in rows if market in re.split(r",? |,", row[0]))


@pytest.mark.parametrize("known", PROFILES, ids=lambda one: one.market)
def test_the_table_of_markets_says_what_the_profiles_know(known: MarketProfile) -> None:
    row = row_of(known.market)
    if not known.appeal_first_days.known:
        assert ["not known"] * 3 == row[1:4]
        return
    days = [f"{known.appeal_first_days.value} days", f"{known.appeal_second_days.value} days"]
    assert [*days, str(known.appeal_rounds.value)] == row[1:4]
    confirmed = known.appeal_first_days.confidence is Confidence.CONFIRMED
    assert row[4].startswith("confirmed" if confirmed else "single source")
