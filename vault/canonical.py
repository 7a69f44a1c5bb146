"""The one way in which what is hashed and signed is written: RFC 8785 canonical JSON."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value.

    Args:
        value: Objects, lists, text, whole numbers, booleans and None.

    Raises:
        TypeError: A fraction is in it: the languages of the world do not print those alike, and
            the stand-alone verifier has nothing but the standard library.
    """
    _refuse_fractions(value)
    return rfc8785.dumps(value)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data*, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def instant_text(instant: datetime) -> str:
    """Return an instant as the ledger writes it: RFC 3339, UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a fraction; the ledger holds whole numbers and text")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_fractions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_fractions(part)
