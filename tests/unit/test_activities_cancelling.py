"""Cancelling: what is found before the write decides whether there is a write, and whose it is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from activities.cancelling import Canceller, found_already
from activities.troubles import NEEDS_PERSON
from domain.money import Money
from domain.orders import Cancellation, CancelRole, CancelStatus, Order, OrderLine, OrderStatus
from records.database import Database
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import ORDER, ShopHouse, failure, key, now, run, shop_house
from tests.support.shop_gateway import SHOP, ok, refused, shop_with
from workflows.ports import CancelOrder, EffectKey, OrderCancelled

pytest_plugins = ("tests.support.record_stores",)

CANCEL = "/return_refund/202602/cancellations"
PRICE = Money(amount_minor=4990, currency="USD")
DONE, GRANTED, ASKED, TAKEN_BACK = (
    CancelStatus.COMPLETE,
    CancelStatus.APPROVED,
    CancelStatus.PENDING,
    CancelStatus.WITHDRAWN,
)


@pytest.fixture
async def house(records_db: Database) -> AsyncIterator[ShopHouse]:
    async with shop_house(records_db) as running:
        yield running


def _command(*line_ids: str, effect: EffectKey | None = None) -> CancelOrder:
    return CancelOrder(
        key=effect or key("refund:1"),
        shop_id=US_SHOP_ID,
        order_id=ORDER,
        line_ids=line_ids,
        fallback_reason="seller_cancel_reason_out_of_stock",
    )


async def _cancel(
    house: ShopHouse, *line_ids: str, tried: bool = False, attempt: int = 1
) -> OrderCancelled:
    command = _command(*line_ids, effect=key("refund:1", tried=tried))
    return await run(house.activities.cancel_order, command, attempt=attempt)


# At the shop


async def test_an_open_order_is_cancelled_as_out_of_stock(house: ShopHouse) -> None:
    await house.order()

    answer = await _cancel(house)

    (effect,) = (await house.shops.effects())["cancellations"]
    assert OrderCancelled(cancel_id=effect["cancel_id"], complete=True) == answer
    assert "seller_cancel_reason_out_of_stock" == effect["cancel_reason"]


@pytest.mark.parametrize("repeat", [{"attempt": 2}, {"tried": True}])
async def test_a_repeat_finds_our_cancellation_and_writes_nothing(
    house: ShopHouse, repeat: dict[str, Any]
) -> None:
    await house.order()
    await house.shops.fault("drop_reply", CANCEL, match="cancel_reason")
    lost = await failure(house.activities.cancel_order, _command())

    answer = await _cancel(house, **repeat)

    assert "ShopUnavailableError" == lost.type
    assert not lost.non_retryable
    assert (True, PRICE, None) == (answer.complete, answer.refund, answer.ended_by)
    assert 1 == len((await house.shops.effects())["cancellations"])


async def test_a_repeat_finds_a_cancellation_of_single_lines(house: ShopHouse) -> None:
    await house.order(line_items=[{"sku_id": "1729500000000001101", "quantity": 2}])
    first, _second = await house.lines()
    await _cancel(house, first)

    answer = await _cancel(house, first, attempt=2)

    assert (True, PRICE, None) == (answer.complete, answer.refund, answer.ended_by)
    assert 1 == len((await house.shops.effects())["cancellations"])


async def test_lines_cancelled_earlier_never_pass_for_the_whole_order(house: ShopHouse) -> None:
    """A merchant who took one unit out must not make us believe that the rest is settled."""
    await house.order(line_items=[{"sku_id": "1729500000000001101", "quantity": 2}])
    first, second = await house.lines()
    await house.shops.shop.cancel(ORDER, order_line_item_ids=[first])

    answer = await _cancel(house, attempt=2)

    effects = (await house.shops.effects())["cancellations"]
    assert [[first], [second]] == [effect["line_item_ids"] for effect in effects]
    assert effects[1]["cancel_id"] == answer.cancel_id


async def test_a_cancellation_in_the_sellers_name_before_our_first_try_is_not_ours(
    house: ShopHouse,
) -> None:
    await house.order()
    await house.shops.shop.cancel(ORDER)

    assert CancelRole.SELLER == (await _cancel(house)).ended_by


async def test_a_delayed_cancellation_is_found_while_it_is_under_way(
    records_db: Database,
) -> None:
    async with shop_house(records_db, {"cancel_delay_seconds": 600}) as house:
        await house.order()
        first = await _cancel(house)
        second = await _cancel(house, attempt=2)

    assert not first.complete
    assert (first.cancel_id, False, None) == (second.cancel_id, second.complete, second.ended_by)


async def test_the_buyers_own_request_is_approved_instead(house: ShopHouse) -> None:
    await house.order()
    await house.shops.cancel(ORDER)

    answer = await _cancel(house)

    assert (True, True, PRICE) == (answer.by_buyers_request, answer.complete, answer.refund)
    assert ["BUYER"] == [c["role"] for c in (await house.shops.effects())["cancellations"]]


async def test_an_approval_whose_reply_was_lost_is_still_our_refund(house: ShopHouse) -> None:
    await house.order()
    await house.shops.cancel(ORDER)
    await house.shops.fault("drop_reply", "/return_refund/202309/cancellations")
    await failure(house.activities.cancel_order, _command())

    answer = await _cancel(house, attempt=2)

    assert (True, True, None) == (answer.by_buyers_request, answer.complete, answer.ended_by)


async def test_an_approval_that_cannot_be_read_back_counts_as_under_way() -> None:
    order = {
        "id": ORDER,
        "status": "AWAITING_SHIPMENT",
        "create_time": 1_795_000_000,
        "payment": {"total_amount": "49.90", "currency": "USD"},
        "line_items": [],
    }
    asked = {"cancel_id": "c1", "order_id": ORDER, "role": "BUYER", "cancel_status": ASKED.value}
    client, gateway = shop_with(
        ok({"orders": [order]}), ok({"cancellations": [asked]}), ok({}), refused(36009003)
    )

    command = _command().model_copy(update={"shop_id": SHOP})
    answer = await Canceller(client).cancel(command, tried=False)

    assert OrderCancelled(cancel_id="c1", by_buyers_request=True) == answer
    assert 4 == len(gateway.calls)
    await client.aclose()


async def test_a_buyer_who_cancelled_before_us_is_named(house: ShopHouse) -> None:
    await house.order(status="ON_HOLD")
    await house.shops.cancel(ORDER)

    answer = await _cancel(house)

    assert (CancelRole.BUYER, True) == (answer.ended_by, answer.complete)


async def test_a_shipped_order_is_gone(house: ShopHouse) -> None:
    await house.order(status="IN_TRANSIT")

    answer = await _cancel(house)

    assert (True, "the order is IN_TRANSIT") == (answer.gone, answer.why)


@pytest.mark.parametrize("code", [25020009, 25001010, 25001011, 25001028])
async def test_a_refusal_that_may_mean_done_is_retried_where_nothing_is_found(
    house: ShopHouse, code: int
) -> None:
    await house.order()
    await house.shops.fault("refuse", CANCEL, code=code, match="cancel_reason")

    error = await failure(house.activities.cancel_order, _command())

    assert ("LookFirstError", False) == (error.type, error.non_retryable)
    assert (await _cancel(house, attempt=2)).complete


async def test_a_refusal_for_the_orders_state_needs_a_person_where_the_order_stands_open(
    house: ShopHouse,
) -> None:
    await house.order()
    await house.shops.fault("refuse", CANCEL, code=25001003, match="cancel_reason")

    error = await failure(house.activities.cancel_order, _command())

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)


async def test_a_packed_order_that_may_not_be_cancelled_any_more_is_gone(
    house: ShopHouse,
) -> None:
    await house.order(status="AWAITING_COLLECTION")
    await house.shops.fault("refuse", CANCEL, code=25001045, match="cancel_reason")

    assert (await _cancel(house)).gone


async def test_an_order_the_shop_does_not_know_needs_a_person(house: ShopHouse) -> None:
    error = await failure(house.activities.cancel_order, _command())

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)


# What is found already


def _order(status: OrderStatus = OrderStatus.AWAITING_SHIPMENT, **fields: Any) -> Order:
    lines = tuple(
        OrderLine(line_id=line_id, sku_id="sku", price=PRICE, status=status)
        for line_id in ("l1", "l2")
    )
    given = {"order_id": ORDER, "created_at": now(), "total": PRICE, "lines": lines} | fields
    return Order(status=status, **given)


def _entry(
    role: CancelRole,
    status: CancelStatus,
    *lines: str,
    cancel_id: str = "c1",
    age: timedelta = timedelta(),
) -> Cancellation:
    return Cancellation(
        cancel_id=cancel_id,
        order_id=ORDER,
        role=role,
        status=status,
        line_ids=lines,
        created_at=now() - age,
        refund=PRICE,
    )


def _found(
    order: Order, *entries: Cancellation, lines: tuple[str, ...] = (), tried: bool = True
) -> OrderCancelled | None:
    return found_already(order, entries, _command(*lines), tried=tried)


def test_nothing_is_found_of_an_order_that_cannot_be_seen() -> None:
    assert found_already(None, (), _command(), tried=True) is None


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (CancelRole.SELLER, TAKEN_BACK),
        (CancelRole.BUYER, TAKEN_BACK),
        (CancelRole.BUYER, ASKED),
        (CancelRole.SYSTEM, ASKED),
    ],
)
def test_a_cancellation_that_ends_nothing_leaves_the_write_wanted(
    role: CancelRole, status: CancelStatus
) -> None:
    assert _found(_order(), _entry(role, status)) is None


def test_a_cancellation_older_than_our_step_is_somebody_elses_even_on_a_repeat() -> None:
    old = _entry(CancelRole.SELLER, GRANTED, age=timedelta(hours=1))

    found = _found(_order(), old)

    assert found is not None
    assert CancelRole.SELLER == found.ended_by


def test_clocks_that_differ_by_minutes_leave_our_cancellation_ours() -> None:
    found = _found(_order(), _entry(CancelRole.SELLER, GRANTED, age=timedelta(minutes=9)))

    assert found is not None
    assert found.ended_by is None


def test_a_cancellation_of_other_lines_is_not_the_one_we_want() -> None:
    other = _entry(CancelRole.SELLER, GRANTED, "l2")

    assert _found(_order(), other, lines=("l1",)) is None
    assert _found(_order(), other) is None
    assert _found(_order(), _entry(CancelRole.SELLER, GRANTED, "l1", "l2")) is not None


def test_of_several_cancellations_the_newest_is_ours() -> None:
    cancelled = _order(OrderStatus.CANCELLED, cancelled_by=CancelRole.SELLER)
    older = _entry(CancelRole.SELLER, DONE, "l1", cancel_id="older", age=timedelta(minutes=5))
    newer = _entry(CancelRole.SELLER, DONE, "l2", cancel_id="newer")

    found = _found(cancelled, newer, older)

    assert found is not None
    assert "newer" == found.cancel_id


@pytest.mark.parametrize("tried", [True, False])
def test_a_cancelled_order_without_entries_goes_by_who_ended_it(*, tried: bool) -> None:
    by_seller = _found(_order(OrderStatus.CANCELLED, cancelled_by=CancelRole.SELLER), tried=tried)
    by_buyer = _found(_order(OrderStatus.CANCELLED, cancelled_by=CancelRole.BUYER), tried=tried)
    by_platform = _found(
        _order(OrderStatus.CANCELLED, cancelled_by=CancelRole.SYSTEM), tried=tried
    )

    ours = None if tried else CancelRole.SELLER
    assert OrderCancelled(complete=True, ended_by=ours) == by_seller
    assert OrderCancelled(complete=True, ended_by=CancelRole.BUYER) == by_buyer
    assert OrderCancelled(complete=True, ended_by=CancelRole.SYSTEM) == by_platform


def test_a_partial_cancellation_of_ours_never_hides_that_the_buyer_ended_the_order() -> None:
    order = _order(OrderStatus.CANCELLED, cancelled_by=CancelRole.BUYER)
    seller, buyer = _entry(CancelRole.SELLER, DONE, "l1"), _entry(CancelRole.BUYER, DONE, "l2")

    found = _found(order, seller, buyer, tried=False)

    assert found is not None
    assert CancelRole.BUYER == found.ended_by


@pytest.mark.parametrize("tried", [True, False])
def test_a_granted_request_under_way_is_waited_for(*, tried: bool) -> None:
    found = _found(_order(), _entry(CancelRole.BUYER, GRANTED), tried=tried)

    assert OrderCancelled(cancel_id="c1", refund=PRICE, by_buyers_request=True) == found
