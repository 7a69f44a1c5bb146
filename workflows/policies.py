"""The few named sets of timeouts and retries; every activity uses one of them."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy

from workflows import names

NEVER_RETRIED = ["NeedsPersonError", "NeverRetryError"]
"""Error types (exact names) that only a person or a change of code can mend."""

_SECONDS = timedelta(seconds=1)


@dataclass(frozen=True)
class Policy:
    """Queue, timeouts and retries of one kind of step."""

    task_queue: str
    attempt: timedelta
    """One attempt may take this long."""
    retry: RetryPolicy
    heartbeat: timedelta | None = None
    """An attempt that is silent for so long is lost; None where attempts are short."""


SHOP_READ = Policy(
    names.SHOP_API_QUEUE,
    attempt=20 * _SECONDS,
    retry=RetryPolicy(
        initial_interval=_SECONDS,
        maximum_interval=60 * _SECONDS,
        non_retryable_error_types=NEVER_RETRIED,
    ),
)
"""Reads of the platform: repeated at once, back-off as the platform recommends."""

SHOP_WRITE = Policy(
    names.SHOP_API_QUEUE,
    attempt=30 * _SECONDS,
    retry=RetryPolicy(
        initial_interval=2 * _SECONDS,
        maximum_interval=120 * _SECONDS,
        non_retryable_error_types=NEVER_RETRIED,
    ),
)
"""Writes to the platform: each looks before it repeats, so repeating is safe."""

OURS = Policy(
    names.DESK_QUEUE,
    attempt=10 * _SECONDS,
    retry=RetryPolicy(
        initial_interval=_SECONDS,
        maximum_interval=300 * _SECONDS,
        non_retryable_error_types=NEVER_RETRIED,
    ),
)
"""Our own records and desk: repeated until they work, since they are ours to mend."""

_LONG = timedelta(minutes=10)
_SILENCE = timedelta(seconds=20)

SHOP_WALK = Policy(
    names.SHOP_API_QUEUE,
    attempt=_LONG,
    retry=SHOP_READ.retry,
    heartbeat=_SILENCE,
)
"""Reads of many pages: each page is a heartbeat, and the next attempt goes on after it."""

MANY_CASES = Policy(
    names.DESK_QUEUE,
    attempt=_LONG,
    retry=OURS.retry,
    heartbeat=_SILENCE,
)
"""Work on many cases or orders at once: a heartbeat every few, repeated from where it stood."""

PACKETS = Policy(
    names.DESK_QUEUE,
    attempt=_LONG,
    retry=OURS.retry,
    heartbeat=_SILENCE,
)
"""Packets put together: hours of video may have to be read and sealed."""

GATEWAY = Policy(
    names.DESK_QUEUE,
    attempt=_LONG,
    retry=SHOP_WRITE.retry,
    heartbeat=_SILENCE,
)
"""The merchant's own endpoint: asked for the filing before every try, so repeating is safe."""
