"""Two clocks: the gateway's (signatures, tokens) and the shops' (orders, buyers, messages)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


def rfc3339(seconds: float) -> str:
    """Return unix *seconds* as an RFC 3339 instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def read_instant(value: float | str, *, base: float) -> float:
    """Read a point in time as people write it in seeds and scenarios.

    Args:
        value: Unix seconds, "+3600" or "-60" (seconds from *base*), or RFC 3339 with offset.
        base: What a signed number counts from, unix seconds.

    Returns:
        Unix seconds.

    Raises:
        ValueError: Neither of these, or an instant without offset.
    """
    if isinstance(value, (int, float)):
        return float(value)
    if value[:1] in {"+", "-"}:
        return base + float(value)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(f"{value!r} has no offset; give an instant such as 2026-01-02T10:00:00Z")
    return instant.timestamp()


class Clock:
    """Real time plus one offset per clock; during a jump the shop clock stands at the frontier."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        self.offset = 0.0
        self.gateway_offset = 0.0
        self.frontier: float | None = None

    def shop(self) -> float:
        """Return the shops' now in unix seconds."""
        return self.wall() + self.offset if self.frontier is None else self.frontier

    def gateway(self) -> float:
        """Return the gateway's now in unix seconds."""
        return self.wall() + self.gateway_offset
