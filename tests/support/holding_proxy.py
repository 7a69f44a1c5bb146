"""A gate between the product and the shops: it holds chosen calls before or after they act."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum

import httpx

_DROPPED = frozenset({"connection", "content-length", "content-encoding", "transfer-encoding"})


class Instant(StrEnum):
    """Where a call is held."""

    BEFORE = "before"
    """It never reaches the shop."""
    AFTER = "after"
    """The shop has executed it, and the caller never hears."""


@dataclass
class Hold:
    """One call to be held, once: the first whose start line and body have all the words."""

    instant: Instant
    words: tuple[str, ...]
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the call stands still at its instant."""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a test that wants the call to go on."""
    used: bool = False

    def fits(self, call: str) -> bool:
        """Tell whether this is the call meant."""
        return not self.used and all(w in call for w in self.words)


@dataclass
class Proxy:
    """Listens on 127.0.0.1 and passes everything on but what is held."""

    shops: httpx.AsyncClient
    url: str = ""
    holds: list[Hold] = field(default_factory=list)
    connections: "set[asyncio.Task[None]]" = field(default_factory=set)

    def hold(self, hold: Hold) -> Hold:
        """Hold the next call that fits."""
        self.holds.append(hold)
        return hold

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        connection = asyncio.create_task(self._serve(reader, writer))
        self.connections.add(connection)
        connection.add_done_callback(self.connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (
            contextlib.closing(writer),
            contextlib.suppress(OSError, asyncio.IncompleteReadError),
        ):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                start, *lines = head.split("\r\n")[:-2]
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                await self._pass_on(start, headers, body, writer)

    async def _pass_on(
        self, start: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> None:
        method, target, _ = start.split(" ")
        hold = next((h for h in self.holds if h.fits(f"{start} {body.decode()}")), None)
        if hold:
            hold.used = True
        if hold and hold.instant is Instant.BEFORE:
            await _stand_still(hold)
        kept = {k: v for k, v in headers.items() if k not in {"host", "connection"}}
        answer = await self.shops.request(method, target, content=body, headers=kept)
        if hold and hold.instant is Instant.AFTER:
            await _stand_still(hold)
        writer.write(_raw(answer))
        await writer.drain()


async def _stand_still(hold: Hold) -> None:
    hold.held.set()
    await hold.let_go.wait()


def _raw(answer: httpx.Response) -> bytes:
    kept = [f"{k}: {v}" for k, v in answer.headers.items() if k.lower() not in _DROPPED]
    lines = [f"HTTP/1.1 {answer.status_code} X", *kept, f"content-length: {len(answer.content)}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.content


@contextlib.asynccontextmanager
async def holding_proxy(shops_url: str) -> AsyncIterator[Proxy]:
    """Run a gate in front of the shops at an address."""
    async with httpx.AsyncClient(base_url=shops_url, trust_env=False, timeout=60) as shops:
        proxy = Proxy(shops)
        server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield proxy
        finally:
            server.close()
            connections = list(proxy.connections)
            for connection in connections:
                connection.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
