"""One row of an export: to a line of an order, or to a reason why not."""

import re
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple

from casedesk.intake.amounts import read_amount
from casedesk.intake.columns import Column
from casedesk.intake.markets import ExportMarket
from casedesk.intake.statuses import StatusError, read_status
from casedesk.intake.times import Clock, TimeError
from domain.errors import MoneyError
from domain.intake import BadRow, IntakeLine
from domain.money import Money
from domain.orders import OrderStatus, OrderType

_DIGITS = re.compile(r"[0-9]+")
_WHOLE = re.compile(r"0*([1-9][0-9]{0,5})(?:\.0+)?")
_LOST = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_IMPERSONAL = re.compile(r"(?=.*[0-9])[0-9A-Za-z.+_-]{1,30}")
_SHOWN = 40
_CANCELLING = frozenset({"cancel", "cancellation", "cancelation", "ยกเลิก", "pembatalan", "hủy"})
_NOT_CANCELLING = frozenset({"", "return/refund"})
_UNSHIPPED = frozenset(
    {OrderStatus.ON_HOLD, OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPING}
)
_PLATFORM = ("tiktok", "tokopedia")
_ORDER_TYPES = (
    ("pre", OrderType.PRE_ORDER),
    ("made", OrderType.MADE_TO_ORDER),
    ("back", OrderType.BACK_ORDER),
)


class WantedRow(NamedTuple):
    """The cells we read of one row; nothing personal is among them."""

    number: int
    cells: dict[Column, str]

    def text(self, column: Column) -> str:
        """Return a cell, empty if the file lacks the column."""
        return self.cells.get(column, "")

    def is_blank(self) -> bool:
        """Tell whether nothing we read is filled in."""
        return not any(self.cells.values())

    def is_description(self) -> bool:
        """Tell whether this row explains the columns; known by content, not by position."""
        words = self.text(Column.ORDER_ID), self.text(Column.QUANTITY)
        return all(word and not any(map(str.isdigit, word)) for word in words)


class Found(NamedTuple):
    """What one good row says about its line and about its order."""

    order_id: str
    order_type: OrderType
    created_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    total: Money | None
    line: IntakeLine


class _RowError(Exception):
    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value[:_SHOWN], reason


class RowReader:
    """Reads the rows of one file and remembers what it had to leave empty."""

    def __init__(self, market: ExportMarket | None, clock: Clock) -> None:
        self._clock = clock
        # Prices repeat, and reading money is a quarter of the work of reading a row.
        self._read_amount = lru_cache(maxsize=4096)(partial(read_amount, market=market))
        self.unread_amounts: list[int] = []
        """Rows with an amount that could not be read; amounts are not needed."""

    def read(self, row: WantedRow) -> Found | BadRow:
        """Return the row's line, or what is wrong with it."""
        try:
            return self._found(row)
        except _RowError as error:
            return BadRow(
                row=row.number, column=error.column, value=error.value, reason=error.reason
            )

    def _found(self, row: WantedRow) -> Found:
        kind = row.text(Column.ORDER_TYPE).casefold()
        return Found(
            order_id=_order_id(row),
            order_type=next(
                (known for word, known in _ORDER_TYPES if word in kind), OrderType.NORMAL
            ),
            created_at=self._instant(row, Column.CREATED),
            paid_at=self._instant(row, Column.PAID),
            cancelled_at=self._instant(row, Column.CANCELLED),
            total=self._amount(row, Column.ORDER_AMOUNT),
            line=self._line(row, is_sample="sample" in kind),
        )

    def _line(self, row: WantedRow, *, is_sample: bool) -> IntakeLine:
        sku_id, seller_sku = row.text(Column.SKU_ID), row.text(Column.SELLER_SKU)
        if not sku_id and not seller_sku:
            raise _RowError("Seller SKU", "", "is empty, and so is SKU ID")
        status = _status(row)
        fulfilled = row.text(Column.FULFILLMENT).casefold()
        return IntakeLine(
            row=row.number,
            sku_id=sku_id,
            seller_sku=seller_sku,
            product_name=row.text(Column.PRODUCT_NAME),
            variation=row.text(Column.VARIATION),
            quantity=_quantity(row),
            status=status,
            buyer_asks_cancel=status in _UNSHIPPED and _cancelling(row),
            platform_fulfilled=any(word in fulfilled for word in _PLATFORM),
            is_sample=is_sample,
            package_id=_unless_lost(row.text(Column.PACKAGE)),
            tracking_id=_unless_lost(row.text(Column.TRACKING)),
            carrier=row.text(Column.CARRIER),
            warehouse=row.text(Column.WAREHOUSE),
            subtotal=self._amount(row, Column.SUBTOTAL),
            ready_at=self._instant(row, Column.READY),
            shipped_at=self._instant(row, Column.SHIPPED),
        )

    def _instant(self, row: WantedRow, column: Column) -> datetime | None:
        try:
            return self._clock.instant(row.text(column))
        except TimeError as error:
            raise _RowError(column.value, row.text(column), str(error)) from error

    def _amount(self, row: WantedRow, column: Column) -> Money | None:
        try:
            return self._read_amount(row.text(column))
        except MoneyError:
            self.unread_amounts.append(row.number)
            return None


def is_lost(text: str) -> bool:
    """Tell whether *text* is a long number that a spreadsheet program cut, such as 5.8387E+17."""
    return _LOST.fullmatch(text) is not None


def _unless_lost(text: str) -> str:
    return "" if is_lost(text) else text


def _order_id(row: WantedRow) -> str:
    text = row.text(Column.ORDER_ID)
    if _DIGITS.fullmatch(text):
        return text
    # In a damaged file a name or an address may stand here, so only an id is shown.
    shown = text if _IMPERSONAL.fullmatch(text) else ""
    raise _RowError("Order ID", shown, "is not digits only" if text else "is empty")


def _quantity(row: WantedRow) -> int:
    text = row.text(Column.QUANTITY)
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise _RowError("Quantity", text, "is not a whole number from 1 to 999999")
    return int(match[1])


def _status(row: WantedRow) -> OrderStatus:
    heading, detail = row.text(Column.STATUS), row.text(Column.SUBSTATUS)
    try:
        return read_status(heading, detail, arranged=bool(row.text(Column.READY)))
    except StatusError as error:
        raise _RowError("Order Status", f"{heading} / {detail}", str(error)) from error


def _cancelling(row: WantedRow) -> bool:
    text = row.text(Column.CANCEL_TYPE)
    word = text.casefold()
    if word not in _CANCELLING | _NOT_CANCELLING:
        raise _RowError("Cancelation/Return Type", text, "is not a word we know")
    return word in _CANCELLING
