"""An incident from the count to the review: one SKU, whoever is short has a case."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from records.incidents import Incidents
from sandbox.shops import US_SHOP_ID
from tests.support.incidents import HAS, end_cases, fresh, part
from tests.support.stack import Stack
from workflows import names

WHOLE_WAY = (
    "stopping:stopped",
    "allocating:allocated",
    "opening:cases_opened",
    "awaiting_restock:nobody_waits",
    "resuming:resumed",
)


@pytest.mark.moves(*WHOLE_WAY)
async def test_who_is_short_has_a_case_and_it_closes_when_nobody_waits(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 2, on_hand=2, stream="friday")
    view = await incident.view()
    counts = part(view).counts
    assert (2, 1, 1) == (counts.served, counts.short, counts.opened)
    case = sku.case(sku.orders[2])
    shown = await case.view()
    assert (incident.handle.id, "friday") == (shown.incident_id, shown.stream)

    await end_cases(incident, [case], CaseOutcome.REFUNDED_BY_CHOICE)
    view = await incident.result()

    assert (S.CLOSED, None) == (view.state, view.outcome)
    filed = Incidents(floor.db).incident(incident.handle.id)
    assert filed
    assert filed.review
    assert {"refunded_by_choice": 1} == filed.review["outcomes"]
    assert {"USD": "40.00"} == filed.review["money"]["refunded"]
    orders = filed.review["orders"]
    assert (3, 2, 1) == (orders["total"], orders["served"], orders["left"])


async def test_a_case_that_ends_tells_its_incident_long_before_the_next_reading(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, 1, on_hand=1)
    reading = part(await incident.view()).next_look_at

    await end_cases(incident, [sku.case(sku.orders[1])], CaseOutcome.REFUNDED_BY_CHOICE)
    view = await incident.until(lambda view: part(view).counts.left == 1)

    assert (1, 1) == (part(view).counts.served, part(view).counts.short)
    assert reading == part(view).next_look_at
    assert "1 refunded_by_choice" in [
        event.detail for event in await incident.timeline() if event.key == "cases.settled"
    ]


async def test_a_case_ends_when_its_incident_is_gone_or_was_none(floor: Stack) -> None:
    sku = fresh(floor)
    for incident_id in (names.incident_id(US_SHOP_ID, sku.sku_id, "gone"), "friday"):
        case = await floor.asked(incident_id=incident_id)
        await case.chose("refund")
        assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_the_sale_is_stopped_and_the_ads_are_paused_and_both_are_read_back(
    floor: Stack,
) -> None:
    sku = fresh(floor)

    incident = await sku.oversold(1, 1, on_hand=1)
    view = await incident.view()

    assert (0, {"DISABLE"}) == (await sku.on_sale(), await sku.ads())
    changes = {one.target: one for one in part(view).changes}
    assert 3 == len(changes)
    assert all(one.verified for one in changes.values())
    assert str(HAS) in {one.before for one in changes.values()}
    assert f"Floor lamp {sku.number}" == part(view).product_name


@pytest.mark.moves("awaiting_restock:units_came", "handing_out:handed_out")
async def test_a_lot_is_handed_out_along_the_line_and_what_is_left_is_sold_again(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 2, 4, on_hand=1)
    first, second = (sku.case(one) for one in sku.orders[1:])
    for case in (first, second):
        await case.until(S.AWAITING_CHOICE)

    view = await incident.update("receive_lot", {"actor": "li", "lot_id": "L1", "quantity": 3})
    assert (4, 3) == (part(view).on_hand, part(view).promised)
    await first.until(lambda view: view.offers[0].choice == "wait")
    assert ["refund"] == [one.choice for one in (await second.view()).offers]

    await first.chose("wait")
    await first.until(S.WAITING_RESTOCK)
    await end_cases(incident, [second], CaseOutcome.REFUNDED_BY_CHOICE)
    await floor.sandbox.put_orders({"id": sku.orders[1], "status": "IN_TRANSIT"})
    await first.signal("order_changed", {"order_id": sku.orders[1], "status": "IN_TRANSIT"})
    assert CaseOutcome.SHIPPED_AFTER_WAIT == (await first.result()).outcome
    await incident.signal("case_settled", {"case_id": "first"})
    await incident.skip(timedelta(minutes=1))
    view = await incident.result()

    assert (2, 1) == (part(view).on_hand, part(view).promised)
    assert (1, {"ENABLE"}) == (await sku.on_sale(), await sku.ads())
