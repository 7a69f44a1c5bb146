"""The one way in which what is hashed and signed is written: RFC 8785 canonical JSON."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import rfc8785

_LONGEST = 4000


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value.

    Args:
        value: Objects, lists, text, whole numbers, booleans and None.

    Raises:
        TypeError: It holds a fraction, or a field whose name is not ASCII. Languages print the
            one and sort the other in ways of their own, and the stand-alone verifier has nothing
            but the standard library.
    """
    _refuse_unportable(value)
    return rfc8785.dumps(value)


def is_canonical(text: str, value: Any) -> bool:
    """Tell whether *text*, which was read as *value*, is its canonical JSON.

    The standard library writes the same bytes for what `canonical` takes, several times sooner.
    """
    return text == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data*, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def instant_text(instant: datetime) -> str:
    """Return an instant as the ledger writes it: RFC 3339, UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def printable(text: str) -> str:
    """Return a line without what cannot be shown, stored or signed."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(char for char in whole if char.isprintable())


def printable_lines(text: str) -> str:
    """Return what a person wrote, of any number of lines, likewise."""
    return "\n".join(printable(line) for line in text.splitlines())[:_LONGEST]


def _refuse_unportable(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a fraction; give a whole number or text")
    if isinstance(value, dict):
        for name, part in value.items():
            if not name.isascii():
                raise TypeError(f"{name!r} is no field; name it in ASCII")
            _refuse_unportable(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_unportable(part)
