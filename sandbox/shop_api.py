"""The shops' API: every check of the platform's gateway in its order, then the call itself."""

from sandbox.calls import Call
from sandbox.errors import HTTP_STATUS, ApiError, Code
from sandbox.faults import FaultKind
from sandbox.http_messages import Reply, Request, answered
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


class ShopApi:
    """Answers signed calls and token calls."""

    def __init__(self, world: World) -> None:
        self._world = world

    def execute(self, request: Request, query: dict[str, str]) -> Reply:
        """Check and execute one call."""
        try:
            token_call = _TOKEN_CALLS.get(request.path)
            if token_call is not None:
                return answered(Code.OK, "Success", token_call(self._world, query), executed=True)
            route, call = self._checked(request, query)
            return answered(Code.OK, "Success", route.answer(call), executed=True)
        except ApiError as error:
            return self._refusal(error)
        except (AttributeError, TypeError, ValueError) as error:
            shape = ApiError(Code.BAD_PARAMETER, f"a parameter has the wrong shape: {error}")
            return self._refusal(shape)

    def refuse(self, fault: Doc) -> Reply:
        """Answer as a planned fault that refuses says."""
        code, status = _REFUSALS.get(fault["kind"], (Code.INTERNAL, None))
        error = ApiError(fault["code"] or code, f"refused on demand: {fault['kind']}")
        return self._refusal(error, status=fault["status"] or status)

    def _refusal(self, error: ApiError, *, status: int | None = None) -> Reply:
        known = self._world.scenario.http_status or HTTP_STATUS
        told = status or known.get(error.code, 200)
        reply = answered(error.code, error.message, None, status=told)
        if error.code == Code.TOO_MANY:
            reply.headers["retry-after"] = "1"
        return reply

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
            body=request.json_object(),
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
