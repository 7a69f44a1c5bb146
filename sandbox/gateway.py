"""The platform's gateway: every check in its order, faults, the envelope, the log of calls."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sandbox.calls import Call
from sandbox.clock import rfc3339
from sandbox.errors import HTTP_STATUS, ApiError, Code
from sandbox.faults import FaultKind, take_fault
from sandbox.routes import Route, find_route
from sandbox.shops import APP_KEY, APP_SECRET
from sandbox.signing import is_signed
from sandbox.store import Doc
from sandbox.tokens import get_token, refresh_token
from sandbox.world import World

_OLDEST_SECONDS = 300
_FUTURE_SECONDS = 30
_TOKEN_CALLS = {"/api/v2/token/get": get_token, "/api/v2/token/refresh": refresh_token}
_REFUSALS: dict[str, tuple[int, int | None]] = {
    FaultKind.ERROR: (Code.INTERNAL, 500),
    FaultKind.RATE_LIMIT: (Code.TOO_MANY, 429),
    FaultKind.EXPIRED_TOKEN: (Code.TOKEN_EXPIRED, None),
}
"""Code and HTTP status of faults that refuse; None: the status the code travels with."""
_GARBAGE = b"<html><body>upstream connect error</body></html>"


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came over the wire."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    body: bytes

    def query(self) -> dict[str, str]:
        """Return decoded values; of a repeated name the first counts."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return dict(reversed(pairs))


@dataclass
class Reply:
    """What goes back, or that nothing does."""

    status: int = 200
    content: bytes = b""
    code: int | None = None
    executed: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    """Never answer."""
    cut: bool = False
    """Cut the connection instead of answering."""


