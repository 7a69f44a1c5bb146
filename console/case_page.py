"""One case: what goes on, what to do next, by when and why, and the whole story."""

from datetime import UTC, datetime

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.appeal_cards import appeal_left, appeal_right
from console.cards import Page, Shown
from console.cases import Update
from console.decisions import Button
from console.entries import ask_and_decide
from console.evidence_cards import evidence
from console.incident_cards import incident_left, incident_right
from console.look import at, distance, state_badge, urgency
from console.pickup_cards import pickup_left, pickup_right
from console.reader import Reader
from console.rooms import Rooms
from console.shortage_cards import offers, shortage_facts, supply
from console.story import deadlines, timeline
from console.subjects import subject_of
from console.tasks import next_action
from console.uploads import ask_for_file
from domain.cases import CaseKind, CaseView, TimelineEvent
from domain.errors import DomainError
from domain.evidence import EvidenceItem
from records.errors import RecordsError
from records.incident_orders import IncidentOrder

_STALE_SECONDS = 5.0


async def show_case(rooms: Rooms, reader: Reader, case: str) -> None:
    """Build the page of a case, and build it anew whenever the case has changed."""
    shown: list[Shown] = []
    trouble = ui.label().classes("text-negative")
    body = ui.column().classes("w-full gap-3")
    stage = ui.element()

    async def refresh() -> None:
        try:
            found = await look(rooms, case, shown[0] if shown else None)
        except (CaseDeskError, DomainError, RecordsError) as error:
            trouble.text = f"{reader.say('The case cannot be shown')}: {error}"
            return
        trouble.text = ""
        if shown != [found]:
            shown[:] = [found]
            body.clear()
            with body:
                _show(page())

    def page() -> Page:
        return Page(reader, shown[0], datetime.now(UTC), decide)

    async def decide(button: Button) -> None:
        # Questions live outside the body, which is built anew while they are being answered.
        with stage:
            if button.update is Update.ATTACH_EVIDENCE:
                taken = await ask_for_file(page(), button.payload["requirement"])
            else:
                taken = await ask_and_decide(rooms.desk, page(), button)
        if taken:
            await refresh()

    await refresh()
    ui.timer(_STALE_SECONDS, refresh)


async def look(rooms: Rooms, case: str, before: Shown | None) -> Shown:
    """Read everything that the page of a case shows.

    Args:
        rooms: Where to look.
        case: As people write it.
        before: What was read last; the orders of an incident that has not changed since are not
            read again.
    """
    case_id = await rooms.desk.find(case)
    view = CaseView.model_validate(await rooms.desk.view(case_id))
    story = [TimelineEvent.model_validate(one) for one in await rooms.desk.timeline(case_id)]
    same = before is not None and before.view == view
    orders = before.orders if before and same else await _orders(rooms, view)
    shops = await rooms.shops()
    return Shown(
        view=view,
        story=tuple(story),
        evidence=await _files(rooms, view),
        orders=orders,
        shop_name=shops.get(view.shop_id, ""),
    )


async def _files(rooms: Rooms, view: CaseView) -> tuple[EvidenceItem, ...]:
    """Return the evidence of a case; an appeal argues with that of the cases it concerns."""
    concerned = (*(view.appeal.case_ids if view.appeal else ()), view.case_id)
    found = [item for one in concerned for item in await rooms.evidence.items(one)]
    return tuple({item.evidence_id: item for item in found}.values())


async def _orders(rooms: Rooms, view: CaseView) -> tuple[IncidentOrder, ...]:
    return await rooms.orders.of(view.case_id) if view.kind is CaseKind.INCIDENT else ()


def _show(page: Page) -> None:
    _headline(page)
    # On a phone the columns dissolve, and the story comes last.
    with ui.row().classes("w-full gap-3 items-start no-wrap max-md:flex-wrap"):
        with ui.column().classes("w-3/5 max-md:contents gap-3 min-w-0"):
            next_action(page)
            _left(page)
            timeline(page).classes("max-md:order-last")
        with ui.column().classes("w-2/5 max-md:contents gap-3 min-w-0"):
            deadlines(page)
            _right(page)


def _left(page: Page) -> None:
    view = page.view
    if view.pickup:
        pickup_left(page, view.pickup)
    elif view.appeal:
        appeal_left(page, view.appeal)
    elif view.incident:
        incident_left(page, view.incident)
    elif page.shown.evidence:
        evidence(page)


def _right(page: Page) -> None:
    view = page.view
    if view.pickup:
        pickup_right(page, view.pickup)
    elif view.appeal:
        appeal_right(page, view.appeal)
    elif view.incident:
        incident_right(page, view.incident)
    else:
        offers(page)
        supply(page)
        shortage_facts(page)


def _headline(page: Page) -> None:
    view = page.view
    with ui.row().classes("w-full items-center gap-3"):
        ui.button(icon="arrow_back", on_click=lambda: ui.navigate.to("/")).props(
            f'flat dense round aria-label="{page.say("Back to the queue")}"'
        )
        subject = subject_of(view.case_id, view.order_id)
        ui.label(f"{page.say(subject.word)} {subject.name}").classes("text-h5 break-all")
        ui.label(page.term(view.kind)).classes("text-subtitle1 text-grey-8")
        state_badge(page.reader, view.state)
        if view.outcome:
            ui.label(page.term(view.outcome)).classes("text-subtitle1")
        if view.due_at:
            away = distance(page.reader, view.due_at, page.now)
            ui.label(f"{page.say('Due')} {at(view.due_at)} ({away})").classes(
                f"text-{urgency(view.due_at, page.now)}"
            )
