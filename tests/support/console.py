"""`python -m console` for tests, beside a running stack."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casedesk.settings import ROOT
from sandbox.shops import APP_KEY, APP_SECRET
from tests.support.stack import Stack

_READY_SECONDS = 60.0


@dataclass
class RunningConsole:
    """A console process on 127.0.0.1."""

    ready: dict[str, Any]
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return str(self.ready["webhooks"])


def console_environment(stack: Stack) -> dict[str, str]:
    """Return the variables of a console on the stack's server and records."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TEMPORAL_ADDRESS": stack.client.service_client.config.target_host,
        "WENHUO_HOME": str(stack.settings.home),
        "WENHUO_APP_KEY": APP_KEY,
        "WENHUO_APP_SECRET": APP_SECRET,
    }


@contextlib.asynccontextmanager
async def running_console(
    stack: Stack, folder: Path, *options: str
) -> AsyncIterator[RunningConsole]:
    """Run a console; it must end cleanly when it is told to."""
    ready = folder / "ready.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "console", "--port", "0", "--ready-file", str(ready), *options),
        cwd=ROOT,
        env=console_environment(stack),
    )
    try:
        async with asyncio.timeout(_READY_SECONDS):
            while not ready.exists():
                assert process.returncode is None
                await asyncio.sleep(0.05)
        yield RunningConsole(json.loads(ready.read_text()), process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert 0 == await asyncio.wait_for(process.wait(), 20)
