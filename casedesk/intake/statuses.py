"""Status words of Seller Center, in the languages its exports come in."""

from typing import NamedTuple

from casedesk.intake.markets import Language
from domain.orders import OrderStatus


class _Words(NamedTuple):
    status: OrderStatus
    words: tuple[str, ...]


_UNPAID = OrderStatus.UNPAID
_HOLD = OrderStatus.ON_HOLD
_WAITS = OrderStatus.AWAITING_SHIPMENT
_PARTLY = OrderStatus.PARTIALLY_SHIPPING
_PACKED = OrderStatus.AWAITING_COLLECTION
_MOVING = OrderStatus.IN_TRANSIT
_THERE = OrderStatus.DELIVERED
_DONE = OrderStatus.COMPLETED
_GONE = OrderStatus.CANCELLED

_HEADINGS = {
    _WAITS: ("to ship", "ที่จะจัดส่ง", "perlu dikirim", "cần vận chuyển", "cần gửi", "待发货"),
    _MOVING: ("shipped", "จัดส่งแล้ว", "dikirim", "đã vận chuyển", "đã gửi", "已发货"),
    _DONE: ("completed", "เสร็จสมบูรณ์", "selesai", "đã hoàn tất", "已完成"),
    _GONE: ("canceled", "cancelled", "ยกเลิกแล้ว", "dibatalkan", "đã hủy", "已取消"),
    _UNPAID: ("unpaid", "ค้างชำระ", "belum dibayar", "chưa thanh toán", "未付款", "待付款"),
    _HOLD: ("on hold",),
}
"""Words of Order Status: the tabs of Seller Center's order list.

English, Thai and Indonesian as seen in merchants' files, and so are `cần vận chuyển`, `đã vận
chuyển`, `đã hoàn tất`, `đã hủy` in programs that read Vietnamese ones. The rest, here and below,
are literal translations with a single reading among our states. A word with two readings (Malay
`dihantar`: sent or delivered) or none we are sure of (on hold, beyond English) is left out on
purpose, so that it is reported with its rows.

Source:
    Order exports of Seller Center ("All orders"), Malaysia, Thailand, Indonesia, Vietnam and US,
    2024-2026.
"""

_DETAILS = {
    _UNPAID: ("unpaid", "ค้างชำระ", "belum dibayar", "chưa thanh toán", "未付款", "待付款"),
    _HOLD: ("on hold",),
    _WAITS: (
        "awaiting shipment",
        "รอจัดส่ง",
        "รอการจัดส่ง",
        "menunggu pengiriman",
        "menunggu penghantaran",
        "chờ vận chuyển",
        "待发货",
    ),
    _PARTLY: (
        "partially shipped",
        "partially shipping",
        "จัดส่งบางส่วน",
        "dikirim sebagian",
        "đã vận chuyển một phần",
        "部分发货",
    ),
    _PACKED: (
        "awaiting collection",
        "รอเข้ารับ",
        "menunggu pengambilan",
        "menunggu penjemputan",
        "menunggu kutipan",
        "chờ lấy hàng",
        "待揽收",
    ),
    _MOVING: (
        "in transit",
        "ระหว่างการขนส่ง",
        "อยู่ระหว่างการขนส่ง",
        "sedang transit",
        "dalam transit",
        "dalam perjalanan",
        "đang vận chuyển",
        "đang trung chuyển",
        "运输中",
    ),
    _THERE: ("delivered", "จัดส่งสำเร็จ", "terkirim", "đã giao hàng", "已送达", "已签收"),
    _DONE: ("completed", "เสร็จสมบูรณ์", "selesai", "đã hoàn tất", "已完成"),
    _GONE: ("canceled", "cancelled", "ยกเลิกแล้ว", "dibatalkan", "đã hủy", "已取消"),
}
"""Words of Order Substatus; sources as above."""


def _index(table: dict[OrderStatus, tuple[str, ...]]) -> dict[str, OrderStatus]:
    return {word: status for status, words in table.items() for word in words}


_HEADING_OF = _index(_HEADINGS)
_DETAIL_OF = _index(_DETAILS)
_FITS = {
    _UNPAID: {_UNPAID},
    _HOLD: {_HOLD},
    _WAITS: {_HOLD, _WAITS, _PARTLY, _PACKED},
    _MOVING: {_PARTLY, _MOVING, _THERE},
    _DONE: {_THERE, _DONE},
    _GONE: {_GONE},
}


