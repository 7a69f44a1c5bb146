"""The doors of a late pickup besides those that every case has, by their names on the wire."""

from typing import Any

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView, ContactMode, HumanTask
    from domain.moves import Move
    from domain.timeline import BUYER, EventKey
    from workflows import payloads
    from workflows.appeal_payloads import AppealEnded
    from workflows.case_handlers import CaseHandlers
    from workflows.pickup import PickupCase
    from workflows.pickup_state import BUYER as BUYER_WROTE
    from workflows.pickup_state import CONTACT_MISSED, PLAIN_TASKS, REBOOK
    from workflows.pickup_view import view_of
    from workflows.ports import EvidenceFound
    from workflows.shortage_state import RECORD_CONTACT
    from workflows.steps import ABANDON, DONE


class PickupHandlers(CaseHandlers[PickupCase]):
    """Signals, updates and queries that a late pickup answers."""

    @override
    def view_of(self, case: PickupCase) -> CaseView:
        return view_of(case)

    @override
    def attached(
        self, case: PickupCase, found: EvidenceFound, decision: payloads.AttachEvidence
    ) -> None:
        case.attach(found, decision.requirement, actor=decision.actor)

    @override
    def penalised(self, case: PickupCase, penalty: payloads.PenaltyIssued) -> None:
        case.inbox.penalties.append(penalty)
        case.arrived()

    @override
    def settle_task(self, case: PickupCase, decision: payloads.ResumeStep) -> bool:
        if decision.how == ABANDON and case.give_up_proof(decision.step, actor=decision.actor):
            return True
        if decision.step not in PLAIN_TASKS:
            return super().settle_task(case, decision)
        case.drop_task(decision.step)
        if decision.how == DONE:
            _done(case, decision)
        return True

    @workflow.signal
    def package_changed(self, payload: Any = None) -> None:
        """The parcel changed: look at it."""
        self._changed("package_changed", payload)

    @workflow.signal
    def order_changed(self, payload: Any = None) -> None:
        """An order of the parcel changed: look at it."""
        self._changed("order_changed", payload)

    def _changed(self, name: str, payload: Any) -> None:
        fact = self._fact(name, payloads.OrderChanged, payload)
        if fact is None:
            return
        key = f"{fact.package_id}/{fact.order_id}/{fact.status}/{fact.changed_at}"
        if self._once("changed", key):
            self._case().look_soon()

    @workflow.signal
    def appeal_ended(self, payload: Any = None) -> None:
        """An appeal of the parcel has ended; sent by the appeal as it closes."""
        fact = self._fact("appeal_ended", AppealEnded, payload)
        if fact is None:
            return
        case = self._case()
        if case.appeals.get(fact.ticket_id) is None:
            case.appeals[fact.ticket_id] = fact.outcome
            case.tell(EventKey.APPEAL_ENDED, f"ticket {fact.ticket_id}: {fact.outcome[:80]}")
            case.arrived()

    @workflow.signal
    def buyer_wrote(self, payload: Any = None) -> None:
        """The buyer wrote; nothing was asked, so a person answers."""
        fact = self._fact("buyer_wrote", payloads.BuyerWrote, payload)
        if fact is None or not self._once("wrote", fact.message_id):
            return
        case = self._case()
        case.tell(EventKey.BUYER_WROTE, actor=BUYER)
        if not case.closed:
            case.ask_person(
                HumanTask(
                    step=BUYER_WROTE,
                    ask="The buyer wrote about an order of this parcel; answer in the chat.",
                    options=(DONE,),
                    otherwise="The case goes on; the platform counts unanswered chats.",
                )
            )
            case.arrived()

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
        at = decision.at if decision.at and decision.at <= case.now else case.now
        case.telling.mode = case.telling.mode or ContactMode.ASSISTED
        for orders in case.buyers():
            if step in (CONTACT_MISSED, f"tell:{orders[0].order_id}"):
                case.told(orders, max(at, case.detected_at))
        case.drop_task(step)
        if case.all_told:
            case.drop_task(CONTACT_MISSED)
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
        self._validate(payloads.OverrideOutcome, payload, _may_override)


def _may_override(case: PickupCase, decision: payloads.OverrideOutcome) -> str:
    if case.closed:
        return "the case is closed"
    if decision.action != "close":
        return f"a late pickup never refunds or promises; use close, not {decision.action!r}"
    return ""


def _done(case: PickupCase, decision: payloads.ResumeStep) -> None:
    """Note what a person did by hand."""
    if decision.step == "carrier":
        case.carrier_asked_at.append(case.now)
        case.tell(EventKey.CARRIER_ASKED, decision.reference[:200], actor=decision.actor)
    if decision.step == REBOOK:
        case.look_soon()
