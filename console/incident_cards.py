"""What the page of a shortage incident shows besides what every page does."""

from typing import Any

from nicegui import events, ui

from console.cards import Page, badge, card, case_link, facts, of_every_case
from console.decisions import move_button
from console.look import at, distance
from domain.allocation_record import Side
from domain.handout import Standing
from domain.incidents import ChangeState, IncidentCounts, IncidentPart, OutsideChange, RestockDate
from domain.timeline import EventKey
from records.incident_orders import IncidentOrder

MOST_ORDERS = 500
"""Orders that a page shows at once; the search finds every other."""
_COLOURS = {
    ChangeState.CHANGED: "positive",
    ChangeState.UNVERIFIED: "orange-9",
    ChangeState.REFUSED: "negative",
    ChangeState.KEPT: "grey",
    ChangeState.CHANGED_BY_OTHERS: "orange-9",
    ChangeState.UNDONE: "positive",
    ChangeState.UNDONE_UNVERIFIED: "orange-9",
}


def incident_left(page: Page, part: IncidentPart) -> None:
    """Show how the units stand and who gets them."""
    _figures(page, part)
    orders(page)
    _moved(page)


def incident_right(page: Page, part: IncidentPart) -> None:
    """Show the item, what was changed outside, the lots and the supplier."""
    _item(page, part)
    _changes(page, part)
    _supplier(page, part)
    if part.lots:
        with card(page.say("Lots")):
            for lot in part.lots:
                ui.label(f"{at(lot.at)} · {lot.lot_id} · {lot.quantity} {page.say('units')}")


def _figures(page: Page, part: IncidentPart) -> None:
    with card(page.say("Units and orders")):
        units = {
            "on_hand": part.on_hand,
            "promised": part.promised,
            "free": max(part.on_hand - part.promised, 0),
        }
        counts = {name: getattr(part.counts, name) for name in IncidentCounts.model_fields}
        for told in (units, counts):
            with ui.row().classes("w-full gap-x-6 gap-y-2"):
                for name, number in told.items():
                    _figure(page, name, number)


def _figure(page: Page, name: str, number: int) -> None:
    with ui.column().classes("gap-0 items-start"):
        ui.label(f"{number:,}").classes("text-h6")
        ui.label(page.term(name, "count")).classes("text-caption text-grey-8")


def orders(page: Page) -> None:
    """Show who is served and who is short, each with the sentence why."""
    if not page.shown.orders:
        return
    with card(page.say("Orders")):
        standings = {one.value: page.term(one, "standing") for one in Standing}
        with ui.row().classes("w-full items-center gap-2"):
            side = ui.toggle(standings, value=Standing.SHORT.value).props("no-caps dense")
            search = ui.input(page.say("Order number ends with")).props("dense clearable")
        table = _table(page)

        def show() -> None:
            table.rows = order_rows(page, side.value, (search.value or "").strip())

        side.on_value_change(show)
        search.on_value_change(show)
        show()


def order_rows(page: Page, standing: str, ending: str) -> list[dict[str, Any]]:
    """Return the rows of some of an incident's orders.

    Args:
        page: The page.
        standing: How they stand; does not matter where an ending is given.
        ending: The last digits of the order number.
    """
    fits = [
        order
        for order in page.shown.orders
        if (order.order_id.endswith(ending) if ending else order.standing == standing)
    ]
    return [_order(page, order) for order in fits[:MOST_ORDERS]]


def _order(page: Page, order: IncidentOrder) -> dict[str, Any]:
    to = {Standing.SHORT: Side.SERVED, Standing.SERVED: Side.SHORT}.get(order.standing)
    move = move_button(order.order_id, to) if to and page.is_open else None
    return {
        "order_id": order.order_id,
        "units": order.units,
        "standing": page.term(order.standing, "standing"),
        "why": page.reader.words.reason(order.why),
        "case": f"/cases/{order.case_id}" if order.case_id else "",
        "outcome": page.term(order.outcome) if order.outcome else "",
        "to": to.value if move and to else "",
        "move": page.term(move.option) if move else "",
    }


