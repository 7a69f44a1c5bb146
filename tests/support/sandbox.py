"""The sandbox for tests: as a process of its own, or in process; and a signing shop client."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sandbox.app import Sandbox
from sandbox.shops import APP_KEY, APP_SECRET, US_AUTH_CODE, US_SHOP_ID
from sandbox.signing import request_sign

Json = dict[str, Any]
_ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 30.0


@dataclass
class Controls:
    """The /_control/ calls of one sandbox."""

    http: httpx.AsyncClient

    async def _get(self, name: str, **query: str) -> Json:
        return _read(await self.http.get(f"/_control/{name}", params=query))

    async def _post(self, name: str, body: Mapping[str, Any]) -> Json:
        return _read(await self.http.post(f"/_control/{name}", json=dict(body)))

    async def shops(self) -> Json:
        """Return the shops with credentials, products and coupons."""
        return await self._get("shops")

    async def orders(self, shop_id: str = "") -> list[Json]:
        """Return the orders, of one shop or of all."""
        held = await self._get("orders", **({"shop_id": shop_id} if shop_id else {}))
        return list(held["orders"])

    async def order(self, order_id: str) -> Json:
        """Return one order."""
        (order,) = (await self._get("orders", order_id=order_id))["orders"]
        held: Json = order
        return held

    async def put_orders(self, *orders: Mapping[str, Any]) -> list[Json]:
        """Add or change orders."""
        answer = await self._post("orders", {"orders": [dict(order) for order in orders]})
        return list(answer["orders"])

    async def fault(self, kind: str, path_prefix: str = "/", **other: Any) -> Json:
        """Plan a fault."""
        return await self._post("faults", {"kind": kind, "path_prefix": path_prefix, **other})

    async def clear_faults(self) -> None:
        """Forget every planned fault."""
        _read(await self.http.delete("/_control/faults"))

    async def calls(self, path_part: str = "") -> list[Json]:
        """Return the platform calls, those whose path holds *path_part*."""
        held = (await self._get("calls"))["calls"]
        return [call for call in held if path_part in call["path"]]

    async def effects(self) -> Json:
        """Return what really happened."""
        return await self._get("effects")

    async def say(self, order_id: str, text: str) -> Json:
        """Let the buyer of an order write."""
        return await self._post("buyers", {"order_id": order_id, "say": text})

    async def cancel(self, order_id: str) -> Json:
        """Let the buyer of an order ask for a cancellation."""
        return await self._post("buyers", {"order_id": order_id, "cancel": True})

    async def block(self, order_id: str, *, blocked: bool = True) -> Json:
        """Let the buyer of an order block the shop."""
        return await self._post("buyers", {"order_id": order_id, "blocked": blocked})

    async def buys(self, order_id: str, sku_id: str, quantity: int = 1) -> str:
        """Let the buyer of an order place another one; return its id."""
        wanted = {"sku_id": sku_id, "quantity": quantity}
        answer = await self._post("buyers", {"order_id": order_id, "order": wanted})
        return str(answer["order_id"])

    async def carrier(self, package_id: str, event: str) -> Json:
        """Let the carrier do something to a package."""
        return await self._post("carrier", {"package_id": package_id, "event": event})

    async def packages(self, shop_id: str = "") -> list[Json]:
        """Return the packages with their slots, of one shop or of all."""
        held = await self._get("packages", **({"shop_id": shop_id} if shop_id else {}))
        return list(held["packages"])

    async def package(self, package_id: str) -> Json:
        """Return one package."""
        (package,) = (await self._get("packages", package_id=package_id))["packages"]
        held: Json = package
        return held

    async def stock(self, sku_id: str, available: int, **other: str) -> Json:
        """Set what a warehouse of the US shop still sells, as if counted anew."""
        body = {"shop_id": US_SHOP_ID, "sku_id": sku_id, "available": available, **other}
        return await self._post("stock", body)

    async def ads(self) -> dict[str, Json]:
        """Return the advertisers by id, each with campaigns and ad groups."""
        held = (await self._get("ads"))["advertisers"]
        return {one["advertiser_id"]: one for one in held}

    async def set_ad(self, **given: Any) -> Json:
        """Set the state of a campaign or ad group, or make an advertiser stuck."""
        return await self._post("ads", given)

    async def penalty(self, **given: Any) -> Json:
        """Issue a penalty notice, or write a decision on one."""
        return await self._post("penalties", given)

    async def clock(self) -> Json:
        """Return what the clocks show."""
        return await self._get("clock")

    async def advance(self, seconds: float) -> Json:
        """Move the shop clock on by *seconds*."""
        offset = (await self.clock())["offset_seconds"] + seconds
        return await self._post("clock", {"offset_seconds": offset})

    async def shift_gateway(self, seconds: float) -> Json:
        """Set how far the gateway clock is ahead of real time."""
        return await self._post("clock", {"gateway_offset_seconds": seconds})

    async def deliveries(self) -> list[Json]:
        """Return the webhooks sent or planned."""
        return list((await self._get("deliveries"))["deliveries"])


@dataclass
class RunningSandbox(Controls):
    """A sandbox process on 127.0.0.1."""

    url: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """Kill the process as a crash would."""
        self.process.kill()
        await self.process.wait()


def _read(answer: httpx.Response) -> Json:
    assert answer.is_success, answer.text
    body: Json = answer.json()
    return body


@contextlib.asynccontextmanager
async def running_sandbox(
    orders: Mapping[str, Any] | None = None,
    scenario: Mapping[str, Any] | None = None,
    state: Path | None = None,
) -> AsyncIterator[RunningSandbox]:
    """Run `python -m sandbox` on a free port of 127.0.0.1.

    Args:
        orders: An orders file's content; None for the default shops and orders.
        scenario: A scenario file's content; None: nobody acts by himself.
        state: File for `--state`.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = _options(Path(folder), orders, scenario, state)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "sandbox", "--port", "0", *options),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        try:
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), _READY_SECONDS)
            url = json.loads(line)["url"]
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
                yield RunningSandbox(http=http, url=url, process=process)
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0


