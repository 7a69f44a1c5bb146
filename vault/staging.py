"""Taking a file in: hashed while it is written to a temporary name, in bounded memory.

Large files are hashed in a thread of their own beside the writing, and a second thread tells the
disk to begin early, so that little is left to wait for at the end.
"""

import errno
import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from types import TracebackType
from typing import Self

from vault.errors import StoreFullError

CHUNK = 256 * 1024
"""Bytes per read; small enough to stay in the processor's cache on its way to the disk."""
_SMALL = 8 * 1024 * 1024
_AHEAD = 8
_DISK_STEP_SECONDS = 0.05
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
        self._beside: _Beside | None = None
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
        if self._beside:
            self._beside.stop()
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
        if self._beside is None and self._size > _SMALL:
            self._beside = _Beside(self._hash, self._descriptor)
        if self._beside:
            self._beside.hash(data)
        else:
            self._hash.update(data)
        with self._told_when_full():
            _write_all(self._descriptor, data)

    def finish(self) -> Staged:
        """Return the file, which is on the disk now.

        Raises:
            StoreFullError: The disk had no room after all.
        """
        if self._beside:
            self._beside.finish()
        with self._told_when_full():
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


class _Beside:
    """What runs beside the writing of a large file: its hash, and the disk."""

    def __init__(self, digest: "hashlib._Hash", descriptor: int) -> None:
        self._digest = digest
        self._descriptor = descriptor
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="evidence-hash")
        self._waiting: deque[Future[None]] = deque()
        self._whole = threading.Event()
        self._disk = threading.Thread(target=self._flush, name="evidence-disk", daemon=True)
        self._disk.start()

    def hash(self, data: bytes) -> None:
        """Hash *data* after all that came before; waits while too much of it is ahead."""
        self._waiting.append(self._pool.submit(self._digest.update, data))
        if len(self._waiting) > _AHEAD:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until everything is hashed."""
        while self._waiting:
            self._waiting.popleft().result()
        self.stop()

    def stop(self) -> None:
        """End both threads."""
        self._whole.set()
        self._disk.join()
        self._pool.shutdown(cancel_futures=True)

    def _flush(self) -> None:
        while not self._whole.wait(_DISK_STEP_SECONDS):
            try:
                os.fdatasync(self._descriptor)
            except OSError:
                # The writer meets the same error and tells of it.
                return


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
