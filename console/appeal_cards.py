"""What the page of an appeal shows besides what every page does."""

from urllib.parse import urlencode

from nicegui import ui

from console.cards import Page, badge, card, case_link, facts, of_every_case, ready_text
from console.evidence_cards import evidence, proofs
from console.look import at
from domain.appeals import LONGEST_APPEAL_TEXT
from domain.case_parts import AppealPart, FilingView, PacketView


def appeal_left(page: Page, part: AppealPart) -> None:
    """Show what goes in, what is missing, and by what it is proven."""
    _readiness(page, part)
    if part.packet:
        _packet(page, part.packet)
    proofs(page, part.proofs)
    evidence(page)


def appeal_right(page: Page, part: AppealPart) -> None:
    """Show ticket, rounds and the cases concerned."""
    _ticket(page, part)
    if part.rounds:
        with card(page.say("Rounds")):
            for one in part.rounds:
                _filing(page, one)
    if part.case_ids:
        with card(page.say("Cases concerned")):
            for case_id in part.case_ids:
                case_link(case_id, case_id)


def _readiness(page: Page, part: AppealPart) -> None:
    with card(f"{page.say('Round')} {part.round}"):
        with ui.row().classes("w-full items-center gap-2 no-wrap"):
            if part.ready:
                badge(page.say("ready to file"), "positive")
            whole = page.say("complete") if part.complete else page.say("incomplete")
            badge(whole, "positive" if part.complete else "orange-9")
            ui.linear_progress(part.score, show_value=False).classes("grow min-w-24")
            ui.label(f"{part.score:.0%}")
        if part.why:
            why = page.reader.words.rule(part.why)
            ui.label(why).classes("text-body2 break-words")


def _packet(page: Page, packet: PacketView) -> None:
    with card(page.say("What goes in")):
        for note in packet.notes:
            ui.label(note).classes("text-body2 text-orange-9 break-words")
        # The task to file it shows the text already.
        if all(task.text != packet.text for task in page.view.tasks):
            ready_text(page, packet.text, counted=LONGEST_APPEAL_TEXT)
        if packet.english not in ("", packet.text):
            with ui.expansion(page.say("The same in English")).classes("w-full"):
                ui.label(packet.english).classes("whitespace-pre-wrap break-words")
        for number, step in enumerate(packet.checklist, start=1):
            ui.label(f"{number}. {step}").classes("text-body2 break-words")
        with ui.row().classes("w-full items-center gap-2"):
            if packet.evidence_id:
                _packet_download(page, packet, packet.evidence_id)
            ui.label(f"{page.say('made')} {at(packet.built_at)} · {packet.path}").classes(
                "text-caption break-all"
            )
        if packet.digest:
            ui.label(f"SHA-256 {packet.digest}").classes("text-caption text-grey-7 break-all")


def _packet_download(page: Page, packet: PacketView, evidence_id: str) -> None:
    query = urlencode({"given_to": f"the platform, as round {packet.round} of the appeal"})
    button = ui.button(
        page.say("Download the packet"),
        icon="download",
        on_click=lambda: ui.download.from_url(f"/api/evidence/{evidence_id}?{query}"),
    )
    button.props("no-caps unelevated dense padding='2px 10px'")


def _ticket(page: Page, part: AppealPart) -> None:
    allowed = str(part.rounds_allowed) if part.rounds_allowed else page.say("unknown")
    with card(page.say("Ticket")):
        told = {
            "Ticket": part.ticket_id,
            "Violation": page.term(part.violation, "violation"),
            "The platform's word": part.penalty_kind,
            "Issued": at(part.issued_at),
            "Cause argued": page.term(part.scenario, "scenario"),
            "Round": f"{part.round} / {allowed}",
            "Complete by": at(part.internal_deadline),
            "Goes in at the latest": at(part.last_safe_moment),
            "Window ends": at(part.window_ends),
            "Filed through": page.term(part.channel, "channel") if part.channel else None,
            **of_every_case(page),
        }
        facts(page, told)
        if part.rule:
            mark = f" ({page.say('assumed')})" if part.assumed else ""
            ui.label(f"{part.rule}{mark}").classes("text-caption text-grey-7 break-words")


def _filing(page: Page, one: FilingView) -> None:
    with ui.column().classes("w-full gap-0 q-py-xs border-b border-gray-200"):
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(f"{page.say('Round')} {one.round}").classes("text-weight-medium")
            if one.decision:
                won = one.decision == "accepted"
                badge(page.term(one.decision), "positive" if won else "negative")
            if one.complete is False:
                badge(page.say("incomplete"), "orange-9")
        filed = (
            f"{page.say('filed at')} {at(one.filed_at)} · {one.reference or '–'}"
            if one.filed_at
            else page.say("not filed yet")
        )
        ui.label(filed).classes("text-caption text-grey-8 break-words")
        if one.decided_at or one.reason:
            ui.label(f"{page.say('decided at')} {at(one.decided_at)} {one.reason}").classes(
                "text-caption text-grey-8 break-words"
            )
        if one.receipt:
            url = f"/api/evidence/{one.receipt}"
            ui.link(page.say("Screenshot that shows it"), url).classes("text-caption")
