"""The state of a shortage case: one order, what its buyer is asked, and what was decided."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseKind, CaseOutcome, CaseState, CouponView, RefundStatus
    from domain.choices import Choice
    from domain.moves import Move, MoveTable
    from domain.offers import Offer
    from domain.shortage_moves import SHORTAGE
    from domain.timeline import EventKey
    from workflows import names
    from workflows.payloads import ShortageInput
    from workflows.policies import SHOP_READ
    from workflows.ports import OrderLook, OrderRef, ShopPort
    from workflows.shortage_clocks import ShortageClocks
    from workflows.shortage_state import (
        AMENDS,
        APPROVAL,
        GIFT,
        RECORD_CONTACT,
        REFUND_BLOCKED,
        Agreed,
        Ask,
        Bargain,
    )


class ShortageCase(ShortageClocks):
    """An order of which some units cannot be served."""

    moves: ClassVar[MoveTable] = SHORTAGE

    def __init__(self, inp: ShortageInput, kind: CaseKind, *, ledgers: bool = False) -> None:
        """Take the start input.

        Args:
            inp: What opens the case.
            kind: What it is opened as.
            ledgers: Whether it keeps ledgers and bands; see `shortage_state.LEDGERS_AND_BANDS`.
        """
        super().__init__(inp, kind, ledgers=ledgers)
        self.language = inp.language
        self.incident_id = inp.incident_id
        self.stream = inp.stream
        self.substitute_sku_id = inp.substitute_sku_id
        self.opened_as = kind
        self.bargain = Bargain()
        self.agreed: Agreed | None = None
        self.coupon = CouponView()
        self.offers: tuple[Offer, ...] = ()
        self.choice: Choice | None = None
        self.slips = 0
        self.slip: tuple[tuple[object, ...], datetime | None] | None = None
        """What is known while a slip is being told, and the later date, if there is one."""
        self.kept_at: datetime | None = None
        self._nudge: asyncio.Task[None] | None = None
        self.gift: str | None = None
        self.gift_packed = False
        self.replacement_order_id: str | None = None
        self.evidence: tuple[str, ...] = ()

    def held_up(self, until: datetime | None) -> bool:
        """Tell whether a parked step keeps news or a deadline waiting."""
        return bool(self.parked) and (self.inbox.news or (until is not None and self.now >= until))

    def nudge_later(self) -> None:
        """Have an interrupted look tried again after a while, whatever else goes on."""
        if self._nudge is None or self._nudge.done():
            self._nudge = asyncio.create_task(self._nudged())

    async def _nudged(self) -> None:
        await workflow.sleep(self.outage.retry_every)
        self.arrived()

    @override
    def move(self, move: Move, *, outcome: CaseOutcome | None = None) -> None:
        """Go where the table leads, leaving nothing behind that belonged to the old state."""
        before = self.phase
        super().move(move, outcome=outcome)
        self.drop_contact_tasks()
        if before is CaseState.REFUNDING and self.phase is not CaseState.REFUNDING:
            self._leave_refund()
        if self.phase is not CaseState.WAITING_RESTOCK:
            self.slip = None
        if self.phase not in (CaseState.WAITING_RESTOCK, CaseState.CLOSED):
            self.gift, self.kept_at = None, None
            self.drop_task(GIFT)
            self._owe_no_more(Choice.WAIT)

    def _owe_no_more(self, choice: Choice) -> None:
        """Take back what was to be handed over for a choice that no longer stands."""
        owed = self.bargain.owed.get(choice)
        if owed and not owed.given:
            del self.bargain.owed[choice]
            self.drop_task(AMENDS)

    def drop_contact_tasks(self) -> None:
        """Take back messages that people were to deliver: they say what no longer holds."""
        for task in self.tasks:
            if RECORD_CONTACT in task.options:
                self.drop_task(task.step)

    def _leave_refund(self) -> None:
        self.drop_task(APPROVAL)
        self.drop_task(REFUND_BLOCKED)
        if self.refund.status in (RefundStatus.AWAITING_APPROVAL, RefundStatus.FAILED):
            self.refund.status = RefundStatus.NONE
        if self.phase is not CaseState.CLOSED:
            self.forget_approval()

    def forget_approval(self) -> None:
        """Take back what a second person said: it was about another refund."""
        self.refund.approved, self.refund.approved_by = None, None
        self.refund.called = False

    def new_ask(self, detected_at: datetime | None = None) -> None:
        """Begin one more ask, with its own contact deadline."""
        found = min(detected_at or self.now, self.now)
        self.asks.append(Ask(number=self.ask.number + 1, detected_at=found))
        self.choice = None
        self.promised_at = None
        self.consent_by = None
        if self.due:
            self.ask.contact_by = deadlines.contact_by(
                detected_at=found, due=self.due, playbook=self.pinned.playbook
            )

    # Looking

    async def look(self) -> None:
        """Read the order again and let its clocks move what depends on them."""
        wanted = self.inbox.looks_wanted
        seen = await self.take_step("look", self._look_once, fresh=True, by=self.next_deadline())
        self.inbox.looks_done = wanted
        if seen.order is None and self.order is not None:
            return
        before = self.order
        self.order, self.cancellations = seen.order, seen.cancellations
        if before and self.order and before.status is not self.order.status:
            self.tell(
                EventKey.ORDER_CHANGED, f"{before.status} -> {self.order.status}", actor="platform"
            )
        if self.order and self.is_pinned:
            self.follow_clocks(self.order)

    async def _look_once(self, _key: Any) -> OrderLook:
        ref = OrderRef(shop_id=self.shop_id, order_id=self.order_id)
        return await self.remote(ShopPort.look_at_order, ref, SHOP_READ, "look at the order")

    # What others see

    def offer(self, choice: str) -> Offer | None:
        """Return the offer of a choice, if it stands."""
        return next((offer for offer in self.offers if offer.choice == choice), None)

    @override
    def attributes(self) -> Mapping[str, Any]:
        skus = self.sku_names()
        return {
            **super().attributes(),
            names.CASE_ORDER.name: self.order_id,
            names.CASE_MARKET.name: self.pinned.market if self.is_pinned else None,
            names.CASE_CHOICE.name: self.choice.value if self.choice else None,
            names.CASE_INCIDENT.name: self.incident_id,
            names.CASE_SKU.name: skus or None,
            names.CASE_DUE_AT.name: None if self.closed else self.next_deadline(),
        }
