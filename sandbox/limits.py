"""Rate limits: one token bucket per key, in real time."""

import time
from collections.abc import Callable


class Buckets:
    """Token buckets that refill at the rate asked for; O(1) per look."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, key: str, per_second: float, *, most: float | None = None) -> bool:
        """Use one token of *key*.

        Args:
            key: Whose bucket.
            per_second: Refill rate; 0 or less means no limit.
            most: The bucket's size; one second's worth if not given.

        Returns:
            False if the bucket is empty.
        """
        if per_second <= 0:
            return True
        size, now = most or per_second, self._clock()
        left, since = self._held.get(key, (size, now))
        left = min(size, left + (now - since) * per_second)
        if left < 1:
            self._held[key] = (left, now)
            return False
        self._held[key] = (left - 1, now)
        return True
