"""What the merchant's filing endpoint answers, and what has to be done about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from domain.filings import EndpointFiling, read_filing
from tiktok_shop.errors import (
    AskPersonError,
    InvalidRequestError,
    LookFirstError,
    RateLimitedError,
    Refusal,
    ShopError,
    ShopUnavailableError,
)

URL, SECRET = "WENHUO_GATEWAY_URL", "WENHUO_GATEWAY_SECRET"
_LARGEST_ANSWER = 64 * 1024
_SHOWN = 200
WHO = "the filing gateway"
_NOT_NOW = "cannot do it now"
_UNSIGNED = f"did not accept our signature; compare {SECRET} on both sides"
_KNOWN: Mapping[int, tuple[type[ShopError], str]] = {
    HTTPStatus.UNAUTHORIZED: (AskPersonError, _UNSIGNED),
    HTTPStatus.FORBIDDEN: (AskPersonError, _UNSIGNED),
    HTTPStatus.CONFLICT: (LookFirstError, "says that the ticket has another filing"),
    HTTPStatus.GONE: (AskPersonError, "says that the ticket can be appealed no more"),
    HTTPStatus.REQUEST_TIMEOUT: (ShopUnavailableError, _NOT_NOW),
    HTTPStatus.TOO_EARLY: (ShopUnavailableError, _NOT_NOW),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimitedError, "wants fewer calls"),
}
"""What an answer means, where its class does not say it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as far as it is read."""

    status: int
    body: bytes
    retry_after: float | None

    def refusal(self, message: str) -> Refusal:
        """Return what is known of it where it is no success."""
        return Refusal(
            path=WHO, message=message, http_status=self.status, retry_after=self.retry_after
        )


async def read_answer(response: httpx.Response) -> Answer:
    """Return an answer; what is longer than any filing is not read to its end."""
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _LARGEST_ANSWER:
            break
    after = response.headers.get("retry-after", "").strip()
    return Answer(
        status=response.status_code,
        body=body,
        retry_after=float(after) if after.isdigit() else None,
    )


def filing_of(answer: Answer) -> EndpointFiling:
    """Return the filing that an answer tells of.

    Raises:
        ShopError: It is no success, or nothing that can be understood.
    """
    refuse(answer)
    filing = read_filing(answer.body, taken=answer.status == HTTPStatus.ACCEPTED)
    if filing is None:
        # What was answered is not known, so what was done is not either.
        raise ShopUnavailableError(
            answer.refusal("answered what is no filing; docs/gateway.md says what is expected")
        )
    return filing


def refuse(answer: Answer) -> None:
    """Raise what an answer means unless it is a success.

    Raises:
        ShopError: Says what to do about it.
    """
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    raise _failure(answer)


def _failure(answer: Answer) -> ShopError:
    kind, sentence = _KNOWN.get(answer.status) or _by_class(answer.status)
    words = _said(answer)
    return kind(answer.refusal(f"{sentence}: {words}" if words else sentence))


def _by_class(status: int) -> tuple[type[ShopError], str]:
    if status < HTTPStatus.BAD_REQUEST:
        return InvalidRequestError, f"sends us elsewhere; set the final address in {URL}"
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return InvalidRequestError, "refuses the filing"
    return ShopUnavailableError, _NOT_NOW


def _said(answer: Answer) -> str:
    """Return the endpoint's own words, if it has any."""
    try:
        words = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return " ".join(str(words).split())[:_SHOWN]