def _table(page: Page) -> ui.table:
    titles = {"order_id": "Order", "units": "Units", "why": "Why", "outcome": "Case", "move": ""}
    columns = [
        {"name": name, "label": page.say(title), "field": name, "align": "left"}
        for name, title in titles.items()
    ]
    table = ui.table(rows=[], columns=columns, row_key="order_id", pagination=10)
    table.props(f'flat wrap-cells dense no-data-label="{page.say("No orders here.")}"')
    table.props(f'rows-per-page-label="{page.say("Rows per page")}"')
    table.props(':grid="Quasar.Screen.lt.md"').classes("w-full")
    table.add_slot("body-cell-outcome", _CASE.replace("OPEN", page.say("Open the case")))
    table.add_slot("body-cell-move", _MOVE)
    table.add_slot("item", _ITEM.replace("OPEN", page.say("Open the case")))

    async def move(event: events.GenericEventArguments) -> None:
        await page.decide(move_button(event.args["order_id"], Side(event.args["to"])))

    table.on("move", move)
    return table


_LINK = """<a v-if="props.row.case" :href="props.row.case" class="text-primary">
 {{ props.row.outcome || 'OPEN' }}</a>"""
_PRESS = """<q-btn v-if="props.row.to" flat dense no-caps no-wrap color="primary"
 :label="props.row.move" @click="$parent.$emit('move', props.row)" />"""
_CASE = f'<q-td :props="props">{_LINK}</q-td>'
_MOVE = f'<q-td :props="props">{_PRESS}</q-td>'
_ITEM = f"""<div class="col-12 q-pa-xs border-b border-gray-200"><div class="row justify-between">
 <span class="text-weight-medium">{{{{ props.row.order_id }}}} × {{{{ props.row.units }}}}</span>
 {_LINK}</div><div class="text-body2 text-grey-8">{{{{ props.row.why }}}}</div>{_PRESS}</div>"""
"""Vue writes what stands in braces and bound attributes as text, never as markup."""


def _moved(page: Page) -> None:
    moves = [one for one in page.shown.story if one.key is EventKey.ORDER_MOVED]
    if not moves:
        return
    with card(page.say("Moved by hand")):
        for one in reversed(moves):
            ui.label(f"{at(one.at)} · {one.actor} · {one.detail}").classes("break-words")


def _item(page: Page, part: IncidentPart) -> None:
    view = page.view
    with card(page.say("Item")):
        told = {
            "Product": part.product_name,
            "SKU": part.sku_id,
            "Seller SKU": part.seller_sku,
            "Handed out by": page.term(part.policy, "policy"),
            "Stream": view.stream,
            "Orders are read next": at(part.next_look_at),
            "Recorded allocation": part.allocation,
            **of_every_case(page),
        }
        facts(page, told)
        if part.duplicate_of:
            with ui.row():
                case_link(page.say("The incident of this SKU"), part.duplicate_of)


def _changes(page: Page, part: IncidentPart) -> None:
    with card(page.say("Changed outside")):
        if part.ads:
            ui.label(part.ads).classes("text-body2 text-orange-9 break-words")
        if not (part.changes or part.ads):
            ui.label(page.say("Nothing yet.")).classes("text-grey-8")
        for one in part.changes:
            _change(page, one)


def _change(page: Page, one: OutsideChange) -> None:
    with ui.column().classes("w-full gap-0 q-py-xs border-b border-gray-200"):
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(page.term(one.thing, "thing")).classes("text-weight-medium")
            badge(page.term(one.state, "change"), _COLOURS[one.state])
            checked = page.say("read back") if one.verified else page.say("not verified")
            ui.label(checked).classes(
                f"text-caption {'text-grey-7' if one.verified else 'text-orange-9'}"
            )
        ui.label(f"{one.target}: {one.before or '–'} → {one.after or '–'}").classes(
            "text-caption text-grey-8 break-all"
        )
        if one.why:
            ui.label(one.why).classes("text-body2 text-grey-8 break-words")


def _supplier(page: Page, part: IncidentPart) -> None:
    with card(page.say("Restock")):
        asked = part.next_chase_at
        told = {
            "Supplier": part.supplier,
            "Known of the restock": page.term(part.restock, "restock"),
            "Buyers are told": at(part.restock_at),
            "Supplier is asked next": f"{at(asked)} ({distance(page.reader, asked, page.now)})"
            if asked
            else None,
        }
        facts(page, told)
        for one in reversed(part.dates):
            _date(page, one)


def _date(page: Page, one: RestockDate) -> None:
    words = [page.term(one.state, "restock"), at(one.available_at) if one.available_at else ""]
    if one.offered_at and one.offered_at != one.available_at:
        words.append(f"{page.say('offered as')} {at(one.offered_at)}")
    said = " · ".join(word for word in (at(one.said_at), one.source, *words) if word)
    ui.label(said).classes("text-body2 break-words")
    if one.why:
        ui.label(one.why).classes("text-caption text-grey-7 break-words")
