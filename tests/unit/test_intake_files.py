"""What merchants give instead of an export is refused with one sentence that helps."""

import zipfile
from pathlib import Path

import pytest

from casedesk.intake import IntakeError, read_export
from casedesk.intake.xlsx_table import as_text
from tests.support.exports import cells_of, plain, saved_csv


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \r\n", "is empty"),
        ("a.csv", b"%PDF-1.7 ...", "is a PDF"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls or a password-protected"),
        ("a.xls", b"\xef\xbb\xbf <html><table>", "is a web page"),
        ("a.xlsx", b"PK\x03\x04 cut off", "is damaged"),
        ("a.csv", "Order ID,ชื่อ".encode("cp874"), "is not text in UTF-8"),
        ("a.csv", b"Order ID\0\0\0", "is not a text file"),
        ("a.csv", b"name,price\nsocks,3\n", "has no header with 'Order ID'"),
        ("a.csv", b'Order ID,Order Status,Quantity\n"5' + b"x" * 140_000, "is not a table"),
    ],
)
def test_files_that_are_no_export_are_told_apart(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(IntakeError, match=reason):
        read_export(path)


def test_a_zip_that_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "Order ID")

    with pytest.raises(IntakeError, match="is a ZIP archive, not a spreadsheet; unpack it"):
        read_export(path)


def test_a_workbook_with_broken_insides_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")

    with pytest.raises(IntakeError, match="is damaged"):
        read_export(path)


def test_a_directory_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="is a directory"):
        read_export(tmp_path)
    with pytest.raises(IntakeError, match="There is no file"):
        read_export(tmp_path / "orders.csv")


def test_an_export_without_rows_is_refused(tmp_path: Path) -> None:
    path = saved_csv(tmp_path / "a.csv", cells_of([plain(1)])[:2])

    with pytest.raises(IntakeError, match="has no row that can be used below its header"):
        read_export(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" x ", "x"),
        (None, ""),
        (3, "3"),
        (3.0, "3"),
        (1.5, "1.5"),
        (True, "True"),
        (123456789012345, "123456789012345"),
        (583870900000000001, "5.8387E+17"),
        (5.838709e17, "5.8387E+17"),
    ],
)
def test_cells_become_text_and_cut_numbers_look_cut(value: object, text: str) -> None:
    assert text == as_text(value)
