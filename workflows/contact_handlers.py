"""The door of cases that tell a buyer: a person says what they told where chat could not."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseView
    from domain.timeline import EventKey
    from workflows import payloads
    from workflows.case import Case
    from workflows.case_handlers import CaseHandlers, no_later_than_now
    from workflows.shortage_state import RECORD_CONTACT

C = TypeVar("C", bound=Case)


class ContactHandlers(CaseHandlers[C], ABC):
    """The update by which a person records that a buyer was told."""

    @abstractmethod
    def told_by_hand(
        self, case: C, step: str, at: datetime, decision: payloads.RecordContact
    ) -> None:
        """Note that the message of a step was delivered at an instant, and by whom."""

    @workflow.update
    async def record_contact(self, payload: Any = None) -> CaseView:
        """A person told the buyer."""
        decision, fresh = self._decision(payloads.RecordContact, payload)
        if fresh:
            self._record_contact(decision)
        return self.view()

    def _record_contact(self, decision: payloads.RecordContact) -> None:
        case = self._case()
        step = self._contact_step(decision)
        at = max(no_later_than_now(case, decision.at), case.detected_at)
        self.told_by_hand(case, step, at, decision)
        case.drop_task(step)
        case.tell(
            EventKey.BUYER_CONTACTED,
            f"{step} by {decision.channel}: {decision.text[:500]}",
            actor=decision.actor,
        )

    def _contact_step(self, decision: payloads.RecordContact) -> str:
        waiting = [task.step for task in self._case().tasks if RECORD_CONTACT in task.options]
        if decision.step in waiting:
            return str(decision.step)
        if decision.step is None and waiting:
            return waiting[0]
        raise self._refusal("that message does not wait for a person")

    @record_contact.validator
    def _may_record_contact(self, payload: Any = None) -> None:
        self._validate(
            payloads.RecordContact, payload, lambda _case, d: self._contact_step(d) and ""
        )
