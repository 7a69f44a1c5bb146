"""The committed histories: what they are, where they lie, how they are read and replayed."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowRunner

import worker
from domain.cases import CaseOutcome

FOLDER = Path(__file__).parent
HISTORIES = FOLDER / "histories"
MANIFEST = FOLDER / "manifest.json"


class Recorded(BaseModel):
    """One history of the corpus."""

    model_config = ConfigDict(frozen=True)

    file: str
    """Below the folder of histories; the first part is the release that ran it."""
    workflow_id: str
    """Replaying needs it: the case derives keys of its effects from it."""
    outcome: CaseOutcome
    recorded_at_version: str
    tells: str
    """What happens in it."""

    def history(self) -> WorkflowHistory:
        """Read the history."""
        text = (HISTORIES / self.file).read_text(encoding="utf-8")
        return WorkflowHistory.from_json(self.workflow_id, text)


_ENTRIES = TypeAdapter(tuple[Recorded, ...])


def manifest() -> tuple[Recorded, ...]:
    """Return every history that must replay, those of older releases too."""
    return _ENTRIES.validate_json(MANIFEST.read_bytes()) if MANIFEST.exists() else ()


def write_manifest(entries: Iterable[Recorded]) -> None:
    """Write the manifest, ordered by file."""
    ordered = sorted(entries, key=lambda entry: entry.file)
    rows = _ENTRIES.dump_python(tuple(ordered), mode="json")
    MANIFEST.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def product_version() -> str:
    """Return the version of the product in this tree."""
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def replayer(workflows: Iterable[type] = (), *, runner: WorkflowRunner | None = None) -> Replayer:
    """Return a replayer as production would replay: same workflows, converter and sandbox."""
    return Replayer(
        workflows=list(workflows) or worker.WORKFLOWS,
        data_converter=pydantic_data_converter,
        workflow_runner=runner or worker.sandbox_runner(),
    )
