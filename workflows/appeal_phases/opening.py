"""Opening an appeal: is it new, which rules, which proofs, which window?"""

from zoneinfo import ZoneInfo

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.scenarios import possible_scenarios
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.phases.admission import admit
    from workflows.policies import OURS
    from workflows.ports import EffectKey, PinRequirements, RequirementsPinned, VaultPort


async def open_appeal(case: AppealCase) -> None:
    """Check the files, pin the rules and what wins."""
    if not await admit(case):
        return
    pinned = await case.take_step("proofs", lambda key: _pin_proofs(case, key))
    if case.closed:
        return
    case.sets = pinned.sets
    case.tell(EventKey.APPEAL_OPENED, f"ticket {case.ticket_id}, {case.violation}")
    case.set_deadlines()
    case.tell_deadlines(case.all_deadlines())


async def _pin_proofs(case: AppealCase, _key: EffectKey) -> RequirementsPinned:
    cmd = PinRequirements(
        market=case.pinned.market,
        violation=case.violation,
        scenarios=possible_scenarios(case.violation),
        on=case.now.astimezone(ZoneInfo(case.pinned.profile.zone)).date(),
    )
    return await case.remote(VaultPort.pin_requirements, cmd, OURS, "which proofs win?")
