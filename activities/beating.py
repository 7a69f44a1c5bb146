"""Long work, while the server hears that it goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from temporalio import activity

P = ParamSpec("P")
T = TypeVar("T")
BEAT_SECONDS = 5.0


async def while_beating(work: Awaitable[T]) -> T:
    """Await *work* and send a heartbeat every few seconds until it is done.

    Whoever is cancelled meanwhile cancels it, too.
    """
    doing = asyncio.ensure_future(work)
    try:
        while not doing.done():
            await asyncio.wait({doing}, timeout=BEAT_SECONDS)
            activity.heartbeat()
        return await doing
    finally:
        doing.cancel()


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do *work* in a thread, with heartbeats.

    An activity that is cancelled leaves at once; the thread ends its work, which therefore has to
    be safe to run beside its own repetition.
    """
    return await while_beating(asyncio.to_thread(work, *args, **kwargs))
