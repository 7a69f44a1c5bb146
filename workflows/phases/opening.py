"""Opening: is it new, is it real, which rules does it run under?"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState
    from domain.errors import InputError
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows import joining
    from workflows.phases.intake import settle_from_outside
    from workflows.ports import (
        CaseRef,
        ClosedCaseFound,
        DeskPort,
        EffectKey,
        PinCase,
        Pinned,
        RecordsPort,
    )
    from workflows.shortage import ShortageCase

BAD_INPUT = "BadInput"
"""Error type of a start that names no case."""


def bad_input(error: InputError) -> ApplicationError:
    """Return the failure that ends a run whose input cannot be used."""
    return ApplicationError(str(error), type=BAD_INPUT, non_retryable=True)


async def open_case(case: ShortageCase) -> None:
    """Check the files, pin the rules, look at the order."""
    case.tell(EventKey.CASE_OPENED, case.kind, actor=case.source or "start")
    on_file = await case.take_step("on-file", lambda key: _find_closed(case, key))
    if case.closed:
        return
    if on_file.outcome is not None:
        case.tell(EventKey.CASE_CLOSED, f"on file as {on_file.outcome}")
        case.move(Move.DUPLICATE, outcome=CaseOutcome.DUPLICATE_OF_CLOSED)
        return
    await _pin(case)
    await case.look()
    if case.phase is not CaseState.OPENING:
        return
    if case.order is None:
        case.move(Move.ORDER_UNKNOWN, outcome=CaseOutcome.UNKNOWN_ORDER)
        return
    _name_lines(case)
    _tell_deadlines(case)
    settle_from_outside(case)
    if not case.closed:
        case.move(Move.READY)


async def _find_closed(case: ShortageCase, _key: EffectKey) -> ClosedCaseFound:
    ref = CaseRef(case_id=case.case_id)
    return await case.local(RecordsPort.find_closed_case, ref, "is it on file?")


async def _pin(case: ShortageCase) -> None:
    async def attempt(_key: EffectKey) -> Pinned:
        cmd = PinCase(shop_id=case.shop_id, playbook=case.playbook_name, as_of=case.now)
        return await case.local(DeskPort.pin_case, cmd, "pin the rules")

    pinned = await case.take_step("pin", attempt)
    case.pinned = pinned
    case.is_pinned = True
    case.people, case.outage = pinned.playbook.people, pinned.playbook.outage
    case.people_can_be_called = pinned.people
    playbook = pinned.playbook
    case.tell(
        EventKey.CASE_PINNED, f"{pinned.market}, playbook {playbook.name} {playbook.version}"
    )


def _name_lines(case: ShortageCase) -> None:
    try:
        joining.name_lines(case)
    except InputError as error:
        raise bad_input(error) from error


def _tell_deadlines(case: ShortageCase) -> None:
    for deadline in case.all_deadlines():
        assumed = " (assumed)" if deadline.assumed else ""
        case.tell(
            EventKey.DEADLINE_SET,
            f"{deadline.name} {deadline.at:%Y-%m-%d %H:%M}Z{assumed}",
            rule=deadline.rule,
        )
