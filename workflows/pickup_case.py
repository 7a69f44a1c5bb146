"""One late pickup: from the carrier that did not come to a parcel collected or an appeal ended."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView
    from workflows import names
    from workflows.case_run import check_id
    from workflows.payloads import PickupInput
    from workflows.pickup import PickupCase
    from workflows.pickup_handlers import PickupHandlers
    from workflows.pickup_phases.appealing import appeal_penalties, await_appeals
    from workflows.pickup_phases.asking import ask_people, mind_the_asks
    from workflows.pickup_phases.capturing import capture
    from workflows.pickup_phases.chasing import chase_carrier
    from workflows.pickup_phases.closing import close_case
    from workflows.pickup_phases.help_center import raise_help_center
    from workflows.pickup_phases.looking import take_in
    from workflows.pickup_phases.opening import open_case
    from workflows.pickup_phases.rebooking import rebook
    from workflows.pickup_phases.telling import mind_contact, tell_buyers
    from workflows.pickup_phases.waiting import await_scan, watch
    from workflows.strands import beside, lead, through_phases

PHASES = {
    CaseState.COLLECTING_EVIDENCE: await_scan,
    CaseState.WATCHING: watch,
    CaseState.APPEALING: await_appeals,
}
"""What the case does in each state until a move of the table leads on."""
STRANDS = (
    capture,
    ask_people,
    mind_the_asks,
    rebook,
    chase_carrier,
    tell_buyers,
    mind_contact,
    raise_help_center,
    appeal_penalties,
)
"""What goes on beside that, each until it is done or the carrier has the parcel."""


@workflow.defn(name=names.PICKUP_DELAY_CASE)
class PickupDelayCase(PickupHandlers):
    """See one late pickup through, with evidence, and never refund."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(PickupInput, payload, _case_of)

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the case to its end."""
        case = self.begun()
        await lead(case, settle(case))
        return await close_case(case)


def _case_of(inp: PickupInput) -> PickupCase:
    check_id("package_id", names.pickup_case_id(inp.shop_id, inp.package_id))
    return PickupCase(inp)


async def settle(case: PickupCase) -> None:
    """Lead a late pickup from its opening until the table of moves ends it."""
    await open_case(case)
    if not case.closed:
        await beside(case, STRANDS, through_phases(case, take_in, PHASES))
