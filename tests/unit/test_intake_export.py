"""Reading exports as merchants really have them; whatever is unclear is refused or listed."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casedesk.intake import BadRowsError, IntakeError, read_export
from domain.intake import Intake
from domain.orders import OrderStatus, OrderType
from tests.support.exports import (
    NOON,
    PERSONAL,
    cells_of,
    csv_of,
    numbers_xlsx,
    order_id,
    plain,
    saved_csv,
    set_cell,
    split_header,
    stale_dimension,
    two_separators,
    without_columns,
    xlsx_of,
)

THREE = [plain(1), plain(2, quantity=2), plain(3, status=OrderStatus.IN_TRANSIT)]
IDS = [order_id(number) for number in (1, 2, 3)]


def ids(intake: Intake) -> list[str]:
    return [order.order_id for order in intake.orders]


@pytest.mark.parametrize("market", ["TH", "US", "ID", "VN", "PH", "MY"])
def test_a_download_of_any_market_is_read_back_exactly(tmp_path: Path, market: str) -> None:
    """BOM, description line, trailing TABs, local dates, local statuses, CSV and XLSX alike."""
    from_csv = read_export(csv_of(tmp_path / "a.csv", THREE, market=market), market=market)
    from_xlsx = read_export(xlsx_of(tmp_path / "a.xlsx", THREE, market=market), market=market)

    assert IDS == ids(from_csv)
    assert from_csv.orders == from_xlsx.orders
    assert [NOON + timedelta(minutes=number) for number in (1, 2, 3)] == [
        order.paid_at for order in from_csv.orders
    ]
    assert [1, 2, 1] == [order.lines[0].quantity for order in from_csv.orders]
    assert OrderStatus.IN_TRANSIT is from_csv.orders[2].lines[0].status
    assert from_csv.orders[0].total is not None
    assert from_csv.notes[0] == "Row 2 describes the columns and was left out."


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx"])
def test_nothing_personal_survives(tmp_path: Path, name: str) -> None:
    write = csv_of if name.endswith("csv") else xlsx_of
    path = write(tmp_path / name, THREE)

    dumped = read_export(path, market="TH").model_dump_json()

    assert [] == [value for value in PERSONAL.values() if value in dumped]


def test_a_damaged_row_does_not_carry_a_name_into_the_message(tmp_path: Path) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 4, "Order ID", PERSONAL["recipient"])

    with pytest.raises(BadRowsError) as refused:
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert PERSONAL["recipient"] not in str(refused.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_saved_again_is_read_whatever_its_separator_and_encoding(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    path = saved_csv(tmp_path / "a.csv", cells_of(THREE), separator=separator, encoding=encoding)

    assert IDS == ids(read_export(path, market="TH"))


def test_header_and_rows_may_differ_in_separator(tmp_path: Path) -> None:
    path = two_separators(tmp_path / "a.csv", cells_of(THREE))

    assert IDS == ids(read_export(path, market="TH"))


def test_the_description_line_is_known_by_its_content(tmp_path: Path) -> None:
    cells = cells_of(THREE)
    without = saved_csv(tmp_path / "without.csv", [cells[0], *cells[2:]])
    later = saved_csv(tmp_path / "later.csv", [cells[0], *cells[2:], cells[1]])

    assert IDS == ids(read_export(without, market="TH"))
    assert IDS == ids(read_export(later, market="TH"))


@pytest.mark.parametrize("claim", ["A1:A1", "A1:BC3"])
def test_a_stale_dimension_hides_no_cell_and_no_row(tmp_path: Path, claim: str) -> None:
    path = stale_dimension(xlsx_of(tmp_path / "a.xlsx", THREE), claim)

    assert IDS == ids(read_export(path, market="TH"))


@pytest.mark.parametrize("together", [1, 5])
def test_header_cells_in_rows_of_their_own_are_put_together(tmp_path: Path, together: int) -> None:
    path = split_header(xlsx_of(tmp_path / "a.xlsx", THREE), together)

    assert IDS == ids(read_export(path, market="TH"))


def test_column_names_are_matched_whatever_their_case_and_spelling(tmp_path: Path) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 3, "Cancelation/Return Type", "Cancel")
    cells[0] = [name.upper().replace(" ", "  ") for name in cells[0]]
    cells[0][3] = "Cancellation / return type"

    intake = read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert intake.orders[0].lines[0].buyer_asks_cancel


@pytest.mark.parametrize(
    ("dropped", "named"),
    [
        (("Order Substatus",), "the column 'Order Substatus'"),
        (("Quantity", "Order Status"), "the columns 'Order Status', 'Quantity'"),
        (("Seller SKU", "SKU ID"), "'Seller SKU' or 'SKU ID'"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, dropped: tuple[str, ...], named: str) -> None:
    cells = without_columns(cells_of(THREE), *dropped)

    with pytest.raises(IntakeError, match=named):
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")


def test_unused_columns_may_be_missing(tmp_path: Path) -> None:
    cells = without_columns(cells_of(THREE), "Paid Time", "Seller SKU", "Order Amount")

    intake = read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert [None, None, None] == [order.paid_at for order in intake.orders]


@pytest.mark.parametrize("column", ["Order ID", "SKU ID"])
def test_an_id_in_scientific_notation_is_refused_with_its_row(tmp_path: Path, column: str) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 4, column, "5.8387E+17")

    with pytest.raises(
        IntakeError, match=rf"Row 4 .*{column} 5.8387E\+17: .*export the file again"
    ):
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH", skip_bad_rows=True)


def test_ids_stored_as_numbers_are_refused_with_their_row(tmp_path: Path) -> None:
    path = numbers_xlsx(tmp_path / "a.xlsx", cells_of(THREE), "Order ID")

    with pytest.raises(IntakeError, match=r"Row 3 .*last digits are lost"):
        read_export(path, market="TH")


def test_quantities_stored_as_numbers_are_fine(tmp_path: Path) -> None:
    path = numbers_xlsx(tmp_path / "a.xlsx", cells_of(THREE), "Quantity")

    assert [1, 2, 1] == [
        order.lines[0].quantity for order in read_export(path, market="TH").orders
    ]


def test_ids_that_all_end_in_zeros_were_cut_by_a_spreadsheet(tmp_path: Path) -> None:
    cut = [plain(number, order_id=f"583870912345{number:03d}000") for number in (1, 2, 3)]

    with pytest.raises(IntakeError, match="ends in zeros after its 15th digit"):
        read_export(csv_of(tmp_path / "a.csv", cut), market="TH")


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "two", "", "1,000", "²"])
def test_a_quantity_that_is_no_count_makes_a_bad_row(tmp_path: Path, quantity: str) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 4, "Quantity", quantity)
    path = saved_csv(tmp_path / "a.csv", cells)

    with pytest.raises(BadRowsError, match=r"row 4, Quantity.*--skip-bad-rows"):
        read_export(path, market="TH")
    left = read_export(path, market="TH", skip_bad_rows=True)

    assert [IDS[0], IDS[2]] == ids(left)
    assert [(4, "Quantity", quantity)] == [
        (bad.row, bad.column, bad.value) for bad in left.bad_rows
    ]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Order ID", "", "row 3, Order ID: is empty"),
        ("Order ID", "58-12", "row 3, Order ID '58-12': is not digits only"),
        ("Order Status", "Teleported", "'Teleported' is not a word we know"),
        ("Paid Time", "yesterday", "row 3, Paid Time 'yesterday': is not a date"),
        ("Cancelation/Return Type", "Perhaps", "row 3, Cancelation/Return Type 'Perhaps'"),
    ],
)
def test_bad_cells_are_reported_with_row_column_and_value(
    tmp_path: Path, column: str, value: str, reason: str
) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 3, column, value)

    with pytest.raises(BadRowsError, match=reason):
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")


def test_a_line_without_any_sku_is_a_bad_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", [plain(1), plain(2, sku_id="", seller_sku="")])

    with pytest.raises(BadRowsError, match="row 4, Seller SKU: is empty, and so is SKU ID"):
        read_export(path, market="TH")


def test_a_row_wider_than_its_header_is_bad_and_not_quoted(tmp_path: Path) -> None:
    cells = cells_of(THREE)
    cells[3].append(PERSONAL["address"])

    with pytest.raises(BadRowsError, match="row 4, whole row: has 56 cells") as refused:
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert PERSONAL["address"] not in str(refused.value)


def test_at_most_ten_bad_rows_are_spelt_out(tmp_path: Path) -> None:
    cells = cells_of([plain(number) for number in range(1, 15)])
    for row in range(3, 15):
        set_cell(cells, row, "Quantity", "0")

    with pytest.raises(
        BadRowsError, match=r"12 rows of a.csv .* row 12, .*; and 2 more"
    ) as refused:
        read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert 12 == len(refused.value.bad_rows)


def test_a_file_with_bad_rows_only_is_refused_even_so(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", [plain(1, quantity=0)])

    with pytest.raises(IntakeError, match="has no row that can be used"):
        read_export(path, market="TH", skip_bad_rows=True)


def test_rows_of_one_order_become_one_order(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", [plain(1), plain(2), plain(1, sku_id="2", seller_sku="")])

    intake = read_export(path, market="TH")

    assert IDS[:2] == ids(intake)
    assert ["1729384756000000001", "2"] == [line.sku_id for line in intake.orders[0].lines]


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    intake = read_export(csv_of(tmp_path / "a.csv", [plain(1), plain(1)]), market="TH")

    assert 1 == len(intake.orders[0].lines)
    assert f"Rows 3 and 4 repeat a line of order {IDS[0]}; it counts once." in intake.notes


def test_one_sku_in_two_parcels_is_kept_as_two_lines(tmp_path: Path) -> None:
    parts = [plain(1, status=OrderStatus.IN_TRANSIT, package_id="77"), plain(1, quantity=2)]

    intake = read_export(csv_of(tmp_path / "a.csv", parts), market="TH")

    assert [1, 2] == [line.quantity for line in intake.orders[0].lines]
    assert "are parts of one SKU" in intake.notes[-1]


def test_ambiguous_dates_need_a_market(tmp_path: Path) -> None:
    early = [plain(1, created_at=NOON.replace(day=5), paid_at=NOON.replace(day=5))]
    path = csv_of(tmp_path / "a.csv", early)

    with pytest.raises(IntakeError, match="--market"):
        read_export(path)

    assert NOON.replace(day=5) == read_export(path, market="TH").orders[0].paid_at


def test_without_a_market_only_the_sequence_of_times_is_known_and_said(tmp_path: Path) -> None:
    intake = read_export(csv_of(tmp_path / "a.csv", THREE))

    assert NOON + timedelta(hours=7, minutes=1) == intake.orders[0].paid_at
    assert "no market was given" in intake.notes[1]


def test_a_zone_given_wins_over_the_markets_own(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", THREE, market="ID")

    intake = read_export(path, market="ID", zone=ZoneInfo("Asia/Makassar"))

    assert ("Asia/Makassar", NOON - timedelta(minutes=59)) == (
        intake.zone,
        intake.orders[0].paid_at,
    )


def test_dates_that_break_a_markets_habit_are_read_and_noted(tmp_path: Path) -> None:
    intake = read_export(csv_of(tmp_path / "a.csv", THREE, market="US"), market="TH")

    assert "not the habit of TH" in intake.notes[2]


def test_unreadable_amounts_are_left_empty_and_noted(tmp_path: Path) -> None:
    cells = cells_of(THREE)
    set_cell(cells, 4, "Order Amount", "a lot")

    intake = read_export(saved_csv(tmp_path / "a.csv", cells), market="TH")

    assert intake.orders[1].total is None
    assert "1 amounts could not be read and were left empty, first in row 4." in intake.notes


def test_what_kind_of_order_it_is_comes_along(tmp_path: Path) -> None:
    orders = [
        plain(1, is_pre_order=True, fulfillment_type="Fulfillment by TikTok Shop"),
        plain(2, package_id="1150000000000000001", tracking_id="TH0123", ready_at=NOON),
    ]

    first, second = read_export(csv_of(tmp_path / "a.csv", orders), market="TH").orders

    assert (OrderType.PRE_ORDER, True) == (first.order_type, first.lines[0].platform_fulfilled)
    line = second.lines[0]
    assert ("1150000000000000001", "TH0123", NOON) == (
        line.package_id,
        line.tracking_id,
        line.ready_at,
    )
    assert (OrderType.NORMAL, False) == (second.order_type, line.platform_fulfilled)


def test_an_unknown_market_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", THREE)

    with pytest.raises(IntakeError, match="no market 'XX'; give one of US, UK, TH"):
        read_export(path, market="XX")
    assert "UK" == read_export(path, market="gb").market
