"""CSV exports, as downloaded or as a spreadsheet program saved them again."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from casedesk.intake.columns import Column, match_header
from casedesk.intake.errors import IntakeError
from casedesk.intake.tables import Row, Table, find_header

_SEPARATORS = ",;\t"
_SAMPLE = 50
_HEADER_WITHIN = 10
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path: Path) -> Table:
    """Return the table of a CSV file.

    Raises:
        IntakeError: Not text in UTF-8 or UTF-16, or not a table with an export's header.
    """
    text = _decoded(path)
    head = max(_SEPARATORS, key=lambda separator: _known_columns(text, separator))
    above = find_header(_rows(text, head, path.name), path.name)
    body = _body_separator(text, head, above)
    if body == head:
        return above
    first = next(above.rows, Row(0, []))
    rows = _rows(text, body, path.name)
    return above._replace(rows=(row for row in rows if row.number >= first.number > 0))


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntakeError(
            f"{path.name} is not text in UTF-8; export it again from Seller Center, or save it"
            " as 'CSV UTF-8'."
        ) from error
    if "\0" in text:
        raise IntakeError(f"{path.name} is not a text file; give a CSV or XLSX export.")
    return text


def _rows(text: str, separator: str, file: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            # Seller Center puts a TAB behind long numbers so that Excel keeps them as text.
            yield Row(number, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise IntakeError(f"{file} is not a table ({error}); export it again.") from error


def _known_columns(text: str, separator: str) -> int:
    rows = islice(_rows(text, separator, "the file"), _HEADER_WITHIN)
    return max((len(match_header(row.cells)) for row in rows), default=0)


def _body_separator(text: str, head: str, table: Table) -> str:
    """Return what separates the rows below the header: the header's own unless another fits."""
    place = table.header[Column.ORDER_ID]
    width = max(table.header.values()) // 2 + 1

    def fitting(separator: str) -> int:
        sample = islice(_rows(text, separator, "the file"), 1, _SAMPLE)
        return sum(
            len(row.cells) >= max(width, place + 1) and row.cells[place].isdigit()
            for row in sample
        )

    return max(sorted(_SEPARATORS, key=lambda one: one != head), key=fitting)
