"""Tables that people fill in: what goes out comes back, whatever program touched it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casedesk.contacts import (
    COLUMNS,
    export_contacts,
    read_choice,
    read_choices,
    read_contacts,
    read_instant,
)
from casedesk.sheets import SheetFormat, read_sheet, sheet_bytes
from domain.choices import Choice
from domain.errors import DomainError, InputError
from records.contacts import WantedContact

WANTED = WantedContact(
    case_id="order-case:S:576460752000100000",
    step="contact-1",
    shop_id="S",
    order_id="576460752000100000",
    text='สวัสดี\n=1+1, "quoted"; 你好',
    language="th",
    by=datetime(2026, 11, 23, 10, tzinfo=UTC),
    at=datetime(2026, 11, 22, 10, tzinfo=UTC),
)


@pytest.mark.parametrize("form", list(SheetFormat))
def test_an_export_comes_back_as_it_went_out(form: SheetFormat, tmp_path: Path) -> None:
    """Long ids, line breaks, quotes and formula-like texts survive every format."""
    file = tmp_path / f"contacts.{form}"
    file.write_bytes(export_contacts([WANTED], form))
    [row] = read_sheet(file, needed=("channel",))
    assert WANTED.order_id == row.cells["order_id"]
    assert WANTED.text == row.cells["text"]
    assert "2026-11-23T10:00:00+00:00" == row.cells["by"]


@pytest.mark.parametrize("form", list(SheetFormat))
def test_an_export_as_it_is_says_nothing(form: SheetFormat, tmp_path: Path) -> None:
    """Rows nobody filled in are left open, never recorded by accident."""
    file = tmp_path / f"contacts.{form}"
    file.write_bytes(export_contacts([WANTED], form))
    read = read_contacts(file)
    assert ((), 1, ()) == (read.entries, read.left_open, read.bad_rows)


def test_spreadsheets_do_not_run_what_a_text_says(tmp_path: Path) -> None:
    """A cell that begins like a formula stays text."""
    file = tmp_path / "x.xlsx"
    file.write_bytes(sheet_bytes(["a"], [{"a": "=1+1"}], SheetFormat.XLSX))
    cell = load_workbook(file).worksheets[0]["A2"]
    assert ("=1+1", "s") == (cell.value, cell.data_type)


def test_csv_opens_in_a_spreadsheet_with_its_letters() -> None:
    assert sheet_bytes(["a"], [], SheetFormat.CSV).startswith(b"\xef\xbb\xbf")


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "in.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_contacts_are_read_by_column_name(tmp_path: Path) -> None:
    """Any separator, any order of columns, either kind of id."""
    file = _csv(
        tmp_path,
        "Channel;Order ID;Step;At;Text\nphone;123;contact-1;2026-11-22T10:00:00+08:00;hello\n",
    )
    [entry] = read_contacts(file).entries
    assert ("123", "contact-1", "phone", "hello") == (
        entry.case,
        entry.step,
        entry.channel,
        entry.text,
    )
    assert datetime(2026, 11, 22, 2, tzinfo=UTC) == entry.at


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",phone,", "order_id: is empty"),
        ("1,,2026-11-22T10:00:00Z", "channel: is empty"),
        ("1,phone,22/11/2026", "at: '22/11/2026' is no date and time"),
        ("1,phone,2026-11-22T10:00:00", "has no offset"),
        ("5.7646E+17,phone,", "has lost digits"),
    ],
)
def test_a_bad_row_is_listed_with_its_number_and_value(
    row: str, reason: str, tmp_path: Path
) -> None:
    read = read_contacts(_csv(tmp_path, f"order_id,channel,at\n{row}\n2,chat,\n"))
    [sentence] = read.bad_rows
    assert sentence.startswith("row 2, ")
    assert reason in sentence
    assert ["2"] == [entry.case for entry in read.entries]


def test_choices_are_read_as_words_or_letters(tmp_path: Path) -> None:
    text = "order_id,choice,via,text\n1,Wait,phone,ok\n2,c,,\n3,,,\n4,maybe,,\n"
    read = read_choices(_csv(tmp_path, text))
    assert ["wait", "refund"] == [entry.choice for entry in read.entries]
    assert ["phone", "person"] == [entry.via for entry in read.entries]
    assert (1, 1) == (read.left_open, len(read.bad_rows))
    assert "'maybe'" in read.bad_rows[0]


@pytest.mark.parametrize(
    ("text", "choice"), [("A", "wait"), ("b", "swap"), (" REFUND ", "refund")]
)
def test_letters_and_words_name_a_choice(text: str, choice: str) -> None:
    assert Choice(choice) is read_choice(text)


@pytest.mark.parametrize("text", ["", "A or B", "ok", "D"])
def test_what_names_no_choice_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no choice"):
        read_choice(text)


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01T00:00:00Z", ""])
def test_a_bad_time_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_instant("--at", text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("other.csv", b"a,b\n1,2\n"),
        ("latin.csv", b"order_id,channel\n1,t\xe9l\n"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook"),
        ("broken.json", b"[{"),
        ("object.json", b'{"a": 1}'),
    ],
)
def test_a_file_that_means_nothing_is_refused_by_name(
    name: str, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DomainError, match=name):
        read_contacts(file)


def test_the_same_row_has_the_same_request_and_another_has_not(tmp_path: Path) -> None:
    """This is what makes a file that is given twice count once."""
    file = _csv(tmp_path, "order_id,channel\n1,phone\n1,phone\n1,mail\n")
    first, same, other = read_contacts(file).entries
    ids = [entry.request_id("contact", "case") for entry in (first, same, other)]
    assert ids[0] == ids[1] != ids[2]


def test_the_export_names_what_recording_reads() -> None:
    assert {"case_id", "order_id", "step", "channel", "at", "text"} <= set(COLUMNS)
    assert [] == json.loads(export_contacts([], SheetFormat.JSON))
