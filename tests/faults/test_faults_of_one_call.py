"""Every way one call can go wrong, for each of the three effects."""

from typing import Any

import pytest

from tests.support.faults import Effect, Trial, assert_refunded_once
from tests.support.stack import Stack

FAULTS: dict[str, dict[str, Any]] = {
    "drop_reply": {"kind": "drop_reply"},
    "storm_of_5xx": {"kind": "error", "times": 3},
    "bad_gateway": {"kind": "error", "status": 502},
    "rate_limit": {"kind": "rate_limit", "times": 2},
    "timeout": {"kind": "timeout"},
    "garbage": {"kind": "garbage"},
    "token_expiry": {"kind": "expired_token"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("effect", Effect)
async def test_an_effect_happens_once_whatever_the_call_meets(
    stack: Stack, effect: Effect, fault: str
) -> None:
    trial = await Trial.of(stack, effect)
    await trial.fault(**FAULTS[fault])

    case = await trial.up_to_effect()
    view = await trial.finish(case)

    await assert_refunded_once(case, view)
    assert not await trial.faults_left(), "the fault was not met"
