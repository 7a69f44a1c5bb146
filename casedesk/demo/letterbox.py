"""Where the letters of the demo arrive: suppliers, carriers and host desks in one small server."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_HOST = "127.0.0.1"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Letter:
    """One letter that arrived."""

    to: str
    """Whom it was for: the last part of the address."""
    text: str


@dataclass
class Letterbox:
    """Everything that was written to whom; a letter may be repeated after a crash."""

    letters: list[Letter] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """The apprise address, without its last part."""
        return f"json://{_HOST}:{self.port}"

    def about(self, to: str, what: str) -> list[Letter]:
        """Return the different letters to somebody that mention something."""
        found = [one for one in self.letters if one.to == to and what in one.text]
        return list(dict.fromkeys(found))

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one letter in; whoever breaks off has sent none."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            body = json.loads(await reader.readexactly(_length(head)))
            to = head.split(" ", 2)[1].strip("/")
            self.letters.append(Letter(to, f"{body.get('title', '')}\n{body.get('message', '')}"))
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()


def _length(head: str) -> int:
    fields = (line.partition(":") for line in head.splitlines())
    return next((int(value) for name, _, value in fields if name.lower() == "content-length"), 0)


@contextlib.asynccontextmanager
async def letterbox() -> AsyncIterator[Letterbox]:
    """Keep a letterbox open on a free port of this machine."""
    box = Letterbox()
    server = await asyncio.start_server(box.take, _HOST, 0)
    async with server:
        box.port = server.sockets[0].getsockname()[1]
        yield box
