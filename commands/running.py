"""How every command runs: settings, one answer, one sentence when it is refused."""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from casedesk.desk import CaseDesk
from casedesk.errors import CaseDeskError
from casedesk.logs import set_up_logs
from casedesk.session import load_settings, open_desk
from casedesk.settings import Settings
from domain.errors import DomainError
from records.errors import RecordsError, StoreAddressError

REFUSED = 1
BAD_INPUT = 2

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout instead of tables.")
]
Actor = Annotated[
    str | None, typer.Option(help="Who decides; WENHUO_ACTOR unless given.", show_default=False)
]
RequestId = Annotated[
    str | None,
    typer.Option(help="A name for this request: sent again, it changes nothing."),
]
Case = Annotated[
    str, typer.Argument(help="Case id, SHOP:ORDER, or order, package or ticket alone.")
]


class Terminal:
    """Where one command prints: the answer on stdout, everything else on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False, markup=False, soft_wrap=False)
        self.err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

    def answer(self, document: Any, *people: Any) -> None:
        """Print the answer: the document for programs, or what people read instead.

        Args:
            document: Anything JSON can hold.
            *people: Tables and sentences, printed below each other.
        """
        if self.as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
            return
        for part in people:
            self.out.print(part)

    def say(self, *sentences: str) -> None:
        """Say something beside the answer, each sentence on a line of its own."""
        for sentence in sentences:
            self.err.print(sentence)

    def refuse(self, reason: str, status: int) -> NoReturn:
        """End the command with its reason in one sentence."""
        if self.as_json:
            self.answer({"error": reason})
        self.err.print(" ".join(reason.split()))
        raise typer.Exit(status)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """Show a bar on stderr, only where a person watches."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        shown = self.err.is_terminal
        with Progress(*columns, console=self.err, disable=not shown, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def refusals(terminal: Terminal) -> Iterator[None]:
    """Turn every refusal into its sentence and exit status; never a traceback."""
    try:
        yield
    except (DomainError, StoreAddressError) as error:
        terminal.refuse(str(error), BAD_INPUT)
    except (CaseDeskError, RecordsError) as error:
        terminal.refuse(str(error), REFUSED)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        terminal.refuse(f"{named}{error.strerror or error}; mend that and try again", REFUSED)


def run(
    work: Callable[[Settings, Terminal], Awaitable[None]],
    *,
    as_json: bool,
    log_level: int = logging.WARNING,
) -> None:
    """Run a command.

    Args:
        work: Does it; what it raises as a refusal becomes the exit status.
        as_json: Whether stdout carries one JSON document.
        log_level: The lowest level of the logs on stderr.
    """
    terminal = Terminal(as_json=as_json)
    with refusals(terminal):
        settings = load_settings()
        set_up_logs(json_lines=settings.log_json, level=log_level)
        asyncio.run(_awaited(work(settings, terminal)))


def run_on_desk(work: Callable[[CaseDesk, Terminal], Awaitable[None]], *, as_json: bool) -> None:
    """Run a command that needs the server and the records."""

    async def with_desk(settings: Settings, terminal: Terminal) -> None:
        async with open_desk(settings) as desk:
            await work(desk, terminal)

    run(with_desk, as_json=as_json)


async def _awaited(work: Awaitable[None]) -> None:
    await work
