"""The doors of an incident besides those that every case has, by their names on the wire."""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView
    from domain.incident_figures import Changed
    from domain.incidents import ChangedThing, ChangeState, OutsideChange
    from domain.timeline import EventKey
    from workflows import incident_payloads, names, payloads
    from workflows.case_handlers import CaseHandlers
    from workflows.incident import Incident
    from workflows.incident_phases.news import (
        IN_STOCK,
        hear,
        lot_command,
        lot_received,
        why_not_news,
    )
    from workflows.incident_state import Heard
    from workflows.incident_view import view_of
    from workflows.policies import OURS, SHOP_WRITE, Policy
    from workflows.ports.incidents import ChangeLedger, IncidentsPort, LedgerAct
    from workflows.ports.stock import StockPort, SwitchListing
    from workflows.steps import read_trouble


class IncidentHandlers(CaseHandlers[Incident]):
    """Signals, updates and queries that an incident answers."""

    @override
    def view_of(self, case: Incident) -> CaseView:
        return view_of(case)

    @override
    def why_not_withdraw(self, case: Incident) -> str:
        ending = case.phase is CaseState.RESUMING
        return "the incident is being closed already" if ending else ""

    @override
    def settle_task(self, case: Incident, decision: payloads.ResumeStep) -> bool:
        if case.is_step(decision.step):
            return False
        case.drop_task(decision.step)
        case.book.next_look_at = case.now
        return True

    # Facts

    @workflow.signal
    def restock_changed(self, payload: Any = None) -> None:
        """Units of the SKU come, come later, or never come."""
        fact = self._fact("restock_changed", payloads.RestockChanged, payload)
        if fact is None:
            return
        case = self._case()
        if not self._once("restock", fact.event_id or fact.model_dump_json(exclude={"source"})):
            return
        if fact.sku_id not in (case.sku_id, case.book.seller_sku):
            case.tell(EventKey.SIGNAL_REFUSED, f"restock of {fact.sku_id}: not ours")
            return
        hear(case, _heard(case, fact, fact.source or "signal"), _refusal_of_news(case, fact))

    @workflow.signal(name=names.CASE_SETTLED)
    def case_settled(self, payload: Any = None) -> None:
        """A case of the incident has ended: the records are asked soon."""
        if self._fact(names.CASE_SETTLED, incident_payloads.CaseSettled, payload) is not None:
            self._case().look_soon()

    # Decisions

    @workflow.update
    async def set_restock(self, payload: Any = None) -> CaseView:
        """A person knows when the SKU comes."""
        decision, fresh = self._decision(payloads.SetRestock, payload)
        if fresh:
            case = self._case()
            hear(case, _heard(case, decision, decision.actor), "")
        return self.view()

    @set_restock.validator
    def _may_set_restock(self, payload: Any = None) -> None:
        def check(case: Incident, decision: payloads.SetRestock) -> str:
            if refusal := _open_only(case):
                return refusal
            if decision.sku_id not in (case.sku_id, case.book.seller_sku):
                return f"SKU {decision.sku_id} is not of this incident"
            if decision.state == IN_STOCK and _knows_lot(case, decision.lot_id):
                return f"lot {decision.lot_id} was received already"
            return _refusal_of_news(case, decision)

        self._validate(payloads.SetRestock, payload, check)

    @workflow.update
    async def set_on_hand(self, payload: Any = None) -> CaseView:
        """A person counted the units on the shelf."""
        decision, fresh = self._decision(incident_payloads.SetOnHand, payload)
        if fresh:
            case = self._case()
            cmd = self._act(LedgerAct.COUNT, decision, on_hand=decision.on_hand)
            changed = await self._change(cmd, decision)
            case.tell(EventKey.UNITS_COUNTED, f"{decision.on_hand} units", actor=decision.actor)
            if changed is None:
                case.book.on_hand = decision.on_hand
            else:
                cause = f"counted {decision.on_hand}"
                case.take_changed(changed, cause=cause, actor=decision.actor)
            case.news_came()
        return self.view()

    @set_on_hand.validator
    def _may_set_on_hand(self, payload: Any = None) -> None:
        self._validate(incident_payloads.SetOnHand, payload, lambda case, _d: _open_only(case))

    @workflow.update
    async def receive_lot(self, payload: Any = None) -> CaseView:
        """Units arrived; they are handed out along the line."""
        decision, fresh = self._decision(incident_payloads.ReceiveLot, payload)
        if fresh:
            await self._receive(decision)
        return self.view()

    async def _receive(self, decision: incident_payloads.ReceiveLot) -> None:
        case, lot_id, quantity = self._case(), decision.lot_id, decision.quantity
        changed = await self._change(lot_command(case, lot_id, quantity, decision.actor), decision)
        if _knows_lot(case, lot_id):
            return
        if changed is None:
            case.book.on_hand += quantity
        lot_received(case, lot_id, quantity, decision.actor)
        if changed is not None:
            case.take_changed(changed, cause=f"lot {lot_id}", actor=decision.actor)
        case.news_came()

    @receive_lot.validator
    def _may_receive_lot(self, payload: Any = None) -> None:
        def check(case: Incident, decision: incident_payloads.ReceiveLot) -> str:
            known = _knows_lot(case, decision.lot_id)
            refusal = f"lot {decision.lot_id} was received already" if known else ""
            return _open_only(case) or refusal

        self._validate(incident_payloads.ReceiveLot, payload, check)

    @workflow.update
    async def move_order(self, payload: Any = None) -> CaseView:
        """A person gives an order its units, or takes them back.

        Raises:
            ApplicationError: The order is not of this incident or settled, stands there already,
                or too few units are free.
        """
        decision, fresh = self._decision(incident_payloads.MoveOrder, payload)
        if fresh:
            case = self._case()
            cmd = self._act(
                LedgerAct.MOVE,
                decision,
                order_id=decision.order_id,
                to=decision.to,
                reason=decision.reason,
            )
            changed = await self._change(cmd, decision)
            case.tell(
                EventKey.ORDER_MOVED,
                f"{decision.order_id} to {decision.to}: {decision.reason}",
                actor=decision.actor,
            )
            if changed is not None:
                case.take_figures(changed.figures)
            case.news_came()
        return self.view()

    @move_order.validator
    def _may_move_order(self, payload: Any = None) -> None:
        def check(case: Incident, _decision: incident_payloads.MoveOrder) -> str:
            early = "" if case.allocated else "the units have not been shared out yet"
            return _open_only(case) or early

        self._validate(incident_payloads.MoveOrder, payload, check)

    @workflow.update
    async def deactivate_listing(self, payload: Any = None) -> CaseView:
        """A person takes the whole listing off sale, with all its sizes."""
        decision, fresh = self._decision(incident_payloads.DeactivateListing, payload)
        if fresh:
            case = self._case()
            cmd = SwitchListing(
                incident_id=case.case_id,
                shop_id=case.shop_id,
                product_id=case.book.product_id,
                active=False,
                at=case.now,
            )
            change: OutsideChange = await self._outside(
                StockPort.switch_listing, cmd, SHOP_WRITE, decision
            )
            case.book.changed((change,))
            done = change.state is not ChangeState.REFUSED
            key = EventKey.LISTING_DEACTIVATED if done else EventKey.STOCK_NOT_STOPPED
            detail = f"{change.target}: {decision.reason} {change.why}".strip()
            case.tell(key, detail, actor=decision.actor)
        return self.view()

    @deactivate_listing.validator
    def _may_deactivate_listing(self, payload: Any = None) -> None:
        def check(case: Incident, _decision: incident_payloads.DeactivateListing) -> str:
            known = "" if case.book.product_id else "the shop has not said yet which listing it is"
            twice = any(one.thing is ChangedThing.LISTING for one in case.book.changes.values())
            again = "the listing was taken off sale already" if twice else ""
            return _open_only(case) or known or again

        self._validate(incident_payloads.DeactivateListing, payload, check)

    # How decisions reach the ledger and the shop

    def _act(self, act: LedgerAct, decision: Any, **fields: Any) -> ChangeLedger:
        info = workflow.current_update_info()
        key = decision.request_id or (info.id if info else "")
        case = self._case()
        return ChangeLedger(
            incident_id=case.case_id,
            key=f"{act}:{key}",
            act=act,
            actor=decision.actor,
            at=case.now,
            **fields,
        )

    async def _change(self, cmd: ChangeLedger, decision: Any) -> Changed | None:
        """Change the ledger; None while there is none, so that the incident keeps it itself."""
        case = self._case()
        async with case.ledger:
            if not case.allocated:
                return None
            changed: Changed = await self._outside(
                IncidentsPort.change_ledger, cmd, OURS, decision
            )
            return changed

    async def _outside(self, method: Any, cmd: Any, policy: Policy, decision: Any) -> Any:
        """Run what a decision needs; a refusal found there fails the decision."""
        case = self._case()
        try:
            return await case.remote(method, cmd, policy, f"for {decision.actor}")
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            case.forget_answer(decision.request_id)
            raise self._refusal(read_trouble(error)[1]) from error


def _heard(
    case: Incident, news: payloads.RestockChanged | payloads.SetRestock, actor: str
) -> Heard:
    return Heard(
        state=news.state,
        available_at=news.available_at,
        quantity=news.quantity,
        lot_id=news.lot_id,
        actor=actor,
        said_at=case.now,
    )


def _refusal_of_news(case: Incident, news: payloads.RestockChanged | payloads.SetRestock) -> str:
    return why_not_news(
        case,
        state=news.state,
        available_at=news.available_at,
        quantity=news.quantity,
        lot_id=news.lot_id,
    )


def _knows_lot(case: Incident, lot_id: str | None) -> bool:
    return any(lot.lot_id == lot_id for lot in case.book.lots)


def _open_only(case: Incident) -> str:
    if case.closed:
        return "the incident is closed"
    return "the incident is being closed" if case.phase is CaseState.RESUMING else ""
