"""The pages for people: the queue in order of deadline, and one page per case."""

from fastapi import FastAPI, Request
from nicegui import ui

from console.case_page import show_case
from console.look import frame
from console.queue_page import read_wish, show_queue
from console.reader import reader_of
from console.rooms import Rooms


def serve_pages(app: FastAPI, rooms: Rooms, *, actor: str) -> None:
    """Serve the pages on an application that also serves webhooks and API."""
    add_pages(rooms, actor=actor)
    ui.run_with(app, title="Wenhuo", favicon="📦", show_welcome_message=False)


def add_pages(rooms: Rooms, *, actor: str) -> None:
    """Define the pages.

    Args:
        rooms: Where they find what they show.
        actor: Who acts until a reader gives a name.
    """

    @ui.page("/")
    async def queue(request: Request) -> None:
        """Show the queue."""
        reader = reader_of(request, actor)
        with frame(reader, reader.say("Cases")):
            await show_queue(rooms, reader, read_wish(request.query_params))

    @ui.page("/cases/{case}")
    async def case_page(request: Request, case: str) -> None:
        """Show one case."""
        reader = reader_of(request, actor)
        with frame(reader, case):
            await show_case(rooms, reader, case)
