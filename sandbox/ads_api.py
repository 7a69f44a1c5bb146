"""The Marketing API: an app, a token and an envelope of its own; reading and switching ads.

Source: TikTok API for Business v1.3, campaign and ad group "get" and "status update", Smart+
"status update", return codes (docs, autumn 2026).
"""

import json
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from sandbox.ads import STATES, Level, switch, table_of
from sandbox.errors import ApiError
from sandbox.faults import FaultKind
from sandbox.http_messages import Reply, Request, answered
from sandbox.store import Doc
from sandbox.world import World

PREFIX = "/open_api/"
_VERSION = f"{PREFIX}v1.3/"
_MOST_SWITCHED = 20
_MOST_FILTERED = 100
_MOST_PER_PAGE = 1000
_USUAL_PER_PAGE = 10


class AdCode(IntEnum):
    """Return codes, named by what they say."""

    OK = 0
    PARTIAL = 20001
    NO_PERMISSION = 40001
    PARAMETER = 40002
    MISSING = 40007
    TOO_MANY = 40100
    TOKEN_EXPIRED = 40102
    NO_TOKEN = 40104
    BAD_TOKEN = 40105
    NO_ADVERTISER = 40300
    INTERNAL = 50000


_FAULT_CODES = {
    FaultKind.ERROR: (AdCode.INTERNAL, 500),
    FaultKind.RATE_LIMIT: (AdCode.TOO_MANY, 200),
    FaultKind.EXPIRED_TOKEN: (AdCode.TOKEN_EXPIRED, 200),
}
"""Code and HTTP status; this API answers practically always with 200."""


class AdsApi:
    """Answers calls under /open_api/."""

    def __init__(self, world: World) -> None:
        self._world = world

    def execute(self, request: Request, query: dict[str, str]) -> Reply:
        """Check and execute one call."""
        try:
            route = _ROUTES.get((request.method, request.path.removeprefix(_VERSION)))
            if route is None or not request.path.startswith(_VERSION):
                return answered(AdCode.PARAMETER, f"no such path {request.path}", None, status=404)
            token = self._token(request)
            given = query if request.method == "GET" else request.json_object(AdCode.PARAMETER)
            self._check_advertiser(token, str(given.get("advertiser_id", "")))
            self._check_rate()
            code, data = route(self._world, given)
        except ApiError as error:
            return answered(error.code, error.message, {})
        except (AttributeError, TypeError, ValueError) as error:
            return answered(AdCode.PARAMETER, f"a parameter has the wrong shape: {error}", {})
        return answered(code, "OK", data, executed=True)

    def refuse(self, fault: Doc) -> Reply:
        """Answer as a planned fault that refuses says."""
        code, status = _FAULT_CODES.get(fault["kind"], (AdCode.INTERNAL, 200))
        said = f"refused on demand: {fault['kind']}"
        return answered(fault["code"] or code, said, {}, status=fault["status"] or status)

    def _token(self, request: Request) -> str:
        token = request.headers.get("access-token", "")
        if not token:
            raise ApiError(AdCode.NO_TOKEN, "Access token is empty")
        if all(held["access_token"] != token for held in self._world.advertisers.all()):
            raise ApiError(AdCode.BAD_TOKEN, "Access token is incorrect or has been revoked")
        return token

    def _check_advertiser(self, token: str, advertiser_id: str) -> None:
        advertiser = self._world.advertisers.get(advertiser_id)
        if advertiser is None:
            raise ApiError(AdCode.NO_ADVERTISER, f"advertiser {advertiser_id!r} doesn't exist")
        if advertiser["access_token"] != token:
            raise ApiError(AdCode.NO_PERMISSION, f"no permission for advertiser {advertiser_id}")

    def _check_rate(self) -> None:
        if not self._world.calls_per_second.take("ads", self._world.scenario.ads_per_second):
            raise ApiError(AdCode.TOO_MANY, "too many requests")


_Answer = tuple[AdCode, Doc]
_Route = Callable[[World, Doc], _Answer]


