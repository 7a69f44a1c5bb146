"""`python -m tests.replay.record_incidents [NAME …]`: keep the histories of incidents.

Without names, stories that have no history yet are recorded. What is recorded stays, for an
incident may be open somewhere that took those very steps.
"""

import asyncio
import json
import sys
from pathlib import Path

from casedesk.exits import leave
from tests.replay.corpus import FOLDER, product_version
from tests.replay.incident_stories import STORIES
from tests.replay.record import scrubbed
from tests.support.incidents import incident_floor

HISTORIES = FOLDER / "incidents"
"""One folder per release; a file holds the workflow id beside the events."""


def path_of(name: str) -> Path:
    """Return where this version's history of a story lies."""
    return HISTORIES / product_version() / f"{name}.json"


async def record_all(wanted: list[str]) -> None:
    """Tell stories one after the other and keep the history of each."""
    async with incident_floor() as floor:
        for name in wanted:
            incident = await STORIES[name](floor)
            view = await incident.result()
            history = await incident.handle.fetch_history()
            kept = {
                "workflow_id": history.workflow_id,
                "outcome": view.outcome,
                "tells": (STORIES[name].__doc__ or "").strip(),
                "history": scrubbed(json.loads(history.to_json())),
            }
            path_of(name).parent.mkdir(parents=True, exist_ok=True)
            path_of(name).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
            sys.stderr.write(f"{name}: {view.outcome or 'closed'}\n")


def main(arguments: list[str]) -> int:
    """Record the stories named, or those without a history; return the exit status."""
    unknown = [name for name in arguments if name not in STORIES]
    if unknown:
        sys.stderr.write(f"no story is called {unknown[0]}; there are {', '.join(STORIES)}\n")
        return 2
    asyncio.run(record_all(arguments or [name for name in STORIES if not path_of(name).exists()]))
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
