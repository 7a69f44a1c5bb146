"""Between evidence items and their rows, and what the ledger says of an item when it begins."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from domain.evidence import CustodyAction, EvidenceItem, Findings
from records.evidence import EvidenceReads, StoredItem
from records.schema import CustodyEntryRow, EvidenceItemRow, EvidenceLabelRow, JsonObject
from vault.canonical import canonical, instant_text, printable, sha256

_LONGEST_NAME = 200
_STATES = (CustodyAction.HOLD, CustodyAction.RELEASE, CustodyAction.ERASE)


def clean_name(name: str) -> str:
    """Return a file's own name, without folders or what cannot be printed."""
    last = printable(PurePosixPath(name.replace("\\", "/")).name)[-_LONGEST_NAME:]
    return "" if last in {".", ".."} else last


def item_row(item: EvidenceItem) -> EvidenceItemRow:
    """Return the row of an item."""
    return EvidenceItemRow(
        evidence_id=item.evidence_id,
        case_id=item.case_id,
        requirement=item.requirement,
        digest=item.digest,
        size=item.size,
        media_type=item.media_type,
        collected_at=item.collected_at,
        collected_by=item.collected_by,
        source=item.source,
        captured_at=item.captured_at,
        observed_from=item.observed_from,
        observed_until=item.observed_until,
        late=item.late,
        derived_from=item.derived_from,
        tool=item.tool,
        findings=item.findings.model_dump(mode="json"),
    )


def label_row(item: EvidenceItem) -> EvidenceLabelRow:
    """Return the row of what people wrote about an item, with a salt nobody can guess."""
    salt = secrets.token_hex(16)
    return EvidenceLabelRow(
        evidence_id=item.evidence_id, name=item.name, note=item.note, salt=salt
    )


def item_of(stored: StoredItem, states: "States") -> EvidenceItem:
    """Return the item of a row, held or erased as the ledger says."""
    row, label = stored.row, stored.label
    return EvidenceItem(
        evidence_id=row.evidence_id,
        case_id=row.case_id,
        requirement=row.requirement,
        digest=row.digest,
        size=row.size,
        media_type=row.media_type,
        name=label.name if label else "",
        note=label.note if label else "",
        collected_at=row.collected_at,
        collected_by=row.collected_by,
        source=row.source,
        captured_at=row.captured_at,
        observed_from=row.observed_from,
        observed_until=row.observed_until,
        late=row.late,
        derived_from=row.derived_from,
        tool=row.tool,
        findings=Findings.model_validate(row.findings),
        held=states.held(row.evidence_id),
        erased=row.evidence_id in states.erased,
    )


def item_on_file(book: EvidenceReads, evidence_id: str) -> EvidenceItem | None:
    """Return an item as it stands now, if it is on file."""
    stored = book.item(evidence_id)
    return item_of(stored, States.of(book, stored.row.case_id)) if stored else None


def birth_details(row: EvidenceItemRow) -> JsonObject:
    """Return what the ledger seals of an item when it begins, but for its name and note."""
    return {
        "requirement": row.requirement,
        "size": row.size,
        "media_type": row.media_type,
        "source": row.source,
        "captured_at": _text(row.captured_at),
        "observed_from": _text(row.observed_from),
        "observed_until": _text(row.observed_until),
        "late": row.late,
        "derived_from": row.derived_from,
        "tool": row.tool,
        "findings": row.findings,
    }


def label_hash(label: EvidenceLabelRow) -> str:
    """Return what the ledger seals of a name and note.

    An erasure takes both away; the hash stays, and is salted so that nobody guesses from it.
    """
    return sha256(canonical({"name": label.name, "note": label.note, "salt": label.salt}))


class States:
    """Which items of a case are held and which are erased, by its ledger."""

    def __init__(self, entries: Iterable[CustodyEntryRow]) -> None:
        self.erased: set[str] = set()
        self._holds: dict[str | None, bool] = {}
        for entry in entries:
            if entry.action == CustodyAction.ERASE and entry.evidence_id:
                self.erased.add(entry.evidence_id)
            else:
                self._holds[entry.evidence_id] = entry.action == CustodyAction.HOLD

    @classmethod
    def of(cls, book: EvidenceReads, case_id: str) -> "States":
        """Return the states of a case's items."""
        return cls(book.entries_of(case_id, _STATES))

    def held(self, evidence_id: str) -> bool:
        """Tell whether an item, or its whole case, is under a legal hold."""
        return self._holds.get(None, False) or self._holds.get(evidence_id, False)


def _text(instant: datetime | None) -> str | None:
    return instant_text(instant) if instant else None
