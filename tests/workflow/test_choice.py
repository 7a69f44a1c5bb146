"""What the buyer wants, whenever it arrives and however often it changes."""

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from tests.support.case_states import (
    ORDERS,
    arrive,
    contacting,
    held,
    opening,
    soon,
    swapping,
    waiting,
)
from tests.support.stack import DEARER, SOCKS, Stack

ANNA = {"actor": "anna"}
GONE = {"sku_id": "1729500000000001101", "state": "unavailable"}


@pytest.mark.moves(
    "opening:ready",
    "contacting:contacted",
    "awaiting_choice:refund_chosen",
    "refunding:refunded",
)
async def test_a_buyer_who_chooses_refund_is_refunded_once(stack: Stack) -> None:
    case = await stack.asked()

    await case.chose("refund")
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert 1 == len(await case.cancellations())
    assert 2 == len(await case.texts())
    assert "49.90" == view.refund.amount


@pytest.mark.moves("awaiting_choice:wait_chosen", "waiting_restock:kept")
async def test_a_buyer_who_waits_is_served_by_the_date(stack: Stack) -> None:
    case = await waiting(stack)

    await stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})
    view = await case.result()

    assert CaseOutcome.SHIPPED_AFTER_WAIT == view.outcome
    assert [] == await case.cancellations()


@pytest.mark.moves("awaiting_choice:swap_chosen", "arranging_swap:replacement_found")
async def test_a_swap_cancels_the_old_order_once_the_new_one_stands(stack: Stack) -> None:
    case = await swapping(stack)
    assert [] == await case.cancellations()

    view = await case.update("link_replacement_order", {**ANNA, "order_id": "576999000000000001"})
    assert "576999000000000001" == view.replacement_order_id
    view = await case.result()

    assert CaseOutcome.SWAPPED == view.outcome
    assert 1 == len(await case.cancellations())


async def test_the_new_order_of_a_swap_is_found_by_buyer_and_sku(stack: Stack) -> None:
    case = await swapping(stack)
    new = await stack.sandbox.buys(case.order_id, DEARER)

    choice_by = (await case.view()).choice_by
    assert choice_by
    await case.skip_to(choice_by)
    view = await case.result()

    assert CaseOutcome.SWAPPED == view.outcome
    assert new == view.replacement_order_id


@pytest.mark.parametrize(
    "choice",
    [
        pytest.param("wait", marks=pytest.mark.moves("contacting:wait_chosen")),
        pytest.param("swap", marks=pytest.mark.moves("contacting:swap_chosen")),
        pytest.param("refund", marks=pytest.mark.moves("contacting:refund_chosen")),
    ],
)
async def test_a_choice_that_comes_before_the_contact_counts(stack: Stack, choice: str) -> None:
    case = await contacting(stack)

    await case.chose(choice)
    states = {"wait": S.WAITING_RESTOCK, "swap": S.ARRANGING_SWAP, "refund": S.CLOSED}
    view = await case.until(states[choice])

    assert choice == view.choice
    assert () == tuple(t for t in view.tasks if "record_contact" in t.options)


async def test_a_choice_delivered_with_the_start_is_held_until_the_offers_stand(
    stack: Stack,
) -> None:
    order_id = await stack.order()
    case = await stack.open(
        order_id, restock_at=soon(hours=60), start_signal=("buyer_chose", {"choice": "wait"})
    )

    view = await case.until(S.WAITING_RESTOCK)
    await case.until(lambda seen: seen.contacted_at is not None)

    assert "wait" == view.choice
    keys = await case.keys()
    assert keys.index("choice.held") < keys.index("offers.fixed") < keys.index("buyer.chose")


async def test_a_swap_agreed_before_any_deadline_leaves_time_to_order(stack: Stack) -> None:
    order_id = await stack.order()
    signal = ("buyer_chose", {"choice": "swap"})
    case = await stack.open(order_id, substitute_sku_id=DEARER, start_signal=signal)

    view = await case.until(S.ARRANGING_SWAP)

    assert view.choice_by
    assert view.choice_by > await case.now()


