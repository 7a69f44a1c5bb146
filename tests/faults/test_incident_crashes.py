"""A worker killed while incidents stop, read and open: no figure changes, nobody is told twice."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import pytest

from domain.cases import CaseState, CaseView
from records.incident_ledgers import IncidentLedgers
from records.incidents import Incidents
from sandbox.shops import US_SHOP_ID
from tests.support.holding_proxy import Hold, Instant
from tests.support.incidents import part
from tests.support.real_home import RealHome, real_home
from tests.support.stack import DEARER, JACKET, SOCKS, Opened
from workflows import names

_HOLD_SECONDS = 20
_END_SECONDS = 100
_MANY = 60
_ORDERS, _ON_HAND = 1_000, 300
_PRICE = Decimal("49.90")
_PATIENCE_SECONDS = 1_800


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[RealHome]:
    async with real_home(tmp_path) as running:
        for order in await running.stack.sandbox.orders(US_SHOP_ID):
            await running.stack.sandbox.put_orders({"id": order["id"], "status": "CANCELLED"})
        yield running


async def _oversold(
    home: RealHome, sku_id: str, count: int, *, on_hand: int, **payload: Any
) -> Opened:
    for _ in range(count):
        await home.stack.order(lines={sku_id: 1})
    start = {"shop_id": US_SHOP_ID, "sku_id": sku_id, "on_hand": on_hand, "key": "k"}
    handle = await home.stack.client.start_workflow(
        names.SHORTAGE_INCIDENT,
        {**start, **payload},
        id=names.incident_id(US_SHOP_ID, sku_id, "k"),
        task_queue=names.CASES_QUEUE,
    )
    return Opened(home.stack, handle, US_SHOP_ID, "")


async def _cases_of(home: RealHome, incident: Opened) -> int:
    query = f"CaseIncident = '{incident.handle.id}'"
    return (await home.stack.client.count_workflows(query)).count


async def _all_opened(incident: Opened) -> CaseView:
    async with asyncio.timeout(_END_SECONDS):
        while True:
            view = await incident.view()
            if view.state is CaseState.AWAITING_RESTOCK:
                return view
            await asyncio.sleep(0.1)


async def _texts(home: RealHome, buyers: int) -> list[str]:
    """Return the orders whose buyers were told, one entry per text, once all have been."""
    async with asyncio.timeout(_END_SECONDS):
        while True:
            said = (await home.stack.sandbox.effects())["messages"]
            told = [one["order_id"] for one in said if one["text"]]
            if len(set(told)) == buyers:
                return told
            await asyncio.sleep(0.2)


async def test_a_worker_killed_at_every_stage_changes_no_figure(home: RealHome) -> None:
    stopping = home.proxy.hold(Hold(Instant.AFTER, ("POST", "/inventory/update", JACKET)))
    await home.start_worker()
    stops = await _oversold(home, JACKET, 3, on_hand=1)
    async with asyncio.timeout(_HOLD_SECONDS):
        await stopping.held.wait()
    reading = home.proxy.hold(Hold(Instant.AFTER, ("POST", "/orders/search")))
    reads = await _oversold(home, SOCKS, 3, on_hand=1)
    async with asyncio.timeout(_HOLD_SECONDS):
        await reading.held.wait()
    opens = await _oversold(home, DEARER, _MANY, on_hand=5)
    async with asyncio.timeout(_HOLD_SECONDS):
        while not await _cases_of(home, opens):  # noqa: ASYNC110 - the server tells no end
            await asyncio.sleep(0.01)

    await home.kill_worker()
    await home.start_worker()

    views = await asyncio.gather(*(_all_opened(one) for one in (stops, reads, opens)))
    assert [(1, 2), (1, 2), (5, _MANY - 5)] == [
        (part(view).counts.served, part(view).counts.opened) for view in views
    ]
    assert [0, 0, 0] == [part(view).counts.joined for view in views]
    told = await _texts(home, 2 + 2 + _MANY - 5)
    assert len(set(told)) == len(told), "a buyer was told twice"


class _Killer:
    """Kills the worker at random moments until it is told to stop."""

    def __init__(self, home: RealHome, *, seed: int, between: tuple[float, float]) -> None:
        self._home = home
        self._chance = random.Random(seed)  # noqa: S311  # nothing secret
        self._between = between
        self.kills = 0

    async def __aenter__(self) -> Self:
        await self._home.start_worker()
        self._task = asyncio.create_task(self._kill_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._home.workers[-1].returncode is not None:
            await self._home.start_worker()

    async def _kill_on(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*self._between))
            await self._home.kill_worker()
            self.kills += 1
            await self._home.start_worker()


async def _until(what: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Wait for the server's lists or the records: a case answers nobody while no worker runs."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await what() != wanted:  # noqa: ASYNC110 - the server tells no end
            await asyncio.sleep(0.5)


async def _until_all(home: RealHome, incident: Opened, state: CaseState, wanted: int) -> None:
    query = f"CaseIncident = '{incident.handle.id}' AND CaseState = '{state}'"

    async def there() -> int:
        return (await home.stack.client.count_workflows(query)).count

    await _until(there, wanted)


async def _until_nobody_is_short(home: RealHome, incident: Opened) -> None:
    ledgers = IncidentLedgers(home.stack.db)

    async def short() -> int:
        return (await asyncio.to_thread(ledgers.figures, incident.handle.id)).short

    await _until(short, 0)


async def _cases_in_order(home: RealHome, incident: Opened) -> list[Opened]:
    query = f"CaseIncident = '{incident.handle.id}'"
    ids = sorted([found.id async for found in home.stack.client.list_workflows(query)])
    get = home.stack.client.get_workflow_handle
    return [Opened(home.stack, get(one), US_SHOP_ID, one.rpartition(":")[2]) for one in ids]


async def _ended(cases: Iterable[Opened]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        for case in cases:
            await case.handle.result()


async def _ship(case: Opened) -> None:
    await case.stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})


@pytest.mark.skipif(os.environ.get("FULL") != "1", reason="FULL=1 plays it, for many minutes")
async def test_a_worker_killed_at_random_changes_no_figure_of_a_whole_incident(
    home: RealHome,
) -> None:
    """Half of those who are short want their money back, the others get theirs in two lots."""
    dated = {"restock_at": (datetime.now(UTC) + timedelta(hours=30)).isoformat()}
    async with _Killer(home, seed=11, between=(4.0, 12.0)) as killer:
        incident = await _oversold(home, JACKET, _ORDERS, on_hand=_ON_HAND, **dated)
        await _until_all(home, incident, CaseState.AWAITING_CHOICE, _ORDERS - _ON_HAND)
        short = await _cases_in_order(home, incident)
        back, waiting = short[::2], short[1::2]
        for number, case in enumerate(short):
            await case.chose("wait" if number % 2 else "refund")
        await _ended(back)
        await _until_all(home, incident, CaseState.WAITING_RESTOCK, len(waiting))
        first = len(waiting) // 2
        for lot_id, quantity in (("L1", first), ("L2", len(waiting) - first)):
            lot = {"sku_id": JACKET, "state": "in_stock", "lot_id": lot_id, "quantity": quantity}
            await incident.signal("restock_changed", lot)
        await _until_nobody_is_short(home, incident)
        for case in waiting:
            await _ship(case)
        await _ended([*waiting, incident])

    assert killer.kills > 0
    _check_review(home, incident, back=len(back), waited=len(waiting))
    effects = await home.stack.sandbox.effects()
    told = Counter((one["order_id"], one["text"]) for one in effects["messages"])
    assert {1} == set(told.values()), "a buyer was told the same twice"
    cancelled = Counter(one["order_id"] for one in effects["cancellations"])
    assert Counter(case.order_id for case in back) == cancelled


def _check_review(home: RealHome, incident: Opened, *, back: int, waited: int) -> None:
    filed = Incidents(home.stack.db).incident(incident.handle.id)
    assert filed
    assert filed.review
    review = filed.review
    settled = {"settled": waited, "served": _ON_HAND, "left": back, "short": 0}
    assert {"total": _ORDERS, **settled} == review["orders"]
    units = review["units"]
    assert (_ON_HAND, waited, waited) == (units["counted"], units["lots"], units["gone_out"])
    assert (_ON_HAND, 0, 0) == (units["promised"], units["free"], units["recounted"])
    assert {"refunded_by_choice": back, "shipped_after_wait": waited} == review["outcomes"]
    money = {"kept": {"USD": str(_PRICE * waited)}, "refunded": {"USD": str(_PRICE * back)}}
    assert money == review["money"]
    assert 0 == review["breaches"]
