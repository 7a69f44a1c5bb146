"""The sandbox as users run it: a process, a socket, a state file."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.shops import US_SHOP_ID
from tests.support.sandbox import RunningSandbox, ShopClient, receiver, running_sandbox

_ROOT = Path(__file__).resolve().parents[2]
_ORDER_ID = "577000000000111111"
_LINES = [{"sku_id": "1729500000000001101", "quantity": 1}]
_SEED: dict[str, Any] = {
    "orders": [{"id": _ORDER_ID, "shop_id": US_SHOP_ID, "user_id": "71", "line_items": _LINES}]
}


async def _shop(held: RunningSandbox) -> ShopClient:
    return await ShopClient(held.http).connect()


async def test_a_dropped_reply_really_cuts_the_connection_after_executing() -> None:
    async with running_sandbox(_SEED) as held:
        shop = await _shop(held)
        await held.fault("drop_reply", "/return_refund")
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await shop.cancel(_ORDER_ID)
        assert "CANCELLED" == (await held.order(_ORDER_ID))["status"]
        assert 0 != (await shop.cancel(_ORDER_ID))["code"], "the sandbox goes on serving"


async def test_a_call_that_is_never_answered_does_not_hold_up_the_end() -> None:
    async with running_sandbox(_SEED) as held:
        shop = await _shop(held)
        await held.fault("timeout", "/return_refund", times=2)
        shop.http = httpx.AsyncClient(base_url=held.url, trust_env=False, timeout=0.3)
        with pytest.raises(httpx.ReadTimeout):
            await shop.cancel(_ORDER_ID)
        shop.http.timeout = httpx.Timeout(60)
        waiting = asyncio.ensure_future(shop.cancel(_ORDER_ID))
        while len(await held.calls("/cancellations")) < 2:
            assert not waiting.done(), "each look is a round trip, so this does not spin"
        held.process.send_signal(signal.SIGTERM)
        assert 0 == await asyncio.wait_for(held.process.wait(), 4)
        with pytest.raises(httpx.HTTPError):
            await waiting
        await shop.http.aclose()


async def test_everything_executed_survives_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running_sandbox(_SEED, state=state) as held, receiver() as hooks:
        shop = await _shop(held)
        await shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        conversation = await shop.conversation("71")
        await shop.send(conversation, content="hello")
        await held.advance(3600)
        await shop.cancel(_ORDER_ID)
        effects, calls = await held.effects(), await held.calls()
        await held.kill()
    async with running_sandbox(_SEED, state=state) as held:
        assert effects == await held.effects()
        assert calls == await held.calls()
        assert "CANCELLED" == (await held.order(_ORDER_ID))["status"]
        assert 3600 == (await held.clock())["offset_seconds"]
        shop.http = held.http
        assert 1 == (await shop.data("GET", "/event/202309/webhooks"))["total_count"]
        assert conversation == await shop.conversation("71")
        assert 0 != (await shop.cancel(_ORDER_ID))["code"]


async def test_a_call_is_stored_before_it_is_answered(tmp_path: Path) -> None:
    """Setting stock plans no event, so nothing but the call itself can have stored it."""
    state, path = tmp_path / "state", "/product/202309/products/1729500000000000101"
    sku = {"id": "1729500000000001101", "inventory": [{"quantity": 17}]}
    async with running_sandbox(_SEED, state=state) as held:
        shop = await _shop(held)
        await shop.data("POST", f"{path}/inventory/update", {"skus": [sku]})
        await held.kill()
    async with running_sandbox(_SEED, state=state) as held:
        shop.http = held.http
        product = await shop.data("GET", path)
    assert 17 == product["skus"][0]["inventory"][0]["quantity"]


async def test_a_scenario_file_makes_buyers_answer_in_real_time() -> None:
    scenario = {"habits": [{"habit": "at_once", "after_seconds": 0.1}]}
    async with running_sandbox(_SEED, scenario) as held, receiver() as hooks:
        shop = await _shop(held)
        conversation = await shop.conversation("71")
        await shop.register(hooks.url, "NEW_MESSAGE")
        await shop.send(conversation, content="A, B or C?")
        while len(hooks.notifications(14)) < 2:
            hooks.arrived.clear()
            await asyncio.wait_for(hooks.arrived.wait(), 5)
        roles = [one["data"]["sender"]["role"] for one in hooks.notifications(14)]
    assert ["CUSTOMER_SERVICE", "BUYER"] == roles


def _run(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    return subprocess.run(  # noqa: S603  # our own module
        command, cwd=_ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("option", ["--orders", "--scenario"])
def test_a_file_that_cannot_be_used_ends_the_process_with_the_reason(
    tmp_path: Path, option: str
) -> None:
    path = tmp_path / "file.json"
    path.write_text("{", encoding="utf-8")
    ended = _run(option, str(path))
    assert 2 == ended.returncode
    assert "file.json is not JSON" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_the_ready_file_appears_once_it_listens_and_sigterm_ends_cleanly(
    tmp_path: Path,
) -> None:
    ready = tmp_path / "ready.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", "0", "--ready-file", str(ready)),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    while not ready.exists():  # noqa: ASYNC110  # a file cannot be awaited
        await asyncio.sleep(0.02)
    url = json.loads(ready.read_text(encoding="utf-8"))["url"]
    async with httpx.AsyncClient(trust_env=False) as http:
        orders = (await http.get(f"{url}/_control/orders")).json()["orders"]
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), 10)
    assert (0, b"", b"") == (process.returncode, out, err)
    assert len(orders) >= 60
