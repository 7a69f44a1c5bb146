"""`up` as people run it, driven from a second terminal and by Temporal's own command line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from casedesk.settings import ROOT
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID

READY_SECONDS = 60.0
"""The promise is 30 s on two cores that do nothing else."""
KEYS = {
    "temporal", "namespace", "sandbox", "console", "webhooks", "shop_id", "shop_ids", "pid",
    "worker_pids",
}  # fmt: skip
TEMPORAL = str(Path(sys.executable).with_name("temporal"))


@dataclass
class Up:
    """One running `up`."""

    process: asyncio.subprocess.Process
    home: Path
    ready_file: Path

    @property
    def ready(self) -> dict[str, Any]:
        """What the ready file says now."""
        content: dict[str, Any] = json.loads(self.ready_file.read_text())
        return content

    async def starter(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command in a second terminal, in some other folder."""
        return await run([sys.executable, str(ROOT / "starter.py"), *arguments], self.home)

    async def temporal(self, *arguments: str) -> Any:
        """Run Temporal's own command line."""
        command = [TEMPORAL, *arguments, "--address", self.ready["temporal"], "-o", "json"]
        status, out, err = await run(command, self.home)
        assert 0 == status, err
        return json.loads(out)

    async def orders(self) -> list[dict[str, Any]]:
        """Return the plain orders of the US shop."""
        async with httpx.AsyncClient(base_url=self.ready["sandbox"]) as client:
            answer = await client.get("/_control/orders", params={"shop_id": US_SHOP_ID})
        return [order for order in answer.json()["orders"] if order["plain"]]

    async def webhooks(self) -> set[str]:
        """Return the addresses to which notifications went or are going."""
        async with httpx.AsyncClient(base_url=self.ready["sandbox"]) as client:
            deliveries = (await client.get("/_control/deliveries")).json()["deliveries"]
        return {one["address"] for one in deliveries if one["state"] == "delivered"}


async def run(
    command: list[str], home: Path, env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run a command to its end; returns status, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=home,
        env={**os.environ, "WENHUO_HOME": str(home), "COLUMNS": "80", **(env or {})},
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def running_up(home: Path, *options: str) -> AsyncIterator[Up]:
    """Run `up` on a home until the block ends."""
    ready_file = home / "ready.json"
    log = (home / "up.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "starter.py"), "up", "--ready-file", str(ready_file)),
        *options,
        cwd=home,
        env={**os.environ, "WENHUO_HOME": str(home)},
        stdout=log,
        stderr=log,
    )
    up = Up(process, home, ready_file)
    before = ready_file.stat().st_mtime_ns if ready_file.exists() else 0
    try:
        await eventually(lambda: _is_new(ready_file, before) or process.returncode is not None)
        assert process.returncode is None, (home / "up.log").read_text()
        yield up
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 60)
        log.close()


def _is_new(file: Path, before: int) -> bool:
    return file.exists() and file.stat().st_mtime_ns > before


async def eventually(holds: Callable[[], object]) -> None:
    """Wait until something that another process does has happened."""
    async with asyncio.timeout(READY_SECONDS):
        while not holds():  # noqa: ASYNC110  # another process tells nobody when it is done
            await asyncio.sleep(0.05)


async def until_state(up: Up, case_id: str, state: str) -> dict[str, Any]:
    """Wait until a case is in a state; returns its view."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            told = await up.temporal("workflow", "query", "-w", case_id, "--type", "view")
            view: dict[str, Any] = told["queryResult"][0]
            if view["state"] == state:
                return view
            await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the whole story."""
    return tmp_path_factory.mktemp("up")


