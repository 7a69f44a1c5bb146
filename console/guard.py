"""Who may use pages and API: whoever knows the token, or anybody on this machine's own address.

Without a token the Host and Origin headers must name this machine, or a page from elsewhere could
make a browser here act on cases (DNS rebinding, cross-site requests and sockets).
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import Response
from fastapi.datastructures import Headers
from fastapi.responses import PlainTextResponse, RedirectResponse
from pydantic import SecretStr

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "wenhuo_console"
_BEARER = "Bearer "
_KEPT_SECONDS = 12 * 3600


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """Lets webhooks and health checks pass, and everything else only for those who may."""

    def __init__(
        self, app: ASGIApp, *, token: SecretStr | None, open_to_all: Collection[str]
    ) -> None:
        """Stand before an application.

        Args:
            app: What is guarded.
            token: What strangers must know; None trusts this machine alone.
            open_to_all: `METHOD path` pairs that are guarded by other means.
        """
        self._app = app
        self._token = token.get_secret_value() if token else None
        self._open = frozenset(open_to_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan" or self._is_open(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._token is None:
            allowed = _is_local(headers)
        elif self._offered(scope):
            await _remember(scope)(scope, receive, send)
            return
        else:
            allowed = self._knows(headers) and _same_origin(headers)
        answer = self._app if allowed else _refusal(scope, self._token)
        await answer(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        return f"{scope.get('method')} {scope['path']}" in self._open

    def _offered(self, scope: Scope) -> bool:
        return scope["type"] == "http" and self._matches(_query_token(scope))

    def _knows(self, headers: Headers) -> bool:
        given = headers.get("authorization", "")
        if given.startswith(_BEARER):
            return self._matches(given.removeprefix(_BEARER))
        return self._matches(_cookie(headers))

    def _matches(self, given: str) -> bool:
        expected = (self._token or "").encode()
        return bool(expected) and hmac.compare_digest(expected, given.encode(errors="replace"))


def _is_local(headers: Headers) -> bool:
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return is_loopback(host) and _same_origin(headers)


def _same_origin(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _cookie(headers: Headers) -> str:
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def _query_token(scope: Scope) -> str:
    query_string: bytes = scope["query_string"]
    return parse_qs(query_string.decode("latin-1")).get("token", [""])[0]


def _remember(scope: Scope) -> Response:
    """Move the token from the address, where others may read it, into a cookie."""
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE, _query_token(scope), max_age=_KEPT_SECONDS, httponly=True, samesite="strict"
    )
    return answer


def _refusal(scope: Scope, token: str | None) -> ASGIApp:
    if scope["type"] == "websocket":
        return _closed
    if token is None:
        return PlainTextResponse(
            "This console answers on this machine alone; open it as http://127.0.0.1 with its "
            "port, or set WENHUO_CONSOLE_TOKEN.\n",
            HTTPStatus.FORBIDDEN,
        )
    return PlainTextResponse(
        "The token is missing or wrong; open the console once with ?token=… or send it as "
        "`Authorization: Bearer …`.\n",
        HTTPStatus.UNAUTHORIZED,
    )


async def _closed(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})
