"""Which decision a button stands for, and what a person must add to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from console.cases import Update
from domain.allocation_record import Side
from domain.cases import CaseKind, CaseState, CaseView, HumanTask
from domain.choices import Choice
from domain.requirements import Violation
from domain.scenarios import possible_scenarios


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
    ON_HAND = "on_hand"
    LOT = "lot_id"
    QUANTITY = "quantity"
    FILED_AT = "filed_at"
    DECIDED_AT = "decided_at"
    CAPTURED_AT = "captured_at"
    SUPPLIER = "supplier"
    STREAM = "stream"


WHEN = frozenset({Entry.UNTIL, Entry.AVAILABLE_AT, Entry.FILED_AT, Entry.DECIDED_AT})
"""Entries that are instants."""
COUNTS = frozenset({Entry.ON_HAND, Entry.QUANTITY})
"""Entries that are whole numbers."""


@dataclass(frozen=True)
class Button:
    """One decision on offer."""

    option: str
    """The word of the task, for the label."""
    update: Update
    payload: Mapping[str, Any]
    entries: tuple[Entry, ...] = ()
    prefilled: Mapping[Entry, str] | None = None
    optional: frozenset[Entry] = frozenset()
    """Which of the entries may stay empty."""
    receipt: bool = False
    """Whether a screenshot may come with it."""


_RESUMES = frozenset({"retry", "done", "abandon"})
_RESTOCKS = frozenset({"in_stock", "expected", "unavailable"})
_OVERRIDES = frozenset({"refund", "wait", "close"})
_APPROVALS = {"approved": True, "declined": False}
_DECISIONS = frozenset({"accepted", "rejected"})
_BLOCKED = "refund_blocked"
_SCENARIO = "scenario"
"""The task to say which cause an appeal argues with."""


def task_buttons(view: CaseView, task: HumanTask) -> tuple[Button, ...]:
    """Return a button per option of a task; an option of a newer case has none."""
    if task.step == _SCENARIO and view.appeal:
        return _scenarios(view.appeal.violation)
    found = (_button(view, task, option) for option in task.options)
    return tuple(button for button in found if button)


def _scenarios(violation: Violation) -> tuple[Button, ...]:
    """Return a button per cause that can excuse a violation."""
    return tuple(
        Button(
            one,
            Update.RESUME_STEP,
            {"step": _SCENARIO, "how": "done", "reference": one.value},
        )
        for one in possible_scenarios(violation)
    )


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
    return _of_one_task(task, option)


def _of_one_task(task: HumanTask, option: str) -> Button | None:
    if option in _APPROVALS:
        approved = {"approved": _APPROVALS[option]}
        return Button(option, Update.APPROVE_REFUND, approved, (Entry.REASON,))
    if option in _DECISIONS:
        return _decision(option)
    match option:
        case Update.RECORD_CONTACT:
            return _contact(task)
        case Update.RECORD_FILING:
            return filing_button()
        case Update.ATTACH_EVIDENCE:
            return evidence_button(task.step.partition(":")[2])
        case _:
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
    return Button(
        option,
        Update.RESUME_STEP,
        {"step": task.step, "how": option},
        entries,
        optional=frozenset(entries),
    )


def _restock(view: CaseView, option: str) -> Button:
    sku = view.short_skus[0] if view.short_skus else ""
    entries = (Entry.SKU, Entry.AVAILABLE_AT) if option == "expected" else (Entry.SKU,)
    return Button(
        option,
        Update.SET_RESTOCK,
        {"state": option},
        entries,
        {Entry.SKU: sku},
        optional=frozenset({Entry.AVAILABLE_AT}),
    )


def _decision(option: str) -> Button:
    return Button(
        option,
        Update.RECORD_DECISION,
        {"decision": option},
        (Entry.REASON, Entry.DECIDED_AT),
        optional=frozenset({Entry.REASON, Entry.DECIDED_AT}),
    )


def evidence_button(proof: str) -> Button:
    """Return the button that asks for a file.

    Args:
        proof: Key of the proof; empty for a file that proves none of those that are asked for.
    """
    return Button(Update.ATTACH_EVIDENCE, Update.ATTACH_EVIDENCE, {"requirement": proof})


def choice_buttons(view: CaseView) -> tuple[Button, ...]:
    """Return what a person who heard the buyer may record; a closed case hears nothing."""
    if view.closed_at:
        return ()
    return tuple(_choice(offer.choice) for offer in view.offers)


def standing_buttons(view: CaseView) -> tuple[Button, ...]:
    """Return what may be done with an open case whatever it asks for."""
    if view.closed_at:
        return ()
    return (
        *_of_kind(view),
        Button("take", Update.TAKE, {}),
        Button("note", Update.NOTE, {}, (Entry.TEXT,)),
        Button("withdraw", Update.WITHDRAW, {}, (Entry.REASON,)),
    )


def _of_kind(view: CaseView) -> tuple[Button, ...]:
    match view.kind:
        case CaseKind.OVERSOLD | CaseKind.UNAVAILABLE:
            return _swap_buttons(view)
        case CaseKind.INCIDENT:
            return (*_INCIDENT, *_supplier_buttons(view))
        case CaseKind.APPEAL:
            return _appeal_buttons(view)
        case CaseKind.LATE_PICKUP:
            return ()
        case never:
            assert_never(never)


def _supplier_buttons(view: CaseView) -> Iterator[Button]:
    for option, state in _SAID_BY_SUPPLIERS.items():
        yield replace(_restock(view, state), option=option)


def _swap_buttons(view: CaseView) -> tuple[Button, ...]:
    arranging = CaseState.ARRANGING_SWAP in (view.state, view.resumes_to)
    if not arranging or view.replacement_order_id:
        return ()
    link = Update.LINK_REPLACEMENT_ORDER
    return (Button(link, link, {}, (Entry.ORDER,)),)


def _appeal_buttons(view: CaseView) -> tuple[Button, ...]:
    if view.state is CaseState.FILED:
        return tuple(_decision(option) for option in sorted(_DECISIONS))
    ready = view.appeal is not None and view.appeal.ready
    return (filing_button(),) if ready else ()


def filing_button() -> Button:
    """Return the button for whoever has filed an appeal."""
    return Button(
        Update.RECORD_FILING,
        Update.RECORD_FILING,
        {},
        (Entry.REFERENCE, Entry.FILED_AT),
        optional=frozenset({Entry.FILED_AT}),
        receipt=True,
    )


_INCIDENT = (
    Button(Update.SET_ON_HAND, Update.SET_ON_HAND, {}, (Entry.ON_HAND,)),
    Button(Update.RECEIVE_LOT, Update.RECEIVE_LOT, {}, (Entry.LOT, Entry.QUANTITY)),
    Button(Update.DEACTIVATE_LISTING, Update.DEACTIVATE_LISTING, {}, (Entry.REASON,)),
)
_SAID_BY_SUPPLIERS = {"restock_date": "expected", "never_comes": "unavailable"}


def move_button(order_id: str, to: Side) -> Button:
    """Return the button that gives an order its units, or takes them back."""
    option = "give_units" if to is Side.SERVED else "take_units"
    payload = {"order_id": order_id, "to": to.value}
    return Button(option, Update.MOVE_ORDER, payload, (Entry.REASON,))
