"""What every workflow test shares: a shop without faults, and moves that really happened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from records.units import UnitReservations
from tests.support.incidents import incident_floor
from tests.support.stack import Stack
from worker import WORKFLOWS


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", 'moves("state:move", …): rows of the table that a case of this test takes'
    )


@pytest.fixture
async def stack(request: pytest.FixtureRequest, stack: Stack) -> AsyncIterator[Stack]:
    """The running product; a test that claims rows of the table fails unless it took them."""
    async with _checked(request, stack) as running:
        yield running


@pytest.fixture(scope="session")
async def incident_stack() -> AsyncIterator[Stack]:
    """The product on a shop with a SKU for every test."""
    async with incident_floor() as running:
        yield running


@pytest.fixture
async def floor(request: pytest.FixtureRequest, incident_stack: Stack) -> AsyncIterator[Stack]:
    """That shop, with the checks of `stack`."""
    async with _checked(request, incident_stack) as running:
        yield running


@asynccontextmanager
async def _checked(request: pytest.FixtureRequest, stack: Stack) -> AsyncIterator[Stack]:
    stack.opened.clear()
    yield stack
    await stack.sandbox.clear_faults()
    for case in stack.opened:
        # Cases stay open when their test ends; what they hold must not run out for later ones.
        UnitReservations(stack.db).release(case.handle.id)
    claimed = {row for mark in request.node.iter_markers("moves") for row in mark.args}
    taken: set[str] = set()
    for case in stack.opened if claimed else ():
        taken |= await case.moves()
    assert claimed <= taken, f"claimed but not taken: {sorted(claimed - taken)}"
    await _histories_replay(stack)


async def _histories_replay(stack: Stack) -> None:
    """No story leaves a history that today's code does not replay: it would be stuck for ever."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=stack.client.data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    for case in stack.opened:
        await replayer.replay_workflow(await case.handle.fetch_history())
