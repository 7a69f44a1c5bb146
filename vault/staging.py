"""Taking a file in: hashed while it is written to a temporary name, in bounded memory."""

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from types import TracebackType
from typing import Self

from vault.errors import StoreFullError
from vault.pipeline import Pipeline, write_all

CHUNK = 256 * 1024
"""Bytes per read; small enough to stay in the processor's cache until they are copied on."""
_SMALL = 8 * 1024 * 1024
"""Up to here a file stays in memory until it is whole."""
_HEAD = 64 * 1024
_SUFFIX = ".part"
_DAY_SECONDS = 24 * 3600
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Staged:
    """A whole file under its temporary name."""

    path: Path
    digest: str
    size: int


class Staging:
    """A file that is being taken in; whatever goes wrong, leaving the block removes it."""

    def __init__(self, folder: Path, *, name: str) -> None:
        self._folder = folder
        self._name = name
        self._hash = hashlib.sha256()
        self._size = 0
        self._small: list[bytes] = []
        self._pipeline: Pipeline | None = None
        self.head = b""
        """The first bytes, enough to tell the type."""

    def __enter__(self) -> Self:
        with self._told_when_full():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor, path = mkstemp(dir=self._folder, suffix=_SUFFIX)
        self._path = Path(path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pipeline:
            self._pipeline.stop()
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Bytes taken in so far."""
        return self._size

    def write(self, data: bytes) -> None:
        """Take in the next bytes.

        Raises:
            StoreFullError: There is no room for them.
        """
        if len(self.head) < _HEAD:
            self.head += data[: _HEAD - len(self.head)]
        self._size += len(data)
        with self._told_when_full():
            if self._pipeline:
                self._pipeline.put(data)
            elif self._size <= _SMALL:
                self._small.append(data)
            else:
                self._begin_large(data)

    def _begin_large(self, data: bytes) -> None:
        self._pipeline = Pipeline(self._hash, self._descriptor)
        for piece in [*self._small, data]:
            self._pipeline.put(piece)
        self._small.clear()

    def finish(self) -> Staged:
        """Return the file, which is on the disk now.

        Raises:
            StoreFullError: The disk had no room after all.
        """
        with self._told_when_full():
            if self._pipeline:
                self._pipeline.finish()
            for piece in self._small:
                self._hash.update(piece)
                write_all(self._descriptor, memoryview(piece))
            os.fchmod(self._descriptor, 0o400)
            os.fsync(self._descriptor)
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
        return Staged(self._path, self._hash.hexdigest(), self._size)

    @contextmanager
    def _told_when_full(self) -> Iterator[None]:
        with told_when_full(self._name, self._folder):
            yield


@contextmanager
def told_when_full(name: str, folder: Path) -> Iterator[None]:
    """Say in one sentence that *folder* has no room for the file *name*."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StoreFullError(name, str(folder)) from error


def sweep(folder: Path) -> None:
    """Remove what killed processes left half-way, a day ago or earlier."""
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _DAY_SECONDS:
                path.unlink()
