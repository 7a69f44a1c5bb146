"""What a person typed, as the payload of a decision carries it."""

from collections.abc import Container, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from console.decisions import COUNTS, WHEN, Entry
from domain.errors import InputError


def read_entries(
    entries: Iterable[Entry], given: Mapping[Entry, str], *, optional: Container[Entry] = ()
) -> dict[str, Any]:
    """Return what a person typed as a payload carries it; empty optional entries are left out.

    Args:
        entries: What was asked for.
        given: What was typed.
        optional: Which of the entries may stay empty.

    Raises:
        InputError: One is missing, or is no time or number.
    """
    payload: dict[str, Any] = {}
    for entry in entries:
        words = given.get(entry, "").strip()
        if words:
            payload[entry.value] = _value(entry, words)
        elif entry not in optional:
            raise InputError(entry.value, "is required; fill it in")
    return payload


def _value(entry: Entry, words: str) -> str | int:
    if entry in COUNTS:
        return _count(entry, words)
    return instant_of(entry, words).isoformat() if entry in WHEN else words


def _count(entry: Entry, words: str) -> int:
    try:
        return int(words)
    except ValueError as error:
        raise InputError(entry.value, f"{words!r} is no whole number; write 12") from error


def instant_of(entry: Entry, words: str) -> datetime:
    """Return an instant as a person wrote it; without an offset it is UTC.

    Raises:
        InputError: It is no time.
    """
    try:
        instant = datetime.fromisoformat(words)
    except ValueError as error:
        raise InputError(entry.value, f"{words!r} is no time; write 2026-01-31 18:00") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
