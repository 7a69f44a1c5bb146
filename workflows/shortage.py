"""The state of a shortage case: one order, its short units, its deadlines, its view."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import (
        CaseKind,
        CaseOutcome,
        CaseState,
        CouponView,
        RefundStatus,
    )
    from domain.choices import Choice
    from domain.deadlines import Deadline
    from domain.fate import Fate, fate_of
    from domain.moves import Move, MoveTable
    from domain.offers import Offer
    from domain.orders import Cancellation, Order, OrderLine
    from domain.shortage import promise_for, short_units
    from domain.shortage_moves import SHORTAGE
    from domain.stockout import Course, Judgement, Outlook, judge
    from domain.timeline import EventKey
    from workflows import names
    from workflows.case import Case
    from workflows.payloads import (
        ShortageInput,
    )
    from workflows.policies import SHOP_READ
    from workflows.ports import OrderLook, OrderRef, ShopPort
    from workflows.shortage_state import (
        AMENDS,
        APPROVAL,
        GIFT,
        RECORD_CONTACT,
        REFUND_BLOCKED,
        Agreed,
        Ask,
        Bargain,
        Contact,
        Refund,
        ShortageInbox,
    )
    from workflows.supply import Restock, Supply


class ShortageCase(Case):
    """An order of which some units cannot be served."""

    moves: ClassVar[MoveTable] = SHORTAGE
    inbox: ShortageInbox

    def __init__(self, inp: ShortageInput, kind: CaseKind, *, ledgers: bool = False) -> None:
        """Take the start input.

        Args:
            inp: What opens the case.
            kind: What it is opened as.
            ledgers: Whether it keeps ledgers and bands; see `shortage_state.LEDGERS_AND_BANDS`.
        """
        super().__init__(
            kind=kind,
            shop_id=inp.shop_id,
            detected_at=inp.detected_at,
            playbook_name=inp.playbook,
            source=inp.source,
        )
        self.order_id = inp.order_id
        self.language = inp.language
        self.incident_id = inp.incident_id
        self.stream = inp.stream
        self.substitute_sku_id = inp.substitute_sku_id
        self.ledgers = ledgers
        self.opened_as = kind
        self.supply = Supply(supplier=inp.supplier, expected=inp.restock_at)
        self.bargain = Bargain()
        self.agreed: Agreed | None = None
        self.short: dict[str, int] = {}
        self.every_line = not inp.short_lines
        self.order: Order | None = None
        self.cancellations: tuple[Cancellation, ...] = ()
        self.inbox = ShortageInbox()
        self.asks: list[Ask] = [Ask(number=1, detected_at=self.detected_at)]
        self.contact = Contact()
        self.refund = Refund()
        self.coupon = CouponView()
        self.due: Deadline | None = None
        self.promise_by: Deadline | None = None
        self.choice_by: Deadline | None = None
        self.consent_by: Deadline | None = None
        self.offers: tuple[Offer, ...] = ()
        self.choice: Choice | None = None
        self.promised_at: datetime | None = None
        self.first_promise: datetime | None = None
        """The first date that the buyer agreed to; a slip is measured from it."""
        self.slips = 0
        self.slip: tuple[tuple[object, ...], datetime | None] | None = None
        """What is known while a slip is being told, and the later date, if there is one."""
        self.kept_at: datetime | None = None
        self._nudge: asyncio.Task[None] | None = None
        self.gift: str | None = None
        self.gift_packed = False
        self.replacement_order_id: str | None = None
        self.settled_lines: frozenset[str] = frozenset()
        self.evidence: tuple[str, ...] = ()
        for line in inp.short_lines:
            self.short[line.sku] = line.quantity

    @property
    def ask(self) -> Ask:
        """The newest ask."""
        return self.asks[-1]

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

    def sku_names(self) -> list[str]:
        """Return every name of the short SKUs, so that a list finds them by either."""
        lines = self.order.lines if self.order else ()
        named = [
            line
            for line in lines
            if self.every_line or {line.sku_id, line.seller_sku} & {*self.short}
        ]
        both = {name for line in named for name in (line.sku_id, line.seller_sku) if name}
        return sorted(both | {*self.short})

    def units(self) -> tuple[OrderLine, ...]:
        """Return the short units: those being cancelled, else those that are still open."""
        return self.refund.units if self.refund.scheduled else self.open_units()

    def open_units(self) -> tuple[OrderLine, ...]:
        """Return the short units that nothing was done about yet."""
        if self.order is None or not (self.every_line or self.short):
            return ()
        short = {} if self.every_line else self.short
        units = short_units(self.order, short)
        return tuple(line for line in units if line.line_id not in self.settled_lines)

    def sku_of(self, name: str) -> str | None:
        """Return the SKU ID that a SKU ID or Seller SKU names in the order, if any."""
        lines = self.order.lines if self.order else ()
        return next(
            (line.sku_id for line in lines if name in (line.sku_id, line.seller_sku)), None
        )

    # The restock, over all short SKUs: one choice covers them, so the slowest decides

    def short_skus(self) -> list[str]:
        """Return the SKU IDs of the short units, each once."""
        return list({line.sku_id: None for line in self.units()})

    def _restock_of(self) -> list[Restock]:
        return [self.supply.of(sku) for sku in self.short_skus()]

    @property
    def unavailable(self) -> bool:
        """Whether a short SKU never comes."""
        return any(news.unavailable for news in self._restock_of())

    @property
    def in_stock(self) -> bool:
        """Whether every short SKU is there."""
        known = self._restock_of()
        return bool(known) and all(news.in_stock for news in known)

    @property
    def restock_at(self) -> datetime | None:
        """When the last of the short SKUs comes; None while one has no date."""
        dates = [news.at for news in self._restock_of()]
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None

    @property
    def date_known(self) -> bool:
        """Whether it is known when the short units come, or that they never do."""
        ahead = self.restock_at is not None and self.restock_at > self.now
        return self.unavailable or self.in_stock or ahead

    def judged(self, *, swap: bool) -> Judgement:
        """Return how the buyer is asked now, by how long the restock takes.

        Args:
            swap: Whether a substitute stands ready.
        """
        if not self.ledgers or self.kind is not CaseKind.UNAVAILABLE:
            return Judgement(course=Course.OFFERS, why="")
        outlook = Outlook(at=self.restock_at, in_stock=self.in_stock, never=self.unavailable)
        return judge(
            outlook,
            now=self.now,
            promise_by=self.promise_by_if_contacted_now(),
            rules=self.pinned.playbook.stockout,
            swap=swap,
        )

    def covers_whole_order(self) -> bool:
        """Whether a cancellation must or may take the whole order."""
        if self.refund.scheduled:
            return self.refund.whole
        if self.order is None or not self.pinned.profile.single_lines_cancellable.value:
            return True
        return {line.line_id for line in self.units()} >= {
            line.line_id for line in self.order.live_lines()
        }

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
            self._follow_clocks(self.order)

    async def _look_once(self, _key: Any) -> OrderLook:
        ref = OrderRef(shop_id=self.shop_id, order_id=self.order_id)
        return await self.remote(ShopPort.look_at_order, ref, SHOP_READ, "look at the order")

    def fate(self) -> Fate:
        """Return what the platform says of the short units."""
        if self.order is None:
            return Fate.OPEN
        if self.every_line:
            return fate_of(self.order, self.cancellations, frozenset())
        named = self.line_ids()
        return fate_of(self.order, self.cancellations, named) if named else Fate.OPEN

    def line_ids(self) -> frozenset[str]:
        """Return the ids of the named SKUs' units, whatever became of them."""
        if self.order is None:
            return frozenset()
        return frozenset(
            line.line_id
            for line in self.order.lines
            if {line.sku_id, line.seller_sku} & set(self.short)
            and line.line_id not in self.settled_lines
        )

    # Deadlines

    def _follow_clocks(self, order: Order) -> None:
        due = deadlines.platform_due(
            order,
            profile=self.pinned.profile,
            working_days=self.pinned.working_days,
            strictest=self.pinned.strictest,
        )
        if self.due is not None and due.at == self.due.at:
            return
        if self.due is not None:
            self.tell(
                EventKey.DEADLINE_MOVED,
                f"{due.name}: {self.due.at:%Y-%m-%d %H:%M}Z -> {due.at:%Y-%m-%d %H:%M}Z",
                actor="platform",
                rule=due.rule,
            )
        self.due = due
        self._set_deadlines(due)

    def _set_deadlines(self, due: Deadline) -> None:
        base = self._promise_base()
        self.promise_by = deadlines.promise_by(due, detected_at=base)
        if self.contact.first_at is None or self.phase is CaseState.CONTACTING:
            self.ask.contact_by = deadlines.contact_by(
                detected_at=self.ask.detected_at, due=due, playbook=self.pinned.playbook
            )
            self.ask.limit = None
            if self.ask.supplier_by:
                self.set_supplier_by()
        if self.contact.latest_ask_at is None:
            return
        if self.consent_by:
            self.set_consent_by(self.contact.latest_ask_at)
        else:
            self.set_choice_by(self.contact.latest_ask_at)

    def _promise_base(self) -> datetime:
        first, limit = self.contact.first_at, self.asks[0].contact_by
        late = first is not None and limit is not None and first > limit.at
        return first if late and first else self.detected_at

    def promise_by_if_contacted_now(self) -> Deadline:
        """Return the last instant to promise; computed anew if the first contact comes late."""
        if self.due is None:
            raise ValueError("no order was loaded")
        limit = self.asks[0].contact_by
        late = self.contact.first_at is None and limit is not None and self.now > limit.at
        base = self.now if late else self._promise_base()
        return deadlines.promise_by(self.due, detected_at=base)

    def earliest_promise(self) -> datetime | None:
        """Return the date that the restock would let the case promise now."""
        return promise_for(
            self.restock_at,
            in_stock=self.in_stock,
            now=self.now,
            promise_by=self.promise_by_if_contacted_now().at,
        )

    def promise_is_later_than(self, promised: datetime | None) -> bool:
        """Tell whether the restock is now known to come after a promised date."""
        possible = self.earliest_promise()
        if self.in_stock or promised is None or possible is None:
            return False
        return possible > promised

    def spoken(self) -> None:
        """Note that a message reached the buyer: whatever it says, the first is the contact."""
        if self.contact.first_at is None:
            self.contact.first_at = self.now
            self.tell(EventKey.BUYER_CONTACTED, "chat")

    def contacted(self, at: datetime) -> None:
        """Note a contact and compute what follows from it."""
        if self.contact.first_at is None:
            self.contact.first_at = at
        self.contact.latest_ask_at = at
        if self.due is None:
            return
        self.promise_by = deadlines.promise_by(self.due, detected_at=self._promise_base())
        self.set_choice_by(at)

    def set_supplier_by(self) -> None:
        """Give the supplier half of the time to the contact."""
        if self.ask.contact_by:
            self.ask.supplier_by = deadlines.supplier_by(
                detected_at=self.ask.detected_at, contact_by=self.ask.contact_by
            )

    def set_choice_by(self, at: datetime) -> None:
        """Give the buyer the playbook's time from *at*, never past `promise_by`."""
        if self.promise_by:
            self.choice_by = deadlines.choice_by(
                contacted_at=at, promise_by=self.promise_by, playbook=self.pinned.playbook
            )

    def set_consent_by(self, at: datetime) -> None:
        """Give the buyer the playbook's time to agree to a later date."""
        if self.promise_by:
            self.consent_by = deadlines.consent_by(
                noticed_at=at, promise_by=self.promise_by, playbook=self.pinned.playbook
            )

    def next_deadline(self) -> datetime | None:
        """Return when the case's phase ends by itself."""
        match self.phase:
            case CaseState.CONTACTING if self.waits_for_supplier and self.ask.supplier_by:
                return self.ask.supplier_by.at
            case CaseState.CONTACTING:
                return self.ask.limit or (self.ask.contact_by.at if self.ask.contact_by else None)
            case CaseState.AWAITING_CHOICE:
                return self.answer_by()
            case CaseState.WAITING_RESTOCK:
                return self.promised_at
            case CaseState.ARRANGING_SWAP:
                return self.choice_by.at if self.choice_by else None
            case _:
                return None

    @property
    def waits_for_supplier(self) -> bool:
        """Whether the offers wait for the supplier's date; a buyer who decides ends that."""
        wanted = self.ledgers and self.kind is CaseKind.UNAVAILABLE and not self.date_known
        settled = self.ask.offers_fixed or self.ask.supplier_silent
        return wanted and not settled and not self.inbox.held_choices

    def answer_by(self) -> datetime | None:
        """Return when the open ask lapses."""
        deadline = self.consent_by or self.choice_by
        return deadline.at if deadline else None

    def all_deadlines(self) -> tuple[Deadline, ...]:
        """Return every deadline known so far."""
        known = (
            self.due,
            self.ask.supplier_by,
            self.ask.contact_by,
            self.choice_by,
            self.promise_by,
            self.consent_by,
        )
        return tuple(deadline for deadline in known if deadline)

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
