"""Marking what people were asked for and did not give in time."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.appeal import AppealCase


async def mind_the_asks(case: AppealCase) -> None:
    """Mark what was not there in time."""
    await case.mind_the_asks()
