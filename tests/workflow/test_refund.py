"""Refunding: once, approved where the playbook wants it, and only the lines that are short."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from sandbox.shops import TH_SHOP_ID
from tests.support.case_states import CANCEL, held, soon
from tests.support.stack import JACKET, JACKET_SELLER_SKU, SOCKS, Stack

ANNA, BEN = {"actor": "anna"}, {"actor": "ben"}
COUPON = "7262992004278206101"


async def test_cash_on_delivery_is_cancelled_without_a_word_of_money(stack: Stack) -> None:
    case = await stack.asked(is_cod=True)

    await case.chose("refund")
    view = await case.result()

    assert "not_paid" == view.refund.status
    assert view.refund.amount is None
    assert [] == [text for text in await case.texts() if "refund" in text.lower()]


async def test_in_the_us_only_the_short_lines_are_cancelled(stack: Stack) -> None:
    case = await stack.asked(
        lines={JACKET: 1, SOCKS: 1}, short_lines=[{"sku_id": SOCKS, "quantity": 1}]
    )

    await case.chose("refund")
    view = await case.result()

    (cancelled,) = await case.cancellations()
    assert not cancelled["whole"]
    assert 1 == len(cancelled["line_item_ids"])
    assert "12.50" == view.refund.amount


async def test_elsewhere_the_whole_order_is_cancelled(stack: Stack) -> None:
    lines = {"1729500000000002101": 1, "1729500000000002201": 1}
    case = await stack.asked(
        shop_id=TH_SHOP_ID,
        lines=lines,
        short_lines=[{"sku_id": "1729500000000002201", "quantity": 1}],
    )

    await case.chose("refund")
    view = await case.result()

    (cancelled,) = await case.cancellations()
    assert cancelled["whole"]
    assert "880.00" == view.refund.amount


async def test_a_retry_never_takes_more_units_than_were_short(stack: Stack) -> None:
    """The reply was lost and the order was read again meanwhile: the other jacket stays."""
    case = await stack.asked(
        lines={JACKET: 2}, short_lines=[{"seller_sku": JACKET_SELLER_SKU, "quantity": 1}]
    )
    await stack.sandbox.fault("drop_reply", CANCEL + "/202309/cancellations", method="POST")
    await stack.sandbox.fault("drop_reply", CANCEL + "/202602/cancellations", method="POST")
    await case.chose("refund")
    await case.signal("order_changed", {"order_id": case.order_id, "status": "x"})
    await case.skip(timedelta(minutes=40))

    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert 1 == len(await case.cancellations())


async def test_a_second_person_approves(stack: Stack) -> None:
    case = await held(stack)

    await case.update("approve_refund", {**BEN, "approved": True, "reason": "fine"})
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert "confirmed" == view.refund.status


async def test_a_declined_refund_waits_for_a_decision(stack: Stack) -> None:
    case = await held(stack)

    await case.update("approve_refund", {**BEN, "approved": False, "reason": "no"})
    await case.until(lambda view: any(task.step == "refund_blocked" for task in view.tasks))
    await case.update("override_outcome", {**ANNA, "action": "refund", "reason": "after all"})
    await case.until(lambda view: view.refund.status == "awaiting_approval")
    assert "second person" in await case.refused("approve_refund", {**ANNA, "approved": True})
    await case.update("approve_refund", {**BEN, "approved": True})

    assert CaseOutcome.REFUNDED_BY_PERSON == (await case.result()).outcome


@pytest.mark.parametrize(
    ("coupon", "fault", "status"),
    [
        (COUPON, None, "sent"),
        (COUPON, 45111017, "unavailable"),
        (COUPON, 36009003, "failed"),
        ("7262992004278206103", None, "none"),
    ],
)
async def test_a_coupon_never_holds_up_the_refund(
    stack: Stack, coupon: str, fault: int | None, status: str
) -> None:
    text = f'refund: {{coupon_id: "{coupon}"}}\noutage: {{park_after: 4s}}'
    name = stack.write_playbook(f"coupon-{coupon}", text)
    case = await stack.asked(playbook=name)
    if fault:
        await case.fault("refuse", "/customer_service", code=fault, match="COUPON")
    await case.chose("refund")
    await case.skip(timedelta(seconds=20))
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert status == view.coupon.status
    assert 1 == len(await case.cancellations())


async def test_a_cancellation_given_up_can_be_ordered_again(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", CANCEL, code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)

    await case.update("resume_step", {**ANNA, "step": "refund:1", "how": "abandon"})
    view = await case.until(S.REFUNDING)
    assert "failed" == view.refund.status
    await stack.sandbox.clear_faults()
    await case.update("override_outcome", {**ANNA, "action": "refund", "reason": "again"})

    assert CaseOutcome.REFUNDED_BY_PERSON == (await case.result()).outcome
    assert 1 == len(await case.cancellations())


async def test_a_cancellation_done_by_hand_is_confirmed_by_a_look(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", CANCEL, code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)
    await stack.sandbox.clear_faults()
    await stack.sandbox.put_orders(
        {"id": case.order_id, "status": "CANCELLED", "cancellation_initiator": "SELLER"}
    )

    resume = {**ANNA, "step": "refund:1", "how": "done", "reference": "c-1"}
    await case.update("resume_step", resume)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "CANCELLED"})
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert "confirmed" == view.refund.status


async def test_a_buyers_own_request_is_a_task_until_we_would_refund_anyway(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    await stack.sandbox.cancel(case.order_id)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "asks"})
    view = await case.until(lambda view: view.needs_human is not None)
    assert view.needs_human
    assert "buyer_cancellation" == view.needs_human.step
    assert S.AWAITING_CHOICE == view.state

    await case.update("record_choice", {**ANNA, "choice": "refund"})
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert ["BUYER"] == [entry["role"] for entry in await case.cancellations()]
