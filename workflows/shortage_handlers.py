"""The doors of a shortage case besides those that every case has, by their names on the wire."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseView
    from domain.timeline import EventKey
    from workflows import decisions, joining, news, payloads
    from workflows.amends import hand_over
    from workflows.contact_handlers import ContactHandlers
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import AMENDS, BUDGET, GIFT
    from workflows.shortage_view import view_of


class ShortageHandlers(ContactHandlers[ShortageCase]):
    """Signals, updates and queries that every shortage case answers."""

    @override
    def view_of(self, case: ShortageCase) -> CaseView:
        return view_of(case)

    @override
    def why_not_withdraw(self, case: ShortageCase) -> str:
        return decisions.why_not_withdraw(case)

    @override
    def settle_task(self, case: ShortageCase, decision: payloads.ResumeStep) -> bool:
        if decision.step not in (GIFT, AMENDS, BUDGET):
            return super().settle_task(case, decision)
        if decision.step == GIFT:
            case.gift_packed = True
            case.tell(EventKey.GIFT_PACKED, case.gift or "", actor=decision.actor)
        if decision.step == AMENDS:
            hand_over(case, actor=decision.actor)
        case.drop_task(decision.step)
        return True

    @override
    def told_by_hand(
        self, case: ShortageCase, step: str, at: datetime, decision: payloads.RecordContact
    ) -> None:
        case.contact.recorded[step] = at
        case.contact.said[step] = f"{decision.actor} via {decision.channel}: {decision.text[:500]}"

    @workflow.signal
    def shortage_found(self, payload: Any = None) -> None:
        """More units of the order are short; merged by SKU."""
        if (found := self._fact("shortage_found", payloads.ShortageFound, payload)) is not None:
            joining.join(self._case(), found)

    @workflow.signal
    def buyer_chose(self, payload: Any = None) -> None:
        """The buyer chose, as something outside understood it."""
        fact = self._fact("buyer_chose", payloads.BuyerChose, payload)
        if fact is not None and self._once("chose", fact.message_id):
            decisions.choose(self._case(), fact)

    @workflow.signal
    def buyer_wrote(self, payload: Any = None) -> None:
        """The buyer wrote; the text is read by an activity."""
        fact = self._fact("buyer_wrote", payloads.BuyerWrote, payload)
        if fact is not None and self._once("wrote", fact.message_id):
            self._case().inbox.texts.append(fact)
            self._case().arrived()

    @workflow.signal
    def order_changed(self, payload: Any = None) -> None:
        """The order changed: look at it."""
        fact = self._fact("order_changed", payloads.OrderChanged, payload)
        if fact is None:
            return
        key = f"{fact.order_id}/{fact.status}/{fact.changed_at}"
        if self._once("order", key):
            self._case().look_soon()

    @workflow.signal
    def package_changed(self, payload: Any = None) -> None:
        """A package of the order changed: look at the order."""
        self.order_changed(payload)

    @workflow.signal
    def restock_changed(self, payload: Any = None) -> None:
        """A SKU comes, comes later, or never comes."""
        fact = self._fact("restock_changed", payloads.RestockChanged, payload)
        if fact is None:
            return
        content = fact.event_id or fact.model_dump_json(exclude={"source"})
        if not self._once("restock", content):
            return
        if not news.concerns(self._case(), fact.sku_id) and self._case().order:
            self._case().tell(EventKey.SIGNAL_REFUSED, f"restock of {fact.sku_id}: not ours")
            return
        news.restock(self._case(), fact, actor=fact.source or "signal")

    @workflow.update
    async def record_choice(self, payload: Any = None) -> CaseView:
        """A person heard the buyer's choice."""
        decision, fresh = self._decision(payloads.RecordChoice, payload)
        if fresh:
            decisions.record_choice(self._case(), decision)
        return self.view()

    @record_choice.validator
    def _may_record_choice(self, payload: Any = None) -> None:
        self._validate(
            payloads.RecordChoice, payload, lambda case, d: decisions.may_choose(case, d.choice)
        )

    @workflow.update
    async def set_restock(self, payload: Any = None) -> CaseView:
        """A person knows when the SKU comes."""
        decision, fresh = self._decision(payloads.SetRestock, payload)
        if fresh:
            news.set_restock(self._case(), decision)
        return self.view()

    @set_restock.validator
    def _may_set_restock(self, payload: Any = None) -> None:
        def check(case: ShortageCase, decision: payloads.SetRestock) -> str:
            if not news.concerns(case, decision.sku_id):
                return f"SKU {decision.sku_id} is not of this case"
            if decision.state not in news.RESTOCK_STATES:
                return f"state {decision.state!r} is unknown; use in_stock, expected, unavailable"
            return news.has_passed(case, decision)

        self._validate(payloads.SetRestock, payload, check)

    @workflow.update
    async def approve_refund(self, payload: Any = None) -> CaseView:
        """A second person's word on a refund."""
        decision, fresh = self._decision(payloads.ApproveRefund, payload)
        if fresh:
            decisions.approve(
                self._case(),
                approved=decision.approved,
                actor=decision.actor,
                reason=decision.reason,
            )
        return self.view()

    @approve_refund.validator
    def _may_approve_refund(self, payload: Any = None) -> None:
        self._validate(
            payloads.ApproveRefund, payload, lambda case, d: decisions.may_approve(case, d.actor)
        )

    @workflow.update
    async def override_outcome(self, payload: Any = None) -> CaseView:
        """A person ends the argument."""
        decision, fresh = self._decision(payloads.OverrideOutcome, payload)
        if fresh:
            decisions.override(self._case(), decision)
        return self.view()

    @override_outcome.validator
    def _may_override_outcome(self, payload: Any = None) -> None:
        self._validate(payloads.OverrideOutcome, payload, decisions.may_override)

    @workflow.update
    async def link_replacement_order(self, payload: Any = None) -> CaseView:
        """A person knows the buyer's new order."""
        decision, fresh = self._decision(payloads.LinkReplacement, payload)
        if fresh:
            decisions.link_replacement(self._case(), decision)
        return self.view()

    @link_replacement_order.validator
    def _may_link_replacement_order(self, payload: Any = None) -> None:
        self._validate(
            payloads.LinkReplacement, payload, lambda case, _d: decisions.may_link(case)
        )