def _options(
    folder: Path,
    orders: Mapping[str, Any] | None,
    scenario: Mapping[str, Any] | None,
    state: Path | None,
) -> list[str]:
    options: list[str] = []
    for name, content in (("orders", orders), ("scenario", scenario)):
        if content is not None:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            options += [f"--{name}", str(path)]
    return options + (["--state", str(state)] if state is not None else [])


@dataclass
class ShopClient:
    """Signs and sends platform calls for one shop; asserts nothing about the answers."""

    http: httpx.AsyncClient
    auth_code: str = US_AUTH_CODE
    token: str = ""
    cipher: str = ""
    shop_id: str = ""
    extra_query: dict[str, str] = field(default_factory=dict)
    shift_seconds: int = 0

    async def connect(self) -> "ShopClient":
        """Fetch a token and the shop's cipher."""
        query = {
            "app_key": APP_KEY,
            "app_secret": APP_SECRET,
            "auth_code": self.auth_code,
            "grant_type": "authorized_code",
        }
        answer = await self.http.get("/api/v2/token/get", params=query)
        self.token = answer.json()["data"]["access_token"]
        shops = await self.call("GET", "/authorization/202309/shops", cipher=False)
        first = shops["data"]["shops"][0]
        self.cipher, self.shop_id = first["cipher"], first["id"]
        return self

    async def raw(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        cipher: bool = True,
        **query: str,
    ) -> httpx.Response:
        """Send one signed call."""
        content = b"" if body is None else json.dumps(body).encode()
        values = {"app_key": APP_KEY, "timestamp": str(int(time.time()) + self.shift_seconds)}
        values |= {"shop_cipher": self.cipher} if cipher else {}
        values |= self.extra_query | query
        values["sign"] = request_sign(
            path=path,
            query=values,
            body=content,
            content_type="application/json",
            secret=APP_SECRET,
        )
        headers = {"x-tts-access-token": self.token, "content-type": "application/json"}
        return await self.http.request(
            method, path, params=values, content=content, headers=headers
        )

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        cipher: bool = True,
        **query: str,
    ) -> Json:
        """Send one signed call and return the envelope."""
        answer = await self.raw(method, path, body, cipher=cipher, **query)
        envelope: Json = answer.json()
        return envelope

    async def data(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str
    ) -> Json:
        """Send one signed call that must succeed and return its data."""
        envelope = await self.call(method, path, body, cipher=True, **query)
        assert envelope["code"] == 0, envelope
        data: Json = envelope["data"]
        return data

    async def conversation(self, user_id: str) -> str:
        """Open a conversation and return its id."""
        path = "/customer_service/202309/conversations"
        data = await self.data("POST", path, {"buyer_user_id": user_id})
        return str(data["conversation_id"])

    async def send(self, conversation_id: str, kind: str = "TEXT", **content: str) -> Json:
        """Send a message and return the envelope."""
        path = f"/customer_service/202309/conversations/{conversation_id}/messages"
        return await self.call("POST", path, {"type": kind, "content": json.dumps(content)})

    async def register(self, url: str, *event_types: str) -> None:
        """Register an address for some event types."""
        for event_type in event_types:
            body = {"event_type": event_type, "address": url}
            await self.data("PUT", "/event/202309/webhooks", body)

    async def cancel(self, order_id: str, reason: str = "", **other: Any) -> Json:
        """Cancel as the seller and return the envelope."""
        reason = reason or "seller_cancel_reason_out_of_stock"
        body = {"order_id": order_id, "cancel_reason": reason, **other}
        return await self.call("POST", "/return_refund/202309/cancellations", body)


@dataclass
class Receiver:
    """A webhook receiver on 127.0.0.1 that remembers what came."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def notifications(self, kind: int | None = None) -> list[Json]:
        """Return the envelopes received, all or of one type."""
        envelopes = [json.loads(body) for body in self.bodies]
        return [one for one in envelopes if kind in {None, one["type"]}]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        lines = head.decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in lines)}
        self.bodies.append(await reader.readexactly(int(headers["content-length"])))
        self.signatures.append(headers["authorization"])
        reply = f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(reply.encode())
        await writer.drain()
        writer.close()
        self.arrived.set()


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Run a webhook receiver."""
    held = Receiver()
    server = await asyncio.start_server(held._answer, "127.0.0.1", 0)
    held.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
    async with server:
        yield held


@dataclass
class InProcess(Controls):
    """A sandbox inside the test's own process and its US shop, or the one asked for."""

    sandbox: Sandbox
    shop: ShopClient


@contextlib.asynccontextmanager
async def in_process(sandbox: Sandbox, auth_code: str = US_AUTH_CODE) -> AsyncIterator[InProcess]:
    """Connect to a sandbox without a socket; its events run only when the clock is moved."""
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        shop = await ShopClient(http, auth_code).connect()
        try:
            yield InProcess(http=http, sandbox=sandbox, shop=shop)
        finally:
            await sandbox.stop()
