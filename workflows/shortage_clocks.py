"""The clocks of a shortage: every deadline, what may be promised, and until when."""

from datetime import datetime

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain import deadlines
    from domain.cases import CaseKind, CaseState
    from domain.deadlines import Deadline
    from domain.orders import Order
    from domain.shortage import promise_for
    from domain.stockout import Course, Judgement, Outlook, judge
    from domain.timeline import EventKey
    from workflows.payloads import ShortageInput
    from workflows.shortage_state import Ask, Contact
    from workflows.shortage_units import ShortUnits


class ShortageClocks(ShortUnits):
    """A shortage with its deadlines."""

    def __init__(self, inp: ShortageInput, kind: CaseKind, *, ledgers: bool) -> None:
        super().__init__(inp, kind)
        self.ledgers = ledgers
        self.asks: list[Ask] = [Ask(number=1, detected_at=self.detected_at)]
        self.contact = Contact()
        self.due: Deadline | None = None
        self.promise_by: Deadline | None = None
        self.choice_by: Deadline | None = None
        self.consent_by: Deadline | None = None
        self.promised_at: datetime | None = None
        self.first_promise: datetime | None = None
        """The first date that the buyer agreed to; a slip is measured from it."""

    @override
    def begin_at(self, opened_at: datetime) -> None:
        super().begin_at(opened_at)
        self.asks[0].detected_at = self.detected_at

    @property
    def ask(self) -> Ask:
        """The newest ask."""
        return self.asks[-1]

    def follow_clocks(self, order: Order) -> None:
        """Let the platform's own instant move what depends on it."""
        due = deadlines.platform_due(
            order,
            profile=self.pinned.profile,
            working_days=self.pinned.working_days,
            strictest=self.pinned.strictest,
        )
        if self.due is not None and due.at == self.due.at:
            return
        if self.due is not None:
            self.tell_moved(self.due, due)
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
