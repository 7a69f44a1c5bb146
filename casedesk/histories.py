"""Histories as people and other programs can read them: every payload decoded."""

import base64
import json
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import Any

from temporalio.client import WorkflowHistory

_STARTED = "workflowExecutionStartedEventAttributes"
_SIGNALED = "workflowExecutionSignaledEventAttributes"


def decoded_events(history: WorkflowHistory) -> list[dict[str, Any]]:
    """Return a history's events with payloads as plain JSON values."""
    events: list[dict[str, Any]] = decoded(json.loads(history.to_json())["events"])
    return events


def decoded(part: Any) -> Any:
    """Return any part of a printed history with every payload in it decoded.

    What is no JSON, such as an encrypted payload, stays as it was printed.
    """
    if isinstance(part, list):
        return [decoded(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "data" in part and isinstance(part.get("metadata"), dict):
        return _payload(part)
    if part.keys() == {"payloads"}:
        return decoded(part["payloads"])
    if _is_empty_payload(part):
        return None
    return {key: decoded(value) for key, value in part.items()}


def start_input(events: list[dict[str, Any]]) -> Any:
    """Return the start input of decoded events, None if there is none."""
    given = next((event[_STARTED].get("input") for event in events if _STARTED in event), None)
    return given[0] if given else None


def start_type(events: list[dict[str, Any]]) -> str | None:
    """Return the workflow type that decoded events began with, None if they do not say."""
    started: dict[str, Any] = next((e[_STARTED] for e in events if _STARTED in e), {})
    name = started.get("workflowType", {}).get("name")
    return str(name) if name else None


def signal_inputs(events: list[dict[str, Any]], name: str) -> Iterator[Any]:
    """Yield the payload of every signal *name* in decoded events."""
    for event in events:
        signal = event.get(_SIGNALED, {})
        if signal.get("signalName") == name and signal.get("input"):
            yield signal["input"][0]


def _is_empty_payload(part: dict[str, Any]) -> bool:
    return part.keys() == {"metadata"} and isinstance(part["metadata"].get("encoding"), str)


def _payload(part: dict[str, Any]) -> Any:
    try:
        return json.loads(base64.b64decode(part["data"], validate=True))
    except (NotBase64, ValueError, TypeError):
        return part
