"""Answers of the platform kept word for word, as evidence, with everything personal cut."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from tiktok_shop.transport import Answer

CUT = "[cut]"
"""Stands in a report where something personal stood."""

_PERSONAL = re.compile(
    r"address|phone|mail|recipient|receiver|sender|buyer|contact|nickname|postal|zip"
    r"|first_name|last_name|^name$|note|instruction|cpf|tax_?id|message$"
)


class Report(BaseModel):
    """One answer as the platform gave it: fields, order and spelling are the platform's."""

    model_config = ConfigDict(frozen=True)

    path: str
    request_id: str
    """Under which the platform's support can find the call."""
    received_at: Instant
    text: str
    """JSON; personal parts read "[cut]"."""
    cut: tuple[str, ...] = ()
    """Places of the cut parts, such as data.recipient_address."""


def report_of(answer: Answer) -> Report:
    """Return *answer* for the file, without addresses, names, numbers and notes."""
    cut: list[str] = []
    data = _without_persons(answer.envelope.get("data"), "data", cut)
    return Report(
        path=answer.call.path,
        request_id=answer.request_id,
        received_at=answer.received_at,
        text=json.dumps(
            {**answer.envelope, "data": data}, ensure_ascii=False, separators=(",", ":")
        ),
        cut=tuple(cut),
    )


def _without_persons(received: Any, place: str, cut: list[str]) -> Any:
    if isinstance(received, list):
        return [
            _without_persons(part, f"{place}[{number}]", cut)
            for number, part in enumerate(received)
        ]
    if not isinstance(received, dict):
        return received
    return _object_without_persons(received, place, cut)


def _object_without_persons(
    received: Mapping[str, Any], place: str, cut: list[str]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, part in received.items():
        inner = f"{place}.{name}"
        if part and _PERSONAL.search(name):
            cut.append(inner)
            kept[name] = CUT
        else:
            kept[name] = _without_persons(part, inner, cut)
    return kept
