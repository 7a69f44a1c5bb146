"""Contacts that people make: the texts out, what was done and chosen back in."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from casedesk.bulk import Progress, bounded
from casedesk.desk import CaseDesk, quiet
from casedesk.errors import NotFoundError, RefusedError
from casedesk.sheets import SheetFormat, SheetRow, read_sheet, sheet_bytes
from domain.choices import LETTERS, Choice
from domain.errors import DomainError, InputError
from domain.instants import Instant, aware
from records.contacts import AssistedContacts, WantedContact

COLUMNS = (
    "case_id", "order_id", "shop_id", "step", "by", "language", "text", "channel", "at",
)  # fmt: skip
"""Of the export; the last two are for the person who makes the contact."""
_AT_ONCE = 16


class Entry(BaseModel):
    """One row that says something: a contact that was made, or a choice that was heard."""

    model_config = ConfigDict(frozen=True)

    row: int
    case: str
    """A case id or an order id."""
    step: str | None = None
    channel: str = ""
    at: Instant | None = None
    text: str = ""
    choice: str = ""
    via: str = "person"

    def request_id(self, kind: str, case_id: str) -> str:
        """Return a name of this entry, so that the same file again changes nothing."""
        parts = (kind, case_id, self.step, self.channel, self.at, self.text, self.choice, self.via)
        return f"{kind}:{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"


class Entries(BaseModel):
    """A file, read."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[Entry, ...] = ()
    left_open: int = 0
    """Rows that nobody has filled in yet."""
    bad_rows: tuple[str, ...] = ()
    """What is wrong with the others, one sentence each."""


class BadEntriesError(DomainError):
    """Some rows cannot be used and nobody said to go on without them."""

    def __init__(self, file: str, bad_rows: Sequence[str]) -> None:
        super().__init__(
            f"{len(bad_rows)} rows of {file} cannot be used: {'; '.join(bad_rows[:10])}. Correct"
            " the file, or go on without these rows with --skip-bad-rows."
        )


class Recorded(BaseModel):
    """What became of a file's entries."""

    model_config = ConfigDict(frozen=True)

    recorded: tuple[str, ...] = ()
    """Cases that took the entry."""
    settled: tuple[str, ...] = ()
    """Closed cases: nothing to decide any more, and nothing waits any more."""
    refused: tuple[dict[str, Any], ...] = ()
    """Rows that a case did not take, with the reason."""
    left_open: int = 0
    skipped: tuple[str, ...] = ()
    """Rows that could not be read."""


def export_contacts(waiting: Sequence[WantedContact], form: SheetFormat) -> bytes:
    """Return the contacts that wait as a file that can be filled in and given back."""
    rows = [
        {
            "case_id": one.case_id,
            "order_id": one.order_id,
            "shop_id": one.shop_id,
            "step": one.step,
            "by": aware(one.by).isoformat() if one.by else "",
            "language": one.language,
            "text": one.text,
        }
        for one in waiting
    ]
    return sheet_bytes(COLUMNS, rows, form)


def read_contacts(path: Path) -> Entries:
    """Return the contacts that a file says were made.

    A row counts once its channel or its time is filled in.

    Raises:
        InputError: The file cannot be used at all.
    """
    return _entries(read_sheet(path, needed=("channel",)), _contact)


def read_choices(path: Path) -> Entries:
    """Return the choices that a file says were heard.

    Raises:
        InputError: The file cannot be used at all.
    """
    return _entries(read_sheet(path, needed=("choice",)), _choice)


def _entries(rows: list[SheetRow], read: Callable[[SheetRow], Entry | None]) -> Entries:
    entries: list[Entry] = []
    bad: list[str] = []
    left_open = 0
    for row in rows:
        try:
            entry = read(row)
        except InputError as error:
            bad.append(f"row {row.number}, {error}")
            continue
        if entry is None:
            left_open += 1
        else:
            entries.append(entry)
    return Entries(entries=tuple(entries), left_open=left_open, bad_rows=tuple(bad))


def _contact(row: SheetRow) -> Entry | None:
    cells = row.cells
    if not cells.get("channel") and not cells.get("at"):
        return None
    if not cells.get("channel"):
        raise InputError("channel", "is empty; write how the buyer was told, such as phone")
    return Entry(
        row=row.number,
        case=_case(row),
        step=cells.get("step") or None,
        channel=cells["channel"],
        at=read_instant("at", cells["at"]) if cells.get("at") else None,
        text=cells.get("text", ""),
    )


