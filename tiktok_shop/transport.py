"""One HTTPS host of the platform: send prepared bytes, judge the envelope, name the failure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx
import structlog
from pydantic import ValidationError

from domain.errors import DomainError
from tiktok_shop.address_log import hide_queries
from tiktok_shop.error_codes import reaction
from tiktok_shop.errors import (
    ItemFailure,
    LookFirstError,
    PartialFailureError,
    Refusal,
    ShopError,
    ShopUnavailableError,
)
from tiktok_shop.wire import Wire

logger = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

DEFAULT_TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=10.0, pool=10.0)
"""Seconds; reading waits longest because cancellations are slow on busy days."""


class Reaction(Protocol):
    """Sorts a refused call by what its caller has to do; each API has its own table of codes."""

    def __call__(
        self, *, code: int | None, message: str, http_status: int, writes: bool
    ) -> type[ShopError]:
        """Return the class of failure to raise."""
        ...


_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_W = TypeVar("_W", bound=Wire)
_T = TypeVar("_T")


def system_clock() -> datetime:
    """Return the present instant; signatures and token life need real time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be sent."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = field(repr=False)
    """Decoded values."""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    writes: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Blotted out of whatever the platform says about the call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: code 0, its data an object."""

    call: Call
    http_status: int
    request_id: str
    data: Mapping[str, Any] = field(repr=False)
    envelope: Mapping[str, Any] = field(repr=False)
    """Everything that was answered, as it came."""
    received_at: datetime

    def read(self, model: type[_W], into: Callable[[_W], _T]) -> _T:
        """Return the data as *into* makes it out of *model*.

        Raises:
            ShopUnavailableError: The data is not what the operation promises; for a write it
                may have been executed all the same.
        """
        try:
            return into(model.model_validate(self.data))
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            self.reject(f"{'.'.join(map(str, fault['loc']))} {fault['type']}")
        except (DomainError, ValueError, OverflowError, OSError) as error:
            # OSError is how the C library refuses an absurd unix second.
            self.reject(f"{type(error).__name__}")

    def reject(self, reason: str) -> NoReturn:
        """Raise for an answer that says success but cannot be used."""
        raise ShopUnavailableError(
            Refusal(
                path=self.call.path,
                message=f"the answer cannot be used: {reason}",
                code=0,
                http_status=self.http_status,
                request_id=self.request_id,
                may_have_executed=self.call.writes,
            )
        ) from None


class Host:
    """One host of the platform, reached by one connection pool."""

    def __init__(
        self,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None,
        timeout: httpx.Timeout,
        clock: Clock,
        sort: Reaction = reaction,
        failed_event: str = "shop.call_failed",
    ) -> None:
        hide_queries()
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._sort = sort
        self._failed_event = failed_event
        self._http = httpx.AsyncClient(
            transport=transport, timeout=timeout, trust_env=False, follow_redirects=False
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, call: Call) -> Answer:
        """Make one call, without any retry.

        Args:
            call: What to send, byte for byte.

        Returns:
            The answer, its code 0.

        Raises:
            ShopError: The subclass that says what to do about the failure.
        """
        try:
            return self._judge(call, await self._exchange(call))
        except ShopError as error:
            logger.warning(
                self._failed_event,
                failure=type(error).__name__,
                method=call.method,
                path=error.path,
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                may_have_executed=error.may_have_executed,
            )
            raise

    async def _exchange(self, call: Call) -> httpx.Response:
        # quote keeps "+" of page tokens as %2B; the default encoder would read it as a space.
        query = f"?{urlencode(call.query, quote_via=quote, safe='')}" if call.query else ""
        address = f"{self._base_url}{call.path}{query}"
        request = self._http.build_request(
            call.method, address, content=call.body, headers=call.headers
        )
        try:
            return await self._http.send(request)
        except httpx.HTTPError as error:
            # The chain is cut: an httpx error carries its request, whose address has secrets.
            raise ShopUnavailableError(
                Refusal(
                    path=call.path,
                    message=f"no answer ({type(error).__name__})",
                    may_have_executed=call.writes and not isinstance(error, _NEVER_SENT),
                )
            ) from None

    def _judge(self, call: Call, response: httpx.Response) -> Answer:
        envelope = _envelope(response)
        code = envelope.get("code")
        data = envelope.get("data") or {}
        answer = Answer(
            call=call,
            http_status=response.status_code,
            request_id=str(envelope.get("request_id") or ""),
            data=data if isinstance(data, dict) else {},
            envelope=envelope,
            received_at=self._clock(),
        )
        # Success is decided by the code, whatever the HTTP status; JSON's false is no number.
        if type(code) is not int or code != 0:
            raise self._failure(answer, response, code=code, said=envelope.get("message"))
        if not isinstance(data, dict):
            answer.reject("data is not an object")
        listed = _left_undone(data)
        if listed:
            raise _partial(answer, listed)
        return answer

    def _failure(
        self, answer: Answer, response: httpx.Response, *, code: object, said: object
    ) -> ShopError:
        number = code if type(code) is int else None
        message = _blotted(str(said or "the answer is not the platform's envelope"), answer.call)
        kind = self._sort(
            code=number,
            message=message,
            http_status=response.status_code,
            writes=answer.call.writes,
        )
        if kind is PartialFailureError:
            return _partial(answer, _left_undone(answer.data), code=number)
        uncertain = kind in {ShopUnavailableError, LookFirstError}
        return kind(
            Refusal(
                path=answer.call.path,
                message=message,
                code=number,
                http_status=response.status_code,
                request_id=answer.request_id,
                retry_after=self._retry_after(response),
                may_have_executed=answer.call.writes and uncertain,
            )
        )

    def _retry_after(self, response: httpx.Response) -> float | None:
        given = response.headers.get("retry-after", "").strip()
        if given.isdigit():
            return float(given)
        try:
            until = parsedate_to_datetime(given)
        except ValueError:
            return None
        # A date with zone -0000 comes back naive and means UTC.
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (aware - self._clock()).total_seconds())


def _envelope(response: httpx.Response) -> Mapping[str, Any]:
    try:
        received = json.loads(response.content)
    except ValueError:
        return {}
    return received if isinstance(received, dict) else {}


def _left_undone(data: Mapping[str, Any]) -> Sequence[object]:
    # The Marketing API calls the same thing error_list.
    listed = data.get("errors") or data.get("error_list")
    return listed if isinstance(listed, list) else ()


def _partial(
    answer: Answer, listed: Sequence[object], *, code: int | None = 0
) -> PartialFailureError:
    failures = _item_failures(listed, answer.call)
    refusal = Refusal(
        path=answer.call.path,
        message=f"{len(listed) or 'some'} items were left undone: "
        + "; ".join(f"{failure.item_id} {failure.message}" for failure in failures),
        code=code,
        http_status=answer.http_status,
        request_id=answer.request_id,
        may_have_executed=answer.call.writes,
    )
    return PartialFailureError(refusal, failures)


def _item_failures(listed: object, call: Call) -> tuple[ItemFailure, ...]:
    entries = listed if isinstance(listed, list) else []
    return tuple(_item_failure(entry, call) for entry in entries if isinstance(entry, dict))


def _item_failure(entry: Mapping[str, Any], call: Call) -> ItemFailure:
    code, detail = entry.get("code"), entry.get("detail")
    named = detail if isinstance(detail, dict) else entry
    return ItemFailure(
        code=code if isinstance(code, int) else None,
        message=_blotted(str(entry.get("message") or entry.get("error_message") or ""), call),
        item_id=_id_in(named),
        parts=_item_failures(named.get("extra_errors"), call),
    )


def _id_in(named: Mapping[str, Any]) -> str:
    ids = (part for name, part in named.items() if name.endswith("id"))
    return next((str(part) for part in ids if isinstance(part, str | int)), "")


def _blotted(text: str, call: Call) -> str:
    for secret in call.secrets:
        text = text.replace(secret, "***")
    return text
