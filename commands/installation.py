"""Running and looking after an installation: up, demo, setup, doctor."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from casedesk.demo import Section, closing_words, run_demo, sections
from casedesk.doctor import Check, Health, examine, is_sound
from casedesk.setting_up import set_up
from casedesk.settings import Settings
from casedesk.up import UpOptions, run_up
from commands.demo_evidence import open_room
from commands.running import REFUSED, AsJson, Terminal, run
from commands.tables import plain_table

_NAMES_WIDE = 32
_MARKS = {Health.GOOD: "ok", Health.NOTICE: "note", Health.BROKEN: "BROKEN"}


def up(
    *,
    ready_file: Annotated[
        Path | None, typer.Option(help="Written as JSON once cases can be opened.")
    ] = None,
    no_console: Annotated[
        bool, typer.Option("--no-console", help="Webhooks without the pages for people.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of webhooks and pages; 0 takes a free one.")
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    temporal_ui_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Also serve Temporal's own pages here.")
    ] = None,
) -> None:
    """Run everything on this machine, with sandbox shops, until Ctrl-C or SIGTERM."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        options = UpOptions(
            ready_file=ready_file,
            console=not no_console,
            port=port,
            workers=workers,
            temporal_ui_port=temporal_ui_port,
        )
        await run_up(settings, options, terminal.say)

    run(work, as_json=False, log_level=logging.INFO)


def demo(*, as_json: AsJson = False) -> None:
    """Live through ten days after an oversold stream, in virtual time."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        report = await run_demo(settings, terminal.say, open_room=open_room)
        tables = [_section(one) for one in sections(report)]
        terminal.answer(report.answer(), *tables, *_whole(closing_words(report)))
        if not report.kept:
            broken = [promise.promise for promise in report.promises if not promise.kept]
            terminal.say(f"Not every promise held: {', '.join(broken)}.")
            raise typer.Exit(REFUSED)

    run(work, as_json=as_json)


def _section(section: Section) -> Table:
    table = plain_table(f"\n{section.title}", "")
    table.columns[0].min_width = _NAMES_WIDE
    for name, value in section.rows:
        table.add_row(name, value)
    return table


def _whole(lines: Sequence[str]) -> list[Text]:
    """Return lines that may be longer than the terminal, so that paths can be copied."""
    return [Text(line, no_wrap=True, overflow="ignore") for line in lines]


def setup(
    *,
    auth_code: Annotated[
        list[str] | None, typer.Option(help="From the consent page; may be repeated.")
    ] = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="Public https address of the receiver.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make records and server ready and connect shops; may be repeated."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        stands = await set_up(settings, auth_codes=auth_code or [], webhook_url=webhook_url)
        table = plain_table("shop", "region", "contact", "name")
        for shop in stands["shops"]:
            table.add_row(shop["shop_id"], shop["region"], shop["contact_mode"], shop["name"])
        sentence = f"The server at {stands['temporal']} and the records are ready."
        terminal.answer(stands, *([table] if stands["shops"] else []), sentence)

    run(work, as_json=as_json)


def doctor(*, as_json: AsJson = False) -> None:
    """Look the installation over and say what to do about what is broken."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        checks: list[Check] = []
        async for check in examine(settings):
            checks.append(check)
            if terminal.err.is_terminal:
                terminal.say(f"looked at {check.what}")
        table = plain_table("", "what", "found")
        for check in checks:
            found = check.found + (f"\n→ {check.to_do}" if check.to_do else "")
            table.add_row(_MARKS[check.health], check.what, found)
        document = {
            "sound": is_sound(checks),
            "checks": [check.model_dump(mode="json") for check in checks],
        }
        terminal.answer(document, table)
        if not is_sound(checks):
            broken = [check.what for check in checks if check.health is Health.BROKEN]
            terminal.say(f"Broken: {', '.join(broken)}.")
            raise typer.Exit(REFUSED)

    run(work, as_json=as_json)
