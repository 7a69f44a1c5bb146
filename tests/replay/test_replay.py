"""Open cases survive an upgrade: every committed history replays against today's workflows.

If one of these fails, a running case would fail the same way after the deployment. Gate the
change with `workflow.patched()`, keep the old path for the old histories, and record the new
one beside them.
"""

import asyncio
import base64
import itertools
import json
import re
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError
from typing_extensions import override

from domain.cases import CaseKind, CaseOutcome
from domain.stockout import Course
from tests.replay.corpus import HISTORIES, Recorded, manifest, product_version, replayer
from tests.replay.stories import SCENARIOS
from workflows import names, payloads
from workflows.oversell_case import OversellCase
from workflows.shortage import ShortageCase

Json = dict[str, Any]
CORPUS = manifest()
ELSEWHERE = {
    CaseOutcome.DUPLICATE_OF_OPEN: "opening by business key joins the open case of an order",
}
"""Outcomes that no case of the corpus can have, and why."""
LEDGERS = (
    names.PAD_PROMISE,
    names.NOTE_PROMISE,
    names.KEEP_CONSENT,
    names.RESERVE_OFFER,
    names.SETTLE_OFFER,
    names.ASK_SUPPLIER,
)
COMMANDS = {
    "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED": "activityTaskScheduledEventAttributes",
    "EVENT_TYPE_TIMER_STARTED": "timerStartedEventAttributes",
    "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": (
        "upsertWorkflowSearchAttributesEventAttributes"
    ),
}
"""Events that commands of the workflow became. The marker of a local activity is none of them:
the SDK looks it up wherever it stands."""


def _each(corpus: tuple[Recorded, ...] = CORPUS) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", corpus, ids=lambda entry: entry.file)


@_each()
async def test_a_committed_history_replays(entry: Recorded) -> None:
    """The workflow of today issues the very commands that the case was recorded with."""
    await replayer().replay_workflow(entry.history())


def test_every_outcome_of_a_case_has_a_history() -> None:
    """An outcome without one could stop replaying and nobody would know."""
    kept = {entry.outcome for entry in CORPUS if entry.recorded_at_version == product_version()}

    assert set(CaseOutcome) - ELSEWHERE.keys() == kept


def test_every_course_of_a_stock_out_and_every_ledger_has_a_history() -> None:
    """What only a new case does must replay too, and what an old one did must not need it."""
    views = [_view(entry) for entry in CORPUS]
    told = " ".join(_decoded(_events(entry)) for entry in CORPUS)

    assert set(Course) == {view["supply"]["course"] for view in views if view.get("supply")}
    assert any("supply" not in view for view in views)
    assert [] == [name for name in LEDGERS if name not in told]


def test_every_story_has_its_history_and_every_history_its_place_in_the_manifest() -> None:
    """A file that the manifest does not name would never be replayed."""
    files = {path.relative_to(HISTORIES).as_posix() for path in HISTORIES.rglob("*.json")}
    told = {entry.file for entry in CORPUS if entry.recorded_at_version == product_version()}

    assert files == {entry.file for entry in CORPUS}
    assert told == {f"{product_version()}/{name}.json" for name in SCENARIOS}


def test_no_two_histories_share_a_workflow_and_a_file() -> None:
    """The manifest is keyed by file; a second entry would hide the first."""
    assert len(CORPUS) == len({entry.file for entry in CORPUS})


def _events(entry: Recorded) -> list[Json]:
    held: list[Json] = json.loads((HISTORIES / entry.file).read_text())["events"]
    return held


@_each()
def test_the_manifest_names_the_outcome_that_the_history_ends_with(entry: Recorded) -> None:
    """What is said about a history is what is in it."""
    view = _view(entry)

    assert entry.outcome == view["outcome"]
    assert entry.workflow_id == view["case_id"]


def _view(entry: Recorded) -> Json:
    """Return the view with which a history ends."""
    ended = _events(entry)[-1]["workflowExecutionCompletedEventAttributes"]
    view: Json = json.loads(base64.b64decode(ended["result"]["payloads"][0]["data"]))
    return view


def _decoded(node: Any) -> str:
    """Return everything a history says, its payloads in plain text."""
    if isinstance(node, dict):
        return " ".join(_said(key, value) for key, value in node.items())
    return " ".join(_decoded(item) for item in node) if isinstance(node, list) else str(node)


def _said(key: str, value: Any) -> str:
    if key == "data" and isinstance(value, str):
        return base64.b64decode(value).decode(errors="replace")
    return f"{key} {_decoded(value)}"


PERSONAL = re.compile(
    r"recipient|full_address|address_detail|phone_number|buyer_email|postal_code|@\w|first_name"
)
OF_A_MACHINE = re.compile(r"site-packages|/home/|\.py\"?, line")


