"""Rows of text out of whatever a merchant calls an export."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from casedesk.intake.columns import Column, match_header
from casedesk.intake.errors import IntakeError, NoHeaderError

_HEADER_WITHIN = 10
_ENOUGH = 3


class Row(NamedTuple):
    """One row as text, with its number as a spreadsheet shows it."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A header and the rows below it."""

    header: dict[Column, int]
    width: int
    rows: Iterator[Row]


def file_start(path: Path) -> bytes:
    """Return the first bytes of a file that exists, can be read and is not empty.

    Raises:
        IntakeError: One sentence for a person.
    """
    if path.is_dir():
        raise IntakeError(f"{path.name} is a directory; give the export file in it.")
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except FileNotFoundError as error:
        raise IntakeError(f"There is no file {path}; check the name.") from error
    except OSError as error:
        raise IntakeError(f"{path} cannot be read ({error.strerror}).") from error
    if not start.strip():
        raise IntakeError(f"{path.name} is empty; export it again from Seller Center.")
    return start


def find_header(rows: Iterable[Row], file: str) -> Table:
    """Return the table below the first row that looks like an export's header.

    Args:
        rows: All rows of a file, top down.
        file: Its name, for the refusal.

    Raises:
        NoHeaderError: No header among the first rows.
    """
    left = iter(rows)
    for row in islice(left, _HEADER_WITHIN):
        places = match_header(row.cells)
        if Column.ORDER_ID in places and len(places) >= _ENOUGH:
            return Table(places, len(row.cells), left)
    raise NoHeaderError(
        f"{file} has no header with 'Order ID' and its companions in its first rows;"
        " give the 'All orders' export of Seller Center."
    )
