"""The shop clock: events happen in order, each at its own instant; buckets, store, schedule."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.clock import Clock, read_instant, rfc3339
from sandbox.limits import Buckets
from sandbox.scenario import Scenario
from sandbox.schedule import Schedule
from sandbox.shops import US_SHOP_ID
from sandbox.store import Index, Store, Table
from tests.support.sandbox import in_process, receiver

_SKU = "1729500000000001101"


def _order(number: int, **other: Any) -> dict[str, Any]:
    lines = [{"sku_id": _SKU, "quantity": 1}]
    return {
        "id": f"57700000000000{number:04d}",
        "shop_id": US_SHOP_ID,
        "line_items": lines,
    } | other


async def test_events_on_the_way_happen_in_order_at_their_own_instants() -> None:
    seed = {"orders": [_order(n, shipping_due_time=f"+{n * 3600}") for n in (3, 1, 2)]}
    async with in_process(create_app(seed=seed)) as held, receiver() as hooks:
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.advance(10 * 3600)
        told = hooks.notifications(1)
        orders = await held.orders()
    assert [_order(n)["id"] for n in (1, 2, 3)] == [one["data"]["order_id"] for one in told]
    by_id = {order["id"]: order["cancel_time"] for order in orders}
    assert [by_id[one["data"]["order_id"]] for one in told] == [one["timestamp"] for one in told]
    assert 7200 == told[2]["timestamp"] - told[0]["timestamp"]


async def test_webhooks_have_arrived_before_the_clock_answers() -> None:
    habits = [{"habit": "at_once", "reactions": []}]
    orders = [_order(n, user_id=str(n)) for n in range(40)]
    sandbox = create_app(seed={"orders": orders}, scenario=Scenario.parse({"habits": habits}))
    async with in_process(sandbox) as held, receiver() as hooks:
        await held.shop.register(hooks.url, "NEW_MESSAGE")
        for order in orders:
            conversation = await held.shop.conversation(order["user_id"])
            await held.shop.send(conversation, content="A, B or C?")
        await held.advance(61)
        roles = [one["data"]["sender"]["role"] for one in hooks.notifications(14)]
        assert (40, 40) == (roles.count("BUYER"), roles.count("CUSTOMER_SERVICE"))


async def test_the_clock_tells_when_something_happens_next() -> None:
    async with in_process(create_app(seed={"orders": []})) as held:
        assert (await held.clock())["next_event_at"] is None
        (order,) = await held.put_orders(_order(1, shipping_due_time="+7200"))
        due = (await held.clock())["next_event_at"]
        assert order["shipping_due_time"] == datetime.fromisoformat(due).timestamp()
        reading = await held.advance(8000)
        assert reading["next_event_at"] is None
        assert 8000 == reading["offset_seconds"]
        gap = datetime.fromisoformat(reading["now"]) - datetime.fromisoformat(
            reading["gateway_now"]
        )
        assert 8000 == pytest.approx(gap.total_seconds(), abs=1)


async def test_moving_back_undoes_nothing_and_loses_nothing() -> None:
    seed = {"orders": [_order(1, shipping_due_time="+3600")]}
    async with in_process(create_app(seed=seed)) as held:
        await held.advance(-7200)
        assert "AWAITING_SHIPMENT" == (await held.orders())[0]["status"]
        await held.advance(7200 + 3700)
        assert "CANCELLED" == (await held.orders())[0]["status"]


@pytest.mark.parametrize("body", [{"offset": 1}, {"offset_seconds": "soon"}])
async def test_a_clock_setting_that_makes_no_sense_is_refused(body: dict[str, Any]) -> None:
    async with in_process(create_app(seed={"orders": []})) as held:
        assert 400 == (await held.http.post("/_control/clock", json=body)).status_code


async def test_in_real_time_events_happen_by_themselves() -> None:
    async with in_process(create_app(seed={"orders": [_order(1)]})) as held, receiver() as hooks:
        await held.sandbox.start()
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.shop.cancel(_order(1)["id"])
        await asyncio.wait_for(hooks.arrived.wait(), 5)
        assert 1 == len(hooks.notifications(1))


async def test_an_event_that_comes_late_still_has_its_own_instant() -> None:
    """A sandbox that was down when a clock ran out makes up for it when it starts."""
    seed = {"orders": [_order(1, shipping_due_time="-600")]}
    async with in_process(create_app(seed=seed)) as held, receiver() as hooks:
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.sandbox.start()
        await asyncio.wait_for(hooks.arrived.wait(), 5)
        (order,) = await held.orders()
        reading = await held.clock()
        assert order["shipping_due_time"] == order["cancel_time"]
        gap = datetime.fromisoformat(reading["now"]) - datetime.fromisoformat(
            reading["gateway_now"]
        )
        assert 0 == pytest.approx(gap.total_seconds(), abs=1), "time goes on afterwards"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (5, 5.0),
        ("+60", 1060.0),
        ("-60", 940.0),
        ("1970-01-01T00:00:07Z", 7.0),
        ("1970-01-01T07:00:00+07:00", 0.0),
    ],
)
def test_instants_are_read_as_people_write_them(value: float | str, seconds: float) -> None:
    assert seconds == read_instant(value, base=1000)


@pytest.mark.parametrize("value", ["1970-01-01T00:00:07", "soon"])
def test_an_instant_without_offset_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=value):
        read_instant(value, base=0)


def test_instants_are_printed_with_offset() -> None:
    assert "1970-01-01T00:00:01.500+00:00" == rfc3339(1.5)


def test_the_shop_clock_stands_at_the_frontier_during_a_jump() -> None:
    clock = Clock(lambda: 100.0)
    clock.offset, clock.gateway_offset = 50, -10
    assert (150.0, 90.0) == (clock.shop(), clock.gateway())
    clock.frontier = 120
    assert (120.0, 90.0) == (clock.shop(), clock.gateway())


def test_a_bucket_refills_at_its_rate() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [True, True, False] == [buckets.take("a", 2) for _ in range(3)]
    assert buckets.take("b", 2), "each key has its own"
    now[0] = 0.5
    assert [True, False] == [buckets.take("a", 2) for _ in range(2)]
    assert all(buckets.take("c", 0) for _ in range(99)), "no limit"


def test_a_schedule_gives_the_earliest_and_replaces_by_key() -> None:
    schedule = Schedule(Store(None))
    for key, at in (("b", 2.0), ("a", 1.0), ("c", 3.0), ("a", 4.0)):
        schedule.add(key, at=at, kind="k", payload={})
    schedule.drop("b")
    assert 3.0 == schedule.next_at()
    assert schedule.due(2.9) is None
    event = schedule.due(3.0)
    assert event is not None
    assert "c" == event["key"]
    schedule.drop("c")
    assert 4.0 == schedule.next_at()


def test_an_event_in_flight_is_repeated_after_a_crash(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    schedule = Schedule(store)
    schedule.add("a", at=1.0, kind="k", payload={})
    store.flush()
    assert schedule.pop_due(1.0, "k") is not None
    assert schedule.next_at() is None
    assert 1.0 == Schedule(Store(tmp_path / "state")).next_at()
    schedule.drop("a")
    store.flush()
    assert Schedule(Store(tmp_path / "state")).next_at() is None


def test_tables_come_back_in_order_with_their_indexes(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    table = Table(store, "t")
    for key, group in (("3", "x"), ("1", "y"), ("2", "x")):
        table.put(key, {"group": group})
    table.put("3", {"group": "x", "more": True})
    table.remove("1")
    store.close()
    index = Index(lambda doc: str(doc["group"]))
    again = Table(Store(tmp_path / "state"), "t", (index,))
    assert ["3", "2"] == index.keys("x")
    assert (2, 0) == (index.size("x"), index.size("y"))
    assert again.rows["3"]["more"]
    again.clear()
    assert 0 == len(again)
    assert [] == index.keys("x")


def test_what_was_not_flushed_is_not_stored(tmp_path: Path) -> None:
    Table(Store(tmp_path / "state"), "t").put("1", {})
    assert 0 == len(Table(Store(tmp_path / "state"), "t"))
