"""What a late pickup does in each state: wait for the carrier, watch for a penalty, appeal."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase


async def await_scan(case: PickupCase) -> None:
    """Wait until the carrier has the parcel, looking at it from time to time."""
    news = await case.wait(
        lambda: case.inbox.news, until=case.next_look(), why="look at the parcel"
    )
    if not news:
        case.look_soon()


async def watch(case: PickupCase) -> None:
    """Watch for a penalty for as long as the playbook says."""
    until = case.watch_until
    if await case.wait(
        lambda: case.inbox.news, until=until.at if until else None, why="watch for a penalty"
    ):
        return
    case.tell(EventKey.WATCH_ENDED, rule=until.rule if until else "")
    case.move(Move.WATCH_ENDED, outcome=CaseOutcome.COLLECTED)
