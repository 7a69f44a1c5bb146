"""One request as it came over the wire, and what goes back."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sandbox.errors import ApiError, Code
from sandbox.store import Doc


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came over the wire."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    body: bytes

    def query(self) -> dict[str, str]:
        """Return decoded values; of a repeated name the first counts."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return dict(reversed(pairs))

    def json_object(self, refusal: int = Code.BODY_FORMAT) -> Doc:
        """Return the body; a multipart one and none at all are empty.

        Raises:
            ApiError: With code *refusal*: not a JSON object.
        """
        if not self.body or self.headers.get("content-type", "").startswith("multipart/"):
            return {}
        try:
            body = json.loads(self.body)
        except ValueError as error:
            raise ApiError(refusal, "the body is not JSON") from error
        if not isinstance(body, dict):
            raise ApiError(refusal, "the body must be a JSON object")
        return body

    def readable_body(self) -> Any:
        """Return the body for the log: as JSON, else as text, None if there is none."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return self.body.decode("utf-8", "replace")


@dataclass
class Reply:
    """What goes back, or that nothing does."""

    status: int = 200
    content: bytes = b""
    code: int | None = None
    executed: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    """Never answer."""
    cut: bool = False
    """Cut the connection instead of answering."""


def answered(
    code: int, message: str, data: Doc | None, *, status: int = 200, executed: bool = False
) -> Reply:
    """Return a reply in the platform's envelope, which all its APIs share."""
    envelope = {"code": int(code), "message": message, "request_id": uuid.uuid4().hex}
    return Reply(
        status=status,
        content=json.dumps(envelope | {"data": data}, ensure_ascii=False).encode(),
        code=int(code),
        executed=executed,
        headers={"content-type": "application/json"},
    )
