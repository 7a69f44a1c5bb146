"""Opening a shortage: is it new, is it real, which rules does it run under?"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState
    from domain.errors import InputError
    from domain.moves import Move
    from workflows import joining
    from workflows.case_run import bad_input
    from workflows.phases.admission import admit
    from workflows.phases.intake import settle_from_outside
    from workflows.shortage import ShortageCase


async def open_case(case: ShortageCase) -> None:
    """Check the files, pin the rules, look at the order."""
    if not await admit(case):
        return
    await case.look()
    if case.phase is not CaseState.OPENING:
        return
    if case.order is None:
        case.move(Move.ORDER_UNKNOWN, outcome=CaseOutcome.UNKNOWN_ORDER)
        return
    _name_lines(case)
    case.tell_deadlines(case.all_deadlines())
    settle_from_outside(case)
    if not case.closed:
        case.move(Move.READY)


def _name_lines(case: ShortageCase) -> None:
    try:
        joining.name_lines(case)
    except InputError as error:
        raise bad_input(error) from error
