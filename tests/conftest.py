"""What every test folder shares: one running product per session, a clean environment."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.support.stack import Stack, running_stack


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("WENHUO_", "TEMPORAL_")) and name != "WENHUO_TEST_POSTGRES_URL":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The product with sandbox shops, in virtual time."""
    async with running_stack() as running:
        yield running
