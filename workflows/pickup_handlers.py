"""The doors of a late pickup besides those that every case has, by their names on the wire."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseView, ContactMode, HumanTask
    from domain.timeline import BUYER, EventKey
    from workflows import payloads
    from workflows.appeal_payloads import AppealEnded
    from workflows.contact_handlers import ContactHandlers
    from workflows.evidence_handlers import EvidenceHandlers
    from workflows.pickup import PickupCase
    from workflows.pickup_state import BUYER as BUYER_WROTE
    from workflows.pickup_state import CONTACT_MISSED, PLAIN_TASKS, REBOOK
    from workflows.pickup_view import view_of
    from workflows.steps import DONE


class PickupHandlers(ContactHandlers[PickupCase], EvidenceHandlers[PickupCase]):
    """Signals, updates and queries that a late pickup answers."""

    @override
    def view_of(self, case: PickupCase) -> CaseView:
        return view_of(case)

    @override
    def penalised(self, case: PickupCase, penalty: payloads.PenaltyIssued) -> None:
        case.inbox.penalties.append(penalty)
        case.arrived()

    @override
    def settle_task(self, case: PickupCase, decision: payloads.ResumeStep) -> bool:
        if decision.step not in PLAIN_TASKS:
            return super().settle_task(case, decision)
        case.drop_task(decision.step)
        if decision.how == DONE:
            _done(case, decision)
        return True

    @override
    def told_by_hand(
        self, case: PickupCase, step: str, at: datetime, decision: payloads.RecordContact
    ) -> None:
        case.telling.mode = case.telling.mode or ContactMode.ASSISTED
        for orders in case.buyers():
            if step in (CONTACT_MISSED, f"tell:{orders[0].order_id}"):
                case.told(orders, at)
        if case.all_told:
            case.drop_task(CONTACT_MISSED)

    @override
    def why_not_override(self, case: PickupCase, decision: payloads.OverrideOutcome) -> str:
        if case.closed:
            return "the case is closed"
        if decision.action != "close":
            return f"a late pickup never refunds or promises; use close, not {decision.action!r}"
        return ""

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


def _done(case: PickupCase, decision: payloads.ResumeStep) -> None:
    """Note what a person did by hand."""
    if decision.step == "carrier":
        case.carrier_asked_at.append(case.now)
        case.tell(EventKey.CARRIER_ASKED, decision.reference[:200], actor=decision.actor)
    if decision.step == REBOOK:
        case.look_soon()