@_each()
def test_a_history_holds_nothing_personal_and_nothing_of_the_machine(entry: Recorded) -> None:
    """Names, addresses and phones never enter a case; hosts and folders are scrubbed."""
    told = _decoded(_events(entry))

    assert [] == PERSONAL.findall(told)
    assert [] == OF_A_MACHINE.findall(told)
    assert {"recorder"} == {
        attributes["identity"]
        for event in _events(entry)
        for attributes in event.values()
        if isinstance(attributes, dict) and "identity" in attributes
    }


def _swappable(entry: Recorded) -> tuple[int, int] | None:
    """Return the places of the first two commands in a row that are of different kinds."""
    events = _events(entry)
    issued = [place for place, event in enumerate(events) if event["eventType"] in COMMANDS]
    return next(
        (
            (one, other)
            for one, other in itertools.pairwise(issued)
            if events[one]["eventType"] != events[other]["eventType"]
        ),
        None,
    )


def _with_two_commands_swapped(entry: Recorded) -> WorkflowHistory:
    events = _events(entry)
    places = _swappable(entry)
    assert places is not None
    one, other = (events[place] for place in places)
    for key in {*one, *other} - {"eventId", "eventTime", "taskId"}:
        held, given = one.pop(key, None), other.pop(key, None)
        one.update({key: given} if given is not None else {})
        other.update({key: held} if held is not None else {})
    return WorkflowHistory.from_json(entry.workflow_id, {"events": events})


def test_nearly_every_history_has_two_commands_that_could_be_swapped() -> None:
    """The guard below must not run empty."""
    too_short = {entry.outcome for entry in CORPUS if _swappable(entry) is None}

    assert too_short <= {CaseOutcome.DUPLICATE_OF_CLOSED, CaseOutcome.UNKNOWN_ORDER}


@_each(tuple(entry for entry in CORPUS if _swappable(entry)))
async def test_a_history_with_two_commands_swapped_does_not_replay(entry: Recorded) -> None:
    """The guard is sharp for every history: another order of commands is noticed."""
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(_with_two_commands_swapped(entry))


class _HastyCase(ShortageCase):
    """Lets a step begin before the deadline's timer is set, not after it."""

    @override
    async def race(
        self,
        step: Coroutine[Any, Any, Any],
        *,
        until: datetime | None,
        unless: Callable[[], bool],
        why: str = "",
    ) -> Any:
        begun = asyncio.ensure_future(step)
        await asyncio.sleep(0)
        return await super().race(_result_of(begun), until=until, unless=unless, why=why)


async def _result_of(begun: "asyncio.Task[Any]") -> Any:
    return await begun


@workflow.defn(name=names.OVERSELL_CASE)
class _HastyWorkflow(OversellCase):
    """The same workflow with two commands swapped, as an innocent edit might do it."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        super().__init__(payload)
        self.case = _HastyCase(payloads.read(payloads.ShortageInput, payload), CaseKind.OVERSOLD)

    @override
    @workflow.run
    async def run(self, payload: Any = None) -> Any:
        """Run the case to its end."""
        return await super().run(payload)


@workflow.defn(name=names.OVERSELL_CASE)
class _WatchedWorkflow(OversellCase):
    """The same workflow, which shows its case to a test."""

    seen: ClassVar[list[ShortageCase]] = []

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        super().__init__(payload)
        assert self.case
        self.seen.append(self.case)

    @override
    @workflow.run
    async def run(self, payload: Any = None) -> Any:
        """Run the case to its end."""
        return await super().run(payload)


async def test_a_case_opens_when_it_did_whatever_a_replay_reads_off_its_first_task() -> None:
    """Rule: a query cuts the first task in two; a replay joins them and reads the later clock."""
    entry = next(one for one in CORPUS if one.file.endswith("oversold_opening_written_down.json"))
    events = _events(entry)
    started = datetime.fromisoformat(events[2]["eventTime"])
    events[2]["eventTime"] = (started + timedelta(seconds=7)).isoformat()
    later = WorkflowHistory.from_json(entry.workflow_id, {"events": events})

    watched = replayer([_WatchedWorkflow], runner=UnsandboxedWorkflowRunner())
    for history in (entry.history(), later):
        await watched.replay_workflow(history)
    first, second = _WatchedWorkflow.seen
    assert (first.opened_at, first.detected_at) == (second.opened_at, second.detected_at)
    assert [ask.detected_at for ask in first.asks] == [ask.detected_at for ask in second.asks]


def _of(outcome: CaseOutcome) -> Recorded:
    return next(entry for entry in CORPUS if entry.outcome is outcome)


async def test_code_that_swaps_two_commands_fails_on_the_corpus() -> None:
    """Scheduling the activity before the timer instead of after it strands every open case."""
    hasty = replayer([_HastyWorkflow], runner=UnsandboxedWorkflowRunner())
    history = _of(CaseOutcome.REFUNDED_BY_CHOICE).history()

    with pytest.raises(NondeterminismError):
        await hasty.replay_workflow(history)
    await replayer(runner=UnsandboxedWorkflowRunner()).replay_workflow(history)
