"""How long evidence stays: legal holds, and the erasure that leaves a tombstone."""

from collections.abc import Callable
from datetime import datetime

from domain.evidence import CustodyAction
from records.evidence import EvidenceBook, EvidenceReads, EvidenceWrites
from records.schema import EvidenceItemRow
from vault.blobs import Blobs
from vault.custody import Event, Ledger
from vault.errors import HeldError, UnknownEvidenceError
from vault.intake import take_blob_turn
from vault.items import States


class Retention:
    """Holds and erasures."""

    def __init__(self, book: EvidenceBook, ledger: Ledger, blobs: Blobs) -> None:
        self._book = book
        self._ledger = ledger
        self._blobs = blobs

    def erase(self, evidence_id: str, *, actor: str, purpose: str, at: datetime) -> None:
        """Remove an item's bytes, name and note; item and ledger stay as its tombstone.

        The bytes stay while another item, perhaps of another case, has the same ones. Asked
        again, it finishes what a crash may have left undone.

        Raises:
            UnknownEvidenceError: No such item.
            HeldError: It is under a legal hold.
        """
        with self._book.writing() as book:
            row = _known(book, evidence_id)
            digest = row.digest
            take_blob_turn(book, digest)
            event = Event(
                case_id=row.case_id,
                action=CustodyAction.ERASE,
                actor=actor,
                purpose=purpose,
                at=at,
                evidence_id=evidence_id,
                digest=digest,
            )
            self._ledger.append(book, event, key=f"erase:{evidence_id}", guard=_not_held(row))
            book.forget_label(evidence_id)
        # Only now, for bytes that are gone without a tombstone would look like a theft.
        with self._book.writing() as book:
            take_blob_turn(book, digest)
            if not _in_use(book, digest):
                self._blobs.delete(digest)

    def erasable(self, *, collected_before: datetime) -> list[str]:
        """List what was collected before an instant and is neither held nor erased."""
        with self._book.reading() as book:
            rows = book.items_before(collected_before)
            states = {case_id: States.of(book, case_id) for case_id in {r.case_id for r in rows}}
        return [
            row.evidence_id
            for row in rows
            if row.evidence_id not in states[row.case_id].erased
            and not states[row.case_id].held(row.evidence_id)
        ]


def _known(book: EvidenceReads, evidence_id: str) -> EvidenceItemRow:
    stored = book.item(evidence_id)
    if stored is None:
        raise UnknownEvidenceError(evidence_id)
    return stored.row


def _not_held(row: EvidenceItemRow) -> Callable[[EvidenceWrites], None]:
    def guard(book: EvidenceWrites) -> None:
        if States.of(book, row.case_id).held(row.evidence_id):
            raise HeldError(row.evidence_id)

    return guard


def _in_use(book: EvidenceReads, digest: str) -> bool:
    return any(
        row.evidence_id not in States.of(book, row.case_id).erased
        for row in book.items_with(digest)
    )
