"""Where a packet is written: a folder, or a ZIP of the same files.

Under a temporary name beside its own until it is whole. Each file is hashed as it goes in.
"""

import shutil
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from typing_extensions import override

from records.schema import JsonObject

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date a ZIP can hold; the same in every packet, so that equal ones are equal."""
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_LARGE = 2**31


class Sink(ABC):
    """Takes the files of a packet, one after the other."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._temporary = into.with_name(f".{into.name}.{uuid4().hex}.part")
        self.files: list[JsonObject] = []
        """Path, SHA-256 and size of each file so far."""

    def add(self, path: str, pieces: Iterable[bytes], size: int | None) -> None:
        """Add a file.

        Args:
            path: Where in the packet.
            pieces: Its bytes.
            size: How many, if that is known.
        """
        whole, written = sha256(), 0
        for piece in self._written(path, pieces, size):
            whole.update(piece)
            written += len(piece)
        self.files.append({"path": path, "sha256": whole.hexdigest(), "size": written})

    @abstractmethod
    def _written(self, path: str, pieces: Iterable[bytes], size: int | None) -> Iterable[bytes]:
        """Write the pieces and yield each."""

    @abstractmethod
    def publish(self) -> Path:
        """Give the packet its name, at once; return it."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what was not published."""


class FolderSink(Sink):
    """A folder."""

    def __init__(self, into: Path) -> None:
        super().__init__(into)
        self._temporary.mkdir(parents=True)

    @override
    def _written(self, path: str, pieces: Iterable[bytes], size: int | None) -> Iterable[bytes]:
        place = self._temporary / path
        place.parent.mkdir(exist_ok=True)
        with place.open("xb") as file:
            for piece in pieces:
                file.write(piece)
                yield piece

    @override
    def publish(self) -> Path:
        return self._temporary.rename(self._into)

    @override
    def discard(self) -> None:
        shutil.rmtree(self._temporary, ignore_errors=True)


class ZipSink(Sink):
    """A ZIP: stored as they are, for photos and videos are compressed already."""

    def __init__(self, into: Path) -> None:
        super().__init__(into)
        into.parent.mkdir(parents=True, exist_ok=True)
        self._archive = zipfile.ZipFile(self._temporary, "x", zipfile.ZIP_STORED)

    @override
    def _written(self, path: str, pieces: Iterable[bytes], size: int | None) -> Iterable[bytes]:
        info = zipfile.ZipInfo(path, _FIRST_DAY)
        info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
        large = size is None or size >= _LARGE
        with self._archive.open(info, "w", force_zip64=large) as file:
            for piece in pieces:
                file.write(piece)
                yield piece

    @override
    def publish(self) -> Path:
        self._archive.close()
        return self._temporary.replace(self._into)

    @override
    def discard(self) -> None:
        self._archive.close()
        self._temporary.unlink(missing_ok=True)
