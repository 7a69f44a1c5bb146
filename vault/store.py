"""The vault: evidence in, checked evidence out, and every step of it in the custody ledger.

Everything here waits for disks and databases, so callers on an event loop call it in a thread.
Safe for many threads and for several processes on one store.
"""

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Self

from domain.evidence import CustodyAction, EvidenceItem
from records.database import Database
from records.evidence import EvidenceBook
from vault.anchors import Anchor, Anchors, Authority, anchors_of
from vault.blobs import Blobs
from vault.checking import CaseReport, check_case
from vault.custody import Entry, Ledger, chain
from vault.derive import Recipe, derived, known_of_copy
from vault.errors import ErasedError, FileRefusedError, UnknownEvidenceError
from vault.intake import Collecting, Intake, all_chunks
from vault.items import States, item_of, item_on_file
from vault.keys import KeyRing, PublicKey, public_keys
from vault.limits import OF_PACKETS, Limits
from vault.off_loop import to_the_end
from vault.reading import Reader, Verified
from vault.recording import Recording
from vault.retention import Retention
from vault.staging import CHUNK, sweep

_IN_MEMORY = 8 * 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class Vault(Recording):
    """The evidence of one installation."""

    def __init__(
        self,
        book: EvidenceBook,
        blobs: Blobs,
        keys: KeyRing,
        *,
        staging_folder: Path,
        limits: Limits,
        authority: Authority | None,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(book, Ledger(keys))
        self._clock = clock
        self._blobs = blobs
        self._authority = authority
        self._intake = Intake(book, self._ledger, blobs, folder=staging_folder, limits=limits)
        self._packets = Intake(book, self._ledger, blobs, folder=staging_folder, limits=OF_PACKETS)
        self._reader = Reader(book, self._ledger, blobs, clock)
        self._retention = Retention(book, self._ledger, blobs)
        self._anchors = Anchors(book, authority, clock)

    @classmethod
    def open(
        cls,
        db: Database,
        *,
        folder_or_url: str | Path,
        keys_folder: Path,
        clock: Callable[[], datetime] = _now,
        limits: Limits | None = None,
        authority: Authority | None = None,
        staging_folder: Path | None = None,
    ) -> Self:
        """Open the vault.

        Args:
            db: The migrated records.
            folder_or_url: Where the bytes lie: a folder, or a bucket (`s3://bucket/evidence`).
            keys_folder: Where the private signing key lies; its first use makes one.
            clock: Tells now, for what no caller dates: time stamps, bytes found altered.
            limits: Of one file.
            authority: Stamps heads; without one they are signed alone.
            staging_folder: Where a file lies while it is taken in; else under the folder of
                the bytes if they are in one, or beside the keys.

        Raises:
            StoreAddressError: The place of the bytes cannot be used.
        """
        blobs = Blobs.open(folder_or_url)
        staging = staging_folder or (blobs.folder or keys_folder.parent) / "incoming"
        sweep(staging)
        return cls(
            EvidenceBook(db),
            blobs,
            KeyRing(keys_folder),
            staging_folder=staging,
            limits=limits or Limits(),
            authority=authority,
            clock=clock,
        )

    # Taking in

    def collect(
        self,
        handed: Path | Iterable[bytes],
        *,
        case_id: str,
        requirement: str,
        actor: str,
        at: datetime,
        source: str,
        name: str = "",
        note: str = "",
        key: str | None = None,
        late: bool = False,
        captured_at: datetime | None = None,
        observed_from: datetime | None = None,
        observed_until: datetime | None = None,
    ) -> EvidenceItem:
        """Take a file in as a proof of a case, open or closed.

        What is said of it is described at `Collecting`. *handed* is a file, which has a name of
        its own if *name* is empty, or its bytes in pieces.

        Returns:
            The item. The same bytes for the same proof of the same case are the first item,
            with `duplicate` set.

        Raises:
            FileRefusedError: It is not taken; that is on record.
            StoreFullError: There is no room; nothing of it was kept.
            BlobsUnavailableError: The store cannot be reached; nothing is on record.
        """
        what = Collecting(
            case_id=case_id,
            requirement=requirement,
            actor=actor,
            at=at,
            source=source,
            name=name or (handed.name if isinstance(handed, Path) else ""),
            note=note,
            key=key,
            late=late,
            captured_at=captured_at,
            observed_from=observed_from,
            observed_until=observed_until,
        )
        return self.take(handed, what)

    def take(self, handed: Path | Iterable[bytes], what: Collecting) -> EvidenceItem:
        """Take a file in, as `collect`, with everything that can be said of it."""
        try:
            with self._intake.staging(what) as staging:
                for chunk in all_chunks(handed):
                    self._intake.take(staging, chunk, what)
                return self._intake.file(staging, what)
        except FileRefusedError as refusal:
            self._intake.record(what, refusal)
            raise

    def keep_packet(self, packet: Path, what: Collecting) -> EvidenceItem:
        """Take in the ZIP that `write_bundle` wrote, however large.

        What is made here of checked exhibits need not be what people may hand in.

        Raises:
            StoreFullError: There is no room; nothing of it was kept.
            BlobsUnavailableError: The store cannot be reached; nothing is on record.
        """
        with self._packets.staging(what) as staging:
            for chunk in all_chunks(packet):
                self._packets.take(staging, chunk, what)
            return self._packets.file(staging, what)

    async def take_stream(self, chunks: AsyncIterable[bytes], what: Collecting) -> EvidenceItem:
        """Take a file in as it arrives, as `collect`, without holding up the event loop."""
        try:
            with self._intake.staging(what) as staging:
                async for chunk in chunks:
                    await to_the_end(self._intake.take, staging, chunk, what)
                return await to_the_end(self._intake.file, staging, what)
        except FileRefusedError as refusal:
            await asyncio.to_thread(self._intake.record, what, refusal)
            raise

    def derive(
        self,
        evidence_id: str,
        recipe: Recipe,
        *,
        actor: str,
        purpose: str,
        at: datetime,
        key: str | None = None,
    ) -> EvidenceItem:
        """Make a copy of a photo; it is an item of its own that points to its original.

        Returns:
            The copy; made once, then answered with `duplicate` set.

        Raises:
            UnknownEvidenceError: No such item.
            ErasedError: Its bytes were erased.
            AlteredError: Its bytes are not what was collected.
            DeriveRefusedError: No such copy can be made of it.
        """
        original = self._readable(evidence_id)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            for piece in self.checked(evidence_id, actor=actor):
                file.write(piece)
            file.seek(0)
            data = derived(file, original.media_type, recipe, evidence_id=evidence_id)
        what = known_of_copy(original, recipe, actor=actor, purpose=purpose, at=at, key=key)
        pieces = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
        return self.take(pieces, what)

    # Looking

    def get(self, evidence_id: str) -> EvidenceItem | None:
        """Return an item, without its bytes; nothing of this is recorded."""
        with self._book.reading() as book:
            return item_on_file(book, evidence_id)

    def of_case(self, case_id: str) -> list[EvidenceItem]:
        """List a case's items, the first collected first; nothing of this is recorded."""
        with self._book.reading() as book:
            states = States.of(book, case_id)
            return [item_of(stored, states) for stored in book.items_of(case_id)]

    def custody(self, case_id: str) -> list[Entry]:
        """List a case's custody entries in order."""
        return list(self.chain(case_id))

    def chain(self, case_id: str, *, until: int | None = None) -> Iterator[Entry]:
        """Yield a case's custody entries in order, up to sequence *until* if it is given."""
        with self._book.reading() as book:
            yield from chain(book, case_id, until=until)

    def signing_keys(self) -> list[PublicKey]:
        """List every key that signs or ever signed, the newest last."""
        with self._book.reading() as book:
            return list(public_keys(book).values())

    def read(
        self, evidence_id: str, *, actor: str, purpose: str, at: datetime, key: str | None = None
    ) -> Verified:
        """Return an item's bytes, checked whole before any is released; enters a view.

        Raises:
            UnknownEvidenceError: No such item.
            ErasedError: Its bytes were erased.
            AlteredError: Its bytes are not what was collected; that is on record.
        """
        found = self.checked(evidence_id, actor=actor)
        case_id = self._readable(evidence_id).case_id
        self.record(
            case_id,
            CustodyAction.VIEW,
            actor=actor,
            purpose=purpose,
            at=at,
            evidence_id=evidence_id,
            key=key,
        )
        return found

    def checked(self, evidence_id: str, *, actor: str) -> Verified:
        """Return an item's bytes as `read` does; the caller enters what becomes of them."""
        return self._reader.checked(self._readable(evidence_id), actor=actor)

    def verify_case(self, case_id: str, *, blobs: bool = True) -> CaseReport:
        """Check a case's chain, signatures, anchors, items and, with *blobs*, all their bytes."""
        roots = self._authority.roots if self._authority else b""
        with self._book.reading() as book:
            return check_case(book, self._blobs if blobs else None, case_id, roots=roots)

    # Custody

    def erase(self, evidence_id: str, *, actor: str, purpose: str, at: datetime) -> None:
        """Remove an item's bytes, name and note; item and ledger stay as its tombstone.

        Raises:
            UnknownEvidenceError: No such item.
            HeldError: It is under a legal hold.
        """
        self._retention.erase(evidence_id, actor=actor, purpose=purpose, at=at)

    def erasable(self, *, collected_before: datetime) -> list[str]:
        """List what was collected before an instant and is neither held nor erased."""
        return self._retention.erasable(collected_before=collected_before)

    def seal(self, statement: bytes) -> tuple[str, str]:
        """Sign a statement with the current key.

        Returns:
            The key's fingerprint and the signature in base64.
        """
        with self._book.writing() as book:
            return self._ledger.sign(book, statement, at=self._clock())

    def anchor(self, case_id: str, *, sequence: int | None = None) -> Anchor | None:
        """Have a head of a case's chain stamped, unless it is.

        Args:
            case_id: Whose chain.
            sequence: Up to which entry; None: as far as it goes now.

        Returns:
            The anchor, with a problem instead of a token if the authority did not answer well;
            None without an authority or entries.
        """
        return self._anchors.anchor(case_id, sequence)

    def anchors(self, case_id: str) -> list[Anchor]:
        """List every try to stamp a case's chain, in order."""
        with self._book.reading() as book:
            return anchors_of(book, case_id)

    def unanchored(self) -> list[str]:
        """List the cases that wait for a stamp: something was done, or a try failed, since one."""
        return self._anchors.waiting()

    def anchor_waiting(self, *, at_most: int) -> list[Anchor]:
        """Have cases that wait for a stamp stamped, until a try fails; only the last one can."""
        return self._anchors.anchor_waiting(at_most=at_most)

    def rotate_key(
        self, *, actor: str, purpose: str, at: datetime, lost: bool = False
    ) -> PublicKey:
        """Sign with a new key from now on; the old one signs the entry that names it.

        Args:
            actor: Who.
            purpose: Why.
            at: Now.
            lost: The old private key is gone: the new key signs that entry itself, and nobody
                can tell by the old one that it is ours.
        """
        return self._ledger.rotate_key(self._book, actor=actor, purpose=purpose, at=at, lost=lost)

    def _readable(self, evidence_id: str) -> EvidenceItem:
        item = self.get(evidence_id)
        if item is None:
            raise UnknownEvidenceError(evidence_id)
        if item.erased:
            raise ErasedError(evidence_id)
        return item
