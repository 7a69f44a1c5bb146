"""Bytes out of the vault: all of them checked against the digest before any is released.

A large blob is read twice: first whole, to check it and to note a short seal of each piece; then
piece by piece, each released only if it still has its seal. So nobody gets bytes that were
changed between the two, and memory holds one piece.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.evidence import CustodyAction, EvidenceItem
from records.evidence import EvidenceBook
from vault.blobs import Blobs
from vault.custody import Event, Ledger
from vault.errors import AlteredError

PIECE = 4 * 1024 * 1024
_SEAL = 16
_SEAL_KEY = 32


class Reader:
    """Reads blobs, and puts on record which were found altered."""

    def __init__(
        self, book: EvidenceBook, ledger: Ledger, blobs: Blobs, clock: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._ledger = ledger
        self._blobs = blobs
        self._clock = clock

    def checked(self, item: EvidenceItem, *, actor: str) -> "Verified":
        """Return an item's bytes.

        Raises:
            AlteredError: They are not what was collected; that is on record now.
        """
        try:
            return verified(
                self._blobs, evidence_id=item.evidence_id, digest=item.digest, size=item.size
            )
        except AlteredError as error:
            self._record(item, error, actor)
            raise

    def _record(self, item: EvidenceItem, error: AlteredError, actor: str) -> None:
        at = self._clock()
        event = Event(
            case_id=item.case_id,
            action=CustodyAction.ALTERED,
            actor=actor,
            purpose="found while reading",
            at=at,
            evidence_id=item.evidence_id,
            digest=item.digest,
            details={"problem": error.problem},
        )
        # A reader that tries again all day fills no ledger.
        key = f"altered:{item.evidence_id}:{at.date().isoformat()}"
        with self._book.writing() as book:
            self._ledger.append(book, event, key=key)


@dataclass(frozen=True, slots=True)
class Verified:
    """A blob that was checked whole; iterating yields its bytes in pieces of up to 4 MB."""

    evidence_id: str
    digest: str
    size: int
    _blobs: Blobs
    _key: bytes
    _seals: tuple[bytes, ...]
    _only: bytes | None

    def __iter__(self) -> Iterator[bytes]:
        if self._only is not None:
            yield self._only
            return
        for number, seal in enumerate(self._seals):
            piece = _piece(self._blobs, self.evidence_id, self.digest, number, self.size)
            if seal != _seal(piece, self._key):
                raise AlteredError(self.evidence_id, _CHANGED)
            yield piece

    def read(self) -> bytes:
        """Return all bytes; for what is known to be small."""
        return b"".join(self)

    def save(self, path: Path) -> None:
        """Write the bytes to a file that does not exist yet.

        Raises:
            FileExistsError: It does.
        """
        with path.open("xb") as file:
            for piece in self:
                file.write(piece)


_CHANGED = "its stored bytes are not those that were collected"
_MISSING = "its stored bytes are missing"


def verified(blobs: Blobs, *, evidence_id: str, digest: str, size: int) -> Verified:
    """Check a blob whole.

    Raises:
        AlteredError: It is missing or is not what was collected.
    """
    _check_size(blobs, evidence_id, digest, size)
    key = os.urandom(_SEAL_KEY)
    whole, seals, piece = hashlib.sha256(), [], b""
    for number in range(_pieces(size)):
        piece = _piece(blobs, evidence_id, digest, number, size)
        whole.update(piece)
        seals.append(_seal(piece, key))
    if whole.hexdigest() != digest:
        raise AlteredError(evidence_id, _CHANGED)
    only = piece if len(seals) == 1 else None
    return Verified(evidence_id, digest, size, blobs, key, tuple(seals), only)


def check(blobs: Blobs, *, evidence_id: str, digest: str, size: int) -> None:
    """Check a blob whole and release nothing.

    Raises:
        AlteredError: It is missing or is not what was collected.
    """
    _check_size(blobs, evidence_id, digest, size)
    whole = hashlib.sha256()
    for number in range(_pieces(size)):
        whole.update(_piece(blobs, evidence_id, digest, number, size))
    if whole.hexdigest() != digest:
        raise AlteredError(evidence_id, _CHANGED)


def _check_size(blobs: Blobs, evidence_id: str, digest: str, size: int) -> None:
    stored = blobs.size(digest)
    if stored is None:
        raise AlteredError(evidence_id, _MISSING)
    if stored != size:
        raise AlteredError(evidence_id, _CHANGED)


def _pieces(size: int) -> int:
    return -(-size // PIECE)


def _piece(blobs: Blobs, evidence_id: str, digest: str, number: int, size: int) -> bytes:
    start = number * PIECE
    try:
        return blobs.part(digest, start, min(PIECE, size - start))
    except FileNotFoundError as error:
        raise AlteredError(evidence_id, _MISSING) from error


def _seal(piece: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(piece, digest_size=_SEAL, key=key).digest()
