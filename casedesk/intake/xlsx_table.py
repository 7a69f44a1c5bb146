"""XLSX exports: real cells, whatever the sheet says about its own size."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from casedesk.intake.columns import NEEDED
from casedesk.intake.errors import IntakeError, NoHeaderError
from casedesk.intake.tables import Row, Table, find_header

_EXACT_DIGITS = 15
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    EOFError,
    OverflowError,
)


def read_xlsx(path: Path) -> Table:
    """Return the table of the first sheet that has an export's header.

    Raises:
        IntakeError: Not a workbook, a damaged one, or no such sheet.
    """
    _refuse_other_zip(path)
    streamed = _table(path, read_only=True)
    if streamed is not None and all(column in streamed.header for column in NEEDED):
        return streamed
    # Streaming drops cells of a row that is written in several pieces, as some exports do with
    # their header; reading the whole sheet puts every cell where it says it belongs.
    whole = _table(path, read_only=False)
    if whole is None:
        return find_header([], path.name)
    return whole


def as_text(value: object) -> str:
    """Return a cell's value as text; a number that lost digits looks as a spreadsheet shows it."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    whole = value == int(value)
    if whole and len(str(abs(int(value)))) > _EXACT_DIGITS:
        return f"{value:.4E}"
    return str(int(value)) if whole else repr(value)


def _refuse_other_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise _damaged(path) from error
    if "xl/workbook.xml" not in names:
        raise IntakeError(
            f"{path.name} is a ZIP archive, not a spreadsheet; unpack it and give the file inside."
        )


def _damaged(path: Path) -> IntakeError:
    return IntakeError(f"{path.name} is damaged; export it again from Seller Center.")


def _table(path: Path, *, read_only: bool) -> Table | None:
    try:
        with warnings.catch_warnings():
            # Seller Center's files lack a default style, which openpyxl mentions each time.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(
                io.BytesIO(path.read_bytes()), read_only=read_only, data_only=True
            )
    except _BROKEN as error:
        raise _damaged(path) from error
    for sheet in book.worksheets:
        try:
            return find_header(_rows(sheet, path), path.name)
        except NoHeaderError:
            continue
    return None


def _rows(sheet: Worksheet, path: Path) -> Iterator[Row]:
    # Only a streamed sheet believes its declared size, and only it can be told not to.
    forget_size = getattr(sheet, "reset_dimensions", None)
    if forget_size is not None:
        forget_size()
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield Row(number, [as_text(value) for value in values])
    except _BROKEN as error:
        raise _damaged(path) from error