def _choice(row: SheetRow) -> Entry | None:
    cells = row.cells
    if not cells.get("choice"):
        return None
    return Entry(
        row=row.number,
        case=_case(row),
        choice=read_choice(cells["choice"]),
        via=cells.get("via") or "person",
        text=cells.get("text", ""),
    )


def read_choice(text: str) -> Choice:
    """Return the choice that a word or the letter of an offer names.

    Raises:
        InputError: Neither.
    """
    word = text.strip()
    if word.upper() in LETTERS:
        return LETTERS[word.upper()]
    try:
        return Choice(word.casefold())
    except ValueError as error:
        known = ", ".join(f"{choice} ({letter})" for letter, choice in LETTERS.items())
        raise InputError("choice", f"{text!r} is no choice; use one of {known}") from error


def _case(row: SheetRow) -> str:
    case = row.cells.get("case_id") or row.cells.get("order_id")
    if not case:
        raise InputError("order_id", "is empty, and so is case_id; give one of them")
    if "E+" in case.upper() and "." in case:
        raise InputError("order_id", f"{case!r} has lost digits; keep the column as text")
    return case


def read_instant(field: str, text: str) -> datetime:
    """Return an instant as people write it on the wire.

    Args:
        field: Whose value it is, for the refusal.
        text: RFC 3339 with an offset.

    Raises:
        InputError: Not such an instant.
    """
    example = f"give one such as {datetime(2026, 1, 2, 10, tzinfo=UTC).isoformat()}"
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(field, f"{text!r} is no date and time; {example}") from error
    if instant.tzinfo is None:
        raise InputError(field, f"{text!r} has no offset from UTC; {example}")
    return instant.astimezone(UTC)


async def record_contacts(
    desk: CaseDesk, entries: Entries, *, actor: str, progress: Progress = quiet
) -> Recorded:
    """Tell the cases which contacts were made; the same file again changes nothing.

    Args:
        desk: The desk.
        entries: From `read_contacts`.
        actor: Who made them.
        progress: Told after each.
    """
    contacts = AssistedContacts(desk.db)

    async def act(case_id: str, entry: Entry) -> None:
        await desk.decide(
            case_id,
            "record_contact",
            {
                "actor": actor,
                "step": entry.step,
                "channel": entry.channel,
                "at": entry.at.isoformat() if entry.at else None,
                "text": entry.text,
            },
            request_id=entry.request_id("contact", case_id),
        )

    async def settle(case_id: str, entry: Entry) -> None:
        await asyncio.to_thread(contacts.settle, case_id, entry.step)

    return await _record(desk, entries, act, settle, progress)


async def record_choices(
    desk: CaseDesk, entries: Entries, *, actor: str, progress: Progress = quiet
) -> Recorded:
    """Tell the cases which choices were heard; the same file again changes nothing.

    Args:
        desk: The desk.
        entries: From `read_choices`.
        actor: Who heard them.
        progress: Told after each.
    """

    async def act(case_id: str, entry: Entry) -> None:
        await desk.decide(
            case_id,
            "record_choice",
            {"actor": actor, "choice": entry.choice, "via": entry.via, "text": entry.text},
            request_id=entry.request_id("choice", case_id),
        )

    return await _record(desk, entries, act, None, progress)


async def _record(
    desk: CaseDesk,
    entries: Entries,
    act: Callable[[str, Entry], Any],
    settle: Callable[[str, Entry], Any] | None,
    progress: Progress,
) -> Recorded:
    async def take(entry: Entry) -> tuple[str, str | dict[str, Any]]:
        try:
            case_id = await desk.find(entry.case)
            filed = await asyncio.to_thread(desk.archive.closed_case, case_id)
            if settle is not None and filed is not None:
                await settle(case_id, entry)
                return "settled", case_id
            await act(case_id, entry)
        except (RefusedError, NotFoundError, InputError) as error:
            return "refused", {"row": entry.row, "case": entry.case, "reason": str(error)}
        return "recorded", case_id

    done = await bounded(entries.entries, take, at_once=_AT_ONCE, progress=progress)
    by: dict[str, list[Any]] = {"recorded": [], "settled": [], "refused": []}
    for what, which in done:
        by[what].append(which)
    return Recorded(**by, left_open=entries.left_open, skipped=entries.bad_rows)
