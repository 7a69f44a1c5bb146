"""A whole installation for one demo: server, sandbox, worker and receiver as real processes."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from casedesk.demo.files import (
    ADS_TOKEN,
    ads_book,
    carriers_book,
    sandbox_orders,
    scenario,
    suppliers_book,
)
from casedesk.demo.letterbox import Letterbox, letterbox
from casedesk.demo.shops import SHOPS, DemoShop
from casedesk.demo.stream import Stream
from casedesk.desk import CaseDesk
from casedesk.processes import ProcessError, Program, Supervisor
from casedesk.queues import polled_since
from casedesk.sandbox_run import for_sandbox, published
from casedesk.server import EmbeddedServer, embedded_server, free_port
from casedesk.session import open_records
from casedesk.settings import ROOT, Settings
from casedesk.shops import connect_shops, open_shop_client
from casedesk.webhooks import register_webhooks, webhook_address
from records.database import Database
from records.shops import ShopDirectory

PARTS = ("sandbox", "worker", "receiver")
_SHOP_CALLS_PER_SECOND = "300"
_NEWS_PER_SECOND = "100"
_WORKER_GRACE_SECONDS = 40.0
_LOOK_EVERY_SECONDS = 0.05
_BACK_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class Installation:
    """A running installation."""

    settings: Settings
    server: EmbeddedServer
    supervisor: Supervisor
    sandbox: str
    receiver: str
    desk: CaseDesk
    http: httpx.AsyncClient
    letters: Letterbox

    @property
    def client(self) -> Client:
        """A client of its server."""
        return self.desk.client

    def pid(self, part: str) -> int:
        """Return the process id of "server" or one of `PARTS`."""
        return self.server.pid if part == "server" else self.supervisor.pid(part)

    def restarts(self) -> dict[str, int]:
        """Return how often each part was started again."""
        counts = {part: self.supervisor.restarts(part) for part in PARTS}
        return counts | {"server": self.server.restarts}

    async def all_there(self) -> None:
        """Return once every part that must answer does; no time passes meanwhile.

        Raises:
            ProcessError: A part does not come back.
        """
        give_up = time.monotonic() + _BACK_WITHIN_SECONDS
        while not all(await asyncio.gather(*self._answers())):
            if time.monotonic() > give_up:
                raise ProcessError(
                    f"a part did not come back within {_BACK_WITHIN_SECONDS:g} s; see the logs "
                    f"in {self.settings.home}"
                )
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def _answers(self) -> list[Awaitable[bool]]:
        urls = (f"{self.sandbox}/_control/clock", f"{self.receiver}/healthz")
        return [_serves(self.client), *(_answers(self.http, url) for url in urls)]


@contextlib.asynccontextmanager
async def installation(settings: Settings, stream: Stream) -> AsyncIterator[Installation]:
    """Run everything the demo needs under the home of *settings*, shops connected.

    Args:
        settings: Its home must be fresh.
        stream: What the shops hold and how their buyers behave.

    Raises:
        CaseDeskError: A part could not be started.
    """
    home = settings.home
    async with contextlib.AsyncExitStack() as stack:
        letters = await stack.enter_async_context(letterbox())
        _write_files(home, stream, letters)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=2, trust_env=False))
        supervisor = Supervisor(home / "logs")
        stack.push_async_callback(supervisor.stop)
        server, sandbox = await asyncio.gather(
            stack.enter_async_context(embedded_server(home, virtual_time=True)),
            _start_sandbox(supervisor, home, http),
        )
        # Once more, so that programs stop before the server that they talk to.
        stack.push_async_callback(supervisor.stop)
        reached = for_sandbox(settings, sandbox, await published(sandbox))
        db = stack.enter_context(open_records(reached))
        for shop in SHOPS:
            await connect_shops(reached, db, shop.auth_code)
        client = await Client.connect(
            server.address, namespace=server.namespace, data_converter=pydantic_data_converter
        )
        env = _env(reached, server, sandbox, letters)
        worker = _start_worker(supervisor, client, env)
        receiver, _ = await asyncio.gather(_start_receiver(supervisor, home, env, http), worker)
        await _register(reached, db, receiver)
        desk = CaseDesk(client, reached, db)
        yield Installation(reached, server, supervisor, sandbox, receiver, desk, http, letters)


def _write_files(home: Path, stream: Stream, letters: Letterbox) -> None:
    files = {f"playbooks/{shop.shop_id}.yaml": _playbook(shop) for shop in SHOPS}
    files |= {"orders.json": sandbox_orders(stream), "scenario.json": scenario(stream)}
    files |= {"ads.yaml": ads_book(), "suppliers.yaml": suppliers_book(letters.address)}
    files |= {"carriers.yaml": carriers_book(letters.address)}
    (home / "playbooks").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        # JSON is YAML, too.
        (home / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _playbook(shop: DemoShop) -> dict[str, Any]:
    """Return the shop's overlay: what it offers, and intervals that a week in a minute allows."""
    currency = shop.short.price.currency
    discounts = [[{"kind": "discount", "amount": {currency: most}}] for most in shop.discounts]
    approval = {"approve_above": {currency: shop.approve_above}} if shop.approve_above else {}
    return {
        "name": f"demo-{shop.region.lower()}",
        "choice": {"reminders": ["8h"]},
        "wait": {"gift": shop.gift},
        "swap": {"look_every": "6h"},
        "refund": {"coupon_id": shop.coupon[0], **approval},
        "stockout": {"rounds": discounts},
        "incident": {"look_every": "6h", "look_at_most": "24h"},
        "pickup": {"look_every": "24h", "watch_for_penalty": "2d"},
    }


