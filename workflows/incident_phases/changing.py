"""Changing something outside: tried until it is done, or until a person has the last word."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from workflows.incident import Incident
    from workflows.ports.facts import EffectKey
    from workflows.steps import ABANDON, DONE, RETRY, StepAbandonedError

T = TypeVar("T")


async def until_settled(
    incident: Incident,
    step: str,
    attempt: Callable[[EffectKey], Awaitable[T]],
    take: Callable[[T], str],
    *,
    otherwise: str,
) -> None:
    """Try until it is done, or until a person says that it is, or gives it up.

    Args:
        incident: The incident.
        step: Names what is done.
        attempt: Does it, as far as it can be done now.
        take: Takes in what came of it, unless a person did it; returns why it is not done, or
            an empty string.
        otherwise: What happens if nobody helps.
    """
    how = RETRY
    while how == RETRY:
        try:
            result = await incident.take_step(
                step,
                attempt,
                done=lambda _reference: None,
                dispensable=True,
                otherwise=otherwise,
                fresh=True,
                beside=True,
            )
        except StepAbandonedError:
            return
        if result is None or not (why_not := take(result)):
            return
        options = (RETRY, DONE, ABANDON)
        how = await incident.ask_and_wait(
            HumanTask(step=step, ask=why_not, options=options, otherwise=otherwise)
        )
