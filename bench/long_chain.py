"""A custody chain of any length, written at once: to measure and to test what reads one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.evidence import CustodyAction
from records.database import Database
from records.evidence import EvidenceBook
from records.schema import CustodyEntryRow
from vault.custody import Event, link
from vault.keys import KeyRing, Signer

_START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_AT_ONCE = 2000


def long_chain(db: Database, keys_folder: Path, case_id: str, *, entries: int) -> None:
    """Write a chain of *entries* views, each signed as a vault signs it."""
    with EvidenceBook(db).writing() as book:
        signer = KeyRing(keys_folder).signer(book, at=_START)
    last: CustodyEntryRow | None = None
    for begin in range(0, entries, _AT_ONCE):
        rows = _rows(case_id, last, signer, range(begin, min(begin + _AT_ONCE, entries)))
        last = rows[-1]
        with db.begin() as session:
            session.expire_on_commit = False
            session.add_all(rows)


def _rows(
    case_id: str, last: CustodyEntryRow | None, signer: Signer, numbers: range
) -> list[CustodyEntryRow]:
    rows = []
    for number in numbers:
        event = Event(
            case_id=case_id,
            action=CustodyAction.VIEW,
            actor=f"person {number % 7}",
            purpose="to see whether the parcels were ready",
            at=_START + timedelta(seconds=number),
        )
        last = link(event, last, signer)
        rows.append(last)
    return rows