class StatusError(ValueError):
    """A word we do not know, or two that contradict each other."""


def read_status(heading: str, detail: str, *, arranged: bool) -> OrderStatus:
    """Return the state a row's Order Status and Order Substatus stand for.

    Args:
        heading: Order Status as printed, any letter case.
        detail: Order Substatus as printed; may be empty.
        arranged: The row has a shipment time; settles "To ship" without a substatus.

    Raises:
        StatusError: An unknown word, or a pair that cannot be; never guessed.
    """
    broad = _known(_HEADING_OF, heading, "Order Status")
    if not detail.strip():
        return _PACKED if broad is _WAITS and arranged else broad
    exact = _known(_DETAIL_OF, detail, "Order Substatus")
    if exact not in _FITS[broad]:
        raise StatusError(f"Order Substatus {detail!r} contradicts Order Status {heading!r}")
    return exact


def _known(words: dict[str, OrderStatus], said: str, column: str) -> OrderStatus:
    status = words.get(" ".join(said.casefold().split()))
    if status is None:
        raise StatusError(f"{column} {said!r} is not a word we know; set Seller Center to English")
    return status


class Label(NamedTuple):
    """How Seller Center prints a state: Order Status and Order Substatus."""

    heading: str
    detail: str


LABELS = {
    Language.ENGLISH: {
        _UNPAID: Label("Unpaid", "Unpaid"),
        _HOLD: Label("On hold", "On hold"),
        _WAITS: Label("To ship", "Awaiting shipment"),
        _PARTLY: Label("To ship", "Partially shipped"),
        _PACKED: Label("To ship", "Awaiting collection"),
        _MOVING: Label("Shipped", "In transit"),
        _THERE: Label("Shipped", "Delivered"),
        _DONE: Label("Completed", "Completed"),
        _GONE: Label("Canceled", "Canceled"),
    },
    Language.THAI: {
        _UNPAID: Label("ค้างชำระ", "ค้างชำระ"),
        _HOLD: Label("On hold", "On hold"),
        _WAITS: Label("ที่จะจัดส่ง", "รอจัดส่ง"),
        _PARTLY: Label("ที่จะจัดส่ง", "จัดส่งบางส่วน"),
        _PACKED: Label("ที่จะจัดส่ง", "รอเข้ารับ"),
        _MOVING: Label("จัดส่งแล้ว", "ระหว่างการขนส่ง"),
        _THERE: Label("จัดส่งแล้ว", "จัดส่งสำเร็จ"),
        _DONE: Label("เสร็จสมบูรณ์", "เสร็จสมบูรณ์"),
        _GONE: Label("ยกเลิกแล้ว", "ยกเลิกแล้ว"),
    },
    Language.INDONESIAN: {
        _UNPAID: Label("Belum dibayar", "Belum dibayar"),
        _HOLD: Label("On hold", "On hold"),
        _WAITS: Label("Perlu dikirim", "Menunggu pengiriman"),
        _PARTLY: Label("Perlu dikirim", "Dikirim sebagian"),
        _PACKED: Label("Perlu dikirim", "Menunggu pengambilan"),
        _MOVING: Label("Dikirim", "Sedang transit"),
        _THERE: Label("Dikirim", "Terkirim"),
        _DONE: Label("Selesai", "Selesai"),
        _GONE: Label("Dibatalkan", "Dibatalkan"),
    },
    Language.VIETNAMESE: {
        _UNPAID: Label("Chưa thanh toán", "Chưa thanh toán"),
        _HOLD: Label("On hold", "On hold"),
        _WAITS: Label("Cần vận chuyển", "Chờ vận chuyển"),
        _PARTLY: Label("Cần vận chuyển", "Đã vận chuyển một phần"),
        _PACKED: Label("Cần vận chuyển", "Chờ lấy hàng"),
        _MOVING: Label("Đã vận chuyển", "Đang vận chuyển"),
        _THERE: Label("Đã vận chuyển", "Đã giao hàng"),
        _DONE: Label("Đã hoàn tất", "Đã hoàn tất"),
        _GONE: Label("Đã hủy", "Đã hủy"),
    },
}
"""What an export writes for each state; used to write exports for demo and tests."""
