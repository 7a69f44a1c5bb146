"""What an incident refuses: bad starts, second incidents, decisions that cannot hold."""

from collections.abc import Mapping
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from sandbox.shops import US_SHOP_ID
from tests.support.incidents import end_cases, fresh, part
from tests.support.stack import Opened, Stack
from workflows import names

ANNA = {"actor": "anna"}


@pytest.mark.parametrize(
    ("field", "payload"),
    [
        ("on_hand", {"on_hand": -1}),
        ("on_hand", {"on_hand": 1.5}),
        ("on_hand", {"on_hand": None}),
        ("policy", {"policy": "tallest_first"}),
        ("restock_at", {"restock_at": "2026-01-02T10:00:00"}),
        ("counted_with", {"counted_with": {"7": -2}}),
        ("sku_id", {"sku_id": "a:b"}),
        ("key", {"key": "other"}),
        ("carried", {"carried": {"book": 1}}),
    ],
)
async def test_a_bad_start_fails_at_once_and_names_the_field(
    floor: Stack, field: str, payload: Mapping[str, Any]
) -> None:
    sku = "1729500000000599999"
    start = {"shop_id": US_SHOP_ID, "sku_id": sku, "on_hand": 1, "key": "k", **payload}
    handle = await floor.client.start_workflow(
        names.SHORTAGE_INCIDENT,
        start,
        id=names.incident_id(US_SHOP_ID, sku, "k"),
        task_queue=names.CASES_QUEUE,
    )

    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()

    assert "BadInput" == getattr(failed.value.cause, "type", "")
    assert str(failed.value.cause).removeprefix("BadInput: ").startswith(field)


@pytest.mark.moves("stopping:duplicate")
async def test_a_second_incident_of_a_sku_ends_with_a_pointer_to_the_first(floor: Stack) -> None:
    sku = fresh(floor)
    first = await sku.oversold(1, on_hand=0)

    second = await sku.open(on_hand=0)
    view = await second.result()

    assert CaseOutcome.DUPLICATE_OF_OPEN == view.outcome
    assert first.handle.id == part(view).duplicate_of
    assert [] == list(part(view).changes)
    assert S.AWAITING_RESTOCK is (await first.view()).state


async def test_an_incident_whose_run_was_ended_from_outside_gives_way(floor: Stack) -> None:
    sku = fresh(floor)
    first = await sku.oversold(1, on_hand=0)
    await first.handle.terminate("by an operator")
    floor.opened.remove(first)

    second = await sku.open(on_hand=0)
    view = await second.until(S.AWAITING_RESTOCK)

    assert 1 == part(view).counts.joined


async def test_a_closed_incident_is_not_run_again_even_where_the_server_forgot_it(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    first = await sku.open(on_hand=5, key="once")
    assert S.CLOSED is (await first.result()).state
    # The server would refuse the id itself; a reset run is what reaches the files.
    handle = await floor.client.start_workflow(
        names.SHORTAGE_INCIDENT,
        {"shop_id": US_SHOP_ID, "sku_id": sku.sku_id, "on_hand": 5, "key": "once"},
        id=first.handle.id,
        task_queue=names.CASES_QUEUE,
    )

    view = await Opened(stack=floor, handle=handle, shop_id=US_SHOP_ID, order_id="").result()

    assert CaseOutcome.DUPLICATE_OF_CLOSED == view.outcome


async def test_decisions_that_cannot_hold_are_refused_without_an_event(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, on_hand=1)
    await sku.case(sku.orders[1]).until(S.AWAITING_CHOICE)
    lot = {**ANNA, "lot_id": "L1", "quantity": 1}
    await incident.update("receive_lot", lot)
    await incident.until(lambda view: part(view).counts.served == 2)
    restock = {**ANNA, "sku_id": sku.sku_id}

    for name, payload, reason in (
        ("receive_lot", lot, "L1 was received already"),
        ("receive_lot", {**lot, "lot_id": "L2", "quantity": 0}, "quantity"),
        ("set_on_hand", {**ANNA, "on_hand": -3}, "on_hand"),
        ("move_order", {**ANNA, "order_id": "1", "to": "elsewhere", "reason": "x"}, "to"),
        ("move_order", {**ANNA, "order_id": "1", "to": "short", "reason": " "}, "reason"),
        ("set_restock", {**restock, "sku_id": "1", "state": "expected"}, "not of this incident"),
        ("set_restock", {**restock, "state": "soon"}, "is unknown"),
        ("set_restock", {**restock, "state": "expected"}, "needs a date"),
        (
            "set_restock",
            {**restock, "state": "expected", "available_at": "2026-01-02T10:00:00Z"},
            "has passed",
        ),
        ("set_restock", {**restock, "state": "in_stock"}, "quantity and lot_id"),
        (
            "set_restock",
            {**restock, "state": "in_stock", "quantity": 1, "lot_id": "L1"},
            "received already",
        ),
        ("resume_step", {**ANNA, "step": "look", "how": "retry"}, "is not parked"),
    ):
        assert reason in await incident.refused(name, payload), name


async def _refused_by_the_ledger(incident: Opened, payload: Mapping[str, Any]) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await incident.update("move_order", {**ANNA, **payload})
    return str(refused.value.cause)


async def test_what_only_the_ledger_knows_fails_the_decision_with_its_reason(
    floor: Stack,
) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, 1, on_hand=1)
    served, short = sku.orders
    up = {"to": "served", "reason": "a regular"}

    assert "not of this incident" in await _refused_by_the_ledger(
        incident, {**up, "order_id": "404"}
    )
    again = {**up, "order_id": short, "request_id": "r1"}
    assert "none is free" in await _refused_by_the_ledger(incident, again)
    assert "is served already" in await _refused_by_the_ledger(
        incident, {**up, "order_id": served}
    )

    await incident.update("move_order", {**up, **ANNA, "order_id": served, "to": "short"})
    view = await incident.update("move_order", {**ANNA, **again})
    assert (1, 1) == (part(view).counts.served, part(view).promised)


async def test_a_request_that_comes_twice_is_applied_once(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    lot = {**ANNA, "lot_id": "L1", "quantity": 2, "request_id": "r1"}

    for _ in range(2):
        view = await incident.update("receive_lot", lot)

    assert 2 == part(view).on_hand
    assert 1 == (await incident.keys()).count("lot.received")


async def test_a_closed_incident_takes_no_decision(floor: Stack) -> None:
    sku = fresh(floor)
    incident = await sku.oversold(1, on_hand=0)
    await end_cases(incident, [sku.case(sku.orders[0])], CaseOutcome.REFUNDED_BY_CHOICE)
    await incident.result()

    for name in ("set_on_hand", "withdraw", "take"):
        with pytest.raises(Exception, match=r"completed|closed"):
            await incident.update(name, {**ANNA, "on_hand": 1})
