"""The pieces that pages of every kind of case are made of."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nicegui import ui

from console.decisions import Button
from console.look import NONE, at
from console.reader import Reader
from domain.cases import CaseView, TimelineEvent
from domain.evidence import EvidenceItem
from records.incident_orders import IncidentOrder

Decide = Callable[[Button], Awaitable[None]]


@dataclass(frozen=True)
class Shown:
    """Everything of a case that its page shows, as it was read at one moment."""

    view: CaseView
    story: tuple[TimelineEvent, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    orders: tuple[IncidentOrder, ...] = ()
    """Of an incident."""
    shop_name: str = ""


@dataclass(frozen=True)
class Page:
    """One showing of a case."""

    reader: Reader
    shown: Shown
    now: datetime
    decide: Decide

    @property
    def view(self) -> CaseView:
        """The case."""
        return self.shown.view

    @property
    def is_open(self) -> bool:
        """Whether the case still takes decisions."""
        return self.view.closed_at is None

    def say(self, english: str) -> str:
        """Return a label in the reader's language."""
        return self.reader.say(english)

    def term(self, wire: str | None, of: str = "") -> str:
        """Return a word of a closed set in the reader's language, a dash for none."""
        return self.reader.term(wire, of)


def card(title: str) -> ui.card:
    """Return an empty card under a title."""
    made = ui.card().props("flat bordered").classes("w-full gap-2")
    with made:
        ui.label(title).classes("text-subtitle1 text-weight-medium")
    return made


def facts(page: Page, told: Mapping[str, str | None]) -> None:
    """Show names with their values; what is not known is left out."""
    with ui.grid(columns="auto 1fr").classes("w-full gap-x-4 gap-y-1"):
        for name, value in told.items():
            if value and value != NONE:
                ui.label(page.say(name)).classes("text-grey-7")
                ui.label(value).classes("break-words min-w-0")


def of_every_case(page: Page) -> dict[str, str | None]:
    """Return what is told of every kind of case, last."""
    view = page.view
    return {
        "Shop": page.shown.shop_name or view.shop_id,
        "Market": view.market,
        "Taken by": view.assignee,
        "Playbook": f"{view.playbook.name} {view.playbook.version}" if view.playbook else None,
        "Opened": at(view.opened_at),
        "Closed": at(view.closed_at),
    }


def buttons(page: Page, title: str, offered: Sequence[Button]) -> None:
    """Show decisions in a row."""
    with ui.row().classes("items-center gap-2"):
        if title:
            ui.label(title).classes("text-caption text-grey-8")
        for button in offered:
            decision_button(page, button)


def decision_button(page: Page, button: Button, icon: str | None = None) -> ui.button:
    """Show one decision."""

    async def press() -> None:
        await page.decide(button)

    made = ui.button(page.term(button.option), icon=icon, on_click=press)
    return made.props("no-caps dense outline padding='2px 10px'")


def case_link(words: str, case_id: str) -> ui.link:
    """Link to another case."""
    return ui.link(words, f"/cases/{case_id}").classes("break-words")


def badge(words: str, colour: str) -> ui.badge:
    """Show a word that stands out."""
    return ui.badge(words).props(f"color={colour}")


def ready_text(page: Page, text: str, *, counted: int | None = None) -> None:
    """Show a text that is to be copied.

    Args:
        page: The page.
        text: The text.
        counted: How many characters fit where it goes; shown beside how many there are.
    """
    with ui.row().classes("w-full items-center gap-2"):
        ui.label(page.say("Ready text")).classes("text-caption")
        copy_button(page, text)
        if counted is not None:
            fits = len(text) <= counted
            ui.label(f"{len(text):,} / {counted:,} {page.say('characters')}").classes(
                f"text-caption {'text-grey-7' if fits else 'text-negative'}"
            )
    ui.label(text).classes("whitespace-pre-wrap bg-white q-pa-sm rounded w-full break-words")


def copy_button(page: Page, text: str) -> None:
    """Show a button that puts a text on the clipboard."""

    def copy() -> None:
        ui.clipboard.write(text)
        ui.notify(page.say("Copied"))

    ui.button(page.say("Copy"), icon="content_copy", on_click=copy).props("flat dense no-caps")


async def answer(dialog: ui.dialog) -> str | None:
    """Return what a dialog was closed with, None for nothing; it is gone then."""
    given: str | None = await dialog
    # Whoever leaves the page takes its dialogs along.
    if not dialog.is_deleted:
        dialog.delete()
    return given


def span(start: datetime | None, end: datetime | None) -> str | None:
    """Return a window for people, None if nothing of it is known."""
    return f"{at(start)} – {at(end)}" if start or end else None
