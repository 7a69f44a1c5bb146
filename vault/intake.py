"""From a file that is handed in to an item in the vault, or to a refusal on record."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from domain.evidence import CustodyAction, EvidenceItem, evidence_id
from records.evidence import EvidenceBook, EvidenceReads, EvidenceWrites
from vault.blobs import Blobs
from vault.canonical import printable_lines
from vault.custody import Event, Ledger
from vault.errors import AlteredError, FileRefusedError, Refusal
from vault.inspection import Handed, Inspected, inspect, refuse_size, size_limit
from vault.items import (
    States,
    birth_details,
    clean_name,
    item_on_file,
    item_row,
    label_hash,
    label_row,
)
from vault.limits import Limits
from vault.reading import check
from vault.staging import CHUNK, Staged, Staging, told_when_full

_TELLING_HEAD = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Collecting:
    """What is known of a file that is handed in."""

    case_id: str
    """The case (workflow id)."""
    requirement: str
    """Which proof it is meant to be."""
    actor: str
    """Who collects."""
    at: datetime
    """Now."""
    source: str
    """Where it comes from, such as `warehouse_phone` or `shop_api`."""
    name: str = ""
    """What the file was called."""
    note: str = ""
    """What the collector says about it."""
    purpose: str = ""
    """Why; empty: as evidence of the requirement."""
    key: str | None = None
    """Of the step that collects: its repeat is answered as the first time."""
    late: bool = False
    """Came after the deadline or after the case had closed, as the caller knows."""
    captured_at: datetime | None = None
    """When the scene was recorded, if the collector knows better than the file."""
    observed_from: datetime | None = None
    observed_until: datetime | None = None
    """The period that it shows, for a chat, a call or a report."""
    zone: tzinfo | None = None
    """The collector's zone, for a camera that states none."""
    derived_from: str | None = None
    tool: str | None = None

    @property
    def shown_name(self) -> str:
        """What refusals call it."""
        return clean_name(self.name) or "the file"