async def test_up_runs_survives_a_dead_worker_and_goes_on_after_a_restart(home: Path) -> None:
    """The wire's promises about `up`, in the order in which a merchant meets them."""
    async with running_up(home) as up:
        ready = up.ready
        assert KEYS == set(ready)
        told = f"ready: pages {ready['console']}, Temporal {ready['temporal']};"
        await eventually(lambda: told in (home / "up.log").read_text())
        assert (US_SHOP_ID, {US_SHOP_ID, TH_SHOP_ID}) == (ready["shop_id"], set(ready["shop_ids"]))
        assert up.process.pid == ready["pid"]
        assert ready == json.loads((home / "run.json").read_text())
        for name in ("sandbox", "console", "webhooks"):
            assert ready[name].startswith("http://127.0.0.1:")
            assert not ready[name].endswith("/")
        orders = await up.orders()
        assert 12 <= len(orders)
        case_id = await _open_by_temporal(up, orders[0]["id"])
        await until_state(up, case_id, "awaiting_choice")
        await _dead_worker_comes_back(up)
        await _second_terminal(up, orders[0]["id"])
        status, out, err = await up.starter("doctor", "--json")
        assert (0, True) == (status, json.loads(out)["sound"]), err
    assert 0 == up.process.returncode
    assert not (home / "run.json").exists()
    async with running_up(home, "--no-console") as again:
        assert again.ready["console"] is None
        view = await until_state(again, case_id, "awaiting_choice")
        assert view["contacted_at"]
        await _buyer_answers(again, orders[0]["id"])
        status, out, err = await again.starter("show", orders[0]["id"], "--json")
        assert (0, "refunded_by_choice") == (status, json.loads(out)["outcome"]), err
        assert any(one.startswith(again.ready["webhooks"]) for one in await again.webhooks())
    assert 0 == again.process.returncode


async def _open_by_temporal(up: Up, order_id: str) -> str:
    """Open as the wire says, without anything of ours."""
    case_id = f"order-case:{US_SHOP_ID}:{order_id}"
    given = json.dumps({"shop_id": US_SHOP_ID, "order_id": order_id, "short_lines": []})
    await up.temporal(
        *("workflow", "start", "--type", "OversellCase", "--task-queue", "cases"),
        *("--workflow-id", case_id, "--input", given),
    )
    return case_id


async def _dead_worker_comes_back(up: Up) -> None:
    """A killed worker is started again, and both files name the new one."""
    [dead] = up.ready["worker_pids"]
    os.kill(dead, signal.SIGKILL)
    await eventually(lambda: up.ready["worker_pids"] != [dead])
    assert up.ready == json.loads((up.home / "run.json").read_text())


async def _second_terminal(up: Up, order_id: str) -> None:
    """Commands find the running `up` by its home alone, from whatever folder."""
    status, out, err = await up.starter("note", order_id, "seen", "--actor", "anna", "--json")
    assert (0, order_id) == (status, json.loads(out)["order_id"]), err
    status, out, err = await up.starter("choose", order_id, "swap")
    assert (1, "") == (status, out)
    assert "not offered" in err
    status, out, err = await up.starter(
        *("open", "oversell", "--from-shop", "--sku", "MUG-W", "--on-hand", "0"),
        *("--shop", US_SHOP_ID, "--json"),
    )
    assert 0 == status, err
    assert json.loads(out)["opened"]
    status, out, err = await up.starter("show", "404", "--json")
    assert (1, {"error": err.strip()}) == (status, json.loads(out))


async def _buyer_answers(up: Up, order_id: str) -> None:
    """A buyer's message goes sandbox, webhook, receiver, case: the new address is registered."""
    async with httpx.AsyncClient(base_url=up.ready["sandbox"]) as client:
        said = await client.post("/_control/buyers", json={"order_id": order_id, "say": "C"})
        said.raise_for_status()
    await until_state(up, f"order-case:{US_SHOP_ID}:{order_id}", "closed")


async def test_a_second_up_on_the_same_home_is_refused(home: Path) -> None:
    """Two servers on one database would both believe they own it."""
    async with running_up(home, "--no-console") as up:
        before = up.ready
        status, _, err = await up.starter("up")
        assert (1, True) == (status, "in use" in err)
        assert "Traceback" not in err
        assert before == up.ready == json.loads((home / "run.json").read_text())


async def test_an_existing_server_is_used_when_named(tmp_path: Path) -> None:
    """TEMPORAL_ADDRESS wins: a nobody there is one sentence, not a server of our own."""
    command = [sys.executable, str(ROOT / "starter.py"), "up"]
    status, _, err = await run(command, tmp_path, {"TEMPORAL_ADDRESS": "127.0.0.1:1"})
    assert (1, True) == (status, "127.0.0.1:1" in err)
    assert not (tmp_path / "temporal.db").exists()
