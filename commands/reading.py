"""Looking at cases: lists, one page, the story, the server's history, what waits for people."""

import json
from typing import Annotated

import typer

from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.listing import CaseFilter
from commands.case_page import case_page
from commands.running import AsJson, Case, Terminal, run_on_desk
from commands.tables import case_table, plain_table, task_table, timeline_table
from domain.cases import CaseKind, CaseState

Shop = Annotated[str | None, typer.Option(help="Only this shop.")]
_DETAIL = 160


def list_cases(
    *,
    state: Annotated[CaseState | None, typer.Option(help="Only this state.")] = None,
    kind: Annotated[CaseKind | None, typer.Option(help="Only this kind.")] = None,
    shop: Shop = None,
    order: Annotated[str | None, typer.Option(help="Only this order.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only cases short of this SKU.")] = None,
    needs_human: Annotated[
        bool, typer.Option("--needs-human", help="Only cases that wait for a person.")
    ] = False,
    due_before: Annotated[
        str | None, typer.Option(help="Only due before, such as 2026-01-02T10:00:00Z.")
    ] = None,
    closed: Annotated[
        bool, typer.Option("--closed", help="Closed cases instead of open ones.")
    ] = False,
    newest: Annotated[
        int, typer.Option(min=1, help="How many of the closed cases on file to look at.")
    ] = 1000,
    as_json: AsJson = False,
) -> None:
    """List open cases, the one that is due first at the top."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        wanted = CaseFilter(
            state=state,
            kind=kind,
            shop_id=shop,
            order_id=order,
            sku=sku,
            needs_human=needs_human,
            due_before=read_instant("--due-before", due_before) if due_before else None,
            closed=closed,
            newest=newest,
        )
        rows = await desk.list_cases(wanted)
        terminal.answer(
            [row.model_dump(mode="json") for row in rows],
            *([case_table(rows)] if rows else []),
            f"{len(rows)} {'case' if len(rows) == 1 else 'cases'}.",
        )

    run_on_desk(work, as_json=as_json)


def show(case: Case, *, as_json: AsJson = False) -> None:
    """Show one case: what is due, what a person has to do, what happened."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        case_id = await desk.find(case)
        view = await desk.view(case_id)
        events = [] if terminal.as_json else await desk.timeline(case_id)
        terminal.answer(view, *([] if terminal.as_json else case_page(view, events)))

    run_on_desk(work, as_json=as_json)


def timeline(case: Case, *, as_json: AsJson = False) -> None:
    """Tell what happened in a case: when, what, by whom."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        events = await desk.timeline(await desk.find(case))
        terminal.answer(events, timeline_table(events))

    run_on_desk(work, as_json=as_json)


def history(case: Case, *, as_json: AsJson = False) -> None:
    """Print the server's own events of a case, every payload decoded."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        events = await desk.history(await desk.find(case))
        table = plain_table("no", "event", "what")
        for event in events:
            what = {k: v for k, v in event.items() if k.endswith("Attributes")}
            detail = json.dumps(next(iter(what.values()), {}), ensure_ascii=False)
            kind = event["eventType"].removeprefix("EVENT_TYPE_").lower()
            table.add_row(event["eventId"], kind, detail[:_DETAIL])
        terminal.answer(events, table)

    run_on_desk(work, as_json=as_json)


def tasks(*, shop: Shop = None, as_json: AsJson = False) -> None:
    """List what waits for a person, the earliest due first."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        with terminal.progress("asking the cases") as progress:
            found = await desk.tasks(CaseFilter(shop_id=shop), progress)
        terminal.answer(
            found,
            *([task_table(found)] if found else []),
            f"{len(found)} {'task' if len(found) == 1 else 'tasks'}.",
        )

    run_on_desk(work, as_json=as_json)
