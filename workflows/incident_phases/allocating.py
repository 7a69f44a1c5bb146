"""Allocating: every open order of the SKU is read, and the units on the shelf are shared out."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.incident_figures import Changed
    from domain.incident_rules import next_look
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_state import ALLOCATE, COLLECT
    from workflows.policies import MANY_CASES, OURS, SHOP_WALK
    from workflows.ports.demand import CollectOrders, DemandPort, OrdersCollected
    from workflows.ports.facts import EffectKey
    from workflows.ports.incidents import (
        AllocateUnits,
        ChangeLedger,
        IncidentsPort,
        LedgerAct,
        UnitsAllocated,
    )

LAG = timedelta(minutes=10)
"""How far the platform's index of orders may lie behind; readings overlap by so much."""


async def allocate(incident: Incident) -> None:
    """Read the orders, share the units out, and keep the result with its inputs."""
    began = incident.now
    collected = await incident.take_step(
        COLLECT,
        lambda key: _collect(incident, key),
        fresh=True,
        beside=True,
        otherwise="Nobody knows yet whose units are missing, and no buyer is told.",
    )
    incident.tell(EventKey.ORDERS_COLLECTED, f"{collected.orders} open orders hold the SKU")
    tell_unclear(incident, collected)
    allocated = await incident.take_step(
        ALLOCATE, lambda key: _allocate(incident, key), fresh=True, beside=True
    )
    _take(incident, allocated)
    incident.book.read_from = began - LAG
    incident.book.next_look_at = next_look(incident.now, 0, incident.rules)
    await _count_again(incident)
    incident.go(Move.ALLOCATED)


async def _collect(incident: Incident, _key: EffectKey) -> OrdersCollected:
    cmd = CollectOrders(
        incident_id=incident.case_id,
        key="",
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        counted_with=tuple(incident.inp.counted_with),
        detected_at=incident.detected_at,
    )
    return await incident.remote(DemandPort.collect_orders, cmd, SHOP_WALK, "read the orders")


async def _allocate(incident: Incident, _key: EffectKey) -> UnitsAllocated:
    profile = incident.pinned.profile
    cmd = AllocateUnits(
        incident_id=incident.case_id,
        key="first",
        sku_id=incident.sku_id,
        on_hand=incident.book.on_hand,
        counted_with=incident.inp.counted_with,
        policy=incident.inp.policy,
        zone=profile.zone,
        single_lines=bool(profile.single_lines_cancellable.value),
        at=incident.now,
    )
    return await incident.remote(IncidentsPort.allocate_units, cmd, MANY_CASES, "share out")


def _take(incident: Incident, allocated: UnitsAllocated) -> None:
    book, seen = incident.book, allocated.figures
    book.policy, book.demand, book.skipped = allocated.policy, allocated.demand, allocated.skipped
    book.allocation = "first"
    incident.take_figures(seen)
    incident.tell(
        EventKey.UNITS_ALLOCATED,
        f"{seen.on_hand} units for {allocated.demand} asked for: {seen.served} orders served, "
        f"{seen.short} short, {allocated.skipped} skipped (inputs {allocated.digest[:12]})"
        + (f"; {allocated.why}" if allocated.why else ""),
        rule=allocated.policy,
    )


async def _count_again(incident: Incident) -> None:
    """Apply what people counted and received while the units were being shared out."""
    if incident.book.on_hand == incident.figures.on_hand:
        return
    cmd = ChangeLedger(
        incident_id=incident.case_id,
        key=incident.book.next_event("count"),
        act=LedgerAct.COUNT,
        on_hand=incident.book.on_hand,
        at=incident.now,
    )

    async def attempt(_key: EffectKey) -> Changed:
        return await incident.remote(IncidentsPort.change_ledger, cmd, OURS, "count again")

    changed = await incident.take_step("count-again", attempt, beside=True)
    incident.take_changed(changed, cause="counted while the units were shared out")


def tell_unclear(incident: Incident, collected: OrdersCollected) -> None:
    """Ask people about orders whose state we do not know; they do not compete."""
    if not collected.unclear:
        return
    some = ", ".join(collected.unclear)
    incident.ask_person(
        HumanTask(
            step="unclear_orders",
            ask=f"Orders {some} are in a state we do not know; look at them in Seller Center.",
            options=("done",),
            otherwise="They get no units of this incident.",
        )
    )
