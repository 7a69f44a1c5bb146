"""The state of a late pickup: one parcel, its orders, its deadlines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain import deadlines, pickups
    from domain.cases import CaseKind, CaseState
    from domain.completeness import ProofMoments
    from domain.deadlines import Deadline
    from domain.fate import Fate
    from domain.moves import MoveTable
    from domain.orders import Cancellation, Order, OrderStatus
    from domain.pickup_moves import PICKUP
    from domain.pickups import Package, PackageStage, Slot
    from domain.timeline import PLATFORM, EventKey
    from workflows import names
    from workflows.evidence import EvidenceCase, Proofs
    from workflows.payloads import PickupInput
    from workflows.pickup_state import (
        CARRIER,
        CONTACT_MISSED,
        HELP_CENTER,
        REBOOK,
        PickupInbox,
        Rebooking,
        Telling,
    )
    from workflows.policies import SHOP_READ
    from workflows.ports import PackageLook, PackageRef, PackagesPort


class PickupCase(EvidenceCase):
    """A parcel that its carrier did not collect."""

    moves: ClassVar[MoveTable] = PICKUP
    inbox: PickupInbox

    def __init__(self, inp: PickupInput) -> None:
        super().__init__(
            kind=CaseKind.LATE_PICKUP,
            shop_id=inp.shop_id,
            detected_at=inp.detected_at,
            playbook_name=inp.playbook,
            source=inp.source,
        )
        self.package_id = inp.package_id
        self.language = inp.language
        self.inbox = PickupInbox()
        self.proofs = Proofs()
        self.package: Package | None = None
        self.orders: tuple[Order, ...] = ()
        self.cancellations: dict[str, tuple[Cancellation, ...]] = {}
        self.looked_at: datetime | None = None
        self.collected_at: datetime | None = None
        self.due: Deadline | None = None
        self.contact_by: Deadline | None = None
        self.promise_by: Deadline | None = None
        self.help_center_by: Deadline | None = None
        self.watch_until: Deadline | None = None
        self.telling = Telling()
        self.rebooking = Rebooking()
        self.carrier_asked_at: list[datetime] = []
        self.appeals: dict[str, str | None] = {}
        """Outcome by ticket; None while the appeal is open."""

    # The parcel

    @property
    def order_ids(self) -> tuple[str, ...]:
        """The orders in the parcel, in the platform's order."""
        return tuple(order.order_id for order in self.orders)

    @property
    def slot(self) -> Slot | None:
        """The pickup that is booked now."""
        return self.package.slot if self.package else None

    @property
    def carrier(self) -> str:
        """The carrier as the platform prints it, or a word for it."""
        return (self.package.carrier if self.package else "") or "the carrier"

    @property
    def ready_at(self) -> datetime | None:
        """When the first order of the parcel was ready for its carrier."""
        return min((order.ready_at for order in self.orders if order.ready_at), default=None)

    @property
    def scan_due_at(self) -> datetime | None:
        """By when the platform wanted the first scan of an order in the parcel."""
        clocks = [order.clocks.collect_sla_at for order in self.orders]
        return min((at for at in clocks if at), default=self.due.at if self.due else None)

    def live_orders(self) -> tuple[Order, ...]:
        """Return the orders that nobody has cancelled."""
        return tuple(o for o in self.orders if o.status is not OrderStatus.CANCELLED)

    def buyers(self) -> list[tuple[Order, ...]]:
        """Return the live orders by buyer; orders of one parcel mostly have one."""
        by_buyer: dict[str, list[Order]] = {}
        for order in self.live_orders():
            by_buyer.setdefault(order.buyer_user_id or order.order_id, []).append(order)
        return [tuple(orders) for orders in by_buyer.values()]

    def fate(self) -> Fate:
        """Return what has become of the parcel, as the platform says."""
        if self.package is None:
            return Fate.OPEN
        return pickups.pickup_fate(self.package, self.orders, self.cancellations)

    @override
    def moments(self) -> ProofMoments:
        package = self.package or Package(package_id=self.package_id, stage=PackageStage.UNKNOWN)
        return pickups.proof_moments(
            package,
            missed_slot=self.rebooking.missed,
            detected_at=self.detected_at,
            collected_at=self.collected_at,
            profile=self.pinned.profile,
            now=self.now,
        )

    # Looking

    async def look(self) -> None:
        """Read the parcel and its orders again; a parcel that was there once is kept."""
        wanted = self.inbox.looks_wanted
        seen = await self.take_step("look", self._look_once, fresh=True, by=self.next_deadline())
        self.inbox.looks_done = wanted
        self.looked_at = self.now
        if seen.package is not None:
            self._take(seen.package, seen)

    async def _look_once(self, _key: Any) -> PackageLook:
        ref = PackageRef(shop_id=self.shop_id, package_id=self.package_id)
        return await self.remote(
            PackagesPort.look_at_package, ref, SHOP_READ, "look at the parcel"
        )

    def _take(self, package: Package, seen: PackageLook) -> None:
        before, self.package = self.package, package
        self.orders, self.cancellations = seen.orders, seen.cancellations
        if before and before.stage is not package.stage:
            moved = f"{before.stage} -> {package.stage}"
            self.tell(EventKey.ORDER_CHANGED, moved, actor=PLATFORM)
        self._note_missed(package)
        if self.live_orders():
            self._follow_clocks()

    def _note_missed(self, package: Package) -> None:
        if not pickups.is_late(package, now=self.now) or package.slot == self.rebooking.missed:
            return
        self.rebooking.missed = package.slot
        self.rebooking.times_missed += 1
        slot = package.slot.text() if package.slot else ""
        self.tell(EventKey.PICKUP_MISSED, f"{self.carrier} did not come, {slot}", actor=PLATFORM)

    def booked(self, slot: Slot) -> None:
        """Note a pickup that the case booked."""
        self.rebooking.booked.append(slot)
        if self.package:
            self.package = self.package.model_copy(update={"slot": slot})

    def next_look(self) -> datetime:
        """Return when the parcel is to be looked at whatever notifications say."""
        every = self.pinned.playbook.pickup.look_every
        if self.inbox.stale:
            every = min(every, self.outage.retry_every)
        return (self.looked_at or self.now) + every

    def drop_tasks_of_waiting(self) -> None:
        """Take back what people were to do about a parcel that is on its way now."""
        for step in (CARRIER, REBOOK, HELP_CENTER, CONTACT_MISSED):
            self.drop_task(step)

    # Deadlines

    def _follow_clocks(self) -> None:
        due = deadlines.collection_due(
            self.live_orders(),
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
        playbook = self.pinned.playbook
        self.promise_by = deadlines.promise_by(due, detected_at=self.detected_at)
        self.contact_by = pickups.tell_buyer_by(
            detected_at=self.detected_at, due=due, playbook=playbook
        )
        self.help_center_by = pickups.help_center_by(
            detected_at=self.detected_at,
            ready_at=self.ready_at,
            profile=self.pinned.profile,
            playbook=playbook,
        )

    def next_deadline(self) -> datetime | None:
        """Return the next instant by which something must have happened."""
        match self.phase:
            case CaseState.COLLECTING_EVIDENCE:
                deadline = self.due if self.all_told else self.contact_by
            case CaseState.WATCHING:
                deadline = self.watch_until
            case _:
                deadline = None
        return deadline.at if deadline else None

    def all_deadlines(self) -> tuple[Deadline, ...]:
        """Return every deadline known so far."""
        known = (
            self.due,
            self.contact_by,
            self.promise_by,
            self.help_center_by,
            self.watch_until,
        )
        return tuple(deadline for deadline in known if deadline)

    # The buyers

    def told(self, orders: tuple[Order, ...], at: datetime) -> None:
        """Note that the buyer of these orders has heard of the delay."""
        for order in orders:
            self.telling.told.setdefault(order.order_id, at)
        self.arrived()

    @property
    def all_told(self) -> bool:
        """Whether the buyer of every live order has heard of the delay."""
        return all(order.order_id in self.telling.told for order in self.live_orders())

    @property
    def contacted_at(self) -> datetime | None:
        """When the last of the buyers was told; None while one was not."""
        told = self.telling.told
        return max(told.values()) if told and self.all_told else None

    # What others see

    @override
    def attributes(self) -> Mapping[str, Any]:
        return {
            **super().attributes(),
            names.CASE_ORDER.name: self.order_ids[0] if self.orders else None,
            names.CASE_MARKET.name: self.pinned.market if self.is_pinned else None,
            names.CASE_DUE_AT.name: None if self.closed else self.next_deadline(),
        }
