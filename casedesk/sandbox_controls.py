"""What rehearsals ask of the sandbox besides the platform's own calls: clock, shops, effects."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx

_PATIENCE_SECONDS = 120.0
"""A jump of the clock delivers every webhook on the way before it answers."""


class SandboxControls:
    """The `/_control/` calls of one sandbox; docs/sandbox.md describes them."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=_PATIENCE_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def get(self, name: str, **query: str) -> dict[str, Any]:
        """Return what a control tells.

        Raises:
            httpx.HTTPError: The sandbox does not answer, or refuses.
        """
        return _read(await self._http.get(f"/_control/{name}", params=query))

    async def post(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make a control act and return its answer; raises as `get`."""
        return _read(await self._http.post(f"/_control/{name}", json=dict(body)))

    async def next_event_at(self) -> datetime | None:
        """Return when something happens next in the shops, or None."""
        due = (await self.get("clock"))["next_event_at"]
        return None if due is None else datetime.fromisoformat(due)

    async def move_to(self, instant: datetime) -> None:
        """Move the shop clock on to *instant*; everything due on the way happens, in order."""
        ahead = instant - datetime.now(UTC)
        held = timedelta(seconds=float((await self.get("clock"))["offset_seconds"]))
        if ahead > held:
            await self.post("clock", {"offset_seconds": ahead.total_seconds()})

    async def deliver(self) -> None:
        """Return once every webhook that is due has been delivered."""
        await self.post("clock", {})


def _read(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
