"""A desk with one case, and cases of every kind as the console shows them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from casedesk.errors import RefusedError
from casedesk.listing import CaseFilter, CaseRow
from console.api import Desk
from domain.case_parts import PickupPart, ProofState, ProofView
from domain.cases import CaseKind, CaseState, CaseView, TimelineEvent
from domain.requirements import RequirementKind
from domain.timeline import EventKey

CASE = "order-case:1:576461413038785752"
PICKUP_CASE = "pickup-case:1:1152921504606846976"
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
