"""Fixture: somebody who looks at pages; one application per test module, a case per visit.

A pytest plugin: a test module names it in its `pytest_plugins`.
"""

from collections.abc import AsyncIterator

import pytest
from nicegui.testing import user_simulation

from console.pages import add_pages
from tests.support.console_desk import a_case, rooms_of
from tests.support.console_visitor import Visitor


@pytest.fixture(scope="module")
async def _visitor() -> AsyncIterator[Visitor]:
    async with user_simulation() as user:
        visitor = Visitor(user)
        rooms = rooms_of(visitor.desk, visitor.evidence, visitor.orders, visitor.alerts)
        add_pages(rooms, actor="amy")
        yield visitor


@pytest.fixture
def visitor(_visitor: Visitor) -> Visitor:
    """Somebody who has not pressed anything yet."""
    _visitor.meets(a_case())
    return _visitor
