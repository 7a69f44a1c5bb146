"""A desk with one case, and cases of every kind as the console shows them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from casedesk.errors import RefusedError
from casedesk.listing import CaseFilter, CaseRow
from console.alerts import AlertBook, Counted
from console.alerts import Opened as OpenedIncident
from console.cases import Desk
from console.evidence import Added, Evidence, Handed, Opened
from console.incident_orders import OrderBook
from console.rooms import Rooms
from domain.case_parts import AppealPart, PickupPart, ProofState, ProofView
from domain.cases import CaseKind, CaseState, CaseView, TimelineEvent
from domain.errors import InputError
from domain.evidence import EvidenceItem
from domain.handout import Standing
from domain.incidents import (
    ChangedThing,
    ChangeState,
    IncidentCounts,
    IncidentPart,
    OutsideChange,
)
from domain.requirements import RequirementKind, Scenario, Violation
from domain.timeline import EventKey
from domain.waiting_line import AllocationPolicy
from records.incident_orders import IncidentOrder
from records.stock_alerts import StockAlert

CASE = "order-case:1:576461413038785752"
PICKUP_CASE = "pickup-case:1:1152921504606846976"
APPEAL = "appeal:1:T-1"
INCIDENT = "incident:1:1729:k1"
NOW = datetime.now(UTC)


def a_case(**changes: Any) -> CaseView:
    """Return an open case."""
    given: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.CONTACTING,
        "case_id": CASE,
        "shop_id": "1",
        "order_id": "576461413038785752",
        "opened_at": NOW,
        "detected_at": NOW,
    }
    return CaseView(**(given | changes))


def a_proof(kind: RequirementKind = RequirementKind.READY_PHOTO, **changes: Any) -> ProofView:
    """Return a proof that people were asked for."""
    given: dict[str, Any] = {
        "key": kind.value,
        "kinds": (kind,),
        "needed": True,
        "state": ProofState.ASKED,
        "ask": "Add a photo of the ready parcels",
        "until": NOW + timedelta(hours=5),
    }
    return ProofView(**(given | changes))


def a_late_pickup(*proofs: ProofView, **changes: Any) -> CaseView:
    """Return an open late pickup."""
    part = PickupPart(
        package_id="1152921504606846976",
        stage="waiting",
        carrier="J&T Express",
        tracking_number="JT0001",
        slot_from=NOW - timedelta(hours=6),
        slot_until=NOW - timedelta(hours=2),
        pickups_missed=1,
        proofs=proofs or (a_proof(),),
    )
    given: dict[str, Any] = {
        "kind": CaseKind.LATE_PICKUP,
        "state": CaseState.COLLECTING_EVIDENCE,
        "case_id": PICKUP_CASE,
        "order_ids": ("576461413038785752",),
        "pickup": part,
    }
    return a_case(**(given | changes))


def an_item(**changes: Any) -> EvidenceItem:
    """Return a photo that is held for the late pickup."""
    given: dict[str, Any] = {
        "evidence_id": "ev-0123456789abcdef0123456789abcdef",
        "case_id": PICKUP_CASE,
        "requirement": "ready_photo",
        "digest": "ab" * 32,
        "size": 2_400_000,
        "media_type": "image/jpeg",
        "name": "parcels.jpg",
        "collected_at": NOW,
        "collected_by": "mei",
        "source": "console",
        "captured_at": NOW - timedelta(hours=1),
    }
    return EvidenceItem(**(given | changes))


def an_appeal(**changes: Any) -> CaseView:
    """Return an open appeal whose round is ready; changes named like fields of it go there."""
    part: dict[str, Any] = {
        "ticket_id": "T-1",
        "violation": Violation.LATE_DISPATCH,
        "penalty_kind": "LDR",
        "issued_at": NOW - timedelta(days=2),
        "case_ids": (PICKUP_CASE,),
        "scenario": Scenario.CARRIER_NEVER_CAME,
        "rule": "US, late_dispatch, carrier_never_came: seller education; since 2026-01-01",
        "rounds_allowed": 2,
        "window_ends": NOW + timedelta(days=28),
        "internal_deadline": NOW + timedelta(days=5),
        "last_safe_moment": NOW + timedelta(days=27),
        "score": 1.0,
        "ready": True,
        "complete": True,
        "why": "everything needed is proven",
        "channel": "assisted",
        "proofs": (a_proof(state=ProofState.HELD),),
    }
    of_part = {name: changes.pop(name) for name in set(changes) & set(AppealPart.model_fields)}
    given: dict[str, Any] = {
        "kind": CaseKind.APPEAL,
        "state": CaseState.READY,
        "case_id": APPEAL,
        "appeal": AppealPart(**(part | of_part)),
    }
    return a_case(**(given | changes))


def an_incident(**changes: Any) -> CaseView:
    """Return an open incident; changes named like fields of it go there."""
    part: dict[str, Any] = {
        "sku_id": "1729",
        "seller_sku": "JACKET-M",
        "product_name": "Jacket",
        "key": "k1",
        "policy": AllocationPolicy.PAID_FIRST,
        "on_hand": 3,
        "promised": 2,
        "counts": IncidentCounts(served=2, short=5, open_cases=5, opened=5),
        "changes": (
            OutsideChange(
                thing=ChangedThing.STOCK,
                target="1729:W1",
                before="7",
                after="0",
                state=ChangeState.CHANGED,
                verified=True,
            ),
        ),
        "ads": "no ads are mapped to this SKU, so none were touched",
    }
    of_part = {name: changes.pop(name) for name in set(changes) & set(IncidentPart.model_fields)}
    given: dict[str, Any] = {
        "kind": CaseKind.INCIDENT,
        "state": CaseState.AWAITING_RESTOCK,
        "case_id": INCIDENT,
        "order_id": None,
        "short_skus": ("1729",),
        "incident": IncidentPart(**(part | of_part)),
    }
    return a_case(**(given | changes))


ORDERS = (
    IncidentOrder(
        order_id="576461413038785752",
        units=1,
        standing=Standing.SHORT,
        why="3rd in line; none are left",
        case_id=CASE,
    ),
    IncidentOrder(
        order_id="576461413038785753",
        units=2,
        standing=Standing.SERVED,
        why="1st in line, paid 09:00; 2 of 3",
    ),
)


@dataclass
class HeldEvidence(Evidence):
    """A vault that holds what it is given, and takes nothing."""

    held: tuple[EvidenceItem, ...] = ()

    @override
    async def items(self, case_id: str) -> list[EvidenceItem]:
        return [item for item in self.held if item.case_id == case_id]

    @override
    async def add(self, case_id: str, handed: Handed, chunks: AsyncIterator[bytes]) -> Added:
        raise AssertionError

    @override
    async def open(self, evidence_id: str, *, actor: str, given_to: str) -> Opened:
        raise AssertionError


@dataclass
class TheseOrders(OrderBook):
    """The orders of every incident, and how often they were read."""

    orders: tuple[IncidentOrder, ...] = ORDERS
    read: int = 0

    @override
    async def of(self, incident_id: str) -> tuple[IncidentOrder, ...]:
        self.read += 1
        return self.orders


@dataclass
class TheseAlerts(AlertBook):
    """Stock alerts that stand until somebody settles them."""

    alerts: list[StockAlert] = field(default_factory=list)
    settled: list[tuple[str, str, str]] = field(default_factory=list)
    opened: list[tuple[str, str, Counted]] = field(default_factory=list)

    @override
    async def standing(self, shop_id: str | None) -> list[StockAlert]:
        return [one for one in self.alerts if shop_id in (None, one.shop_id)]

    @override
    async def settle(self, shop_id: str, sku_id: str, actor: str) -> None:
        self.settled.append((shop_id, sku_id, actor))
        self.alerts = [one for one in self.alerts if one.sku_id != sku_id]

    @override
    async def open_incident(self, shop_id: str, sku_id: str, counted: Counted) -> OpenedIncident:
        if counted.on_hand < 0:
            raise InputError("on_hand", "-1 is not a count")
        self.opened.append((shop_id, sku_id, counted))
        return OpenedIncident(case_id=INCIDENT)


async def _shops() -> dict[str, str]:
    return {"1": "Blue Jacket", "2": "Green Hat"}


def rooms_of(
    desk: Desk, evidence: Evidence, orders: OrderBook, alerts: AlertBook | None = None
) -> Rooms:
    """Return where pages find these."""
    return Rooms(
        desk=desk,
        evidence=evidence,
        orders=orders,
        alerts=alerts or TheseAlerts(),
        shops=_shops,
    )


@dataclass
class OneCaseDesk(Desk):
    """A desk with one case, which takes or refuses decisions."""

    case: CaseView
    refusal: str = ""
    decided: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    wanted: list[CaseFilter] = field(default_factory=list)
    story: tuple[TimelineEvent, ...] = (
        TimelineEvent(
            at=NOW, key=EventKey.BUYER_WROTE, actor="buyer", detail="<b>hello</b>", rule="r1"
        ),
    )

    @override
    async def find(self, case: str) -> str:
        return case

    @override
    async def list_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        self.wanted.append(wanted)
        row = CaseRow(
            case_id=self.case.case_id,
            kind=self.case.kind,
            state=self.case.state,
            shop_id=self.case.shop_id,
            order_id=self.case.order_id,
            needs_human=True,
            due_at=NOW + timedelta(hours=1),
            breached=True,
        )
        return [row]

    @override
    async def view(self, case_id: str) -> dict[str, Any]:
        return self.case.model_dump(mode="json")

    @override
    async def timeline(self, case_id: str) -> list[dict[str, Any]]:
        return [event.model_dump(mode="json") for event in self.story]

    @override
    async def decide(
        self, case_id: str, update: str, payload: dict[str, Any], *, request_id: str = ""
    ) -> dict[str, Any]:
        assert request_id
        if self.refusal:
            raise RefusedError(self.refusal)
        self.decided.append((case_id, update, payload))
        self.request_ids.append(request_id)
        return await self.view(case_id)
