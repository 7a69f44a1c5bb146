"""A promise is broken by exactly what would hurt a merchant, and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.demo.effects import Effects
from casedesk.demo.report import HumanAnswer
from casedesk.demo.summary import Week, figures, promises
from casedesk.intake import ShortagePlan
from domain.allocation import Placed
from domain.cases import (
    Breach,
    CaseKind,
    CaseOutcome,
    CaseState,
    CaseView,
    ContactMode,
    CouponStatus,
    CouponView,
    RefundStatus,
    RefundView,
)

ORDER = "576460752000200001"
BUYER = "576460752007200001"
OPENED = datetime(2026, 11, 25, 3, tzinfo=UTC)
_NAMES = ("messages", "cancellations", "coupons_sent", "inventory", "shipments")
_UPDATED = RefundView(status=RefundStatus.CONFIRMED, amount="49.90", currency="USD")

REFUNDED: dict[str, Any] = {
    "outcome": CaseOutcome.REFUNDED_BY_CHOICE,
    "choice": "refund",
    "refund": _UPDATED,
    "coupon": CouponView(status=CouponStatus.SENT, coupon_id="7"),
}
WAITED: dict[str, Any] = {
    "outcome": CaseOutcome.SHIPPED_AFTER_WAIT,
    "choice": "wait",
    "promised_at": OPENED + timedelta(hours=60),
    "gift_to_pack": "socks",
}


def _text(hours: float = 0.01, words: str = "A, B or C?", order: str = ORDER) -> dict[str, Any]:
    at = (OPENED + timedelta(hours=hours)).isoformat()
    return {"kind": "TEXT", "order_ids": [order], "order_id": order, "text": words, "at": at}


def _cancelled(refund: str = "49.90", role: str = "SELLER", unit: str = "1") -> dict[str, Any]:
    return {
        "order_id": ORDER,
        "role": role,
        "line_item_ids": [unit],
        "refund_amount": {"currency": "USD", "refund_total": refund},
    }


def _left(hours: float) -> dict[str, Any]:
    at = (OPENED + timedelta(hours=hours)).isoformat()
    return {"order_id": ORDER, "event": "scanned", "at": at}


COUPON = {"order_id": ORDER, "user_id": BUYER}


@dataclass
class Told:
    """One case and what really happened about it."""

    view: Mapping[str, Any] = field(default_factory=lambda: dict(REFUNDED))
    messages: list[dict[str, Any]] = field(default_factory=lambda: [_text()])
    cancellations: list[dict[str, Any]] = field(default_factory=lambda: [_cancelled()])
    coupons_sent: list[dict[str, Any]] = field(default_factory=lambda: [COUPON])
    shipments: list[dict[str, Any]] = field(default_factory=list)
    has_case: bool = True

    def week(self) -> Week:
        """Return it as the summary takes it."""
        content = {name: getattr(self, name, []) for name in _NAMES}
        return Week(
            plans=[_plan()],
            orders_read=[ORDER],
            cases={ORDER: _view(**self.view)} if self.has_case else {},
            effects=Effects(content),
            answers=[HumanAnswer(order_id=ORDER, task="choice", actor="a", answer="refund")],
            buyers={ORDER: BUYER},
        )


def _plan() -> ShortagePlan:
    short = Placed(order_id=ORDER, quantity=1, why="fifth in line")
    return ShortagePlan(
        sku="JACKET",
        on_hand=0,
        demand=1,
        served=(),
        short=(short,),
        skipped=(),
        short_lines={},
        summary="",
    )


def _view(**given: Any) -> CaseView:
    settled: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.CLOSED,
        "case_id": "order-case:1:1",
        "shop_id": "1",
        "order_id": ORDER,
        "opened_at": OPENED,
        "detected_at": OPENED,
        "contact_by": OPENED + timedelta(hours=24),
        "contacted_at": OPENED + timedelta(seconds=30),
        "contact_mode": ContactMode.CHAT,
        "closed_at": OPENED + timedelta(hours=30),
    }
    return CaseView(**settled | given)


KEPT = Told()
KEPT_WAIT = Told(view=WAITED, cancellations=[], coupons_sent=[], shipments=[_left(58)])


def _broken(told: Told) -> list[str]:
    return [one.promise for one in promises(told.week()) if not one.kept]


@pytest.mark.parametrize("told", [KEPT, KEPT_WAIT], ids=["refunded", "waited"])
def test_a_case_as_it_should_be_breaks_nothing(told: Told) -> None:
    assert [] == _broken(told)


@pytest.mark.parametrize(
    ("promise", "told"),
    [
        ("every case is closed", replace(KEPT, view={**REFUNDED, "closed_at": None})),
        ("every buyer is contacted within the deadline", replace(KEPT, messages=[_text(24.1)])),
        ("every buyer is contacted within the deadline", replace(KEPT, messages=[])),
        (
            "no deadline is missed",
            replace(
                KEPT,
                view={
                    **REFUNDED,
                    "breaches": (Breach(deadline="contact_by", due_at=OPENED, noticed_at=OPENED),),
                },
            ),
        ),
        ("every promised date is kept", replace(KEPT_WAIT, shipments=[_left(61)])),
        ("every promised date is kept", replace(KEPT_WAIT, shipments=[])),
        ("no text is sent twice", replace(KEPT, messages=[_text(), _text(2)])),
        (
            "no order is cancelled twice",
            replace(KEPT, cancellations=[_cancelled("20.00"), _cancelled("29.90", unit="2")]),
        ),
        ("no buyer gets two coupons for one case", replace(KEPT, coupons_sent=[COUPON, COUPON])),
        (
            "every refund is the platform's own figure",
            replace(KEPT, cancellations=[_cancelled("9.90")]),
        ),
        ("every refund is the platform's own figure", replace(KEPT, cancellations=[])),
        ("every coupon on file was sent", replace(KEPT, coupons_sent=[])),
        (
            "the platform cancels no case's order",
            replace(KEPT, cancellations=[_cancelled(), _cancelled(role="SYSTEM")]),
        ),
        (
            "every effect belongs to a case",
            replace(KEPT, messages=[_text(), _text(order="576460752000299999")]),
        ),
    ],
)
def test_a_promise_is_broken_by(promise: str, told: Told) -> None:
    assert [promise] == _broken(told)


def test_an_order_that_is_short_and_has_no_case_breaks_promises() -> None:
    none = Told(has_case=False, messages=[], cancellations=[], coupons_sent=[])
    assert ["every short order has a case"] == _broken(none)


def test_a_call_counts_as_contact_when_chat_does_not_reach_the_buyer() -> None:
    """The sandbox knows nothing of telephones; a person's record does."""
    called = {**WAITED, "contact_mode": ContactMode.ASSISTED}
    assert [] == _broken(replace(KEPT_WAIT, view=called, messages=[]))
    late = {**called, "contacted_at": OPENED + timedelta(hours=25)}
    broken = _broken(replace(KEPT_WAIT, view=late, messages=[]))
    assert ["every buyer is contacted within the deadline"] == broken


