"""The platform's own instants are read again at every look, and what hangs on them follows."""

from datetime import timedelta

from domain.cases import CaseState
from tests.support.stack import Stack

SOONER = timedelta(hours=10)


async def test_a_due_time_that_the_platform_moves_moves_the_deadlines(stack: Stack) -> None:
    """The buyer's time to choose never outlives the platform's own clock."""
    case = await stack.asked()
    before = await case.view()
    order = await stack.sandbox.order(case.order_id)
    sooner = {"shipping_due_time": f"+{int(SOONER.total_seconds())}"}

    await stack.sandbox.put_orders({"id": order["id"], "shop_id": case.shop_id, **sooner})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "AWAITING_SHIPMENT"})
    after = await case.until(lambda view: view.promise_by != before.promise_by)

    assert CaseState.AWAITING_CHOICE is after.state
    assert before.promise_by is not None
    assert after.promise_by is not None
    assert after.choice_by == after.promise_by < before.promise_by
    [moved] = [event for event in await case.timeline() if event.key == "deadline.moved"]
    assert "shipping_due" in moved.detail
    assert "platform" == moved.actor
