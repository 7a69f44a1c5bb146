"""People: called along the playbook's ladder, and every rung when an approval never comes."""

from datetime import timedelta

import pytest

from domain.cases import CaseState as S
from tests.support.case_states import contacting, held
from tests.support.stack import running_stack

# The people channel's library reads modules of the standard library that are on their way out.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


async def test_tasks_climb_the_ladder_until_they_are_done() -> None:
    async with running_stack(people=True) as stack:
        task = await contacting(stack)
        await task.skip(timedelta(hours=3))
        climbed = [call for call in stack.calls if task.order_id in call]
        await task.update("record_contact", {"actor": "anna", "channel": "phone"})
        await task.until(S.AWAITING_CHOICE)
        await task.skip(timedelta(hours=5))
        assert 2 == len(climbed)
        assert climbed == [call for call in stack.calls if task.order_id in call]

        refund = await held(stack)
        promise_by = (await refund.view()).promise_by
        assert promise_by
        await refund.skip_to(promise_by, plus=timedelta(minutes=-1))
        before = len([call for call in stack.calls if refund.order_id in call])
        await refund.skip_to(promise_by, plus=timedelta(minutes=1))
        calls = [call for call in stack.calls if refund.order_id in call]

    assert 3 == before
    assert 6 == len(calls)
