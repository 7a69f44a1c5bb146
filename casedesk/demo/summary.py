"""The summary of it all: figures and promises, from the cases' views and the real effects."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casedesk.demo import incident_summary, pickup_summary
from casedesk.demo.effects import Effects, totals
from casedesk.demo.ends import IncidentEnd, ParcelEnd
from casedesk.demo.report import Figure, HumanAnswer, PacketCheck, Promise, figure, none_of
from casedesk.intake import ShortagePlan
from domain.cases import CaseOutcome, CaseView, ContactMode, CouponStatus, RefundStatus
from domain.choices import Choice

_REFUNDED = (RefundStatus.CONFIRMED, RefundStatus.NOT_PAID)
_BY_DEADLINE = (
    CaseOutcome.REFUNDED_NO_REPLY,
    CaseOutcome.REFUNDED_RESTOCK_FAILED,
    CaseOutcome.REFUNDED_SWAP_LAPSED,
)
_LETTERS = {Choice.WAIT: "A", Choice.SWAP: "B", Choice.REFUND: "C"}


@dataclass(frozen=True)
class Week:
    """Everything the summary is made from."""

    plans: Sequence[ShortagePlan]
    orders_read: Sequence[str]
    cases: Mapping[str, CaseView]
    """By order id."""
    effects: Effects
    answers: Sequence[HumanAnswer]
    buyers: Mapping[str, str]
    """Who placed which order: a coupon goes to a buyer, not to an order."""
    incidents: Sequence[IncidentEnd] = ()
    parcels: Sequence[ParcelEnd] = ()
    packets: Sequence[PacketCheck] = ()

    def where(self, holds: Callable[[CaseView], bool]) -> list[str]:
        """Return the orders whose case meets a condition."""
        return [order_id for order_id, view in self.cases.items() if holds(view)]


def figures(week: Week) -> dict[str, Figure]:
    """Return every figure of the summary, by a stable key."""
    plans, where = week.plans, week.where
    found = {
        "read": figure("orders read", list(week.orders_read)),
        "served": figure("served", [one.order_id for plan in plans for one in plan.served]),
        "short": figure("short", [one.order_id for plan in plans for one in plan.short]),
        "skipped": figure("did not compete", [s.order_id for p in plans for s in p.skipped]),
        "contacted_in_time": figure("contacted within the deadline", _contacted_in_time(week)),
        "contacted_by_person": figure(
            "of these by a person", where(lambda view: view.contact_mode is ContactMode.ASSISTED)
        ),
    }
    for choice, letter in _LETTERS.items():
        chose = [key for key, view in week.cases.items() if view.choice == choice]
        found[f"chose_{choice}"] = figure(f"chose {letter} ({choice})", chose)
    return (
        found
        | _endings(week)
        | _goods(week)
        | incident_summary.figures(week.incidents, week.cases, week.effects)
        | pickup_summary.figures(week.parcels, week.packets)
        | _duplicates(week)
    )


def _endings(week: Week) -> dict[str, Figure]:
    found = {
        "settled_by_deadline": figure(
            "settled by a deadline", week.where(lambda view: view.outcome in _BY_DEADLINE)
        )
    }
    for outcome in CaseOutcome:
        mine = [key for key, view in week.cases.items() if view.outcome is outcome]
        if mine:
            found[f"outcome_{outcome}"] = figure(f"ended {outcome}", mine)
    return found


def _goods(week: Week) -> dict[str, Figure]:
    refunds = week.effects.refunded(week.cases)
    coupons = week.where(lambda view: view.coupon.status is CouponStatus.SENT)
    return {
        "refunds": figure("refunds", list(refunds), amounts=totals(refunds.values())),
        "unpaid_cancelled": figure(
            "cancelled, nothing was paid",
            week.where(lambda view: view.refund.status is RefundStatus.NOT_PAID),
        ),
        "coupons": figure("coupons", coupons),
        "gifts": figure("gifts packed", week.where(_gift_packed)),
        "needed_person": figure("needed a person", _orders_with_answers(week)),
    }


def _orders_with_answers(week: Week) -> Iterator[str]:
    """Yield the orders about which people decided; what they tell incidents is about none."""
    return (one.order_id for one in week.answers if one.order_id in week.buyers)


def _gift_packed(view: CaseView) -> bool:
    return bool(view.gift_to_pack) and view.outcome is CaseOutcome.SHIPPED_AFTER_WAIT


def _duplicates(week: Week) -> dict[str, Figure]:
    effects = week.effects
    return {
        "duplicate_texts": figure("texts sent twice", effects.repeated_texts()),
        "duplicate_cancellations": figure("cancelled twice", effects.repeated_cancellations()),
        "duplicate_coupons": figure("coupons sent twice", _coupons_beyond_cases(week)),
    }


def promises(week: Week) -> tuple[Promise, ...]:
    """Return every promise and whether it held."""
    effects, where = week.effects, week.where
    short = {one.order_id for plan in week.plans for one in plan.short}
    return (
        none_of("every short order has a case", short - week.cases.keys()),
        none_of("every case is closed", where(lambda view: view.closed_at is None)),
        none_of(
            "every buyer is contacted within the deadline",
            week.cases.keys() - set(_contacted_in_time(week)),
        ),
        none_of("no deadline is missed", _late(week)),
        none_of("every promised date is kept", _dates_broken(week)),
        none_of("the platform cancels no case's order", _by_platform(week)),
        none_of("no text is sent twice", effects.repeated_texts()),
        none_of("no order is cancelled twice", effects.repeated_cancellations()),
        none_of("no buyer gets two coupons for one case", _coupons_beyond_cases(week)),
        none_of("every effect belongs to a case", effects.strays(_with_case(week))),
        none_of("every refund is the platform's own figure", _wrong_refunds(week)),
        none_of("every coupon on file was sent", _coupons_not_sent(week)),
        *incident_summary.promises(week.incidents, week.cases, effects),
        *pickup_summary.promises(week.parcels, week.packets, week.answers, effects),
    )


def _late(week: Week) -> list[str]:
    others = (
        *(one.view for one in week.incidents),
        *(view for one in week.parcels for view in (one.view, one.appeal)),
    )
    breached = [view.case_id for view in others if view and view.breaches]
    return week.where(lambda view: bool(view.breaches)) + breached


def _with_case(week: Week) -> set[str]:
    packed = {order_id for one in week.parcels if one.view for order_id in one.orders}
    return week.cases.keys() | packed


def _contacted_in_time(week: Week) -> list[str]:
    """Believe the sandbox about chats, and a person's record about calls."""
    in_time = []
    for order_id, view in week.cases.items():
        chat = view.contact_mode is ContactMode.CHAT
        told = week.effects.first_text_at(order_id) if chat else view.contacted_at
        if told and view.contact_by and told <= view.contact_by:
            in_time.append(order_id)
    return in_time


