"""The columns we read; whatever is not named here never leaves the file."""

import re
from collections.abc import Sequence
from enum import StrEnum

from casedesk.intake.errors import IntakeError


class Column(StrEnum):
    """Columns of an export that the product uses, by their name in Seller Center.

    Recipient, phone, address, buyer name and buyer message are left out on purpose.
    """

    ORDER_ID = "Order ID"
    STATUS = "Order Status"
    SUBSTATUS = "Order Substatus"
    CANCEL_TYPE = "Cancelation/Return Type"
    ORDER_TYPE = "Normal or Pre-order"
    SKU_ID = "SKU ID"
    SELLER_SKU = "Seller SKU"
    PRODUCT_NAME = "Product Name"
    VARIATION = "Variation"
    QUANTITY = "Quantity"
    SUBTOTAL = "SKU Subtotal After Discount"
    ORDER_AMOUNT = "Order Amount"
    CREATED = "Created Time"
    PAID = "Paid Time"
    READY = "RTS Time"
    SHIPPED = "Shipped Time"
    CANCELLED = "Cancelled Time"
    FULFILLMENT = "Fulfillment Type"
    WAREHOUSE = "Warehouse Name"
    TRACKING = "Tracking ID"
    CARRIER = "Shipping Provider Name"
    PACKAGE = "Package ID"


TIME_COLUMNS = (Column.CREATED, Column.PAID, Column.READY, Column.SHIPPED, Column.CANCELLED)
ID_COLUMNS = (Column.ORDER_ID, Column.SKU_ID)
NEEDED = (Column.ORDER_ID, Column.STATUS, Column.SUBSTATUS, Column.QUANTITY)

_NOT_A_LETTER = re.compile(r"[\W_]+")
_ALIASES = {
    "cancellationreturntype": Column.CANCEL_TYPE,
    "cancelreturntype": Column.CANCEL_TYPE,
    "createtime": Column.CREATED,
    "canceledtime": Column.CANCELLED,
    "fulfilmenttype": Column.FULFILLMENT,
    "trackingnumber": Column.TRACKING,
    "shippingprovider": Column.CARRIER,
}


def _plain(name: str) -> str:
    return _NOT_A_LETTER.sub("", name).casefold()


_BY_NAME = {_plain(column): column for column in Column} | _ALIASES


def match_header(cells: Sequence[str]) -> dict[Column, int]:
    """Return where each known column stands; letter case, spaces and punctuation do not count.

    Args:
        cells: The cells of a row that may be the header.
    """
    places: dict[Column, int] = {}
    for place, cell in enumerate(cells):
        column = _BY_NAME.get(_plain(cell))
        if column is not None:
            places.setdefault(column, place)
    return places


def refuse_missing(places: dict[Column, int], file: str) -> None:
    """Refuse a header without what the product needs.

    Raises:
        IntakeError: Names every missing column.
    """
    missing = [f"{column.value!r}" for column in NEEDED if column not in places]
    if Column.SELLER_SKU not in places and Column.SKU_ID not in places:
        missing.append("'Seller SKU' or 'SKU ID'")
    if missing:
        raise IntakeError(
            f"{file} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)};"
            " export 'All orders' from Seller Center with all columns."
        )
