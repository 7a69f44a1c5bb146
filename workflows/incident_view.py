"""The view of an incident: everything that outsiders may know of it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseView
    from domain.incidents import IncidentCounts, IncidentPart
    from workflows.case_view import playbook_ref
    from workflows.incident import Incident


def view_of(incident: Incident) -> CaseView:
    """Return the whole incident."""
    tasks = incident.tasks
    return CaseView(
        kind=incident.kind,
        state=incident.state,
        outcome=incident.outcome,
        case_id=incident.case_id,
        shop_id=incident.shop_id,
        market=incident.pinned.market if incident.is_pinned else None,
        opened_at=incident.opened_at,
        detected_at=incident.detected_at,
        promised_at=incident.book.restock_at,
        due_at=None if incident.closed else incident.due_at,
        short_skus=(incident.sku_id,),
        assignee=incident.assignee,
        stream=incident.inp.stream,
        source=incident.source,
        needs_human=tasks[0] if tasks else None,
        tasks=tasks,
        breaches=tuple(incident.story.breaches),
        incident=part_of(incident),
        playbook=playbook_ref(incident),
        closed_at=incident.closed_at,
    )


def part_of(incident: Incident) -> IncidentPart:
    """Return what the view shows of an incident alone."""
    book = incident.book
    return IncidentPart(
        sku_id=incident.sku_id,
        seller_sku=book.seller_sku,
        product_name=book.product_name,
        key=incident.inp.key,
        supplier=incident.inp.supplier,
        policy=book.policy,
        on_hand=incident.on_hand,
        promised=incident.figures.promised,
        counts=_counts(incident),
        lots=tuple(book.lots),
        changes=tuple(book.changes.values()),
        ads=book.ads_not_touched,
        restock=book.restock,
        restock_at=book.restock_at,
        dates=tuple(book.dates),
        next_chase_at=None if incident.closed else incident.next_chase_at,
        next_look_at=None if incident.closed else book.next_look_at,
        allocation=book.allocation,
        duplicate_of=book.duplicate_of,
    )


def _counts(incident: Incident) -> IncidentCounts:
    seen = incident.figures
    shown = IncidentCounts.model_fields.keys() & type(seen).model_fields.keys()
    return IncidentCounts(skipped=incident.book.skipped, **{n: getattr(seen, n) for n in shown})
