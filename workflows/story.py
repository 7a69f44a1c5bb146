"""The story of a case: what happened, what waits for a person, and who was called about it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.cases import Breach, HumanTask, TimelineEvent
    from domain.deadlines import Deadline
    from domain.instants import aware
    from domain.playbook import PeopleRules
    from domain.timeline import CASE, PLATFORM, EventKey
    from workflows.policies import OURS
    from workflows.ports import CallPeople, DeskPort


@dataclass
class _Task:
    human: HumanTask
    since: datetime
    climb: "asyncio.Task[None] | None" = None
    dropped: bool = False
    """Ends the climb at its next rung; to cancel it could undo a command of the same task."""
    called: int = 0
    """How many rungs have been called."""


@dataclass
class Story:
    """What has happened so far, for people and auditors."""

    timeline: list[TimelineEvent] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)


class Storyteller:
    """The timeline of a case and its tasks for people."""

    people: PeopleRules = PeopleRules()
    people_can_be_called = False

    def __init__(self, *, shop_id: str) -> None:
        self.shop_id = shop_id
        self.parked: str | None = None
        self.story = Story()
        self._no_earlier: datetime | None = None
        self._tasks: dict[str, _Task] = {}
        self._answered: set[str] = set()

    @property
    def case_id(self) -> str:
        """The workflow id."""
        return workflow.info().workflow_id

    @property
    def now(self) -> datetime:
        """The case's clock; once an instant was waited for, it has come.

        A replay may read the first task's clock some moments later than the run did, and with it
        every deadline that counts from the opening; a timer that fired is still that deadline.
        """
        read = aware(workflow.now())
        return max(read, self._no_earlier) if self._no_earlier else read

    def has_come(self, instant: datetime | None) -> None:
        """Let the clock read no earlier than an instant whose timer has fired."""
        self._no_earlier = max((at for at in (instant, self._no_earlier) if at), default=None)

    # The story

    def tell(
        self,
        key: EventKey,
        detail: str = "",
        *,
        actor: str = CASE,
        rule: str = "",
        evidence: tuple[str, ...] = (),
    ) -> None:
        """Add an event to the timeline."""
        event = TimelineEvent(
            at=self.now, key=key, actor=actor, rule=rule, detail=detail, evidence_ids=evidence
        )
        self.story.timeline.append(event)

    def tell_deadlines(self, deadlines: Iterable[Deadline]) -> None:
        """Tell the deadlines under which the case begins, or goes on after a correction."""
        for deadline in deadlines:
            assumed = " (assumed)" if deadline.assumed else ""
            self.tell(
                EventKey.DEADLINE_SET,
                f"{deadline.name} {deadline.at:%Y-%m-%d %H:%M}Z{assumed}",
                rule=deadline.rule,
            )

    def tell_moved(self, was: Deadline, due: Deadline) -> None:
        """Tell that the platform moved a deadline."""
        self.tell(
            EventKey.DEADLINE_MOVED,
            f"{due.name}: {was.at:%Y-%m-%d %H:%M}Z -> {due.at:%Y-%m-%d %H:%M}Z",
            actor=PLATFORM,
            rule=due.rule,
        )

    def breach(self, deadline: str, due_at: datetime) -> None:
        """Record a missed deadline, once."""
        if any(b.deadline == deadline and b.due_at == due_at for b in self.story.breaches):
            return
        self.story.breaches.append(
            Breach(deadline=deadline, due_at=due_at, noticed_at=self.now),
        )
        self.tell(EventKey.DEADLINE_MISSED, f"{deadline} was {due_at:%Y-%m-%d %H:%M}Z")

    # People

    @property
    def tasks(self) -> tuple[HumanTask, ...]:
        """Everything that waits for a person, the most urgent first."""
        latest = datetime.max.replace(tzinfo=self.now.tzinfo)
        ranked = sorted(
            self._tasks.values(),
            key=lambda t: (t.human.step != self.parked, t.human.by or latest, t.since),
        )
        return tuple(task.human for task in ranked)

    def ask_person(self, task: HumanTask) -> None:
        """Put a task before people and climb the playbook's ladder until it is gone."""
        known = self._tasks.get(task.step)
        if known:
            known.human = task
            return
        entry = _Task(human=task, since=self.now)
        self._tasks[task.step] = entry
        if self.people_can_be_called:
            entry.climb = asyncio.create_task(self._climb(entry))

    def drop_task(self, step: str) -> None:
        """Take a task back: it is done, or nobody needs it."""
        entry = self._tasks.pop(step, None)
        if entry:
            entry.dropped = True

    def task(self, step: str) -> HumanTask | None:
        """Return the task of a step, if there is one."""
        entry = self._tasks.get(step)
        return entry.human if entry else None

    async def _climb(self, entry: _Task) -> None:
        for rung, after in enumerate(self.people.ladder):
            if rung < entry.called:
                continue
            await self.sleep_until(entry.since + after)
            if entry.dropped:
                return
            await self.call_people(entry.human, rung)
            entry.called = rung + 1

    async def call_people(self, task: HumanTask, rung: int) -> None:
        """Tell people about a task; an unreachable channel never holds the case up."""
        call = CallPeople(
            case_id=self.case_id,
            shop_id=self.shop_id,
            step=task.step,
            ask=task.ask,
            by=task.by,
            rung=rung,
            at=self.now,
        )
        try:
            await workflow.execute_activity_method(
                DeskPort.call_people,
                call,
                task_queue=OURS.task_queue,
                start_to_close_timeout=OURS.attempt,
                schedule_to_close_timeout=timedelta(hours=1),
                retry_policy=OURS.retry,
                summary=f"call people: {task.step}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("case.people_not_called", extra={"step": task.step})
        else:
            self.tell(EventKey.TASK_CALLED, f"{task.step}, rung {rung + 1}")

    def drop_all_tasks(self) -> None:
        """Take every task back."""
        for step in list(self._tasks):
            self.drop_task(step)

    async def sleep_until(self, instant: datetime) -> None:
        """Wait for an instant without counting it as something the case does by itself."""
        left = instant - self.now
        if left > timedelta(0):
            await workflow.sleep(left)
            self.has_come(instant)

    # Requests

    def known_request(self, request_id: str | None) -> bool:
        """Whether an update with this request id was answered before."""
        return request_id is not None and request_id in self._answered

    def answer(self, request_id: str | None) -> None:
        """Remember that an update was answered."""
        if request_id:
            self._answered.add(request_id)

    def forget_answer(self, request_id: str | None) -> None:
        """Let an update be sent again that failed on what was found outside."""
        if request_id:
            self._answered.discard(request_id)
