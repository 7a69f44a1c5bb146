"""The wire: bad starts fail at once, refusals leave no event, facts are never lost."""

from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from sandbox.shops import US_SHOP_ID
from tests.support.case_states import soon, waiting
from tests.support.stack import JACKET, Stack
from workflows import names

ANNA = {"actor": "anna"}


async def _started(stack: Stack, case_id: str, *args: Any) -> ApplicationError:
    handle = await stack.client.start_workflow(
        names.OVERSELL_CASE, args=list(args), id=case_id, task_queue=names.CASES_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failure:
        await handle.result()
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError)
    return cause


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"shop_id": "1"}, "order_id"),
        ({"order_id": "1", "shop_id": "1", "short_lines": [{"quantity": 1}]}, "short_lines.0"),
        (
            {"order_id": "1", "shop_id": "1", "restock_at": "2026-12-01T10:00:00"},
            "restock_at",
        ),
        ({"order_id": "2", "shop_id": "1"}, "order_id"),
        ([1, 2], "payload"),
        (None, "payload"),
    ],
    ids=["missing", "no_sku", "naive", "other_id", "no_object", "null"],
)
async def test_a_bad_start_fails_at_once_and_names_the_field(
    stack: Stack, payload: Any, field: str
) -> None:
    error = await _started(stack, f"order-case:1:1:{id(payload)}", payload)

    assert "BadInput" == error.type
    assert error.non_retryable
    assert error.message.startswith(field)


async def test_a_start_without_input_fails_at_once(stack: Stack) -> None:
    assert "BadInput" == (await _started(stack, "order-case:1:none")).type


async def test_a_sku_that_the_order_does_not_have_is_bad_input(stack: Stack) -> None:
    order_id = await stack.order()
    payload = {
        "shop_id": US_SHOP_ID,
        "order_id": order_id,
        "short_lines": [{"sku_id": "999", "quantity": 1}],
    }

    error = await _started(stack, names.order_case_id(US_SHOP_ID, order_id), payload)

    assert "BadInput" == error.type
    assert "999" in error.message


@pytest.mark.moves("opening:order_unknown")
async def test_an_order_that_the_shop_does_not_know_ends_the_case(stack: Stack) -> None:
    case = await stack.open("576000000000000404", source="li")

    assert CaseOutcome.UNKNOWN_ORDER == (await case.result()).outcome


@pytest.mark.moves("opening:duplicate")
async def test_a_case_that_is_on_file_as_closed_has_no_effect(stack: Stack) -> None:
    """The server forgets closed runs; the records do not."""
    case = await stack.asked()
    await case.chose("refund")
    await case.result()

    again = await stack.open(case.order_id)
    view = await again.result()

    assert CaseOutcome.DUPLICATE_OF_CLOSED == view.outcome
    assert 2 == len(await case.texts())


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("record_contact", {**ANNA, "channel": "phone"}, "does not wait"),
        ("record_choice", {**ANNA, "choice": "swap"}, "not offered"),
        ("record_choice", {**ANNA, "choice": "banana"}, "banana"),
        ("record_choice", {"choice": "refund"}, "actor"),
        ("set_restock", {**ANNA, "sku_id": "999", "state": "in_stock"}, "999"),
        ("set_restock", {**ANNA, "sku_id": JACKET, "state": "perhaps"}, "perhaps"),
        ("approve_refund", {**ANNA, "approved": True}, "no refund waits"),
        ("resume_step", {**ANNA, "step": "look", "how": "retry"}, "not parked"),
        ("override_outcome", {**ANNA, "action": "dance", "reason": "x"}, "dance"),
        ("override_outcome", {**ANNA, "action": "wait", "reason": "x"}, "until"),
        ("link_replacement_order", {**ANNA, "order_id": "1"}, "no swap"),
        ("note", {**ANNA}, "text"),
        ("take", {}, "actor"),
        ("withdraw", "nonsense", "payload"),
    ],
)
async def test_an_update_is_refused_with_a_reason_and_without_an_event(
    stack: Stack, name: str, payload: Any, reason: str
) -> None:
    case = await stack.asked()

    assert reason in await case.refused(name, payload)


async def test_a_known_request_is_answered_before_any_refusal(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    note = {**ANNA, "request_id": "r-1", "choice": "wait"}
    await case.update("record_choice", note)
    await case.until(S.WAITING_RESTOCK)

    view = await case.update("record_choice", {**note, "choice": "banana"})

    assert "wait" == view.choice


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("buyer_chose", {}),
        ("buyer_wrote", {"text": "no id"}),
        ("restock_changed", {"sku_id": JACKET, "state": "in_stock", "available_at": "tomorrow"}),
        ("shortage_found", {"short_lines": "all"}),
        ("penalty_issued", {}),
        ("order_changed", {"changed_at": "soon"}),
    ],
)
async def test_a_signal_that_cannot_be_read_is_an_event_and_a_task(
    stack: Stack, name: str, payload: dict[str, Any]
) -> None:
    case = await stack.asked()

    await case.signal(name, payload)
    view = await case.until(lambda view: view.needs_human is not None)

    assert view.needs_human
    assert f"signal:{name}" == view.needs_human.step
    assert "signal.refused" in await case.keys()
    done = await case.update("resume_step", {**ANNA, "step": view.needs_human.step, "how": "done"})
    assert () == done.tasks


async def test_an_unknown_restock_state_is_an_event_and_a_task(stack: Stack) -> None:
    case = await waiting(stack)

    await case.signal("restock_changed", {"sku_id": JACKET, "state": "perhaps"})
    view = await case.until(lambda view: view.needs_human is not None)

    assert S.WAITING_RESTOCK == view.state
    assert "signal.refused" in await case.keys()


async def test_a_penalty_is_kept_once(stack: Stack) -> None:
    case = await stack.asked()

    for _ in range(2):
        await case.signal("penalty_issued", {"ticket_id": "T-1", "kind": "late"})

    assert 1 == (await case.keys()).count("penalty.issued")


async def test_an_operator_who_cancels_the_workflow_withdraws_the_case(stack: Stack) -> None:
    case = await stack.asked()

    await case.handle.cancel()

    assert CaseOutcome.WITHDRAWN == (await case.result()).outcome


async def test_a_cancellation_under_way_is_seen_through(stack: Stack) -> None:
    case = await stack.asked()
    await case.fault("refuse", "/return_refund", code=25001046, match=case.order_id)
    await case.chose("refund")
    await case.until(S.PARKED)

    await case.handle.cancel()
    await stack.sandbox.clear_faults()
    await case.update("resume_step", {**ANNA, "step": "refund:1", "how": "retry"})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
