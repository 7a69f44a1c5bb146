"""`up`: everything on this machine, kept running until it is told to stop."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig

from casedesk.connection import connect_to
from casedesk.errors import RefusedError
from casedesk.processes import Program, Supervisor
from casedesk.queues import polled_since
from casedesk.sandbox_run import for_sandbox, published
from casedesk.server import embedded_server, free_port
from casedesk.session import open_records
from casedesk.setting_up import connect_by_code, prepare
from casedesk.settings import ROOT, Settings
from casedesk.shops import open_shop_client
from casedesk.webhooks import register_webhooks, webhook_address
from records.database import Database
from records.shops import ShopDirectory

logger = structlog.get_logger()

_LOOK_EVERY_SECONDS = 0.1
_WORKER_GRACE_SECONDS = 40.0
"""Longer than the worker gives its own activities to finish."""
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class UpOptions:
    """What `up` was asked for."""

    ready_file: Path | None = None
    """Written once cases can be opened."""
    console: bool = True
    """Whether people's pages are served beside the webhooks."""
    port: int = 0
    """Of webhooks and console; 0 takes a free one."""
    workers: int = 1
    temporal_ui_port: int | None = None


@dataclass(frozen=True)
class _Place:
    """Where the parts of one running installation are."""

    settings: Settings
    temporal: str
    namespace: str
    sandbox: str
    client: Client

    @property
    def env(self) -> dict[str, str]:
        """What every part needs to know of the others."""
        return {
            **_paths(self.settings.home),
            "TEMPORAL_ADDRESS": self.temporal,
            "TEMPORAL_NAMESPACE": self.namespace,
            "WENHUO_APP_KEY": self.settings.app_key,
            "WENHUO_APP_SECRET": self.settings.app_secret.get_secret_value(),
            "WENHUO_API_BASE_URL": self.sandbox,
            "WENHUO_AUTH_BASE_URL": self.sandbox,
        }


async def run_up(settings: Settings, options: UpOptions, say: Say) -> None:
    """Run server, sandbox, workers and receiver until SIGTERM or SIGINT.

    Everything is kept under the home, so that the next `up` there goes on where this one ended.

    Args:
        settings: Names the home; the platform of `up` is always its own sandbox.
        options: What was asked for.
        say: Told in a few words how far the start has come.

    Raises:
        CaseDeskError: A part could not be started; one sentence.
    """
    stop = _stop_on_signals()
    home = settings.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    with _only_one(home):
        files = [path for path in (options.ready_file, settings.run_file) if path]
        for stale in files:
            stale.unlink(missing_ok=True)
        try:
            await _run(settings, options, say, stop, files)
        finally:
            settings.run_file.unlink(missing_ok=True)


