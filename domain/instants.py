"""Absolute instants: reading them from the wire and refusing naive ones."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from domain.errors import NaiveInstantError


def aware(instant: datetime, field: str = "instant") -> datetime:
    """Return *instant* in UTC.

    Args:
        instant: Any aware instant.
        field: Its name, for the refusal.

    Returns:
        The same instant with offset zero.

    Raises:
        NaiveInstantError: *instant* has no offset.
    """
    if instant.tzinfo is None:
        raise NaiveInstantError(field)
    return instant.astimezone(UTC)


def _refuse_naive(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("has no offset; give an instant such as 2026-01-02T10:00:00Z")
    return instant.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_refuse_naive)]
"""An aware instant, normalised to UTC when a model is read."""


def from_unix(seconds: int | None) -> datetime | None:
    """Return the instant of a platform time in unix seconds, or None for an absent or zero one."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
