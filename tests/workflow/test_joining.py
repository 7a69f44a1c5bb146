"""What joins an open case: merged by SKU, one further ask after contact, nothing lost."""

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import contacting, held, soon, swapping, waiting
from tests.support.stack import DEARER, JACKET, JACKET_SELLER_SKU, SOCKS, Opened, Stack

LINES = {JACKET: 1, SOCKS: 1}
JACKET_SHORT = [{"sku_id": JACKET, "quantity": 1}]
SOCKS_TOO = {"short_lines": [{"sku_id": SOCKS, "quantity": 1}], "source": "erp"}
TWO = {"lines": LINES, "short_lines": JACKET_SHORT}


async def _asked_again(case: Opened) -> None:
    view = await case.until(S.AWAITING_CHOICE, lambda view: len(view.short_skus) == 2)
    assert view.choice is None
    assert 2 <= len([text for text in await case.texts() if "Sock" in text or "Jacket" in text])


@pytest.mark.moves("awaiting_choice:sku_joined")
async def test_a_sku_that_joins_after_contact_gets_one_further_ask(stack: Stack) -> None:
    case = await stack.asked(**TWO)
    first = (await case.view()).contact_by

    for _ in range(2):
        await case.signal("shortage_found", SOCKS_TOO)
    await _asked_again(case)
    view = await case.view()
    assert first
    assert view.contact_by
    assert view.contact_by > first
    assert 2 == len(await case.texts())
    await case.chose("refund")
    await case.result()

    (cancelled,) = await case.cancellations()
    assert 2 == len(cancelled["line_item_ids"]) or cancelled["whole"]


@pytest.mark.moves("waiting_restock:sku_joined")
async def test_a_sku_joins_while_the_buyer_waits(stack: Stack) -> None:
    case = await waiting(stack, **TWO)

    await case.signal("shortage_found", SOCKS_TOO)

    await _asked_again(case)


@pytest.mark.moves("arranging_swap:sku_joined")
async def test_a_sku_joins_while_a_swap_is_arranged(stack: Stack) -> None:
    case = await swapping(stack, **TWO)

    await case.signal("shortage_found", SOCKS_TOO)

    await _asked_again(case)


@pytest.mark.moves("refunding:sku_joined")
async def test_a_sku_joins_while_a_refund_waits_for_approval(stack: Stack) -> None:
    case = await held(stack, **TWO)

    await case.signal("shortage_found", SOCKS_TOO)
    await _asked_again(case)

    view = await case.view()
    assert "none" == view.refund.status
    assert () == view.tasks


@pytest.mark.moves("contacting:sku_joined")
async def test_a_third_sku_joins_while_the_second_is_being_asked_about(stack: Stack) -> None:
    case = await stack.asked(lines={**LINES, DEARER: 1}, short_lines=JACKET_SHORT)
    await stack.sandbox.block(case.order_id)
    await case.signal("shortage_found", SOCKS_TOO)
    await case.until(S.CONTACTING, lambda view: view.needs_human is not None)

    await case.signal("shortage_found", {"short_lines": [{"sku_id": DEARER, "quantity": 1}]})
    view = await case.until(
        lambda view: any("ask:3" == task.step for task in view.tasks),
    )

    assert 3 == len(view.short_skus)


async def test_a_sku_that_joins_before_contact_is_in_the_first_ask(stack: Stack) -> None:
    order_id = await stack.order(lines=LINES)
    await stack.sandbox.block(order_id)
    case = await stack.open(order_id, short_lines=JACKET_SHORT)
    await case.until(S.CONTACTING, lambda view: view.needs_human is not None)

    await case.signal("shortage_found", SOCKS_TOO)
    view = await case.until(
        lambda view: any("Sock" in task.text for task in view.tasks),
    )

    assert S.CONTACTING == view.state
    assert 1 == len(view.tasks)


async def test_a_sku_that_joins_during_a_cancellation_is_settled_after_it(stack: Stack) -> None:
    case = await stack.asked(**TWO)
    await case.fault("refuse", "/return_refund", code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)

    await case.signal("shortage_found", SOCKS_TOO)
    await stack.sandbox.clear_faults()
    await case.update("resume_step", {"actor": "anna", "step": "refund:1", "how": "retry"})
    await case.until(S.AWAITING_CHOICE)
    await case.chose("refund")
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert [1, 1] == [len(entry["line_item_ids"]) for entry in await case.cancellations()]
    assert 4 == len(await case.texts())


async def test_the_start_and_its_own_signal_are_one_shortage(stack: Stack) -> None:
    order_id = await stack.order(lines=LINES)
    signal = ("shortage_found", {"short_lines": JACKET_SHORT})
    case = await stack.open(order_id, short_lines=JACKET_SHORT, start_signal=signal)

    await case.until(S.AWAITING_CHOICE)

    assert "case.joined" not in await case.keys()


async def test_the_same_sku_by_either_name_is_one(stack: Stack) -> None:
    case = await stack.asked(lines={JACKET: 2}, short_lines=JACKET_SHORT)

    await case.signal(
        "shortage_found", {"short_lines": [{"seller_sku": JACKET_SELLER_SKU, "quantity": 2}]}
    )
    await case.until(lambda view: view.state is S.AWAITING_CHOICE)
    await case.chose("refund")
    view = await case.result()

    assert (JACKET,) == view.short_skus
    assert "99.80" == view.refund.amount


async def test_a_sku_that_is_not_in_the_order_is_a_task_and_changes_nothing(
    stack: Stack,
) -> None:
    case = await stack.asked(**TWO)

    await case.signal("shortage_found", {"short_lines": [{"sku_id": "999", "quantity": 1}]})
    view = await case.until(lambda view: view.needs_human is not None)

    assert (JACKET,) == view.short_skus
    assert S.AWAITING_CHOICE == view.state
    assert "signal.refused" in await case.keys()


async def test_a_signal_without_lines_only_brings_its_other_fields(stack: Stack) -> None:
    case = await stack.asked(**TWO)

    await case.signal("shortage_found", {"restock_at": soon(hours=40)})
    view = await case.until(lambda view: len(view.offers) == 2)

    assert (JACKET,) == view.short_skus


async def test_an_empty_list_means_every_line(stack: Stack) -> None:
    case = await contacting(stack)
    assert case
    other = await stack.asked(**TWO)

    await other.signal("shortage_found", {"short_lines": []})
    await other.until(S.AWAITING_CHOICE, lambda view: view.refund.status == "none")
    await other.until(lambda view: view.contacted_at is not None)
    await other.chose("refund")
    await other.result()

    assert [True] == [entry["whole"] for entry in await other.cancellations()]
