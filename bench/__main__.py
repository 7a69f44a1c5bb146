"""`python -m bench`: what the product costs and how fast it is, part by part.

- cases: oversold orders from opening to the end, beside a bare Temporal workflow
- evidence: files taken in beside the machine's bare SHA-256; a long custody chain checked
- allocation: who gets the limited stock, 10,000 orders
- opening: an incident opens its cases, beside bare starts
- broadcast: news for every waiting case, and how long urgent ones wait meanwhile

Figures to read, not a test: they depend on the machine, so whatever is compared runs on the same
server in the same minutes, in alternating order.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from bench import allocation, broadcast, opening, vault
from bench.report import report, table
from bench.runs import Figures, measure, say
from bench.sides import Bare, Product, Side
from bench.stage import NO_LIMIT
from bench.targets import Target, target_lines
from casedesk.errors import CaseDeskError
from casedesk.exits import leave
from casedesk.server import embedded_server

USUAL = (100, 1000)
FULL = (100, 1000, 3000, 10000)
_TWICE_UP_TO = 300
"""Small sizes are run twice per side, for they are over in seconds."""
_NOTE = f"""\
Opened as production opens them; every buyer chooses the refund. Embedded server
on a database file (WAL, NORMAL). The rate limits (50 a second per shop and
endpoint at the platform, 40 in ours) are raised to {NO_LIMIT:,} on both sides."""


def _plan(sizes: tuple[int, ...]) -> list[tuple[Side, int]]:
    """Return the runs; who goes first alternates, for the database grows with every run."""
    sides: list[Side] = [Product(), Bare()]
    plan = []
    for size in sizes:
        for _ in range(2 if size <= _TWICE_UP_TO else 1):
            plan += [(side, size) for side in sides]
            sides.reverse()
    return plan


class Part(NamedTuple):
    """One part's figures: for programs, for people, and beside their bounds."""

    figures: Any
    """What pydantic can write as JSON."""
    text: str
    targets: tuple[Target, ...]


def _cases(folder: Path, given: argparse.Namespace) -> Part:
    done = report(asyncio.run(run(given.sizes, folder)))
    figures = done.model_dump(mode="json", exclude={"targets"})
    return Part(figures, f"{_NOTE}\n\n{table(done)}", done.targets)


def _evidence(folder: Path, _given: argparse.Namespace) -> Part:
    say("evidence: a file of 1,000 MB, a chain of 100,000 entries")
    figures = vault.measure(folder)
    return Part(asdict(figures), vault.table(figures).rstrip(), vault.targets(figures))


def _allocation(_folder: Path, _given: argparse.Namespace) -> Part:
    say("allocation: 10,000 orders")
    found = allocation.measure()
    return Part(found, allocation.table(found), allocation.targets(found))


def _opening(folder: Path, given: argparse.Namespace) -> Part:
    figures = asyncio.run(opening.measure(folder, given.opened))
    return Part(figures.model_dump(mode="json"), opening.table(figures), opening.targets(figures))


def _broadcast(folder: Path, given: argparse.Namespace) -> Part:
    figures = asyncio.run(broadcast.measure(folder, given.waiting))
    return Part(
        figures.model_dump(mode="json"), broadcast.table(figures), broadcast.targets(figures)
    )


PARTS: dict[str, Callable[[Path, argparse.Namespace], Part]] = {
    "cases": _cases,
    "evidence": _evidence,
    "allocation": _allocation,
    "opening": _opening,
    "broadcast": _broadcast,
}


async def run(sizes: tuple[int, ...], folder: Path) -> list[Figures]:
    """Measure every size on both sides."""
    async with embedded_server(folder / "server") as server:
        return [
            await measure(
                side, size, run=number, folder=folder, server=(server.address, server.pid)
            )
            for number, (side, size) in enumerate(_plan(sizes), start=1)
        ]


def _arguments() -> argparse.Namespace:
    full = os.environ.get("FULL") == "1"
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="one part; may be given several times"
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: tuple(int(size) for size in text.split(",")),
        default=FULL if full else USUAL,
        help="cases: how many, such as 100,1000; FULL=1 takes 3,000 and 10,000 too",
    )
    parser.add_argument(
        "--opened",
        type=int,
        default=opening.FULL if full else opening.USUAL,
        help="opening: how many cases; FULL=1 takes 10,000",
    )
    parser.add_argument(
        "--waiting", type=int, default=broadcast.USUAL, help="broadcast: how many cases hear it"
    )
    return parser.parse_args()


def main() -> int:
    """Measure and print; exit status 1 if a part could not be brought to its end."""
    given = _arguments()
    document: dict[str, Any] = {"targets": []}
    for name in given.only or PARTS:
        with tempfile.TemporaryDirectory(prefix="wenhuo-bench-") as folder:
            try:
                part = PARTS[name](Path(folder), given)
            except (CaseDeskError, TimeoutError) as error:
                sys.stderr.write(f"\nbench: {error}\n")
                return 1
        say("")
        document[name] = part.figures
        document["targets"] += [target.model_dump(mode="json") for target in part.targets]
        if not given.json:
            lines = [f"\n{name}\n", part.text, "", *target_lines(part.targets)]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
    if given.json:
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    leave(main())
