"""The whole product in one test process: real server, real HTTP to a sandbox, real workers.

The server, the sandbox and the workers live for the session; every test opens cases on orders
of its own, so none depends on another.
"""

import asyncio
import contextlib
import itertools
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

import worker
from casedesk.ads import open_ads_client
from casedesk.conductor import Conductors, conductor_worker
from casedesk.settings import ROOT, Settings
from casedesk.shops import connect_shops, open_shop_client
from domain.cases import CaseState, CaseView, TimelineEvent
from domain.timeline import EventKey
from records.database import Database
from sandbox.ads import ADS_TOKEN
from sandbox.shops import APP_KEY, APP_SECRET, TH_AUTH_CODE, US_AUTH_CODE, US_SHOP_ID
from tests.support.sandbox import RunningSandbox, running_sandbox
from tiktok_shop.client import ShopClient
from workflows import names

JACKET = "1729500000000001101"
"""A SKU of the US shop: 49.90 USD."""
JACKET_SELLER_SKU = "JACKET-RED-M"
DEARER = "1729500000000001102"
"""A dearer one: 54.90 USD."""
CHEAPER = "1729500000000001103"
"""A cheaper one: 39.90 USD."""
SOCKS = "1729500000000001201"
TH_WIND = "1729500000000002101"
"""A SKU of the TH shop: 590.00 THB."""

SERVER_SETTINGS = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "history.timerProcessorMaxPollRPS": "1000",
    "history.workflowIdReuseMinimalInterval": '"0s"',
    # A deletion waits until the server has noted how far it has come: half a minute otherwise.
    "history.transferProcessorUpdateAckInterval": '"500ms"',
    "history.visibilityProcessorUpdateAckInterval": '"500ms"',
}
QUEUES = (names.CASES_QUEUE, names.SHOP_API_QUEUE, names.DESK_QUEUE)
_PATIENCE = 30.0
_numbers = itertools.count(1)


@dataclass
class Opened:
    """One case under test, with its own clock."""

    stack: "Stack"
    handle: WorkflowHandle[Any, Any]
    shop_id: str
    order_id: str

    async def view(self) -> CaseView:
        """Query the case."""
        return CaseView.model_validate(await self.handle.query("view"))

    async def timeline(self) -> list[TimelineEvent]:
        """Query what happened."""
        return [TimelineEvent.model_validate(e) for e in await self.handle.query("timeline")]

    async def keys(self) -> list[str]:
        """Return the keys of the timeline, in order."""
        return [str(event.key) for event in await self.timeline()]

    async def moves(self) -> set[str]:
        """Return the moves that were really taken, each as "state:move"."""
        return {
            f"{event.detail.split(' ')[0]}:{event.rule}"
            for event in await self.timeline()
            if event.key is EventKey.CASE_MOVED
        } | {
            f"{event.detail.split(' while ')[1].split(':')[0]}:{event.rule}"
            for event in await self.timeline()
            if event.key is EventKey.STEP_PARKED
        }

    async def refused(self, name: str, payload: Any) -> str:
        """Send an update that must be refused without an event; return the reason."""
        before = await self._updates_kept()
        try:
            await self.handle.execute_update(name, payload)
        except WorkflowUpdateFailedError as error:
            assert await self._updates_kept() == before, "a refusal left an event"
            return str(error.cause)
        raise AssertionError(f"{name} was accepted")

    async def _updates_kept(self) -> int:
        """Return how many updates stand in the history, whatever else it grows by meanwhile."""
        kept = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        history = await self.handle.fetch_history()
        return sum(event.event_type == kept for event in history.events)

    async def chose(self, choice: str, **also: Any) -> None:
        """Let something outside report the buyer's choice."""
        await self.signal("buyer_chose", {"choice": choice, **also})

    async def says(self, text: str, **also: Any) -> None:
        """Let the webhook receiver report what the buyer wrote."""
        message_id = f"m{next(_numbers)}"
        await self.signal("buyer_wrote", {"message_id": message_id, "text": text, **also})

    async def fault(self, kind: str, path_prefix: str, **other: Any) -> None:
        """Break calls of the shop that concern this order."""
        await self.stack.sandbox.fault(kind, path_prefix, **{"times": 1000, **other})

    async def until(self, *wanted: CaseState | Callable[[CaseView], bool]) -> CaseView:
        """Wait until the view satisfies every wish; states are wishes too."""
        async with asyncio.timeout(_PATIENCE) as limit:
            while True:
                view = await self.view()
                if all(_holds(view, wish) for wish in wanted):
                    return view
                if limit.when() and asyncio.get_running_loop().time() > (limit.when() or 0) - 1:
                    story = "\n".join(f"{e.key} {e.detail}" for e in await self.timeline())
                    raise AssertionError(f"still {view.state}, {view.needs_human}\n{story}")
                await asyncio.sleep(0.05)

    async def signal(self, name: str, payload: Mapping[str, Any]) -> None:
        """Send a signal as the wire does."""
        await self.handle.signal(name, dict(payload))

    async def update(self, name: str, payload: Mapping[str, Any]) -> CaseView:
        """Send an update as the wire does."""
        return CaseView.model_validate(await self.handle.execute_update(name, dict(payload)))

    async def skip(self, duration: timedelta) -> bool:
        """Move the case's clock; False if the case ended first."""
        return await self.stack.skipper.fast_forward(self.handle, duration)

    async def skip_to(self, instant: datetime, *, plus: timedelta = timedelta()) -> bool:
        """Move the case's clock to an instant; False if the case ended first."""
        return await self.skip(instant + plus - await self.now())

    async def now(self) -> datetime:
        """Return the case's clock."""
        return await self.stack.skipper.get_current_time(self.handle)

    async def result(self) -> CaseView:
        """Wait for the end of the case."""
        async with asyncio.timeout(_PATIENCE):
            return CaseView.model_validate(await self.handle.result())

    async def texts(self) -> list[str]:
        """Return what the shop really said about the order, from the sandbox."""
        effects = await self.stack.sandbox.effects()
        return [m["text"] for m in effects["messages"] if m["order_id"] == self.order_id]

    async def cancellations(self) -> list[dict[str, Any]]:
        """Return what was really cancelled of the order, from the sandbox."""
        effects = await self.stack.sandbox.effects()
        return [c for c in effects["cancellations"] if c["order_id"] == self.order_id]


