"""The signed API host: token, cipher, signature, and pages; no retries."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, NoReturn

import httpx
from pydantic import SecretStr

from tiktok_shop.credentials import AppCredentials
from tiktok_shop.errors import (
    AuthorizationGoneError,
    InvalidRequestError,
    Refusal,
    TokenExpiredError,
)
from tiktok_shop.signing import sign_request
from tiktok_shop.tokens import TokenKeeper
from tiktok_shop.transport import Answer, Call, Clock, Host
from tiktok_shop.versions import ROUTES, Operation, Route

Ciphers = Callable[[str], str | None]
"""From shop id to its cipher, None if unknown; called in a thread, so it may block."""

_JSON = "application/json"
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Gateway:
    """Makes signed calls in the name of a shop."""

    def __init__(
        self,
        *,
        credentials: AppCredentials,
        tokens: TokenKeeper,
        ciphers: Ciphers,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None,
        timeout: httpx.Timeout,
        clock: Clock,
    ) -> None:
        self._credentials = credentials
        self._tokens = tokens
        self._ciphers = ciphers
        self._clock = clock
        self._host = Host(base_url=base_url, transport=transport, timeout=timeout, clock=clock)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._host.aclose()

    async def call(
        self,
        operation: Operation,
        *,
        shop_id: str,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Make one call for *shop_id*.

        Args:
            operation: Which call of the table.
            shop_id: The shop it is for.
            ids: What fills the braces of the path.
            query: Further query parameters, decoded.
            body: JSON object to send; empty means no body at all.

        Returns:
            The answer, its code 0.

        Raises:
            ShopError: The subclass that says what to do; after TokenExpiredError the token is
                marked stale, so the next try starts with a fresh one.
        """
        token = (await self._tokens.valid(shop_id=shop_id)).access_token
        route = ROUTES[operation]
        scope = {"shop_cipher": await self._cipher(shop_id)} if route.needs_cipher else {}
        path = _path(route, ids or {})
        try:
            return await self._send(route, path, token, {**scope, **(query or {})}, body)
        except TokenExpiredError:
            self._tokens.mark_stale(shop_id=shop_id, access_token=token)
            raise

    async def call_with(self, operation: Operation, *, access_token: SecretStr) -> Answer:
        """Make a call that belongs to a consent and not yet to a shop."""
        route = ROUTES[operation]
        return await self._send(route, _path(route, {}), access_token, {}, None)

    async def pages(
        self,
        operation: Operation,
        *,
        shop_id: str,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Answer]:
        """Yield every page of a listing.

        Raises:
            ShopUnavailableError: A page token came twice, which would never end.
        """
        seen: set[str] = set()
        turn: dict[str, str] = {}
        while True:
            answer = await self.call(
                operation, shop_id=shop_id, ids=ids, query={**query, **turn}, body=body
            )
            yield answer
            token = next_page_token(answer)
            if token is None:
                return
            if token in seen:
                answer.reject("a page token came twice")
            seen.add(token)
            turn = {"page_token": token}

    async def _cipher(self, shop_id: str) -> str:
        cipher = await asyncio.to_thread(self._ciphers, shop_id)
        if cipher is None:
            text = f"shop {shop_id}: no cipher on file; the seller has to authorize the app again"
            raise AuthorizationGoneError(Refusal(path="shop_cipher", message=text))
        return cipher

    async def _send(
        self,
        route: Route,
        path: str,
        token: SecretStr,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> Answer:
        access_token = token.get_secret_value()
        app_secret = self._credentials.app_secret.get_secret_value()
        payload = _encoded(body)
        pairs = {
            **query,
            "app_key": self._credentials.app_key,
            "timestamp": str(int(self._clock().timestamp())),
        }
        signature = sign_request(
            path=path, query=pairs, body=payload, content_type=_JSON, app_secret=app_secret
        )
        headers = {"x-tts-access-token": access_token}
        if route.method != "GET":
            headers["content-type"] = _JSON
        return await self._host.send(
            Call(
                method=route.method,
                path=path,
                query=(*pairs.items(), ("sign", signature)),
                body=payload,
                headers=headers,
                writes=route.writes,
                secrets=(app_secret, access_token),
            )
        )


def next_page_token(answer: Answer) -> str | None:
    """Return the token of the page after *answer*, None at the end."""
    token = answer.data.get("next_page_token")
    return str(token) if token else None


def plain_ids(ids: Sequence[str], *, field: str) -> str:
    """Return *ids* as the platform takes a list: joined by commas.

    Raises:
        InvalidRequestError: One of them is not an id, so that it could smuggle in another.
    """
    for given in ids:
        if not _PLAIN_ID.fullmatch(given):
            refuse(field, f"{given[:40]!r} is not a platform id; expected digits")
    return ",".join(ids)


def refuse(field: str, reason: str) -> NoReturn:
    """Raise for an argument that can never make a valid call."""
    raise InvalidRequestError(Refusal(path=field, message=reason))


def _path(route: Route, ids: Mapping[str, str]) -> str:
    return route.path(**{name: plain_ids([given], field=name) for name, given in ids.items()})


def _encoded(body: Mapping[str, Any] | None) -> bytes | None:
    # Clients disagree on how an empty object is signed, so it is never sent.
    if not body:
        return None
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
