"""Parts of an installation are kept running, and stopped for good when asked."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from casedesk.processes import ProcessError, Program, Supervisor
from casedesk.settings import ROOT

WRITES_PID = (
    "import os, pathlib, signal, sys, time\n"
    "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
    "time.sleep(60)\n"
)
DEAF = (
    "import pathlib, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "pathlib.Path(sys.argv[1]).write_text('deaf')\n"
    "time.sleep(60)\n"
)
LEAVES_ORDER = (
    "import pathlib, signal, sys, time\n"
    "def leave(*_):\n"
    "    with open(sys.argv[2], 'a') as words: words.write(sys.argv[3] + ' ')\n"
    "    sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "pathlib.Path(sys.argv[1]).write_text('up')\n"
    "time.sleep(60)\n"
)


def _is_filled(path: Path) -> bool:
    return path.exists() and bool(path.read_text())


def _written(path: Path) -> Callable[[], Awaitable[bool]]:
    async def is_there() -> bool:
        return _is_filled(path)

    return is_there


def _program(code: str, ready: Path, *arguments: str, **other: object) -> Program:
    command = [sys.executable, "-c", code, str(ready), *arguments]
    return Program(
        name=str(other.get("name", "part")),
        command=command,
        is_ready=_written(ready),
        ready_seconds=float(str(other.get("ready_seconds", 20))),
        grace_seconds=float(str(other.get("grace_seconds", 10))),
    )


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # another process gives no event
            await asyncio.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_started_program_is_ready_and_known_by_its_pid(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    async with Supervisor(tmp_path / "logs") as supervisor:
        pid = await supervisor.start(_program(WRITES_PID, ready))
        assert str(pid) == ready.read_text()
        assert pid == supervisor.pid("part")


async def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    async with Supervisor(tmp_path / "logs") as supervisor:
        first = await supervisor.start(_program(WRITES_PID, ready))
        os.kill(first, signal.SIGKILL)
        await _until(lambda: ready.read_text() not in {"", str(first)})
        assert 1 == supervisor.restarts("part")
        assert str(supervisor.pid("part")) == ready.read_text()


async def test_nothing_runs_any_more_after_the_end(tmp_path: Path) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        pid = await supervisor.start(_program(WRITES_PID, tmp_path / "ready"))
    assert not _is_alive(pid)


async def test_programs_are_stopped_last_started_first(tmp_path: Path) -> None:
    words = tmp_path / "words"
    async with Supervisor(tmp_path / "logs") as supervisor:
        for name in ("server", "sandbox", "worker"):
            ready = tmp_path / name
            await supervisor.start(_program(LEAVES_ORDER, ready, str(words), name, name=name))
    assert "worker sandbox server" == words.read_text().strip()


async def test_a_program_that_ignores_the_request_is_killed_after_its_grace(
    tmp_path: Path,
) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        deaf = _program(DEAF, tmp_path / "ready", grace_seconds=0.2)
        pid = await supervisor.start(deaf)
    assert not _is_alive(pid)


async def test_a_program_that_ends_at_once_is_an_error_with_its_last_words(
    tmp_path: Path,
) -> None:
    program = _program("import sys; sys.exit('the key is missing')", tmp_path / "never")
    async with Supervisor(tmp_path / "logs") as supervisor:
        with pytest.raises(ProcessError, match="part ended with status 1: the key is missing"):
            await supervisor.start(program)


async def test_a_program_that_is_never_ready_is_stopped_and_named(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    program = Program(
        name="part",
        command=[sys.executable, "-c", WRITES_PID, str(pid_file)],
        is_ready=_written(tmp_path / "never"),
        ready_seconds=1.5,
    )
    async with Supervisor(tmp_path / "logs") as supervisor:
        with pytest.raises(ProcessError, match=r"part was not ready within 1\.5 s"):
            await supervisor.start(program)
    assert not _is_alive(int(pid_file.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's request is Linux's own")
async def test_a_program_does_not_outlive_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """A second start after a crash must not meet the first one's server on the same file."""
    ready = tmp_path / "ready"
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from casedesk.processes import Program, Supervisor\n"
        "async def main():\n"
        "    command = [sys.executable, '-c', sys.argv[1], sys.argv[2]]\n"
        "    await Supervisor(Path(sys.argv[3])).start(Program('part', command))\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    arguments = (WRITES_PID, str(ready), str(tmp_path / "logs"))
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *arguments, cwd=ROOT)
    await _until(lambda: _is_filled(ready))
    parent.kill()
    await parent.wait()
    await _until(lambda: not _is_alive(int(ready.read_text())))
