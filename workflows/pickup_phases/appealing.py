"""A penalty is appealed against at once; the parcel's case ends as its appeals end."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.appeal_opening import appeal_start
    from workflows.opening import CaseStart
    from workflows.payloads import PenaltyIssued
    from workflows.pickup import PickupCase
    from workflows.policies import OURS
    from workflows.ports import CaseRef, EffectKey, RecordsPort
    from workflows.ports.opener import CasesOpened, OpenCases, OpenerPort

_WORST_FIRST = (
    CaseOutcome.APPEAL_EXPIRED,
    CaseOutcome.APPEAL_LOST,
    CaseOutcome.CLOSED_BY_PERSON,
    CaseOutcome.WITHDRAWN,
    CaseOutcome.APPEAL_WON,
)
"""A parcel with several appeals ends as the worst of them."""


async def appeal_penalties(case: PickupCase) -> None:
    """Open or join an appeal for each penalty, and tell open ones what is new to show."""
    told = case.proofs.changes
    while not case.closed:
        await _something_to_appeal(case, told)
        while case.inbox.penalties:
            await _appeal(case, case.inbox.penalties[0])
            case.inbox.penalties.pop(0)
        if case.proofs.changes != told:
            told = case.proofs.changes
            for ticket in _open_tickets(case):
                await _open(case, f"joined:{ticket}:{told}", _start_of(case, ticket))


async def _something_to_appeal(case: PickupCase, told: int) -> None:
    await case.wait(
        lambda: (
            bool(case.inbox.penalties)
            or (case.proofs.changes != told and bool(_open_tickets(case)))
        )
    )


async def await_appeals(case: PickupCase) -> None:
    """Wait for the end of every appeal; a parcel that still waits is looked at meanwhile."""
    ended = {_outcome(word) for word in case.appeals.values() if word is not None}
    if ended and not _open_tickets(case) and not case.inbox.penalties:
        case.move(Move.APPEALS_ENDED, outcome=next(one for one in _WORST_FIRST if one in ended))
        return
    until = case.next_look() if case.collected_at is None else None
    if not await case.wait(lambda: case.inbox.news, until=until, why="look at the parcel"):
        case.look_soon()


async def _appeal(case: PickupCase, penalty: PenaltyIssued) -> None:
    ticket = penalty.ticket_id
    if ticket in case.appeals:
        return
    start = appeal_start(
        shop_id=case.shop_id,
        ticket_id=ticket,
        case_ids=[case.case_id],
        issued_at=penalty.issued_at,
        kind=penalty.kind,
        source=case.case_id,
    )
    opened = await _open(case, f"appeal:{ticket}", start)
    case.appeals[ticket] = None
    joined = "joined" if opened.joined else "opened"
    case.tell(EventKey.APPEAL_OPENED, f"ticket {ticket}, {joined}")
    if opened.already_closed:
        await _take_earlier_outcome(case, ticket, opened.already_closed[0])
    if case.moves.allowed(case.phase, Move.PENALISED):
        case.move(Move.PENALISED)
    case.arrived()


def _start_of(case: PickupCase, ticket: str) -> CaseStart:
    return appeal_start(shop_id=case.shop_id, ticket_id=ticket, case_ids=[case.case_id])


async def _open(case: PickupCase, step: str, start: CaseStart) -> CasesOpened:
    async def attempt(_key: EffectKey) -> CasesOpened:
        cmd = OpenCases(starts=(start,), at=case.now)
        return await case.remote(OpenerPort.open_cases, cmd, OURS, f"appeal: {start.case_id}")

    return await case.take_step(step, attempt, beside=True)


async def _take_earlier_outcome(case: PickupCase, ticket: str, appeal_id: str) -> None:
    """Take how an appeal ended that was over before this case knew of its ticket."""

    async def attempt(_key: EffectKey) -> str:
        ref = CaseRef(case_id=appeal_id)
        found = await case.remote(RecordsPort.find_closed_case, ref, OURS, "how did it end?")
        return found.outcome or CaseOutcome.APPEAL_LOST

    case.appeals[ticket] = await case.take_step(f"ended:{ticket}", attempt, beside=True)


def _open_tickets(case: PickupCase) -> list[str]:
    return [ticket for ticket, outcome in case.appeals.items() if outcome is None]


def _outcome(word: str) -> CaseOutcome:
    known = {one.value: one for one in _WORST_FIRST}
    return known.get(word, CaseOutcome.APPEAL_LOST)
