"""An incident from the count to the review: one SKU, whoever is short has a case."""

from domain.cases import CaseState as S
from tests.support.incidents import fresh
from tests.support.stack import Stack


async def test_who_is_short_has_a_case(floor: Stack) -> None:
    sku = fresh(floor)

    incident = await sku.oversold(1, 1, 2, on_hand=2)
    view = await incident.view()

    assert view.incident
    counts = view.incident.counts
    assert (2, 1, 1) == (counts.served, counts.short, counts.opened)
    case = await sku.case(sku.orders[2]).view()
    assert incident.handle.id == case.incident_id
    assert S.AWAITING_RESTOCK is view.state
