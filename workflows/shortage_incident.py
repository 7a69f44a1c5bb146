"""One SKU that was oversold: stopped, shared out, told to its buyers, restocked, handed out."""

import asyncio
from functools import partial
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows import names
    from workflows.case_run import check_id
    from workflows.incident import Incident
    from workflows.incident_carrying import carried_from, restore
    from workflows.incident_handlers import IncidentHandlers
    from workflows.incident_payloads import IncidentInput
    from workflows.incident_phases.allocating import allocate
    from workflows.incident_phases.awaiting import await_restock
    from workflows.incident_phases.closing import close
    from workflows.incident_phases.opening import open_cases
    from workflows.incident_phases.resuming import resume
    from workflows.incident_phases.stopping import stop, stop_beside
    from workflows.incident_phases.telling import hand_out
    from workflows.strands import ended

PHASES = {
    CaseState.STOPPING: stop,
    CaseState.ALLOCATING: allocate,
    CaseState.OPENING: open_cases,
    CaseState.AWAITING_RESTOCK: await_restock,
    CaseState.HANDING_OUT: hand_out,
    CaseState.RESUMING: resume,
}
"""What the incident does in each state, again and again until a move leads on."""


@workflow.defn(name=names.SHORTAGE_INCIDENT)
class ShortageIncident(IncidentHandlers):
    """Lead one shortage of one SKU."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(IncidentInput, payload, _incident_of)

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the incident to its end; a long one goes on in a new run of the same id."""
        incident = self.begun()
        if incident.inp.carried is not None:
            stop_beside(incident)
        await _lead(incident)
        if incident.hand_over:
            await incident.stop_beside()
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(carried_from(incident))
        return await close(incident)


def _incident_of(inp: IncidentInput) -> Incident:
    expected = names.incident_id(inp.shop_id, inp.sku_id, inp.key)
    check_id("key", expected, may_have_suffix=False)
    incident = Incident(inp)
    if inp.carried is not None:
        restore(incident, inp.carried)
    return incident


async def _lead(incident: Incident) -> None:
    """Go from phase to phase; a withdrawal interrupts any of them but the last."""
    while not (incident.closed or incident.hand_over):
        here = incident.phase
        running = asyncio.ensure_future(PHASES[here](incident))
        try:
            await workflow.wait_condition(partial(_is_over, running, incident, here))
        except asyncio.CancelledError:
            _withdraw(incident)
        if not running.done() and incident.phase is not here:
            running.cancel()
        await ended(running)


def _is_over(running: "asyncio.Future[None]", incident: Incident, here: CaseState) -> bool:
    withdrawn = incident.book.withdrawn and here is not CaseState.RESUMING
    return running.done() or withdrawn


def _withdraw(incident: Incident) -> None:
    """An operator cancelled the workflow: what it changed outside is still undone."""
    incident.tell(EventKey.CASE_WITHDRAWN, "the workflow was cancelled", actor="operator")
    if incident.moves.allowed(incident.phase, Move.WITHDRAWN):
        incident.move(Move.WITHDRAWN)
