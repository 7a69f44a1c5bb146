"""The doors every kind of case has, and how a door reads what was sent.

A signal is a fact and is never refused by failing; what cannot be used becomes an event. An
update is a decision: its validator refuses with a reason and leaves no event, its handler acts
at once and answers with the view.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView, HumanTask, TimelineEvent
    from domain.errors import InputError
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows import payloads
    from workflows.case import Case
    from workflows.case_run import CaseRun
    from workflows.policies import OURS
    from workflows.ports import EvidenceFound, EvidenceRef, VaultPort
    from workflows.steps import ABANDON, DONE, RETRY

C = TypeVar("C", bound=Case)
M = TypeVar("M", bound=BaseModel)

REFUSED = "Refused"
"""Error type of an update that the case does not allow now."""
BAD_PAYLOAD = "BadPayload"
"""Error type of an update whose payload cannot be read."""


class CaseHandlers(CaseRun[C], ABC):
    """Signals, updates and queries that every case answers."""

    @abstractmethod
    def view_of(self, case: C) -> CaseView:
        """Return what outsiders see."""

    def why_not_withdraw(self, case: C) -> str:
        """Return why an open case cannot be withdrawn now, or an empty string."""
        return ""

    def settle_task(self, case: C, decision: payloads.ResumeStep) -> bool:
        """Take a person's answer to a task that is no step; False if it is a step."""
        if not decision.step.startswith("signal:"):
            return False
        case.drop_task(decision.step)
        return True

    def why_not_resume(self, case: C, decision: payloads.ResumeStep) -> str:
        """Return why a step cannot be resumed so, or an empty string."""
        return _may_resume(case, decision)

    def penalised(self, case: C, penalty: payloads.PenaltyIssued) -> None:
        """Act on a penalty for the order; kinds that cannot appeal keep it in the story alone."""

    def attached(self, case: C, found: EvidenceFound, decision: payloads.AttachEvidence) -> None:
        """Take a piece of evidence that the vault knows."""
        evidence_id = decision.evidence_id
        if evidence_id not in case.evidence:
            case.evidence = (*case.evidence, evidence_id)
        case.tell(
            EventKey.EVIDENCE_ATTACHED,
            decision.requirement[:80],
            actor=decision.actor,
            evidence=(evidence_id,),
        )

    # What every door does

    def _fact(self, name: str, model: type[M], payload: Any) -> M | None:
        """Read a signal; one that cannot be read is an event and a task, never a failure."""
        case = self.case
        if case is None:
            return None
        try:
            return payloads.read(model, payload)
        except InputError as error:
            case.tell(EventKey.SIGNAL_REFUSED, f"{name}: {error}"[:400], actor="signal")
            if not case.closed:
                case.ask_person(
                    HumanTask(
                        step=f"signal:{name}",
                        ask=f"A {name} signal could not be read ({error}); record by hand what "
                        "it meant.",
                        options=("done",),
                        otherwise="The case goes on without it.",
                    )
                )
                case.arrived()
            return None

    def _once(self, kind: str, key: str | None) -> bool:
        return key is None or self._case().inbox.first_time(f"{kind}:{key}")

    def _case(self) -> C:
        if self.case is None:
            raise ApplicationError("the start input named no case", type=REFUSED)
        return self.case

    def _decision(self, model: type[M], payload: Any) -> tuple[M, bool]:
        """Read an update that passed its validator; False if it was answered before."""
        decision = payloads.read(model, payload)
        request_id: str | None = getattr(decision, "request_id", None)
        fresh = not self._case().known_request(request_id)
        self._case().answer(request_id)
        return decision, fresh

    def _validate(self, model: type[M], payload: Any, check: Callable[[C, M], str]) -> None:
        case = self._case()
        try:
            decision = payloads.read(model, payload)
        except InputError as error:
            raise ApplicationError(str(error), type=BAD_PAYLOAD, non_retryable=True) from error
        if case.known_request(getattr(decision, "request_id", None)):
            return
        if refusal := check(case, decision):
            raise self._refusal(refusal)

    def _refusal(self, why: str) -> ApplicationError:
        return ApplicationError(why, type=REFUSED, non_retryable=True)

    # The doors

    @workflow.signal
    def penalty_issued(self, payload: Any = None) -> None:
        """The platform punished the order; kept for the appeal."""
        fact = self._fact("penalty_issued", payloads.PenaltyIssued, payload)
        if fact is not None and self._once("penalty", fact.ticket_id):
            case = self._case()
            case.tell(EventKey.PENALTY_ISSUED, f"{fact.ticket_id} {fact.kind}".strip())
            if not case.closed:
                self.penalised(case, fact)

    @workflow.update
    async def resume_step(self, payload: Any = None) -> CaseView:
        """Retry a parked step, or say that it was done or is given up."""
        decision, fresh = self._decision(payloads.ResumeStep, payload)
        if fresh:
            self._resume(decision)
        return self.view()

    def _resume(self, decision: payloads.ResumeStep) -> None:
        case = self._case()
        case.tell(EventKey.STEP_RESUMED, f"{decision.step}: {decision.how}", actor=decision.actor)
        if not self.settle_task(case, decision):
            case.resume(decision.step, decision.how, decision.reference)
        case.arrived()

    @resume_step.validator
    def _may_resume_step(self, payload: Any = None) -> None:
        self._validate(payloads.ResumeStep, payload, self.why_not_resume)

    @workflow.update
    async def attach_evidence(self, payload: Any = None) -> CaseView:
        """Evidence in the vault belongs to this case; what the vault does not know fails.

        Raises:
            ApplicationError: The vault knows no such evidence, or its bytes were erased.
        """
        decision, fresh = self._decision(payloads.AttachEvidence, payload)
        if fresh:
            await self._attach(self._case(), decision)
        return self.view()

    async def _attach(self, case: C, decision: payloads.AttachEvidence) -> None:
        try:
            found = await find_evidence(case, decision.evidence_id)
            if refusal := _why_not_attach(found, decision.evidence_id):
                raise self._refusal(refusal)
        except FailureError:
            case.forget_answer(decision.request_id)
            raise
        self.attached(case, found, decision)

    @attach_evidence.validator
    def _may_attach_evidence(self, payload: Any = None) -> None:
        self._validate(payloads.AttachEvidence, payload, _open_only)

    @workflow.update
    async def take(self, payload: Any = None) -> CaseView:
        """The actor takes the case."""
        decision, fresh = self._decision(payloads.Take, payload)
        if fresh:
            case = self._case()
            case.assignee = decision.actor
            case.tell(EventKey.CASE_TAKEN, actor=decision.actor)
            case.arrived()
        return self.view()

    @take.validator
    def _may_take(self, payload: Any = None) -> None:
        self._validate(payloads.Take, payload, _open_only)

    @workflow.update
    async def note(self, payload: Any = None) -> CaseView:
        """A remark for the timeline."""
        decision, fresh = self._decision(payloads.Note, payload)
        if fresh:
            self._case().tell(EventKey.CASE_NOTED, decision.text, actor=decision.actor)
        return self.view()

    @note.validator
    def _may_note(self, payload: Any = None) -> None:
        self._validate(payloads.Note, payload, _open_only)

    @workflow.update
    async def withdraw(self, payload: Any = None) -> CaseView:
        """The case is not needed."""
        decision, fresh = self._decision(payloads.Withdraw, payload)
        if fresh:
            case = self._case()
            case.tell(EventKey.CASE_WITHDRAWN, decision.reason, actor=decision.actor)
            case.move(Move.WITHDRAWN, outcome=CaseOutcome.WITHDRAWN)
            case.arrived()
        return self.view()

    @withdraw.validator
    def _may_withdraw(self, payload: Any = None) -> None:
        self._validate(
            payloads.Withdraw,
            payload,
            lambda case, d: _open_only(case, d) or self.why_not_withdraw(case),
        )

    @workflow.query
    def view(self) -> CaseView:
        """Return the whole case."""
        return self.view_of(self._case())

    @workflow.query
    def timeline(self) -> list[TimelineEvent]:
        """Return what happened, oldest first."""
        return list(self._case().story.timeline)


