"""Opening an appeal: is it new, which rules, which proofs, which window?"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.scenarios import possible_scenarios
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.phases.admission import admit


async def open_appeal(case: AppealCase) -> None:
    """Check the files, pin the rules and what wins."""
    if not await admit(case):
        return
    sets = await case.pin_proofs(case.violation, possible_scenarios(case.violation))
    if case.closed:
        return
    case.sets = sets
    case.tell(EventKey.APPEAL_OPENED, f"ticket {case.ticket_id}, {case.violation}")
    case.set_deadlines()
    case.tell_deadlines(case.all_deadlines())
