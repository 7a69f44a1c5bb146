"""Where the bytes lie: under their SHA-256, in a folder or a bucket, never rewritten."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from vault.errors import BlobsUnavailableError, StoreAddressError

_BUCKETS = ("s3://", "gs://", "az://", "memory://")
_PART = 8 * 1024 * 1024
_PARTS_AT_ONCE = 3


class Blobs:
    """Blobs by digest."""

    def __init__(self, store: ObjectStore | MemoryStore, folder: Path | None, shown: str) -> None:
        self._store = store
        self._folder = folder
        self._shown = shown

    @classmethod
    def open(cls, folder_or_url: str | Path) -> Self:
        """Open the place of the blobs.

        Args:
            folder_or_url: A folder, or a bucket such as `s3://bucket/evidence`, whose access
                comes from the environment as the cloud's own tools read it.

        Raises:
            StoreAddressError: It is neither, or the folder cannot be made.
        """
        text = str(folder_or_url)
        if "://" not in text:
            return cls._open_folder(Path(text))
        if not text.startswith(_BUCKETS):
            raise StoreAddressError(
                f"{text!r} is no place for evidence; give a folder, or a bucket such as "
                "s3://bucket/evidence"
            )
        try:
            return cls(_bucket(text), None, text)
        except (BaseError, ValueError) as error:
            raise StoreAddressError(f"{text!r} cannot be used ({error}); check it") from error

    @classmethod
    def _open_folder(cls, folder: Path) -> Self:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreAddressError(
                f"{folder} cannot be made ({error.strerror}); give another folder"
            ) from error
        return cls(LocalStore(folder.resolve()), folder.resolve(), str(folder))

    @property
    def folder(self) -> Path | None:
        """The folder, if it is one."""
        return self._folder

    def size(self, digest: str) -> int | None:
        """Return the size of a blob in bytes; None if there is none."""
        with self._told_when_unavailable():
            try:
                return obstore.head(self._store, _key(digest))["size"]
            except FileNotFoundError:
                return None

    def part(self, digest: str, start: int, length: int) -> bytes:
        """Return *length* bytes of a blob from *start*; fewer if it is shorter.

        Raises:
            FileNotFoundError: There is no such blob.
        """
        with self._told_when_unavailable():
            found = obstore.get_range(self._store, _key(digest), start=start, length=length)
            return found.to_bytes()

    def publish(self, staged: Path, digest: str) -> bool:
        """Put a staged file under its digest, at once and whole; a blob that is there stays.

        Returns:
            Whether it was put there; False if a blob was there.
        """
        if self._folder is None:
            if self.size(digest) is not None:
                return False
            self._upload(staged, digest)
            return True
        target = self._target(digest)
        if not _link(staged, target):
            return False
        _sync_folders(target)
        return True

    def replace(self, staged: Path, digest: str) -> None:
        """Put the bytes as collected in the place of altered ones."""
        if self._folder is None:
            self._upload(staged, digest)
            return
        target = self._target(digest)
        beside = target.with_name(f"{digest}.{uuid4().hex}")
        _link(staged, beside)
        beside.replace(target)
        _sync_folders(target)

    def delete(self, digest: str) -> None:
        """Remove a blob, if it is there."""
        with self._told_when_unavailable():
            try:
                obstore.delete(self._store, _key(digest))
            except FileNotFoundError:
                return

    def _target(self, digest: str) -> Path:
        target = Path(self._folder or "", _key(digest))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return target

    def _upload(self, staged: Path, digest: str) -> None:
        with self._told_when_unavailable():
            obstore.put(
                self._store,
                _key(digest),
                staged,
                chunk_size=_PART,
                max_concurrency=_PARTS_AT_ONCE,
            )

    @contextmanager
    def _told_when_unavailable(self) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            cause = " ".join(str(error).split())[:300]
            raise BlobsUnavailableError(
                f"the evidence store {self._shown} cannot be reached ({cause}); retry"
            ) from error


def _bucket(url: str) -> ObjectStore | MemoryStore:
    if url.startswith("memory://"):
        return MemoryStore()
    # Whoever asked tries again later; what is short-lived is got over here.
    return from_url(url, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)})


def _key(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest}"


def _link(staged: Path, target: Path) -> bool:
    try:
        os.link(staged, target)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links: renaming is atomic too, and the bytes are the same.
        if target.exists():
            return False
        staged.rename(target)
    return True


def _sync_folders(target: Path) -> None:
    """Make a new name last through a power cut, and its folder's name too."""
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
