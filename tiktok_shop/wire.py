"""The door for what the platform sends: known fields only, ids as strings, null as absent."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from domain.instants import aware, from_unix
from domain.orders import ChatMessage
from tiktok_shop.words import chat_role


class Wire(BaseModel):
    """A received JSON object; fields it does not name, personal ones above all, are dropped."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_absent(cls, received: Any) -> Any:
        if isinstance(received, dict):
            return {name: value for name, value in received.items() if value is not None}
        return received


class Sender(Wire):
    """Who wrote a message; nickname and picture stay outside."""

    role: str = ""


class ChatWords(Wire):
    """The parts of a message that the API and webhook 14 share."""

    index: int
    type: str
    content: str = ""
    create_time: int
    is_visible: bool = True
    sender: Sender = Sender()

    def message(self, message_id: str) -> ChatMessage:
        """Return the domain message of these words."""
        text, reference = read_content(self.type, self.content)
        sent_at = from_unix(self.create_time)
        if sent_at is None:
            raise ValueError("create_time is zero")
        return ChatMessage(
            message_id=message_id,
            index=self.index,
            role=chat_role(self.sender.role),
            kind=self.type,
            text=text,
            reference=reference,
            visible=self.is_visible,
            sent_at=sent_at,
        )


def unix(instant: datetime) -> int:
    """Return an aware instant as the platform takes times: whole unix seconds.

    Raises:
        NaiveInstantError: *instant* has no offset.
    """
    return int(aware(instant).timestamp())


def unix_filters(**instants: datetime | None) -> dict[str, int]:
    """Return the time filters of a search that are given, such as create_time_ge."""
    return {name: unix(instant) for name, instant in instants.items() if instant is not None}


def read_content(kind: str, content: str) -> tuple[str, str]:
    """Return text and reference of a message's content, which is JSON inside a string.

    A buyer's words are never lost: TEXT that is not the expected JSON is taken as it stands.

    Args:
        kind: The message type, such as TEXT or ORDER_CARD.
        content: The string as received.

    Returns:
        The text of a TEXT message, else empty; the id a card points at, else empty.
    """
    try:
        inner = json.loads(content)
    except ValueError:
        inner = None
    if not isinstance(inner, dict):
        return (content if kind == "TEXT" else ""), ""
    if kind == "TEXT":
        return str(inner.get("content") or ""), ""
    named = (inner.get(key) for key in ("coupon_id", "order_id", "product_id"))
    return "", next((str(reference) for reference in named if reference), "")
