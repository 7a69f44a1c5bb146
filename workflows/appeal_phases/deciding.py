"""The platform's answer: waited for, taken, and after a rejection perhaps one more round."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.appeals import may_appeal_again
    from domain.cases import CaseOutcome, CaseState, HumanTask
    from domain.moves import Move
    from workflows.appeal import AppealCase
    from workflows.appeal_state import DECISION, NEXT_ROUND, RECORD_DECISION
    from workflows.steps import ABANDON, DONE

ASK_AGAIN = timedelta(days=7)
"""How often people are called about a decision that nobody has recorded."""


async def await_decision(case: AppealCase) -> None:
    """Wait until somebody records what the platform answered; how long that takes is not known."""
    filing = case.round.filing
    task = HumanTask(
        step=DECISION,
        ask=f"Read the decision on {filing.reference if filing else 'the appeal'} off ticket "
        f"{case.ticket_id} and record it.",
        options=(RECORD_DECISION,),
        otherwise="The appeal waits; a second one has to be filed soon after a rejection.",
    )
    case.ask_person(task)
    news = await case.wait(
        lambda: case.inbox.news or case.phase is not CaseState.FILED,
        until=case.now + ASK_AGAIN,
        why="the platform's decision",
    )
    if not news and case.people_can_be_called:
        await case.call_people(task, 0)


async def go_on(case: AppealCase) -> None:
    """After a rejection: another round, or the end."""
    again = may_appeal_again(case.round.number, case.pinned.profile)
    answer = case.round.answer
    if again is None and case.another_round is None:
        case.ask_person(
            HumanTask(
                step=NEXT_ROUND,
                ask=f"Ticket {case.ticket_id} was rejected, and whether {case.pinned.market} "
                "allows another appeal is not known; look at the ticket: done means there is one.",
                options=(DONE, ABANDON),
                otherwise="The appeal waits, and a second window may pass.",
            )
        )
        await case.wait(lambda: case.inbox.news or case.another_round is not None)
        return
    wanted = again if case.another_round is None else case.another_round
    if not wanted or answer is None:
        case.move(Move.NO_ROUND_LEFT, outcome=CaseOutcome.APPEAL_LOST)
        return
    case.another_round = None
    case.begin_round(answer.decided_at)
    case.tell_deadlines(case.all_deadlines())
    case.move(Move.APPEALS_AGAIN)
