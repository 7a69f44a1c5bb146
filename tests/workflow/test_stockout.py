"""Out of stock: the supplier is asked first, then the buyer, by how long the restock takes."""

from domain.cases import CaseKind, CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import soon
from tests.support.stack import Stack
from workflows import names

STOCKOUT = {"workflow_type": names.STOCKOUT_CASE}


async def test_a_known_date_within_a_week_brings_the_oversell_offers(stack: Stack) -> None:
    case = await stack.asked(**STOCKOUT, restock_at=soon(days=4))

    view = await case.view()
    assert CaseKind.UNAVAILABLE == view.kind
    assert ["wait", "refund"] == [offer.choice for offer in view.offers]
    await case.chose("wait")
    await case.until(S.WAITING_RESTOCK)
    await case.chose("refund")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
