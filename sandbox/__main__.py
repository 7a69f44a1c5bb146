"""`python -m sandbox`: serve the shops until SIGTERM or SIGINT."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from typing_extensions import override

from sandbox.app import Sandbox, create_app
from sandbox.errors import ControlError
from sandbox.scenario import Scenario
from sandbox.seed import read_seed


class _Server(uvicorn.Server):
    """Announces itself once it listens, and leaves signals to `_serve`."""

    def __init__(self, config: uvicorn.Config, ready_file: Path | None, url: str) -> None:
        super().__init__(config)
        self._ready_file = ready_file
        self._url = url

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after a clean end, which would spoil exit status 0.
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _announce(self._url, self._ready_file)


def _announce(url: str, ready_file: Path | None) -> None:
    line = json.dumps({"url": url})
    if ready_file is None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        return
    draft = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    draft.write_text(line, encoding="utf-8")
    draft.replace(ready_file)


async def _serve(arguments: argparse.Namespace) -> None:
    sandbox = _sandbox(arguments)
    listener = socket.create_server((arguments.host, arguments.port))
    url = f"http://{arguments.host}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        sandbox,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, arguments.ready_file, url)

    def stop() -> None:
        sandbox.release()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve(sockets=[listener])


def _sandbox(arguments: argparse.Namespace) -> Sandbox:
    return create_app(
        seed=read_seed(arguments.orders) if arguments.orders else None,
        scenario=Scenario.read(arguments.scenario) if arguments.scenario else None,
        state=arguments.state,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--orders", type=Path, help="shops and orders of a new state, JSON")
    parser.add_argument("--scenario", type=Path, help="how buyers and the platform behave, JSON")
    parser.add_argument("--state", type=Path, help="file that survives a kill")
    parser.add_argument("--ready-file", type=Path, help='written as {"url"} once it listens')
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; exit status 2 for files that cannot be used."""
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments))
    except (ControlError, OSError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
