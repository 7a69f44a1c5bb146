"""Asking people for what only they can give, each with a deadline and its reason."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.pickup import PickupCase


async def ask_people(case: PickupCase) -> None:
    """Ask for every proof on the day, and once more for what the scan makes wanted."""
    within = case.pinned.playbook.pickup.evidence_within
    case.ask_for_proofs(within)
    if case.collected_at is not None:
        return
    await case.wait(lambda: case.collected_at is not None)
    case.ask_for_proofs(within)


async def mind_the_asks(case: PickupCase) -> None:
    """Mark what was not there in time."""
    await case.mind_the_asks()
