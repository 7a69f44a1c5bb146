"""Taking in what arrived: the cases of the ticket and their evidence are looked at anew."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.policies import OURS
    from workflows.ports import AppealsPort, EffectKey, Gathered, GatherEvidence


GATHER = "gather"


async def take_in(case: AppealCase) -> None:
    """Act on what has arrived; a look that fails holds up neither news nor a deadline."""
    case.inbox.taken_in = case.inbox.arrivals
    if not case.inbox.gather:
        return
    case.inbox.gather = False
    done = await case.race(
        _gather(case),
        until=case.next_instant(),
        unless=lambda: case.closed or (case.task(GATHER) is not None and case.inbox.news),
        why="look at the cases",
    )
    case.inbox.gather = case.inbox.gather or done is None


async def _gather(case: AppealCase) -> bool:
    gathered = await case.take_step(GATHER, lambda key: _look(case, key), fresh=True, beside=True)
    for one in gathered.cases:
        if not one.known and case.inbox.first_time(f"unknown:{one.case_id}"):
            case.tell(EventKey.SIGNAL_REFUSED, f"nobody knows the case {one.case_id}")
    case.take_gathered(gathered)
    return True


async def _look(case: AppealCase, _key: EffectKey) -> Gathered:
    ends = case.deadlines.window_ends
    cmd = GatherEvidence(
        appeal_id=case.case_id,
        case_ids=tuple(case.case_ids),
        violation=case.violation,
        sets=case.sets,
        zone=case.pinned.profile.zone,
        opened_at=case.opened_at,
        window_ends=ends.at if ends else None,
        now=case.now,
    )
    return await case.remote(AppealsPort.gather, cmd, OURS, "look at cases and evidence")