def test_nothing_is_refunded_where_nothing_was_paid() -> None:
    unpaid = {**REFUNDED, "refund": RefundView(status=RefundStatus.NOT_PAID)}
    told = replace(KEPT, view=unpaid, cancellations=[_cancelled("0")])
    assert [] == _broken(told)
    assert 1 == figures(told.week())["unpaid_cancelled"].count


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("chose_refund", KEPT),
        ("chose_wait", KEPT_WAIT),
        ("refunds", KEPT),
        ("coupons", KEPT),
        ("gifts", KEPT_WAIT),
        ("contacted_in_time", KEPT),
        ("needed_person", KEPT),
        ("outcome_refunded_by_choice", KEPT),
        ("settled_by_deadline", Told(view={"outcome": CaseOutcome.REFUNDED_NO_REPLY})),
    ],
)
def test_a_figure_names_its_orders(key: str, told: Told) -> None:
    assert (ORDER,) == figures(told.week())[key].order_ids


def test_a_gift_is_not_counted_where_the_buyer_no_longer_waits() -> None:
    changed = replace(KEPT, view={**REFUNDED, "gift_to_pack": "socks"})
    assert () == figures(changed.week())["gifts"].order_ids


def test_refunds_carry_their_sum_by_currency() -> None:
    assert {"USD": "49.90"} == figures(KEPT.week())["refunds"].amounts
