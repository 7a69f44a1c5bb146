"""Virtual time for tests: a server whose clocks can be moved, and a whole installation on it.

The server is the real one. The SDK gives it five seconds to start, which a busy machine may
exceed, so `virtual_server` starts it the way the product does.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

import worker
from casedesk.conductor import Conductors
from casedesk.sandbox_run import for_sandbox, published
from casedesk.server import embedded_server
from casedesk.settings import Settings
from casedesk.shops import connect_shops, open_shop_client
from casedesk.virtual_clock import VirtualClock
from domain.cases import CaseView
from records.database import Database
from sandbox.shops import TH_AUTH_CODE, US_AUTH_CODE
from tests.support.sandbox import RunningSandbox, running_sandbox


@contextlib.asynccontextmanager
async def virtual_server(home: Path | None = None) -> AsyncIterator[Client]:
    """Run an embedded server in virtual time and connect to it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with embedded_server(home or Path(folder), virtual_time=True) as server:
            yield await Client.connect(
                server.address,
                namespace=server.namespace,
                data_converter=pydantic_data_converter,
            )


@dataclass
class VirtualShops:
    """Server, sandbox and workers, with one clock over all of them."""

    client: Client
    clock: VirtualClock
    sandbox: RunningSandbox
    settings: Settings
    start: datetime
    """Some minutes ahead, so that the clock is there before real time is."""

    def handle(self, case_id: str) -> WorkflowHandle[Any, Any]:
        """Return a handle of a case."""
        return self.client.get_workflow_handle(case_id)

    async def view(self, case_id: str) -> CaseView:
        """Return a case as it is."""
        view: CaseView = await self.handle(case_id).query("view", result_type=CaseView)
        return view

    async def after(self, **passed: float) -> None:
        """Move everything to so long after the start."""
        await self.clock.advance_to(self.start + timedelta(**passed))


@contextlib.asynccontextmanager
async def virtual_shops(
    orders: Mapping[str, Any] | None = None, scenario: Mapping[str, Any] | None = None
) -> AsyncIterator[VirtualShops]:
    """Run the product on a sandbox in virtual time; nobody receives webhooks."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        async with contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(virtual_server(home))
            sandbox = await stack.enter_async_context(running_sandbox(orders, scenario))
            plain = Settings(home=home)
            settings = for_sandbox(plain, sandbox.url, await published(sandbox.url))
            db = Database.open(settings.records_url)
            stack.callback(db.close)
            db.migrate()
            for code in (US_AUTH_CODE, TH_AUTH_CODE):
                await connect_shops(settings, db, code)
            shop = await stack.enter_async_context(open_shop_client(settings, db))
            starter = Conductors(client)
            for one in worker.build_workers(client, settings, db=db, shop=shop, starter=starter):
                await stack.enter_async_context(one)
            clock = await stack.enter_async_context(VirtualClock(client, sandbox.url))
            start = datetime.now(UTC) + timedelta(minutes=5)
            yield VirtualShops(client, clock, sandbox, settings, start)
