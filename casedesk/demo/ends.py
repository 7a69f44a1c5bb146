"""How everything ended: the cases' own views, and what sandbox, letterbox and files say beside."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casedesk.demo.evening import Evening
from casedesk.demo.incidents import DemoIncident
from casedesk.demo.installation import Installation
from casedesk.demo.parcels import PARCELS, DemoParcel
from casedesk.demo.shops import DemoAds
from casedesk.demo.stream import DemoOrder, Stream
from casedesk.desk import CaseDesk
from casedesk.errors import NotFoundError
from casedesk.intake import ShortagePlan
from casedesk.sandbox_controls import SandboxControls
from domain.cases import CaseView
from domain.incident_review import IncidentReview
from domain.timeline import EventKey
from records.incidents import Incidents
from workflows import names


@dataclass(frozen=True)
class IncidentEnd:
    """One incident as it ended."""

    incident: DemoIncident
    orders: Sequence[DemoOrder]
    """Every order of its SKU, in the order of the line."""
    plan: ShortagePlan
    """Who is served and who is short by the count, as the export shows it."""
    view: CaseView | None
    review: IncidentReview | None
    found_at: datetime
    heard: Mapping[str, datetime]
    """Order -> when its case heard that its units are there."""
    on_sale: int
    """Units that the shop would sell now."""
    ads: frozenset[str]
    """States of its ads now."""
    letters: Mapping[str, int]
    """Letters about it by whom they went to, repetitions left out."""


@dataclass(frozen=True)
class ParcelEnd:
    """One late pickup as it ended."""

    parcel: DemoParcel
    orders: Sequence[str]
    view: CaseView | None
    appeal: CaseView | None
    notice: Mapping[str, Any] = field(default_factory=dict)
    """Its penalty and the decisions on it, as Seller Center shows them."""


async def order_cases(desk: CaseDesk, evening: Evening) -> dict[str, CaseView]:
    """Return the case of every order that is short, where there is one, by order id."""
    shops = {order.order_id: order.shop.shop_id for order in evening.stream.orders}
    short = [one.order_id for plan in evening.all_plans for one in plan.short]
    ids = [names.order_case_id(shops[order_id], order_id) for order_id in short]
    views = await asyncio.gather(*[_view(desk, case_id) for case_id in ids])
    return {order_id: view for order_id, view in zip(short, views, strict=True) if view}


async def incident_ends(
    parts: Installation, sandbox: SandboxControls, evening: Evening
) -> tuple[IncidentEnd, ...]:
    """Return how every incident ended."""
    shops, ads = await sandbox.get("shops"), await sandbox.get("ads")
    return tuple(
        [
            IncidentEnd(
                incident=incident,
                orders=evening.stream.holding(incident.sku),
                plan=plan,
                view=await _view(parts.desk, incident.incident_id),
                review=_review(parts.desk, incident.incident_id),
                found_at=evening.stream.found_at,
                heard=await _heard(parts.desk, incident, plan),
                on_sale=_on_sale(shops, incident.sku.sku_id),
                ads=_states(ads, incident.shop.ads),
                letters=_letters(parts, incident),
            )
            for incident, plan in evening.lines.items()
        ]
    )


async def parcel_ends(
    desk: CaseDesk, sandbox: SandboxControls, stream: Stream
) -> tuple[ParcelEnd, ...]:
    """Return how every late pickup ended."""
    told = await sandbox.get("penalties")
    notices = {notice["ticket_id"]: notice for notice in told["penalties"]}
    return tuple(
        [
            ParcelEnd(
                parcel=one,
                orders=[order.order_id for order in stream.orders if order.parcel == one],
                view=await _view(desk, one.case_id),
                appeal=await _view(desk, one.appeal_id) if one.ticket_id else None,
                notice=notices.get(one.ticket_id, {}),
            )
            for one in PARCELS
        ]
    )


async def _view(desk: CaseDesk, case_id: str) -> CaseView | None:
    try:
        return CaseView.model_validate(await desk.view(case_id))
    except NotFoundError:
        return None


async def _heard(
    desk: CaseDesk, incident: DemoIncident, plan: ShortagePlan
) -> dict[str, datetime]:
    """Return when the case of each short order first heard that its units are there."""
    heard = {}
    for one in plan.short:
        case_id = names.order_case_id(incident.shop.shop_id, one.order_id)
        with contextlib.suppress(NotFoundError):
            events = await desk.timeline(case_id)
            told = (e for e in events if e["key"] == EventKey.RESTOCK_CHANGED)
            if first := next((e["at"] for e in told if "in_stock" in e["detail"]), None):
                heard[one.order_id] = datetime.fromisoformat(first)
    return heard


def _review(desk: CaseDesk, incident_id: str) -> IncidentReview | None:
    filed = Incidents(desk.db).incident(incident_id)
    return IncidentReview.model_validate(filed.review) if filed and filed.review else None


def _on_sale(shops: Mapping[str, Any], sku_id: str) -> int:
    products = (product for shop in shops["shops"] for product in shop["products"])
    skus = (sku for product in products for sku in product["skus"])
    return int(next(sku["available"] for sku in skus if sku["id"] == sku_id))


def _states(held: Mapping[str, Any], ads: DemoAds) -> frozenset[str]:
    mine = {ads.campaign_id, ads.ad_group_id}
    every = (ad for one in held["advertisers"] for ad in (*one["campaigns"], *one["adgroups"]))
    return frozenset(
        ad["operation_status"]
        for ad in every
        if {ad.get("adgroup_id") or ad.get("campaign_id")} & mine
    )


def _letters(parts: Installation, incident: DemoIncident) -> dict[str, int]:
    addressees = {"host": f"host-{incident.shop.region}", "supplier": "supplier"}
    about = incident.incident_id
    return {who: len(parts.letters.about(to, about)) for who, to in addressees.items()}
