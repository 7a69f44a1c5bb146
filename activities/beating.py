"""Long work in a thread, while the server hears that it goes on."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from temporalio import activity

P = ParamSpec("P")
T = TypeVar("T")
BEAT_SECONDS = 5.0


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do *work* in a thread and send a heartbeat every few seconds until it is done.

    An activity that is cancelled leaves at once; the thread ends its work, which therefore has to
    be safe to run beside its own repetition.
    """
    doing = asyncio.create_task(asyncio.to_thread(work, *args, **kwargs))
    while not doing.done():
        await asyncio.wait({doing}, timeout=BEAT_SECONDS)
        activity.heartbeat()
    return await doing
