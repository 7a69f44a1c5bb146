"""Refusals of the vault.

VaultError
├── FileRefusedError        a file that is handed in is not taken; says which and why
├── StoreFullError          no room for a file; nothing of it was kept
├── StoreAddressError       the address of the store names no place for blobs
├── BlobsUnavailableError   the store of blobs cannot be reached; try again
├── UnknownEvidenceError    no item of this id
├── ErasedError             an item whose bytes were erased
├── AlteredError            stored bytes are not those that were collected
├── HeldError               held evidence cannot be erased
├── DeriveRefusedError      no copy of this kind can be made of this item
├── SigningKeyError         the key that signs cannot be used
├── AnchorError             what a time-stamping authority answered is no token for our head
├── TrustedRootsError       the certificates that time stamps must lead to cannot be read
└── BundleError             a packet cannot be put together
"""

from enum import StrEnum


class VaultError(Exception):
    """Base of every refusal in vault/."""


class Refusal(StrEnum):
    """Why a file was not taken; the word that the custody ledger keeps."""

    EMPTY = "empty"
    NO_FILE = "no_file"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    FOREIGN_CONTENT = "foreign_content"
    ARCHIVE_TOO_LARGE = "archive_too_large"
    UNREADABLE = "unreadable"
    ERASED_BEFORE = "erased_before"


class FileRefusedError(VaultError):
    """A file is not taken into the vault."""

    def __init__(self, reason: Refusal, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class StoreFullError(VaultError):
    """There is no room for a file; nothing of it was kept."""

    def __init__(self, name: str, folder: str) -> None:
        super().__init__(
            f"{name} was not taken: there is no room left in {folder}; make room and hand it in "
            "again"
        )


class StoreAddressError(VaultError):
    """The address of the store names no place for blobs."""


class BlobsUnavailableError(VaultError):
    """The store of blobs cannot be reached; trying again is right."""


class UnknownEvidenceError(VaultError):
    """No item has this id."""

    def __init__(self, evidence_id: str) -> None:
        super().__init__(f"{evidence_id} is not in the vault; check the id")
        self.evidence_id = evidence_id


class ErasedError(VaultError):
    """The bytes of an item were erased; its custody stays on file."""

    def __init__(self, evidence_id: str) -> None:
        super().__init__(
            f"{evidence_id} was erased and cannot be read; its custody ledger says when and why"
        )
        self.evidence_id = evidence_id


class AlteredError(VaultError):
    """Stored bytes are not, or no longer, those that were collected."""

    def __init__(self, evidence_id: str, problem: str) -> None:
        super().__init__(
            f"{evidence_id} cannot be used: {problem}; restore the blob from a backup or hand the "
            "same file in again"
        )
        self.evidence_id = evidence_id
        self.problem = problem


class HeldError(VaultError):
    """Held evidence cannot be erased."""

    def __init__(self, evidence_id: str) -> None:
        super().__init__(
            f"{evidence_id} is under a legal hold and stays; release the hold before erasing it"
        )
        self.evidence_id = evidence_id


class DeriveRefusedError(VaultError):
    """No copy of this kind can be made of this item."""


class SigningKeyError(VaultError):
    """The key that signs the ledger cannot be used."""


class AnchorError(VaultError):
    """What a time-stamping authority answered is no token for our head."""


class TrustedRootsError(VaultError):
    """The certificates that time stamps must lead to cannot be read."""


class BundleError(VaultError):
    """A packet cannot be put together."""
