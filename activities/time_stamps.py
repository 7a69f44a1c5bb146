"""Time stamps for what was entered since the last ones, as long as a worker runs.

No case waits for them: what an authority does not stamp now, it is asked for again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Never

import structlog

from records.errors import RecordsError
from vault.store import Vault

logger = structlog.get_logger()

EVERY = timedelta(minutes=5)
AT_ONCE = 100
"""Chains that are stamped in one round; authorities do not like to be flooded."""


@asynccontextmanager
async def stamping(vault: Vault, *, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Have waiting chains stamped again and again, until the block ends.

    Args:
        vault: Opened with a time-stamping authority.
        every: Pause between two rounds.
    """
    rounds = asyncio.create_task(_go_on(vault, every))
    try:
        yield
    finally:
        rounds.cancel()
        await asyncio.wait({rounds})


async def _go_on(vault: Vault, every: timedelta) -> Never:
    while True:
        try:
            await stamp_waiting(vault)
        except RecordsError as error:
            logger.warning("custody.not_stamped", problem=str(error))
        await asyncio.sleep(every.total_seconds())


async def stamp_waiting(vault: Vault) -> int:
    """Have waiting chains stamped until one fails; return how many were."""
    tries = await asyncio.to_thread(vault.anchor_waiting, at_most=AT_ONCE)
    stamped = sum(one.token is not None for one in tries)
    if stamped:
        logger.info("custody.stamped", chains=stamped)
    for one in tries:
        if one.problem:
            logger.warning("custody.not_stamped", case_id=one.case_id, problem=one.problem)
    return stamped
