"""The pages that explain a case say what the code does."""

import pytest

from domain.cases import CaseOutcome, CaseState
from domain.diagram import markdown, mermaid
from domain.moves import Move, Row
from domain.shortage_moves import SHORTAGE
from tests.support.moves_pages import BLOCKS, PAGES, block_of
from tests.support.source_tree import ROOT

CASES = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
REGENERATE = "write it anew with `python -m tests.support.moves_pages`"


@pytest.mark.parametrize(("page", "name"), [(p, name) for p in PAGES for name in PAGES[p]])
def test_a_page_shows_the_table_of_moves_that_cases_obey(page: str, name: str) -> None:
    """A picture drawn by hand would be wrong after the first change of the table."""
    assert BLOCKS[name] == block_of(page, name), REGENERATE


@pytest.mark.parametrize("word", [*CaseState, *CaseOutcome])
def test_every_state_and_outcome_is_explained(word: str) -> None:
    """People meet these words on the screen and look them up here."""
    assert f"`{word}`" in CASES


S = CaseState


def _drawn(*rows: Row) -> list[str]:
    return [line.strip() for line in mermaid(rows).splitlines()]


def test_moves_between_the_same_two_states_share_one_arrow() -> None:
    """Thirty arrows can be read, ninety cannot."""
    ask = Row(S.OPENING, Move.READY, S.CONTACTING, "a")
    told = Row(S.CONTACTING, Move.NO_TIME_TO_ASK, S.REFUNDING, "b")
    missed = Row(S.CONTACTING, Move.NOT_CONTACTED, S.REFUNDING, "c")

    assert "contacting --> refunding: no time to ask, not contacted" in _drawn(ask, told, missed)


def test_a_move_from_everywhere_to_one_place_is_drawn_once() -> None:
    """What holds in every state is no news in any of them."""
    rows = [
        Row(state, Move.WITHDRAWN, S.CLOSED, "a person withdrew it")
        for state in (S.OPENING, S.CONTACTING)
    ]

    drawn = _drawn(*rows)

    assert "any_open --> closed: withdrawn" in drawn
    assert 1 == sum("withdrawn" in line for line in drawn)


def test_a_move_from_everywhere_to_several_places_keeps_its_arrows() -> None:
    """Merged, it would say something that is not so."""
    drawn = _drawn(
        Row(S.OPENING, Move.READY, S.CONTACTING, "a"),
        Row(S.CONTACTING, Move.READY, S.REFUNDING, "b"),
    )

    assert "opening --> contacting: ready" in drawn
    assert "contacting --> refunding: ready" in drawn


def test_every_reason_of_a_merged_row_is_kept() -> None:
    """The same move has its own reason in each state."""
    rows = (
        Row(S.OPENING, Move.WITHDRAWN, S.CLOSED, "not needed"),
        Row(S.CONTACTING, Move.WITHDRAWN, S.CLOSED, "settled by phone"),
    )

    assert "| any open state | withdrawn | `closed` | not needed; or settled by phone |" in (
        markdown(rows).splitlines()
    )


def test_the_picture_begins_where_a_case_begins_and_ends_where_it_ends() -> None:
    """And a parked case comes back."""
    drawn = [line.strip() for line in mermaid(SHORTAGE.rows).splitlines()]

    assert "stateDiagram-v2" == drawn[0]
    assert "[*] --> opening" in drawn
    assert "parked --> any_open: step resumed" in drawn
    assert "closed --> [*]" == drawn[-1]
