"""What only a person can read off a ticket, or say: window, orders, cause, argument.

They answer by `resume_step` with how `done` and the answer as its reference, as long as the round
is not handed in, also where nothing was asked.
"""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.appeal_texts import check_argument
    from domain.cases import CaseState
    from domain.errors import InputError
    from domain.instants import aware
    from domain.requirements import Scenario
    from domain.timeline import EventKey
    from workflows.appeal import AppealCase
    from workflows.appeal_state import ARGUMENT, NEXT_ROUND, ORDERS, SCENARIO, WINDOW
    from workflows.payloads import ResumeStep
    from workflows.steps import ABANDON, DONE

READ_OFF = frozenset({SCENARIO, WINDOW, ORDERS, ARGUMENT, NEXT_ROUND})
_UNFILED = (CaseState.COLLECTING, CaseState.READY, CaseState.SECOND_ROUND)


def why_not(case: AppealCase, decision: ResumeStep) -> str:
    """Return why an answer cannot be used now, or an empty string."""
    if case.closed:
        return "the appeal is closed"
    if decision.step == NEXT_ROUND:
        return _why_not_next(case, decision)
    if case.phase not in _UNFILED:
        return f"round {case.round.number} was filed already"
    if case.round.handing_in:
        return "the gateway is handing it in"
    if decision.how != DONE:
        return f"how {decision.how!r} is no answer; use done with a reference"
    return _why_not_read(case, decision)


def take(case: AppealCase, decision: ResumeStep) -> None:
    """Take an answer that passed `why_not`."""
    case.drop_task(decision.step)
    if decision.step == NEXT_ROUND:
        case.another_round = decision.how == DONE
    elif decision.step == SCENARIO:
        case.picked_by = decision.actor
        scenario = Scenario(decision.reference.strip())
        case.argue(scenario)
        case.tell(EventKey.APPEAL_ARGUES, scenario, actor=decision.actor, rule="a person said so")
    elif decision.step == WINDOW:
        case.round.shown_end = _instant(decision.reference)
        case.set_deadlines()
        case.tell_deadlines(case.all_deadlines())
    elif decision.step == ORDERS:
        named = _ids(decision.reference)
        case.named_orders += [one for one in named if one not in case.named_orders]
    else:
        case.round.argument = check_argument(decision.reference)
    case.arrived()


def learn(case: AppealCase, *, issued_at: datetime | None) -> None:
    """Take an instant of enforcement that nobody knew when the appeal was opened."""
    if issued_at is None or case.issued_at is not None:
        return
    case.issued_at = issued_at
    case.rounds[0].begins_at = issued_at
    if case.is_pinned and len(case.rounds) == 1:
        case.set_deadlines()
        case.tell_deadlines(case.all_deadlines())


def _why_not_next(case: AppealCase, decision: ResumeStep) -> str:
    if case.phase is not CaseState.REJECTED:
        return "no rejection waits for a next round"
    return "" if decision.how in (DONE, ABANDON) else "use done for another round, or abandon"


def _why_not_read(case: AppealCase, decision: ResumeStep) -> str:
    said = decision.reference.strip()
    if decision.step == SCENARIO and said not in {one.scenario for one in case.sets}:
        words = ", ".join(one.scenario for one in case.sets)
        return f"{said!r} is no cause that excuses {case.violation}; use one of {words}"
    if decision.step == ORDERS and not _ids(said):
        return "name at least one order id"
    try:
        if decision.step == WINDOW:
            _instant(said)
        if decision.step == ARGUMENT:
            check_argument(said)
    except (InputError, ValueError) as error:
        return str(error)
    return "" if said or decision.step != ARGUMENT else "say something that is new"


def _ids(text: str) -> list[str]:
    return [part for part in text.replace(",", " ").split() if part]


def _instant(text: str) -> datetime:
    try:
        return aware(datetime.fromisoformat(text.strip()), "reference")
    except ValueError as error:
        raise InputError("reference", f"{text!r} is no instant with offset") from error
