"""What people see: cases, tasks and timelines that fit 80 columns."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from casedesk.listing import CaseRow
from domain.cases import CaseKind

_WHOLE = frozenset({"order", "skipped", "shop", "sku", "due", "by", "at", "units", "no"})
_DEADLINES = ("contact_by", "choice_by", "promise_by", "promised_at", "consent_by", "due_at")


def plain_table(*columns: str) -> Table:
    """Return an empty table; ids and instants stay whole, other columns take what is left."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in _WHOLE)
    return table


def instant(value: datetime | str | None) -> str:
    """Return an instant as lists show it: UTC, to the minute."""
    if value is None:
        return "-"
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.astimezone(UTC):%m-%d %H:%MZ}"


def case_table(rows: Sequence[CaseRow]) -> Table:
    """Return a list of cases; the ids that differ are shown whole."""
    table = plain_table("order", "shop", "kind", "state", "due", "note")
    for row in rows:
        table.add_row(
            row.order_id or row.case_id,
            f"…{row.shop_id[-4:]}" if row.shop_id else "-",
            row.kind or "-",
            row.outcome or row.state,
            instant(row.closed_at or row.due_at),
            _note(row),
        )
    return table


def _note(row: CaseRow) -> str:
    reopened = [] if row.kind == CaseKind.INCIDENT else row.case_id.split(":")[3:]
    marks = (
        "person!" if row.needs_human else "",
        "late" if row.breached else "",
        row.choice or "",
        f"run {reopened[0]}" if reopened else "",
    )
    return " ".join(mark for mark in marks if mark)


def case_page(view: dict[str, Any], events: Iterable[dict[str, Any]]) -> list[Any]:
    """Return one page per case: what it is, what is due, what a person has to do, the story."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(view):
        facts.add_row(name, value)
    return [facts, *([task_table(view["tasks"])] if view["tasks"] else []), timeline_table(events)]


def _facts(view: dict[str, Any]) -> list[tuple[str, str]]:
    state = view["outcome"] or view["state"]
    if view["resumes_to"]:
        state += f", then {view['resumes_to']}"
    refund = view["refund"]
    amount = f" {refund['amount']} {refund['currency']}" if refund["amount"] else ""
    offers = ", ".join(_offer(offer) for offer in view["offers"])
    found = [
        ("case", view["case_id"]),
        ("kind", f"{view['kind']} in {view['market'] or 'a market not known yet'}"),
        ("state", state),
        ("short", ", ".join(view["short_skus"])),
        ("contact", view["contact_mode"] or ""),
        ("contacted", instant(view["contacted_at"]) if view["contacted_at"] else ""),
        *((name, instant(view[name])) for name in _DEADLINES if view[name]),
        ("offers", offers),
        ("choice", view["choice"] or ""),
        ("refund", f"{refund['status']}{amount}" if refund["status"] != "none" else ""),
        ("assignee", view["assignee"] or ""),
        ("missed", ", ".join(breach["deadline"] for breach in view["breaches"])),
        ("closed", instant(view["closed_at"]) if view["closed_at"] else ""),
    ]
    return [(name, value) for name, value in found if value]


def _offer(offer: dict[str, Any]) -> str:
    extra = (
        f"by {instant(offer['promised_at'])}" if offer["promised_at"] else "",
        f"for {offer['substitute_sku_id']}" if offer["substitute_sku_id"] else "",
        f"with {offer['gift']}" if offer["gift"] else "",
        f"coupon {offer['coupon_id']}" if offer["coupon_id"] else "",
    )
    return " ".join([offer["choice"], *(part for part in extra if part)])


def task_table(tasks: Sequence[dict[str, Any]]) -> Table:
    """Return what waits for a person, what they can answer, and what happens otherwise."""
    table = plain_table("by", "order", "what to do")
    for task in tasks:
        answers = f"\n→ {task['step']}: {' | '.join(task['options'])}" if task["options"] else ""
        otherwise = f"\notherwise: {task['otherwise']}" if task["otherwise"] else ""
        order = task.get("order_id") or task["step"]
        table.add_row(instant(task["by"]), order, Text(f"{task['ask']}{answers}{otherwise}"))
    return table


def timeline_table(events: Iterable[dict[str, Any]]) -> Table:
    """Return what happened, oldest first."""
    table = plain_table("at", "what", "who", "detail")
    for event in events:
        table.add_row(
            f"{datetime.fromisoformat(event['at']):%m-%d %H:%M:%S}",
            event["key"],
            event["actor"],
            Text(event["detail"] or event["rule"]),
        )
    return table