def _get(level: Level) -> _Route:
    def route(world: World, query: Doc) -> _Answer:
        asked = _object(query.get("filtering", "{}")).get(f"{level.id_field}s")
        wanted = None if asked is None else {str(ad_id) for ad_id in asked}
        if wanted is not None and not 1 <= len(wanted) <= _MOST_FILTERED:
            raise ApiError(AdCode.PARAMETER, f"{level.id_field}s: 1 to {_MOST_FILTERED} ids")
        rows = [
            ad
            for ad_id, ad in table_of(world, level).rows.items()
            if ad["advertiser_id"] == query["advertiser_id"]
            and ad["operation_status"] != "DELETE"
            and (wanted is None or ad_id in wanted)
        ]
        return AdCode.OK, _page(rows, query)

    return route


def _object(text: str) -> Doc:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ApiError(AdCode.PARAMETER, "filtering must be a JSON object")
    return value


def _page(rows: list[Doc], query: Doc) -> Doc:
    number, size = int(query.get("page", 1)), int(query.get("page_size", _USUAL_PER_PAGE))
    if number < 1 or not 1 <= size <= _MOST_PER_PAGE:
        raise ApiError(AdCode.PARAMETER, f"page_size must be 1 to {_MOST_PER_PAGE}")
    names = json.loads(query["fields"]) if "fields" in query else None
    shown = [
        {
            name: value
            for name, value in ad.items()
            if name != "sku_ids" and (names is None or name in names)
        }
        for ad in rows[(number - 1) * size : number * size]
    ]
    pages = max(1, -(-len(rows) // size))
    info = {"page": number, "page_size": size, "total_page": pages, "total_number": len(rows)}
    return {"list": shown, "page_info": info}


def _update(level: Level, *, smart: bool = False) -> _Route:
    def route(world: World, body: Doc) -> _Answer:
        operation = body.get("operation_status")
        if operation not in STATES:
            raise ApiError(AdCode.PARAMETER, f"operation_status {operation!r} is invalid")
        found, errors = _sorted_out(world, level, body)
        # Campaigns are switched together or not at all; only ad groups may be asked for in part.
        partly = smart or (level is Level.AD_GROUP and bool(body.get("allow_partial_success")))
        if errors and not (partly and found):
            raise ApiError(AdCode.MISSING, errors[0]["error_message"])
        for ad in found:
            switch(world, level, ad, str(operation))
        return _switched(level, found, errors, str(operation), smart=smart)

    return route


def _sorted_out(world: World, level: Level, body: Doc) -> tuple[list[Doc], list[Doc]]:
    """Return the ads named that can be switched, and an error for each other id."""
    name = f"{level.id_field}s"
    ids = list(dict.fromkeys(str(ad_id) for ad_id in body.get(name) or []))
    if not 1 <= len(ids) <= _MOST_SWITCHED:
        raise ApiError(AdCode.PARAMETER, f"{name}: 1 to {_MOST_SWITCHED} ids")
    held = [(ad_id, table_of(world, level).get(ad_id)) for ad_id in ids]
    mine = [
        ad
        for _, ad in held
        if ad
        and ad["advertiser_id"] == body["advertiser_id"]
        and ad["operation_status"] != "DELETE"
    ]
    known = {ad[level.id_field] for ad in mine}
    errors = [
        {level.id_field: ad_id, "error_message": f"{level.value} {ad_id} doesn't exist"}
        for ad_id in ids
        if ad_id not in known
    ]
    return mine, errors


def _switched(
    level: Level, found: list[Doc], errors: list[Doc], operation: str, *, smart: bool
) -> _Answer:
    ids = [ad[level.id_field] for ad in found]
    data: dict[str, Any] = {f"{level.id_field}s": ids, "status": operation}
    if smart:
        data = {
            f"{level.value}_list": [{level.id_field: i, "status": operation} for i in ids],
            "error_list": errors,
        }
    elif errors:
        data["error_list"] = errors
    return (AdCode.PARTIAL if errors else AdCode.OK), data


_ROUTES: dict[tuple[str, str], _Route] = {
    ("GET", "campaign/get/"): _get(Level.CAMPAIGN),
    ("GET", "adgroup/get/"): _get(Level.AD_GROUP),
    ("POST", "campaign/status/update/"): _update(Level.CAMPAIGN),
    ("POST", "adgroup/status/update/"): _update(Level.AD_GROUP),
    ("POST", "smart_plus/campaign/status/update/"): _update(Level.CAMPAIGN, smart=True),
    ("POST", "smart_plus/adgroup/status/update/"): _update(Level.AD_GROUP, smart=True),
}
