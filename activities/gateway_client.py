"""The merchant's own filing endpoint over HTTP: three calls, signed, never repeated by themselves.

docs/gateway.md is the contract.
"""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
from standardwebhooks import Webhook

from activities.gateway_answers import (
    SECRET,
    URL,
    WHO,
    Answer,
    filing_of,
    read_answer,
    refuse,
)
from domain.errors import InputError
from domain.filings import EndpointFiling
from tiktok_shop.errors import Refusal, ShopUnavailableError

PACKET_HEADER = "wenhuo-packet"
"""Says what a packet's bytes must be; this text is what is signed of an upload."""
_LEAST_SECRET = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A packet on its way."""

    name: str
    digest: str
    """SHA-256 of all its bytes."""
    size: int
    pieces: AsyncIterator[bytes]

    @property
    def statement(self) -> str:
        """What is signed of it, in ASCII."""
        said = {"name": self.name, "sha256": self.digest, "size": self.size}
        return json.dumps(said, sort_keys=True)


def _now() -> datetime:
    return datetime.now(UTC)


class FilingGateway:
    """One endpoint; every call raises the ShopError that says what to do about its failure."""

    def __init__(
        self,
        url: str,
        signer: Webhook,
        *,
        timeout_seconds: float,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._url = url.rstrip("/")
        self._signer = signer
        self._timeout = timeout_seconds
        self._clock = clock

    @classmethod
    def open(cls, url: str | None, secret: str | None, *, timeout_seconds: float) -> Self | None:
        """Return the gateway that the settings name, or None where they name none.

        Args:
            url: Where filings are posted.
            secret: `whsec_` and base64, or base64 alone.
            timeout_seconds: Longest wait for one answer.

        Raises:
            InputError: One of them cannot be used; the secret is never shown.
        """
        if url is None and secret is None:
            return None
        if url is None:
            raise InputError(URL, f"is not set, and {SECRET} is; set both or neither")
        if secret is None:
            raise InputError(SECRET, f"is not set, and {URL} is; set both or neither")
        _refuse_open_wire(url)
        return cls(url, _signer(secret), timeout_seconds=timeout_seconds)

    async def look(self, filing_id: str) -> EndpointFiling | None:
        """Return what the endpoint has of a filing, None if it has none."""
        answer = await self._call("GET", self._place(filing_id), filing_id, "")
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return filing_of(answer)

    async def upload(self, filing_id: str, packet: Upload) -> None:
        """Hand a packet's bytes over; the same again changes nothing there."""
        headers = {
            PACKET_HEADER: packet.statement,
            "content-length": str(packet.size),
            "content-type": "application/zip",
        }
        address = f"{self._place(filing_id)}/packet"
        answer = await self._call(
            "PUT",
            address,
            filing_id,
            packet.statement,
            headers=headers,
            content=packet.pieces,
        )
        refuse(answer)

    async def file(self, filing_id: str, body: Mapping[str, Any]) -> EndpointFiling:
        """Have an appeal handed in; an answer without a reference says that it waits there."""
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        headers = {"content-type": "application/json"}
        answer = await self._call(
            "POST", self._url, filing_id, text, headers=headers, content=text.encode()
        )
        return filing_of(answer)

    def _place(self, filing_id: str) -> str:
        return f"{self._url}/{quote(filing_id, safe='')}"

    async def _call(
        self,
        method: str,
        address: str,
        filing_id: str,
        signed: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
    ) -> Answer:
        at = self._clock().astimezone(UTC)
        sent = {
            "webhook-id": filing_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(filing_id, at, signed),
            "accept": "application/json",
            **(headers or {}),
        }
        client = httpx.AsyncClient(timeout=self._timeout, trust_env=False, follow_redirects=False)
        try:
            async with client as http:
                call = http.stream(method, address, headers=sent, content=content)
                async with call as response:
                    return await read_answer(response)
        except httpx.HTTPError as error:
            # The chain is cut: an httpx error carries its request, whose address may hold secrets.
            raise ShopUnavailableError(
                Refusal(
                    path=WHO,
                    message=f"did not answer ({type(error).__name__})",
                    may_have_executed=method != "GET",
                )
            ) from None


def _signer(secret: str) -> Webhook:
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) < _LEAST_SECRET:
        raise InputError(
            SECRET,
            "is no Standard Webhooks secret; give whsec_ and the base64 of at least "
            f"{_LEAST_SECRET} random bytes",
        )
    return Webhook(key)


def _refuse_open_wire(url: str) -> None:
    parts = urlsplit(url)
    here = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not here:
        raise InputError(URL, f"{parts.scheme}://{parts.hostname} is not encrypted; give https://")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
