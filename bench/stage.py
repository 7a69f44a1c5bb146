"""What a run needs: shops with so many orders, a home, a worker process; on one shared server."""

import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from temporalio.client import Client

from casedesk.processes import Program, Supervisor
from casedesk.settings import ROOT, Settings
from casedesk.shops import connect_shops
from records.database import Database
from sandbox.shops import APP_KEY, APP_SECRET, US_AUTH_CODE, US_SHOP_ID

NO_LIMIT = 100_000
"""Calls a second, on both sides; the platform allows about 50 per shop and endpoint."""
SKU = "1729500000000001101"
OTHER_SKU = "1729500000000001201"
_DUE_SECONDS = 10 * 24 * 3600


@dataclass
class CallBook:
    """The platform calls of a run, read from the shops piece by piece."""

    shops: httpx.AsyncClient
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each."""

    async def read(self) -> list[tuple[str, str]]:
        """Return every call so far."""
        answer = await self.shops.get("/_control/calls", params={"after": len(self.calls)})
        self.calls += [(call["method"], call["path"]) for call in answer.json()["calls"]]
        return self.calls


@dataclass(frozen=True)
class Stage:
    """One run's own shops, records and worker, and the server that all runs share."""

    client: Client
    db: Database
    book: CallBook
    worker_pid: int
    server_pid: int
    order_ids: tuple[str, ...]
    shop_id: str = US_SHOP_ID


def numbered_orders(run: int, count: int, *, sku: str = SKU) -> list[dict[str, object]]:
    """Return plain paid orders of one unit, each of a buyer of its own."""
    paid = int(time.time()) - 7200
    return [
        {
            "shop_id": US_SHOP_ID,
            "id": f"57649{run:04d}{number:09d}",
            "user_id": f"74945{run:04d}{number:09d}",
            "status": "AWAITING_SHIPMENT",
            "create_time": paid,
            "paid_time": paid + 60,
            "shipping_due_time": f"+{_DUE_SECONDS}",
            "line_items": [{"sku_id": sku, "quantity": 1}],
        }
        for number in range(count)
    ]


@contextlib.asynccontextmanager
async def set_up(
    folder: Path,
    command: list[str],
    *,
    orders: Sequence[dict[str, object]],
    server: tuple[str, int],
) -> AsyncIterator[Stage]:
    """Run shops and a worker for one measurement.

    Args:
        folder: Fresh folder of the run.
        command: Starts the worker.
        orders: What the shops hold.
        server: Address and process id of the Temporal server.
    """
    folder.mkdir(parents=True)  # noqa: ASYNC240  # one folder, before anything runs
    async with Supervisor(folder / "logs") as programs:
        url = await _start_shops(programs, folder, {"orders": orders})
        settings = _settings(folder / "home", url)
        db = Database.open(settings.records_url)
        db.migrate()
        await connect_shops(settings, db, US_AUTH_CODE)
        pid = await _start_worker(programs, folder, command, settings, server[0])
        client = await Client.connect(server[0])
        async with httpx.AsyncClient(base_url=url, timeout=120) as shops:
            ids = tuple(str(order["id"]) for order in orders)
            yield Stage(client, db, CallBook(shops), pid, server[1], ids)
        db.close()


async def _start_shops(programs: Supervisor, folder: Path, orders: dict[str, object]) -> str:
    ready = folder / "shops.json"
    files = {"orders": orders, "scenario": {"rate_limit_per_second": NO_LIMIT}}
    options = []
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
        options += [f"--{name}", str(folder / f"{name}.json")]

    async def is_ready() -> bool:
        return ready.exists()

    command = [sys.executable, "-m", "sandbox", "--port", "0", "--ready-file", str(ready)]
    program = Program("shops", [*command, *options], env=_path(), is_ready=is_ready)
    await programs.start(program)
    return str(json.loads(ready.read_text())["url"])


def _settings(home: Path, url: str) -> Settings:
    home.mkdir(parents=True)
    return Settings.model_validate(
        {
            "home": home,
            "app_key": APP_KEY,
            "app_secret": APP_SECRET,
            "api_base_url": url,
            "auth_base_url": url,
            "shop_api_per_second": NO_LIMIT,
        }
    )


async def _start_worker(
    programs: Supervisor, folder: Path, command: list[str], settings: Settings, server: str
) -> int:
    log = folder / "logs" / "worker.log"

    async def is_ready() -> bool:
        return log.exists() and b"worker.ready" in log.read_bytes()

    env = _path() | {
        "TEMPORAL_ADDRESS": server,
        "WENHUO_HOME": str(settings.home),
        "WENHUO_APP_KEY": settings.app_key,
        "WENHUO_APP_SECRET": settings.app_secret.get_secret_value(),
        "WENHUO_API_BASE_URL": str(settings.api_base_url),
        "WENHUO_AUTH_BASE_URL": str(settings.auth_base_url),
        "WENHUO_SHOP_API_PER_SECOND": str(NO_LIMIT),
        "WENHUO_LOG_JSON": "true",
    }
    wanted = {k: v for k, v in os.environ.items() if k == "WENHUO_CACHED_CASES"}
    await programs.start(Program("worker", command, env=env | wanted, is_ready=is_ready))
    return programs.pid("worker")


def _path() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT)}
