"""The case desk: everything a caller can ask of cases, by ids as people write them."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from casedesk.alerts import alert_tasks
from casedesk.answers import told
from casedesk.bulk import CaseOpener, Openings, Progress, bounded
from casedesk.errors import CaseDeskError, NotFoundError, RefusedError
from casedesk.evidence import with_evidence
from casedesk.finding import CaseFinder
from casedesk.histories import decoded, decoded_events
from casedesk.listing import CaseFilter, CaseLister, CaseRow
from casedesk.settings import Settings
from domain.cases import CaseKind
from records.cases import CaseArchive, CaseOpenings, ClosedCase
from records.database import Database
from workflows.opening import CaseStart

View = dict[str, Any]
"""A case as its `view` query answers, in JSON's types."""
RESTOCK_CHANGED = "restock_changed"
SET_RESTOCK = "set_restock"
_AT_ONCE = 16


def quiet(_done: int, _of: int) -> None:
    """Show no progress."""


class CaseDesk:
    """What callers do with cases; every method raises one-sentence refusals."""

    def __init__(self, client: Client, settings: Settings, db: Database) -> None:
        """Open the desk.

        Args:
            client: Connected, with the product's data converter.
            settings: How many cases are opened at once.
            db: Migrated records.
        """
        self.client = client
        self.settings = settings
        self.db = db
        self.archive = CaseArchive(db)
        self.openings = CaseOpenings(db)
        self._opener = CaseOpener(client, db)
        self._lister = CaseLister(client, self.archive)
        self._finder = CaseFinder(client, db, self._lister)

    # Opening

    async def open_cases(
        self, starts: Sequence[CaseStart], progress: Progress = quiet
    ) -> Openings:
        """Open cases or join them, bounded by the settings; twice is once."""
        return await self._opener.open_all(
            starts, at_once=self.settings.open_concurrency, progress=progress
        )

    # Finding

    async def find(self, case: str) -> str:
        """Return the id of a case given as people write it, as `CaseFinder.find` does."""
        return await self._finder.find(case)

    async def find_appeal(self, ticket: str) -> str:
        """Return the id of an appeal given by its ticket, as `CaseFinder.find_appeal` does."""
        return await self._finder.find_appeal(ticket)

    async def status(self, case_id: str) -> WorkflowExecutionStatus | None:
        """Return what the server says of a case, None if it knows nothing of it."""
        return await self._finder.status(case_id)

    async def _filed(self, case_id: str) -> ClosedCase | None:
        return await asyncio.to_thread(self.archive.closed_case, case_id)

    # Reading

    async def list_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        """List cases: open ones by due time, closed ones from the records, newest first."""
        if wanted.wants_closed:
            return await self._lister.closed_cases(wanted)
        return await self._lister.open_cases(wanted)

    async def view(self, case_id: str) -> View:
        """Return the whole case; a closed one as it is on file."""
        filed = await self._filed(case_id)
        if filed is None:
            queried: View = await self._query(case_id, "view")
            return queried
        return await asyncio.to_thread(with_evidence, self.db, filed.view)

    async def timeline(self, case_id: str) -> list[View]:
        """Return what happened, oldest first."""
        dossier = await asyncio.to_thread(self.archive.dossier, case_id)
        return list(dossier.timeline) if dossier else await self._query(case_id, "timeline")

    async def history(self, case_id: str) -> list[View]:
        """Return the server's events, payloads decoded; those on file once it forgot them."""
        async with told(self.client, case_id, needs_worker=False):
            try:
                history = await self.client.get_workflow_handle(case_id).fetch_history()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            else:
                return decoded_events(history)
        dossier = await asyncio.to_thread(self.archive.dossier, case_id)
        if dossier is None:
            raise NotFoundError(f"there is no case {case_id}; `starter.py list` shows all")
        return [decoded(event) for event in dossier.history]

    async def tasks(self, wanted: CaseFilter, progress: Progress = quiet) -> list[View]:
        """List everything that waits for a person, the earliest due first.

        Returns:
            Tasks as in the view, each with `case_id`, `shop_id` and `order_id` beside it; undated
            ones last, stock alerts of the shop (or of all) among them, as `alert_tasks` has them.
        """
        rows = await self._lister.open_cases(wanted.model_copy(update={"needs_human": True}))
        cases = [row.case_id for row in rows]
        views = await bounded(cases, self.view, at_once=_AT_ONCE, progress=progress)
        found = [
            {"case_id": view["case_id"], "shop_id": view["shop_id"], "order_id": view["order_id"]}
            | task
            for view in views
            for task in view["tasks"]
        ]
        found.sort(key=lambda task: (task["by"] is None, task["by"] or "", task["case_id"]))
        return found + await asyncio.to_thread(alert_tasks, self.db, wanted.shop_id)

    async def _query(self, case_id: str, name: str) -> Any:
        async with told(self.client, case_id):
            return await self.client.get_workflow_handle(case_id).query(name)

    # Deciding

    async def decide(
        self, case_id: str, update: str, payload: Mapping[str, Any], *, request_id: str = ""
    ) -> View:
        """Send a person's decision.

        Args:
            case_id: The full case id.
            update: One of the wire's updates.
            payload: What it carries; None values are left out.
            request_id: A repeat with the same one is answered without being applied again.

        Returns:
            The case's view after it.

        Raises:
            InputError: The case cannot read the payload.
            RefusedError: The case does not allow it now, or is closed.
            CaseDeskError: Nobody answers.
        """
        sent = {key: value for key, value in payload.items() if value is not None}
        if request_id:
            sent["request_id"] = request_id
        handle = self.client.get_workflow_handle(case_id)
        try:
            async with told(self.client, case_id):
                view: View = await handle.execute_update(
                    update, sent, id=request_id or str(uuid.uuid4())
                )
        except NotFoundError:
            raise await self._why_no_decision(case_id) from None
        return view

    async def signal(self, case_id: str, name: str, payload: Mapping[str, Any]) -> None:
        """Tell an open case a fact."""
        sent = {key: value for key, value in payload.items() if value is not None}
        try:
            async with told(self.client, case_id, needs_worker=False):
                await self.client.get_workflow_handle(case_id).signal(name, sent)
        except NotFoundError:
            raise await self._why_no_decision(case_id) from None

    async def _why_no_decision(self, case_id: str) -> CaseDeskError:
        filed = await self._filed(case_id)
        if filed is None and await self.status(case_id) is None:
            return NotFoundError(f"there is no case {case_id}; `starter.py list` shows all")
        newest = await asyncio.to_thread(self.openings.current_case_id, case_id)
        if newest != case_id:
            return RefusedError(f"the case is closed; it goes on as {newest}")
        ended = f" ({filed.outcome})" if filed else ""
        return RefusedError(
            f"the case is closed{ended}; `starter.py reopen {case_id}` opens it again"
        )

    async def restock(
        self, news: Mapping[str, Any], *, shop_id: str | None = None, progress: Progress = quiet
    ) -> list[str]:
        """Tell every open case of a SKU when it comes; where an incident leads, it tells them.

        Args:
            news: The `restock_changed` payload; `sku_id` is the SKU as the cases name it.
            shop_id: Only cases of this shop.
            progress: Told after each case.

        Returns:
            The cases that were told; one that closed meanwhile needs no news.
        """
        event = {"event_id": str(uuid.uuid4()), **news}
        wanted = CaseFilter(sku=str(news["sku_id"]), shop_id=shop_id)
        cases = _who_hears(await self._lister.open_cases(wanted))

        async def tell(case_id: str) -> bool:
            try:
                await self.signal(case_id, RESTOCK_CHANGED, event)
            except RefusedError:
                return False
            return True

        reached = await bounded(cases, tell, at_once=_AT_ONCE, progress=progress)
        return [case_id for case_id, told_it in zip(cases, reached, strict=True) if told_it]


def _who_hears(rows: Sequence[CaseRow]) -> list[str]:
    """Return who is told of a restock: of a shop with an incident the incident alone.

    It hands out what comes along the line; a case that heard of units by itself would promise
    what belongs to somebody else.
    """
    led = {row.shop_id for row in rows if row.kind == CaseKind.INCIDENT}
    return [row.case_id for row in rows if row.kind == CaseKind.INCIDENT or row.shop_id not in led]
