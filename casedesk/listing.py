"""Which cases there are: what the server lists, and what only the records still know."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

from casedesk.answers import told
from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from domain.instants import Instant, aware
from records.cases import CaseArchive, ClosedCase
from workflows import names
from workflows.opening import CASE_TYPES

_LATEST = datetime.max.replace(tzinfo=UTC)
_UNQUOTABLE = frozenset("'\"\\`")


class CaseFilter(BaseModel):
    """Which cases are wanted; what is None or False does not matter."""

    model_config = ConfigDict(frozen=True)

    state: CaseState | None = None
    kind: CaseKind | None = None
    shop_id: str | None = None
    order_id: str | None = None
    sku: str | None = None
    needs_human: bool = False
    due_before: Instant | None = None
    closed: bool = False
    """Closed cases instead of open ones."""
    newest: int = Field(default=1000, ge=1)
    """Of the closed cases on file, how many are looked at."""

    @property
    def wants_closed(self) -> bool:
        """Whether closed cases are asked for."""
        return self.closed or self.state is CaseState.CLOSED


class CaseRow(BaseModel):
    """One case in a list."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    kind: str | None = None
    state: str
    outcome: str | None = None
    shop_id: str | None = None
    order_id: str | None = None
    market: str | None = None
    choice: str | None = None
    assignee: str | None = None
    due_at: Instant | None = None
    needs_human: bool = False
    breached: bool = False
    opened_at: Instant | None = None
    closed_at: Instant | None = None


class CaseLister:
    """Lists cases."""

    def __init__(self, client: Client, archive: CaseArchive) -> None:
        self._client = client
        self._archive = archive

    async def open_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        """List open cases, the one that is due first at the top, undated ones last."""
        rows = await self._listed([*_conditions(wanted), "ExecutionStatus = 'Running'"])
        return sorted(rows, key=_by_due)

    async def closed_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        """List closed cases, the newest first.

        The records are what counts; the server adds runs that never reached them, such as one
        that was terminated.
        """
        filed = await asyncio.to_thread(
            self._archive.search,
            shop_id=wanted.shop_id,
            order_id=wanted.order_id,
            limit=wanted.newest,
        )
        rows = [row_of_record(case) for case in filed if _fits(case, wanted)]
        known = {case.case_id for case in filed}
        over = "ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')"
        ended = await self._listed([*_conditions(wanted), over])
        rows += [row for row in ended if row.case_id not in known]
        return sorted(rows, key=lambda row: _latest(row.closed_at), reverse=True)

    async def _listed(self, conditions: Sequence[str]) -> list[CaseRow]:
        types = ", ".join(f"'{name}'" for name in CASE_TYPES)
        query = " AND ".join([f"WorkflowType IN ({types})", *conditions])
        async with told(self._client, "the list", needs_worker=False):
            return [_row(run) async for run in self._client.list_workflows(query)]


def row_of_record(case: ClosedCase) -> CaseRow:
    """Return the list row of a closed case on file."""
    return CaseRow(
        case_id=case.case_id,
        kind=case.kind,
        state=CaseState.CLOSED,
        outcome=case.outcome,
        shop_id=case.shop_id,
        order_id=case.order_id,
        market=case.view.get("market"),
        choice=case.view.get("choice"),
        assignee=case.view.get("assignee"),
        breached=bool(case.view.get("breaches")),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def _conditions(wanted: CaseFilter) -> list[str]:
    equal: dict[SearchAttributeKey[Any], str | None] = {
        names.CASE_KIND: wanted.kind,
        names.CASE_SHOP: wanted.shop_id,
        names.CASE_ORDER: wanted.order_id,
        names.CASE_SKU: wanted.sku,
        names.CASE_STATE: None if wanted.wants_closed else wanted.state,
    }
    found = [f"{key.name} = '{_quotable(value)}'" for key, value in equal.items() if value]
    if wanted.needs_human:
        found.append(f"{names.CASE_NEEDS_HUMAN.name} = true")
    if wanted.due_before:
        found.append(f"{names.CASE_DUE_AT.name} < '{wanted.due_before.isoformat()}'")
    return found


def _quotable(value: str) -> str:
    if _UNQUOTABLE & set(value):
        raise InputError("filter", f"{value!r} holds a quotation mark or backslash; no id does")
    return value


def _row(run: WorkflowExecution) -> CaseRow:
    held = run.typed_search_attributes
    running = run.status is WorkflowExecutionStatus.RUNNING
    status = run.status.name.lower() if run.status else None
    order = names.order_of_case(run.id)
    return CaseRow(
        case_id=run.id,
        kind=held.get(names.CASE_KIND),
        state=(held.get(names.CASE_STATE) or CaseState.OPENING) if running else CaseState.CLOSED,
        outcome=held.get(names.CASE_OUTCOME) or (None if running else status),
        shop_id=held.get(names.CASE_SHOP) or (order[0] if order else None),
        order_id=held.get(names.CASE_ORDER) or (order[1] if order else None),
        market=held.get(names.CASE_MARKET),
        choice=held.get(names.CASE_CHOICE),
        assignee=held.get(names.CASE_ASSIGNEE),
        due_at=held.get(names.CASE_DUE_AT),
        needs_human=bool(held.get(names.CASE_NEEDS_HUMAN)) and running,
        breached=bool(held.get(names.CASE_BREACHED)),
        opened_at=held.get(names.CASE_OPENED_AT) or run.start_time,
        closed_at=run.close_time,
    )


def _fits(case: ClosedCase, wanted: CaseFilter) -> bool:
    if wanted.kind and case.kind != wanted.kind:
        return False
    return not wanted.sku or wanted.sku in case.view.get("short_skus", [])


def _by_due(row: CaseRow) -> tuple[bool, datetime, str]:
    return row.due_at is None, _latest(row.due_at), row.case_id


def _latest(instant: datetime | None) -> datetime:
    return aware(instant) if instant else _LATEST
