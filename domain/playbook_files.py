"""Reading playbooks and market profiles: strict about typos, in layers, versioned by content."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.markets import Confidence, MarketProfile
from domain.playbook import Playbook
from domain.yaml_lines import Document

_VERSION_LENGTH = 12
_UNNAMED = "unnamed"


class PlaybookLayer(BaseModel):
    """What one file says: some keys of some sections, each checked on its own."""

    model_config = ConfigDict(frozen=True)

    filename: str
    name: str | None = None
    sections: dict[str, dict[str, Any]]


def parse_playbook(text: str, *, filename: str) -> PlaybookLayer:
    """Return what a playbook file says; every key of it is optional.

    Args:
        text: The content of the file.
        filename: Its name, for the refusals.

    Returns:
        One layer for `resolve`.

    Raises:
        PlaybookError: Not YAML, an unknown key, or a bad value; names file and line.
    """
    document = Document(text, filename=filename)
    name = document.content.setdefault("name", _UNNAMED)
    checked = document.read_as(Playbook, version="")
    sections = checked.model_dump(mode="json", exclude_unset=True, exclude={"name", "version"})
    return PlaybookLayer(
        filename=filename, name=None if name == _UNNAMED else name, sections=sections
    )


def resolve(default: PlaybookLayer, *over: PlaybookLayer | None) -> Playbook:
    """Return the playbook of *default* with each further layer laid over it.

    A layer replaces only the keys it names; lists are replaced whole, limits per currency.

    Args:
        default: The lowest layer.
        *over: Market, then shop; None where there is no such file.

    Returns:
        The playbook, its version a short hash of the resolved content.
    """
    layers = [default, *(layer for layer in over if layer is not None)]
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _merged(merged, layer.sections)
    names = [layer.name for layer in layers if layer.name]
    resolved = Playbook.model_validate(
        {"name": names[-1] if names else _UNNAMED, "version": "", **merged}
    )
    return resolved.model_copy(update={"version": content_version(resolved)})


def parse_market(text: str, *, filename: str) -> MarketProfile:
    """Return the market profile of a file.

    Args:
        text: The content of the file.
        filename: Its name, for the refusals.

    Returns:
        The profile, its version a short hash of the content.

    Raises:
        PlaybookError: Not YAML, an unknown or missing key, a bad value, a rule with a value but
            no source and date, or an unknown rule with a value; names file and line.
    """
    document = Document(text, filename=filename)
    profile = document.read_as(MarketProfile, version="")
    for name, fact in profile.facts().items():
        if fact.known == (fact.confidence is Confidence.UNKNOWN):
            reason = f"{name}: a rule has a value exactly if its confidence is not unknown"
            raise document.refusal((name,), reason)
        if fact.known and not (fact.source and fact.read_on):
            raise document.refusal((name,), f"{name}: add the source and read_on of the value")
    return profile.model_copy(update={"version": content_version(profile)})


def content_version(content: BaseModel) -> str:
    """Return a short hash of everything in *content* but its version."""
    canonical = json.dumps(
        content.model_dump(mode="json", exclude={"version"}), sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:_VERSION_LENGTH]


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        lower = merged.get(key)
        both = isinstance(value, dict) and isinstance(lower, dict)
        merged[key] = _merged(lower, value) if both and lower is not None else value
    return merged
