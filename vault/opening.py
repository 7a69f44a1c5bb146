"""The vault of an installation, opened as its settings say: one door for all its processes."""

from pathlib import Path
from typing import Protocol

from cryptography.x509 import load_pem_x509_certificates

from records.database import Database
from vault.anchors import Authority, Post
from vault.errors import TrustedRootsError
from vault.store import Vault


class VaultSettings(Protocol):
    """What settings say of a vault; their class is not known here."""

    @property
    def vault_location(self) -> str:
        """Folder or bucket of the bytes."""

    @property
    def keys_folder(self) -> Path:
        """Folder of the signing keys."""

    @property
    def time_authority(self) -> str | None:
        """URL of the time-stamping authority; None: heads are signed alone."""

    @property
    def tsa_roots(self) -> Path | None:
        """PEM file of the certificates that its tokens must lead to."""


def open_vault(settings: VaultSettings, db: Database, *, post: Post) -> Vault:
    """Return the evidence of this installation.

    Args:
        settings: Where it lies and who stamps it.
        db: The migrated records.
        post: Sends a query to the time-stamping authority; used only where one is set.

    Raises:
        StoreAddressError: They name no place for evidence.
        TrustedRootsError: The file of certificates cannot be used.
    """
    return Vault.open(
        db,
        folder_or_url=settings.vault_location,
        keys_folder=settings.keys_folder,
        authority=_authority(settings, post),
    )


def _authority(settings: VaultSettings, post: Post) -> Authority | None:
    if settings.time_authority is None:
        return None
    roots = read_roots(settings.tsa_roots) if settings.tsa_roots else b""
    return Authority(url=settings.time_authority, post=post, roots=roots)


def read_roots(path: Path) -> bytes:
    """Return the certificates in a file, PEM.

    Raises:
        TrustedRootsError: It cannot be read or holds none.
    """
    try:
        roots = path.read_bytes()
        load_pem_x509_certificates(roots)
    except (OSError, ValueError) as error:
        raise TrustedRootsError(
            f"the time-stamping authority's certificates {path} cannot be read ({error}); give a "
            "file of root certificates in PEM, or none"
        ) from error
    return roots
