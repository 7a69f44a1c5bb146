"""The request signature, exactly as the platform computes it.

Source: TikTok Shop API, "Sign your API request" (docs, read May 2026).
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

_UNSIGNED = frozenset({"sign", "access_token"})


def sign_request(
    *,
    path: str,
    query: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes | None,
    content_type: str | None,
    app_secret: str,
) -> str:
    """Return the value of the query parameter ``sign``.

    Args:
        path: Request path, from its slash, without host and query.
        query: Every query parameter with its decoded value; order does not matter.
        body: The exact bytes that go out, or None.
        content_type: The Content-Type header; a multipart body takes no part.
        app_secret: Secret of the app; used inside the text and as the key.

    Returns:
        64 lower-case hexadecimal digits.
    """
    pairs = query.items() if isinstance(query, Mapping) else query
    signed = sorted((name, value) for name, value in pairs if name not in _UNSIGNED)
    joined = "".join(name + value for name, value in signed)
    signed_body = b"" if _is_multipart(content_type) else body or b""
    text = f"{app_secret}{path}{joined}".encode() + signed_body + app_secret.encode()
    return hmac.new(app_secret.encode(), text, hashlib.sha256).hexdigest()


def _is_multipart(content_type: str | None) -> bool:
    # The header carries a boundary, so the media type is compared by its beginning.
    return (content_type or "").strip().lower().startswith("multipart/form-data")
