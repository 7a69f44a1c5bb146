"""An installation in real time: its own server on a database file, shops, worker processes."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from casedesk.server import EmbeddedServer, embedded_server, until_answering
from casedesk.settings import ROOT, Settings
from casedesk.shops import connect_shops, open_shop_client
from records.database import Database
from sandbox.shops import APP_KEY, APP_SECRET, US_AUTH_CODE, US_SHOP_ID
from tests.support.holding_proxy import Proxy, holding_proxy
from tests.support.sandbox import running_sandbox
from tests.support.stack import Opened, Stack
from workflows import names

_READY_SECONDS = 30
_TIMEOUT_SECONDS = 25
"""Longer than the calls of one test are held, so that no held call fails by itself."""


@dataclass
class RealHome:
    """The installation; `stack` opens and watches cases in it."""

    stack: Stack
    proxy: Proxy
    server: EmbeddedServer
    env: dict[str, str]
    log: Path
    workers: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def open(self, order_id: str) -> Opened:
        """Open a case by plain start; its clock is real."""
        handle = await self.stack.client.start_workflow(
            names.OVERSELL_CASE,
            {"shop_id": US_SHOP_ID, "order_id": order_id, "short_lines": []},
            id=names.order_case_id(US_SHOP_ID, order_id),
            task_queue=names.CASES_QUEUE,
        )
        return Opened(self.stack, handle, US_SHOP_ID, order_id)

    async def start_worker(self) -> asyncio.subprocess.Process:
        """Run `python worker.py` until it is ready."""
        began = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(ROOT / "worker.py"), env=self.env, stdout=log, stderr=log
            )
        self.workers.append(process)
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                if b"worker.ready" in self.log.read_bytes()[began:]:
                    return process
                assert process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def kill_worker(self) -> None:
        """Kill the newest worker as a crash would."""
        self.workers[-1].kill()
        await self.workers[-1].wait()

    async def restart_server(self, how: signal.Signals) -> None:
        """End the server and wait until it is back on its file."""
        before = self.server.pid
        os.kill(before, how)
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                if self.server.pid != before:
                    break
                await asyncio.sleep(0.05)
        await until_answering(self.server.address)

    async def end_workers(self) -> None:
        """Stop whatever still runs."""
        for process in self.workers:
            if process.returncode is None:
                process.kill()
                await process.wait()


@contextlib.asynccontextmanager
async def real_home(home: Path) -> AsyncIterator[RealHome]:
    """Run server, shops and the gate between; workers are the test's to start."""
    async with (
        embedded_server(home) as server,
        running_sandbox() as shops,
        holding_proxy(shops.url) as proxy,
    ):
        settings = Settings(
            home=home,
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            api_base_url=proxy.url,
            auth_base_url=proxy.url,
        )
        db = Database.open(settings.records_url)
        db.migrate()
        await connect_shops(settings, db, US_AUTH_CODE)
        client = await Client.connect(server.address, data_converter=pydantic_data_converter)
        async with open_shop_client(settings, db) as shop:
            stack = Stack(
                client=client,
                skipper=TimeSkipper(client, config=TimeSkippingConfig(enabled=False)),
                sandbox=shops,
                settings=settings,
                db=db,
                shop=shop,
                playbook_files=settings.shop_playbooks_folder,
            )
            running = RealHome(stack, proxy, server, _env(settings, server), home / "worker.log")
            try:
                yield running
            finally:
                await running.end_workers()
        db.close()


def _env(settings: Settings, server: EmbeddedServer) -> dict[str, str]:
    given: dict[str, Any] = {
        "WENHUO_HOME": settings.home,
        "WENHUO_APP_KEY": APP_KEY,
        "WENHUO_APP_SECRET": APP_SECRET,
        "WENHUO_API_BASE_URL": settings.api_base_url,
        "WENHUO_AUTH_BASE_URL": settings.auth_base_url,
        "WENHUO_HTTP_TIMEOUT_SECONDS": _TIMEOUT_SECONDS,
        "WENHUO_LOG_JSON": "true",
        "TEMPORAL_ADDRESS": server.address,
    }
    return os.environ | {name: str(value) for name, value in given.items()}
