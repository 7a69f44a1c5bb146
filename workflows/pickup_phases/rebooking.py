"""Booking another pickup where the platform can; where it cannot, a person arranges one."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.pickups import PackageStage, Slot
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase
    from workflows.pickup_state import REBOOK
    from workflows.policies import SHOP_WRITE
    from workflows.ports import EffectKey, PackagesPort, PickupRebooked, RebookPickup
    from workflows.steps import ABANDON, DONE
    from workflows.strands import or_given_up

_WITHOUT = "The parcel waits for the carrier to come by itself."


async def rebook(case: PickupCase) -> None:
    """Book a new pickup for each that came to nothing, until the carrier has the parcel."""
    if not case.pinned.playbook.pickup.rebook:
        case.rebooking.settled = True
        return
    while await _missed(case):
        booked = await _book(case)
        case.rebooking.settled = True
        if booked and booked.slot:
            case.drop_task(REBOOK)
            case.booked(booked.slot)
            case.tell(EventKey.PICKUP_REBOOKED, booked.slot.text())
        else:
            await _left_to_people(case, booked)
    case.rebooking.settled = True


async def _missed(case: PickupCase) -> bool:
    """Wait until the booked pickup has come to nothing; False once the carrier has the parcel."""
    while case.collected_at is None:
        slot = case.slot
        if slot is not None and case.now < slot.end:
            await _until_it_ends(case, slot)
            continue
        await _looked_since(case, slot.end if slot else case.opened_at)
        if case.collected_at is None and case.slot == slot:
            if _waits(case):
                return True
            await _next_look(case)
    return False


async def _until_it_ends(case: PickupCase, slot: Slot) -> None:
    await case.wait(
        lambda: case.collected_at is not None or case.slot != slot,
        until=slot.end,
        why="the booked pickup",
    )


async def _next_look(case: PickupCase) -> None:
    seen = case.looked_at
    await case.wait(lambda: case.collected_at is not None or case.looked_at != seen)


async def _looked_since(case: PickupCase, instant: datetime) -> None:
    """Have the parcel looked at after an instant, unless it was."""
    if case.looked_at is not None and case.looked_at >= instant:
        return
    case.look_soon()
    await case.wait(lambda: case.looked_at is not None and case.looked_at >= instant)


def _waits(case: PickupCase) -> bool:
    return case.package is not None and case.package.stage is PackageStage.WAITING


async def _book(case: PickupCase) -> PickupRebooked | None:
    number = len(case.rebooking.booked) + 1

    async def attempt(key: EffectKey) -> PickupRebooked:
        cmd = RebookPickup(
            key=key,
            shop_id=case.shop_id,
            package_id=case.package_id,
            missed=case.slot,
            at=case.now,
        )
        return await case.remote(
            PackagesPort.rebook_pickup, cmd, SHOP_WRITE, f"book pickup {number}"
        )

    step = case.take_step(
        f"rebook:{number}", attempt, dispensable=True, otherwise=_WITHOUT, beside=True, fresh=True
    )
    booked: PickupRebooked | None = await or_given_up(step)
    return booked


async def _left_to_people(case: PickupCase, booked: PickupRebooked | None) -> None:
    """Leave the pickup to people, and go on once a booking of theirs shows."""
    slot = case.slot
    if booked and not booked.moved:
        case.tell(EventKey.PICKUP_NOT_REBOOKED, booked.why_not)
        case.ask_person(
            HumanTask(
                step=REBOOK,
                ask=f"Arrange another pickup with {case.carrier}: {booked.why_not}.",
                by=case.due.at if case.due else None,
                options=(DONE, ABANDON),
                otherwise=_WITHOUT,
            )
        )
    case.look_soon()
    await case.wait(lambda: case.collected_at is not None or case.slot != slot)
