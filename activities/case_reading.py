"""Cases as other cases need them: open ones asked, closed ones read from the files."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.cases import CaseView, TimelineEvent
from records.cases import CaseArchive
from records.database import Database

_AT_ONCE = 16


class CaseRead(NamedTuple):
    """A case as it is now, or as it was filed."""

    view: CaseView
    timeline: tuple[TimelineEvent, ...]


class CaseReader:
    """Reads cases wherever they are."""

    def __init__(self, db: Database, client: Client | None) -> None:
        """Take where cases are.

        Args:
            db: The migrated records, with every case that has closed.
            client: Asks those that are open; None knows none.
        """
        self._archive = CaseArchive(db)
        self._client = client

    async def read(self, case_ids: Sequence[str]) -> list[CaseRead | None]:
        """Return cases in the order of *case_ids*; None for one that nobody knows.

        Raises:
            RPCError: The server does not answer.
        """
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(case_id: str) -> CaseRead | None:
            async with turn:
                return await self._filed(case_id) or await self._open(case_id)

        return list(await asyncio.gather(*(one(case_id) for case_id in case_ids)))

    async def _filed(self, case_id: str) -> CaseRead | None:
        dossier = await asyncio.to_thread(self._archive.dossier, case_id)
        if dossier is None:
            return None
        timeline = tuple(TimelineEvent.model_validate(event) for event in dossier.timeline)
        return CaseRead(CaseView.model_validate(dossier.case.view), timeline)

    async def _open(self, case_id: str) -> CaseRead | None:
        if self._client is None:
            return None
        handle = self._client.get_workflow_handle(case_id)
        try:
            view = await handle.query("view", result_type=CaseView)
            timeline = await handle.query("timeline", result_type=list[TimelineEvent])
        except WorkflowQueryFailedError:
            # Its start input named no case, so there is none.
            return None
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return None
        return CaseRead(view, tuple(timeline))
