"""Closing: take back what waits, file the dossier, end."""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView
    from domain.timeline import EventKey
    from workflows import names
    from workflows.amends import settle_offers
    from workflows.phases.approval import release_reservation
    from workflows.phases.dossier import file_dossier
    from workflows.phases.found_late import pass_on
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import TELLS_ITS_INCIDENT
    from workflows.shortage_view import view_of
    from workflows.speaking import settle_contact


async def close_case(case: ShortageCase) -> CaseView:
    """End the case: nothing waits any more, and the files keep what the server forgets."""
    case.drop_all_tasks()
    case.closed_at = case.now
    for step in sorted(case.contact.wanted):
        await settle_contact(case, step)
    await release_reservation(case)
    await settle_offers(case)
    duplicate = case.outcome is CaseOutcome.DUPLICATE_OF_CLOSED
    if not duplicate:
        case.tell(EventKey.CASE_CLOSED, case.outcome or "")
        await file_dossier(case, view_of(case))
    case.show()
    await _tell_incident(case)
    await workflow.wait_condition(workflow.all_handlers_finished)
    while case.inbox.late:
        await pass_on(case)
    return view_of(case)


async def _tell_incident(case: ShortageCase) -> None:
    """Tell the incident that its case has ended; one that ended before needs to hear nothing."""
    incident_id = case.incident_id or ""
    if names.sku_of_incident(incident_id) is None or not workflow.patched(TELLS_ITS_INCIDENT):
        return
    incident: workflow.ExternalWorkflowHandle[Any]
    incident = workflow.get_external_workflow_handle(incident_id)
    try:
        await incident.signal(
            names.CASE_SETTLED, {"case_id": case.case_id, "outcome": case.outcome or ""}
        )
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        workflow.logger.info("incident.not_told", extra={"incident_id": incident_id})
