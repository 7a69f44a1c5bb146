"""Opening many cases: bounded, repeatable, each either opened, joined or closed before."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client

from casedesk.answers import told
from records.cases import CaseArchive, CaseOpenings
from records.database import Database
from workflows.opening import CaseStart, Fate, open_or_join

__all__ = ["CaseOpener", "CaseStart", "Fate", "Openings", "Progress", "bounded"]

_PAGE = 400
"""Openings whose files are read together; within what one SQL statement may list."""
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


class Openings(BaseModel):
    """Case ids by what became of them, in the order they were asked for."""

    model_config = ConfigDict(frozen=True)

    opened: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    already_closed: tuple[str, ...] = ()


class CaseOpener:
    """Opens cases on one server."""

    def __init__(self, client: Client, db: Database) -> None:
        self._client = client
        self._archive = CaseArchive(db)
        self._openings = CaseOpenings(db)

    async def open_all(
        self, starts: Sequence[CaseStart], *, at_once: int, progress: Progress
    ) -> Openings:
        """Open every case, or join it where it is open.

        An interrupted run leaves nothing to clean up: run again, it joins what it had opened.

        Args:
            starts: What to open; one start per case.
            at_once: How many are under way at the same time.
            progress: Told after each.

        Raises:
            CaseDeskError: The server refused one or went away; the rest is not started.
        """
        fates: list[tuple[str, Fate]] = []
        for first in range(0, len(starts), _PAGE):
            page = await asyncio.to_thread(self._as_on_file, starts[first : first + _PAGE])
            fates += await bounded(
                page,
                self._open,
                at_once=at_once,
                progress=_after(len(fates), len(starts), progress),
            )

        def of(fate: Fate) -> tuple[str, ...]:
            return tuple(case_id for case_id, found in fates if found is fate)

        return Openings(
            opened=of(Fate.OPENED),
            joined=of(Fate.JOINED),
            already_closed=of(Fate.ALREADY_CLOSED),
        )

    def _as_on_file(self, starts: Sequence[CaseStart]) -> list[tuple[CaseStart, bool]]:
        """Put each opening under the newest id of its case; True if that is closed on file.

        The files are asked first: the server forgets closed cases, and a run that finds itself
        on file would only end as a duplicate.
        """
        newest = self._openings.current_case_ids({start.case_id for start in starts})
        closed = self._archive.on_file(set(newest.values()))
        under = [start.under(newest[start.case_id]) for start in starts]
        return [(start, start.case_id in closed) for start in under]

    async def _open(self, opening: tuple[CaseStart, bool]) -> tuple[str, Fate]:
        start, closed = opening
        if closed:
            return start.case_id, Fate.ALREADY_CLOSED
        async with told(self._client, start.case_id, needs_worker=False):
            return start.case_id, await open_or_join(self._client, start)


def _after(done: int, of: int, progress: Progress) -> Progress:
    """Return a progress of one page that counts what earlier pages have done."""
    return lambda now, _of: progress(done + now, of)


async def bounded(
    items: Iterable[ItemT],
    act: Callable[[ItemT], Awaitable[ResultT]],
    *,
    at_once: int,
    progress: Progress = lambda _done, _of: None,
) -> list[ResultT]:
    """Act on every item, at most *at_once* at the same time.

    Returns:
        The results in the order of the items.

    Raises:
        Exception: The first failure, after the acts under way have been cancelled.
    """
    queue = list(enumerate(items))
    results: dict[int, ResultT] = {}
    left = iter(queue)

    async def work() -> None:
        for place, item in left:
            results[place] = await act(item)
            progress(len(results), len(queue))

    progress(0, len(queue))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(queue))):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [results[place] for place in range(len(queue))]
