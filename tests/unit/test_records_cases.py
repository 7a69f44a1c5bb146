"""The archive of closed cases."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from records.cases import CaseArchive, ClosedCase, Dossier, Filing
from records.database import Database
from records.errors import NotOnFileError
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

OPENED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
CLOSED = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
HISTORY = [{"event_id": n, "type": "TimerFired", "note": "补货 ☀"} for n in range(1, 4)]


def _case(case_id: str = "order-case:S1:577", **changes: Any) -> ClosedCase:
    usual = ClosedCase(
        case_id=case_id,
        kind="oversold",
        shop_id="S1",
        outcome="refunded_by_choice",
        opened_at=OPENED,
        closed_at=CLOSED,
        order_ids=("577",),
        opened_by="mei",
        view={"state": "closed", "refund": {"amount": "12.30", "currency": "USD"}},
    )
    return dataclasses.replace(usual, **changes)


def _dossier(case: ClosedCase | None = None, **changes: Any) -> Dossier:
    usual = Dossier(
        case=case or _case(),
        timeline=[{"key": "case.opened", "at": "2026-03-01T10:00:00Z"}],
        history=HISTORY,
        evidence={"items": [], "digest": "ab"},
    )
    return dataclasses.replace(usual, **changes)


@pytest.fixture
def archive(records_db: Database) -> CaseArchive:
    return CaseArchive(records_db)


# Filing and finding


def test_a_case_that_was_never_filed_is_not_on_file(archive: CaseArchive) -> None:
    assert archive.closed_case("order-case:S1:577") is None
    assert archive.dossier("order-case:S1:577") is None


@pytest.mark.parametrize(
    "case",
    [
        _case(),
        _case("pickup-case:S1:P9", kind="late_pickup", package_id="P9", order_ids=("1", "2")),
        _case("incident:S1:SKU:2", kind="incident", order_ids=(), opened_by=""),
        _case(closed_at=CLOSED.astimezone(timezone(timedelta(hours=7)))),
        _case(view={"offers": [{"choice": "wait", "gift": None}], "breached": True}),
    ],
)
def test_a_dossier_comes_back_as_it_was_filed(archive: CaseArchive, case: ClosedCase) -> None:
    dossier = _dossier(case)
    assert Filing.FILED is archive.file(dossier)
    assert dossier == archive.dossier(case.case_id)
    assert case == archive.closed_case(case.case_id)


@pytest.mark.parametrize("evidence", [{}, [], [{"id": "e1", "sha256": "00"}], {"items": [1]}])
def test_an_evidence_manifest_may_be_an_object_or_a_list(
    archive: CaseArchive, evidence: Any
) -> None:
    archive.file(_dossier(evidence=evidence))
    found = archive.dossier("order-case:S1:577")
    assert found is not None
    assert evidence == found.evidence


def test_a_long_history_is_kept_whole(archive: CaseArchive) -> None:
    history = [{"event_id": n, "attributes": {"payload": "x" * 500}} for n in range(2_000)]
    archive.file(_dossier(history=history))
    found = archive.dossier("order-case:S1:577")
    assert found is not None
    assert history == found.history


@pytest.mark.parametrize(
    ("order_ids", "expected"), [((), None), (("577",), "577"), (("577", "578"), "577")]
)
def test_the_order_of_a_case_is_its_only_or_first_one(
    order_ids: tuple[str, ...], expected: str | None
) -> None:
    assert expected == _case(order_ids=order_ids).order_id


def test_an_order_named_twice_is_one_order(archive: CaseArchive) -> None:
    archive.file(_dossier(_case(order_ids=("577", "577"))))
    assert 1 == len(archive.search(order_id="577"))


# Filing again


def test_the_same_dossier_filed_twice_is_on_file_once(archive: CaseArchive) -> None:
    archive.file(_dossier())
    assert Filing.REFILED is archive.file(_dossier())
    assert [_case()] == archive.search()
    assert _dossier() == archive.dossier("order-case:S1:577")


def test_the_same_run_filed_again_brings_its_longer_history_and_keeps_the_first_closing_time(
    archive: CaseArchive,
) -> None:
    archive.file(_dossier())
    late = _case(closed_at=CLOSED + timedelta(minutes=5), view={"state": "closed", "x": 1})
    longer = [*HISTORY, {"event_id": 4, "type": "WorkflowExecutionCompleted"}]
    assert Filing.REFILED is archive.file(_dossier(late, history=longer))
    found = archive.dossier("order-case:S1:577")
    assert found is not None
    assert (CLOSED, longer) == (found.case.closed_at, found.history)
    assert {"state": "closed", "x": 1} == found.case.view


def test_the_same_run_filed_again_is_found_by_the_orders_it_names_now(
    archive: CaseArchive,
) -> None:
    archive.file(_dossier(_case(order_ids=("1", "2"))))
    archive.file(_dossier(_case(order_ids=("2", "3"))))
    found = {order: len(archive.search(order_id=order)) for order in ("1", "2", "3")}
    assert {"1": 0, "2": 1, "3": 1} == found


@pytest.mark.parametrize(
    "another_run",
    [
        {"outcome": "duplicate_of_closed", "opened_at": OPENED + timedelta(days=100)},
        {"outcome": "duplicate_of_closed"},
        {"opened_at": OPENED + timedelta(days=100)},
    ],
)
def test_another_run_under_the_same_id_never_replaces_what_is_on_file(
    archive: CaseArchive, another_run: dict[str, Any]
) -> None:
    """The server forgets an id after its retention; a later run must not erase the record."""
    archive.file(_dossier())
    again = _dossier(_case(**another_run), history=[], timeline=[])
    assert Filing.KEPT_FIRST is archive.file(again)
    assert _dossier() == archive.dossier("order-case:S1:577")


def test_a_dossier_filed_by_many_at_once_is_on_file_once(records_url: str) -> None:
    def file(db: Database, number: int) -> Filing:
        return CaseArchive(db).file(_dossier(_case(closed_at=CLOSED + timedelta(hours=number))))

    answers = in_threads(records_url, file)
    assert [Filing.FILED] + [Filing.REFILED] * 7 == sorted(answers)
    db = Database.open(records_url)
    assert 1 == len(CaseArchive(db).search(order_id="577"))
    db.close()


# Searching


@pytest.fixture
def filled(archive: CaseArchive) -> CaseArchive:
    """Six cases, a to f, closed an hour after one another but for e and f."""
    different: dict[str, dict[str, Any]] = {
        "a": {"shop_id": "S2"},
        "b": {"outcome": "unknown_order", "opened_by": "import:1"},
        "c": {"order_ids": ("900", "901"), "package_id": "P1"},
        "d": {"outcome": "unknown_order", "shop_id": "S2"},
        "e": {},
        "f": {"closed_at": CLOSED + timedelta(hours=4)},
    }
    for hours, (case_id, changes) in enumerate(different.items()):
        closing = {"closed_at": CLOSED + timedelta(hours=hours), "order_ids": (f"o-{case_id}",)}
        archive.file(_dossier(_case(case_id, **{**closing, **changes})))
    return archive


def _ids(cases: list[ClosedCase]) -> str:
    return "".join(case.case_id for case in cases)


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [
        ("fedcba", {}),
        ("da", {"shop_id": "S2"}),
        ("db", {"outcome": "unknown_order"}),
        ("d", {"outcome": "unknown_order", "shop_id": "S2"}),
        ("c", {"order_id": "901"}),
        ("a", {"order_id": "o-a"}),
        ("", {"order_id": "o-a", "shop_id": "S1"}),
        ("b", {"opened_by": "import:1"}),
        ("fedc", {"closed_from": CLOSED + timedelta(hours=2)}),
        ("ba", {"closed_before": CLOSED + timedelta(hours=2)}),
        (
            "cb",
            {
                "closed_from": CLOSED + timedelta(hours=1),
                "closed_before": CLOSED + timedelta(hours=3),
            },
        ),
        ("fe", {"limit": 2}),
        ("dc", {"limit": 2, "after": "e"}),
        ("e", {"limit": 1, "after": "f"}),
        ("", {"after": "a"}),
        ("a", {"shop_id": "S2", "after": "d"}),
    ],
)
def test_a_search_lists_what_matches_everything_given_newest_first(
    filled: CaseArchive, expected: str, wanted: dict[str, Any]
) -> None:
    assert expected == _ids(filled.search(**wanted))


def test_pages_together_are_the_whole_list_also_where_closing_times_tie(
    filled: CaseArchive,
) -> None:
    pages, after = "", None
    while page := filled.search(limit=1, after=after):
        pages, after = pages + _ids(page), page[-1].case_id
    assert "fedcba" == pages


def test_a_page_after_an_unknown_case_is_refused(filled: CaseArchive) -> None:
    with pytest.raises(NotOnFileError, match="no closed case zzz is on file"):
        filled.search(after="zzz")


@pytest.mark.parametrize(
    ("expected", "opened_by"), [("db", None), ("b", "import:1"), ("d", "mei"), ("", "li")]
)
def test_cases_whose_order_nobody_knew_are_listed_for_who_opened_them(
    filled: CaseArchive, expected: str, opened_by: str | None
) -> None:
    assert expected == _ids(filled.unknown_orders(opened_by))
