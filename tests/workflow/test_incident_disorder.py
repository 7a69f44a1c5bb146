"""Whatever happens in whatever order: no unit is promised twice, and the figures add up."""

from collections.abc import Awaitable, Callable
from itertools import permutations

import pytest

from domain.cases import CaseState as S
from domain.incidents import IncidentPart
from tests.support.incidents import Floor, fresh, look_round, part
from tests.support.stack import Opened, Stack

ANNA = {"actor": "anna"}
Event = Callable[[Floor, Opened], Awaitable[object]]


async def _lot(_sku: Floor, incident: Opened) -> None:
    await incident.update("receive_lot", {**ANNA, "lot_id": "L1", "quantity": 2})


async def _count(_sku: Floor, incident: Opened) -> None:
    await incident.update("set_on_hand", {**ANNA, "on_hand": 2})


async def _cancel(sku: Floor, incident: Opened) -> None:
    await sku.change(incident, sku.orders[0], "CANCELLED")
    await look_round(incident)


async def _ship(sku: Floor, incident: Opened) -> None:
    await sku.change(incident, sku.orders[1], "IN_TRANSIT")
    await look_round(incident)


async def _come(sku: Floor, incident: Opened) -> None:
    await sku.sell_now(incident)
    await look_round(incident)


async def _refund(sku: Floor, incident: Opened) -> None:
    case = sku.case(sku.orders[3])
    await case.chose("refund")
    await case.result()
    await incident.signal("case_settled", {"case_id": case.handle.id})


EVENTS = (_lot, _count, _cancel, _ship, _come, _refund)
ORDERS = list(permutations(range(len(EVENTS))))[::181]
"""Some of the 720 orders, spread evenly."""


def _adds_up(seen: IncidentPart) -> bool:
    counts = seen.counts
    known = counts.served + counts.short + counts.left + counts.settled
    return 0 <= seen.promised <= seen.on_hand and known in (5, 6)


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_no_order_of_events_promises_a_unit_twice(
    floor: Stack, order: tuple[int, ...]
) -> None:
    # The last order asks for more than ever comes, so that the incident stays open.
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 1, 1, 9, on_hand=3)
    await sku.case(sku.orders[3]).until(S.AWAITING_CHOICE)

    for number in order:
        await EVENTS[number](sku, incident)
        assert _adds_up(part(await incident.view())), EVENTS[number].__name__

    await look_round(incident)
    view = await incident.until(lambda view: part(view).counts.left == 2)
    seen = part(view)
    assert _adds_up(seen)
    assert (3, 1) == (seen.counts.served + seen.counts.short, seen.counts.settled)
    told = [one.detail for one in await incident.timeline() if one.key == "units.handed_out"]
    assert len(told) == len(set(told))
