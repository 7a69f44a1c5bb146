"""A promise about incidents is broken by what sandbox, parcels or cases say against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.demo.effects import Effects
from casedesk.demo.ends import IncidentEnd
from casedesk.demo.incident_summary import figures, promises
from casedesk.demo.incidents import LAMPS
from casedesk.demo.stream import DemoOrder, make_stream
from casedesk.intake import ShortagePlan
from domain.allocation import Placed, Skipped
from domain.candidates import SkipReason
from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView
from domain.incident_review import IncidentReview, MoneyReview, OrdersReview, UnitsReview
from domain.incidents import IncidentCounts, IncidentPart, LotView
from domain.waiting_line import AllocationPolicy

FOUND = datetime(2026, 11, 25, 3, tzinfo=UTC)
LINE = [order for order in make_stream(FOUND, 40).holding(LAMPS.sku) if order.units == 1]
SERVED, FIRST, SECOND = LINE[0], LINE[3], LINE[4]
BY_PLATFORM = replace(LINE[5], by_platform=True)
INCIDENT = replace(LAMPS, lots=(replace(LAMPS.lots[0], units=1), replace(LAMPS.lots[1], units=7)))
"""One is served from the shelf, one by each lot; six are left, as were on sale before."""


def _at(lot: int, hours: float = 0.1) -> datetime:
    return FOUND + INCIDENT.lots[lot].after + timedelta(hours=hours)


def _case(order: DemoOrder, **given: Any) -> CaseView:
    settled: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.CLOSED,
        "outcome": CaseOutcome.SHIPPED_AFTER_WAIT,
        "case_id": f"order-case:1:{order.order_id}",
        "shop_id": LAMPS.shop.shop_id,
        "order_id": order.order_id,
        "incident_id": LAMPS.incident_id,
        "opened_at": FOUND,
        "detected_at": FOUND,
        "closed_at": FOUND,
    }
    return CaseView(**settled | given)


def _view(**given: Any) -> CaseView:
    counts = IncidentCounts(settled=3, skipped=1)
    part = IncidentPart(
        sku_id=LAMPS.sku.sku_id,
        key=LAMPS.key,
        policy=AllocationPolicy.PAID_FIRST,
        on_hand=6,
        counts=counts,
        lots=tuple(
            LotView(lot_id=lot.lot_id, quantity=lot.units, at=_at(number))
            for number, lot in enumerate(INCIDENT.lots)
        ),
    )
    more = {"kind": CaseKind.INCIDENT, "case_id": LAMPS.incident_id, "incident": part}
    return _case(SERVED, **more | given)


def _review(**units: int) -> IncidentReview:
    went = {"counted": 1, "lots": 8, "recounted": 0, "gone_out": 3, "promised": 0, "free": 6}
    return IncidentReview(
        incident_id=LAMPS.incident_id,
        shop_id=LAMPS.shop.shop_id,
        sku_id=LAMPS.sku.sku_id,
        cause="",
        opened_at=FOUND,
        closed_at=FOUND,
        took=timedelta(0),
        orders=OrdersReview(total=3, settled=3, served=0, left=0, short=0),
        units=UnitsReview(**went | units, demand=3),
        cases=2,
        outcomes={"shipped_after_wait": 2},
        money=MoneyReview(kept={"USD": "78.00"}),
    )


def _placed(*orders: DemoOrder) -> tuple[Placed, ...]:
    return tuple(Placed(order_id=one.order_id, quantity=1, why="") for one in orders)


PLAN = ShortagePlan(
    sku=LAMPS.sku.seller_sku,
    on_hand=1,
    demand=3,
    served=_placed(SERVED),
    short=_placed(FIRST, SECOND),
    skipped=(Skipped(order_id=BY_PLATFORM.order_id, reason=SkipReason.PLATFORM_FULFILLED),),
    short_lines={},
    summary="",
)
STOCK = [{"sku_id": LAMPS.sku.sku_id, "kind": "quantity", "quantity": units} for units in (0, 6)]
ADS = [
    {
        "level": level,
        "campaign_id": LAMPS.shop.ads.campaign_id,
        "adgroup_id": group,
        "operation": op,
    }
    for op in ("DISABLE", "ENABLE")
    for level, group in (("campaign", None), ("adgroup", LAMPS.shop.ads.ad_group_id))
]


def _left(*orders: DemoOrder) -> list[dict[str, Any]]:
    return [{"order_id": o.order_id, "event": "scanned", "at": _at(1).isoformat()} for o in orders]


@dataclass(frozen=True)
class Told:
    """One incident and everything that is known of it."""

    view: CaseView | None = field(default_factory=_view)
    review: IncidentReview | None = field(default_factory=_review)
    heard: Mapping[str, datetime] = field(
        default_factory=lambda: {FIRST.order_id: _at(0), SECOND.order_id: _at(1)}
    )
    on_sale: int = 6
    ads: frozenset[str] = frozenset({"ENABLE"})
    letters: Mapping[str, int] = field(default_factory=lambda: {"host": 1, "supplier": 2})
    stock: list[dict[str, Any]] = field(default_factory=lambda: STOCK)
    switched: list[dict[str, Any]] = field(default_factory=lambda: ADS)
    left: list[dict[str, Any]] = field(
        default_factory=lambda: _left(SERVED, FIRST, SECOND, BY_PLATFORM)
    )
    refunds: list[dict[str, Any]] = field(default_factory=list)
    cases: Mapping[str, CaseView] = field(
        default_factory=lambda: {one.order_id: _case(one) for one in (FIRST, SECOND)}
    )

    def end(self) -> IncidentEnd:
        """Return it as the summary takes it."""
        return IncidentEnd(
            incident=INCIDENT,
            orders=[SERVED, FIRST, SECOND, BY_PLATFORM],
            plan=PLAN,
            view=self.view,
            review=self.review,
            found_at=FOUND,
            heard=self.heard,
            on_sale=self.on_sale,
            ads=self.ads,
            letters=self.letters,
        )

    def effects(self) -> Effects:
        """Return what really happened."""
        none: dict[str, list[Any]] = {"messages": [], "coupons_sent": []}
        happened = {"inventory": self.stock, "ads": self.switched, "shipments": self.left}
        return Effects({**none, **happened, "cancellations": self.refunds})

    def broken(self) -> list[str]:
        """Return the promises that do not hold."""
        found = promises([self.end()], self.cases, self.effects())
        return [one.promise for one in found if not one.kept]


KEPT = Told()
_REFUND = {
    "order_id": FIRST.order_id,
    "refund_amount": {"currency": "USD", "refund_total": "39.00"},
    "role": "SELLER",
}


def test_an_incident_as_it_should_be_breaks_nothing() -> None:
    assert [] == KEPT.broken()


@pytest.mark.parametrize(
    ("promise", "told"),
    [
        ("every incident is closed", replace(KEPT, view=_view(closed_at=None))),
        (
            "every order of an incident is served, short or does not compete",
            replace(
                KEPT,
                view=_view(
                    incident=_view().incident.model_copy(  # type: ignore[union-attr]  # it has one
                        update={"counts": IncidentCounts(settled=3)}
                    )
                ),
            ),
        ),
        (
            "no unit is promised twice",
            replace(KEPT, heard={FIRST.order_id: _at(0), SECOND.order_id: _at(0)}),
        ),
        (
            "lots go out along the line",
            replace(KEPT, heard={FIRST.order_id: _at(1), SECOND.order_id: _at(0)}),
        ),
        ("stock and ads are as they were before", replace(KEPT, switched=ADS[:2])),
        (
            "stock and ads are as they were before",
            replace(KEPT, ads=frozenset({"ENABLE", "DISABLE"})),
        ),
        ("stock and ads are as they were before", replace(KEPT, stock=STOCK[1:])),
        ("every incident's review adds up", replace(KEPT, review=None)),
        ("every incident's review adds up", replace(KEPT, review=_review(gone_out=2))),
        ("every incident's review adds up", replace(KEPT, review=_review(counted=2))),
        ("every incident's review adds up", replace(KEPT, refunds=[_REFUND])),
        ("sellers and suppliers hear of every incident", replace(KEPT, letters={"host": 1})),
        ("sellers and suppliers hear of every incident", replace(KEPT, letters={"supplier": 1})),
    ],
)
def test_a_promise_is_broken_by(promise: str, told: Told) -> None:
    assert [promise] == told.broken()


def test_a_short_order_without_a_case_is_neither_placed_nor_reviewed() -> None:
    broken = replace(KEPT, cases={FIRST.order_id: _case(FIRST)}).broken()
    assert "every order of an incident is served, short or does not compete" in broken
    assert "every incident's review adds up" in broken


def test_stock_that_was_set_twice_to_the_same_was_set_once() -> None:
    """A worker that dies after a write may write the same state again."""
    assert [] == replace(KEPT, stock=[STOCK[0], *STOCK]).broken()


def test_more_on_sale_than_before_is_not_as_it_was() -> None:
    more = [STOCK[0], {**STOCK[1], "quantity": 7}]
    broken = replace(KEPT, stock=more, on_sale=7).broken()
    assert "stock and ads are as they were before" in broken


@pytest.mark.parametrize(
    ("key", "ids"),
    [
        ("incidents", [LAMPS.incident_id]),
        ("incident_served", [SERVED.order_id]),
        ("incident_short", [FIRST.order_id, SECOND.order_id]),
        ("incident_skipped", [BY_PLATFORM.order_id]),
        ("incident_lots", ["OAK-1", "OAK-2"]),
        ("incident_handed_out", [FIRST.order_id, SECOND.order_id]),
        ("incident_kept", [FIRST.order_id, SECOND.order_id]),
        ("incident_refunded", []),
        ("supplier_late", [LAMPS.incident_id]),
    ],
)
def test_a_figure_names_what_it_counts(key: str, ids: list[str]) -> None:
    told = figures([KEPT.end()], KEPT.cases, KEPT.effects())
    assert tuple(ids) == told[key].order_ids


def test_money_kept_is_what_the_orders_cost() -> None:
    told = figures([KEPT.end()], KEPT.cases, KEPT.effects())
    assert {"USD": "78.00"} == told["incident_kept"].amounts
