from domain.cases import CaseOutcome
from tests.support.stack import Stack


async def test_a_buyer_who_chooses_refund_is_refunded_once(stack: Stack) -> None:
    case = await stack.asked()

    await case.signal("buyer_chose", {"choice": "refund"})
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert 1 == len(await case.cancellations())
    assert 2 == len(await case.texts())
