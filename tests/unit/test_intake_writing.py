"""The exports we write look like the ones merchants download."""

from pathlib import Path

import pytest

from casedesk.intake import IntakeError, write_export_csv
from domain.orders import OrderStatus
from tests.support.exports import cells_of, csv_of, export_rows, order_id, plain


def test_a_thai_download_has_a_bom_a_description_and_tabs_behind_long_numbers(
    tmp_path: Path,
) -> None:
    raw = csv_of(tmp_path / "a.csv", [plain(1)], market="TH").read_bytes()
    lines = raw.decode("utf-8-sig").splitlines()

    assert raw.startswith(b"\xef\xbb\xbfOrder ID,Order Status,")
    assert lines[1].startswith("Platform unique order ID.,")
    assert lines[2].startswith(f"{order_id(1)}\t,ที่จะจัดส่ง,รอจัดส่ง,")
    assert ",20/11/2026 19:01:00\t," in lines[2]


@pytest.mark.parametrize(
    ("market", "column", "text"),
    [
        ("US", "Paid Time", "11/20/2026 04:01:00 AM"),
        ("TH", "Paid Time", "20/11/2026 19:01:00"),
        ("US", "Order Amount", "1299.00"),
        ("PH", "Order Amount", "₱1,299.00"),
        ("ID", "Order Amount", "Rp1.299"),
        ("VN", "Order Amount", "1.299₫"),
        ("ID", "Order Status", "Perlu dikirim"),
        ("VN", "Order Substatus", "Chờ vận chuyển"),
        ("TH", "Normal or Pre-order", "Normal"),
    ],
)
def test_cells_follow_the_habits_of_the_market(market: str, column: str, text: str) -> None:
    header, _, row = cells_of([plain(1, price="1299")], market=market)

    assert text == row[header.index(column)]


def test_a_state_without_a_word_is_refused(tmp_path: Path) -> None:
    rows = export_rows([plain(1, status=OrderStatus.UNKNOWN)], market="US")

    with pytest.raises(IntakeError, match="exports have no word for"):
        write_export_csv(tmp_path / "a.csv", rows, market="US")