def _dates_broken(week: Week) -> list[str]:
    """Return the orders whose buyers waited and whose parcels left after the promised date."""
    waited = week.where(lambda view: view.outcome is CaseOutcome.SHIPPED_AFTER_WAIT)
    return [order_id for order_id in waited if not _date_kept(week, order_id)]


def _date_kept(week: Week, order_id: str) -> bool:
    left, promised = week.effects.left_at(order_id), week.cases[order_id].promised_at
    return bool(left and promised and left <= promised)


def _by_platform(week: Week) -> list[str]:
    cancelled = [str(row["order_id"]) for row in week.effects.by_platform]
    return [order_id for order_id in cancelled if order_id in week.cases]


def _wrong_refunds(week: Week) -> list[str]:
    paid: Mapping[str, str] = {
        order_id: money.decimal() for order_id, money in week.effects.refunded(week.cases).items()
    }
    done = {key: view.refund.amount for key, view in week.cases.items() if _is_refunded(view)}
    return [
        f"{order_id}: {done.get(order_id)} on file, {paid.get(order_id)} paid"
        for order_id in done.keys() | paid.keys()
        if done.get(order_id) != paid.get(order_id)
    ]


def _is_refunded(view: CaseView) -> bool:
    return view.refund.status in _REFUNDED


def _coupons_beyond_cases(week: Week) -> list[str]:
    """Return the orders of buyers who got more coupons than their cases gave."""
    return _orders_of(week, _coupons_sent(week) - _coupons_on_file(week))


def _coupons_not_sent(week: Week) -> list[str]:
    return _orders_of(week, _coupons_on_file(week) - _coupons_sent(week))


def _coupons_sent(week: Week) -> Counter[str]:
    return Counter(str(one["user_id"]) for one in week.effects.coupons)


def _coupons_on_file(week: Week) -> Counter[str]:
    sent = week.where(lambda view: view.coupon.status is CouponStatus.SENT)
    return Counter(week.buyers[order_id] for order_id in sent)


def _orders_of(week: Week, buyers: Iterable[str]) -> list[str]:
    wanted = set(buyers)
    return [order_id for order_id in week.cases if week.buyers[order_id] in wanted]
