"""Tables that people fill in: CSV, XLSX or JSON out, the same back in."""

import csv
import io
import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from casedesk.intake.tables import file_start
from casedesk.intake.xlsx_table import as_text
from domain.errors import InputError

_ZIP = b"PK"
_SEPARATORS = ",;\t"


class SheetFormat(StrEnum):
    """Files people work with."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class SheetRow(NamedTuple):
    """One row by column name, with its number as a spreadsheet shows it."""

    number: int
    cells: dict[str, str]


def sheet_bytes(
    columns: Sequence[str], rows: Iterable[Mapping[str, str]], form: SheetFormat
) -> bytes:
    """Return a table as a file's content; every cell is text.

    Args:
        columns: Their names, in order.
        rows: Cells by column name; absent ones stay empty.
        form: The file's format.
    """
    full = [{name: row.get(name, "") for name in columns} for row in rows]
    match form:
        case SheetFormat.JSON:
            return json.dumps(full, ensure_ascii=False, indent=2).encode()
        case SheetFormat.CSV:
            return _csv(columns, full)
        case SheetFormat.XLSX:
            return _xlsx(columns, full)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    # Without the mark spreadsheet programs read Thai and Chinese texts in a local code page.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("contacts")
    for cells in ([*columns], *([row[name] for name in columns] for row in rows)):
        sheet.append([_text_cell(sheet, cell) for cell in cells])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that stays text, also where it begins like a formula or is a long number."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def read_sheet(path: Path, *, needed: Sequence[str]) -> list[SheetRow]:
    """Return the filled rows of a table, whatever its format.

    Args:
        path: CSV with `,`, `;` or TAB, XLSX, or JSON (a list of objects).
        needed: Columns without which the table means nothing.

    Raises:
        InputError: The file is missing, damaged, empty or lacks a column.
        IntakeError: It cannot be read at all.
    """
    start = file_start(path).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(_ZIP):
        rows = _of_xlsx(path)
    elif start.startswith((b"[", b"{")):
        rows = _of_json(path)
    else:
        rows = _of_csv(path)
    filled = [row for row in rows if any(row.cells.values())]
    missing = [name for name in needed if not any(name in row.cells for row in filled)]
    if missing:
        wanted = ", ".join(repr(name) for name in missing)
        raise InputError("--from", f"{path.name} has no rows with the column {wanted}")
    return filled


def _of_json(path: Path) -> list[SheetRow]:
    try:
        rows = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError("--from", f"{path.name} is not JSON ({error})") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("--from", f"{path.name} is no list of JSON objects")
    return [
        SheetRow(number, {_name(key): as_text(value) for key, value in row.items()})
        for number, row in enumerate(rows, start=1)
    ]


def _of_csv(path: Path) -> list[SheetRow]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("--from", f"{path.name} is not UTF-8; save it as 'CSV UTF-8'") from error
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        return _named(list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    except csv.Error as error:
        raise InputError("--from", f"{path.name} is not a table ({error})") from error


def _of_xlsx(path: Path) -> list[SheetRow]:
    try:
        with warnings.catch_warnings():
            # Files of other programs often lack a default style, which openpyxl mentions.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(path, data_only=True)
        sheet = book.worksheets[0]
        return _named([[as_text(cell) for cell in row] for row in sheet.values])
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError) as error:
        raise InputError("--from", f"{path.name} is damaged; save it again") from error


def _named(table: list[list[str]]) -> list[SheetRow]:
    if not table:
        return []
    head = [_name(cell) for cell in table[0]]
    return [
        SheetRow(number, {name: cell.strip() for name, cell in zip(head, cells, strict=False)})
        for number, cells in enumerate(table[1:], start=2)
    ]


def _name(cell: object) -> str:
    return "_".join(str(cell).strip().casefold().split())