def _env(
    settings: Settings, server: EmbeddedServer, sandbox: str, letters: Letterbox
) -> dict[str, str]:
    desks = {shop.shop_id: f"{letters.address}/host-{shop.region}" for shop in SHOPS}
    return {
        **_paths(settings.home),
        "TEMPORAL_ADDRESS": server.address,
        "TEMPORAL_NAMESPACE": server.namespace,
        "WENHUO_APP_KEY": settings.app_key,
        "WENHUO_APP_SECRET": settings.app_secret.get_secret_value(),
        "WENHUO_API_BASE_URL": sandbox,
        "WENHUO_AUTH_BASE_URL": sandbox,
        "WENHUO_SHOP_API_PER_SECOND": _SHOP_CALLS_PER_SECOND,
        "WENHUO_NEWS_PER_SECOND": _NEWS_PER_SECOND,
        "WENHUO_ADS_TOKEN": ADS_TOKEN,
        "WENHUO_ADS_BASE_URL": sandbox,
        "WENHUO_HOST_DESKS": json.dumps(desks),
    }


def _paths(home: Path) -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(ROOT), *([inherited] if inherited else [])])
    return {"PYTHONPATH": path, "WENHUO_HOME": str(home)}


async def _start_sandbox(supervisor: Supervisor, home: Path, http: httpx.AsyncClient) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    for option, name in (("orders", "json"), ("scenario", "json"), ("state", "db")):
        prefix = "sandbox-" if option == "state" else ""
        command += [f"--{option}", str(home / f"{prefix}{option}.{name}")]
    await supervisor.start(
        Program(
            "sandbox",
            command,
            env=_paths(home),
            is_ready=lambda: _answers(http, f"{url}/_control/clock"),
        )
    )
    return url


async def _start_worker(supervisor: Supervisor, client: Client, env: dict[str, str]) -> None:
    began = datetime.now(UTC)
    await supervisor.start(
        Program(
            "worker",
            [sys.executable, str(ROOT / "rehearsal_worker.py")],
            env=env,
            is_ready=lambda: polled_since(client, began),
            ready_seconds=60,
            grace_seconds=_WORKER_GRACE_SECONDS,
        )
    )


async def _start_receiver(
    supervisor: Supervisor, home: Path, env: dict[str, str], http: httpx.AsyncClient
) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "console", "--port", str(port), "--no-console"]
    command += ["--ready-file", str(home / "receiver.json")]
    await supervisor.start(
        Program(
            "receiver",
            command,
            env=env,
            is_ready=lambda: _answers(http, f"{url}/healthz"),
            ready_seconds=60,
        )
    )
    return url


async def _register(settings: Settings, db: Database, receiver: str) -> None:
    address = webhook_address(receiver, settings)
    async with open_shop_client(settings, db) as client:
        for shop in ShopDirectory(db).all():
            await register_webhooks(client, shop, address)


async def _serves(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=timedelta(seconds=2))
    except RPCError:
        return False


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).is_success
    except httpx.HTTPError:
        return False
