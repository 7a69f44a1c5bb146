"""Closing: the review and the dossier are filed, the SKU is free for the next incident."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView
    from domain.timeline import EventKey
    from workflows.incident import Incident
    from workflows.incident_view import part_of, view_of
    from workflows.phases.dossier import file_dossier
    from workflows.policies import OURS
    from workflows.ports.incidents import CloseIncident, Happened, IncidentsPort

_DUPLICATES = (CaseOutcome.DUPLICATE_OF_OPEN, CaseOutcome.DUPLICATE_OF_CLOSED)
_TOLD = frozenset(
    {
        EventKey.STOCK_STOPPED,
        EventKey.STOCK_NOT_STOPPED,
        EventKey.ADS_PAUSED,
        EventKey.ADS_NOT_PAUSED,
        EventKey.UNITS_ALLOCATED,
        EventKey.UNITS_COUNTED,
        EventKey.CASES_OPENED,
        EventKey.SUPPLIER_ASKED,
        EventKey.RESTOCK_CHANGED,
        EventKey.LOT_RECEIVED,
        EventKey.UNITS_HANDED_OUT,
        EventKey.UNITS_TAKEN_BACK,
        EventKey.STOCK_RESUMED,
        EventKey.STOCK_NOT_RESUMED,
        EventKey.ADS_RESUMED,
        EventKey.ADS_NOT_RESUMED,
    }
)
"""What a review tells of the timeline."""


async def close(incident: Incident) -> CaseView:
    """End the incident; a duplicate leaves nothing behind."""
    await incident.stop_beside()
    incident.drop_all_tasks()
    incident.closed_at = incident.now
    if incident.outcome not in _DUPLICATES:
        await _review(incident)
        incident.tell(EventKey.CASE_CLOSED, incident.outcome or "nobody waits any more")
        await file_dossier(incident, view_of(incident))
    incident.show()
    await workflow.wait_condition(workflow.all_handlers_finished)
    return view_of(incident)


async def _review(incident: Incident) -> None:
    moments = [
        Happened(at=one.at, key=one.key, detail=one.detail)
        for one in incident.story.timeline
        if one.key in _TOLD
    ]
    cmd = CloseIncident(
        incident_id=incident.case_id,
        shop_id=incident.shop_id,
        part=part_of(incident),
        outcome=incident.outcome,
        opened_at=incident.opened_at,
        stream=incident.inp.stream,
        demand=incident.book.demand,
        counted=incident.book.counted,
        happened=tuple(moments),
        breaches=len(incident.story.breaches),
        at=incident.now,
    )
    review = await workflow.execute_activity_method(
        IncidentsPort.close_incident,
        cmd,
        task_queue=OURS.task_queue,
        start_to_close_timeout=timedelta(minutes=2),
        retry_policy=OURS.retry,
        summary="write the review",
    )
    incident.tell(
        EventKey.REVIEW_WRITTEN,
        f"{review.orders.total} orders, {review.cases} cases; kept {_money(review.money.kept)}, "
        f"refunded {_money(review.money.refunded)}",
    )


def _money(totals: dict[str, str]) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in totals.items()) or "nothing"
