"""The whole sandbox as one ASGI app: platform paths at the root, controls under /_control/."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import httpx

from sandbox.clock import Clock
from sandbox.control import control_app
from sandbox.gateway import Gateway
from sandbox.http_messages import Reply, Request
from sandbox.scenario import Scenario
from sandbox.seed import fill
from sandbox.store import Doc
from sandbox.timeline import Timeline
from sandbox.world import World

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]


class Sandbox:
    """Several TikTok shops behind one ASGI interface."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.timeline = Timeline(world)
        self._gateway = Gateway(world)
        self._control = control_app(world, self.timeline)
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Begin to run events in real time."""
        await self.timeline.start()

    async def stop(self) -> None:
        """End all waiting calls and events, and store what is left."""
        self.release()
        await self.timeline.stop()
        self.world.store.close()

    def release(self) -> None:
        """Let calls go that a `timeout` fault holds."""
        self._stopping.set()

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith("/_control/"):
            await self._control(scope, receive, send)
        elif scope["type"] == "http":
            await self._platform(scope, receive, send)

    async def _lifespan(self, receive: _Receive, send: _Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _platform(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        request = await _read(scope, receive)
        reply = self._gateway.answer(request)
        if reply.silent:
            await self._never_answer(receive, send)
        elif reply.cut:
            await _cut(receive, send)
        else:
            await _answer(reply, send)

    async def _never_answer(self, receive: _Receive, send: _Send) -> None:
        """Wait until the client gives up or the sandbox stops."""
        if _transport(send) is None:
            raise httpx.ReadTimeout("the sandbox does not answer this call")
        waits = [asyncio.ensure_future(receive()), asyncio.ensure_future(self._stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)
        await _cut(receive, send)


async def _read(scope: _Message, receive: _Receive) -> Request:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    return Request(
        method=scope["method"],
        path=scope["path"],
        query_string=scope["query_string"].decode("latin-1"),
        headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
        body=body,
    )


async def _answer(reply: Reply, send: _Send) -> None:
    headers = {**reply.headers, "content-length": str(len(reply.content))}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.content})


def _transport(send: _Send) -> asyncio.WriteTransport | None:
    """Return uvicorn's connection; `send` is a method of its request cycle, which holds it."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if hasattr(transport, "abort") else None


async def _cut(receive: _Receive, send: _Send) -> None:
    """Reset the connection; without one (in process) fail as the client would see it."""
    transport = _transport(send)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    await receive()


def create_app(
    *,
    seed: Doc | None = None,
    scenario: Scenario | None = None,
    state: Path | None = None,
    clock: Clock | None = None,
) -> Sandbox:
    """Make a sandbox.

    Args:
        seed: Shops and orders for a new state; None for the default ones.
        scenario: How buyers and the platform behave; None: nobody acts, nothing goes wrong.
        state: File that survives a kill; None keeps everything in memory.
        clock: Injected by tests; None reads the machine's.

    Raises:
        ControlError: The seed does not hold together.
    """
    world = World(state=state, scenario=scenario or Scenario(), clock=clock or Clock())
    fill(world, seed)
    return Sandbox(world)
