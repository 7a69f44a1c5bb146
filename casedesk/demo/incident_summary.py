"""The summary of the incidents: told by sandbox, parcels and cases rather than by themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from casedesk.demo.effects import Effects, totals
from casedesk.demo.ends import IncidentEnd
from casedesk.demo.report import Figure, Promise, figure, none_of
from casedesk.demo.stream import DemoOrder
from domain.cases import CaseView
from domain.incident_review import KEPT, IncidentReview

Cases = Mapping[str, CaseView]
_CHASED = 2
"""So many letters to a supplier mean that its answer was late."""


def figures(ends: Sequence[IncidentEnd], cases: Cases, effects: Effects) -> dict[str, Figure]:
    """Return the figures of the incidents, by a stable key."""
    orders = [order.order_id for one in ends for order in one.orders]
    kept = [order for one in ends for order in _kept(one, cases)]
    back = effects.refunded(orders)
    late = [one.incident.incident_id for one in ends if one.letters.get("supplier", 0) >= _CHASED]
    return {
        "incidents": figure("incidents", [one.incident.incident_id for one in ends]),
        "incident_orders": figure("orders of incidents", orders),
        "incident_served": figure("served from the shelf", _placed(ends, "served")),
        "incident_short": figure("short in an incident", _placed(ends, "short")),
        "incident_skipped": figure("not competing there", _placed(ends, "skipped")),
        "incident_lots": figure("lots handed out", [lot for one in ends for lot in _lots(one)]),
        "incident_handed_out": figure(
            "orders that got units of a lot", [o for one in ends for o in one.heard]
        ),
        "incident_kept": figure(
            "short orders kept",
            [order.order_id for order in kept],
            amounts=totals(order.total for order in kept),
        ),
        "incident_refunded": figure(
            "short orders refunded", list(back), amounts=totals(back.values())
        ),
        "supplier_late": figure("suppliers who had to be chased", late),
    }


def promises(ends: Sequence[IncidentEnd], cases: Cases, effects: Effects) -> tuple[Promise, ...]:
    """Return what must hold of incidents, and whether it did."""

    def broken(why: Iterable[tuple[IncidentEnd, str]]) -> list[str]:
        return [f"{one.incident.incident_id}: {what}" for one, what in why]

    return (
        none_of("every incident is closed", broken(_open(ends))),
        none_of(
            "every order of an incident is served, short or does not compete",
            broken((one, what) for one in ends for what in _misplaced(one, cases, effects)),
        ),
        none_of(
            "no unit is promised twice",
            broken((one, what) for one in ends for what in _promised_twice(one)),
        ),
        none_of(
            "lots go out along the line",
            broken((one, what) for one in ends for what in _out_of_turn(one)),
        ),
        none_of(
            "stock and ads are as they were before",
            broken((one, what) for one in ends for what in _not_put_back(one, effects)),
        ),
        none_of(
            "every incident's review adds up",
            broken((one, what) for one in ends for what in _review_lies(one, cases, effects)),
        ),
        none_of(
            "sellers and suppliers hear of every incident",
            broken((one, what) for one in ends for what in _not_told(one)),
        ),
    )


def _placed(ends: Iterable[IncidentEnd], how: str) -> list[str]:
    return [order.order_id for one in ends for order in getattr(one.plan, how)]


def _lots(end: IncidentEnd) -> list[str]:
    part = end.view.incident if end.view else None
    return [lot.lot_id for lot in part.lots] if part else []


def _kept(end: IncidentEnd, cases: Cases) -> list[DemoOrder]:
    held = ((order, cases.get(order.order_id)) for order in end.orders)
    return [order for order, case in held if case and case.outcome in KEPT]


def _open(ends: Iterable[IncidentEnd]) -> Iterator[tuple[IncidentEnd, str]]:
    return ((one, "open") for one in ends if one.view is None or one.view.closed_at is None)


def _misplaced(end: IncidentEnd, cases: Cases, effects: Effects) -> Iterator[str]:
    """Yield the orders that nobody looked after, or that were looked after for no reason.

    Served are those whose parcels left without a case, short those with a case of the incident.
    """
    incident_id = end.incident.incident_id
    short = {key for key, case in cases.items() if case.incident_id == incident_id}
    skipped = {order.order_id for order in end.orders if order.by_platform}
    left = {order.order_id for order in end.orders if effects.left_at(order.order_id)}
    served = left - short - skipped
    for found, how in ((served, "served"), (short, "short"), (skipped, "skipped")):
        planned = {one.order_id for one in getattr(end.plan, how)}
        yield from (f"{order_id} is not {how}" for order_id in sorted(planned ^ found))
    counts = end.view.incident.counts if end.view and end.view.incident else None
    if counts is not None:
        counted = counts.served + counts.short + counts.left + counts.settled + counts.skipped
        if counted != len(end.orders):
            yield f"{counted} orders counted, {len(end.orders)} sold"


def _promised_twice(end: IncidentEnd) -> Iterator[str]:
    """Yield when more units were promised than had come by then."""
    units = {order.order_id: order.units for order in end.orders}
    held = sum(units[one.order_id] for one in end.plan.served)
    for order_id, at in sorted(end.heard.items(), key=lambda told: told[1]):
        held += units[order_id]
        lots = (lot for lot in end.incident.lots if end.found_at + lot.after <= at)
        there = end.plan.on_hand + sum(lot.units for lot in lots)
        if held > there:
            yield f"{held} of {there} units with {order_id}"


def _out_of_turn(end: IncidentEnd) -> Iterator[str]:
    """Yield the orders that got units of an earlier lot than somebody before them in the line."""
    latest = 0
    for one in end.plan.short:
        at = end.heard.get(one.order_id)
        if at is None:
            continue
        lot = sum(end.found_at + lot.after <= at for lot in end.incident.lots)
        if lot < latest:
            yield one.order_id
        latest = max(lot, latest)


def _not_put_back(end: IncidentEnd, effects: Effects) -> Iterator[str]:
    sku, ads = end.incident.sku, end.incident.shop.ads
    stock = effects.stock_set(sku.sku_id)
    if stock != [0, sku.available] or end.on_sale != sku.available:
        yield f"stock was {sku.available}, then set to {stock}, and is {end.on_sale}"
    for ad_id in (ads.campaign_id, ads.ad_group_id):
        switched = effects.ad_switched(ad_id)
        if switched != ["DISABLE", "ENABLE"] or end.ads != {"ENABLE"}:
            yield f"ad {ad_id} was switched {switched} and is {'/'.join(sorted(end.ads))}"


def _review_lies(end: IncidentEnd, cases: Cases, effects: Effects) -> Iterator[str]:
    """Yield the figures of a review that do not add up, or that the world does not confirm."""
    review = end.review
    if review is None:
        yield "no review"
        return
    units, orders = review.units, review.orders
    came = units.counted + units.lots + units.recounted
    placed = orders.settled + orders.served + orders.left + orders.short
    checks = {
        "units": came == units.gone_out + units.promised + units.free,
        "orders": orders.total == placed == len(end.plan.served) + len(end.plan.short),
        "cases": review.cases == sum(review.outcomes.values()) == len(end.plan.short),
        **_as_the_world_says(end, review, cases, effects),
    }
    yield from (name for name, holds in checks.items() if not holds)


def _as_the_world_says(
    end: IncidentEnd, review: IncidentReview, cases: Cases, effects: Effects
) -> dict[str, bool]:
    ids = [order.order_id for order in end.orders]
    mine = [cases[order_id] for order_id in ids if order_id in cases]
    ours = [order for order in end.orders if not order.by_platform]
    gone = sum(order.units for order in ours if effects.left_at(order.order_id))
    refunds = effects.refunded(ids).values()
    kept = totals(order.total for order in _kept(end, cases))
    return {
        "counted": review.units.counted == end.plan.on_hand,
        "lots": review.units.lots == sum(lot.units for lot in end.incident.lots),
        "gone out": review.units.gone_out == gone,
        "free": review.units.free == end.on_sale,
        "outcomes": review.outcomes == Counter(str(case.outcome) for case in mine),
        "refunded": review.money.refunded == totals(refunds),
        "kept": review.money.kept == kept,
    }


def _not_told(end: IncidentEnd) -> Iterator[str]:
    asked = end.incident.known is None
    for who in ("host", *(["supplier"] if asked else [])):
        if not end.letters.get(who):
            yield f"the {who} has no letter"
