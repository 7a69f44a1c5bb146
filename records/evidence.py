"""The tables of the vault: items, the custody ledger, its anchors and its public keys.

What the rows mean and how they are chained is the vault's; here they are read and added. There
is no way to change one: triggers in the database refuse it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, union_all
from sqlalchemy.orm import Session

from domain.evidence import CustodyAction
from records.database import Database
from records.schema import (
    CustodyAnchorRow,
    CustodyEntryRow,
    EvidenceItemRow,
    EvidenceLabelRow,
    SigningKeyRow,
)
from records.writes import insert_absent, take_turns

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item and what people wrote about it; the label is gone once erased."""

    row: EvidenceItemRow
    label: EvidenceLabelRow | None


class EvidenceReads:
    """What is on file, as one moment shows it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def item(self, evidence_id: str) -> StoredItem | None:
        """Return the item *evidence_id*, if it is on file."""
        row = self._session.get(EvidenceItemRow, evidence_id)
        if row is None:
            return None
        return StoredItem(row, self._session.get(EvidenceLabelRow, evidence_id))

    def items_of(self, case_id: str) -> list[StoredItem]:
        """List the items of a case, the first collected first."""
        item, label = EvidenceItemRow, EvidenceLabelRow
        query = (
            select(item, label)
            .outerjoin(label, label.evidence_id == item.evidence_id)
            .where(item.case_id == case_id)
            .order_by(item.collected_at, item.evidence_id)
        )
        return [StoredItem(row, text) for row, text in self._session.execute(query)]

    def items_with(self, digest: str) -> list[EvidenceItemRow]:
        """List the items, of any case, whose bytes have this digest."""
        query = select(EvidenceItemRow).filter_by(digest=digest)
        return list(self._session.scalars(query.order_by(EvidenceItemRow.evidence_id)))

    def items_before(self, instant: datetime) -> list[EvidenceItemRow]:
        """List the items, of any case, collected before *instant*, the first collected first."""
        item = EvidenceItemRow
        query = select(item).where(item.collected_at < instant)
        return list(self._session.scalars(query.order_by(item.collected_at, item.evidence_id)))

    def head(self, case_id: str) -> CustodyEntryRow | None:
        """Return the newest entry of a chain, if it has any."""
        entry = CustodyEntryRow
        query = select(entry).filter_by(case_id=case_id).order_by(entry.sequence.desc()).limit(1)
        return self._session.scalar(query)

    def entry(self, case_id: str, sequence: int) -> CustodyEntryRow | None:
        """Return the entry at a place of a chain, if it is that long."""
        return self._session.get(CustodyEntryRow, (case_id, sequence))

    def entry_with(self, case_id: str, key: str) -> CustodyEntryRow | None:
        """Return the entry that was made under *key*, if any was."""
        return self._session.scalar(select(CustodyEntryRow).filter_by(case_id=case_id, key=key))

    def entries(self, case_id: str, *, after: int = 0) -> Iterator[CustodyEntryRow]:
        """Yield a chain's entries in order, those past sequence *after*, page by page."""
        entry = CustodyEntryRow
        query = select(entry).filter_by(case_id=case_id).order_by(entry.sequence).limit(_PAGE)
        while page := self._session.scalars(query.where(entry.sequence > after)).all():
            yield from page
            after = page[-1].sequence
            # A chain may be long: what was read is let go.
            for row in page:
                self._session.expunge(row)

    def entries_of(self, case_id: str, actions: Sequence[str]) -> list[CustodyEntryRow]:
        """List a chain's entries of these actions, in order."""
        entry = CustodyEntryRow
        query = select(entry).filter_by(case_id=case_id).where(entry.action.in_(actions))
        return list(self._session.scalars(query.order_by(entry.sequence)))

    def signing_keys(self) -> list[SigningKeyRow]:
        """List every signing key there ever was, the newest last."""
        return list(self._session.scalars(select(SigningKeyRow).order_by(SigningKeyRow.number)))

    def anchors(self, case_id: str) -> list[CustodyAnchorRow]:
        """List every try to anchor a chain, in order."""
        anchor = CustodyAnchorRow
        query = select(anchor).filter_by(case_id=case_id)
        return list(self._session.scalars(query.order_by(anchor.sequence, anchor.attempt)))

    def cases_to_anchor(self) -> list[str]:
        """List the chains that wait for a token.

        After the newest one more than looks was entered, or a try failed.
        """
        entry, anchor = CustodyEntryRow, CustodyAnchorRow
        grown = select(entry.case_id, entry.sequence).where(entry.action != CustodyAction.VIEW)
        failed = select(anchor.case_id, anchor.sequence).where(anchor.token.is_(None))
        wanted = union_all(grown, failed).subquery()
        until = func.max(anchor.sequence).label("until")
        stamped = select(anchor.case_id, until).where(anchor.token.is_not(None))
        newest = stamped.group_by(anchor.case_id).subquery()
        query = (
            select(wanted.c.case_id)
            .outerjoin(newest, newest.c.case_id == wanted.c.case_id)
            .where(func.coalesce(newest.c.until, 0) < wanted.c.sequence)
        )
        return list(self._session.scalars(query.distinct().order_by(wanted.c.case_id)))


class EvidenceWrites(EvidenceReads):
    """What may be added, in one transaction."""

    def take_turns(self, name: str) -> None:
        """Wait until no other transaction holds *name*, and hold it until this one ends."""
        take_turns(self._session, name)

    def add_item(self, row: EvidenceItemRow, label: EvidenceLabelRow) -> bool:
        """Put an item on file; False if it is there already, which changes nothing."""
        added = insert_absent(self._session, row)
        if added:
            self._session.add(label)
        return added

    def forget_label(self, evidence_id: str) -> None:
        """Take away what people wrote about an item."""
        self._session.execute(delete(EvidenceLabelRow).filter_by(evidence_id=evidence_id))

    def append(self, row: CustodyEntryRow) -> bool:
        """Add an entry; False if another writer has taken its place in the chain."""
        return insert_absent(self._session, row)

    def add_key(self, row: SigningKeyRow) -> None:
        """Register a public key."""
        self._session.add(row)
        self._session.flush()

    def add_anchor(self, row: CustodyAnchorRow) -> bool:
        """Record a try to anchor; False if that try is on file already."""
        return insert_absent(self._session, row)


class EvidenceBook:
    """The door to the tables: to read a moment, or to write a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @contextmanager
    def reading(self) -> Iterator[EvidenceReads]:
        """Open a read-only look.

        Raises:
            StoreUnavailableError: The database cannot be reached.
        """
        with self._db.session() as session:
            yield EvidenceReads(session)

    @contextmanager
    def writing(self) -> Iterator[EvidenceWrites]:
        """Open a transaction: kept at the end of the block, undone by an exception.

        Raises:
            StoreUnavailableError: The database cannot be reached or stayed locked.
        """
        with self._db.begin() as session:
            yield EvidenceWrites(session)
