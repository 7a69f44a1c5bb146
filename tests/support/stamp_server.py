"""A time-stamping authority over real HTTP on this machine, in several moods."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from tests.support.time_authority import TimeAuthority


class Mood(StrEnum):
    """How it answers."""

    STAMPS = "stamps"
    PAGE = "page"
    BUSY = "busy"
    SILENT = "silent"
    """Takes the query and says nothing."""
    DRIPS = "drips"
    """Answers a byte now and then, without an end."""
    FLOODS = "floods"


class StampServer:
    """The authority and what it was asked."""

    def __init__(self) -> None:
        self.authority = TimeAuthority()
        self.mood = Mood.STAMPS
        self.types: list[tuple[str | None, str | None]] = []
        """Content-Type and Accept of every query."""
        self.url = ""
        self.gone = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one query as the mood is."""
        query = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.types.append((handler.headers["Content-Type"], handler.headers["Accept"]))
        if self.mood is Mood.SILENT:
            self.gone.wait()
            return
        handler.send_response(503 if self.mood is Mood.BUSY else 200)
        handler.end_headers()
        if self.mood is Mood.STAMPS:
            handler.wfile.write(self.authority.answer(query))
        elif self.mood is Mood.DRIPS:
            while not self.gone.wait(0.02):
                handler.wfile.write(b".")
        else:
            handler.wfile.write(b"<html>" * (100_000 if self.mood is Mood.FLOODS else 1))


@contextmanager
def stamp_server() -> Iterator[StampServer]:
    """Run an authority on a free port."""
    stamps = StampServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                stamps.answer(self)
            except ConnectionError:
                self.close_connection = True

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        stamps.url = f"http://127.0.0.1:{server.server_port}/stamp"
        try:
            yield stamps
        finally:
            stamps.gone.set()
            server.shutdown()
            serving.join()
