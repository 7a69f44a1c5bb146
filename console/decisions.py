"""Which decision a button stands for, and what a person must add to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.api import Update
from domain.cases import CaseView, HumanTask
from domain.choices import Choice


class Entry(StrEnum):
    """What a person may have to fill in, by the payload's names."""

    CHANNEL = "channel"
    TEXT = "text"
    REASON = "reason"
    REFERENCE = "reference"
    UNTIL = "until"
    AVAILABLE_AT = "available_at"
    SKU = "sku_id"
    ORDER = "order_id"


OPTIONAL = frozenset({Entry.REFERENCE, Entry.AVAILABLE_AT})
"""Entries that may stay empty."""
WHEN = frozenset({Entry.UNTIL, Entry.AVAILABLE_AT})
"""Entries that are instants."""


@dataclass(frozen=True)
class Button:
    """One decision on offer."""

    option: str
    """The word of the task, for the label."""
    update: Update
    payload: Mapping[str, Any]
    entries: tuple[Entry, ...] = ()
    prefilled: Mapping[Entry, str] | None = None


_RESUMES = frozenset({"retry", "done", "abandon"})
_RESTOCKS = frozenset({"in_stock", "expected", "unavailable"})
_OVERRIDES = frozenset({"refund", "wait", "close"})
_APPROVALS = {"approved": True, "declined": False}
_BLOCKED = "refund_blocked"


def task_buttons(view: CaseView, task: HumanTask) -> tuple[Button, ...]:
    """Return a button per option of a task; an option of a newer case has none."""
    found = (_button(view, task, option) for option in task.options)
    return tuple(button for button in found if button)


def _button(view: CaseView, task: HumanTask, option: str) -> Button | None:
    if task.step == _BLOCKED and option in _OVERRIDES:
        # Elsewhere "refund" and "wait" are what a buyer chose.
        return _override(option)
    if option in set(Choice):
        return _choice(option)
    if option in _RESUMES:
        return _resume(task, option)
    if option in _RESTOCKS:
        return _restock(view, option)
    return _contact_or_approval(task, option)


def _contact_or_approval(task: HumanTask, option: str) -> Button | None:
    if option == Update.RECORD_CONTACT:
        return _contact(task)
    if option in _APPROVALS:
        approved = {"approved": _APPROVALS[option]}
        return Button(option, Update.APPROVE_REFUND, approved, (Entry.REASON,))
    return None


def _override(option: str) -> Button:
    entries = (Entry.REASON, Entry.UNTIL) if option == Choice.WAIT else (Entry.REASON,)
    return Button(option, Update.OVERRIDE_OUTCOME, {"action": option}, entries)


def _choice(option: str) -> Button:
    return Button(option, Update.RECORD_CHOICE, {"choice": option, "via": "person"})


def _contact(task: HumanTask) -> Button:
    return Button(
        Update.RECORD_CONTACT,
        Update.RECORD_CONTACT,
        {"step": task.step},
        (Entry.CHANNEL, Entry.TEXT),
        {Entry.TEXT: task.text},
    )


def _resume(task: HumanTask, option: str) -> Button:
    entries = (Entry.REFERENCE,) if option == "done" else ()
    return Button(option, Update.RESUME_STEP, {"step": task.step, "how": option}, entries)


def _restock(view: CaseView, option: str) -> Button:
    sku = view.short_skus[0] if view.short_skus else ""
    entries = (Entry.SKU, Entry.AVAILABLE_AT) if option == "expected" else (Entry.SKU,)
    return Button(option, Update.SET_RESTOCK, {"state": option}, entries, {Entry.SKU: sku})


def choice_buttons(view: CaseView) -> tuple[Button, ...]:
    """Return what a person who heard the buyer may record; a closed case hears nothing."""
    if view.closed_at:
        return ()
    return tuple(_choice(offer.choice) for offer in view.offers)


def standing_buttons(view: CaseView) -> tuple[Button, ...]:
    """Return what may be done with any open case."""
    if view.closed_at:
        return ()
    return (
        Button("take", Update.TAKE, {}),
        Button("note", Update.NOTE, {}, (Entry.TEXT,)),
        Button("withdraw", Update.WITHDRAW, {}, (Entry.REASON,)),
    )
