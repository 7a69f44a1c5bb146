"""Orders as the domain sees them: frozen, absolute in time, and without anything personal."""

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, ValidationError

from domain.money import Money
from domain.orders import (
    Cancellation,
    CancelRole,
    CancelStatus,
    ChatMessage,
    ChatRole,
    Order,
    OrderClocks,
    OrderLine,
    OrderStatus,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)
TEN = Money(amount_minor=1000, currency="USD")
PERSONAL = ("name", "phone", "address", "email", "postal")


def a_line(line_id: str, status: OrderStatus = OrderStatus.AWAITING_SHIPMENT) -> OrderLine:
    return OrderLine(line_id=line_id, sku_id="1729", price=TEN, status=status)


def an_order_of(*lines: OrderLine) -> Order:
    return Order(
        order_id="576461413038785752",
        status=OrderStatus.AWAITING_SHIPMENT,
        created_at=NOON,
        total=TEN,
        lines=lines,
        clocks=OrderClocks(shipping_due_at=NOON),
    )


def test_cancelled_lines_are_not_live_and_the_rest_keep_their_order() -> None:
    gone = a_line("2", OrderStatus.CANCELLED)
    order = an_order_of(a_line("1"), gone, a_line("3", OrderStatus.UNKNOWN))
    assert ["1", "3"] == [line.line_id for line in order.live_lines()]


def test_an_order_of_cancelled_lines_has_none_live() -> None:
    assert () == an_order_of(a_line("1", OrderStatus.CANCELLED)).live_lines()


def test_an_order_survives_the_history_unchanged() -> None:
    order = an_order_of(a_line("1"), a_line("2"))
    assert order == Order.model_validate_json(order.model_dump_json())


def test_what_the_platform_does_not_say_is_absent_and_not_zero() -> None:
    clocks = OrderClocks()
    assert {None} == {getattr(clocks, name) for name in OrderClocks.model_fields}


@pytest.mark.parametrize("field", OrderClocks.model_fields)
def test_every_clock_of_an_order_is_absolute(field: str) -> None:
    with pytest.raises(ValidationError, match="has no offset"):
        OrderClocks.model_validate({field: NAIVE})


@pytest.mark.parametrize("field", ["created_at", "paid_at", "updated_at"])
def test_every_instant_of_an_order_is_absolute(field: str) -> None:
    content = an_order_of(a_line("1")).model_dump() | {field: NAIVE}
    with pytest.raises(ValidationError, match="has no offset"):
        Order.model_validate(content)


@pytest.mark.parametrize(
    ("frozen", "field"),
    [
        (an_order_of(a_line("1")), "status"),
        (a_line("1"), "sku_id"),
        (OrderClocks(), "shipping_due_at"),
    ],
)
def test_what_was_read_cannot_be_changed(frozen: BaseModel, field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(frozen, field, None)


def test_an_unknown_status_is_refused_until_a_reader_maps_it() -> None:
    content = an_order_of(a_line("1")).model_dump(mode="json") | {"status": "TELEPORTED"}
    with pytest.raises(ValidationError, match="status"):
        Order.model_validate(content)


def test_ids_stay_text_however_long() -> None:
    with pytest.raises(ValidationError, match="valid string"):
        OrderLine.model_validate({"line_id": 576461413038785752, "sku_id": "1", "price": TEN})


@pytest.mark.parametrize("model", [Order, OrderLine, Cancellation, ChatMessage])
def test_no_field_holds_what_names_or_finds_a_buyer(model: type[BaseModel]) -> None:
    about_goods = {"product_name", "sku_name"}
    fields = set(model.model_fields) - about_goods
    assert set() == {field for field in fields if any(word in field for word in PERSONAL)}


def test_a_cancellation_without_lines_is_of_the_whole_order() -> None:
    cancellation = Cancellation(
        cancel_id="4035", order_id="5764", role=CancelRole.SELLER, status=CancelStatus.COMPLETE
    )
    assert () == cancellation.line_ids


def test_a_message_is_visible_unless_the_platform_hides_it() -> None:
    message = ChatMessage(
        message_id="1", index=7, role=ChatRole.BUYER, kind="TEXT", text="A", sent_at=NOON
    )
    assert message.visible
    assert message == ChatMessage.model_validate_json(message.model_dump_json())
