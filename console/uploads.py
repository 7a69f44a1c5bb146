"""Handing a file in from a page: the browser streams it to the API, and tells how it went."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from nicegui import events, ui

from console.cards import Page, answer
from console.decisions import Entry
from console.evidence import Handed, proofs_of
from console.evidence_cards import what_is_asked
from console.payloads import instant_of
from domain.case_parts import ProofView
from domain.errors import InputError
from domain.requirements import MADE_BY_MACHINES, RequirementKind
from vault.limits import Limits, size_text

BY_PEOPLE = tuple(kind for kind in RequirementKind if kind not in MADE_BY_MACHINES)
"""What people hand in; machines make the rest themselves."""
_WITH_FILE = (
    '(files) => "{url}&name=" + encodeURIComponent(files[0].name) + "&zone=" + '
    "encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)"
)
"""The device's zone stands in where a camera states none."""
_ANSWER = "(info) => emit(info.xhr ? info.xhr.responseText : '')"


@dataclass(frozen=True)
class Answer:
    """What the API said of a file."""

    evidence_id: str = ""
    """Empty if it was not taken."""
    trouble: str = ""
    """Why not, or why its case did not take it."""


def read_answer(body: object) -> Answer:
    """Return what an answer of the API to a file says; what cannot be read is a trouble."""
    try:
        said = json.loads(body) if isinstance(body, str) else {}
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        return Answer()
    item = said.get("evidence")
    if isinstance(item, dict):
        return Answer(str(item.get("evidence_id", "")), str(said.get("why_not") or ""))
    return Answer(trouble=str(said.get("error") or ""))


def file_picker(page: Page, url: str, answered: Callable[[Answer], None]) -> ui.element:
    """Show where a file is chosen or dropped; it goes out at once.

    Args:
        page: The page.
        url: Where to, with its query; `aim` changes it.
        answered: Called with what became of it.
    """
    limit = Limits().largest
    picker = ui.element("q-uploader").classes("w-full")
    picker.props(f'send-raw auto-upload flat bordered max-file-size="{limit}"')
    picker.props["label"] = page.say("Choose or drop a file")
    aim(picker, url)

    def told(said: Answer) -> None:
        # Until it is reset it holds on to its file and takes no other.
        picker.run_method("reset")
        answered(said)

    picker.on("uploaded", lambda event: told(read_answer(event.args)), js_handler=_ANSWER)
    picker.on("failed", lambda event: told(_failed(page, event)), js_handler=_ANSWER)
    picker.on("rejected", lambda: told(_too_large(page, limit)), js_handler="() => emit()")
    return picker


def aim(picker: ui.element, url: str) -> None:
    """Let the next file go to an address; the name and the zone are added to its query."""
    picker.props[":url"] = _WITH_FILE.format(url=url)
    picker.update()


def _failed(page: Page, event: events.GenericEventArguments) -> Answer:
    said = read_answer(event.args)
    return said if said.trouble else Answer(trouble=page.say("The file did not arrive."))


def _too_large(page: Page, limit: int) -> Answer:
    words = page.say("The file was not sent: it is larger than")
    return Answer(trouble=f"{words} {size_text(limit)}")


def evidence_url(case_id: str, said: Handed) -> str:
    """Return the address to which a file is handed in."""
    query = said.model_dump(mode="json", exclude_defaults=True)
    query["attach"] = "true" if said.attach else "false"
    return f"/api/cases/{quote(case_id, safe='')}/evidence?{urlencode(query, safe='')}"


async def ask_for_file(page: Page, proof: str) -> bool:
    """Ask for a file that proves something.

    Args:
        page: The page.
        proof: Key of the proof; empty lets a person say what it is.

    Returns:
        Whether anything was taken.
    """
    if not page.reader.actor:
        ui.notify(page.say("Give your name first."), type="warning")
        return False
    wanted = next((one for one in proofs_of(page.view) if one.key == proof), None)
    with ui.dialog() as dialog, ui.card().classes("w-full max-w-lg gap-2"):
        form = _Form(page, wanted)
        ui.button(page.say("Close"), on_click=dialog.close).props("flat").classes("self-end")
    await answer(dialog)
    return form.taken


class _Form:
    """What a person says about a file, and where it is chosen."""

    def __init__(self, page: Page, wanted: ProofView | None) -> None:
        self._page = page
        self.taken = False
        kinds = _kinds(wanted)
        ui.label(page.term(kinds[0]) if len(kinds) == 1 else page.say("Add evidence")).classes(
            "text-h6"
        )
        if wanted:
            ui.label(what_is_asked(page, wanted)).classes("text-body2")
        self._kind = _kind_field(page, kinds)
        self._captured = ui.input(page.say("Taken at, if the file does not say")).classes("w-full")
        self._captured.props(f'hint="{page.say("time (UTC), such as 2026-01-31 18:00")}"')
        self._note = ui.input(page.say("Remark")).classes("w-full")
        self._trouble = ui.label().classes("text-negative")
        self._picker = file_picker(page, self._url(), self._answered)
        for field in (self._kind, self._captured, self._note):
            field.on_value_change(self._aim)

    def _said(self) -> Handed:
        given = (self._captured.value or "").strip()
        return Handed(
            requirement=RequirementKind(self._kind.value),
            actor=self._page.reader.actor,
            note=self._note.value or "",
            captured_at=instant_of(Entry.CAPTURED_AT, given) if given else None,
        )

    def _url(self) -> str:
        return evidence_url(self._page.view.case_id, self._said())

    def _aim(self) -> None:
        try:
            aim(self._picker, self._url())
        except InputError as error:
            self._trouble.text = str(error)
            self._picker.set_visibility(visible=False)
            return
        self._trouble.text = ""
        self._picker.set_visibility(visible=True)

    def _answered(self, said: Answer) -> None:
        self.taken = self.taken or bool(said.evidence_id)
        self._trouble.text = said.trouble
        if said.evidence_id:
            ui.notify(f"{self._page.say('Kept as')} {said.evidence_id}", type="positive")


def _kinds(wanted: ProofView | None) -> tuple[RequirementKind, ...]:
    if wanted is None:
        return BY_PEOPLE
    return tuple(kind for kind in wanted.kinds if kind in BY_PEOPLE) or wanted.kinds


def _kind_field(page: Page, kinds: tuple[RequirementKind, ...]) -> ui.select:
    options: Mapping[str, str] = {kind.value: page.term(kind) for kind in kinds}
    field = ui.select(dict(options), value=kinds[0].value, label=page.say("What it is"))
    field.set_visibility(visible=len(kinds) > 1)
    return field.classes("w-full")
