"""The API: the desk's answers as JSON, its refusals as statuses with the sentence."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from casedesk.errors import CaseDeskError, NoServerError, NotFoundError, RefusedError
from casedesk.listing import CaseFilter, CaseRow
from console.alerts import add_alert_api
from console.api import add_api
from console.cases import Update
from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from records.errors import StoreUnavailableError
from records.stock_alerts import StockAlert
from tests.support.console_desk import INCIDENT, TheseAlerts

CASE = "order-case:1:2"


@dataclass
class FakeDesk:
    """A desk with one case, or one refusal for everything."""

    refusal: Exception | None = None
    asked: list[Any] = field(default_factory=list)

    def _heard(self, *what: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.asked.append(what)

    async def find(self, case: str) -> str:
        """Know the case by its id and by its order."""
        return CASE if case in (CASE, "2") else case

    async def list_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        """List the one case."""
        self._heard(wanted)
        return [CaseRow(case_id=CASE, state="parked", needs_human=True)]

    async def view(self, case_id: str) -> dict[str, Any]:
        """Show a case."""
        self._heard("view", case_id)
        return {"case_id": case_id}

    async def timeline(self, case_id: str) -> list[dict[str, Any]]:
        """Tell a story."""
        self._heard("timeline", case_id)
        return [{"key": "case.opened"}]

    async def decide(
        self, case_id: str, update: str, payload: dict[str, Any], *, request_id: str = ""
    ) -> dict[str, Any]:
        """Take a decision."""
        self._heard(case_id, update, payload, request_id)
        return {"case_id": case_id}


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def http(desk: FakeDesk) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    add_api(app, desk)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console/api") as client:
        yield client


async def test_cases_are_listed_as_the_filter_says(
    http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    query = {
        "state": "parked",
        "kind": "oversold",
        "shop_id": "1",
        "needs_human": "true",
        "due_before": "2026-11-23T00:00:00Z",
    }
    answer = await http.get("/cases", params=query)
    assert [(CASE, True)] == [(row["case_id"], row["needs_human"]) for row in answer.json()]
    wanted = CaseFilter(
        state=CaseState.PARKED,
        kind=CaseKind.OVERSOLD,
        shop_id="1",
        needs_human=True,
        due_before=datetime(2026, 11, 23, tzinfo=UTC),
    )
    assert [(wanted,)] == desk.asked


@pytest.mark.parametrize(
    "query", [{"state": "nonsense"}, {"due_before": "2026-11-23T00:00:00"}, {"needs_human": "?"}]
)
async def test_a_filter_that_cannot_be_read_is_refused(
    query: dict[str, str], http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    assert 422 == (await http.get("/cases", params=query)).status_code
    assert [] == desk.asked


@pytest.mark.parametrize("case", [CASE, "2"])
async def test_a_case_is_found_as_people_write_it(
    case: str, http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    assert {"case_id": CASE} == (await http.get(f"/cases/{case}")).json()
    assert [{"key": "case.opened"}] == (await http.get(f"/cases/{case}/timeline")).json()
    assert [("view", CASE), ("timeline", CASE)] == desk.asked


async def test_a_decision_is_sent_with_its_request_id(
    http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    payload = {"actor": "amy", "text": "called them", "request_id": "r1"}
    assert 200 == (await http.post("/cases/2/note", json=payload)).status_code
    assert [(CASE, Update.NOTE, payload, "r1")] == desk.asked


@pytest.mark.parametrize(
    ("path", "body"), [("/cases/2/terminate", {"actor": "amy"}), ("/cases/2/note", [1])]
)
async def test_only_decisions_of_the_wire_are_sent(
    path: str, body: Any, http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    assert 422 == (await http.post(path, json=body)).status_code
    assert [] == desk.asked


async def test_a_form_that_another_page_posts_is_no_decision(
    http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    """Rule: only JSON counts, which a browser never sends across sites without asking."""
    headers = {"Content-Type": "text/plain"}
    answer = await http.post("/cases/2/note", content='{"actor": "x"}', headers=headers)
    assert 422 == answer.status_code
    assert [] == desk.asked


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFoundError("there is no case x"), 404),
        (RefusedError("the case is closed"), 409),
        (InputError("choice", "is required"), 422),
        (NoServerError("127.0.0.1:7233"), 503),
        (CaseDeskError("no worker answered"), 503),
        (StoreUnavailableError("the records database cannot be used"), 503),
    ],
)
async def test_refusals_are_statuses_with_the_sentence(
    refusal: Exception, status: int, http: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.refusal = refusal
    answers = [
        await http.get("/cases"),
        await http.get("/cases/2"),
        await http.get("/cases/2/timeline"),
        await http.post("/cases/2/take", json={"actor": "amy"}),
    ]
    assert [(status, {"error": str(refusal)})] * 4 == [(a.status_code, a.json()) for a in answers]


async def test_stock_alerts_are_listed_and_taken_up_by_somebody() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    low = StockAlert(
        shop_id="1", sku_id="9", level="LOW_STOCK", available=1, committed=2, changed_at=now
    )
    alerts, app = TheseAlerts([low]), FastAPI()
    add_alert_api(app, alerts)
    add_api(app, FakeDesk())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console/api") as client:
        listed = (await client.get("/stock-alerts", params={"shop_id": "1"})).json()
        assert [("9", 1, 2)] == [(a["sku_id"], a["available"], a["committed"]) for a in listed]
        path = "/stock-alerts/1/9"
        counted = {"actor": "amy", "on_hand": 3}
        opened = await client.post(f"{path}/open", json=counted)
        assert (201, {"case_id": INCIDENT}) == (opened.status_code, opened.json())
        refused = await client.post(f"{path}/open", json={**counted, "on_hand": -1})
        assert (422, "on_hand: -1 is not a count") == (
            refused.status_code,
            refused.json()["error"],
        )
        assert 422 == (await client.post(f"{path}/settle", json={"actor": ""})).status_code
        assert 204 == (await client.post(f"{path}/settle", json={"actor": "amy"})).status_code
        assert [] == (await client.get("/stock-alerts")).json()
    assert [("1", "9", "amy")] == alerts.settled


async def test_programs_can_read_what_there_is(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    expected = ["/api/cases", "/api/cases/{case}"]
    expected += ["/api/cases/{case}/timeline", "/api/cases/{case}/{update}"]
    assert expected == sorted(paths)
