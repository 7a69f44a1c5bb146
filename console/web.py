"""The ASGI application: webhooks always; API and pages are added to it by whoever runs it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response

from casedesk.facts import UnreachableError
from console.receiver import Receiver
from records.database import Database
from records.errors import RecordsError, StoreUnavailableError
from records.shops import ShopDirectory

logger = structlog.get_logger()

Check = Callable[[], Awaitable[None]]
LARGEST_BODY = 1_000_000
"""Bytes; a notification has a few thousand."""
PRUNE_SECONDS = 3600.0
ALWAYS = "/"
"""The bare address takes notifications too, so that it may be registered as it stands."""


class BodyTooLargeError(Exception):
    """A body beyond what any notification has."""


def create_app(receiver: Receiver, *, check: Check, db: Database, path: str) -> FastAPI:
    """Return the application that takes webhooks and tells its health.

    Args:
        receiver: Takes the notifications.
        check: Raises UnreachableError while Temporal does not answer.
        db: Asked whether the records answer.
        path: Where notifications are posted, beside the bare address.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pruning = asyncio.create_task(_prune_now_and_then(receiver))
        yield
        pruning.cancel()

    app = FastAPI(
        title="Wenhuo",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _add_webhooks(app, receiver, dict.fromkeys((path, ALWAYS)))
    _add_health(app, check, db)
    return app


def open_to_all(path: str) -> list[str]:
    """Return what needs no permission: notifications are signed, health says nothing."""
    return [f"POST {path}", f"POST {ALWAYS}", "GET /healthz"]


def _add_webhooks(app: FastAPI, receiver: Receiver, paths: Iterable[str]) -> None:
    async def webhook(request: Request) -> Response:
        try:
            body = await _read(request)
        except BodyTooLargeError:
            logger.warning("webhook.too_large", limit=LARGEST_BODY)
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        status = await receiver.receive(body, request.headers.get("authorization"))
        return Response(status_code=status)

    for path in paths:
        app.post(path, include_in_schema=False)(webhook)


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError
    return bytes(body)


def _add_health(app: FastAPI, check: Check, db: Database) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz(response: Response) -> dict[str, str]:
        answers = {"temporal": await _temporal(check), "records": await _records(db)}
        if set(answers.values()) != {"ok"}:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return answers


async def _temporal(check: Check) -> str:
    try:
        await check()
    except UnreachableError:
        return "unreachable"
    return "ok"


async def _records(db: Database) -> str:
    try:
        await asyncio.to_thread(ShopDirectory(db).all)
    except RecordsError:
        return "unreachable"
    return "ok"


async def _prune_now_and_then(receiver: Receiver) -> None:
    while True:
        with contextlib.suppress(StoreUnavailableError):
            dropped = await receiver.prune()
            logger.info("webhook.receipts_pruned", dropped=dropped)
        await asyncio.sleep(PRUNE_SECONDS)
