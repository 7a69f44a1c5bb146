"""Failures of the outside as Temporal sees them: named after what has to be done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from tiktok_shop.errors import ShopError

NEEDS_PERSON = "NeedsPersonError"
"""Error type of a failure that only a person can clear; never retried."""
OUT_OF_TIME = "OutOfTimeError"
"""Error type of an attempt that stopped itself; retried after a look."""
_LONGEST = 800
_SHARE_OF_ATTEMPT = 0.9


@contextmanager
def told_to_temporal(*, but: tuple[type[ShopError], ...] = ()) -> Iterator[None]:
    """Turn a failed call into an error that Temporal retries, or that waits for a person.

    The platform's own wish to wait is kept as the next delay; everything else is left to the
    named retry policies.

    Args:
        but: Failures that the caller understands itself.
    """
    try:
        yield
    except but:
        raise
    except ShopError as error:
        raise as_application_error(error) from error


@asynccontextmanager
async def within_attempt(who: str = "the shop") -> AsyncIterator[None]:
    """Stop a write before the server gives its attempt up and lets the next one begin.

    Two attempts at once could both look, see nothing, and both write.

    Args:
        who: Is asked, for the error.
    """
    limit = activity.info().start_to_close_timeout
    seconds = limit.total_seconds() * _SHARE_OF_ATTEMPT if limit else None
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise ApplicationError(f"{who} took too long to answer", type=OUT_OF_TIME) from error


def as_application_error(error: ShopError) -> ApplicationError:
    """Return the error that crosses to the workflow for a failed call."""
    text = str(error)[:_LONGEST]
    if not error.retryable:
        return ApplicationError(text, type=NEEDS_PERSON, non_retryable=True)
    delay = timedelta(seconds=error.retry_after) if error.retry_after else None
    return ApplicationError(text, type=type(error).__name__, next_retry_delay=delay)
