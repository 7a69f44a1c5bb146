"""Stock alerts on the queue: what the platform says, and what a person does about it."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.alerts import AlertBook, Counted
from console.cards import answer
from console.decisions import Entry
from console.look import at
from console.payloads import read_entries
from console.reader import Reader
from domain.errors import DomainError
from records.errors import RecordsError
from records.stock_alerts import StockAlert

_ASKED = (Entry.ON_HAND, Entry.SUPPLIER, Entry.STREAM)
"""What is asked before an incident is opened."""
_OPTIONAL = frozenset({Entry.SUPPLIER, Entry.STREAM})
_SENT = "sent"


def show_alerts(
    alerts: AlertBook, reader: Reader, shops: Mapping[str, str], shop_id: str | None
) -> Callable[[], Awaitable[None]]:
    """Make room for the alerts that nobody has taken up.

    Returns:
        What shows them as they are now.
    """
    place = ui.column().classes("w-full gap-2")
    board = _Board(alerts, reader, shops, place)

    async def refresh() -> None:
        await board.show(await alerts.standing(shop_id))

    return refresh


class _Board:
    """Where alerts are shown and answered."""

    def __init__(
        self, alerts: AlertBook, reader: Reader, shops: Mapping[str, str], place: ui.column
    ) -> None:
        self._alerts = alerts
        self._reader = reader
        self._shops = shops
        self._place = place
        self._stage = ui.element()
        self._shown: list[StockAlert] = []

    async def show(self, found: list[StockAlert]) -> None:
        """Show alerts in the place of those before."""
        if found == self._shown:
            return
        self._shown = found
        self._place.clear()
        with self._place:
            for alert in found:
                self._alert(alert)

    def _alert(self, alert: StockAlert) -> None:
        say, shop = self._reader.say, self._shops.get(alert.shop_id, alert.shop_id)
        with ui.card().props("flat bordered").classes("w-full gap-1 bg-orange-1"):
            about = f"{alert.sku_id} · {shop}"
            ui.label(f"{say('Count the shelf and open an incident for SKU')} {about}").classes(
                "text-weight-medium break-words"
            )
            ui.label(self._said(alert)).classes("text-body2 break-words")
            with ui.row().classes("w-full items-center gap-2"):
                ui.button(say("Open the incident"), on_click=lambda: self._open(alert)).props(
                    "dense no-caps outline padding='2px 10px'"
                )
                ui.button(say("Nothing to do"), on_click=lambda: self._settle(alert)).props(
                    "flat dense no-caps"
                )

    def _said(self, alert: StockAlert) -> str:
        say = self._reader.say
        said = [f"{say('The platform says')}: {self._reader.term(alert.level, 'stock')}"]
        if alert.available is not None:
            said.append(f"{say('can still be sold')}: {alert.available}")
        if alert.committed is not None:
            said.append(f"{say('in open orders')}: {alert.committed}")
        return " · ".join([*said, at(alert.changed_at)])

    async def _settle(self, alert: StockAlert) -> None:
        if not self._named():
            return
        try:
            await self._alerts.settle(alert.shop_id, alert.sku_id, self._reader.actor)
        except (CaseDeskError, RecordsError) as error:
            ui.notify(str(error), type="negative")
            return
        await self.show([one for one in self._shown if one != alert])

    async def _open(self, alert: StockAlert) -> None:
        if not self._named():
            return
        given = await self._asked(alert)
        if given is None:
            return
        try:
            entries = read_entries(_ASKED, given, optional=_OPTIONAL)
            counted = Counted(actor=self._reader.actor, **entries)
            opened = await self._alerts.open_incident(alert.shop_id, alert.sku_id, counted)
        except (CaseDeskError, DomainError, RecordsError) as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        ui.navigate.to(f"/cases/{opened.case_id}")

    async def _asked(self, alert: StockAlert) -> dict[Entry, str] | None:
        """Return what a person entered, or None if they thought better of it."""
        with self._stage, ui.dialog() as dialog, ui.card().classes("w-full max-w-lg"):
            ui.label(f"{self._reader.say('Open the incident')} {alert.sku_id}").classes("text-h6")
            fields = {entry: self._field(entry) for entry in _ASKED}
            with ui.row().classes("w-full justify-end"):
                ui.button(self._reader.say("Cancel"), on_click=lambda: dialog.submit(None)).props(
                    "flat"
                )
                ui.button(self._reader.say("Send"), on_click=lambda: dialog.submit(_SENT))
        sent = await answer(dialog) == _SENT
        return {entry: field.value or "" for entry, field in fields.items()} if sent else None

    def _field(self, entry: Entry) -> ui.input:
        optional = f" ({self._reader.say('optional')})" if entry in _OPTIONAL else ""
        return ui.input(f"{self._reader.term(entry)}{optional}").classes("w-full")

    def _named(self) -> bool:
        if not self._reader.actor:
            ui.notify(self._reader.say("Give your name first."), type="warning")
        return bool(self._reader.actor)
