"""One appeal: from a penalty to a decision, complete and in time, or visibly not."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView
    from workflows import names
    from workflows.appeal import AppealCase
    from workflows.appeal_handlers import AppealHandlers
    from workflows.appeal_payloads import AppealInput
    from workflows.appeal_phases.asking import mind_the_asks
    from workflows.appeal_phases.books import keep_books
    from workflows.appeal_phases.closing import close_appeal
    from workflows.appeal_phases.collecting import collect
    from workflows.appeal_phases.deciding import await_decision, go_on
    from workflows.appeal_phases.filing import file
    from workflows.appeal_phases.gathering import take_in
    from workflows.appeal_phases.opening import open_appeal
    from workflows.appeal_phases.reminding import remind
    from workflows.case_run import check_id
    from workflows.strands import beside, lead, through_phases

PHASES = {
    CaseState.COLLECTING: collect,
    CaseState.SECOND_ROUND: collect,
    CaseState.READY: file,
    CaseState.FILED: await_decision,
    CaseState.REJECTED: go_on,
}
"""What the appeal does in each state until a move of the table leads on."""
STRANDS = (mind_the_asks, remind, keep_books)
"""What goes on beside that for as long as the appeal is open."""


@workflow.defn(name=names.APPEAL)
class Appeal(AppealHandlers):
    """Appeal against one ticket."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(AppealInput, payload, _case_of)

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the appeal to its end."""
        case = self.begun()
        await lead(case, settle(case))
        return await close_appeal(case)


def _case_of(inp: AppealInput) -> AppealCase:
    check_id("ticket_id", names.appeal_id(inp.shop_id, inp.ticket_id))
    return AppealCase(inp)


async def settle(case: AppealCase) -> None:
    """Lead an appeal from its opening until the table of moves ends it."""
    await open_appeal(case)
    if not case.closed:
        await beside(case, STRANDS, through_phases(case, take_in, PHASES))
