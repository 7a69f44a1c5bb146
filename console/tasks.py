"""What waits for a person: what to do, by when, what happens otherwise, and the ready text."""

from nicegui import ui

from console.cards import Page, buttons, card, ready_text
from console.decisions import choice_buttons, standing_buttons, task_buttons
from console.look import at, distance, urgency
from console.words import Tongue
from domain.appeals import LONGEST_APPEAL_TEXT
from domain.cases import HumanTask


def next_action(page: Page) -> None:
    """Show every task with its buttons, and what may be done at any time."""
    view = page.view
    with card(page.say("Next action")):
        if not view.tasks:
            _no_task(page)
        for task in view.tasks:
            _task(page, task)
        if not view.tasks and (heard := choice_buttons(view)):
            buttons(page, page.say("The buyer said"), heard)
        asked = {button.update for task in view.tasks for button in task_buttons(view, task)}
        standing = [one for one in standing_buttons(view) if one.update not in asked]
        if standing:
            ui.separator()
            buttons(page, page.say("This case"), standing)


def _no_task(page: Page) -> None:
    ui.label(page.say("Nothing waits for a person."))
    if page.view.due_at:
        due = f"{page.say('The case acts by itself at')} {at(page.view.due_at)}"
        ui.label(due).classes("text-grey-8")


def _task(page: Page, task: HumanTask) -> None:
    with ui.column().classes("w-full gap-1 q-pa-sm bg-orange-1 rounded"):
        for words in _asks(page, task):
            ui.label(words).classes("text-body1 break-words")
        if task.by:
            due = f"{page.say('by')} {at(task.by)} ({distance(page.reader, task.by, page.now)})"
            ui.label(due).classes(f"text-{urgency(task.by, page.now)}")
        if task.otherwise:
            ui.label(f"{page.say('Otherwise')}: {page.say(task.otherwise)}").classes("text-grey-8")
        if task.text:
            longest = LONGEST_APPEAL_TEXT if page.view.appeal else None
            ready_text(page, task.text, counted=longest)
        buttons(page, "", task_buttons(page.view, task))


def _asks(page: Page, task: HumanTask) -> list[str]:
    """Return what is asked in the reader's language, then in the words of the case."""
    words = page.reader.words
    if words.tongue is Tongue.CHINESE and task.ask_zh:
        return [task.ask_zh]
    hint = words.hint(task.step)
    return [hint, task.ask] if hint else [task.ask]
