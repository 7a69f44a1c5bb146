"""Keeping the parts of one installation running: start, restart when dead, stop in order."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from casedesk.errors import CaseDeskError

logger = structlog.get_logger()

_TETHER = Path(__file__).with_name("tether.py")
_LOOK_EVERY_SECONDS = 0.03
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0
_STEADY_SECONDS = 2.0
"""A program that lived this long starts again without a pause."""
_TAIL_CHARACTERS = 600


class ProcessError(CaseDeskError):
    """A part of the installation could not be started."""


@dataclass(frozen=True)
class Program:
    """One part of an installation, as a command that runs until it is stopped."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of this process."""
    is_ready: Callable[[], Awaitable[bool]] | None = None
    """Asked again and again until it says yes; None: ready at once."""
    ready_seconds: float = 30.0
    grace_seconds: float = 10.0
    """Between SIGTERM and SIGKILL."""


class Supervisor:
    """Runs programs as children, starts them again when they die, stops them last first."""

    def __init__(self, logs: Path) -> None:
        """Write what the programs print to one file each under *logs*."""
        self._logs = logs
        self._kept: dict[str, _Kept] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, program: Program) -> int:
        """Start a program and wait until it is ready.

        Args:
            program: What to run.

        Returns:
            Its process id.

        Raises:
            ProcessError: It ended or was not ready in time; the message holds its last words.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        kept = _Kept(program, self._logs / f"{program.name}.log")
        await kept.begin()
        self._kept[program.name] = kept
        return kept.pid

    def pid(self, name: str) -> int:
        """Return the process id of a program; it changes when the program is restarted."""
        return self._kept[name].pid

    def restarts(self, name: str) -> int:
        """Return how often a program was started again."""
        return self._kept[name].restarts

    async def stop(self) -> None:
        """Stop everything, the last started first."""
        while self._kept:
            _, kept = self._kept.popitem()
            await kept.end()


class _Kept:
    """One program under supervision."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.restarts = 0
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def begin(self) -> None:
        """Start for the first time; a program that cannot start is an error, not a restart."""
        process = await self._spawn()
        try:
            async with asyncio.timeout(self.program.ready_seconds):
                await self._until_ready(process)
        except TimeoutError as error:
            await _end(process, self.program.grace_seconds)
            raise ProcessError(
                f"{self.program.name} was not ready within {self.program.ready_seconds:g} s; "
                f"see {self._log.name}: {self._last_words()}"
            ) from error
        except BaseException:
            await _end(process, self.program.grace_seconds)
            raise
        self._watch = asyncio.create_task(self._keep_running(process))

    async def end(self) -> None:
        """Stop the program for good."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self._process is not None:
            await _end(self._process, self.program.grace_seconds)

    async def _spawn(self) -> asyncio.subprocess.Process:
        command = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid())]
        with self._log.open("ab") as log:
            # A session of its own keeps Ctrl-C on the terminal from stopping it out of order.
            self._process = await asyncio.create_subprocess_exec(
                *command,
                *self.program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.program.env},
                start_new_session=True,
            )
        return self._process

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        while self.program.is_ready is not None and not await self.program.is_ready():
            if process.returncode is not None:
                raise ProcessError(
                    f"{self.program.name} ended with status {process.returncode}: "
                    f"{self._last_words()}"
                )
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _keep_running(self, process: asyncio.subprocess.Process) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            status = await process.wait()
            name, lived = self.program.name, time.monotonic() - began
            logger.warning("process.ended", name=name, status=status, lived_seconds=lived)
            pause = _FIRST_PAUSE_SECONDS if lived > _STEADY_SECONDS else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            self.restarts += 1
            process = await self._spawn()

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-_TAIL_CHARACTERS:].strip() or "no word"


async def _end(process: asyncio.subprocess.Process, grace_seconds: float) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), grace_seconds)
        except TimeoutError:
            process.kill()
    await process.wait()


@contextlib.asynccontextmanager
async def supervised(program: Program, logs: Path) -> AsyncIterator[Supervisor]:
    """Run one program under a supervisor of its own."""
    async with Supervisor(logs) as supervisor:
        await supervisor.start(program)
        yield supervisor
