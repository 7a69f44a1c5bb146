"""Closing a late pickup: take back what waits, file the dossier, end."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView
    from domain.timeline import EventKey
    from workflows.phases.dossier import file_dossier
    from workflows.pickup import PickupCase
    from workflows.pickup_phases.messages import settle_contact
    from workflows.pickup_view import view_of


async def close_case(case: PickupCase) -> CaseView:
    """End the case: nothing waits any more, and the files keep what the server forgets."""
    case.drop_all_tasks()
    case.closed_at = case.now
    for step in list(case.telling.wanted):
        await settle_contact(case, step)
    if case.outcome is not CaseOutcome.DUPLICATE_OF_CLOSED:
        case.tell(EventKey.CASE_CLOSED, case.outcome or "")
        await file_dossier(case, view_of(case))
    case.show()
    await workflow.wait_condition(workflow.all_handlers_finished)
    return view_of(case)
