"""Steps that park after their effect has happened: whoever repeats them looks first."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome, CaseState
from tests.support.faults import (
    LOOK_OF,
    Effect,
    Trial,
    assert_refunded_once,
    assert_told_once,
    until_skipping,
)
from tests.support.stack import JACKET, SOCKS, Stack

THAT_PARK = (Effect.MESSAGE, Effect.CANCELLATION)
"""A coupon never parks: its failure must not hold up the refund."""


@pytest.mark.parametrize("effect", THAT_PARK)
async def test_a_person_may_retry_a_step_whose_first_try_had_worked(
    stack: Stack, effect: Effect
) -> None:
    trial = await Trial.of(stack, effect)
    await trial.fault("drop_reply")
    case = await trial.up_to_effect()
    await trial.called()
    await trial.blind()
    parked = await case.until(CaseState.PARKED)

    task = parked.needs_human
    assert task is not None
    await case.update("resume_step", {"step": task.step, "how": "retry", "actor": "li"})

    await assert_refunded_once(case, await trial.finish(case))


@pytest.mark.parametrize("effect", THAT_PARK)
async def test_an_outage_after_the_effect_parks_the_step_and_a_slow_retry_ends_it(
    stack: Stack, effect: Effect
) -> None:
    trial = await Trial.of(stack, effect)
    await trial.fault("drop_reply")
    case = await trial.up_to_effect()
    await trial.called()
    await stack.sandbox.fault("error", times=10_000, **LOOK_OF[effect])
    try:
        await case.skip(timedelta(minutes=16))
        await case.until(CaseState.PARKED)
    finally:
        await stack.sandbox.clear_faults()
    await case.skip(timedelta(minutes=31))

    await assert_refunded_once(case, await trial.finish(case))


@pytest.mark.parametrize("code", [25020009, 25001010, 25001011, 25001028])
async def test_a_refusal_that_may_mean_done_already_is_settled_by_a_look(
    stack: Stack, code: int
) -> None:
    trial = await Trial.of(stack, Effect.CANCELLATION)
    await trial.fault("refuse", code=code)

    case = await trial.up_to_effect()

    await assert_refunded_once(case, await trial.finish(case))


@pytest.mark.parametrize("kind", ["drop_reply", "error", "garbage"])
async def test_a_buyers_request_is_approved_once_and_stays_our_refund(
    stack: Stack, kind: str
) -> None:
    case = await stack.asked()
    await stack.sandbox.cancel(case.order_id)
    await stack.sandbox.fault(kind, "/return_refund/202309/cancellations", method="POST")

    await case.signal("buyer_chose", {"choice": "refund"})
    await until_skipping(case, CaseState.CLOSED)
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    (cancellation,) = await case.cancellations()
    assert ("BUYER", view.refund.cancel_id) == (cancellation["role"], cancellation["cancel_id"])
    await assert_told_once(case, texts=2)


async def test_a_cancellation_of_single_lines_is_found_again(stack: Stack) -> None:
    case = await stack.asked(
        lines={JACKET: 1, SOCKS: 1}, short_lines=[{"sku_id": JACKET, "quantity": 1}]
    )
    trial = Trial(stack, Effect.CANCELLATION, case.order_id)
    await trial.fault("drop_reply")

    await case.signal("buyer_chose", {"choice": "refund"})
    view = await trial.finish(case)

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    (cancellation,) = await case.cancellations()
    assert not cancellation["whole"]
    assert "49.90" == view.refund.amount
    await assert_told_once(case, texts=2)
