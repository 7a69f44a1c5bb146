"""The guard: pages and API are for this machine, or for those who know the token."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from console.guard import COOKIE, Guard, is_loopback
from console.web import open_to_all

TOKEN = "correct horse"


async def _app(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"secret"})


def _client(token: str | None, host: str = "127.0.0.1:8080") -> httpx.AsyncClient:
    secret = SecretStr(token) if token else None
    guard = Guard(_app, token=secret, open_to_all=open_to_all("/webhooks/tiktok"))
    transport = httpx.ASGITransport(guard)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),  # noqa: S104 (the very address that must not count)
        ("192.168.1.5", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_only_this_machine_is_this_machine(host: str, *, loopback: bool) -> None:
    assert loopback == is_loopback(host)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:8080", 403),
    ],
)
async def test_without_a_token_the_address_must_name_this_machine(host: str, status: int) -> None:
    """Rule: a name that was rebound to 127.0.0.1 is a stranger's page."""
    async with _client(None, host) as http:
        assert status == (await http.get("/api/cases")).status_code


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:8080", 200),
        ("http://evil.example", 403),
        ("http://127.0.0.1:9999", 403),
        ("null", 403),
    ],
)
async def test_requests_that_another_site_made_a_browser_send_are_refused(
    origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    async with _client(None) as http:
        assert status == (await http.post("/api/cases/x/note", headers=headers)).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"Bearer {TOKEN}!"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Cookie": f'{COOKIE}="{TOKEN}"'}, 200),
        ({"Cookie": f"{COOKIE}=wrong"}, 401),
        ({"Cookie": f'{COOKIE}="{TOKEN}"', "Origin": "http://evil.example"}, 401),
    ],
)
async def test_with_a_token_only_those_who_know_it_come_in(
    headers: dict[str, str], status: int
) -> None:
    async with _client(TOKEN, "console.example") as http:
        assert status == (await http.get("/cases/x", headers=headers)).status_code


async def test_a_token_in_the_address_moves_into_a_cookie() -> None:
    """Rule: it does not stay in the address, and leads to our own first page only."""
    async with _client(TOKEN, "console.example") as http:
        answer = await http.get("http://console.example//evil.example/", params={"token": TOKEN})
        assert (303, "/") == (answer.status_code, answer.headers["location"])
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert 200 == (await http.get("/")).status_code
        assert 401 == (await _client(TOKEN).get("/", params={"token": "x"})).status_code


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    ("method", "path", "is_open"),
    [
        ("POST", "/webhooks/tiktok", True),
        ("POST", "/", True),
        ("GET", "/healthz", True),
        ("GET", "/", False),
        ("GET", "/webhooks/tiktok", False),
        ("POST", "/healthz", False),
        ("POST", "/api/cases/x/note", False),
        ("GET", "/_nicegui/x", False),
    ],
)
async def test_only_notifications_and_health_pass_unasked(
    method: str, path: str, token: str | None, *, is_open: bool
) -> None:
    async with _client(token, "shop.example") as http:
        assert is_open == (200 == (await http.request(method, path)).status_code)


@pytest.mark.parametrize(
    ("host", "kind"),
    [(b"127.0.0.1:8080", "websocket.accept"), (b"evil.example", "websocket.close")],
)
async def test_sockets_are_guarded_as_well(host: bytes, kind: str) -> None:
    sent: list[Any] = []
    scope = {
        "type": "websocket",
        "path": "/_nicegui_ws/socket.io",
        "query_string": b"",
        "headers": [(b"host", host)],
    }

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(event: Any) -> None:
        sent.append(event)

    await Guard(_app, token=None, open_to_all=())(scope, receive, send)
    assert [kind] == [event["type"] for event in sent]


async def test_the_start_of_the_application_is_not_a_request() -> None:
    started: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        started.append(scope["type"])

    guard = Guard(app, token=SecretStr(TOKEN), open_to_all=())
    await guard({"type": "lifespan"}, FastAPI, FastAPI)  # type: ignore[arg-type]  # never called
    assert ["lifespan"] == started
