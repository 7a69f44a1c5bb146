"""The doors of cases that collect proofs: evidence is taken as such, and a person may close."""

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows import payloads
    from workflows.case_handlers import CaseHandlers
    from workflows.evidence import EvidenceCase
    from workflows.ports import EvidenceFound
    from workflows.steps import ABANDON

C = TypeVar("C", bound=EvidenceCase)


class EvidenceHandlers(CaseHandlers[C], ABC):
    """What a person does about the proofs of a case, and the end that a person may put to it."""

    @abstractmethod
    def why_not_override(self, case: C, decision: payloads.OverrideOutcome) -> str:
        """Return why a person may not decide so, or an empty string."""

    @override
    def attached(self, case: C, found: EvidenceFound, decision: payloads.AttachEvidence) -> None:
        case.attach(found, decision.requirement, actor=decision.actor)

    @override
    def settle_task(self, case: C, decision: payloads.ResumeStep) -> bool:
        if decision.how == ABANDON and case.give_up_proof(decision.step, actor=decision.actor):
            return True
        return super().settle_task(case, decision)

    @workflow.update
    async def override_outcome(self, payload: Any = None) -> CaseView:
        """A person closes the case; it has nothing else to decide."""
        decision, fresh = self._decision(payloads.OverrideOutcome, payload)
        if fresh:
            case = self._case()
            case.tell(
                EventKey.CASE_OVERRIDDEN,
                f"{decision.action}: {decision.reason}",
                actor=decision.actor,
            )
            case.move(Move.PERSON_CLOSES, outcome=CaseOutcome.CLOSED_BY_PERSON)
            case.arrived()
        return self.view()

    @override_outcome.validator
    def _may_override_outcome(self, payload: Any = None) -> None:
        self._validate(payloads.OverrideOutcome, payload, self.why_not_override)
