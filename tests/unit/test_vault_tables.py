"""The evidence tables: what the database itself refuses, whoever asks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from records.database import Database
from records.schema import (
    Base,
    CustodyAnchorRow,
    CustodyEntryRow,
    EvidenceItemRow,
    EvidenceLabelRow,
    SigningKeyRow,
)

pytest_plugins = ("tests.support.record_stores",)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHANGES = {
    "evidence_items": "requirement = 'other'",
    "custody_entries": "body = 'other'",
    "custody_anchors": "problem = 'other'",
    "signing_keys": "public_key = 'other'",
}


def _entry(**changes: Any) -> CustodyEntryRow:
    fields: dict[str, Any] = {
        "case_id": "case-1",
        "sequence": 1,
        "previous_hash": "0",
        "entry_hash": "1",
        "key": "first",
        "action": "collect",
        "evidence_id": "ev-1",
        "body": "{}",
        "signature": "s",
        "key_id": "k",
    }
    return CustodyEntryRow(**fields | changes)


def _item() -> EvidenceItemRow:
    return EvidenceItemRow(
        evidence_id="ev-1",
        case_id="case-1",
        requirement="handover_photo",
        digest="d",
        size=3,
        media_type="image/jpeg",
        collected_at=NOON,
        collected_by="mei",
        source="phone",
        captured_at=None,
        observed_from=None,
        observed_until=None,
        late=False,
        derived_from=None,
        tool=None,
        findings={"gps": True},
    )


def _one_of_each() -> list[Base]:
    anchor = CustodyAnchorRow(
        case_id="case-1",
        sequence=1,
        attempt=1,
        authority="https://tsa.example",
        attempted_at=NOON,
        token=b"\x30\x00",
        problem=None,
    )
    key = SigningKeyRow(key_id="k", number=1, public_key="p", made_at=NOON)
    return [_item(), _entry(), anchor, key]


@pytest.fixture
def filled(records_db: Database) -> Iterator[Database]:
    with records_db.begin() as session:
        session.add_all(_one_of_each())
    yield records_db
    with records_db.session() as session:
        assert [_values(row) for row in _one_of_each()] == [
            _values(session.get_one(type(row), _key(row))) for row in _one_of_each()
        ]


def _values(row: Base) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _key(row: Base) -> tuple[Any, ...]:
    return tuple(getattr(row, column.name) for column in row.__table__.primary_key)


@pytest.mark.parametrize("table", CHANGES)
def test_no_row_is_ever_changed(filled: Database, table: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), filled.begin() as session:
        session.execute(text(f"UPDATE {table} SET {CHANGES[table]}"))  # noqa: S608 (names of ours)


@pytest.mark.parametrize("table", CHANGES)
def test_no_row_is_ever_deleted(filled: Database, table: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), filled.begin() as session:
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 (names of ours)


@pytest.mark.parametrize("table", CHANGES)
def test_no_row_is_replaced_by_another_of_its_key(filled: Database, table: str) -> None:
    """SQLite's REPLACE deletes silently; on PostgreSQL the key is simply taken."""
    sqlite = filled._engine.dialect.name == "sqlite"
    verb = "REPLACE" if sqlite else "INSERT"
    with pytest.raises(DBAPIError), filled.begin() as session:
        session.execute(text(f"{verb} INTO {table} SELECT * FROM {table}"))  # noqa: S608 (names of ours)


def test_a_table_is_not_emptied_at_once(filled: Database) -> None:
    verb = "DELETE FROM" if filled._engine.dialect.name == "sqlite" else "TRUNCATE"
    with pytest.raises(DBAPIError, match="append-only"), filled.begin() as session:
        session.execute(text(f"{verb} custody_entries"))


@pytest.mark.parametrize(
    "second",
    [
        {"previous_hash": "1", "key": "second"},
        {"sequence": 2, "key": "second"},
        {"sequence": 2, "previous_hash": "1"},
    ],
    ids=["same place", "same predecessor", "same request"],
)
def test_a_chain_cannot_fork_and_a_request_is_entered_once(
    filled: Database, second: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), filled.begin() as session:
        session.add(_entry(**second))


def test_entries_without_a_request_do_not_stand_in_each_others_way(records_db: Database) -> None:
    with records_db.begin() as session:
        session.add(_entry(key=None))
        session.flush()
        session.add(_entry(key=None, sequence=2, previous_hash="1"))


def test_what_people_wrote_about_an_item_can_be_taken_away(records_db: Database) -> None:
    """An erasure removes it; the item itself stays."""
    label = EvidenceLabelRow(evidence_id="ev-1", name="Mei's van.jpg", note="", salt="s")
    with records_db.begin() as session:
        session.add(label)
    with records_db.begin() as session:
        session.execute(text("DELETE FROM evidence_labels"))
    with records_db.session() as session:
        assert session.get(EvidenceLabelRow, "ev-1") is None
