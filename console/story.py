"""What happened and what is due, as a page tells it."""

from nicegui import ui

from console.cards import Page, badge, card
from console.look import at, distance
from domain.cases import DeadlineView, TimelineEvent
from domain.timeline import EventKey

_BUILT = frozenset(
    {
        EventKey.CASE_MOVED,
        EventKey.CASE_TURNED,
        EventKey.DEADLINE_SET,
        EventKey.DEADLINE_MOVED,
        EventKey.DEADLINE_MISSED,
    }
)
"""Events whose words the rules build from parts; of others they may be a person's."""


def deadlines(page: Page) -> None:
    """Show every deadline with the rule that made it."""
    if not page.view.deadlines:
        return
    with card(page.say("Deadlines")):
        for deadline in sorted(page.view.deadlines, key=lambda one: one.at):
            _deadline(page, deadline)


def _deadline(page: Page, deadline: DeadlineView) -> None:
    missed = any(
        (breach.deadline, breach.due_at) == (deadline.name, deadline.at)
        for breach in page.view.breaches
    )
    with ui.column().classes("w-full gap-0"):
        with ui.row().classes("w-full items-center gap-2"):
            ui.label(page.term(deadline.name)).classes("text-weight-medium")
            ui.space()
            if deadline.assumed:
                ui.badge(page.say("assumed")).props("color=orange-9 outline")
            if missed:
                badge(page.say("missed"), "negative")
            ui.label(at(deadline.at)).tooltip(distance(page.reader, deadline.at, page.now))
        ui.label(page.reader.words.rule(deadline.rule)).classes("text-caption text-grey-7")


def timeline(page: Page) -> ui.card:
    """Show the whole story, the newest first."""
    with card(page.say("Timeline")) as shown:
        for event in reversed(page.shown.story):
            _event(page, event)
    return shown


def _event(page: Page, event: TimelineEvent) -> None:
    words = page.reader.words
    with ui.row().classes("w-full gap-3 items-start no-wrap max-md:flex-col max-md:gap-0"):
        ui.label(at(event.at)).classes("text-caption text-grey-7 whitespace-nowrap")
        with ui.column().classes("gap-0 min-w-0"):
            with ui.row().classes("gap-2 items-baseline"):
                ui.label(page.term(event.key)).classes("text-weight-medium")
                ui.label(words.actor(event.actor)).classes("text-caption text-grey-7")
            detail = words.rule(event.detail) if event.key in _BUILT else event.detail
            for told in (detail, words.rule(event.rule)):
                if told:
                    ui.label(told).classes(
                        "text-body2 text-grey-9 whitespace-pre-wrap break-words"
                    )
