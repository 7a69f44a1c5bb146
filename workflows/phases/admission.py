"""Admission, the same for every kind: is the case new, and which rules does it run under?"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.case import Case
    from workflows.ports import (
        CaseRef,
        ClosedCaseFound,
        DeskPort,
        EffectKey,
        PinCase,
        Pinned,
        RecordsPort,
    )


async def admit(case: Case) -> bool:
    """Check the files and pin the rules; False where the case has ended instead."""
    case.tell(EventKey.CASE_OPENED, case.kind, actor=case.source or "start")
    on_file = await case.take_step("on-file", lambda key: _find_closed(case, key))
    if case.closed:
        return False
    if on_file.outcome is not None:
        case.tell(EventKey.CASE_CLOSED, f"on file as {on_file.outcome}")
        case.move(Move.DUPLICATE, outcome=CaseOutcome.DUPLICATE_OF_CLOSED)
        return False
    await _pin(case)
    return True


async def _find_closed(case: Case, _key: EffectKey) -> ClosedCaseFound:
    ref = CaseRef(case_id=case.case_id)
    return await case.local(RecordsPort.find_closed_case, ref, "is it on file?")


async def _pin(case: Case) -> None:
    async def attempt(_key: EffectKey) -> Pinned:
        cmd = PinCase(
            shop_id=case.shop_id,
            playbook=case.playbook_name,
            as_of=case.now,
            opened_at=case.opened_at,
        )
        return await case.local(DeskPort.pin_case, cmd, "pin the rules")

    pinned = await case.take_step("pin", attempt)
    pin(case, pinned)
    playbook = pinned.playbook
    case.tell(
        EventKey.CASE_PINNED, f"{pinned.market}, playbook {playbook.name} {playbook.version}"
    )


def pin(case: Case, pinned: Pinned) -> None:
    """Let a case run under these rules from now on."""
    if pinned.opened_at is not None:
        case.begin_at(pinned.opened_at)
    case.pinned = pinned
    case.is_pinned = True
    case.people, case.outage = pinned.playbook.people, pinned.playbook.outage
    case.people_can_be_called = pinned.people
