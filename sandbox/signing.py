"""Signatures of requests and webhooks, written apart from the product's own code."""

import hashlib
import hmac
from collections.abc import Mapping

_UNSIGNED = frozenset({"sign", "access_token", "x-tts-access-token"})
_EMPTY_OBJECT = b"{}"


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def request_sign(
    *, path: str, query: Mapping[str, str], body: bytes, content_type: str, secret: str
) -> str:
    """Compute the `sign` of one request.

    Args:
        path: Starts with a slash; no host, no query.
        query: Decoded values; `sign` and `access_token` take no part.
        body: Exact bytes as sent, empty if none.
        content_type: Header value; a multipart body takes no part.
        secret: The app secret.

    Returns:
        64 lower-case hexadecimal digits.

    Source:
        TikTok Shop API, "Sign your API request" (docs, 2026).
    """
    named = (name for name in query if name not in _UNSIGNED)
    pairs = "".join(name + query[name] for name in sorted(named, key=str.encode))
    message = (secret + path + pairs).encode()
    if not content_type.lower().startswith("multipart/form-data"):
        message += body
    return _digest(secret, message + secret.encode())


def is_signed(
    *, path: str, query: Mapping[str, str], body: bytes, content_type: str, secret: str
) -> bool:
    """Tell whether the query's `sign` fits; an empty object may be signed or left out."""
    given = query.get("sign", "").encode()
    forms = [body, b""] if body == _EMPTY_OBJECT else [body]
    return any(
        hmac.compare_digest(
            given,
            request_sign(
                path=path, query=query, body=form, content_type=content_type, secret=secret
            ).encode(),
        )
        for form in forms
    )


def webhook_sign(*, app_key: str, secret: str, raw_body: bytes) -> str:
    """Compute the Authorization header of one webhook.

    Source:
        TikTok Shop API, "Webhooks overview" (docs, 2026).
    """
    return _digest(secret, app_key.encode() + raw_body)