class Intake:
    """Takes files in."""

    def __init__(
        self, book: EvidenceBook, ledger: Ledger, blobs: Blobs, *, folder: Path, limits: Limits
    ) -> None:
        self._book = book
        self._ledger = ledger
        self._blobs = blobs
        self._folder = folder
        self._limits = limits

    def staging(self, what: Collecting) -> Staging:
        """Return the temporary file to take it into."""
        return Staging(self._folder, name=what.shown_name)

    def take(self, staging: Staging, chunk: bytes, what: Collecting) -> None:
        """Take in the next bytes.

        Raises:
            FileRefusedError: They are more than the limit.
            StoreFullError: There is no room for them.
        """
        staging.write(chunk)
        if len(staging.head) >= _TELLING_HEAD:
            self._refuse_size(staging, what)

    def file(self, staging: Staging, what: Collecting) -> EvidenceItem:
        """Look at the whole file, publish it under its digest and put it on record.

        Raises:
            FileRefusedError: It is empty or not what is taken.
            StoreFullError: There is no room for it.
        """
        staged = staging.finish()
        if staged.size == 0:
            raise FileRefusedError(
                Refusal.EMPTY, f"{what.shown_name} is empty; send it again from the device"
            )
        self._refuse_size(staging, what)
        item = self._item(staged, staging.head, what)
        with self._book.reading() as book:
            _refuse_erased(book, item, what)
            known = book.item(item.evidence_id) is not None
        with told_when_full(what.shown_name, self._folder):
            fresh = self._blobs.publish(staged.path, staged.digest)
        restored = known if fresh else self._restore(staged, item)
        with self._book.writing() as book:
            return self._enter(book, staged, item, what, restored=restored)

    def _refuse_size(self, staging: Staging, what: Collecting) -> None:
        limit = size_limit(staging.head, self._limits)
        if staging.size > limit:
            raise refuse_size(what.shown_name, limit)

    def _item(self, staged: Staged, head: bytes, what: Collecting) -> EvidenceItem:
        handed = Handed(
            path=staged.path, head=head, name=what.shown_name, at=what.at, zone=what.zone
        )
        return _item(staged, inspect(handed, self._limits), what)

    def _restore(self, staged: Staged, item: EvidenceItem) -> bool:
        """Look whether the blob that is there is whole; if not, put these bytes in its place."""
        try:
            check(self._blobs, evidence_id=item.evidence_id, digest=item.digest, size=item.size)
        except AlteredError:
            self._blobs.replace(staged.path, staged.digest)
            return True
        return False

    def _enter(
        self,
        book: EvidenceWrites,
        staged: Staged,
        item: EvidenceItem,
        what: Collecting,
        *,
        restored: bool,
    ) -> EvidenceItem:
        # Whoever erases the last item of these bytes takes this turn too.
        take_blob_turn(book, item.digest)
        if self._blobs.size(item.digest) is None:
            self._blobs.publish(staged.path, staged.digest)
        if restored:
            self._ledger.append(book, _event(what, CustodyAction.RESTORE, item, {}))
        row, label = item_row(item), label_row(item)
        if not book.add_item(row, label):
            return self._known(book, item, what)
        action = CustodyAction.DERIVE if what.derived_from else CustodyAction.COLLECT
        details = birth_details(row) | {"label": label_hash(label)}
        event = _event(what, action, item, details)
        self._ledger.append(book, event, key=_birth_key(what, item))
        held = States.of(book, item.case_id).held(item.evidence_id)
        return item.model_copy(update={"held": held})

    def _known(self, book: EvidenceReads, item: EvidenceItem, what: Collecting) -> EvidenceItem:
        _refuse_erased(book, item, what)
        first = book.entry_with(item.case_id, _birth_key(what, item))
        mine = what.key is not None and first is not None
        known = item_on_file(book, item.evidence_id) or item
        return known.model_copy(update={"duplicate": not mine})

    def record(self, what: Collecting, refusal: FileRefusedError) -> None:
        """Enter that a file was not taken."""
        event = Event(
            case_id=what.case_id,
            action=CustodyAction.REFUSE,
            actor=what.actor,
            purpose=_purpose(what),
            at=what.at,
            details={"requirement": what.requirement, "reason": refusal.reason.value},
        )
        key = f"refuse:{what.key}" if what.key else None
        with self._book.writing() as book:
            self._ledger.append(book, event, key=key)


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes.

    Raises:
        FileRefusedError: It is no file that can be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise FileRefusedError(
            Refusal.NO_FILE, f"{path} cannot be read ({error.strerror}); check the path"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefusedError(Refusal.NO_FILE, f"{path} is no file; give a file")
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def all_chunks(handed: Path | Iterable[bytes]) -> Iterable[bytes]:
    """Return the bytes of a path, or what already is bytes."""
    return chunks_of(handed) if isinstance(handed, Path) else handed


def take_blob_turn(book: EvidenceWrites, digest: str) -> None:
    """Wait for whoever adds or erases an item of these bytes, or of a few others."""
    book.take_turns(f"evidence-blob:{digest[:2]}")


def _refuse_erased(book: EvidenceReads, item: EvidenceItem, what: Collecting) -> None:
    if item.evidence_id in States.of(book, item.case_id).erased:
        raise FileRefusedError(
            Refusal.ERASED_BEFORE,
            f"{what.shown_name} is {item.evidence_id}, which was erased on purpose; it is not "
            "taken again as the same proof of the same case",
        )


def _item(staged: Staged, inspected: Inspected, what: Collecting) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=evidence_id(
            case_id=what.case_id, requirement=what.requirement, digest=staged.digest
        ),
        case_id=what.case_id,
        requirement=what.requirement,
        digest=staged.digest,
        size=staged.size,
        media_type=inspected.media_type,
        name=clean_name(what.name),
        note=printable_lines(what.note),
        collected_at=what.at,
        collected_by=printable_lines(what.actor),
        source=printable_lines(what.source),
        captured_at=what.captured_at or inspected.captured_at,
        observed_from=what.observed_from,
        observed_until=what.observed_until,
        late=what.late,
        derived_from=what.derived_from,
        tool=what.tool,
        findings=inspected.findings,
    )


def _event(
    what: Collecting, action: CustodyAction, item: EvidenceItem, details: dict[str, object]
) -> Event:
    return Event(
        case_id=what.case_id,
        action=action,
        actor=what.actor,
        purpose=_purpose(what),
        at=what.at,
        evidence_id=item.evidence_id,
        digest=item.digest,
        details=details,
    )


def _purpose(what: Collecting) -> str:
    return what.purpose or f"evidence: {what.requirement}"


def _birth_key(what: Collecting, item: EvidenceItem) -> str:
    return f"collect:{what.key}:{item.evidence_id}" if what.key else f"birth:{item.evidence_id}"
