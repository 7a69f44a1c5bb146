"""Until the carrier has the parcel, and after: looked at, chased, rebooked, watched, closed."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.timeline import EventKey
from records.cases import CaseArchive
from tests.support.pickups import PACKAGES, carrier_desk, late, late_parcel, open_pickup
from tests.support.stack import Stack

ANNA = {"actor": "anna"}
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MARKET_FORBIDS = 11006021
"""The platform's answer to booking a package that is shipped already."""


@pytest.mark.moves("collecting_evidence:scanned", "watching:watch_ended")
async def test_a_collected_parcel_is_watched_for_its_time_and_closed(stack: Stack) -> None:
    case = await late(stack)
    view = await case.scanned()
    assert view.pickup
    until = view.pickup.watch_until
    assert until

    await case.skip_to(until, plus=-MINUTE)
    assert S.WATCHING == (await case.view()).state
    assert not await case.skip_to(until, plus=SECOND)
    view = await case.result()

    assert CaseOutcome.COLLECTED == view.outcome
    assert () == view.tasks
    assert [] == await case.cancellations()
    filed = CaseArchive(stack.db).closed_case(case.handle.id)
    assert filed
    assert case.package_id == filed.package_id
    assert case.order_ids == filed.order_ids


async def test_the_buyer_hears_that_the_parcel_was_collected(stack: Stack) -> None:
    case = await late(stack)
    await case.until(lambda view: view.contacted_at is not None)

    await case.scanned()
    await case.until(lambda view: len(view.evidence) >= 10)

    texts = await case.texts()
    assert 2 == len(texts)
    assert "has collected your parcel" in texts[1]
    assert EventKey.BUYER_INFORMED in await case.keys()


async def test_a_scan_without_a_notification_is_found_by_looking(stack: Stack) -> None:
    case = await late(stack)
    await case.carrier("scanned")

    await case.skip(timedelta(hours=5))

    assert S.WATCHING == (await case.until(S.WATCHING)).state


async def test_a_delivered_parcel_counts_as_scanned(stack: Stack) -> None:
    case = await late(stack)
    await case.carrier("delivered")

    await case.signal("order_changed", {"order_id": case.order_id, "status": "DELIVERED"})

    view = await case.until(S.WATCHING)
    assert view.pickup
    assert "delivered" == view.pickup.stage


@pytest.mark.moves("collecting_evidence:cancelled_outside")
@pytest.mark.parametrize(
    ("by", "outcome"),
    [
        ("SYSTEM", CaseOutcome.CANCELLED_BY_PLATFORM),
        ("BUYER", CaseOutcome.CANCELLED_BY_BUYER),
        ("SELLER", CaseOutcome.CANCELLED_BY_SELLER),
    ],
)
async def test_a_cancelled_parcel_ends_the_case_by_who_cancelled(
    stack: Stack, by: str, outcome: CaseOutcome
) -> None:
    case = await late(stack)
    await stack.sandbox.put_orders(
        {"id": case.order_id, "status": "CANCELLED", "cancellation_initiator": by}
    )

    await case.signal("package_changed", {"package_id": case.package_id, "status": "x"})

    assert outcome == (await case.result()).outcome


async def test_a_carrier_that_misses_the_new_pickup_too_is_booked_again(stack: Stack) -> None:
    case = await late(stack)
    view = await case.until(lambda view: view.contacted_at is not None)
    assert view.pickup
    booked = view.pickup.slot_until
    assert booked

    await case.skip_to(booked, plus=-MINUTE)
    before = (await case.view()).pickup
    assert before
    assert 1 == before.pickups_missed
    await case.skip_to(booked, plus=MINUTE)
    view = await case.until(
        lambda view: bool(view.pickup and view.pickup.slot_until not in (booked, None))
    )

    assert view.pickup
    assert 2 == view.pickup.pickups_missed
    keys = await case.keys()
    assert 2 == keys.count(EventKey.PICKUP_REBOOKED)
    assert 2 == len(await case.texts())


async def test_where_the_platform_does_not_rebook_a_person_arranges_the_pickup(
    stack: Stack,
) -> None:
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault(
        "refuse", PACKAGES, method="POST", code=MARKET_FORBIDS, match=package_id, times=9
    )
    case = await open_pickup(stack, package_id, order_ids=order_ids)

    task = await case.task("rebook")
    assert "Arrange another pickup" in task.ask
    await case.until(lambda view: view.contacted_at is not None)
    (text,) = await case.texts()
    assert "has not collected it" in text

    await stack.sandbox.clear_faults()
    slot = {"start_time": "+7200", "end_time": "+21600"}
    await stack.sandbox.put_orders(
        {"id": case.order_id, "packages": [{"id": package_id, "pickup_slot": slot}]}
    )
    await case.update("resume_step", {**ANNA, "step": "rebook", "how": "done"})
    now = await case.now()
    await case.until(
        lambda view: bool(view.pickup and view.pickup.slot_until and view.pickup.slot_until > now)
    )
    assert not any(task.step == "rebook" for task in (await case.view()).tasks)


async def test_a_booking_whose_answer_was_lost_is_made_once(stack: Stack) -> None:
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault("drop_reply", PACKAGES, method="POST", match=package_id, times=1)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(S.COLLECTING_EVIDENCE)
    await case.skip(timedelta(seconds=10))

    await case.until(lambda view: view.contacted_at is not None)

    effects = (await stack.sandbox.effects())["shipments"]
    booked = [e for e in effects if e["package_id"] == package_id and e["event"] == "rebooked"]
    assert 1 == len(booked)
    assert 1 == (await case.keys()).count(EventKey.PICKUP_REBOOKED)


async def test_without_an_address_of_the_carrier_a_person_chases_with_the_ready_text(
    stack: Stack,
) -> None:
    case = await late(stack)
    task = await case.task("carrier")
    assert "carriers.yaml has no address" in task.ask
    assert case.package_id in task.text

    await case.update("resume_step", {**ANNA, "step": "carrier", "how": "done"})
    assert not any(task.step == "carrier" for task in (await case.view()).tasks)
    await case.skip(timedelta(hours=4, minutes=1))

    assert (await case.task("carrier")).ask.startswith("Chase")
    view = await case.view()
    assert view.pickup
    assert 1 == len(view.pickup.carrier_asked_at)


# The channel's library reads modules of the standard library that are on their way out.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_the_carrier_is_asked_along_the_ladder_until_the_scan(stack: Stack) -> None:
    async with carrier_desk(stack, "Sandbox Express") as letters:
        case = await late(stack)
        await case.until(lambda view: bool(view.pickup and view.pickup.carrier_asked_at))
        await case.skip(timedelta(hours=4, minutes=1))
        await case.until(lambda v: bool(v.pickup and len(v.pickup.carrier_asked_at) == 2))
        await case.scanned()
        await case.skip(timedelta(hours=30))
        mine = [letter for letter in letters if case.package_id in letter]

    assert 2 == len(mine)


async def test_the_help_center_is_raised_a_day_after_and_not_before(stack: Stack) -> None:
    case = await late(stack)
    due = {d.name: d.at for d in (await case.view()).deadlines}["help_center_by"]

    await case.skip_to(due, plus=-MINUTE)
    assert not any(task.step == "help_center" for task in (await case.view()).tasks)
    await case.skip_to(due, plus=SECOND)

    task = await case.task("help_center")
    assert case.order_id in task.text
    await case.scanned()
    assert not any(task.step == "help_center" for task in (await case.view()).tasks)
