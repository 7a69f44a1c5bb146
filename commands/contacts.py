"""Buyers whom people have to tell: the texts out, what was done back in."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from casedesk.contacts import (
    BadEntriesError,
    Entries,
    Recorded,
    export_contacts,
    read_choices,
    read_contacts,
    record_choices,
    record_contacts,
)
from casedesk.session import open_desk, open_records
from casedesk.settings import Settings
from casedesk.sheets import SheetFormat
from commands.running import REFUSED, Actor, AsJson, Terminal, run
from commands.tables import instant, plain_table
from records.contacts import AssistedContacts, WantedContact

app = typer.Typer(no_args_is_help=True, help="Buyers whom people have to tell.")


@app.command()
def export(
    *,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    form: Annotated[
        SheetFormat | None, typer.Option("--format", help="File format; a table unless given.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write; stdout otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hand out the texts that wait, ready to send; fill in channel and at, then record."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        with open_records(settings) as db:
            waiting = await asyncio.to_thread(AssistedContacts(db).waiting, shop)
        if output is None and (as_json or form is None):
            _print(terminal, waiting)
            return
        content = export_contacts(waiting, form or SheetFormat.CSV)
        if output is None:
            sys.stdout.buffer.write(content)
            return
        await asyncio.to_thread(output.write_bytes, content)
        terminal.answer(
            {"file": str(output), "contacts": len(waiting)}, f"{len(waiting)} contacts: {output}"
        )

    run(work, as_json=as_json)


def _print(terminal: Terminal, waiting: list[WantedContact]) -> None:
    table = plain_table("by", "order", "text")
    for one in waiting:
        table.add_row(instant(one.by), f"{one.order_id}\n{one.step}", one.text)
    document = [
        {
            "case_id": one.case_id,
            "order_id": one.order_id,
            "shop_id": one.shop_id,
            "step": one.step,
            "by": one.by.isoformat() if one.by else None,
            "language": one.language,
            "text": one.text,
        }
        for one in waiting
    ]
    count = f"{len(waiting)} {'contact waits' if len(waiting) == 1 else 'contacts wait'}."
    terminal.answer(document, *([table] if waiting else []), count)


@app.command()
def record(
    *,
    source: Annotated[Path, typer.Option("--from", help="The export, filled in.")],
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Go on without rows nobody can read.")
    ] = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Tell the cases which buyers were told; the same file again changes nothing."""
    _record_from(source, read_contacts, record_contacts, skip_bad_rows, actor, as_json=as_json)


def record_choices_from(
    source: Path, *, skip_bad_rows: bool, actor: str | None, as_json: bool
) -> None:
    """Record the choices of a whole file."""
    _record_from(source, read_choices, record_choices, skip_bad_rows, actor, as_json=as_json)


def _record_from(
    source: Path,
    read: Callable[[Path], Entries],
    write: Callable[..., Awaitable[Recorded]],
    skip_bad_rows: bool,  # noqa: FBT001  # a private passing-on of the option of that name
    actor: str | None,
    *,
    as_json: bool,
) -> None:
    async def work(settings: Settings, terminal: Terminal) -> None:
        entries = read(source)
        if entries.bad_rows and not skip_bad_rows:
            raise BadEntriesError(source.name, entries.bad_rows)
        async with open_desk(settings) as desk:
            with terminal.progress("telling the cases") as progress:
                who = actor or settings.actor
                done = await write(desk, entries, actor=who, progress=progress)
        _print_recorded(terminal, done)

    run(work, as_json=as_json)


def _print_recorded(terminal: Terminal, done: Recorded) -> None:
    table = plain_table("row", "case", "not recorded because")
    for row in done.refused:
        table.add_row(str(row["row"]), row["case"], row["reason"])
    counts = (
        f"{len(done.recorded)} recorded, {len(done.settled)} closed already,"
        f" {len(done.refused)} refused, {done.left_open} not filled in."
    )
    terminal.answer(done.model_dump(mode="json"), *([table] if done.refused else []), counts)
    if done.refused:
        terminal.say(f"{len(done.refused)} rows were not recorded; see the list.")
        raise typer.Exit(REFUSED)
