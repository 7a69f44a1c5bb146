"""One case: what goes on, what to do next, by when and why, and the whole story."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from nicegui import ui

from casedesk.errors import CaseDeskError
from console.api import Desk
from console.decisions import Button, choice_buttons, standing_buttons, task_buttons
from console.entries import ask_and_decide
from console.look import at, distance, state_badge, urgency
from console.reader import Reader
from domain.cases import CaseView, DeadlineView, HumanTask, TimelineEvent
from domain.errors import DomainError
from records.errors import RecordsError

Decide = Callable[[Button], Awaitable[None]]
_STALE_SECONDS = 5.0


async def show_case(desk: Desk, reader: Reader, case: str) -> None:
    """Build the page of a case, and build it anew whenever the case has changed."""
    shown: list[tuple[CaseView, list[TimelineEvent]]] = []
    trouble = ui.label().classes("text-negative")
    body = ui.column().classes("w-full gap-3")
    stage = ui.element()

    async def refresh() -> None:
        try:
            case_id = await desk.find(case)
            view = CaseView.model_validate(await desk.view(case_id))
            story = [TimelineEvent.model_validate(e) for e in await desk.timeline(case_id)]
        except (CaseDeskError, DomainError, RecordsError) as error:
            trouble.text = f"{reader.say('The case cannot be shown')}: {error}"
            return
        trouble.text = ""
        if shown != [(view, story)]:
            shown[:] = [(view, story)]
            body.clear()
            with body:
                _show(reader, view, story, decide)

    async def decide(button: Button) -> None:
        view, _ = shown[0]
        # Questions live outside the body, which is built anew while they are being answered.
        with stage:
            taken = await ask_and_decide(desk, reader, view, button)
        if taken:
            await refresh()

    await refresh()
    ui.timer(_STALE_SECONDS, refresh)


def _show(reader: Reader, view: CaseView, story: list[TimelineEvent], decide: Decide) -> None:
    now = datetime.now(UTC)
    _headline(reader, view, now)
    with ui.row().classes("w-full gap-3 items-start no-wrap max-md:flex-wrap"):
        with ui.column().classes("w-3/5 max-md:w-full gap-3"):
            _next_action(reader, view, now, decide)
            _timeline(reader, story)
        with ui.column().classes("w-2/5 max-md:w-full gap-3"):
            _deadlines(reader, view, now)
            _offers(reader, view)
            _facts(reader, view)


def _headline(reader: Reader, view: CaseView, now: datetime) -> None:
    with ui.row().classes("w-full items-center gap-3"):
        ui.button(icon="arrow_back", on_click=lambda: ui.navigate.to("/")).props(
            f'flat dense round aria-label="{reader.say("Back to the queue")}"'
        )
        ui.label(f"{reader.say('Order')} {view.order_id or '–'}").classes("text-h5")
        ui.label(reader.term(view.kind)).classes("text-subtitle1 text-grey-8")
        state_badge(reader, view.state)
        if view.outcome:
            ui.label(reader.term(view.outcome)).classes("text-subtitle1")
        if view.due_at:
            due = f"{reader.say('Due')} {at(view.due_at)} ({distance(reader, view.due_at, now)})"
            ui.label(due).classes(f"text-{urgency(view.due_at, now)}")


def _card(title: str) -> ui.card:
    card = ui.card().props("flat bordered").classes("w-full gap-2")
    with card:
        ui.label(title).classes("text-subtitle1 text-weight-medium")
    return card


def _next_action(reader: Reader, view: CaseView, now: datetime, decide: Decide) -> None:
    with _card(reader.say("Next action")):
        if not view.tasks:
            _no_task(reader, view)
        for task in view.tasks:
            _task(reader, view, task, now, decide)
        if not view.tasks and (heard := choice_buttons(view)):
            _buttons(reader, reader.say("The buyer said"), heard, decide)
        if standing := standing_buttons(view):
            ui.separator()
            _buttons(reader, reader.say("This case"), standing, decide)


def _no_task(reader: Reader, view: CaseView) -> None:
    ui.label(reader.say("Nothing waits for a person."))
    if view.due_at:
        ui.label(f"{reader.say('The case acts by itself at')} {at(view.due_at)}").classes(
            "text-grey-8"
        )


def _task(reader: Reader, view: CaseView, task: HumanTask, now: datetime, decide: Decide) -> None:
    with ui.column().classes("w-full gap-1 q-pa-sm bg-orange-1 rounded"):
        if hint := reader.words.hint(task.step):
            ui.label(hint).classes("text-body1")
        ui.label(task.ask).classes("text-body1")
        if task.by:
            due = f"{reader.say('by')} {at(task.by)} ({distance(reader, task.by, now)})"
            ui.label(due).classes(f"text-{urgency(task.by, now)}")
        if task.otherwise:
            ui.label(f"{reader.say('Otherwise')}: {reader.say(task.otherwise)}").classes(
                "text-grey-8"
            )
        if task.text:
            _ready_text(reader, task.text)
        _buttons(reader, "", task_buttons(view, task), decide)


def _ready_text(reader: Reader, text: str) -> None:
    with ui.row().classes("w-full items-center"):
        ui.label(reader.say("Ready text")).classes("text-caption")

        def copy() -> None:
            ui.clipboard.write(text)
            ui.notify(reader.say("Copied"))

        ui.button(reader.say("Copy"), icon="content_copy", on_click=copy).props("flat dense")
    ui.label(text).classes("whitespace-pre-wrap bg-white q-pa-sm rounded w-full break-words")


def _buttons(reader: Reader, title: str, buttons: tuple[Button, ...], decide: Decide) -> None:
    with ui.row().classes("items-center gap-2"):
        if title:
            ui.label(title).classes("text-caption text-grey-8")
        for button in buttons:

            async def press(pressed: Button = button) -> None:
                await decide(pressed)

            ui.button(reader.term(button.option), on_click=press).props(
                "no-caps dense outline padding='2px 10px'"
            )


def _deadlines(reader: Reader, view: CaseView, now: datetime) -> None:
    with _card(reader.say("Deadlines")):
        for deadline in sorted(view.deadlines, key=lambda one: one.at):
            _deadline(reader, view, deadline, now)


def _deadline(reader: Reader, view: CaseView, deadline: DeadlineView, now: datetime) -> None:
    missed = any(
        (breach.deadline, breach.due_at) == (deadline.name, deadline.at)
        for breach in view.breaches
    )
    with ui.column().classes("w-full gap-0"):
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(reader.term(deadline.name)).classes("text-weight-medium")
            ui.space()
            if deadline.assumed:
                ui.badge(reader.say("assumed")).props("color=orange-9 outline")
            if missed:
                ui.badge(reader.say("missed")).props("color=negative")
            ui.label(at(deadline.at)).tooltip(distance(reader, deadline.at, now))
        ui.label(deadline.rule).classes("text-caption text-grey-7")


def _offers(reader: Reader, view: CaseView) -> None:
    if not view.offers:
        return
    with _card(reader.say("Offers")):
        for offer in view.offers:
            details = [
                at(offer.promised_at) if offer.promised_at else None,
                offer.substitute_sku_id,
                offer.gift,
                offer.coupon_id,
            ]
            with ui.row().classes("w-full gap-2"):
                chosen = " ✓" if view.choice == offer.choice else ""
                ui.label(f"{reader.term(offer.choice)}{chosen}").classes("text-weight-medium")
                ui.label(" · ".join(detail for detail in details if detail))


def _facts(reader: Reader, view: CaseView) -> None:
    refund = " ".join(filter(None, (view.refund.amount, view.refund.currency)))
    facts = {
        "Shop": view.shop_id,
        "Market": view.market,
        "Language": view.language,
        "Contact": reader.term(view.contact_mode),
        "Promised": at(view.promised_at),
        "Refund": f"{reader.term(view.refund.status)} {refund}".strip(),
        "Coupon": reader.term(view.coupon.status),
        "Gift to pack": view.gift_to_pack,
        "Taken by": view.assignee,
        "Playbook": f"{view.playbook.name} {view.playbook.version}" if view.playbook else None,
        "Opened": at(view.opened_at),
        "Closed": at(view.closed_at),
    }
    with _card(reader.say("Facts")), ui.grid(columns="auto 1fr").classes("w-full gap-x-4 gap-y-1"):
        for name, value in facts.items():
            ui.label(reader.say(name)).classes("text-grey-7")
            ui.label(value or "–").classes("break-words")


def _timeline(reader: Reader, story: list[TimelineEvent]) -> None:
    with _card(reader.say("Timeline")):
        for event in reversed(story):
            with ui.row().classes("w-full gap-3 items-start no-wrap"):
                ui.label(at(event.at)).classes("text-caption text-grey-7 whitespace-nowrap")
                with ui.column().classes("gap-0 min-w-0"):
                    with ui.row().classes("gap-2 items-baseline"):
                        ui.label(reader.term(event.key)).classes("text-weight-medium")
                        ui.label(event.actor).classes("text-caption text-grey-7")
                    for words in (event.detail, event.rule):
                        if words:
                            ui.label(words).classes(
                                "text-body2 text-grey-9 whitespace-pre-wrap break-words"
                            )
