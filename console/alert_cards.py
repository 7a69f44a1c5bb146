"""Stock alerts on the queue: what the platform says, and what a person does about it."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.alerts import AlertBook
from console.look import at
from console.reader import Reader
from records.errors import RecordsError
from records.stock_alerts import StockAlert


def show_alerts(
    alerts: AlertBook, reader: Reader, shops: Mapping[str, str], shop_id: str | None
) -> Callable[[], Awaitable[None]]:
    """Make room for the alerts that nobody has taken up.

    Returns:
        What shows them as they are now.
    """
    place = ui.column().classes("w-full gap-2")
    shown: list[list[StockAlert]] = []

    async def refresh() -> None:
        found = await alerts.standing(shop_id)
        if shown != [found]:
            shown[:] = [found]
            place.clear()
            with place:
                for alert in found:
                    _alert(reader, shops, alert, settle)

    async def settle(alert: StockAlert) -> None:
        if not reader.actor:
            ui.notify(reader.say("Give your name first."), type="warning")
            return
        try:
            await alerts.settle(alert.shop_id, alert.sku_id, reader.actor)
        except (CaseDeskError, RecordsError) as error:
            ui.notify(str(error), type="negative")
        await refresh()

    return refresh


def _alert(
    reader: Reader,
    shops: Mapping[str, str],
    alert: StockAlert,
    settle: Callable[[StockAlert], Awaitable[None]],
) -> None:
    shop = shops.get(alert.shop_id, alert.shop_id)
    with ui.card().props("flat bordered").classes("w-full gap-1 bg-orange-1"):
        ui.label(
            f"{reader.say('Count the shelf and open an incident for SKU')} {alert.sku_id} · {shop}"
        ).classes("text-weight-medium break-words")
        ui.label(_said(reader, alert)).classes("text-body2 break-words")
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(command(alert)).classes("text-caption break-all")
            ui.space()

            async def looked() -> None:
                await settle(alert)

            ui.button(reader.say("Nothing to do"), on_click=looked).props("flat dense no-caps")


def _said(reader: Reader, alert: StockAlert) -> str:
    said = [f"{reader.say('The platform says')}: {reader.term(alert.level, 'stock')}"]
    if alert.available is not None:
        said.append(f"{reader.say('can still be sold')}: {alert.available}")
    if alert.committed is not None:
        said.append(f"{reader.say('in open orders')}: {alert.committed}")
    return " · ".join([*said, at(alert.changed_at)])


def command(alert: StockAlert) -> str:
    """Return how an incident is opened for an alert; only who has counted knows how many."""
    return (
        f"starter.py incident open --shop {alert.shop_id} --sku {alert.sku_id} --on-hand COUNTED"
    )
