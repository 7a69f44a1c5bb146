"""Durations as people write them in playbooks: 30m, 24h, 7d, or 1d12h."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_PART = re.compile(r"(\d+)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def read_duration(text: str) -> timedelta:
    """Return the duration that *text* names.

    Args:
        text: Whole numbers with units d, h, m, s, such as "1d12h".

    Returns:
        The sum of the parts; zero or more.

    Raises:
        ValueError: Not of that form.
    """
    compact = text.replace(" ", "")
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{text!r} is not a duration; write it such as 30m, 24h or 7d")
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def write_duration(duration: timedelta) -> str:
    """Return *duration* in the form that `read_duration` reads, whole seconds."""
    left = int(duration.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _from_any(value: Any) -> Any:
    if isinstance(value, int | float):
        # Pydantic would read a bare number as seconds, which nobody who writes 24 means.
        raise ValueError(f"{value!r} has no unit; write it such as 30m, 24h or 7d")  # noqa: TRY004 - pydantic reports a ValueError, a TypeError would escape it
    return read_duration(value) if isinstance(value, str) else value


def _more_than_zero(duration: timedelta) -> timedelta:
    if duration <= timedelta():
        raise ValueError(f"{write_duration(duration)} is too short; give more than zero")
    return duration


def rising(ladder: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Return *ladder* as it is, once each rung is later than the one before.

    Raises:
        ValueError: Two rungs are equal or out of order.
    """
    for earlier, later in pairwise(ladder):
        if later <= earlier:
            raise ValueError(
                f"{write_duration(later)} comes after {write_duration(earlier)}; "
                "write the rungs in rising order, each once"
            )
    return ladder


Duration = Annotated[
    timedelta, BeforeValidator(_from_any), PlainSerializer(write_duration, return_type=str)
]
"""A timedelta that reads and prints as 24h."""
PositiveDuration = Annotated[Duration, AfterValidator(_more_than_zero)]
"""A duration of more than zero, for waits that would otherwise spin."""