async def test_a_choice_held_for_a_person_keeps_its_actor(stack: Stack) -> None:
    """Who asked for a refund may not approve it, also when the choice was held first."""
    name = stack.write_playbook("two-persons", "refund: {approve_above: {USD: 1}}")
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", ORDERS, code=105005, times=1000, match=order_id)
    case = await stack.open(order_id, playbook=name)
    await case.until(S.PARKED)
    await case.update("record_choice", {**ANNA, "choice": "refund"})
    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "look", "how": "retry"})
    await case.until(S.REFUNDING, lambda view: view.refund.status == "awaiting_approval")

    why = await case.refused("approve_refund", {**ANNA, "approved": True})

    assert "second person" in why


@pytest.mark.moves("waiting_restock:swap_chosen", "arranging_swap:wait_chosen")
async def test_a_second_different_choice_counts(stack: Stack) -> None:
    case = await waiting(stack)
    choice_by = (await case.view()).choice_by
    assert choice_by
    await case.skip_to(choice_by)

    await case.chose("swap")
    view = await case.until(S.ARRANGING_SWAP)
    assert view.choice_by
    assert view.choice_by > await case.now()
    await case.chose("wait")

    assert "wait" == (await case.until(S.WAITING_RESTOCK)).choice


@pytest.mark.moves("waiting_restock:refund_chosen")
async def test_a_waiting_buyer_may_have_the_money_back(stack: Stack) -> None:
    case = await waiting(stack)

    await case.chose("refund")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


@pytest.mark.moves("arranging_swap:refund_chosen")
async def test_a_swapping_buyer_may_have_the_money_back(stack: Stack) -> None:
    case = await swapping(stack)

    await case.chose("refund")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


@pytest.mark.moves(
    "refunding:wait_chosen", "waiting_restock:refund_chosen", "refunding:swap_chosen"
)
async def test_until_the_cancellation_is_scheduled_the_buyer_may_change_the_mind(
    stack: Stack,
) -> None:
    case = await held(stack)

    await case.chose("wait")
    view = await case.until(S.WAITING_RESTOCK)
    assert "none" == view.refund.status
    assert () == view.tasks
    await case.chose("refund")
    await case.until(S.REFUNDING, lambda view: view.refund.status == "awaiting_approval")
    await case.chose("swap")

    assert "swap" == (await case.until(S.ARRANGING_SWAP)).choice


@pytest.mark.moves("refunding:refund_chosen")
async def test_a_buyer_may_agree_with_a_refund_that_silence_brought(stack: Stack) -> None:
    name = stack.write_playbook("two-persons", "refund: {approve_above: {USD: 1}}")
    case = await stack.asked(playbook=name)
    choice_by = (await case.view()).choice_by
    assert choice_by
    await case.skip_to(choice_by)
    await case.until(S.REFUNDING, lambda view: view.refund.status == "awaiting_approval")

    await case.chose("refund")
    await case.until(lambda view: view.choice == "refund")
    await case.update("approve_refund", {"actor": "ben", "approved": True})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_too_late_a_choice_gets_a_polite_answer(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    await case.fault("refuse", "/return_refund", code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)

    await case.chose("wait")
    await case.until(lambda view: any(task.step == "choice" for task in view.tasks))
    assert "choice.refused" in await case.keys()
    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "refund:1", "how": "retry"})
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert 3 == len(await case.texts())


async def test_the_same_choice_again_is_no_trouble(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", "/return_refund", code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)

    await case.chose("refund")
    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "refund:1", "how": "retry"})
    await case.result()

    assert "choice.refused" not in await case.keys()
    assert 2 == len(await case.texts())


async def test_a_word_that_is_no_choice_is_an_event_and_a_task(stack: Stack) -> None:
    case = await stack.asked()

    await case.chose("banana")
    view = await case.until(lambda view: view.needs_human is not None)

    assert S.AWAITING_CHOICE == view.state
    assert view.needs_human
    assert "choice" == view.needs_human.step
    assert "choice.refused" in await case.keys()


async def test_what_is_not_offered_is_refused_and_a_task(stack: Stack) -> None:
    case = await stack.asked()

    await case.chose("swap")
    view = await case.until(lambda view: view.needs_human is not None)

    assert S.AWAITING_CHOICE == view.state
    assert view.choice is None


