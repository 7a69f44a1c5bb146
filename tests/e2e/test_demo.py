"""The demo as merchants see it: every promise holds, whatever is killed on the way."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from casedesk.demo import DemoReport, run_demo
from casedesk.demo.installation import Installation
from casedesk.settings import Settings

SMALL = 40


def _figures(report: DemoReport) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(one.order_ids)) for key, one in report.figures.items()}


def _killer(part: str, every_seconds: float, killed: list[int]):  # noqa: ANN202  # a closure
    async def kill(parts: Installation) -> None:
        while True:
            await asyncio.sleep(every_seconds)
            killed.append(parts.pid(part))
            os.kill(parts.pid(part), signal.SIGKILL)

    return kill


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """The demo on a quiet day."""
    home = tmp_path_factory.mktemp("quiet")
    return await run_demo(Settings(home=home), lambda _: None, size=SMALL)
