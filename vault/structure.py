"""Where a file of a known type ends by its own account, and what its parts are.

Only as much of each format as that takes; nothing is decoded.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from mmap import mmap

_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_END, _JPEG_SCAN, _JPEG_COMMENT = 0xD9, 0xDA, 0xFE
_JPEG_APPS = range(0xE0, 0xF0)
_JPEG_BARE = {0x01, *range(0xD0, 0xD8)}
_JPEG_JUMBF = 0xEB
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PNG_PLAIN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"fdAT"}
_PDF_TAIL = 64 * 1024
_LARGEST_NOTE = 4 * 1024 * 1024
_FILM_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_FILM_TIMES = range(3_029_529_600, 7_000_000_000)
"""From the year 2000 on: devices without a clock write zero, or the epoch of another system."""
_BOX = 8
_LONG_BOX = 16


class TooManyPartsError(Exception):
    """A file of more parts than any device makes would only keep us busy."""

    limit = 200_000


@dataclass(slots=True)
class Structure:
    """What a walk over a file found."""

    end: int
    """Where the file's own structure ends, in bytes from its start."""
    incomplete: bool = False
    """The file ends before its structure does."""
    notes: list[tuple[int, int]] = field(default_factory=list)
    """Where parts lie that hold text or other data beside the picture: (start, end)."""
    credentials: bool = False
    """Whether there is a C2PA manifest."""
    recorded: datetime | None = None
    """When a clip or recording was made, as the file claims; None if it does not."""
    parts: int = 0

    def count(self) -> None:
        """Count one more part."""
        self.parts += 1
        if self.parts > TooManyPartsError.limit:
            raise TooManyPartsError


def walk(media_type: str, view: mmap) -> Structure:
    """Walk over a file of *media_type*; a type without an end of its own ends with the file.

    Raises:
        TooManyPartsError: It has more parts than any device makes.
    """
    walker = _WALKERS.get(media_type)
    return walker(view) if walker else Structure(len(view))


def notes(view: mmap, found: Structure) -> Iterator[bytes]:
    """Yield the parts that hold text beside the picture."""
    for start, end in found.notes:
        yield view[start : min(end, start + _LARGEST_NOTE)]


def _jpeg(view: mmap) -> Structure:
    found = Structure(len(view), incomplete=True)
    at = 2
    while marker := _NEXT_MARKER.search(view, at):
        found.count()
        code, at = view[marker.start() + 1], marker.end()
        if code == _JPEG_END:
            found.end, found.incomplete = at, False
            return found
        if code in _JPEG_BARE:
            continue
        end = at + int.from_bytes(view[at : at + 2], "big")
        if code in _JPEG_APPS or code == _JPEG_COMMENT:
            found.notes.append((at + 2, end))
        if code == _JPEG_JUMBF:
            found.credentials = found.credentials or b"c2pa" in view[at:end]
        at = max(end, at + 2)
    return found


def _png(view: mmap) -> Structure:
    found = Structure(len(view), incomplete=True)
    at = 8
    while at + 12 <= len(view):
        found.count()
        kind = view[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(view[at : at + 4], "big")
        if end > len(view):
            return found
        if kind not in _PNG_PLAIN:
            found.notes.append((at + 8, end - 4))
        found.credentials = found.credentials or kind == b"caBX"
        at = end
        if kind == b"IEND":
            found.end, found.incomplete = end, False
            return found
    return found


def _riff(view: mmap) -> Structure:
    size = int.from_bytes(view[4:8], "little")
    # Recorders that were cut off leave the size at zero or at its largest.
    end = min(8 + size + size % 2, len(view))
    found = Structure(end, incomplete=8 + size > len(view))
    at = 12
    while at + 8 <= end:
        found.count()
        kind, length = view[at : at + 4], int.from_bytes(view[at + 4 : at + 8], "little")
        if kind in {b"EXIF", b"XMP ", b"LIST"}:
            found.notes.append((at + 8, at + 8 + length))
        found.credentials = found.credentials or kind == b"C2PA"
        at += 8 + length + length % 2
    return found


def _boxes(view: mmap) -> Structure:
    found = Structure(len(view))
    at = 0
    while at < len(view):
        found.count()
        size, header = _box_size(view, at)
        kind = view[at + 4 : at + 8]
        if size < header or not _is_box_kind(kind):
            found.end = at
            return found
        if kind == b"uuid":
            found.credentials = found.credentials or view[at + 8 : at + 24] == _C2PA_BOX
        if kind == b"moov":
            found.recorded = _recorded(view, at + header, min(at + size, len(view)), found)
        found.incomplete = at + size > len(view)
        at += size
    return found


def _recorded(view: mmap, at: int, end: int, found: Structure) -> datetime | None:
    """Return the creation time of the movie header: seconds of UTC since 1904."""
    while at + _LONG_BOX <= end:
        found.count()
        size, header = _box_size(view, at)
        if view[at + 4 : at + 8] == b"mvhd":
            # A version and three bytes of flags come first; version 1 has long times.
            start, length = at + header + 4, 8 if view[at + header] == 1 else 4
            seconds = int.from_bytes(view[start : start + length], "big")
            return _FILM_EPOCH + timedelta(seconds=seconds) if seconds in _FILM_TIMES else None
        if size < header:
            return None
        at += size
    return None


def _box_size(view: mmap, at: int) -> tuple[int, int]:
    size = int.from_bytes(view[at : at + 4], "big")
    if size == 0:
        return len(view) - at, _BOX
    if size == 1:
        return int.from_bytes(view[at + 8 : at + 16], "big"), _LONG_BOX
    return size, _BOX


def _is_box_kind(kind: bytes) -> bool:
    printable = all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in kind)  # noqa: PLR2004 (ASCII)
    return len(kind) == 4 and printable  # noqa: PLR2004 (four-letter kinds)


def _pdf(view: mmap) -> Structure:
    mark = view.rfind(b"%%EOF", max(0, len(view) - _PDF_TAIL))
    return Structure(len(view), incomplete=True) if mark < 0 else Structure(mark + 5)


_WALKERS: dict[str, Callable[[mmap], Structure]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _riff,
    "image/heic": _boxes,
    "video/mp4": _boxes,
    "video/quicktime": _boxes,
    "video/3gpp": _boxes,
    "audio/mp4": _boxes,
    "audio/wav": _riff,
    "application/pdf": _pdf,
}
