"""`python -m tests.replay.record [NAME …]`: run the stories and keep their histories.

Without names, stories that have no history yet are recorded, and the fingerprint of commands is
taken anew. What is recorded stays, for a case may be open somewhere that took those very steps;
only a story named is recorded again, and only for the present version.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

from casedesk.exits import leave
from tests.replay import fingerprint
from tests.replay.corpus import HISTORIES, Recorded, manifest, product_version, write_manifest
from tests.replay.stories import SCENARIOS
from tests.support.stack import Stack, running_stack

_PATIENCE_SECONDS = 90.0
_OF_THIS_MACHINE = {"identity": "recorder", "stackTrace": ""}
"""Fields of events that name hosts, processes and folders; no replay reads them."""
_PROCESS = re.compile(r"\d+@[\w.:-]+")
"""How the SDK calls a process, and the queue that only this process reads."""


def scrubbed(node: Any) -> Any:
    """Return a history without what only says where it was recorded."""
    if isinstance(node, dict):
        return {key: _OF_THIS_MACHINE.get(key, scrubbed(node[key])) for key in node}
    if isinstance(node, list):
        return [scrubbed(item) for item in node]
    return _PROCESS.sub("recorder", node) if isinstance(node, str) else node


async def record(stack: Stack, name: str) -> Recorded:
    """Run one story to its end and write its history."""
    case = await SCENARIOS[name](stack)
    view = await case.result()
    assert view.outcome is not None
    history = await case.handle.fetch_history()
    version = product_version()
    entry = Recorded(
        file=f"{version}/{name}.json",
        workflow_id=history.workflow_id,
        outcome=view.outcome,
        recorded_at_version=version,
        tells=(SCENARIOS[name].__doc__ or "").strip(),
    )
    path = HISTORIES / entry.file
    path.parent.mkdir(parents=True, exist_ok=True)
    events = scrubbed(json.loads(history.to_json()))
    path.write_text(json.dumps(events, indent=1) + "\n", encoding="utf-8")
    return entry


async def record_all(wanted: list[str]) -> list[str]:
    """Record stories one after the other; return the names of those that failed."""
    entries = {entry.file: entry for entry in manifest()}
    failed = []
    async with running_stack() as stack:
        for name in wanted:
            began = time.monotonic()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    entry = await record(stack, name)
            except (AssertionError, TimeoutError) as error:
                failed.append(name)
                await stack.sandbox.clear_faults()
                sys.stderr.write(f"{name}: {str(error) or type(error).__name__}\n")
                continue
            entries[entry.file] = entry
            sys.stderr.write(f"{name}: {entry.outcome}, {time.monotonic() - began:.1f} s\n")
    write_manifest(entries.values())
    return failed


def _unrecorded() -> list[str]:
    """Return the stories of which this version has no history."""
    folder = HISTORIES / product_version()
    return [name for name in SCENARIOS if not (folder / f"{name}.json").exists()]


def _without_leftovers() -> None:
    """Drop histories of this version whose story is gone; older releases are never touched."""
    version = product_version()
    told = {f"{version}/{name}.json" for name in SCENARIOS}
    for path in (HISTORIES / version).glob("*.json"):
        if f"{version}/{path.name}" not in told:
            path.unlink()
    write_manifest(
        entry for entry in manifest() if entry.recorded_at_version != version or entry.file in told
    )


def main(arguments: list[str]) -> int:
    """Record the stories named, or those without a history.

    Returns:
        The exit status; 1 if a story did not end as it should.
    """
    unknown = [name for name in arguments if name not in SCENARIOS]
    if unknown:
        sys.stderr.write(f"no story is called {unknown[0]}; there are {', '.join(SCENARIOS)}\n")
        return 2
    failed = asyncio.run(record_all(arguments or _unrecorded()))
    if not arguments and not failed:
        _without_leftovers()
        fingerprint.write()
    return 1 if failed else 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
