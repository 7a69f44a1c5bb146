"""Looking round: orders that came, changed or left, and cases that have ended."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.incident_figures import Figures
    from domain.incident_rules import next_look
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_phases.allocating import LAG, tell_unclear
    from workflows.incident_state import CLOSED_CASES, LOOK
    from workflows.policies import MANY_CASES, SHOP_WALK
    from workflows.ports.demand import CollectOrders, DemandPort, OrdersCollected
    from workflows.ports.incidents import IncidentsPort, OrdersSettled, SettleOrders


async def look(incident: Incident) -> None:
    """Read what changed in the shop since the last reading, then which cases have ended."""
    book, began, before = incident.book, incident.now, incident.figures
    cmd = CollectOrders(
        incident_id=incident.case_id,
        key=book.next_event("look"),
        shop_id=incident.shop_id,
        sku_id=incident.sku_id,
        counted_with=tuple(incident.inp.counted_with),
        since=book.read_from or incident.detected_at - LAG,
        detected_at=incident.detected_at,
    )
    seen = await incident.attempt(
        LOOK,
        DemandPort.collect_orders,
        cmd,
        SHOP_WALK,
        summary="read changed orders",
        otherwise="Orders that came or were cancelled meanwhile are not noticed.",
    )
    if seen is None:
        book.next_look_at = incident.now + incident.outage.retry_every
        return
    book.read_from = began - LAG
    _take(incident, seen)
    settled = await settle(incident)
    book.quiet = book.quiet + 1 if _is_quiet(incident, before) else 0
    book.next_look_at = next_look(incident.now, book.quiet, incident.rules)
    book.looked_last = settled and not incident.somebody_waits


def _is_quiet(incident: Incident, before: Figures) -> bool:
    return incident.figures.model_copy(update={"version": before.version}) == before


def _take(incident: Incident, seen: OrdersCollected) -> None:
    tell_unclear(incident, seen)
    if seen.changed is not None:
        incident.take_changed(seen.changed, cause="orders changed in the shop")


async def settle(incident: Incident) -> bool:
    """Take in which cases have ended; False if the records do not answer now."""
    book = incident.book
    wanted = incident.inbox.looks_wanted
    cmd = SettleOrders(incident_id=incident.case_id, key=book.next_event("settle"))
    settled = await incident.attempt(
        "settle",
        IncidentsPort.settle_orders,
        cmd,
        MANY_CASES,
        summary="which cases have ended?",
        otherwise="Units of cases that ended are not handed on.",
    )
    book.settled_at = incident.now
    if settled is None:
        return False
    incident.inbox.looks_done = wanted
    _tell_ends(incident, settled)
    incident.take_changed(settled.changed, cause="cases ended")
    return True


def _tell_ends(incident: Incident, settled: OrdersSettled) -> None:
    if settled.outcomes:
        ends = ", ".join(f"{count} {outcome}" for outcome, count in settled.outcomes.items())
        incident.tell(EventKey.CASES_SETTLED, ends)
    if settled.by_hand:
        some = ", ".join(settled.by_hand)
        incident.ask_person(
            HumanTask(
                step=CLOSED_CASES,
                ask=f"Cases of short orders were ended by hand: {some}; make sure that somebody "
                "looks after the orders.",
                options=("done",),
                otherwise="They get no units of this incident.",
            )
        )
