"""Reopening closed cases under the next suffix."""

from datetime import UTC, datetime

import pytest

from records.cases import CaseArchive, CaseOpenings, ClosedCase, Dossier, Reopening
from records.database import Database
from records.errors import ReopenRefusedError
from tests.support.record_races import in_processes, in_threads, reopen

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
BASE = "order-case:S1:577"


def _close(db: Database, case_id: str) -> None:
    case = ClosedCase(
        case_id=case_id,
        kind="oversold",
        shop_id="S1",
        outcome="withdrawn",
        opened_at=NOW,
        closed_at=NOW,
    )
    CaseArchive(db).file(Dossier(case=case, timeline=[], history=[], evidence=[]))


def _reopen(db: Database, base_id: str = BASE, *, request_id: str = "r1") -> str:
    return CaseOpenings(db).reopen(
        base_id, reason="parcel came back", actor="mei", at=NOW, request_id=request_id
    )


@pytest.mark.parametrize("base_id", [BASE, "incident:S1:SKU:2", "appeal:S1:T-9"])
def test_a_case_that_was_never_reopened_goes_by_its_business_key(
    records_db: Database, base_id: str
) -> None:
    assert base_id == CaseOpenings(records_db).current_case_id(base_id)


def test_each_reopening_takes_the_next_suffix(records_db: Database) -> None:
    _close(records_db, BASE)
    assert f"{BASE}:2" == _reopen(records_db, request_id="r1")
    _close(records_db, f"{BASE}:2")
    assert f"{BASE}:3" == _reopen(records_db, request_id="r2")
    assert f"{BASE}:3" == CaseOpenings(records_db).current_case_id(BASE)


def test_suffixes_go_on_past_nine(records_db: Database) -> None:
    """Numbers are compared as numbers; as text 10 would come before 9."""
    newest = BASE
    for number in range(2, 13):
        _close(records_db, newest)
        newest = _reopen(records_db, request_id=f"r{number}")
    assert f"{BASE}:12" == newest == CaseOpenings(records_db).current_case_id(BASE)


@pytest.mark.parametrize("given", [BASE, f"{BASE}:2"])
def test_a_suffixed_id_stands_for_its_case(records_db: Database, given: str) -> None:
    _close(records_db, BASE)
    _reopen(records_db)
    _close(records_db, f"{BASE}:2")
    assert f"{BASE}:3" == _reopen(records_db, given, request_id="r2")
    assert f"{BASE}:3" == CaseOpenings(records_db).current_case_id(given)


def test_a_key_that_ends_like_a_suffix_is_not_taken_for_one(records_db: Database) -> None:
    """The key of an incident is anybody's choice, "2" included."""
    _close(records_db, "incident:S1:SKU:2")
    assert "incident:S1:SKU:2:2" == _reopen(records_db, "incident:S1:SKU:2")
    assert "incident:S1:SKU:1" == CaseOpenings(records_db).current_case_id("incident:S1:SKU:1")


def test_a_repeated_request_gets_the_id_it_got_first(records_db: Database) -> None:
    _close(records_db, BASE)
    first = _reopen(records_db)
    assert first == _reopen(records_db)
    _close(records_db, first)
    assert first == _reopen(records_db)
    assert first == _reopen(records_db, first)
    assert 1 == len(CaseOpenings(records_db).reopenings(BASE))


def test_one_request_id_may_reopen_several_cases(records_db: Database) -> None:
    _close(records_db, BASE)
    _close(records_db, "order-case:S1:578")
    assert f"{BASE}:2" == _reopen(records_db)
    assert "order-case:S1:578:2" == _reopen(records_db, "order-case:S1:578")


def test_a_case_that_is_not_on_file_as_closed_is_not_reopened(records_db: Database) -> None:
    with pytest.raises(ReopenRefusedError, match=f"{BASE} is not on file as closed"):
        _reopen(records_db)
    assert BASE == CaseOpenings(records_db).current_case_id(BASE)


def test_a_case_whose_newest_run_is_open_is_not_reopened(records_db: Database) -> None:
    _close(records_db, BASE)
    _reopen(records_db)
    with pytest.raises(ReopenRefusedError, match=f"{BASE}:2 is not on file") as refusal:
        _reopen(records_db, request_id="r2")
    assert f"{BASE}:2" == refusal.value.case_id


def test_who_reopened_a_case_when_and_why_is_kept(records_db: Database) -> None:
    _close(records_db, BASE)
    _reopen(records_db)
    _close(records_db, f"{BASE}:2")
    _reopen(records_db, request_id="r2")
    expected = [
        Reopening(
            case_id=f"{BASE}:{number}",
            base_id=BASE,
            reason="parcel came back",
            actor="mei",
            at=NOW,
        )
        for number in (2, 3)
    ]
    assert expected == CaseOpenings(records_db).reopenings(f"{BASE}:2")


def test_of_many_threads_that_reopen_at_once_one_succeeds(records_url: str) -> None:
    db = Database.open(records_url)
    _close(db, "case")
    db.close()
    answers = in_threads(records_url, reopen)
    assert ["case:2"] == [answer for answer in answers if answer]


def test_of_many_processes_that_reopen_at_once_one_succeeds(records_url: str) -> None:
    db = Database.open(records_url)
    _close(db, "case")
    db.close()
    answers = in_processes(records_url, reopen)
    assert ["case:2"] == [answer for answer in answers if answer]


def test_one_request_that_comes_many_times_at_once_is_one_reopening(records_url: str) -> None:
    db = Database.open(records_url)
    _close(db, "case")
    assert ["case:2"] * 8 == in_threads(records_url, lambda own, _number: reopen(own, 1))
    assert 1 == len(CaseOpenings(db).reopenings("case"))
    db.close()


def test_the_newest_ids_of_many_cases_are_those_of_each(records_db: Database) -> None:
    """Reopened ones with their suffix, whichever of their ids was given; others as they are."""
    _close(records_db, BASE)
    second = _reopen(records_db)

    found = CaseOpenings(records_db).current_case_ids({BASE, second, "other"})

    assert {BASE: second, second: second, "other": "other"} == found
    assert frozenset({BASE}) == CaseArchive(records_db).on_file({BASE, second, "other"})
