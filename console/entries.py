"""Asking a person for what a decision still needs, and sending it."""

from collections.abc import Mapping
from uuid import uuid4

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.cards import Page, answer
from console.cases import Desk
from console.decisions import WHEN, Button, Entry
from console.evidence import Handed
from console.payloads import read_entries
from console.uploads import Answer, evidence_url, file_picker
from domain.appeal_story import RECEIPT
from domain.errors import DomainError
from records.errors import RecordsError

_SENT = "sent"


async def ask_and_decide(desk: Desk, page: Page, button: Button) -> bool:
    """Ask for a button's entries, send the decision, and tell how it went.

    Returns:
        Whether the case took it.
    """
    if not page.reader.actor:
        ui.notify(page.say("Give your name first."), type="warning")
        return False
    form = _Form(page, button)
    if not await form.filled():
        return False
    try:
        payload = {
            **button.payload,
            **read_entries(button.entries, form.given, optional=button.optional),
            **form.receipt,
            "actor": page.reader.actor,
        }
        await desk.decide(page.view.case_id, button.update, payload, request_id=str(uuid4()))
    except (CaseDeskError, DomainError, RecordsError) as error:
        ui.notify(str(error), type="negative", multi_line=True)
        return False
    ui.notify(page.say("Done"), type="positive")
    return True


class _Form:
    """What a button asks a person for."""

    def __init__(self, page: Page, button: Button) -> None:
        self._page = page
        self._button = button
        self.given: Mapping[Entry, str] = {}
        self.receipt: dict[str, str] = {}

    async def filled(self) -> bool:
        """Ask; False if they thought better of it."""
        if not self._button.entries:
            return True
        with ui.dialog() as dialog, ui.card().classes("w-full max-w-lg"):
            about = self._button.payload.get("order_id", "")
            ui.label(f"{self._page.term(self._button.option)} {about}").classes("text-h6")
            fields = {entry: self._field(entry) for entry in self._button.entries}
            if self._button.receipt:
                self._screenshot()
            with ui.row().classes("w-full justify-end"):
                ui.button(self._page.say("Cancel"), on_click=lambda: dialog.submit(None)).props(
                    "flat"
                )
                ui.button(self._page.say("Send"), on_click=lambda: dialog.submit(_SENT))
        sent = await answer(dialog) == _SENT
        self.given = {entry: field.value or "" for entry, field in fields.items()}
        return sent

    def _field(self, entry: Entry) -> ui.input | ui.textarea:
        make = ui.textarea if entry is Entry.TEXT else ui.input
        optional = f" ({self._page.say('optional')})" if entry in self._button.optional else ""
        label = f"{self._page.term(entry)}{optional}"
        field = make(label, value=(self._button.prefilled or {}).get(entry, ""))
        if entry in WHEN:
            hint = self._page.say("time (UTC), such as 2026-01-31 18:00")
            field.props(f'hint="{hint}"')
        return field.classes("w-full")

    def _screenshot(self) -> None:
        ui.label(self._page.say("Screenshot that shows it")).classes("text-caption")
        told = ui.label().classes("text-caption")

        def answered(said: Answer) -> None:
            if said.evidence_id:
                self.receipt["evidence_id"] = said.evidence_id
            told.text = said.trouble or f"{self._page.say('Kept as')} {said.evidence_id}"

        handed = Handed(requirement=RECEIPT, actor=self._page.reader.actor, attach=False)
        file_picker(self._page, evidence_url(self._page.view.case_id, handed), answered)
