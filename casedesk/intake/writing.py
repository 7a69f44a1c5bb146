"""Well-formed exports, as Seller Center writes them, for the demo and for tests."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from pydantic import BaseModel, ConfigDict

from casedesk.intake.errors import IntakeError
from casedesk.intake.markets import MARKETS, ExportMarket, market_named
from casedesk.intake.statuses import LABELS
from domain.instants import Instant
from domain.intake import DateOrder
from domain.money import Money
from domain.orders import OrderStatus

DESCRIPTION = "Platform unique order ID."
HEADER = (
    "Order ID", "Order Status", "Order Substatus", "Cancelation/Return Type",
    "Normal or Pre-order", "SKU ID", "Seller SKU", "Product Name", "Variation", "Quantity",
    "Sku Quantity of return", "SKU Unit Original Price", "SKU Subtotal Before Discount",
    "SKU Platform Discount", "SKU Seller Discount", "SKU Subtotal After Discount",
    "Shipping Fee After Discount", "Original Shipping Fee", "Shipping Fee Seller Discount",
    "Shipping Fee Platform Discount", "Payment platform discount", "Taxes", "Small Order Fee",
    "Order Amount", "Order Refund Amount", "Created Time", "Paid Time", "RTS Time",
    "Shipped Time", "Delivered Time", "Cancelled Time", "Cancel By", "Cancel Reason",
    "Fulfillment Type", "Warehouse Name", "Tracking ID", "Delivery Option",
    "Shipping Provider Name", "Buyer Message", "Buyer Username", "Recipient", "Phone #",
    "Zipcode", "Country", "Province", "District", "Detail Address",
    "Additional address information", "Payment Method", "Weight(kg)", "Product Category",
    "Package ID", "Seller Note", "Checked Status", "Checked Marked by",
)  # fmt: skip
"""Columns of an export, in its order.

Source:
    Order exports of Seller Center ("All orders"), 2024-2026.
"""

_TABBED = frozenset(
    {
        "Order ID", "SKU ID", "Package ID", "Tracking ID", "Created Time", "Paid Time",
        "RTS Time", "Shipped Time", "Delivered Time", "Cancelled Time",
    }
)  # fmt: skip


class ExportRow(BaseModel):
    """One row to write: units of one SKU of one order, personal columns included."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    status: OrderStatus
    sku_id: str
    seller_sku: str = ""
    product_name: str = ""
    variation: str = ""
    quantity: int = 1
    unit_price: Money
    order_amount: Money
    created_at: Instant
    paid_at: Instant | None = None
    ready_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    cancelled_at: Instant | None = None
    cancel_type: str = ""
    is_pre_order: bool = False
    fulfillment_type: str = "Fulfillment by seller"
    warehouse: str = ""
    tracking_id: str = ""
    carrier: str = ""
    package_id: str = ""
    payment_method: str = ""
    buyer_message: str = ""
    buyer_username: str = ""
    recipient: str = ""
    phone: str = ""
    zipcode: str = ""
    address: str = ""


def export_cells(rows: Iterable[ExportRow], *, market: str) -> Iterator[list[str]]:
    """Yield the header, the line that describes the columns, then *rows* as text.

    Args:
        rows: What to write, in its sequence.
        market: Market code; decides language, local time, date order and money marks.

    Raises:
        IntakeError: No such market, or a status no export has a word for.
    """
    habits = market_named(market) or MARKETS["US"]
    yield list(HEADER)
    yield [DESCRIPTION, *(f"The {name.lower()} of the order." for name in HEADER[1:])]
    for row in rows:
        values = _values(row, habits)
        yield [values.get(name, "") for name in HEADER]


def write_export_csv(path: str | PathLike[str], rows: Iterable[ExportRow], *, market: str) -> None:
    """Write *rows* as the CSV a merchant of *market* downloads: BOM, trailing TABs and all."""
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for number, cells in enumerate(export_cells(rows, market=market)):
            writer.writerow(_tabbed(cells) if number > 1 else cells)


def write_export_xlsx(
    path: str | PathLike[str], rows: Iterable[ExportRow], *, market: str
) -> None:
    """Write *rows* as the XLSX a merchant of *market* downloads: every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("OrderSKUList")
    for cells in export_cells(rows, market=market):
        sheet.append([cell or None for cell in cells])
    book.save(path)


def _tabbed(cells: Sequence[str]) -> list[str]:
    return [
        f"{cell}\t" if cell and name in _TABBED else cell
        for name, cell in zip(HEADER, cells, strict=True)
    ]


def _values(row: ExportRow, market: ExportMarket) -> dict[str, str]:
    return _order_values(row, market) | _line_values(row, market) | _personal_values(row)


def _order_values(row: ExportRow, market: ExportMarket) -> dict[str, str]:
    label = LABELS[market.language].get(row.status)
    if label is None:
        raise IntakeError(f"Order {row.order_id} has a status that exports have no word for.")
    return {
        "Order ID": row.order_id,
        "Order Status": label.heading,
        "Order Substatus": label.detail,
        "Cancelation/Return Type": row.cancel_type,
        "Normal or Pre-order": "Pre-order" if row.is_pre_order else "Normal",
        "Order Amount": _amount(row.order_amount, market),
        "Created Time": _local(row.created_at, market),
        "Paid Time": _local(row.paid_at, market),
        "Cancelled Time": _local(row.cancelled_at, market),
        "Fulfillment Type": row.fulfillment_type,
        "Payment Method": row.payment_method,
    }


def _line_values(row: ExportRow, market: ExportMarket) -> dict[str, str]:
    price = row.unit_price
    subtotal = Money(amount_minor=price.amount_minor * row.quantity, currency=price.currency)
    return {
        "SKU ID": row.sku_id,
        "Seller SKU": row.seller_sku,
        "Product Name": row.product_name,
        "Variation": row.variation,
        "Quantity": str(row.quantity),
        "Sku Quantity of return": "0",
        "SKU Unit Original Price": _amount(price, market),
        "SKU Subtotal Before Discount": _amount(subtotal, market),
        "SKU Subtotal After Discount": _amount(subtotal, market),
        "RTS Time": _local(row.ready_at, market),
        "Shipped Time": _local(row.shipped_at, market),
        "Delivered Time": _local(row.delivered_at, market),
        "Warehouse Name": row.warehouse,
        "Tracking ID": row.tracking_id,
        "Shipping Provider Name": row.carrier,
        "Package ID": row.package_id,
    }


def _personal_values(row: ExportRow) -> dict[str, str]:
    return {
        "Buyer Message": row.buyer_message,
        "Buyer Username": row.buyer_username,
        "Recipient": row.recipient,
        "Phone #": row.phone,
        "Zipcode": row.zipcode,
        "Detail Address": row.address,
    }


def _local(instant: datetime | None, market: ExportMarket) -> str:
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(market.zone))
    if market.date_order is DateOrder.MONTH_FIRST:
        return local.strftime("%m/%d/%Y %I:%M:%S %p")
    return local.strftime("%d/%m/%Y %H:%M:%S")


def _amount(money: Money, market: ExportMarket) -> str:
    plain = money.decimal()
    if market.code == "PH":
        return f"₱{int(plain.partition('.')[0]):,}.{plain.partition('.')[2]}"
    if market.code in ("ID", "VN"):
        grouped = f"{int(plain.partition('.')[0]):,}".replace(",", ".")
        return f"Rp{grouped}" if market.code == "ID" else f"{grouped}₫"
    return plain
