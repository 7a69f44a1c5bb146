"""The keys that sign the heads of the custody ledger: ed25519, made on first use.

The private half lies in a file that only its owner can read; every public half there ever was is
in the records, so that what a retired key signed can still be checked.
"""

import os
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from records.evidence import EvidenceReads, EvidenceWrites
from records.schema import SigningKeyRow
from vault.canonical import sha256
from vault.errors import SigningKeyError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TURN = "signing-keys"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs or once signed."""

    key_id: str
    """Its fingerprint: SHA-256 of the 32 bytes of the public key, hexadecimal."""
    public_key: str
    """The 32 bytes in base64."""
    made_at: datetime

    def holds(self, message: bytes, signature: str) -> bool:
        """Tell whether *signature* (base64) is this key's over *message*."""
        key = Ed25519PublicKey.from_public_bytes(b64decode(self.public_key))
        try:
            key.verify(b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """The private half of a key."""

    key_id: str
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> str:
        """Return the signature of *message* in base64; the same every time."""
        return b64encode(self.private.sign(message)).decode()


class KeyRing:
    """The keys of one vault."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signers: dict[str, Signer] = {}

    def signer(self, book: EvidenceWrites, *, at: datetime) -> Signer:
        """Return the key that signs now; the first use makes one.

        Args:
            book: The transaction that writes what is signed.
            at: Now, for a key that is made.

        Raises:
            SigningKeyError: Its file is missing, can be read by others or holds another key.
        """
        registered = book.signing_keys()
        if not registered:
            book.take_turns(_TURN)
            registered = book.signing_keys()
        if not registered:
            return self._make(book, number=1, at=at)
        return self._load(registered[-1].key_id)

    def replace(
        self, book: EvidenceWrites, *, at: datetime, lost: bool = False
    ) -> tuple[Signer, Signer]:
        """Make the next key.

        Args:
            book: The transaction that also writes the entry about it.
            at: Now.
            lost: The old private file is gone: the new key has to vouch for itself.

        Returns:
            The key that signs the entry about the change, and the new key. The old private file
            is removed by `retire`, once that entry is kept.
        """
        book.take_turns(_TURN)
        old = None if lost else self.signer(book, at=at)
        new = self._make(book, number=len(book.signing_keys()) + 1, at=at)
        return old or new, new

    def retire(self, key_id: str) -> None:
        """Remove the private half of a key that will not sign again."""
        self._signers.pop(key_id, None)
        self._file(key_id).unlink(missing_ok=True)

    def _make(self, book: EvidenceWrites, *, number: int, at: datetime) -> Signer:
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        signer = Signer(sha256(public), private)
        self._write(signer)
        text = b64encode(public).decode()
        book.add_key(
            SigningKeyRow(key_id=signer.key_id, number=number, public_key=text, made_at=at)
        )
        return signer

    def _write(self, signer: Signer) -> None:
        pem = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = self._file(signer.key_id)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                f.write(pem)
                f.flush()
                os.fsync(f.fileno())
        except OSError as error:
            raise SigningKeyError(
                f"the signing key {path} cannot be written ({error.strerror}); give the service "
                "its folder, or name another one"
            ) from error

    def _load(self, key_id: str) -> Signer:
        if key_id not in self._signers:
            self._signers[key_id] = _read(self._file(key_id), key_id)
        return self._signers[key_id]

    def _file(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.pem"


def public_keys(book: EvidenceReads) -> dict[str, PublicKey]:
    """Return every key there ever was by its fingerprint, the newest last."""
    return {
        row.key_id: PublicKey(row.key_id, row.public_key, row.made_at)
        for row in book.signing_keys()
    }


def _read(path: Path, key_id: str) -> Signer:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyError(
            f"the signing key {path} cannot be read ({error}); restore it from the backup of the "
            "keys folder"
        ) from error
    if mode & _OTHERS:
        raise SigningKeyError(
            f"the signing key {path} can be read by others (mode {mode:04o}); run "
            f"chmod 600 {path}, and rotate the key if anybody may have read it"
        )
    if not isinstance(private, Ed25519PrivateKey) or key_id != _fingerprint(private):
        raise SigningKeyError(
            f"the signing key {path} is not the key of that name; restore it from the backup of "
            "the keys folder"
        )
    return Signer(key_id, private)


def _fingerprint(private: Ed25519PrivateKey) -> str:
    return sha256(private.public_key().public_bytes_raw())
