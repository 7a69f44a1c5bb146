"""The doors of a shortage case: signals, updates and queries of the wire, by their names.

A signal is a fact and is never refused by failing; what cannot be used becomes an event. An
update is a decision: its validator refuses with a reason and leaves no event, its handler acts
at once and answers with the view.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseView, HumanTask, TimelineEvent
    from domain.errors import InputError
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows import decisions, joining, payloads
    from workflows.case import ABANDON, DONE, RETRY
    from workflows.case_view import view_of
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import GIFT, RECORD_CONTACT

M = TypeVar("M", bound=BaseModel)

REFUSED = "Refused"
"""Error type of an update that the case does not allow now."""
BAD_PAYLOAD = "BadPayload"
"""Error type of an update whose payload cannot be read."""


class ShortageHandlers:
    """Signals, updates and queries that every shortage case answers."""

    case: ShortageCase | None = None

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
        if not decisions.concerns(self._case(), fact.sku_id) and self._case().order:
            self._case().tell(EventKey.SIGNAL_REFUSED, f"restock of {fact.sku_id}: not ours")
            return
        decisions.restock(self._case(), fact, actor=fact.source or "signal")

    @workflow.signal
    def penalty_issued(self, payload: Any = None) -> None:
        """The platform punished the order; kept for the appeal."""
        fact = self._fact("penalty_issued", payloads.PenaltyIssued, payload)
        if fact is not None and self._once("penalty", fact.ticket_id):
            self._case().tell(EventKey.PENALTY_ISSUED, f"{fact.ticket_id} {fact.kind}".strip())

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

    def _case(self) -> ShortageCase:
        if self.case is None:
            raise ApplicationError("the start input named no case", type=REFUSED)
        return self.case

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
        case.contact.recorded[step] = max(at, case.detected_at)
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
            decisions.set_restock(self._case(), decision)
        return self.view()

    @set_restock.validator
    def _may_set_restock(self, payload: Any = None) -> None:
        def check(case: ShortageCase, decision: payloads.SetRestock) -> str:
            if not decisions.concerns(case, decision.sku_id):
                return f"SKU {decision.sku_id} is not of this case"
            if decision.state not in decisions.RESTOCK_STATES:
                return f"state {decision.state!r} is unknown; use in_stock, expected, unavailable"
            return ""

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
    async def resume_step(self, payload: Any = None) -> CaseView:
        """Retry a parked step, or say that it was done or is given up."""
        decision, fresh = self._decision(payloads.ResumeStep, payload)
        if fresh:
            self._resume(decision)
        return self.view()

    def _resume(self, decision: payloads.ResumeStep) -> None:
        case = self._case()
        case.tell(EventKey.STEP_RESUMED, f"{decision.step}: {decision.how}", actor=decision.actor)
        if decision.step == GIFT:
            case.gift_packed = True
            case.tell(EventKey.GIFT_PACKED, case.gift or "", actor=decision.actor)
            case.drop_task(GIFT)
        elif decision.step.startswith("signal:"):
            case.drop_task(decision.step)
        else:
            case.resume(decision.step, decision.how, decision.reference)
        case.arrived()

    @resume_step.validator
    def _may_resume_step(self, payload: Any = None) -> None:
        self._validate(payloads.ResumeStep, payload, _may_resume)

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
        self._validate(payloads.Withdraw, payload, lambda case, _d: decisions.may_withdraw(case))

    def _decision(self, model: type[M], payload: Any) -> tuple[M, bool]:
        """Read an update that passed its validator; False if it was answered before."""
        decision = payloads.read(model, payload)
        request_id: str | None = getattr(decision, "request_id", None)
        fresh = not self._case().known_request(request_id)
        self._case().answer(request_id)
        return decision, fresh

    def _validate(
        self, model: type[M], payload: Any, check: Callable[[ShortageCase, M], str]
    ) -> None:
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

    @workflow.query
    def view(self) -> CaseView:
        """Return the whole case."""
        return view_of(self._case())

    @workflow.query
    def timeline(self) -> list[TimelineEvent]:
        """Return what happened, oldest first."""
        return list(self._case().story.timeline)


def _open_only(case: ShortageCase, _decision: BaseModel) -> str:
    return "the case is closed" if case.closed else ""


def _may_resume(case: ShortageCase, decision: payloads.ResumeStep) -> str:
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
