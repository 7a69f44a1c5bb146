"""Open incidents survive an upgrade: every committed history replays against today's code."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.corpus import replayer
from tests.replay.incident_stories import STORIES
from tests.replay.record_incidents import HISTORIES, path_of

CORPUS = sorted(HISTORIES.glob("*/*.json"))


def _history(path: Path) -> WorkflowHistory:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(kept["workflow_id"], kept["history"])


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
async def test_a_committed_history_replays(path: Path) -> None:
    """The incident of today issues the very commands that it was recorded with."""
    await replayer().replay_workflow(_history(path))


def test_every_story_has_a_history() -> None:
    """A way to go without one could stop replaying and nobody would know."""
    assert [] == [name for name in STORIES if not path_of(name).exists()]
