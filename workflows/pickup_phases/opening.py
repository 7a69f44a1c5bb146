"""Opening a late pickup: is it new, is it real, which rules and which proofs count?"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState
    from domain.moves import Move
    from domain.requirements import Violation
    from domain.scenarios import PICKUP_SCENARIOS
    from workflows.phases.admission import admit
    from workflows.pickup import PickupCase
    from workflows.pickup_phases.looking import settle_from_outside
    from workflows.policies import OURS
    from workflows.ports import (
        EffectKey,
        EvidenceOfCases,
        IndexParcel,
        RecordsPort,
        VaultPort,
    )


async def open_case(case: PickupCase) -> None:
    """Check the files, pin the rules, look at the parcel."""
    if not await admit(case):
        return
    await case.look()
    if case.phase is not CaseState.OPENING:
        return
    if case.package is None:
        case.move(Move.ORDER_UNKNOWN, outcome=CaseOutcome.UNKNOWN_ORDER)
        return
    # Which penalty will have to be answered is not known yet; one for late dispatch is likely.
    sets = await case.pin_proofs(Violation.LATE_DISPATCH, PICKUP_SCENARIOS)
    if case.closed:
        return
    case.proofs.sets = sets
    await case.take_step("index", lambda key: _index(case, key))
    await _take_what_is_there(case)
    case.tell_deadlines(case.all_deadlines())
    settle_from_outside(case)
    if case.phase is CaseState.OPENING:
        case.move(Move.READY)


async def _index(case: PickupCase, _key: EffectKey) -> None:
    """Let notifications that name an order find the parcel's case."""
    cmd = IndexParcel(case_id=case.case_id, shop_id=case.shop_id, order_ids=case.order_ids)
    await case.remote(RecordsPort.index_parcel, cmd, OURS, "index the parcel's orders")


async def _take_what_is_there(case: PickupCase) -> None:
    """Take what was collected before the case was opened, or under its earlier runs."""
    cmd = EvidenceOfCases(case_ids=(case.case_id,))
    there = await case.try_once(VaultPort.evidence_of_cases, cmd, OURS, "evidence on file")
    case.hold(there or [], detail="on file already")
