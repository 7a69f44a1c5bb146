"""Reading an order export of Seller Center: CSV or XLSX, of any market, however mangled."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, tzinfo
from os import PathLike
from pathlib import Path
from zoneinfo import ZoneInfo

from casedesk.intake.columns import ID_COLUMNS, TIME_COLUMNS, Column, refuse_missing
from casedesk.intake.csv_table import read_csv
from casedesk.intake.errors import BadRowsError, IntakeError
from casedesk.intake.markets import ExportMarket, market_named
from casedesk.intake.merge import merge_orders
from casedesk.intake.rows import Found, RowReader, WantedRow, is_lost
from casedesk.intake.tables import Table, file_start
from casedesk.intake.times import Clock, settle_date_order
from casedesk.intake.xlsx_table import read_xlsx
from domain.intake import BadRow, DateOrder, Intake

_EXCEL_DIGITS = 15
_CERTAIN = 3


def read_export(
    path: str | PathLike[str],
    *,
    market: str | None = None,
    zone: ZoneInfo | None = None,
    skip_bad_rows: bool = False,
) -> Intake:
    """Read an order export.

    Args:
        path: A CSV or XLSX file.
        market: Market code such as "TH"; settles ambiguous dates, the zone and the currency.
        zone: The shop's zone, instead of the market's usual one.
        skip_bad_rows: Go on without rows that cannot be used; they are listed either way.

    Returns:
        The orders, the rows left out, and notes on what was decided.

    Raises:
        IntakeError: One sentence: the file cannot be used, or not without a decision.
    """
    habits = market_named(market)
    file = Path(path)
    table = _open(file)
    refuse_missing(table.header, file.name)
    rows, described, bad = _wanted(table)
    _refuse_lost_ids(rows, file.name)
    clock_zone: tzinfo = zone or (ZoneInfo(habits.zone) if habits else UTC)
    order = settle_date_order(_times(rows), habits, file.name)
    reader = RowReader(habits, Clock(order, clock_zone))
    found = list(_read(reader, rows, bad))
    bad.sort(key=lambda one: one.row)
    _refuse_unusable(file.name, found, bad, skip_bad_rows=skip_bad_rows)
    orders, merge_notes = merge_orders(found)
    return Intake(
        market=habits.code if habits else None,
        zone=str(clock_zone),
        orders=orders,
        bad_rows=tuple(bad),
        notes=(
            *_reading_notes(described, order, habits, zone),
            *_amount_notes(reader.unread_amounts),
            *merge_notes,
        ),
    )


def _open(file: Path) -> Table:
    start = file_start(file)
    if start.startswith(b"PK"):
        return read_xlsx(file)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise IntakeError(
            f"{file.name} is an old .xls or a password-protected workbook; save it as .xlsx"
            " without a password, or export it again."
        )
    if start.startswith(b"%PDF"):
        raise IntakeError(f"{file.name} is a PDF; give the CSV or XLSX export.")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise IntakeError(
            f"{file.name} is a web page, whatever its name says; export orders as CSV or XLSX."
        )
    return read_csv(file)


def _wanted(table: Table) -> tuple[list[WantedRow], list[int], list[BadRow]]:
    """Keep the columns we use; the personal ones end here."""
    rows: list[WantedRow] = []
    described: list[int] = []
    bad: list[BadRow] = []
    places = list(table.header.items())
    for number, cells in table.rows:
        extra = cells[table.width :]
        if extra and any(extra):
            reason = f"has {len(cells)} cells and the header {table.width}; a quote is missing"
            bad.append(BadRow(row=number, column="whole row", value="", reason=reason))
            continue
        count = len(cells)
        row = WantedRow(
            number, {column: cells[place] for column, place in places if place < count}
        )
        if row.is_description():
            described.append(number)
        elif not row.is_blank():
            rows.append(row)
    return rows, described, bad


def _read(reader: RowReader, rows: Iterable[WantedRow], bad: list[BadRow]) -> Iterator[Found]:
    for row in rows:
        result = reader.read(row)
        if isinstance(result, BadRow):
            bad.append(result)
        else:
            yield result


def _refuse_unusable(
    file: str, found: Sequence[Found], bad: Sequence[BadRow], *, skip_bad_rows: bool
) -> None:
    if bad and not skip_bad_rows:
        raise BadRowsError(file, bad)
    if not found:
        first = f"; the first one is {bad[0].sentence()}" if bad else ""
        raise IntakeError(f"{file} has no row that can be used below its header{first}.")


def _times(rows: Iterable[WantedRow]) -> Iterator[str]:
    return (text for row in rows for column in TIME_COLUMNS if (text := row.text(column)))


def _refuse_lost_ids(rows: Sequence[WantedRow], file: str) -> None:
    for row in rows:
        for column in ID_COLUMNS:
            if is_lost(row.text(column)):
                raise IntakeError(
                    f"Row {row.number} of {file} holds {column.value} {row.text(column)}: it was"
                    " saved as a number and its last digits are lost; export the file again from"
                    " Seller Center and do not save it in a spreadsheet program."
                )
    ids = {row.text(Column.ORDER_ID) for row in rows}
    if len(ids) >= _CERTAIN and all(_ends_in_zeros(order_id) for order_id in ids):
        raise IntakeError(
            f"Every Order ID of {file} ends in zeros after its 15th digit (from row"
            f" {rows[0].number} on): a spreadsheet program cut them; export the file again from"
            " Seller Center."
        )


def _ends_in_zeros(order_id: str) -> bool:
    rest = order_id[_EXCEL_DIGITS:]
    return bool(rest) and order_id.isdigit() and not rest.strip("0")


def _reading_notes(
    described: Sequence[int], order: DateOrder, market: ExportMarket | None, zone: ZoneInfo | None
) -> Iterator[str]:
    for row in described:
        yield f"Row {row} describes the columns and was left out."
    words = {DateOrder.DAY_FIRST: "day first", DateOrder.MONTH_FIRST: "month first"}
    if market is None and zone is None:
        yield (
            f"Dates were read {words[order]}; no market was given, so local times count as UTC:"
            " their sequence holds, their instants do not."
        )
    else:
        yield f"Dates were read {words[order]}, in {zone or (market and market.zone)}."
    if market is not None and order is not market.date_order:
        yield f"The dates themselves show that, though it is not the habit of {market.code}."


def _amount_notes(rows: Sequence[int]) -> Iterator[str]:
    if rows:
        yield f"{len(rows)} amounts could not be read and were left empty, first in row {rows[0]}."