async def test_a_repeated_message_counts_once(stack: Stack) -> None:
    case = await waiting(stack)

    for _ in range(2):
        await case.chose("wait", message_id="m-1")
    await case.chose("refund", message_id="m-1")

    assert S.WAITING_RESTOCK == (await case.view()).state


async def test_a_text_is_read_in_words(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))

    await case.says("I would like a refund please")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_a_text_from_before_the_ask_answers_nothing(stack: Stack) -> None:
    order_id = await stack.order()
    wrote = {"message_id": "old-1", "text": "A", "index": 0}
    case = await stack.open(
        order_id, restock_at=soon(hours=60), start_signal=("buyer_wrote", wrote)
    )

    view = await case.until(S.AWAITING_CHOICE)
    assert view.choice is None
    await case.says("C")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


@pytest.mark.moves("awaiting_choice:no_date_left")
async def test_a_later_date_that_is_lost_too_means_refund_at_once(stack: Stack) -> None:
    case = await waiting(stack)
    later = {"sku_id": GONE["sku_id"], "state": "expected", "available_at": soon(hours=90)}
    await case.signal("restock_changed", later)
    await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)

    await case.signal("restock_changed", GONE)
    view = await case.result()

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == view.outcome
    assert "unavailable" == view.kind


@pytest.mark.moves("waiting_restock:no_date_left")
async def test_a_promise_that_can_never_be_kept_is_refunded_at_once(stack: Stack) -> None:
    case = await waiting(stack)

    await case.signal("restock_changed", GONE)

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome


@pytest.mark.moves("waiting_restock:slipped", "awaiting_choice:wait_chosen")
async def test_a_later_date_needs_a_new_yes(stack: Stack) -> None:
    case = await waiting(stack)
    first = (await case.view()).promised_at
    later = {"sku_id": GONE["sku_id"], "state": "expected", "available_at": soon(hours=90)}

    await case.signal("restock_changed", later)
    view = await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)
    assert view.choice is None
    await case.chose("wait")
    view = await case.until(S.WAITING_RESTOCK)

    assert view.promised_at
    assert first
    assert view.promised_at > first


async def test_restock_of_one_sku_of_two_promises_nothing(stack: Stack) -> None:
    """One choice covers every short SKU, so the slowest decides about the date."""
    case = await stack.asked(lines={GONE["sku_id"]: 1, SOCKS: 1})

    await case.signal("restock_changed", {"sku_id": SOCKS, "state": "in_stock"})
    await case.until(lambda view: view.due_at is not None)
    assert ["refund"] == [offer.choice for offer in (await case.view()).offers]
    await case.signal("restock_changed", {"sku_id": GONE["sku_id"], "state": "in_stock"})
    view = await case.until(lambda view: len(view.offers) == 2)

    assert ["wait", "refund"] == [offer.choice for offer in view.offers]
    assert 2 == len(await case.texts())


async def test_a_case_still_opening_refuses_nothing_it_can_hold(stack: Stack) -> None:
    case = await opening(stack)

    view = await case.update("record_choice", {**ANNA, "choice": "refund"})

    assert S.OPENING == view.resumes_to
    assert "choice.held" in await case.keys()


async def test_restock_news_adds_an_offer_with_one_message(stack: Stack) -> None:
    case = await stack.asked()
    assert ["refund"] == [offer.choice for offer in (await case.view()).offers]

    news = {"sku_id": GONE["sku_id"], "state": "expected", "available_at": soon(hours=50)}
    await case.signal("restock_changed", news)
    await case.signal("restock_changed", news)
    view = await case.until(lambda view: len(view.offers) == 2)

    assert ["wait", "refund"] == [offer.choice for offer in view.offers]
    assert 2 == len(await case.texts())


async def test_take_note_and_arrive_leave_the_case_where_it_is(stack: Stack) -> None:
    case = await arrive(stack, S.AWAITING_CHOICE)

    await case.update("take", {**ANNA})
    view = await case.update("note", {**ANNA, "text": "called them"})

    assert "anna" == view.assignee
    assert S.AWAITING_CHOICE == view.state
