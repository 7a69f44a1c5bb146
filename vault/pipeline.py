"""Writing a large file and hashing it at the same time, as fast as the hash alone.

The caller fills buffers; one thread hashes each, another writes it, and it is filled again when
both are done. Where the file system allows it, writes go past the page cache: the processor copies
nothing and the disk is never a gigabyte behind when the file ends.
"""

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from mmap import mmap
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Protocol

_SIZE = 1024 * 1024
_BUFFERS = 8
_DIRECT: int = getattr(os, "O_DIRECT", 0)
"""Writes of whole pages from whole pages; not on every system."""
_PAGE = 4096


class Digest(Protocol):
    """What hashes."""

    def update(self, data: memoryview, /) -> None:
        """Take the next bytes."""


@dataclass(slots=True)
class _Buffer:
    space: mmap
    filled: int = 0
    users: int = 0


class Pipeline:
    """Takes the bytes of one file, from its first."""

    def __init__(self, digest: Digest, descriptor: int) -> None:
        self._digest = digest
        self._descriptor = descriptor
        self._error: OSError | None = None
        self._free: SimpleQueue[_Buffer] = SimpleQueue()
        for _ in range(_BUFFERS):
            # Memory maps begin at a page, as direct writing wants it.
            self._free.put(_Buffer(mmap(-1, _SIZE)))
        self._lock = Lock()
        self._stages = [_Stage(self._hash, self._give_back), _Stage(self._write, self._give_back)]
        self._filling: _Buffer | None = None
        _set_direct(descriptor, on=True)

    def put(self, data: bytes) -> None:
        """Take the next bytes; waits while both threads are behind.

        Raises:
            OSError: The disk refused bytes that came earlier.
        """
        rest = memoryview(data)
        while rest:
            if self._error:
                raise self._error
            buffer = self._filling = self._filling or self._free.get()
            part = rest[: _SIZE - buffer.filled]
            buffer.space[buffer.filled : buffer.filled + len(part)] = part
            buffer.filled += len(part)
            rest = rest[len(part) :]
            if buffer.filled == _SIZE:
                self._hand_on()

    def finish(self) -> None:
        """Wait until everything is hashed and written.

        Raises:
            OSError: The disk refused some of it.
        """
        if self._filling:
            self._hand_on()
        self.stop()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End both threads; what they have is finished, nothing more is taken."""
        for stage in self._stages:
            stage.stop()

    def _hand_on(self) -> None:
        buffer, self._filling = self._filling, None
        if buffer:
            buffer.users = len(self._stages)
            for stage in self._stages:
                stage.put(buffer)

    def _give_back(self, buffer: _Buffer) -> None:
        with self._lock:
            buffer.users -= 1
            if buffer.users == 0:
                buffer.filled = 0
                self._free.put(buffer)

    def _hash(self, buffer: _Buffer) -> None:
        with memoryview(buffer.space) as view:
            self._digest.update(view[: buffer.filled])

    def _write(self, buffer: _Buffer) -> None:
        # After an error the rest only passes through, so that nobody waits for a buffer.
        if self._error is None:
            try:
                with memoryview(buffer.space) as view:
                    write_all(self._descriptor, view[: buffer.filled])
            except OSError as error:
                self._error = error


class _Stage:
    """A thread that does one thing with each buffer, in order."""

    def __init__(self, act: Callable[[_Buffer], None], done: Callable[[_Buffer], None]) -> None:
        self._act = act
        self._done = done
        self._queue: SimpleQueue[_Buffer | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="evidence", daemon=True)
        self._thread.start()

    def put(self, buffer: _Buffer) -> None:
        self._queue.put(buffer)

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while buffer := self._queue.get():
            self._act(buffer)
            self._done(buffer)


def write_all(descriptor: int, data: memoryview) -> None:
    """Write all of *data*; what is no whole page goes through the page cache."""
    rest = data
    while rest:
        if len(rest) % _PAGE:
            _set_direct(descriptor, on=False)
        try:
            rest = rest[os.write(descriptor, rest) :]
        except OSError:
            # Some file systems take the wish for direct writing and then not the writing.
            if not _set_direct(descriptor, on=False):
                raise


def _set_direct(descriptor: int, *, on: bool) -> bool:
    """Wish for direct writing or not; tell whether that was a change."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    wanted = flags | _DIRECT if on else flags & ~_DIRECT
    if wanted == flags:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, wanted)
    except OSError:
        return False
    return True
