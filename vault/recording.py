"""What people and cases do with evidence, entered in the custody ledger."""

from datetime import datetime
from typing import NotRequired, TypedDict

from typing_extensions import Unpack

from domain.evidence import CustodyAction
from records.evidence import EvidenceBook
from records.schema import JsonObject
from vault.custody import Entry, Event, Ledger
from vault.errors import UnknownEvidenceError
from vault.items import item_on_file

_RECORDABLE = {
    CustodyAction.VIEW,
    CustodyAction.SHARE,
    CustodyAction.SUBMIT,
    CustodyAction.HOLD,
    CustodyAction.RELEASE,
}


class Said(TypedDict):
    """What is said of a hold or its end; `Recording.record` describes it."""

    actor: str
    purpose: str
    at: datetime
    evidence_id: NotRequired[str | None]
    key: NotRequired[str | None]


class Recording:
    """Enters what does not enter itself."""

    def __init__(self, book: EvidenceBook, ledger: Ledger) -> None:
        self._book = book
        self._ledger = ledger

    def record(
        self,
        case_id: str,
        action: CustodyAction,
        *,
        actor: str,
        purpose: str,
        at: datetime,
        evidence_id: str | None = None,
        details: JsonObject | None = None,
        key: str | None = None,
    ) -> Entry:
        """Enter that evidence was viewed, shared, submitted, held or released.

        Args:
            case_id: Whose chain.
            action: One of these; everything else enters itself.
            actor: Who.
            purpose: Why.
            at: When.
            evidence_id: The item; None concerns the whole case.
            details: More of it: whole numbers, text, lists and objects.
            key: A repeat with the same key and action is answered with the first entry.

        Raises:
            UnknownEvidenceError: The case has no such item.
        """
        if action not in _RECORDABLE:
            raise ValueError(f"{action} is entered by what does it, not by record()")
        with self._book.writing() as book:
            item = item_on_file(book, evidence_id) if evidence_id else None
            if evidence_id and (item is None or item.case_id != case_id):
                raise UnknownEvidenceError(evidence_id)
            event = Event(
                case_id=case_id,
                action=action,
                actor=actor,
                purpose=purpose,
                at=at,
                evidence_id=evidence_id,
                digest=item.digest if item else None,
                details=details or {},
            )
            return self._ledger.append(book, event, key=f"{action}:{key}" if key else None)

    def hold(self, case_id: str, **said: Unpack[Said]) -> Entry:
        """Put a case, or one item of it, under a legal hold: nothing of it is erased."""
        return self.record(case_id, CustodyAction.HOLD, **said)

    def release(self, case_id: str, **said: Unpack[Said]) -> Entry:
        """Lift the hold of a case, or of one item; a hold of the whole case covers its items."""
        return self.record(case_id, CustodyAction.RELEASE, **said)