def _holds(view: CaseView, wish: CaseState | Callable[[CaseView], bool]) -> bool:
    return view.state is wish if isinstance(wish, CaseState) else wish(view)


@dataclass
class Stack:
    """Everything that runs."""

    client: Client
    skipper: TimeSkipper
    sandbox: RunningSandbox
    settings: Settings
    db: Database
    shop: ShopClient
    playbook_files: Path = field(default_factory=Path)
    calls: list[str] = field(default_factory=list)
    """What people were told on their channel."""
    people_address: str = ""
    """That channel, for whoever else is written to."""
    opened: list[Opened] = field(default_factory=list)
    hire: Callable[[Client], list[Worker]] = field(default=lambda _client: [])
    """Makes fresh workers, one per queue, that share a connection."""
    crew: dict[str, Worker] = field(default_factory=dict)
    """Who works on each queue."""

    async def man(self, *queues: str) -> None:
        """Have every one of these queues worked on."""
        config = self.client.service_client.config
        # A connection lets nobody work twice on a queue, so those who come back bring their own.
        client = await Client.connect(
            config.target_host, data_converter=self.client.data_converter
        )
        for one in self.hire(client):
            if one.task_queue in queues and one.task_queue not in self.crew:
                self.crew[one.task_queue] = await one.__aenter__()

    async def leave(self, *queues: str) -> None:
        """Let nobody work on these queues any more."""
        for queue in queues:
            await self.crew.pop(queue).__aexit__(None, None, None)

    async def order(
        self,
        *,
        shop_id: str = US_SHOP_ID,
        lines: Mapping[str, int] | None = None,
        due_in: timedelta = timedelta(days=8),
        **fields: Any,
    ) -> str:
        """Put a fresh order into the sandbox and return its id."""
        number = next(_numbers)
        order_id = f"5764900000{number:08d}"
        sku = JACKET if shop_id == US_SHOP_ID else TH_WIND
        line_items = [{"sku_id": s, "quantity": n} for s, n in (lines or {sku: 1}).items()]
        order = {
            "shop_id": shop_id,
            "id": order_id,
            "status": "AWAITING_SHIPMENT",
            "user_id": f"74900000{number:08d}",
            "create_time": "-7200",
            "paid_time": "-7000",
            "shipping_due_time": f"+{int(due_in.total_seconds())}",
            "line_items": line_items,
            **fields,
        }
        await self.sandbox.put_orders(order)
        return order_id

    async def open(self, order_id: str, *, shop_id: str = US_SHOP_ID, **payload: Any) -> Opened:
        """Open a case on an order by plain start, as the Temporal CLI would."""
        case_id = payload.pop("case_id", None) or names.order_case_id(shop_id, order_id)
        signal = payload.pop("start_signal", None)
        handle = await self.skipper.client.start_workflow(
            payload.pop("workflow_type", names.OVERSELL_CASE),
            {"shop_id": shop_id, "order_id": order_id, "short_lines": [], **payload},
            id=case_id,
            task_queue=names.CASES_QUEUE,
            start_signal=signal[0] if signal else None,
            start_signal_args=[signal[1]] if signal else [],
        )
        case = Opened(stack=self, handle=handle, shop_id=shop_id, order_id=order_id)
        self.opened.append(case)
        return case

    async def asked(self, **kwargs: Any) -> Opened:
        """Open a case on a fresh order and wait until the buyer was asked."""
        order = {
            name: kwargs.pop(name)
            for name in ("lines", "due_in", "is_cod", "user_id", "fields")
            if name in kwargs
        }
        order |= order.pop("fields", {})
        shop_id = kwargs.pop("shop_id", US_SHOP_ID)
        order_id = await self.order(shop_id=shop_id, **order)
        case = await self.open(order_id, shop_id=shop_id, **kwargs)
        await case.until(CaseState.AWAITING_CHOICE)
        return case

    def write_playbook(self, name: str, text: str) -> str:
        """Add a named playbook for `playbook=` of a case; returns its name."""
        (self.playbook_files / f"{name}.yaml").write_text(
            text if text.startswith("name:") else f"name: {name}\n{text}"
        )
        return name


