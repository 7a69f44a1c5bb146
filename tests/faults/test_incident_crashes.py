"""A worker killed while incidents stop, read and open: no figure changes, nobody is told twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.cases import CaseState, CaseView
from sandbox.shops import US_SHOP_ID
from tests.support.holding_proxy import Hold, Instant
from tests.support.incidents import part
from tests.support.real_home import RealHome, real_home
from tests.support.stack import DEARER, JACKET, SOCKS, Opened
from workflows import names

_HOLD_SECONDS = 20
_END_SECONDS = 100
_MANY = 60


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[RealHome]:
    async with real_home(tmp_path) as running:
        for order in await running.stack.sandbox.orders(US_SHOP_ID):
            await running.stack.sandbox.put_orders({"id": order["id"], "status": "CANCELLED"})
        yield running


async def _oversold(home: RealHome, sku_id: str, count: int, *, on_hand: int) -> Opened:
    for _ in range(count):
        await home.stack.order(lines={sku_id: 1})
    handle = await home.stack.client.start_workflow(
        names.SHORTAGE_INCIDENT,
        {"shop_id": US_SHOP_ID, "sku_id": sku_id, "on_hand": on_hand, "key": "k"},
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
