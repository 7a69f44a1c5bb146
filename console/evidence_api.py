"""The API for evidence: files in as they stream, files out as attachments, one sentence if not."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Annotated, Any, assert_never
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from casedesk.errors import CaseDeskError
from console.cases import Desk
from console.evidence import Added, Evidence, Handed, Opened
from console.reader import actor_of
from domain.errors import DomainError
from domain.evidence import EvidenceItem
from vault.errors import (
    AlteredError,
    BlobsUnavailableError,
    ErasedError,
    FileRefusedError,
    Refusal,
    StoreFullError,
    UnknownEvidenceError,
    VaultError,
)
from vault.limits import Limits

_FROM_HERE = {"same-origin", "none"}
"""What a browser says of a request that no foreign page made."""
_FOREIGN = "another site asked for this file; open it from the console"
_ASIDE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}
"""Whatever is in a file, a browser is not to run it, guess its type or keep it."""


class GoneError(Exception):
    """Whoever sent the file went away half-way."""


def add_evidence_api(app: FastAPI, desk: Desk, evidence: Evidence, *, actor: str) -> None:
    """Serve evidence under /api/; before `add_api`, whose decisions take any other word.

    Args:
        app: The application.
        desk: Finds cases.
        evidence: The vault.
        actor: Who looks at evidence if nobody is named.
    """
    app.include_router(_case_routes(desk, evidence), prefix="/api")
    app.include_router(_file_routes(evidence, actor), prefix="/api")
    app.add_exception_handler(VaultError, _refused)
    app.add_exception_handler(GoneError, _gone)


def _case_routes(desk: Desk, evidence: Evidence) -> APIRouter:
    routes = APIRouter()

    @routes.get("/cases/{case}/evidence")
    async def list_evidence(case: str) -> list[EvidenceItem]:
        """List a case's evidence, the first collected first."""
        return await evidence.items(await desk.find(case))

    @routes.post("/cases/{case}/evidence", status_code=HTTPStatus.CREATED)
    async def add_evidence(
        request: Request, case: str, handed: Annotated[Handed, Query()]
    ) -> Added:
        """Take a file in; the body is its bytes as they are."""
        chunks = _chunks(request)
        try:
            return await evidence.add(await desk.find(case), handed, chunks)
        except (VaultError, DomainError, CaseDeskError):
            await _drain(chunks)
            raise

    return routes


def _file_routes(evidence: Evidence, actor: str) -> APIRouter:
    routes = APIRouter()

    @routes.get("/evidence/{evidence_id}")
    async def get_evidence(
        request: Request,
        evidence_id: str,
        by: Annotated[str, Query(alias="actor")] = "",
        given_to: str = "",
    ) -> Response:
        """Return a file, checked whole; `given_to` says whom it is handed on to and why."""
        if request.headers.get("sec-fetch-site", "none") not in _FROM_HERE:
            return JSONResponse({"error": _FOREIGN}, HTTPStatus.FORBIDDEN)
        who = by.strip() or actor_of(request, actor)
        return _attachment(await evidence.open(evidence_id, actor=who, given_to=given_to))

    return routes


def _attachment(opened: Opened) -> StreamingResponse:
    headers = {
        **_ASIDE,
        "Content-Length": str(opened.content.size),
        "Content-Disposition": disposition(opened.item),
    }
    return StreamingResponse(
        iter(opened.content), media_type=opened.item.media_type, headers=headers
    )


def disposition(item: EvidenceItem) -> str:
    """Return the header that makes a browser save an item under a name that harms nobody."""
    plain = f"{item.evidence_id}{PurePosixPath(item.name).suffix}"
    ascii_name = "".join(
        char for char in plain if char.isascii() and (char.isalnum() or char in "-.")
    )
    named = quote(item.name or plain, safe="")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{named}"


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """Yield a body as it arrives, however large it is."""
    more = True
    while more:
        message: Any = await request.receive()
        if message["type"] != "http.request":
            raise GoneError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Let the rest of a refused file pass by; a browser hears no answer before it has sent all."""
    left = Limits().largest
    with suppress(GoneError):
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                return


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, _status(error))


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=HTTPStatus.BAD_REQUEST)


_STATUS: Mapping[type[VaultError], HTTPStatus] = {
    UnknownEvidenceError: HTTPStatus.NOT_FOUND,
    ErasedError: HTTPStatus.GONE,
    AlteredError: HTTPStatus.CONFLICT,
    StoreFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    BlobsUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def _status(error: Exception) -> HTTPStatus:
    if isinstance(error, FileRefusedError):
        return _refusal(error.reason)
    known = (status for kind, status in _STATUS.items() if isinstance(error, kind))
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)


def _refusal(reason: Refusal) -> HTTPStatus:
    match reason:
        case Refusal.TOO_LARGE | Refusal.TOO_MANY_PIXELS | Refusal.ARCHIVE_TOO_LARGE:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case Refusal.TYPE_NOT_ALLOWED | Refusal.FOREIGN_CONTENT:
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        case Refusal.EMPTY | Refusal.NO_FILE | Refusal.UNREADABLE | Refusal.ERASED_BEFORE:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case never:
            assert_never(never)
