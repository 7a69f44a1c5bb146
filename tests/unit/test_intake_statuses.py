"""Status words in the languages of Seller Center; an unknown one is never guessed."""

import pytest

from casedesk.intake.markets import Language
from casedesk.intake.statuses import LABELS, StatusError, read_status
from domain.orders import OrderStatus


@pytest.mark.parametrize(
    ("heading", "detail", "status"),
    [
        ("To ship", "Awaiting shipment", OrderStatus.AWAITING_SHIPMENT),
        ("TO SHIP", " awaiting  Collection ", OrderStatus.AWAITING_COLLECTION),
        ("Shipped", "In transit", OrderStatus.IN_TRANSIT),
        ("Shipped", "Delivered", OrderStatus.DELIVERED),
        ("Completed", "Completed", OrderStatus.COMPLETED),
        ("Completed", "Delivered", OrderStatus.DELIVERED),
        ("Cancelled", "Canceled", OrderStatus.CANCELLED),
        ("ที่จะจัดส่ง", "รอจัดส่ง", OrderStatus.AWAITING_SHIPMENT),
        ("ที่จะจัดส่ง", "รอเข้ารับ", OrderStatus.AWAITING_COLLECTION),
        ("จัดส่งแล้ว", "จัดส่งสำเร็จ", OrderStatus.DELIVERED),
        ("เสร็จสมบูรณ์", "เสร็จสมบูรณ์", OrderStatus.COMPLETED),
        ("ยกเลิกแล้ว", "ยกเลิกแล้ว", OrderStatus.CANCELLED),
        ("ค้างชำระ", "", OrderStatus.UNPAID),
        ("Perlu Dikirim", "", OrderStatus.AWAITING_SHIPMENT),
        ("Dikirim", "Sedang Transit", OrderStatus.IN_TRANSIT),
        ("Selesai", "Selesai", OrderStatus.COMPLETED),
        ("Dibatalkan", "Dibatalkan", OrderStatus.CANCELLED),
        ("Belum dibayar", "", OrderStatus.UNPAID),
        ("CẦN VẬN CHUYỂN", "Chờ lấy hàng", OrderStatus.AWAITING_COLLECTION),
        ("待发货", "待揽收", OrderStatus.AWAITING_COLLECTION),
        ("To ship", "Menunggu kutipan", OrderStatus.AWAITING_COLLECTION),
    ],
)
def test_words_are_read_in_every_language_and_letter_case(
    heading: str, detail: str, status: OrderStatus
) -> None:
    assert status is read_status(heading, detail, arranged=False)


@pytest.mark.parametrize(
    ("arranged", "status"),
    [(True, OrderStatus.AWAITING_COLLECTION), (False, OrderStatus.AWAITING_SHIPMENT)],
)
def test_without_a_substatus_the_shipment_time_settles_to_ship(
    arranged: bool,  # noqa: FBT001 - a table column
    status: OrderStatus,
) -> None:
    assert status is read_status("To ship", "", arranged=arranged)


@pytest.mark.parametrize(
    ("heading", "detail", "reason"),
    [
        ("Teleported", "In transit", "Order Status 'Teleported' is not a word we know"),
        ("To ship", "Teleporting", "Order Substatus 'Teleporting' is not a word we know"),
        ("", "", "Order Status '' is not a word we know"),
        ("Dihantar", "", "is not a word we know"),
        ("Shipped", "Awaiting shipment", "contradicts"),
        ("Canceled", "In transit", "contradicts"),
    ],
)
def test_unknown_and_contradicting_words_are_refused(
    heading: str, detail: str, reason: str
) -> None:
    with pytest.raises(StatusError, match=reason):
        read_status(heading, detail, arranged=False)


@pytest.mark.parametrize("language", Language)
def test_every_label_we_write_is_read_back_as_its_state(language: Language) -> None:
    for status, label in LABELS[language].items():
        assert status is read_status(label.heading, label.detail, arranged=False)
