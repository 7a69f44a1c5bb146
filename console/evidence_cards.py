"""Proofs and evidence on a page: what is held, what is missing and until when, and the files."""

from urllib.parse import urlencode

from nicegui import ui

from console.cards import Page, answer, badge, card, copy_button, decision_button
from console.decisions import evidence_button
from console.look import at, distance, urgency
from console.words import Tongue
from domain.case_parts import ProofState, ProofView, ScenarioView
from domain.evidence import EvidenceItem
from domain.requirements import MADE_BY_MACHINES
from vault.limits import size_text

_COLOURS = {
    ProofState.HELD: "positive",
    ProofState.ASKED: "primary",
    ProofState.OVERDUE: "negative",
    ProofState.ABANDONED: "grey",
    ProofState.MISSING: "orange-9",
}
_DIGEST = 12
"""Digits of a digest that a row shows; the whole of it is copied."""


def proofs(page: Page, wanted: tuple[ProofView, ...]) -> None:
    """Show every proof: what is missing first."""
    if not wanted:
        return
    with card(page.say("Proofs")):
        missing_first = sorted(wanted, key=lambda one: one.state is ProofState.HELD)
        for proof in missing_first:
            _proof(page, proof)


def _proof(page: Page, proof: ProofView) -> None:
    with ui.column().classes("w-full gap-1 q-py-xs border-b border-gray-200"):
        with ui.row().classes("w-full items-center gap-2"):
            badge(page.term(proof.state, "proof"), _COLOURS[proof.state])
            names = " / ".join(page.term(kind) for kind in proof.kinds)
            ui.label(names).classes("text-weight-medium break-words")
            _marks(page, proof)
            ui.space()
            if proof.state is not ProofState.HELD and _by_people(proof):
                decision_button(page, evidence_button(proof.key), icon="upload_file")
        if proof.state is not ProofState.HELD:
            _why_wanted(page, proof)


def _marks(page: Page, proof: ProofView) -> None:
    if not proof.needed:
        ui.label(page.say("helps")).classes("text-caption text-grey-7")
    if proof.late:
        badge(page.say("late"), "orange-9")
    if not _by_people(proof):
        ui.label(page.say("made by the system")).classes("text-caption text-grey-7")


def _by_people(proof: ProofView) -> bool:
    return any(kind not in MADE_BY_MACHINES for kind in proof.kinds)


def _why_wanted(page: Page, proof: ProofView) -> None:
    ui.label(what_is_asked(page, proof)).classes("text-body2 text-grey-8 break-words")
    if proof.until:
        until = f"{page.say('can be had until')} {at(proof.until)}"
        ui.label(f"{until} ({distance(page.reader, proof.until, page.now)})").classes(
            f"text-caption text-{urgency(proof.until, page.now)}"
        )
    if proof.scenarios:
        causes = ", ".join(page.term(one, "scenario") for one in proof.scenarios)
        why = "an appeal needs it if the cause is" if proof.needed else "it helps if the cause is"
        ui.label(f"{page.say(why)}: {causes}").classes("text-caption text-grey-7 break-words")


def what_is_asked(page: Page, proof: ProofView) -> str:
    """Return what a proof must show, in the reader's language where its task knows it."""
    tasks = {task.step: task.ask_zh for task in page.view.tasks}
    chinese = tasks.get(f"evidence:{proof.key}", "")
    return chinese if chinese and page.reader.words.tongue is Tongue.CHINESE else proof.ask


def scenarios(page: Page, known: tuple[ScenarioView, ...]) -> None:
    """Show how well each cause could be proven today."""
    if not known:
        return
    with card(page.say("What could be proven today")):
        for one in known:
            with ui.row().classes("w-full items-center gap-2 no-wrap"):
                ui.label(page.term(one.scenario, "scenario")).classes("w-2/5 break-words")
                ui.linear_progress(one.score, show_value=False).classes("grow")
                ui.label(f"{one.score:.0%}").classes("w-12 text-right")
            if one.rule:
                mark = f" ({page.say('assumed')})" if one.assumed else ""
                ui.label(f"{one.rule}{mark}").classes("text-caption text-grey-7 break-words")


def evidence(page: Page) -> None:
    """Show every file of the case with its digest, and take in more."""
    items = page.shown.evidence
    with card(page.say("Evidence")):
        if not items:
            ui.label(page.say("Nothing is held yet.")).classes("text-grey-8")
        for item in items:
            if item.derived_from is None:
                _item(page, item)
        _copies(page, [item for item in items if item.derived_from])
        more = decision_button(page, evidence_button(""), icon="upload_file")
        more.set_text(page.say("Add evidence"))


def _copies(page: Page, copies: list[EvidenceItem]) -> None:
    if not copies:
        return
    title = f"{page.say('Copies made for packets')} ({len(copies)})"
    with ui.expansion(title).classes("w-full"):
        for item in copies:
            _item(page, item)


def _item(page: Page, item: EvidenceItem) -> None:
    with ui.column().classes("w-full gap-0 q-py-xs border-b border-gray-200"):
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(page.term(item.requirement)).classes("text-weight-medium")
            for words, colour in _flags(page, item):
                badge(words, colour)
            ui.space()
            if not item.erased:
                with ui.row().classes("gap-0 no-wrap"):
                    _ways_out(page, item)
        who = page.reader.words.actor(item.collected_by)
        taken = f"{page.say('taken')} {at(item.captured_at)} · " if item.captured_at else ""
        came = f"{page.say('kept')} {at(item.collected_at)} · {who}"
        ui.label(f"{taken}{came}").classes("text-caption text-grey-8 break-words")
        if item.note:
            ui.label(item.note).classes("text-body2 break-words")
        with ui.row().classes("items-center gap-1"):
            ui.label(f"{size_text(item.size)} · SHA-256 {item.digest[:_DIGEST]}…").classes(
                "text-caption text-grey-7"
            ).tooltip(item.digest)
            copy_button(page, item.digest)


def _flags(page: Page, item: EvidenceItem) -> list[tuple[str, str]]:
    marks = (
        (item.late, "late", "orange-9"),
        (item.derived_from is not None, "copy", "grey"),
        (item.held, "on legal hold", "primary"),
        (item.erased, "erased", "negative"),
    )
    return [(page.say(words), colour) for so, words, colour in marks if so]


def _ways_out(page: Page, item: EvidenceItem) -> None:
    look = f"/api/evidence/{item.evidence_id}"
    ui.button(
        page.say("Look"), icon="download", on_click=lambda: ui.download.from_url(look)
    ).props("flat dense no-caps")

    async def hand_on() -> None:
        given_to = await _asked_to_whom(page)
        if given_to:
            ui.download.from_url(f"{look}?{urlencode({'given_to': given_to})}")

    ui.button(page.say("Hand on"), icon="ios_share", on_click=hand_on).props("flat dense no-caps")


async def _asked_to_whom(page: Page) -> str:
    with ui.dialog() as dialog, ui.card().classes("w-full max-w-lg"):
        ui.label(page.say("Hand on")).classes("text-h6")
        ui.label(page.say("The custody record keeps who got it and why.")).classes("text-body2")
        field = ui.input(page.say("To whom, and why")).classes("w-full")
        with ui.row().classes("w-full justify-end"):
            ui.button(page.say("Cancel"), on_click=lambda: dialog.submit("")).props("flat")
            ui.button(page.say("Download"), on_click=lambda: dialog.submit(field.value or ""))
    return (await answer(dialog) or "").strip()
