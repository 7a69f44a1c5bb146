"""What every test folder shares: one running product per session, a clean environment."""

import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from casedesk.logs import QUIET
from tests.support.stack import Stack, running_stack


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("WENHUO_", "TEMPORAL_")) and name != "WENHUO_TEST_POSTGRES_URL":
            monkeypatch.delenv(name)


# The session's workers log while a command under test runs, and its stdout is one JSON document.
structlog.configure(logger_factory=lambda *_args: structlog.PrintLogger(sys.stderr))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands under test set logging up for a process of their own; take that back."""
    root, config = logging.getLogger(), structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in ("", *QUIET)}
    yield
    structlog.configure(**config)
    for handler in list(root.handlers):
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The product with sandbox shops, in virtual time."""
    async with running_stack() as running:
        yield running
