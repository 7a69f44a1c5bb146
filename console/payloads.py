"""What a person typed, as the payload of a decision carries it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from console.decisions import COUNTS, WHEN, Button, Entry
from domain.errors import InputError


def read_entries(button: Button, given: Mapping[Entry, str]) -> dict[str, Any]:
    """Return a button's entries as a payload carries them; empty optional ones are left out.

    Raises:
        InputError: One is missing, or is no time or number.
    """
    payload: dict[str, Any] = {}
    for entry in button.entries:
        words = given.get(entry, "").strip()
        if words:
            payload[entry.value] = _value(entry, words)
        elif entry not in button.optional:
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
