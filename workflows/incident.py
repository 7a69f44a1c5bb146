"""The state of an incident: one SKU, its units, its deadlines with people and suppliers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseOutcome, CaseState, HumanTask
    from domain.incident_figures import Changed, Figures
    from domain.incident_moves import INCIDENT
    from domain.incident_rules import next_chase
    from domain.moves import Move, MoveTable
    from domain.playbook import IncidentRules
    from domain.timeline import EventKey
    from workflows import names
    from workflows.case import Case
    from workflows.inbox import Inbox
    from workflows.incident_payloads import IncidentInput
    from workflows.incident_state import SHORTFALL, Book, CarriedTask, Heard
    from workflows.policies import Policy
    from workflows.steps import ABANDON, RETRY, read_trouble

T = TypeVar("T")


class Incident(Case):
    """One SKU that was sold more often than it is there."""

    moves: ClassVar[MoveTable] = INCIDENT
    parks_visibly: ClassVar[bool] = False

    def __init__(self, inp: IncidentInput) -> None:
        super().__init__(
            kind=CaseKind.INCIDENT,
            shop_id=inp.shop_id,
            detected_at=inp.detected_at,
            playbook_name=inp.playbook,
            source=inp.source,
            first_phase=CaseState.STOPPING,
        )
        self.inp = inp
        self.sku_id = inp.sku_id
        self.inbox = Inbox()
        self.heard: list[Heard] = []
        self.book = Book(counted=inp.on_hand, on_hand=inp.on_hand, policy=inp.policy)
        self.hand_over = False
        """True once a run that has grown long should go on in a new one."""
        self.ledger = asyncio.Lock()
        """Held while an update of a person changes the ledger, so that they keep their order."""
        self._beside: list[asyncio.Task[None]] = []

    @property
    def rules(self) -> IncidentRules:
        """The playbook's rules; the standard ones before it is pinned."""
        return self.pinned.playbook.incident if self.is_pinned else IncidentRules()

    @property
    def figures(self) -> Figures:
        """How the orders stand."""
        return self.book.figures

    @property
    def allocated(self) -> bool:
        """Whether the units have been shared out, so that there is a ledger."""
        return self.book.allocation is not None

    @property
    def on_hand(self) -> int:
        """Units on the shelf."""
        return self.figures.on_hand if self.allocated else self.book.on_hand

    @property
    def somebody_waits(self) -> bool:
        """Whether an order waits for units, or a case of the incident is open."""
        return self.figures.open_cases > 0 or self.figures.unopened > 0

    @property
    def next_chase_at(self) -> datetime | None:
        """When the supplier is asked next; None while nobody has to be asked."""
        if self.book.chase_since is None or not self.figures.short:
            return None
        return next_chase(self.book.chase_since, self.book.rung, self.rules)

    @property
    @override
    def due_at(self) -> datetime | None:
        """The next instant at which it asks or retries; its readings are no deadlines."""
        retries = [step.retry_at for step in self._steps.values() if self.task(step.name)]
        dates = [self.next_chase_at, *retries]
        return min((at for at in dates if at and at > self.now), default=None)

    def take_figures(self, figures: Figures) -> None:
        """Take a reading of the ledger unless a newer one is known."""
        if figures.version >= self.figures.version:
            self.book.figures = figures

    def take_changed(self, changed: Changed, *, cause: str, actor: str = "case") -> None:
        """Tell what an event changed, and ask a person about promises that it took back."""
        self.take_figures(changed.figures)
        served = [one for one in changed.first if one.now == "served"]
        if changed.served:
            self.tell(
                EventKey.UNITS_HANDED_OUT,
                f"{changed.served} orders: {_some(served)}",
                actor=actor,
                rule=cause,
            )
        if changed.short:
            short = [one for one in changed.first if one.now == "short"]
            self.tell(
                EventKey.UNITS_TAKEN_BACK,
                f"{changed.short} orders: {_some(short)}",
                actor=actor,
                rule=cause,
            )
            self.ask_person(
                HumanTask(
                    step=SHORTFALL,
                    ask=f"{changed.short} orders that had their units are short again ({cause}); "
                    "make sure that none of them has been packed.",
                    options=("done",),
                    otherwise="Their cases tell the buyers that the units are not there.",
                )
            )
        if changed.served or changed.short:
            self.news_came()

    def news_came(self) -> None:
        """Note that something changed, so that the next reading comes early again."""
        self.book.quiet = 0
        self.book.looked_last = False
        self.arrived()

    @override
    def move(self, move: Move, *, outcome: CaseOutcome | None = None) -> None:
        """Go where the table leads; steps that wait for people go on waiting for them."""
        parked, self.parked = self.parked, None
        super().move(move, outcome=outcome)
        self.parked = parked
        if move is Move.WITHDRAWN:
            self.book.withdrawn = True

    # Steps beside each other

    def go_beside(self, step: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the phases."""
        self._beside.append(asyncio.ensure_future(step))

    @property
    def busy_beside(self) -> bool:
        """Whether something beside the phases is still at work and waits for nobody."""
        return any(not task.done() for task in self._beside)

    async def stop_beside(self) -> None:
        """End what goes on beside the phases, whatever it waits for."""
        running, self._beside = self._beside, []
        for task in running:
            task.cancel()
        for ended in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(ended, Exception) and not is_cancelled_exception(ended):
                raise ended

    async def attempt(
        self,
        name: str,
        method: Callable[..., Awaitable[T]],
        cmd: Any,
        policy: Policy,
        *,
        summary: str,
        otherwise: str,
    ) -> T | None:
        """Do something that is tried again later anyway; a failure is a task until it works.

        Returns:
            The result, or None where it could not be done now.
        """
        try:
            result = await self.remote(method, cmd, policy, summary)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            _outage, trouble = read_trouble(error)
            if self.task(name) is None:
                self.tell(EventKey.STEP_PARKED, f"{name} while {self.phase}: {trouble}")
            self.ask_person(
                HumanTask(step=name, ask=trouble, options=(RETRY,), otherwise=otherwise)
            )
            return None
        if self.task(name) is not None:
            self.drop_task(name)
            self.tell(EventKey.STEP_RESUMED, name)
        return result

    async def ask_and_wait(self, task: HumanTask) -> str:
        """Put a task before people and return how one of them answered it."""
        step = self.step(task.step)
        self.tell(EventKey.STEP_PARKED, f"{task.step} while {self.phase}: {task.ask}")
        self.ask_person(task)
        await self.wait(lambda: step.resume is not None)
        how = step.resume[0] if step.resume else ABANDON
        step.resume = None
        self.drop_task(task.step)
        self.tell(EventKey.STEP_ABANDONED if how == ABANDON else EventKey.STEP_RESUMED, task.step)
        return how

    async def rest(self, until: datetime | None) -> None:
        """Wait for news, or for an instant."""
        await self.wait(lambda: self.inbox.news, until=until, why="until the next reading")

    def go(self, move: Move) -> None:
        """Move on, unless somebody has withdrawn the incident meanwhile."""
        if self.moves.allowed(self.phase, move):
            self.move(move)

    # From one run to the next

    def is_step(self, name: str) -> bool:
        """Whether a task belongs to a step that waits for its answer."""
        return name in self._steps

    def carried_tasks(self) -> tuple[CarriedTask, ...]:
        """Return the tasks that outlive a run; those of steps come up again with their steps."""
        return tuple(
            CarriedTask(human=task.human, since=task.since, called=task.called)
            for name, task in self._tasks.items()
            if not self.is_step(name)
        )

    def restore_tasks(self, tasks: Iterable[CarriedTask]) -> None:
        """Put tasks of an earlier run before people again, without calling anybody twice."""
        for held in tasks:
            self.ask_person(held.human)
            entry = self._tasks[held.human.step]
            entry.since, entry.called = held.since, held.called

    @property
    def answered(self) -> frozenset[str]:
        """Request ids of the updates that were answered."""
        return frozenset(self._answered)

    # What lists show

    @override
    def attributes(self) -> Mapping[str, Any]:
        """Return every search attribute by key name; None clears one."""
        skus = [name for name in (self.sku_id, self.book.seller_sku) if name]
        return {
            **super().attributes(),
            names.CASE_MARKET.name: self.pinned.market if self.is_pinned else None,
            names.CASE_SKU.name: skus,
            names.CASE_DUE_AT.name: None if self.closed else self.due_at,
        }

    @override
    def details(self) -> str:
        """Return the incident in a few lines of Markdown."""
        seen = self.figures
        counts = (
            f"- {self.on_hand} on the shelf, {seen.promised} promised; {seen.served} served, "
            f"{seen.short} short, {seen.open_cases} cases open"
        )
        return f"{super().details()}\n{counts}"


def _some(changes: list[Any]) -> str:
    told = "; ".join(f"{one.order_id} {one.why}" for one in changes[:3])
    return told + (" …" if len(changes) > 3 else "")  # noqa: PLR2004 - as many as fit a line
