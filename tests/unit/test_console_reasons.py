"""Why an order is served or short, said in Chinese: every sentence that the rules write."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from console.words import Tongue, Words
from domain import handout
from domain.allocation_record import HandMove, Side
from domain.candidates import Candidate, ShortLine
from domain.handout import HandOut, InLine, Standing, Turn
from domain.money import Money
from domain.orders import OrderStatus
from domain.waiting_line import AllocationPolicy, served_because, short_because, standing_of

CHINESE, ENGLISH = Words(Tongue.CHINESE), Words(Tongue.ENGLISH)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = "576461", "576462", "576463"


def _ledger(on_hand: int = 2) -> HandOut:
    """Return a line of three orders; the first holds the only two units."""
    line = (
        InLine(order_id=FIRST, units=2, standing=Standing.SERVED),
        InLine(order_id=SECOND, units=1, standing=Standing.SHORT),
        InLine(order_id=THIRD, units=1, standing=Standing.SHORT),
    )
    return HandOut(on_hand=on_hand, line=line)


@pytest.mark.parametrize("policy", AllocationPolicy)
@pytest.mark.parametrize(
    "known",
    [
        {"paid_at": NOON, "deadline": NOON, "value": Money(amount_minor=1990, currency="USD")},
        {"created_at": NOON, "on_hold": True, "hurt_before": True},
        {},
    ],
)
def test_the_sentence_of_an_allocation_is_said_in_chinese(
    policy: AllocationPolicy, known: dict[str, Any]
) -> None:
    line = ShortLine(line_id="1", quantity=2)
    order = Candidate(order_id=FIRST, status=OrderStatus.AWAITING_SHIPMENT, lines=(line,), **known)
    standing = standing_of(order, 12, policy, UTC)
    for why in (
        served_because(standing, {"sku": 2}, {"sku": 3}),
        short_because(standing, {"sku": 2}, {"sku": 1}),
        short_because(standing, {"sku": 2}, {"sku": 0}),
    ):
        told = CHINESE.reason(why)
        assert "排第 12 位" in told
        assert not re.search("[a-z]", told), told
        assert why == ENGLISH.reason(why)


@pytest.mark.parametrize(
    ("act", "chinese"),
    [
        (
            lambda: handout.set_on_hand(_ledger(), 1),
            "又缺货：排第 1 位，原已承诺 2 件；因盘点为 1 件，仅余 1 件。",
        ),
        (
            lambda: handout.receive_lot(_ledger(), "L1", 1),
            "有货：排第 2 位，因批次 L1 到货 1 件，余 1 件中得 1 件。",
        ),
        (
            lambda: handout.leave(_ledger(), FIRST),
            "有货：排第 2 位，因订单 576461 不再需要，余 2 件中得 1 件。",
        ),
        (
            lambda: handout.owe(_ledger(), FIRST, 1),
            "有货：排第 2 位，因订单 576461 改需 1 件，余 1 件中得 1 件。",
        ),
        (
            lambda: handout.hand_on(_ledger(3)),
            "有货：排第 2 位，因有余货，余 1 件中得 1 件。",
        ),
        (
            lambda: handout.move(
                _ledger(), HandMove(order_id=FIRST, to=Side.SHORT, reason="fraud", actor="bo")
            ),
            "缺货：由 bo 人工调整，原因：fraud。",
        ),
    ],
)
def test_what_changed_an_order_is_said_in_chinese(act: Callable[[], Turn], chinese: str) -> None:
    assert chinese == CHINESE.reason(act().changes[0].why)


@pytest.mark.parametrize("why", ["", "Served: 1 of A and 2 of B, both left.", "a new sentence"])
def test_a_sentence_that_nobody_knows_stays_as_it_is(why: str) -> None:
    assert why == CHINESE.reason(why)