class Gateway:
    """Answers platform calls; everything between reading and answering is one atomic step."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Reply:
        """Check, execute, log and store one call."""
        query = request.query()
        shop_id = self._world.shop_of_cipher.get(query.get("shop_cipher", ""), "")
        fault = take_fault(
            self._world,
            method=request.method,
            target=f"{request.path}?{request.query_string}",
            shop_id=shop_id,
            body=request.body.decode("utf-8", "replace"),
        )
        reply = self._faulty(fault, request, query) if fault else self._execute(request, query)
        self._log(request, query, shop_id, reply, fault)
        self._world.store.flush()
        return reply

    def _faulty(self, fault: Doc, request: Request, query: dict[str, str]) -> Reply:
        match FaultKind(fault["kind"]):
            case FaultKind.TIMEOUT:
                return Reply(silent=True)
            case FaultKind.DROP_REPLY:
                done = self._execute(request, query)
                return Reply(cut=True, executed=done.executed)
            case FaultKind.GARBAGE:
                return Reply(content=_GARBAGE, headers={"content-type": "text/html"})
            case _:
                code, status = _REFUSALS.get(fault["kind"], (Code.INTERNAL, None))
                error = ApiError(fault["code"] or code, f"refused on demand: {fault['kind']}")
                return self._refusal(error, status=fault["status"] or status)

    def _execute(self, request: Request, query: dict[str, str]) -> Reply:
        try:
            token_call = _TOKEN_CALLS.get(request.path)
            if token_call is not None:
                return _success(token_call(self._world, query))
            route, call = self._checked(request, query)
            return _success(route.answer(call))
        except ApiError as error:
            return self._refusal(error)
        except (AttributeError, TypeError, ValueError) as error:
            shape = ApiError(Code.BAD_PARAMETER, f"a parameter has the wrong shape: {error}")
            return self._refusal(shape)

    def _checked(self, request: Request, query: dict[str, str]) -> tuple[Route, Call]:
        """Run the gateway's checks in the platform's order.

        Source:
            Order of checks: live probe of the platform (2026-09) for path and app_key; the
            rest in the order of the documentation's common errors.
        """
        route, ids = find_route(request.method, request.path)
        if query.get("app_key") != APP_KEY:
            raise ApiError(Code.GATEWAY, "Invalid 'app_key'")
        self._check_time(query)
        self._check_sign(request, query)
        token = self._token(request, route)
        shop = self._shop(route, query, token)
        if not self._world.calls_per_second.take(
            f"{shop.get('id', '')} {route.method} {route.path}",
            self._world.scenario.rate_limit_per_second,
        ):
            raise ApiError(Code.TOO_MANY, "too many requests")
        version = ids.pop("v")
        return route, Call(
            world=self._world,
            shop=shop,
            token=token,
            ids=ids,
            query=query,
            body=_json_object(request),
            version=version,
        )

    def _check_time(self, query: dict[str, str]) -> None:
        stamp, now = query.get("timestamp", ""), self._world.clock.gateway()
        inside = stamp.isdigit() and now - _OLDEST_SECONDS <= int(stamp) <= now + _FUTURE_SECONDS
        if not inside:
            raise ApiError(Code.GATEWAY, "Invalid 'timestamp': outside -300 to +30 seconds")

    def _check_sign(self, request: Request, query: dict[str, str]) -> None:
        if not query.get("sign"):
            raise ApiError(Code.GATEWAY, "required parameter 'sign' is missing")
        content_type = request.headers.get("content-type", "")
        if not is_signed(
            path=request.path,
            query=query,
            body=request.body,
            content_type=content_type,
            secret=APP_SECRET,
        ):
            raise ApiError(Code.BAD_SIGN, "signature is invalid")

    def _token(self, request: Request, route: Route) -> Doc:
        token = self._world.access_tokens.get(request.headers.get("x-tts-access-token", ""))
        if token is None:
            raise ApiError(Code.GATEWAY, "Invalid 'access_token'")
        if token["expires"] <= self._world.clock.gateway():
            raise ApiError(Code.TOKEN_EXPIRED, "access token is expired")
        if route.scope not in token["scopes"]:
            raise ApiError(Code.NO_SCOPE, f"scope {route.scope} is not granted")
        return token

    def _shop(self, route: Route, query: dict[str, str], token: Doc) -> Doc:
        cipher = query.get("shop_cipher", "")
        if not route.takes_cipher:
            if cipher:
                raise ApiError(Code.GATEWAY, "Invalid 'shop_cipher': not expected here")
            return {}
        if not cipher:
            raise ApiError(Code.NO_CIPHER, "shop_cipher is missing")
        shop_id = self._world.shop_of_cipher.get(cipher)
        if shop_id is None:
            raise ApiError(Code.GATEWAY, "Invalid 'shop_cipher'")
        if shop_id not in token["shop_ids"]:
            raise ApiError(Code.WRONG_SHOP, "the token was not granted by this shop")
        return self._world.shops.rows[shop_id]

    def _refusal(self, error: ApiError, *, status: int | None = None) -> Reply:
        known = self._world.scenario.http_status or HTTP_STATUS
        headers = {"retry-after": "1"} if error.code == Code.TOO_MANY else {}
        return Reply(
            status=status or known.get(error.code, 200),
            content=_envelope(error.code, error.message, None),
            code=error.code,
            headers={"content-type": "application/json"} | headers,
        )

    def _log(
        self,
        request: Request,
        query: dict[str, str],
        shop_id: str,
        reply: Reply,
        fault: Doc | None,
    ) -> None:
        number, clock = self._world.count("calls"), self._world.clock
        hidden = {"app_secret", "sign"}
        call = {
            "number": number,
            "method": request.method,
            "path": request.path,
            "query": {name: value for name, value in query.items() if name not in hidden},
            "body": _readable(request.body),
            "shop_id": shop_id or None,
            "at": rfc3339(clock.shop()),
            "gateway_at": rfc3339(clock.gateway()),
            "executed": reply.executed,
            "code": reply.code,
            "status": None if reply.silent or reply.cut else reply.status,
            "fault": fault["kind"] if fault else None,
        }
        self._world.calls.put(f"{number:09d}", call)


def _success(data: Doc) -> Reply:
    content = _envelope(Code.OK, "Success", data)
    headers = {"content-type": "application/json"}
    return Reply(content=content, code=0, executed=True, headers=headers)


def _envelope(code: int, message: str, data: Doc | None) -> bytes:
    envelope = {"code": int(code), "message": message, "request_id": uuid.uuid4().hex}
    return json.dumps(envelope | {"data": data}, ensure_ascii=False).encode()


def _json_object(request: Request) -> Doc:
    if not request.body or request.headers.get("content-type", "").startswith("multipart/"):
        return {}
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise ApiError(Code.BODY_FORMAT, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise ApiError(Code.BODY_FORMAT, "the body must be a JSON object")
    return body


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")
