"""The API for programs: cases, their story, and decisions, as JSON."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Query, Request
from fastapi.responses import JSONResponse

from casedesk.errors import CaseDeskError, NotFoundError, RefusedError
from casedesk.listing import CaseFilter, CaseRow
from console.cases import Desk, JsonObject, Update
from domain.errors import DomainError
from records.errors import RecordsError


def add_api(app: FastAPI, desk: Desk) -> None:
    """Serve the cases of a desk under /api/."""
    app.include_router(_routes(desk), prefix="/api")
    for kind, status in (
        (NotFoundError, HTTPStatus.NOT_FOUND),
        (RefusedError, HTTPStatus.CONFLICT),
        (DomainError, HTTPStatus.UNPROCESSABLE_ENTITY),
        (CaseDeskError, HTTPStatus.SERVICE_UNAVAILABLE),
        (RecordsError, HTTPStatus.SERVICE_UNAVAILABLE),
    ):
        app.add_exception_handler(kind, _answer_with(status))


def _answer_with(status: HTTPStatus) -> Any:
    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status)

    return answer


def _routes(desk: Desk) -> APIRouter:
    routes = APIRouter()

    @routes.get("/cases")
    async def list_cases(wanted: Annotated[CaseFilter, Query()]) -> list[CaseRow]:
        """List cases: open ones by due time, or closed ones, the newest first."""
        return await desk.list_cases(wanted)

    @routes.get("/cases/{case}")
    async def get_case(case: str) -> JsonObject:
        """Return the whole case; *case* is its id, SHOP:ORDER or an order id."""
        return await desk.view(await desk.find(case))

    @routes.get("/cases/{case}/timeline")
    async def get_timeline(case: str) -> list[JsonObject]:
        """Return what happened, oldest first."""
        return await desk.timeline(await desk.find(case))

    @routes.post("/cases/{case}/{update}")
    async def decide(
        case: str, update: Update, payload: Annotated[JsonObject, Body()]
    ) -> JsonObject:
        """Send a decision and return the case after it; `request_id` makes a repeat harmless."""
        request_id = str(payload.get("request_id") or "")
        return await desk.decide(await desk.find(case), update, payload, request_id=request_id)

    return routes
