"""Closing an appeal: books complete, its cases told, the dossier filed."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.appeal_phases.books import write_down
    from workflows.appeal_view import view_of
    from workflows.phases.dossier import file_dossier
    from workflows.policies import OURS
    from workflows.ports import EffectKey, EndingsPort, TellCases


async def close_appeal(case: AppealCase) -> CaseView:
    """End the appeal: nothing waits any more, and whoever waits for it hears how it ended."""
    case.drop_all_tasks()
    case.closed_at = case.now
    if case.outcome is not CaseOutcome.DUPLICATE_OF_CLOSED:
        await write_down(case)
        case.tell(EventKey.APPEAL_ENDED, case.outcome or "")
        if case.case_ids:
            await case.take_step("tell-cases", lambda key: _tell_cases(case, key), beside=True)
        case.tell(EventKey.CASE_CLOSED, case.outcome or "")
        await file_dossier(case, view_of(case))
    case.show()
    await workflow.wait_condition(workflow.all_handlers_finished)
    return view_of(case)


async def _tell_cases(case: AppealCase, _key: EffectKey) -> None:
    cmd = TellCases(
        case_ids=tuple(case.case_ids),
        ticket_id=case.ticket_id,
        outcome=case.outcome or CaseOutcome.APPEAL_LOST,
    )
    await case.remote(EndingsPort.tell_cases, cmd, OURS, "tell the cases")