async def find_evidence(case: Case, evidence_id: str) -> EvidenceFound:
    """Ask the vault for a piece of evidence."""
    return await workflow.execute_activity_method(
        VaultPort.find_evidence,
        EvidenceRef(evidence_id=evidence_id),
        task_queue=OURS.task_queue,
        start_to_close_timeout=OURS.attempt,
        schedule_to_close_timeout=case.outage.park_after,
        retry_policy=OURS.retry,
        summary=f"find {evidence_id}",
    )


def no_later_than_now(case: Case, named: datetime | None) -> datetime:
    """Return the instant that a person named; now where they named none, or one to come."""
    return named if named and named <= case.now else case.now


def _why_not_attach(found: EvidenceFound, evidence_id: str) -> str:
    if found.held is None:
        return f"{evidence_id} is not in the vault; add the file with `evidence add` first"
    return f"{evidence_id} was erased; its custody says when and why" if found.erased else ""


def _open_only(case: Case, _decision: BaseModel) -> str:
    return "the case is closed" if case.closed else ""


def _may_resume(case: Case, decision: payloads.ResumeStep) -> str:
    if case.closed:
        return "the case is closed"
    task = case.task(decision.step)
    if task is None:
        return f"step {decision.step!r} is not parked"
    if decision.how not in (RETRY, DONE, ABANDON):
        return f"how {decision.how!r} is unknown; use retry, done or abandon"
    if decision.how not in task.options:
        return f"step {decision.step!r} cannot be resumed by {decision.how}"
    return ""
