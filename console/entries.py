"""Asking a person for what a decision still needs, and sending it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.api import Desk
from console.decisions import OPTIONAL, WHEN, Button, Entry
from console.reader import Reader
from domain.cases import CaseView
from domain.errors import DomainError, InputError
from records.errors import RecordsError


async def ask_and_decide(desk: Desk, reader: Reader, view: CaseView, button: Button) -> bool:
    """Ask for a button's entries, send the decision, and tell how it went.

    Returns:
        Whether the case took it.
    """
    if not reader.actor:
        ui.notify(reader.say("Give your name first."), type="warning")
        return False
    given = await _asked(reader, button)
    if given is None:
        return False
    try:
        payload = {**button.payload, **read_entries(button.entries, given), "actor": reader.actor}
        await desk.decide(view.case_id, button.update, payload, request_id=str(uuid4()))
    except (CaseDeskError, DomainError, RecordsError) as error:
        ui.notify(str(error), type="negative", multi_line=True)
        return False
    ui.notify(reader.say("Done"), type="positive")
    return True


async def _asked(reader: Reader, button: Button) -> Mapping[Entry, str] | None:
    """Return what a person entered, or None if they thought better of it."""
    if not button.entries:
        return {}
    with ui.dialog() as dialog, ui.card().classes("w-full max-w-lg"):
        ui.label(reader.term(button.option)).classes("text-h6")
        fields = {entry: _field(reader, entry, button) for entry in button.entries}
        with ui.row().classes("w-full justify-end"):
            ui.button(reader.say("Cancel"), on_click=lambda: dialog.submit(None)).props("flat")
            ui.button(
                reader.say("Send"),
                on_click=lambda: dialog.submit({e: f.value or "" for e, f in fields.items()}),
            )
    found: Mapping[Entry, str] | None = await dialog
    dialog.delete()
    return found


def _field(reader: Reader, entry: Entry, button: Button) -> ui.input | ui.textarea:
    make = ui.textarea if entry is Entry.TEXT else ui.input
    field = make(reader.term(entry), value=(button.prefilled or {}).get(entry, ""))
    if entry in WHEN:
        field.props(f'hint="{reader.say("time (UTC), such as 2026-01-31 18:00")}"')
    return field.classes("w-full")


def read_entries(entries: tuple[Entry, ...], given: Mapping[Entry, str]) -> dict[str, Any]:
    """Return entries as a payload carries them; optional ones that are empty are left out.

    Raises:
        InputError: One is missing, or is no time.
    """
    payload: dict[str, Any] = {}
    for entry in entries:
        words = given.get(entry, "").strip()
        if words:
            payload[entry.value] = _instant(entry, words) if entry in WHEN else words
        elif entry not in OPTIONAL:
            raise InputError(entry.value, "is required; fill it in")
    return payload


def _instant(entry: Entry, words: str) -> str:
    try:
        instant = datetime.fromisoformat(words)
    except ValueError as error:
        raise InputError(entry.value, f"{words!r} is no time; write 2026-01-31 18:00") from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).isoformat()
