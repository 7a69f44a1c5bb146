"""Text files: which bytes are text, in which charset, and what a text must not be."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CHARSETS = ("utf-8-sig", "gb18030")
"""Tried in this order; spreadsheets in China still save as the second."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHUNK = 1024 * 1024
_CUT = 4
"""A character has at most four bytes; so many may be missing where a head was cut."""
_BY_SUFFIX = {".csv": "text/csv", ".json": "application/json", ".eml": "message/rfc822"}


def looks_like_text(head: bytes) -> bool:
    """Tell whether the first bytes of a file may begin a text."""
    if not head or head.startswith(b"#!"):
        return False
    return any(_decodes([head], charset, whole=False) for charset in _candidates(head))


def charset_of(path: Path) -> str | None:
    """Return the charset in which a whole file is text; None if it is not."""
    with path.open("rb") as file:
        candidates = _candidates(file.read(_CUT))
    return next((name for name in candidates if _decodes(_chunks(path), name, whole=True)), None)


def text_type(name: str) -> str:
    """Return the media type of a text: its content cannot tell, so its name's ending does."""
    return _BY_SUFFIX.get(PurePosixPath(name.lower()).suffix, "text/plain")


def _candidates(head: bytes) -> tuple[str, ...]:
    marked = next((charset for mark, charset in _MARKS if head.startswith(mark)), None)
    return (marked,) if marked else CHARSETS


def _decodes(chunks: Iterator[bytes] | list[bytes], charset: str, *, whole: bool) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        for chunk in chunks:
            if _CONTROL.search(decoder.decode(chunk)):
                return False
        if whole:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
