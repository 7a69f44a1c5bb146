"""`python -m bench`: oversold orders from opening to the end, beside a bare Temporal workflow.

Figures to read, not a test: they depend on the machine, so both sides run on the same server in
the same hour, in alternating order.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from bench.report import report, table
from bench.runs import Figures, measure, say
from bench.sides import Bare, Product, Side
from bench.stage import NO_LIMIT
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
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument(
        "--sizes",
        type=lambda text: tuple(int(size) for size in text.split(",")),
        default=FULL if os.environ.get("FULL") == "1" else USUAL,
        help="numbers of cases, such as 100,1000; FULL=1 takes 3,000 and 10,000 too",
    )
    return parser.parse_args()


def main() -> int:
    """Measure and print; exit status 1 if a run could not be brought to its end."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wenhuo-bench-") as folder:
        try:
            done = report(asyncio.run(run(arguments.sizes, Path(folder))))
        except (CaseDeskError, TimeoutError) as error:
            sys.stderr.write(f"\nbench: {error}\n")
            return 1
    say("")
    if arguments.json:
        sys.stdout.write(done.model_dump_json(indent=1) + "\n")
    else:
        sys.stdout.write(f"{_NOTE}\n\n{table(done)}\n")
    return 0


if __name__ == "__main__":
    leave(main())
