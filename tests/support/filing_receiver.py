"""A merchant's filing endpoint on a real socket: does as docs/gateway.md says, or misbehaves."""

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PLACE = "/appeals"
_WORDS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found"}


class Oddity(StrEnum):
    """Ways not to answer."""

    SILENT = "silent"
    """Does it and never answers."""
    DROPS = "drops"
    """Does it, then cuts the connection."""
    GARBAGE = "garbage"
    """Does it and answers what nobody can read."""


@dataclass
class Call:
    """One call that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def filing_id(self) -> str:
        """Of which filing it is, by its path or by its header."""
        parts = self.path.removeprefix(PLACE).strip("/").split("/")
        return unquote(parts[0]) or self.headers["webhook-id"]

    @property
    def signed(self) -> str:
        """What its signature has to cover."""
        return self.headers["wenhuo-packet"] if self.method == "PUT" else self.body.decode()


@dataclass
class Receiver:
    """What the merchant's endpoint has and how it answers."""

    url: str = ""
    secret: str = SECRET
    calls: list[Call] = field(default_factory=list)
    filings: dict[str, dict[str, Any]] = field(default_factory=dict)
    packets: dict[str, bytes] = field(default_factory=dict)
    filed: int = 0
    """How many appeals it really handed in."""
    waits: bool = False
    """Whether it takes filings and hands them in later."""
    odd: dict[str, deque[Any]] = field(default_factory=dict)
    """By method: an Oddity, or (status, headers, document), one per call."""

    def next(self, method: str, *oddities: Any) -> None:
        """Answer the next calls of a method in these ways, then as it should."""
        self.odd.setdefault(method, deque()).extend(oddities)

    async def until_filed(self, appeals: int, *, seconds: float = 20) -> None:
        """Wait until it has handed so many appeals in."""
        async with asyncio.timeout(seconds):
            while self.filed < appeals:  # noqa: ASYNC110 - the endpoint tells nobody
                await asyncio.sleep(0.02)

    def methods(self) -> list[str]:
        """Return the methods of all calls."""
        return [call.method for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one call."""
        call = await _call(reader)
        self.calls.append(call)
        planned = self.odd.get(call.method) or deque()
        odd = planned.popleft() if planned else None
        if isinstance(odd, tuple):
            await _say(writer, *odd)
            return
        status, document = self._act(call)
        match odd:
            case Oddity.SILENT:
                await reader.read()
            case Oddity.GARBAGE:
                await _say(writer, 200, {}, "<html>thank you</html>")
            case Oddity.DROPS:
                pass
            case _:
                await _say(writer, status, {}, document)
        writer.close()

    def _act(self, call: Call) -> tuple[int, Any]:
        try:
            Webhook(self.secret).verify(call.signed, call.headers, json_parse=False)
        except WebhookVerificationError as error:
            return 401, {"error": str(error)}
        known = self.filings.get(call.filing_id)
        match call.method:
            case "GET":
                return (200, known) if known else (404, {"error": "unknown"})
            case "PUT":
                return self._take_packet(call)
            case _:
                return (200, known) if known else self._file(call)

    def _take_packet(self, call: Call) -> tuple[int, Any]:
        told = json.loads(call.headers["wenhuo-packet"])
        whole = (hashlib.sha256(call.body).hexdigest(), len(call.body))
        if whole != (told["sha256"], told["size"]):
            return 422, {"error": "the packet is not what was announced"}
        self.packets[call.filing_id] = call.body
        return 204, None

    def _file(self, call: Call) -> tuple[int, Any]:
        if self.waits:
            self.filings[call.filing_id] = {"status": "pending"}
            return 202, {"status": "pending"}
        self.filed += 1
        filing = {"reference": f"AP-{self.filed}", "filed_at": "2026-11-21T09:00:00Z"}
        self.filings[call.filing_id] = filing
        return 201, filing


@asynccontextmanager
async def a_receiver(**settings: Any) -> AsyncIterator[Receiver]:
    """Run an endpoint on a free port."""
    receiver = Receiver(**settings)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PLACE}"
    try:
        yield receiver
    finally:
        server.close()


async def _call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, path, headers, body)


async def _say(
    writer: asyncio.StreamWriter, status: int, headers: Mapping[str, str], document: Any
) -> None:
    said = document if isinstance(document, str) else json.dumps(document)
    body = b"" if document is None else said.encode()
    lines = {"content-length": str(len(body)), "connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"HTTP/1.1 {status} {_WORDS.get(status, 'So')}\r\n{head}\r\n".encode() + body)
    await writer.drain()
    writer.close()
