"""What every case can do: move, wait, take steps that may park, and show where it stands."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributePair
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseOutcome, CaseState, HumanTask
    from domain.instants import aware
    from domain.moves import Move, MoveTable
    from domain.playbook import OutageRules
    from domain.timeline import EventKey
    from workflows import names
    from workflows.inbox import Inbox
    from workflows.policies import OURS, Policy
    from workflows.ports import EffectKey, Pinned
    from workflows.steps import (
        ABANDON,
        DONE,
        RETRY,
        Step,
        StepAbandonedError,
        as_activity_error,
        read_trouble,
    )
    from workflows.story import Storyteller

T = TypeVar("T")


class Case(Storyteller):
    """State and machinery that do not depend on the kind of exception."""

    moves: ClassVar[MoveTable]
    """The table of the kind."""
    parks_visibly: ClassVar[bool] = True
    """Whether the state reads `parked` while a step waits for a person."""
    outage: OutageRules = OutageRules()
    evidence: tuple[str, ...] = ()
    """Ids of what the vault holds for it."""
    inbox: Inbox
    pinned: Pinned
    """The rules it runs under, once `is_pinned`."""

    def __init__(
        self,
        *,
        kind: CaseKind,
        shop_id: str,
        detected_at: datetime | None,
        playbook_name: str | None = None,
        source: str | None = None,
        first_phase: CaseState = CaseState.OPENING,
    ) -> None:
        super().__init__(shop_id=shop_id)
        self.kind = kind
        self.playbook_name = playbook_name
        self.source = source
        self.is_pinned = False
        self.first_phase = first_phase
        self.opened_at = aware(workflow.info().start_time)
        self.detected_at = min(detected_at or self.opened_at, self.opened_at)
        self.phase = first_phase
        self.outcome: CaseOutcome | None = None
        self.closed_at: datetime | None = None
        self.assignee: str | None = None
        self._steps: dict[str, Step] = {}
        self._waits: list[datetime] = []
        self._shown: dict[str, Any] = {}

    def begin_at(self, opened_at: datetime) -> None:
        """Take the opening as it was written down; a replay may read the first clock otherwise."""
        if self.detected_at == self.opened_at:
            self.detected_at = opened_at
        self.opened_at = opened_at

    @property
    def state(self) -> CaseState:
        """What the view shows: parked over the state it resumes to."""
        hidden = self.parked and self.parks_visibly and not self.closed
        return CaseState.PARKED if hidden else self.phase

    @property
    def closed(self) -> bool:
        """Whether the case has ended."""
        return self.phase is CaseState.CLOSED

    @property
    def due_at(self) -> datetime | None:
        """The next instant at which the case acts by itself."""
        return min(self._waits, default=None)

    def move(self, move: Move, *, outcome: CaseOutcome | None = None) -> None:
        """Go where the table of moves leads; a case that ends names its outcome."""
        row = self.moves.lead(self.phase, move)
        self.phase = row.to
        self.tell(EventKey.CASE_MOVED, f"{row.state} -> {row.to}: {row.why}", rule=row.move)
        if self.parked:
            self.drop_task(self.parked)
            self.parked = None
        if self.phase is CaseState.CLOSED:
            self.outcome = outcome

    def arrived(self) -> None:
        """Note that something happened which the process must look at."""
        self.inbox.arrivals += 1

    def look_soon(self) -> None:
        """Have the case's subject looked at before anything else is done."""
        self.inbox.looks_wanted += 1
        self.arrived()

    @property
    def news_waits(self) -> bool:
        """Whether a parked step keeps news waiting."""
        return bool(self.parked) and self.inbox.news

    # Moving and waiting

    async def wait(
        self, wake: Callable[[], bool], *, until: datetime | None = None, why: str = ""
    ) -> bool:
        """Wait until *wake* holds (True) or *until* has come (False); *wake* wins a tie."""
        if _is_being_cancelled():
            raise asyncio.CancelledError
        if wake():
            return True
        left = until - self.now if until else None
        if left is not None and left <= timedelta(0):
            return False
        self.show()
        if until:
            self._waits.append(until)
        try:
            await workflow.wait_condition(wake, timeout=left, timeout_summary=why or None)
        except TimeoutError:
            self.has_come(until)
            return wake()
        finally:
            if until:
                self._waits.remove(until)
        return True

    async def race(
        self,
        step: Coroutine[Any, Any, T],
        *,
        until: datetime | None,
        unless: Callable[[], bool],
        why: str = "",
    ) -> T | None:
        """Run a step against a deadline and against news.

        The running attempt is cancelled and awaited when it loses; a result that came all the
        same is returned, so that nothing that was done is forgotten.

        A step of nothing but local activities takes no *until*: its timer would start and end
        within one workflow task, and a query that cuts such a task in two makes a history that
        does not replay. `take_step` wakes at its *by* instead, so that *unless* is asked again.
        """
        running = asyncio.ensure_future(step)
        try:
            await self.wait(lambda: running.done() or unless(), until=until, why=why)
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            raise
        if not running.done():
            running.cancel()
        try:
            return await running
        except (asyncio.CancelledError, ActivityError) as error:
            if not is_cancelled_exception(error):
                raise
            return None

    # Steps

    def step(self, name: str) -> Step:
        """Return the step of that name, begun now if it is new."""
        return self._steps.setdefault(name, Step(name=name, began_at=self.now))

    def latest_try(self, *, before: datetime | None = None) -> datetime:
        """Return when anything but a look was last tried, at all or before an instant."""
        steps = [step for step in self._steps.values() if step.name != "look"]
        tries = [at for step in steps for at in (step.earlier_try, step.latest_try) if at]
        return max((at for at in tries if before is None or at < before), default=self.opened_at)

    def is_finished(self, name: str) -> bool:
        """Whether the step has its result."""
        return name in self._steps and self._steps[name].finished

    async def take_step(
        self,
        name: str,
        attempt: Callable[[EffectKey], Awaitable[T]],
        *,
        done: Callable[[str], T] | None = None,
        dispensable: bool = False,
        otherwise: str = "",
        by: datetime | None = None,
        fresh: bool = False,
        beside: bool = False,
    ) -> T:
        """Take a step once, parking it for people when it cannot be done now.

        Args:
            name: Names the step; the same name never has its effect twice.
            attempt: Runs the activity; called again after each resume or slow retry.
            done: Turns a person's reference into the result; None where only retry helps.
            dispensable: True if a person may give it up; the caller then goes on without it.
            otherwise: What happens if nobody helps.
            by: When that happens.
            fresh: True for looks, whose result must not be remembered.
            beside: True for one of several steps that go on at the same time: it waits for
                people as a task of its own and does not park the case.

        Returns:
            The activity's result, or what a person said was done.

        Raises:
            StepAbandonedError: A person gave the step up.
        """
        step = self.step(name)
        if step.finished and not fresh:
            return step.result  # type: ignore[no-any-return]  # stored by this very step
        step.finished, step.beside = False, beside
        options = (RETRY, *((DONE,) if done else ()), *((ABANDON,) if dispensable else ()))
        while (error := await self._attempt(step, attempt)) is not None:
            task = self._parked_task(step, error, options, otherwise, by)
            reference = await self._park(step, task)
            if reference is not None and done:
                step.result = done(reference)
                break
        step.finished, step.resume = True, None
        self._unpark(step)
        return step.result  # type: ignore[no-any-return]  # stored by this very step

    async def _attempt(
        self, step: Step, attempt: Callable[[EffectKey], Awaitable[Any]]
    ) -> ActivityError | None:
        """Make one attempt at a step; return why it failed, if somebody still waits for it."""
        step.earlier_try, step.latest_try = step.latest_try, self.now
        try:
            step.result = await attempt(self.effect_key(step))
        except asyncio.CancelledError:
            step.tried = True
            raise
        except ActivityError as error:
            step.tried = True
            if is_cancelled_exception(error):
                raise
            # The activity failed although it was told to stop: nobody waits for the step.
            if _is_being_cancelled():
                raise asyncio.CancelledError from error
            return error
        return None

    def effect_key(self, step: Step) -> EffectKey:
        """Return what identifies the effect of a step, whoever tries it."""
        return EffectKey(
            case_id=self.case_id, step=step.name, began_at=step.began_at, tried_before=step.tried
        )

    def _parked_task(
        self,
        step: Step,
        error: ActivityError,
        options: tuple[str, ...],
        otherwise: str,
        by: datetime | None,
    ) -> HumanTask:
        """Park a step that cannot be done now; an outage is tried again, the rest waits."""
        outage, trouble = read_trouble(error)
        step.retry_at = self.now + self.outage.retry_every if outage else None
        if not step.beside:
            self._park_case(step, trouble)
        elif self.task(step.name) is None:
            self.tell(EventKey.STEP_PARKED, f"{step.name} while {self.phase}: {trouble}")
        return HumanTask(step=step.name, ask=trouble, by=by, options=options, otherwise=otherwise)

    def _park_case(self, step: Step, trouble: str) -> None:
        if self.parked != step.name:
            row = self.moves.lead(self.phase, Move.STEP_PARKED)
            self.tell(
                EventKey.STEP_PARKED, f"{step.name} while {row.state}: {trouble}", rule=row.move
            )
        self.parked = step.name

    async def _park(self, step: Step, task: HumanTask) -> str | None:
        """Wait for a person or for the next slow retry; a reference says it was done."""
        self.ask_person(task)
        wake = [at for at in (step.retry_at, task.by) if at and at > self.now]
        until = min(wake, default=None)
        await self.wait(lambda: step.resume is not None, until=until, why="slow retry")
        if step.resume is None:
            return None
        (how, reference), step.resume = step.resume, None
        if how == ABANDON:
            self.tell(EventKey.STEP_ABANDONED, step.name)
            step.finished = False
            self._unpark(step)
            raise StepAbandonedError(step.name)
        return reference if how == DONE else None

    def _unpark(self, step: Step) -> None:
        waited = step.beside and self.task(step.name) is not None
        self.drop_task(step.name)
        if self.parked == step.name:
            self.parked = None
            waited = True
        if waited:
            self.tell(EventKey.STEP_RESUMED, step.name)

    def resume(self, step: str, how: str, reference: str) -> None:
        """Answer a parked step; the validator has made sure that it is parked."""
        self._steps[step].resume = (how, reference)

    async def remote(
        self, method: Callable[..., Awaitable[T]], cmd: Any, policy: Policy, summary: str
    ) -> T:
        """Run an ordinary activity until it works, for as long as the playbook tries at once."""
        self.show()
        return await workflow.execute_activity_method(
            method,
            cmd,
            task_queue=policy.task_queue,
            start_to_close_timeout=policy.attempt,
            schedule_to_close_timeout=self.outage.park_after,
            heartbeat_timeout=policy.heartbeat,
            retry_policy=policy.retry,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary,
        )

    async def try_once(
        self, method: Callable[..., Awaitable[T]], cmd: Any, policy: Policy, summary: str
    ) -> T | None:
        """Run an ordinary activity that the process can do without; None if it fails."""
        try:
            return await self.remote(method, cmd, policy, summary)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return None

    async def local(self, method: Callable[..., Awaitable[T]], cmd: Any, summary: str) -> T:
        """Run a short activity of ours inside the workflow's own worker.

        Raises:
            ActivityError: It failed; of a local activity the SDK raises the bare cause.
        """
        try:
            return await workflow.execute_local_activity_method(
                method,
                cmd,
                start_to_close_timeout=OURS.attempt,
                schedule_to_close_timeout=self.outage.park_after,
                retry_policy=OURS.retry,
                summary=summary,
            )
        except ApplicationError as error:
            raise as_activity_error(error, summary) from error

    async def keep(
        self,
        name: str,
        method: Callable[..., Awaitable[T]],
        cmd: Any,
        summary: str,
        *,
        by: datetime | None = None,
    ) -> T:
        """Write something to our own records; an outage of theirs parks the case."""

        async def attempt(_key: EffectKey) -> T:
            return await self.local(method, cmd, summary)

        return await self.take_step(name, attempt, fresh=True, by=by)

    # What lists show

    def attributes(self) -> Mapping[str, Any]:
        """Return every search attribute by key name; None clears one."""
        return {
            names.CASE_KIND.name: self.kind.value,
            names.CASE_STATE.name: self.state.value,
            names.CASE_OUTCOME.name: self.outcome.value if self.outcome else None,
            names.CASE_SHOP.name: self.shop_id,
            names.CASE_ASSIGNEE.name: self.assignee,
            names.CASE_OPENED_AT.name: self.opened_at,
            names.CASE_NEEDS_HUMAN.name: bool(self._tasks),
            names.CASE_BREACHED.name: bool(self.story.breaches),
        }

    @property
    def shows_nothing(self) -> bool:
        """Whether it stands as it was opened, so that lists know it already."""
        return self.phase is self.first_phase and not self.parked

    def show(self) -> None:
        """Write what changed to the search attributes, and the story to the server's page."""
        if self.shows_nothing:
            return
        wanted = self.attributes()
        changed = [
            SearchAttributePair(key, wanted[key.name])
            for key in names.SEARCH_ATTRIBUTES
            if key.name in wanted and wanted[key.name] != self._shown.get(key.name)
        ]
        if not changed:
            return
        workflow.upsert_search_attributes([_update(pair) for pair in changed])
        self._shown.update(wanted)
        workflow.set_current_details(self.details())

    def details(self) -> str:
        """Return the case in a few lines of Markdown."""
        lines = [
            f"**{self.kind}** · {self.state}" + (f" · {self.outcome}" if self.outcome else "")
        ]
        lines += [f"- waits for a person: {task.ask}" for task in self.tasks]
        lines += [f"- {e.at:%d %b %H:%M}Z {e.key} {e.detail}" for e in self.story.timeline[-8:]]
        return "\n".join(lines)


def _is_being_cancelled() -> bool:
    """Tell whether the running task was cancelled, even if what it awaited went on to its end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _update(pair: "SearchAttributePair[Any]") -> Any:
    return pair.key.value_unset() if pair.value is None else pair.key.value_set(pair.value)
