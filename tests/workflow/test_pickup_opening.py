"""A late pickup is opened once, pinned, looked at, and does at once whatever can be done."""

import pytest
from temporalio.client import WorkflowFailureError

from domain.case_parts import ProofState
from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from sandbox.shops import US_SHOP_ID
from tests.support.pickups import TH, late, late_parcel, open_pickup
from tests.support.stack import Stack
from tests.support.vaults import content_of, items_of

ASKED_OF_PEOPLE = {
    "evidence:carrier_contact",
    "evidence:early_visit",
    "evidence:full_vehicle",
    "evidence:loading",
    "evidence:ready_parcel",
    "evidence:signed_manifest",
}


@pytest.mark.moves("opening:ready")
async def test_what_machines_can_prove_is_in_the_vault_at_once(stack: Stack) -> None:
    case = await late(stack)
    view = await case.until(lambda view: len(view.evidence) >= 7)

    items = items_of(stack, case)
    assert set(view.evidence) == {item.evidence_id for item in items}
    assert {
        "booking_confirmation": 2,
        "tracking": 1,
        "order_record": 1,
        "dispatch_manifest": 2,
        "buyer_notice": 1,
    } == {
        name: [i.requirement for i in items].count(name) for name in {i.requirement for i in items}
    }
    assert {"case"} == {item.collected_by for item in items}
    manifest = next(item for item in items if item.name.endswith(".csv"))
    assert f"{case.order_id},{case.package_id}," in content_of(stack, manifest).decode()


async def test_people_are_asked_for_the_rest_with_deadline_and_reason(stack: Stack) -> None:
    case = await late(stack)
    view = await case.until(lambda view: len(view.evidence) >= 7)

    asked = {task.step: task for task in view.tasks if task.step.startswith("evidence:")}
    assert ASKED_OF_PEOPLE == asked.keys()
    assert all(task.by and task.otherwise and task.ask_zh for task in asked.values())
    assert "an appeal needs it" in asked["evidence:ready_parcel"].ask
    assert view.pickup
    assert {ProofState.ASKED, ProofState.HELD} >= {p.state for p in view.pickup.proofs if p.needed}


async def test_the_buyer_is_told_of_the_new_pickup_before_they_ask(stack: Stack) -> None:
    case = await late(stack)
    view = await case.until(lambda view: view.contacted_at is not None)

    (text,) = await case.texts()
    assert case.order_id[-6:] in text
    assert "booked to collect it at a new time" in text
    assert view.pickup
    assert view.pickup.slot_until
    assert view.pickup.slot_until > await case.now()
    assert 1 == view.pickup.pickups_missed
    assert view.contacted_at
    assert view.contact_by
    assert view.contacted_at <= view.contact_by


async def test_orders_that_share_a_parcel_share_case_and_message(stack: Stack) -> None:
    case = await late(stack, orders=2)
    view = await case.until(lambda view: view.contacted_at is not None)

    effects = (await stack.sandbox.effects())["messages"]
    told = [m["text"] for m in effects if case.order_id[-6:] in m["text"]]
    assert case.order_ids == view.order_ids
    assert 1 == len(told)
    assert all(order_id[-6:] in told[0] for order_id in case.order_ids)


async def test_two_buyers_of_one_parcel_are_both_told(stack: Stack) -> None:
    case = await late(stack, orders=2, one_buyer=False)
    view = await case.until(lambda view: view.contacted_at is not None)

    assert view.pickup
    assert set(case.order_ids) == view.pickup.told_at.keys()
    effects = (await stack.sandbox.effects())["messages"]
    assert 2 == len([m for m in effects if m["order_id"] in case.order_ids])


async def test_the_clock_is_that_of_the_earliest_order(stack: Stack) -> None:
    case = await late(stack, orders=2)
    before = {d.name: d.at for d in (await case.view()).deadlines}
    await stack.sandbox.put_orders({"id": case.order_ids[1], "collection_due_time": "+86400"})

    await case.signal("order_changed", {"order_id": case.order_ids[1], "status": "x"})
    view = await case.until(
        lambda view: any(d.at < before[d.name] for d in view.deadlines if d.name in before)
    )

    after = {d.name: d.at for d in view.deadlines}
    assert after["collection_due"] < before["collection_due"]
    assert after["promise_by"] < after["collection_due"]
    assert after["contact_by"] < before["contact_by"]


@pytest.mark.moves("opening:order_unknown")
async def test_a_package_that_the_shop_does_not_know_ends_the_case(stack: Stack) -> None:
    case = await open_pickup(stack, "1152921999999999999")

    assert CaseOutcome.UNKNOWN_ORDER == (await case.result()).outcome


@pytest.mark.moves("opening:cancelled_outside")
async def test_a_parcel_whose_orders_are_cancelled_needs_no_case(stack: Stack) -> None:
    package_id, (order_id,) = await late_parcel(stack)
    await stack.sandbox.put_orders(
        {"id": order_id, "status": "CANCELLED", "cancellation_initiator": "BUYER"}
    )

    case = await open_pickup(stack, package_id)

    assert CaseOutcome.CANCELLED_BY_BUYER == (await case.result()).outcome
    assert [] == await case.texts()


@pytest.mark.moves("opening:scanned", "watching:withdrawn")
async def test_a_parcel_scanned_already_is_watched_and_its_proofs_asked_for(stack: Stack) -> None:
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.carrier(package_id, "scanned")

    case = await open_pickup(stack, package_id, order_ids=order_ids)
    view = await case.until(S.WATCHING, lambda view: len(view.tasks) >= len(ASKED_OF_PEOPLE))

    assert "If anybody made one in time" in (await case.task("evidence:loading")).ask
    assert [] == await case.texts()
    assert view.pickup
    assert view.pickup.collected_at
    await case.update("withdraw", {"actor": "anna"})
    assert CaseOutcome.WITHDRAWN == (await case.result()).outcome


@pytest.mark.moves("opening:duplicate")
async def test_a_parcel_whose_case_is_on_file_is_left_alone(stack: Stack) -> None:
    first = await late(stack)
    decision = {"actor": "anna", "action": "close", "reason": "settled"}
    await first.update("override_outcome", decision)
    assert CaseOutcome.CLOSED_BY_PERSON == (await first.result()).outcome

    second = await open_pickup(stack, first.package_id)

    assert CaseOutcome.DUPLICATE_OF_CLOSED == (await second.result()).outcome


async def test_a_market_without_a_list_of_its_own_borrows_one_visibly(stack: Stack) -> None:
    case = await late(stack)
    home = await late(stack, shop_id=TH)

    borrowed, own = (await case.view()).pickup, (await home.view()).pickup
    assert borrowed
    assert own
    assert all(one.assumed for one in borrowed.scenarios)
    assert not any(one.assumed for one in own.scenarios)


@pytest.mark.parametrize(
    ("payload", "named"),
    [({"package_id": " "}, "package_id"), ({"detected_at": "today"}, "detected_at")],
)
async def test_a_start_that_names_no_parcel_fails_at_once(
    stack: Stack, payload: dict[str, str], named: str
) -> None:
    wrong = {"shop_id": US_SHOP_ID, "package_id": "115", **payload}
    handle = await stack.client.start_workflow(
        "PickupDelayCase", wrong, id=f"pickup-case:bad:{named}", task_queue="cases"
    )

    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()

    assert named in str(failed.value.cause)
