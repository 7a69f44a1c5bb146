"""What has become of the short units, as the platform reports it."""

from datetime import UTC, datetime

import pytest

from domain.fate import Fate, fate_of, pending_request
from domain.money import Money
from domain.orders import (
    Cancellation,
    CancelRole,
    CancelStatus,
    Order,
    OrderLine,
    OrderStatus,
)

T = datetime(2026, 3, 2, 12, tzinfo=UTC)
USD = Money.parse("10.00", "USD")
ALL: frozenset[str] = frozenset()


def _order(status: OrderStatus, *lines: OrderStatus, by: CancelRole | None = None) -> Order:
    return Order(
        order_id="1",
        status=status,
        created_at=T,
        total=USD,
        cancelled_by=by,
        lines=tuple(
            OrderLine(line_id=str(number), sku_id="s", price=USD, status=line)
            for number, line in enumerate(lines or (status,), start=1)
        ),
    )


def _entry(
    role: CancelRole, *lines: str, status: CancelStatus = CancelStatus.COMPLETE
) -> Cancellation:
    return Cancellation(cancel_id="c", order_id="1", role=role, status=status, line_ids=lines)


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        (Fate.OPEN, OrderStatus.UNPAID),
        (Fate.OPEN, OrderStatus.ON_HOLD),
        (Fate.OPEN, OrderStatus.AWAITING_SHIPMENT),
        (Fate.OPEN, OrderStatus.UNKNOWN),
        (Fate.PACKED, OrderStatus.AWAITING_COLLECTION),
        (Fate.SHIPPED, OrderStatus.IN_TRANSIT),
        (Fate.SHIPPED, OrderStatus.DELIVERED),
        (Fate.SHIPPED, OrderStatus.COMPLETED),
    ],
)
def test_an_order_stands_where_its_status_says(expected: Fate, status: OrderStatus) -> None:
    assert expected is fate_of(_order(status), (), ALL)


@pytest.mark.parametrize(
    ("expected", "role"),
    [
        (Fate.CANCELLED_BY_BUYER, CancelRole.BUYER),
        (Fate.CANCELLED_BY_SELLER, CancelRole.SELLER),
        (Fate.CANCELLED_BY_PLATFORM, CancelRole.SYSTEM),
        (Fate.CANCELLED_BY_PLATFORM, CancelRole.OPERATOR),
        (Fate.CANCELLED_BY_PLATFORM, CancelRole.UNKNOWN),
    ],
)
def test_a_cancelled_order_names_who_did_it(expected: Fate, role: CancelRole) -> None:
    order = _order(OrderStatus.CANCELLED)

    assert expected is fate_of(_order(OrderStatus.CANCELLED, by=role), (), ALL)
    assert expected is fate_of(order, (_entry(role),), ALL)


def test_a_cancellation_nobody_signed_is_the_platforms() -> None:
    assert Fate.CANCELLED_BY_PLATFORM is fate_of(_order(OrderStatus.CANCELLED), (), ALL)


def test_one_open_unit_keeps_the_whole_open() -> None:
    order = _order(
        OrderStatus.PARTIALLY_SHIPPING, OrderStatus.IN_TRANSIT, OrderStatus.AWAITING_SHIPMENT
    )

    assert Fate.OPEN is fate_of(order, (), ALL)
    assert Fate.SHIPPED is fate_of(order, (), frozenset({"1"}))
    assert Fate.OPEN is fate_of(order, (), frozenset({"2"}))


def test_cancelled_units_do_not_count_beside_live_ones() -> None:
    order = _order(OrderStatus.AWAITING_COLLECTION, OrderStatus.CANCELLED, OrderStatus.UNKNOWN)

    assert Fate.PACKED is fate_of(order, (), ALL)


def test_only_a_cancellation_of_these_units_names_who_ended_them() -> None:
    order = _order(
        OrderStatus.AWAITING_SHIPMENT, OrderStatus.CANCELLED, OrderStatus.AWAITING_SHIPMENT
    )
    entries = (_entry(CancelRole.SELLER, "1"), _entry(CancelRole.BUYER, "2"))

    assert Fate.CANCELLED_BY_SELLER is fate_of(order, entries, frozenset({"1"}))


def test_a_request_that_was_withdrawn_ended_nothing() -> None:
    order = _order(OrderStatus.CANCELLED)
    withdrawn = _entry(CancelRole.BUYER, status=CancelStatus.WITHDRAWN)

    assert Fate.CANCELLED_BY_PLATFORM is fate_of(order, (withdrawn,), ALL)


@pytest.mark.parametrize(
    ("waits", "role", "status"),
    [
        (True, CancelRole.BUYER, CancelStatus.PENDING),
        (False, CancelRole.SELLER, CancelStatus.PENDING),
        (False, CancelRole.BUYER, CancelStatus.COMPLETE),
        (False, CancelRole.BUYER, CancelStatus.WITHDRAWN),
    ],
)
def test_only_a_pending_request_of_the_buyer_waits_for_an_answer(
    waits: bool,  # noqa: FBT001 - a parameter of pytest
    role: CancelRole,
    status: CancelStatus,
) -> None:
    assert waits is (pending_request((_entry(role, status=status),)) is not None)
