"""The queue: every kind of case in order of deadline, by tab, kind and shop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from casedesk.errors import CaseDeskError
from casedesk.listing import CaseFilter, CaseRow
from console.alert_cards import show_alerts
from console.look import at, distance, urgency
from console.reader import Reader
from console.rooms import Rooms
from console.subjects import subject_of
from domain.cases import CaseKind
from domain.errors import DomainError
from records.errors import RecordsError

REFRESH_SECONDS = 5.0
_MOST_ROWS = 500
_TABS = {"open": "Open", "person": "Needs a person", "closed": "Closed"}
_EVERY = ""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see of the queue."""

    tab: str = "open"
    kind: CaseKind | None = None
    shop_id: str | None = None

    @property
    def closed(self) -> bool:
        """Whether closed cases are wanted."""
        return self.tab == "closed"

    def filter(self) -> CaseFilter:
        """Return what to ask the desk for."""
        return CaseFilter(
            kind=self.kind,
            shop_id=self.shop_id,
            needs_human=self.tab == "person",
            closed=self.closed,
        )

    def address(self) -> str:
        """Return the address of the queue that shows this."""
        query = {"show": self.tab, "kind": self.kind, "shop": self.shop_id}
        return f"/?{urlencode({name: value for name, value in query.items() if value})}"


def read_wish(query: Mapping[str, str]) -> Wish:
    """Return what an address asks for; what it misspells does not matter."""
    tab, kind = query.get("show", ""), query.get("kind", "")
    return Wish(
        tab=tab if tab in _TABS else "open",
        kind=CaseKind(kind) if kind in set(CaseKind) else None,
        shop_id=query.get("shop") or None,
    )


async def show_queue(rooms: Rooms, reader: Reader, wish: Wish) -> None:
    """Build the queue, and keep it fresh."""
    trouble = ui.label().classes("text-negative")
    shops: dict[str, str] = {}
    try:
        shops = await rooms.shops()
    except RecordsError as error:
        trouble.text = str(error)
    _choosers(reader, wish, shops)
    alerts = show_alerts(rooms.alerts, reader, shops, wish.shop_id)
    table = _table(reader, closed=wish.closed)

    async def refresh() -> None:
        try:
            await alerts()
            cases = await rooms.desk.list_cases(wish.filter())
        except (CaseDeskError, DomainError, RecordsError) as error:
            trouble.text = f"{reader.say('The list cannot be shown')}: {error}"
            return
        trouble.text = ""
        now = datetime.now(UTC)
        rows = [_row(reader, case, shops, now) for case in cases[:_MOST_ROWS]]
        if rows != table.rows:
            table.rows = rows

    await refresh()
    ui.timer(REFRESH_SECONDS, refresh)


def _choosers(reader: Reader, wish: Wish, shops: Mapping[str, str]) -> None:
    kinds = {_EVERY: reader.say("All kinds")} | {one.value: reader.term(one) for one in CaseKind}
    places = {_EVERY: reader.say("All shops"), **shops}
    with ui.row().classes("w-full items-center gap-2"):
        for name, label in _TABS.items():
            _tab(reader.say(label), replace(wish, tab=name), chosen=name == wish.tab)
        ui.space().classes("max-md:hidden")
        _select(
            kinds,
            wish.kind or _EVERY,
            lambda value: replace(wish, kind=CaseKind(value) if value else None),
        )
        if len(shops) > 1:
            chosen = wish.shop_id if wish.shop_id in shops else _EVERY
            _select(places, chosen or _EVERY, lambda value: replace(wish, shop_id=value or None))


def _tab(words: str, leads_to: Wish, *, chosen: bool) -> None:
    button = ui.button(words, on_click=lambda: ui.navigate.to(leads_to.address()))
    button.props(f"no-caps dense padding='2px 10px' {'unelevated' if chosen else 'outline'}")


def _select(options: Mapping[str, str], chosen: str, wish: Callable[[str], Wish]) -> None:
    field = ui.select(
        dict(options),
        value=chosen,
        on_change=lambda event: ui.navigate.to(wish(event.value or _EVERY).address()),
    )
    field.props("dense outlined options-dense").classes("min-w-40")


def _table(reader: Reader, *, closed: bool) -> ui.table:
    titles = {
        "due": "Closed" if closed else "Due",
        "about": "About",
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
    table.props(':grid="Quasar.Screen.lt.md"').classes("w-full")
    table.on("rowClick", lambda event: ui.navigate.to(f"/cases/{event.args[1]['case_id']}"))
    table.add_slot("body-cell-due", _cell(_DUE))
    table.add_slot("body-cell-flags", _cell(_FLAGS))
    table.add_slot("body-cell-about", _cell(_ABOUT))
    table.add_slot("item", _ITEM)
    return table


def _cell(content: str) -> str:
    return f'<q-td :props="props">{content}</q-td>'


_DUE = """<span :class="'text-' + props.row.colour + ' text-weight-medium'"
 :title="props.row.due_at">{{ props.row.due }}</span>"""
_FLAGS = """<q-badge v-for="flag in props.row.flags" :key="flag.text"
 :color="flag.colour" class="q-mr-xs">{{ flag.text }}</q-badge>"""
_ABOUT = """<a :href="'/cases/' + encodeURIComponent(props.row.case_id)"
 class="text-primary" :title="props.row.case_id">{{ props.row.about }}</a>"""
_ITEM = f"""<div class="col-12 q-pa-xs"><q-card flat bordered class="q-pa-sm">
 <div class="row justify-between">{_ABOUT}{_DUE}</div>
 <div class="row q-gutter-x-sm items-center text-body2">
 <span>{{{{ props.row.kind }}}}</span><span class="text-grey-8">{{{{ props.row.state }}}}</span>
 <span class="text-grey-7">{{{{ props.row.shop }}}}</span></div>
 <div>{_FLAGS}</div></q-card></div>"""
"""Vue writes what stands in braces and bound attributes as text, never as markup."""


def _row(reader: Reader, case: CaseRow, shops: Mapping[str, str], now: datetime) -> dict[str, Any]:
    instant = case.closed_at or case.due_at
    about = subject_of(case.case_id, case.order_id)
    return {
        "case_id": case.case_id,
        "due": distance(reader, instant, now),
        "due_at": at(instant),
        "colour": "grey-7" if case.closed_at else urgency(instant, now),
        "about": f"{reader.say(about.word)} {about.short}",
        "kind": reader.term(case.kind),
        "state": reader.term(case.outcome if case.closed_at else case.state),
        "flags": _flags(reader, case),
        "choice": reader.term(case.choice),
        "market": case.market or "–",
        "shop": shops.get(case.shop_id or "", case.shop_id) or "–",
        "assignee": case.assignee or "–",
    }


def _flags(reader: Reader, case: CaseRow) -> list[dict[str, str]]:
    flags = []
    if case.needs_human:
        flags.append({"text": reader.say("person needed"), "colour": "orange-9"})
    if case.breached:
        flags.append({"text": reader.say("deadline missed"), "colour": "negative"})
    return flags
