"""Asking the carrier, along the playbook's ladder, until the parcel is scanned."""

from datetime import datetime
from itertools import pairwise

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase
    from workflows.pickup_state import CARRIER
    from workflows.policies import OURS
    from workflows.ports import AskCarrier, CarrierAsked, CarriersPort, EffectKey
    from workflows.steps import ABANDON, DONE
    from workflows.strands import or_given_up

_WITHOUT = "An appeal would lack the follow-ups with the carrier."


async def chase_carrier(case: PickupCase) -> None:
    """Ask the carrier and chase its answer; a rung whose successor is due too is left out."""
    rungs = [case.detected_at + after for after in case.pinned.playbook.pickup.carrier_ladder]
    for rung, at in _still_due(rungs, case.now):
        if await case.wait(lambda: case.collected_at is not None, until=at, why="ask the carrier"):
            return
        await _ask(case, rung)


def _still_due(rungs: list[datetime], now: datetime) -> list[tuple[int, datetime]]:
    superseded = {rung for rung, (_, later) in enumerate(pairwise(rungs)) if later <= now}
    return [(rung, at) for rung, at in enumerate(rungs) if rung not in superseded]


async def _ask(case: PickupCase, rung: int) -> None:
    step = case.take_step(
        f"carrier:{rung}",
        lambda key: _write_to(case, key, rung),
        dispensable=True,
        otherwise=_WITHOUT,
        beside=True,
    )
    asked: CarrierAsked | None = await or_given_up(step)
    if asked is None or case.collected_at is not None:
        return
    if asked.reached:
        case.carrier_asked_at.append(case.now)
        case.tell(EventKey.CARRIER_ASKED, f"{case.carrier}, rung {rung + 1}")
        return
    case.ask_person(
        HumanTask(
            step=CARRIER,
            ask=f"{'Chase' if rung else 'Ask'} {case.carrier} about the pickup; the text is ready "
            f"({asked.why_not}). Keep the chat or the call as evidence.",
            options=(DONE, ABANDON),
            otherwise=_WITHOUT,
            text=asked.text,
        )
    )


async def _write_to(case: PickupCase, key: EffectKey, rung: int) -> CarrierAsked:
    cmd = AskCarrier(
        key=key,
        shop_id=case.shop_id,
        carrier=case.package.carrier if case.package else "",
        package_id=case.package_id,
        order_ids=tuple(order.order_id for order in case.live_orders()),
        tracking_number=case.package.tracking_number if case.package else "",
        missed=case.rebooking.missed,
        due_at=case.due.at if case.due else None,
        market=case.pinned.market,
        zone=case.pinned.profile.zone,
        language=case.pinned.profile.language,
        rung=rung,
        asked_at=min(case.carrier_asked_at, default=None),
        at=case.now,
    )
    return await case.remote(CarriersPort.ask_carrier, cmd, OURS, f"ask the carrier, {rung + 1}")
