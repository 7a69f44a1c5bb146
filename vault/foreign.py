"""Content that does not belong in a file of its type: programs, archives and pages in disguise."""

import re
import zipfile
from collections.abc import Iterable
from mmap import mmap
from pathlib import Path

_STARTS = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a macOS or Java program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"%PDF-", "a PDF"),
)
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|\?php)[\s>/]", re.IGNORECASE
)
_PAGE_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml.*?\?>)*"
    rb"<(?:!doctype\s+html|html|head|body|script|svg|\?php)[\s>]",
    re.IGNORECASE,
)
_LOOK = 1024 * 1024
"""Bytes after the end of a photo that are searched for a page."""
_CLIP = b"ftyp"


def page_in(parts: Iterable[bytes]) -> bool:
    """Tell whether a part, such as a comment of a photo, holds the code of a web page."""
    return any(_PAGE.search(part) for part in parts)


def begins_as_page(head: bytes) -> bool:
    """Tell whether a text is a web page."""
    return bool(_PAGE_START.match(head))


def is_archive_too(path: Path) -> bool:
    """Tell whether a ZIP program would open the file, wherever the archive begins in it."""
    return zipfile.is_zipfile(path)


def foreign_tail(view: mmap, end: int) -> str | None:
    """Return what foreign thing follows the end of a file's own structure; None if none does.

    Phones append clips, depth maps and notes of their own to photos; those are no reason to
    refuse one. See `appended`.
    """
    tail = view[end : end + _LOOK].lstrip(b"\x00\r\n\t ")
    named = next((name for start, name in _STARTS if tail.startswith(start)), None)
    return named or ("a web page" if _PAGE.search(tail) else None)


def appended(view: mmap, end: int) -> str | None:
    """Return in words what harmless thing follows the end of a photo; None if nothing does."""
    tail = view[end : end + _LOOK].lstrip(b"\x00\r\n\t ")
    if not tail:
        return None
    if tail.startswith(b"\xff\xd8"):
        return "another photo"
    # Its length comes first, less the zeros that were taken for padding.
    if _CLIP in tail[:8]:
        return "a clip"
    return f"{len(view) - end:,} bytes of the maker's own"
