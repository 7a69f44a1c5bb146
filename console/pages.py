"""The pages for people: the queue in order of deadline, and one page per case."""

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from nicegui import ui

from casedesk.errors import CaseDeskError
from casedesk.listing import CaseFilter, CaseRow
from console.api import Desk
from console.case_page import show_case
from console.look import at, distance, frame, urgency
from console.reader import Reader, reader_of
from domain.errors import DomainError
from records.errors import RecordsError

REFRESH_SECONDS = 5.0
_MOST_ROWS = 500
_TABS = {
    "open": ("Open", CaseFilter()),
    "person": ("Needs a person", CaseFilter(needs_human=True)),
    "closed": ("Closed", CaseFilter(closed=True)),
}
_DIGITS = 6


def serve_pages(app: FastAPI, desk: Desk, *, actor: str) -> None:
    """Serve the pages on an application that also serves webhooks and API."""
    add_pages(desk, actor=actor)
    ui.run_with(app, title="Wenhuo", favicon="📦", show_welcome_message=False)


def add_pages(desk: Desk, *, actor: str) -> None:
    """Define the pages.

    Args:
        desk: The cases.
        actor: Who acts until a reader gives a name.
    """

    @ui.page("/")
    async def queue(request: Request) -> None:
        """Show the queue."""
        reader = reader_of(request, actor)
        with frame(reader, reader.say("Cases")):
            await _show_queue(desk, reader, request.query_params.get("show", "open"))

    @ui.page("/cases/{case}")
    async def case_page(request: Request, case: str) -> None:
        """Show one case."""
        reader = reader_of(request, actor)
        with frame(reader, case):
            await show_case(desk, reader, case)


async def _show_queue(desk: Desk, reader: Reader, chosen: str) -> None:
    chosen = chosen if chosen in _TABS else "open"
    with ui.row().classes("gap-2"):
        for name, (label, _) in _TABS.items():
            button = ui.button(
                reader.say(label), on_click=lambda n=name: ui.navigate.to(f"/?show={n}")
            )
            button.props(
                f"no-caps dense padding='2px 10px' {'unelevated' if name == chosen else 'outline'}"
            )
    trouble = ui.label().classes("text-negative")
    table = _table(reader, closed=chosen == "closed")

    async def refresh() -> None:
        try:
            cases = await desk.list_cases(_TABS[chosen][1])
        except (CaseDeskError, DomainError, RecordsError) as error:
            trouble.text = f"{reader.say('The list cannot be shown')}: {error}"
            return
        trouble.text = ""
        now = datetime.now(UTC)
        rows = [_row(reader, case, now) for case in cases[:_MOST_ROWS]]
        if rows != table.rows:
            table.rows = rows

    await refresh()
    ui.timer(REFRESH_SECONDS, refresh)


def _table(reader: Reader, *, closed: bool) -> ui.table:
    titles = {
        "due": "Closed" if closed else "Due",
        "order": "Order",
        "kind": "Kind",
        "state": "Outcome" if closed else "State",
        "flags": "",
        "choice": "Choice",
        "market": "Market",
        "shop": "Shop",
        "assignee": "Taken by",
    }
    columns = [
        {"name": name, "label": reader.say(title), "field": name, "align": "left"}
        for name, title in titles.items()
    ]
    table = ui.table(rows=[], columns=columns, row_key="case_id", pagination=50)
    table.props(f'flat bordered no-data-label="{reader.say("No cases here.")}"')
    table.props(f'rows-per-page-label="{reader.say("Rows per page")}"')
    table.classes("w-full")
    table.on("rowClick", lambda event: ui.navigate.to(f"/cases/{event.args[1]['case_id']}"))
    table.add_slot("body-cell-due", _DUE)
    table.add_slot("body-cell-flags", _FLAGS)
    table.add_slot("body-cell-order", _ORDER)
    return table


_DUE = """<q-td :props="props"><span :class="'text-' + props.row.colour + ' text-weight-medium'"
 :title="props.row.due_at">{{ props.row.due }}</span></q-td>"""
_FLAGS = """<q-td :props="props"><q-badge v-for="flag in props.row.flags" :key="flag.text"
 :color="flag.colour" class="q-mr-xs">{{ flag.text }}</q-badge></q-td>"""
_ORDER = """<q-td :props="props"><a :href="'/cases/' + encodeURIComponent(props.row.case_id)"
 class="text-primary" :title="props.row.case_id">{{ props.row.order }}</a></q-td>"""
"""Vue writes what stands in braces and bound attributes as text, never as markup."""


def _row(reader: Reader, case: CaseRow, now: datetime) -> dict[str, Any]:
    instant = case.closed_at or case.due_at
    return {
        "case_id": case.case_id,
        "due": distance(reader, instant, now),
        "due_at": at(instant),
        "colour": "grey-7" if case.closed_at else urgency(instant, now),
        "order": f"…{case.order_id[-_DIGITS:]}" if case.order_id else "–",
        "kind": reader.term(case.kind),
        "state": reader.term(case.outcome if case.closed_at else case.state),
        "flags": _flags(reader, case),
        "choice": reader.term(case.choice),
        "market": case.market or "–",
        "shop": case.shop_id or "–",
        "assignee": case.assignee or "–",
    }


def _flags(reader: Reader, case: CaseRow) -> list[dict[str, str]]:
    flags = []
    if case.needs_human:
        flags.append({"text": reader.say("person needed"), "colour": "orange-9"})
    if case.breached:
        flags.append({"text": reader.say("deadline missed"), "colour": "negative"})
    return flags
