"""The door of the sandbox: faults on demand, the API a path belongs to, the log of calls."""

from typing import Protocol

from sandbox.ads_api import PREFIX, AdsApi
from sandbox.clock import rfc3339
from sandbox.faults import FaultKind, take_fault
from sandbox.http_messages import Reply, Request
from sandbox.shop_api import ShopApi
from sandbox.store import Doc
from sandbox.world import World

_GARBAGE = b"<html><body>upstream connect error</body></html>"
_HIDDEN = frozenset({"app_secret", "sign"})


class _Api(Protocol):
    """One of the platform's APIs."""

    def execute(self, request: Request, query: dict[str, str]) -> Reply:
        """Check and execute one call."""
        ...

    def refuse(self, fault: Doc) -> Reply:
        """Answer as a planned fault that refuses says."""
        ...


class Gateway:
    """Answers platform calls; everything between reading and answering is one atomic step."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shops = ShopApi(world)
        self._ads = AdsApi(world)

    def answer(self, request: Request) -> Reply:
        """Check, execute, log and store one call."""
        query = request.query()
        shop_id = self._world.shop_of_cipher.get(query.get("shop_cipher", ""), "")
        api: _Api = self._ads if request.path.startswith(PREFIX) else self._shops
        fault = self._fault(request, shop_id)
        reply = _faulty(api, fault, request, query) if fault else api.execute(request, query)
        self._log(request, query, shop_id, reply, fault)
        self._world.store.flush()
        return reply

    def _fault(self, request: Request, shop_id: str) -> Doc | None:
        if not self._world.faults.rows:
            return None
        return take_fault(
            self._world,
            method=request.method,
            target=f"{request.path}?{request.query_string}",
            shop_id=shop_id,
            body=request.body.decode("utf-8", "replace"),
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
        call = {
            "number": number,
            "method": request.method,
            "path": request.path,
            "query": {name: value for name, value in query.items() if name not in _HIDDEN},
            "body": request.readable_body(),
            "shop_id": shop_id or None,
            "at": rfc3339(clock.shop()),
            "gateway_at": rfc3339(clock.gateway()),
            "executed": reply.executed,
            "code": reply.code,
            "status": None if reply.silent or reply.cut else reply.status,
            "fault": fault["kind"] if fault else None,
        }
        self._world.calls.put(f"{number:09d}", call)


def _faulty(api: _Api, fault: Doc, request: Request, query: dict[str, str]) -> Reply:
    match FaultKind(fault["kind"]):
        case FaultKind.TIMEOUT:
            return Reply(silent=True)
        case FaultKind.DROP_REPLY:
            done = api.execute(request, query)
            return Reply(cut=True, executed=done.executed)
        case FaultKind.GARBAGE:
            return Reply(content=_GARBAGE, headers={"content-type": "text/html"})
        case _:
            return api.refuse(fault)