async def _server(more: Mapping[str, str], tries: int = 3) -> WorkflowEnvironment:
    wanted = {**SERVER_SETTINGS, **more}
    extra = [x for k, v in wanted.items() for x in ("--dynamic-config-value", f"{k}={v}")]
    for left in range(tries, 0, -1):
        try:
            return await WorkflowEnvironment.start_time_skipping_v2(
                ts_config=TimeSkippingConfig(enabled=False),
                dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
                dev_server_log_level="error",
                dev_server_extra_args=extra,
                search_attributes=list(names.SEARCH_ATTRIBUTES),
                data_converter=pydantic_data_converter,
            )
        except RuntimeError:
            if left == 1:
                raise
    raise AssertionError("unreachable: the loop returns or raises")


@contextlib.asynccontextmanager
async def running_stack(
    *, people: bool = False, server: Mapping[str, str] = MappingProxyType({}), **options: Any
) -> AsyncIterator[Stack]:
    """Start everything and stop it in the right order: workers before the server.

    Args:
        people: Whether a channel stands on which people are called; it is slow to load.
        server: Further settings of the Temporal server.
        options: Go to the sandbox.
    """
    env = await _server(server)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with running_sandbox(**options) as shops, _people() as channel:
                home = Path(folder)
                shutil.copytree(ROOT / "playbooks", home / "rules")
                settings = Settings(
                    home=home,
                    playbooks=home / "rules",
                    app_key=APP_KEY,
                    app_secret=APP_SECRET,
                    api_base_url=shops.url,
                    auth_base_url=shops.url,
                    http_timeout_seconds=2,
                    shop_api_per_second=500,
                    people=channel.address if people else None,
                    ads_token=SecretStr(ADS_TOKEN),
                    ads_base_url=shops.url,
                    host_desks={US_SHOP_ID: channel.address},
                    news_per_second=500,
                )
                async with _product(env, settings, shops, channel.calls) as stack:
                    stack.people_address = channel.address
                    yield stack
    finally:
        await env.shutdown()


@dataclass
class _People:
    """The channel on which people are called."""

    address: str = ""
    calls: list[str] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        self.calls.append((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def _people() -> AsyncIterator[_People]:
    people = _People()
    server = await asyncio.start_server(people.take, "127.0.0.1", 0)
    people.address = f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield people


@contextlib.asynccontextmanager
async def _product(
    env: WorkflowEnvironment, settings: Settings, shops: RunningSandbox, calls: list[str]
) -> AsyncIterator[Stack]:
    db = Database.open(settings.records_url)
    db.migrate()
    for code in (US_AUTH_CODE, TH_AUTH_CODE):
        await connect_shops(settings, db, code)
    async with (
        open_shop_client(settings, db) as shop,
        open_ads_client(settings) as ads,
        contextlib.AsyncExitStack() as workers,
    ):
        starter = Conductors(env.client)
        await workers.enter_async_context(conductor_worker(env.client))
        stack = Stack(
            client=env.client,
            skipper=TimeSkipper(env.client, config=TimeSkippingConfig(enabled=False)),
            sandbox=shops,
            settings=settings,
            db=db,
            shop=shop,
            playbook_files=settings.playbooks,
            calls=calls,
            hire=lambda client: worker.build_workers(
                client, settings, db=db, shop=shop, ads=ads, starter=starter
            ),
        )
        await stack.man(*QUEUES)
        try:
            yield stack
        finally:
            await stack.leave(*stack.crew)
    db.close()
