"""Checking a case's evidence against its ledger: chain, signatures, anchors, items and bytes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rfc3161_client import decode_timestamp_response

from domain.evidence import CustodyAction, EvidenceItem
from records.evidence import EvidenceReads, StoredItem
from records.schema import CustodyEntryRow
from vault.anchors import anchors_of, problem_of
from vault.blobs import Blobs
from vault.canonical import is_canonical, sha256
from vault.custody import FIRST, entry_of
from vault.errors import AlteredError
from vault.items import States, birth_details, item_of, label_hash
from vault.keys import PublicKey, public_keys
from vault.reading import check

_BIRTHS = {CustodyAction.COLLECT, CustodyAction.DERIVE}


@dataclass(slots=True)
class CaseReport:
    """What a check of one case found."""

    case_id: str
    entries: int = 0
    head: str = FIRST
    key_ids: tuple[str, ...] = ()
    """Of the keys that signed the chain's heads, in the order of their first use."""
    items: int = 0
    blobs: int = 0
    """Whose bytes were read and are what was collected."""
    erased: int = 0
    anchored_until: int = 0
    """The newest entry that a time-stamping authority vouches for; 0: none."""
    problems: list[str] = field(default_factory=list)
    """Each thing that does not hold, in words."""

    @property
    def whole(self) -> bool:
        """Whether everything holds."""
        return not self.problems


def check_case(
    book: EvidenceReads, blobs: Blobs | None, case_id: str, *, roots: bytes = b""
) -> CaseReport:
    """Check a case.

    Args:
        book: What is on file.
        blobs: Where the bytes lie; None leaves them unread.
        case_id: The case.
        roots: PEM certificates that time stamps must lead to, if any are trusted.
    """
    report = CaseReport(case_id)
    births: dict[str, dict[str, Any]] = {}
    keys = public_keys(book)
    hashes: list[str] = []
    for entry in _checked_chain(book, report, keys, hashes):
        if entry["action"] in _BIRTHS:
            births[entry["evidence_id"]] = entry
    _check_anchors(book, report, hashes, roots)
    states = States.of(book, case_id)
    for stored in book.items_of(case_id):
        _check_item(stored, births.pop(stored.row.evidence_id, None), states, report)
        _check_blob(item_of(stored, states), blobs, report)
    report.problems += [
        f"{evidence_id} is in the ledger and not on file" for evidence_id in births
    ]
    return report


def _checked_chain(
    book: EvidenceReads, report: CaseReport, keys: dict[str, PublicKey], hashes: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the bodies in order; note what does not hold."""
    newest: dict[str, CustodyEntryRow] = {}
    for row in book.entries(report.case_id):
        report.entries += 1
        body = _checked_link(row, report)
        newest[row.key_id] = row
        hashes.append(row.entry_hash)
        report.head = row.entry_hash
        if body:
            yield body
    report.key_ids = tuple(newest)
    for key_id, row in newest.items():
        key = keys.get(key_id)
        if key is None:
            report.problems.append(f"entry {row.sequence} is signed by an unknown key {key_id}")
        elif not key.holds(entry_of(row).head, row.signature):
            report.problems.append(f"the signature of entry {row.sequence} does not hold")


def _checked_link(row: CustodyEntryRow, report: CaseReport) -> dict[str, Any] | None:
    where = f"entry {row.sequence}"
    if row.sequence != report.entries:
        report.problems.append(f"{where} stands where entry {report.entries} should")
    if sha256(row.body.encode()) != row.entry_hash:
        report.problems.append(f"{where} was changed: its hash does not fit")
    body = _body(row)
    if body is None:
        report.problems.append(f"{where} is not canonical JSON")
        return None
    named = (row.case_id, row.sequence, row.previous_hash, row.action, row.evidence_id)
    told = tuple(body.get(k) for k in ("case_id", "sequence", "previous", "action", "evidence_id"))
    if named != told:
        report.problems.append(f"{where} is filed as something else than it says")
    if body.get("previous") != report.head:
        report.problems.append(f"{where} does not follow the entry before it")
    return body


def _body(row: CustodyEntryRow) -> dict[str, Any] | None:
    try:
        body = json.loads(row.body)
        return body if is_canonical(row.body, body) else None
    except ValueError:
        return None


def _check_anchors(
    book: EvidenceReads, report: CaseReport, hashes: list[str], roots: bytes
) -> None:
    for anchor in anchors_of(book, report.case_id):
        if anchor.token is None:
            continue
        problem = "its entry is missing"
        if 0 < anchor.sequence <= len(hashes):
            statement = anchor.statement(hashes[anchor.sequence - 1])
            problem = problem_of(decode_timestamp_response(anchor.token), statement, roots) or ""
        if problem:
            report.problems.append(f"the time stamp of entry {anchor.sequence}: {problem}")
        else:
            report.anchored_until = max(report.anchored_until, anchor.sequence)


def _check_item(
    stored: StoredItem, birth: dict[str, Any] | None, states: States, report: CaseReport
) -> None:
    row, label = stored.row, stored.label
    report.items += 1
    if birth is None:
        report.problems.append(f"{row.evidence_id} is on file and not in the ledger")
        return
    sealed = dict(birth["details"])
    sealed_label = sealed.pop("label", None)
    told = birth_details(row)
    if (sealed, birth["digest"]) != (told, row.digest):
        report.problems.append(f"{row.evidence_id} was changed after it was collected")
    if label is not None and sealed_label != label_hash(label):
        report.problems.append(f"the name or note of {row.evidence_id} was changed")
    if label is None and row.evidence_id not in states.erased:
        report.problems.append(f"the name and note of {row.evidence_id} are missing")


def _check_blob(item: EvidenceItem, blobs: Blobs | None, report: CaseReport) -> None:
    if item.erased:
        report.erased += 1
    elif blobs is not None:
        try:
            check(blobs, evidence_id=item.evidence_id, digest=item.digest, size=item.size)
        except AlteredError as error:
            report.problems.append(f"{item.evidence_id}: {error.problem}")
        else:
            report.blobs += 1
