"""Exports as merchants really have them: well-formed ones, and what happened to them since."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from casedesk.intake.writing import ExportRow, export_cells, write_export_csv, write_export_xlsx
from domain.money import Money
from domain.orders import OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CURRENCIES = {"US": "USD", "TH": "THB", "ID": "IDR", "VN": "VND", "PH": "PHP", "MY": "MYR"}
PERSONAL = {
    "buyer_message": "please ring twice",
    "buyer_username": "somchai_shops",
    "recipient": "Somchai Jaidee",
    "phone": "(+66)8*****123",
    "zipcode": "10110",
    "address": "99/1 Sukhumvit Road, Khlong Toei",
}
"""Fake; none of it may survive reading."""

Plain = dict[str, Any]


def order_id(number: int) -> str:
    """Return an 18-digit id as the platform makes them."""
    return f"5838709{number:011d}"


def plain(number: int = 1, **changes: Any) -> Plain:
    """Return a plain order dict: paid *number* minutes past noon UTC, waiting for shipment."""
    placed = NOON + timedelta(minutes=number)
    return {
        "order_id": order_id(number),
        "status": OrderStatus.AWAITING_SHIPMENT,
        "sku_id": "1729384756000000001",
        "seller_sku": "JACKET-M",
        "product_name": "Jacket, padded",
        "quantity": 1,
        "price": "19.00",
        "created_at": placed - timedelta(seconds=30),
        "paid_at": placed,
        **changes,
    }


def export_rows(orders: Iterable[Plain], *, market: str) -> list[ExportRow]:
    """Return *orders* as rows to write, with fake personal columns."""
    currency = CURRENCIES.get(market, "USD")
    rows = []
    for one in orders:
        price = Money.parse(one["price"].partition(".")[0], currency)
        rest = {key: value for key, value in one.items() if key != "price"}
        rows.append(ExportRow(**rest, **PERSONAL, unit_price=price, order_amount=price))
    return rows


def csv_of(path: Path, orders: Iterable[Plain], *, market: str = "TH") -> Path:
    """Write the CSV a merchant of *market* downloads."""
    write_export_csv(path, export_rows(orders, market=market), market=market)
    return path


def xlsx_of(path: Path, orders: Iterable[Plain], *, market: str = "TH") -> Path:
    """Write the XLSX a merchant of *market* downloads."""
    write_export_xlsx(path, export_rows(orders, market=market), market=market)
    return path


def cells_of(orders: Iterable[Plain], *, market: str = "TH") -> list[list[str]]:
    """Return header, description and rows as text, to be mangled and written."""
    return list(export_cells(export_rows(orders, market=market), market=market))


def set_cell(cells: list[list[str]], row: int, column: str, value: str) -> None:
    """Change one cell; *row* as a spreadsheet numbers it."""
    cells[row - 1][cells[0].index(column)] = value


def without_columns(cells: list[list[str]], *names: str) -> list[list[str]]:
    """Return the table without some columns."""
    kept = [place for place, name in enumerate(cells[0]) if name not in names]
    return [[row[place] for place in kept] for row in cells]


def as_csv(cells: Sequence[Sequence[str]], *, separator: str = ",") -> str:
    """Return rows as CSV text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(cells)
    return out.getvalue()


def saved_csv(
    path: Path, cells: Sequence[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write rows as a spreadsheet program saves them: its separator, its encoding, no TABs."""
    path.write_bytes(as_csv(cells, separator=separator).encode(encoding))
    return path


def two_separators(path: Path, cells: Sequence[Sequence[str]]) -> Path:
    """Write a header with commas above rows with semicolons."""
    text = as_csv(cells[:1], separator=",") + as_csv(cells[1:], separator=";")
    path.write_text(text, encoding="utf-8-sig")
    return path


def numbers_xlsx(path: Path, cells: Sequence[Sequence[str]], column: str) -> Path:
    """Write an XLSX whose *column* holds numbers instead of text."""
    book = Workbook()
    sheet = book.worksheets[0]
    place = cells[0].index(column)
    for row in cells:
        values: list[str | int] = list(row)
        if row[place].isdigit():
            values[place] = int(row[place])
        sheet.append(values)
    book.save(path)
    return path


def stale_dimension(path: Path, claim: str = "A1:A1") -> Path:
    """Make the sheet claim that it holds less than it does."""
    claimed = f'<dimension ref="{claim}"/><sheetData>'
    return _edited(path, lambda xml: xml.replace("<sheetData>", claimed, 1))


def split_header(path: Path, together: int = 1) -> Path:
    """Put every cell of the first row into a row element of its own, but the first few."""

    def split(xml: str) -> str:
        first = re.search(r'<row r="1"[^>]*>(.*?)</row>', xml, re.DOTALL)
        assert first is not None
        pieces = re.findall(r"<c .*?</c>", first[1], re.DOTALL)
        pieces = ["".join(pieces[:together]), *pieces[together:]]
        alone = "".join(f'<row r="1">{piece}</row>' for piece in pieces)
        return xml.replace(first[0], alone, 1)

    return _edited(path, split)


_SHEET = "xl/worksheets/sheet1.xml"


def _edited(path: Path, edit: Callable[[str], str]) -> Path:
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    xml = re.sub(r"<dimension[^>]*/>", "", parts[_SHEET].decode())
    parts[_SHEET] = edit(xml).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path