async def _run(
    settings: Settings, options: UpOptions, say: Say, stop: asyncio.Event, files: list[Path]
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        say("starting the server and the sandbox")
        place, supervisor = await _foundations(stack, settings, options)
        with open_records(place.settings) as db:
            shop_ids = await _connect(place, db)
            say("starting workers and receiver")
            urls = await _start_rest(place, supervisor, options)
            await _register(place, db, urls["webhooks"])
        state = {
            "temporal": place.temporal,
            "namespace": place.namespace,
            "sandbox": place.sandbox,
            **urls,
            "shop_id": shop_ids[0],
            "shop_ids": shop_ids,
            "pid": os.getpid(),
        }
        await _stay(stop, supervisor, _worker_names(options), state=state, files=files, say=say)
        say("stopping")


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home: a second sandbox or server on its files would spoil them."""
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(
                f"{home} is in use by another `up`; stop that one or choose another WENHUO_HOME"
            ) from error
        yield


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _foundations(
    stack: contextlib.AsyncExitStack, settings: Settings, options: UpOptions
) -> tuple[_Place, Supervisor]:
    server = asyncio.create_task(_server(stack, settings, options))
    supervisor = Supervisor(settings.home.absolute() / "logs")
    sandbox = asyncio.create_task(_sandbox(supervisor, settings))
    try:
        (address, namespace, client), url = await asyncio.gather(server, sandbox)
    except BaseException:
        await asyncio.gather(server, sandbox, return_exceptions=True)
        await supervisor.stop()
        raise
    # Entered after the server, so that workers and sandbox end before it does.
    await stack.enter_async_context(supervisor)
    reached = for_sandbox(settings, url, await published(url))
    return _Place(reached, address, namespace, url, client), supervisor


async def _server(
    stack: contextlib.AsyncExitStack, settings: Settings, options: UpOptions
) -> tuple[str, str, Client]:
    if "TEMPORAL_ADDRESS" in os.environ:
        client = await connect_to(ClientConfig.load_client_connect_config())
        await prepare(client)
        return client.service_client.config.target_host, client.namespace, client
    server = await stack.enter_async_context(
        embedded_server(settings.home.absolute(), ui_port=options.temporal_ui_port)
    )
    client = await Client.connect(
        server.address, namespace=server.namespace, data_converter=pydantic_data_converter
    )
    return server.address, server.namespace, client


async def _sandbox(supervisor: Supervisor, settings: Settings) -> str:
    home, port = settings.home.absolute(), free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    command += ["--state", str(home / "sandbox.state"), "--ready-file", str(home / "sandbox.json")]
    await supervisor.start(
        Program("sandbox", command, env=_paths(home), is_ready=lambda: _answers(url))
    )
    return url


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(f"{url}/_control/clock")).is_success
    except httpx.HTTPError:
        return False


def _paths(home: Path) -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(ROOT), *([inherited] if inherited else [])])
    return {"PYTHONPATH": path, "WENHUO_HOME": str(home.absolute())}


async def _connect(place: _Place, db: Database) -> list[str]:
    """Connect every shop of the sandbox, the one with chat in the US first."""
    shops = (await published(place.sandbox))["shops"]
    for code in dict.fromkeys(shop["auth_code"] for shop in shops):
        await connect_by_code(place.settings, db, code)
    return [shop["shop_id"] for shop in sorted(shops, key=_main_first)]


def _main_first(shop: dict[str, Any]) -> tuple[bool, bool, str]:
    return shop["region"] != "US", not shop["chat"], shop["shop_id"]


async def _start_rest(
    place: _Place, supervisor: Supervisor, options: UpOptions
) -> dict[str, str | None]:
    began = datetime.now(UTC)
    programs = [
        Program(
            name,
            [sys.executable, str(ROOT / "worker.py")],
            env=place.env,
            is_ready=lambda: polled_since(place.client, began),
            grace_seconds=_WORKER_GRACE_SECONDS,
        )
        for name in _worker_names(options)
    ]
    workers = asyncio.gather(*(supervisor.start(program) for program in programs))
    urls, _ = await asyncio.gather(_receiver(place, supervisor, options), workers)
    return urls


def _worker_names(options: UpOptions) -> list[str]:
    return [f"worker-{number}" for number in range(1, options.workers + 1)]


async def _receiver(
    place: _Place, supervisor: Supervisor, options: UpOptions
) -> dict[str, str | None]:
    ready = place.settings.home.absolute() / "console.json"
    ready.unlink(missing_ok=True)
    # The port is chosen here, so that a receiver that is started again has the same address.
    command = [sys.executable, "-m", "console", "--port", str(options.port or free_port())]
    command += ["--ready-file", str(ready), *([] if options.console else ["--no-console"])]

    async def is_ready() -> bool:
        return ready.exists()

    await supervisor.start(Program("console", command, env=place.env, is_ready=is_ready))
    urls: dict[str, str | None] = json.loads(ready.read_text())
    return {"console": urls["console"], "webhooks": urls["webhooks"]}


async def _register(place: _Place, db: Database, webhooks: str | None) -> None:
    address = webhook_address(webhooks or "", place.settings)
    async with open_shop_client(place.settings, db) as client:
        for shop in ShopDirectory(db).all():
            await register_webhooks(client, shop, address)


async def _stay(
    stop: asyncio.Event,
    supervisor: Supervisor,
    workers: list[str],
    *,
    state: dict[str, Any],
    files: list[Path],
    say: Say,
) -> None:
    """Keep the files true until told to stop; a worker that died comes back as another pid."""
    written: list[int] = []
    while not stop.is_set():
        pids = [supervisor.pid(name) for name in workers]
        if pids != written:
            for path in files:
                write_atomically(path, {**state, "worker_pids": pids})
            say(_where(state) if not written else "a worker was started again")
            written = pids
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_EVERY_SECONDS)


def _where(state: Mapping[str, Any]) -> str:
    """Return where to go on from, for whoever watches the terminal."""
    pages = f"pages {state['console']}" if state["console"] else f"webhooks {state['webhooks']}"
    return f"ready: {pages}, Temporal {state['temporal']}; Ctrl-C ends it"


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file so that a reader sees all of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)
