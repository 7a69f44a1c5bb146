"""Leading a shortage: the one order of phases that oversold and unavailable orders share."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView
    from workflows import names
    from workflows.case_run import check_id
    from workflows.payloads import ShortageInput
    from workflows.phases.choice import await_choice
    from workflows.phases.closing import close_case
    from workflows.phases.contact import contact
    from workflows.phases.intake import take_in
    from workflows.phases.opening import open_case
    from workflows.phases.refund import refund
    from workflows.phases.restock import wait_for_restock
    from workflows.phases.swap import arrange_swap
    from workflows.shortage import ShortageCase
    from workflows.shortage_handlers import ShortageHandlers
    from workflows.strands import lead, through_phases

PHASES = {
    CaseState.CONTACTING: contact,
    CaseState.AWAITING_CHOICE: await_choice,
    CaseState.WAITING_RESTOCK: wait_for_restock,
    CaseState.ARRANGING_SWAP: arrange_swap,
    CaseState.REFUNDING: refund,
}
"""What the case does in each state until a move of the table leads on."""


class ShortageLead(ShortageHandlers):
    """What the two workflow types of a shortage do; they differ by what opens them."""

    async def lead_to_the_end(self) -> CaseView:
        """Run the case to its end.

        An order whose cancellation is under way is seen through even when an operator cancels
        the workflow: its buyer's money is on the way.

        Raises:
            ApplicationError: The start input cannot be used; never retried.
        """
        case = self.begun()
        await lead(case, settle(case), sees_through=lambda: case.refund.scheduled)
        return await close_case(case)


def check_order_id(inp: ShortageInput) -> None:
    """Make sure that the workflow id is that of the order's case.

    Raises:
        InputError: The workflow has another id.
    """
    check_id("order_id", names.order_case_id(inp.shop_id, inp.order_id))


async def settle(case: ShortageCase) -> None:
    """Lead a shortage through its phases until the table of moves ends it."""
    await open_case(case)
    await through_phases(case, take_in, PHASES)
