"""A platform gateway in memory: checks every signature with its own code and answers as told."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
from pydantic import SecretStr

from tiktok_shop.client import ShopClient
from tiktok_shop.credentials import AppCredentials
from tiktok_shop.tokens import TokenKeeper, TokenPair

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
APP_KEY = "68xu9ks5p4i8"
APP_SECRET = "e59af819cc"
SHOP = "7494049642642441621"
CIPHER = "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"
CREDENTIALS = AppCredentials(app_key=APP_KEY, app_secret=SecretStr(APP_SECRET))
REQUEST_ID = "202611200800000101890"

Reply = httpx.Response | Exception | Callable[["SeenCall"], httpx.Response]


def at_now() -> datetime:
    """Read the clock of all shop tests."""
    return NOW


def pair(access: str = "access-1", *, life: timedelta = timedelta(days=7)) -> TokenPair:
    """Return a token pair whose access token lives for *life* from now."""
    return TokenPair(
        access_token=SecretStr(access),
        refresh_token=SecretStr(f"refresh-of-{access}"),
        access_expires_at=NOW + life,
        refresh_expires_at=NOW + timedelta(days=300),
        open_id="open-1",
    )


def answer(data: Any = None, *, code: int = 0, message: str = "Success") -> dict[str, Any]:
    """Return an envelope as the platform prints it."""
    return {"code": code, "message": message, "request_id": REQUEST_ID, "data": data}


def ok(data: Any = None) -> httpx.Response:
    """Return a successful answer."""
    return httpx.Response(200, json=answer(data))


def refused(
    code: int,
    message: str = "refused",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Return a refusal."""
    body = answer(code=code, message=message)
    return httpx.Response(status, json=body, headers=dict(headers or {}))


@dataclass(frozen=True)
class SeenCall:
    """One request as it arrived."""

    method: str
    path: str
    raw_query: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw_body: bytes

    @property
    def body(self) -> Any:
        """The JSON body."""
        return json.loads(self.raw_body)


@dataclass
class ShopGateway:
    """Answers in the order told; the last answer repeats. A wrong signature fails the test."""

    replies: list[Reply] = field(default_factory=list)
    calls: list[SeenCall] = field(default_factory=list)
    signed: bool = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        seen = _seen(request)
        if self.signed:
            assert signature_of(seen) == seen.query["sign"], "signature is invalid"
        self.calls.append(seen)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(seen)

    def transport(self) -> httpx.MockTransport:
        """Return the transport that leads here."""
        return httpx.MockTransport(self)


def signature_of(call: SeenCall) -> str:
    """Compute the signature from the wire alone, independently of the product."""
    names = sorted(set(call.query) - {"sign", "access_token"}, key=str.encode)
    text = call.path.encode()
    for name in names:
        text += (name + call.query[name]).encode()
    secret = APP_SECRET.encode()
    return hmac.new(secret, b"".join([secret, text, call.raw_body, secret]), "sha256").hexdigest()


def digest_of(app_key: str, app_secret: str, raw_body: bytes) -> str:
    """Compute a webhook's signature."""
    return hmac.new(app_secret.encode(), app_key.encode() + raw_body, hashlib.sha256).hexdigest()


class MemoryTokens:
    """A token store in memory that counts what was asked of it."""

    def __init__(self, stored: TokenPair | None) -> None:
        self.stored = stored
        self.lease_free = True
        self.log: list[str] = []

    def load(self, shop_id: str) -> TokenPair | None:
        """Return the stored pair."""
        return self.stored

    def save(self, shop_id: str, pair: TokenPair) -> None:
        """Store a pair."""
        self.log.append(f"save {pair.access_token.get_secret_value()}")
        self.stored = pair

    def acquire_refresh(self, shop_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease if it is free."""
        assert now == NOW
        assert until > now
        self.log.append(f"acquire {holder}")
        return self.lease_free

    def release_refresh(self, shop_id: str, holder: str) -> None:
        """Give the lease back."""
        self.log.append(f"release {holder}")


class CountingIssuer:
    """Issues numbered pairs, or fails as told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.failure = failure

    async def refresh(self, refresh_token: SecretStr) -> TokenPair:
        """Return the next pair."""
        self.asked.append(refresh_token.get_secret_value())
        if self.failure:
            raise self.failure
        return pair(f"access-{len(self.asked) + 1}")


def keeper(store: MemoryTokens, issuer: CountingIssuer | None = None) -> TokenKeeper:
    """Return a keeper over *store*."""
    return TokenKeeper(
        store=store, issuer=issuer or CountingIssuer(), holder="worker-1", clock=at_now
    )


def client_of(gateway: ShopGateway, *, tokens: TokenKeeper | None = None) -> ShopClient:
    """Return a client whose network is *gateway*."""
    return ShopClient(
        credentials=CREDENTIALS,
        tokens=tokens or keeper(MemoryTokens(pair())),
        ciphers={SHOP: CIPHER}.get,
        api_base_url="https://shop.invalid",
        transport=gateway.transport(),
        clock=at_now,
    )


def shop_with(*replies: Reply) -> tuple[ShopClient, ShopGateway]:
    """Return a client and the gateway behind it, which gives *replies* in order."""
    gateway = ShopGateway(list(replies))
    return client_of(gateway), gateway


def _seen(request: httpx.Request) -> SeenCall:
    path, _, raw_query = request.url.raw_path.decode().partition("?")
    pairs = parse_qsl(raw_query, keep_blank_values=True, strict_parsing=True)
    assert len(pairs) == len(dict(pairs)), "a repeated key"
    return SeenCall(
        method=request.method,
        path=unquote(path),
        raw_query=raw_query,
        query=dict(pairs),
        headers=dict(request.headers),
        raw_body=request.content,
    )
