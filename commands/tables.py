"""What people see: cases, tasks and timelines that fit 80 columns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from casedesk.bulk import Openings
from casedesk.listing import CaseRow
from domain.cases import CaseKind

_WHOLE = frozenset({"order", "about", "skipped", "shop", "sku", "due", "by", "at", "units", "no"})


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


def opened_sentence(openings: Openings) -> str:
    """Return how many cases were opened, joined and found closed."""
    counts = openings.model_dump()
    return ", ".join(f"{len(ids)} {name.replace('_', ' ')}" for name, ids in counts.items())


def case_table(rows: Sequence[CaseRow]) -> Table:
    """Return a list of cases; the ids that differ are shown whole."""
    table = plain_table("about", "shop", "kind", "state", "due", "note")
    for row in rows:
        table.add_row(
            row.order_id or about(row.case_id),
            f"…{row.shop_id[-4:]}" if row.shop_id else "-",
            row.kind or "-",
            row.outcome or row.state,
            instant(row.closed_at or row.due_at),
            _note(row),
        )
    return table


def about(case_id: str) -> str:
    """Return what a case is about: its order, package, ticket or SKU, as `show` takes it."""
    _kind, *parts = case_id.split(":")
    return parts[1] if len(parts) > 1 else case_id


def _note(row: CaseRow) -> str:
    reopened = [] if row.kind == CaseKind.INCIDENT else row.case_id.split(":")[3:]
    marks = (
        "person!" if row.needs_human else "",
        "late" if row.breached else "",
        row.choice or "",
        f"run {reopened[0]}" if reopened else "",
    )
    return " ".join(mark for mark in marks if mark)


def task_table(tasks: Sequence[dict[str, Any]]) -> Table:
    """Return what waits for a person, what they can answer, and what happens otherwise."""
    table = plain_table("by", "about", "what to do")
    for task in tasks:
        answers = f"\n→ {task['step']}: {' | '.join(task['options'])}" if task["options"] else ""
        otherwise = f"\notherwise: {task['otherwise']}" if task["otherwise"] else ""
        case_id = task.get("case_id")
        of = task.get("order_id") or (about(case_id) if case_id else task["step"])
        table.add_row(instant(task["by"]), of, Text(f"{task['ask']}{answers}{otherwise}"))
    return table


def timeline_table(events: Iterable[Mapping[str, Any]]) -> Table:
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
