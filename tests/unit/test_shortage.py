"""Which units are short, and what their buyer may be offered."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.choices import Choice
from domain.deadlines import Deadline, DeadlineName
from domain.errors import InputError
from domain.money import Money
from domain.offers import Offer
from domain.orders import Coupon, Order, OrderLine, OrderStatus, SkuStock
from domain.playbook import OfferKind, OfferRung, Playbook, SwapRules, WaitRules
from domain.shortage import (
    OfferFacts,
    OfferPlan,
    dearest,
    givable,
    plan_offers,
    products,
    promise_for,
    short_units,
    sweetened,
    value_of,
)

T = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PROMISE_BY = Deadline(name=DeadlineName.PROMISE_BY, at=T + 48 * HOUR, rule="a rule")
STANDARD = Playbook(name="standard", version="v1")
SOCKS = OfferRung(kind=OfferKind.GIFT, gift="socks")
CARD = OfferRung(kind=OfferKind.COUPON, coupon_id="7")
OFF = OfferRung(kind=OfferKind.DISCOUNT, amount={"USD": "3", "THB": "99"})


def _usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def _line(
    number: int, sku: str, price: str = "10.00", status: OrderStatus = OrderStatus.UNKNOWN
) -> OrderLine:
    return OrderLine(
        line_id=str(number),
        sku_id=sku,
        seller_sku=f"seller-{sku}",
        product_name=f"Product {sku}",
        price=_usd(price),
        status=status,
    )


def _order(*lines: OrderLine) -> Order:
    return Order(
        order_id="1",
        status=OrderStatus.AWAITING_SHIPMENT,
        created_at=T,
        total=_usd("30.00"),
        lines=lines,
    )


ORDER = _order(_line(1, "a"), _line(2, "a"), _line(3, "b", "20.00"))


@pytest.mark.parametrize(
    ("expected", "short"),
    [
        ("123", {}),
        ("1", {"a": 1}),
        ("12", {"a": 2}),
        ("12", {"a": 5}),
        ("1", {"seller-a": 1}),
        ("13", {"a": 1, "b": 1}),
    ],
)
def test_units_are_taken_in_the_orders_own_sequence(expected: str, short: dict[str, int]) -> None:
    assert expected == "".join(line.line_id for line in short_units(ORDER, short))


@pytest.mark.parametrize(
    "status", [OrderStatus.CANCELLED, OrderStatus.IN_TRANSIT, OrderStatus.AWAITING_COLLECTION]
)
def test_units_that_left_the_shelf_or_were_cancelled_are_not_short(status: OrderStatus) -> None:
    order = _order(_line(1, "a", status=status), _line(2, "a"))

    assert ["2"] == [line.line_id for line in short_units(order, {"a": 2})]


def test_a_sku_that_is_not_in_the_order_is_named() -> None:
    with pytest.raises(InputError, match="SKU x is not in order 1"):
        short_units(ORDER, {"x": 1})


def test_products_are_counted_once_each() -> None:
    assert [("Product a", 2), ("Product b", 1)] == [
        (product.name, product.quantity) for product in products(ORDER.lines)
    ]


def test_value_is_the_sum_and_the_dearest_decides_about_substitutes() -> None:
    assert _usd("40.00") == value_of(ORDER.lines)
    assert _usd("20.00") == dearest(ORDER.lines)


def _plan(
    *,
    promise: datetime | None = None,
    substitute: SkuStock | None = None,
    reserved: bool = True,
    playbook: Playbook = STANDARD,
) -> OfferPlan:
    facts = OfferFacts(
        promise=promise,
        substitute=substitute,
        substitute_reserved=reserved,
        units=2,
        unit_price=_usd("20.00"),
    )
    return plan_offers(facts, playbook=playbook, promise_by=PROMISE_BY)


def _choices(plan: OfferPlan) -> list[Choice]:
    return [offer.choice for offer in plan.offers]


def _item(price: str = "20.00", available: int = 2, currency: str = "USD") -> SkuStock:
    return SkuStock(
        sku_id="c", product_id="p", available=available, price=Money.parse(price, currency)
    )


def test_refund_is_always_offered() -> None:
    assert [Choice.REFUND] == _choices(_plan())


@pytest.mark.parametrize(
    ("offered", "promise"),
    [
        (True, PROMISE_BY.at - timedelta(seconds=1)),
        (False, PROMISE_BY.at),
        (False, PROMISE_BY.at + timedelta(seconds=1)),
        (False, None),
    ],
)
def test_waiting_is_offered_only_with_a_date_before_promise_by(
    offered: bool,  # noqa: FBT001 - a parameter of pytest
    promise: datetime | None,
) -> None:
    plan = _plan(promise=promise)

    assert offered is (Choice.WAIT in _choices(plan))
    assert offered is not any(reason.startswith("wait:") for reason in plan.not_made)


def test_a_playbook_may_leave_waiting_out() -> None:
    without = Playbook(name="x", version="1", wait=WaitRules(offered=False))

    assert [Choice.REFUND] == _choices(_plan(promise=T + HOUR, playbook=without))


def test_a_wait_that_the_band_speaks_against_is_not_offered_and_says_why() -> None:
    item = _item("9.00")
    plan = _plan(promise=T + HOUR, substitute=item).without_waiting("the restock is 20d away")

    assert [Choice.REFUND] == _choices(plan)
    why, swap = plan.not_made
    assert "wait: the restock is 20d away" == why
    assert swap.startswith("swap:")
    late = _plan(promise=PROMISE_BY.at).without_waiting("too late")
    assert ("wait: too late",) == late.not_made


@pytest.mark.parametrize(
    ("offered", "item", "reserved"),
    [
        (True, _item(), True),
        (True, _item("20.01"), True),
        (False, _item("19.99"), True),
        (False, _item("99.00", currency="THB"), True),
        (False, _item(available=1), True),
        (False, _item(), False),
        (False, SkuStock(sku_id="c", product_id="p", available=9), True),
    ],
    ids=["equal", "dearer", "cheaper", "currency", "too_few", "taken", "no_price"],
)
def test_a_swap_is_for_an_item_of_equal_or_higher_price_that_is_there(
    offered: bool,  # noqa: FBT001 - a parameter of pytest
    item: SkuStock,
    reserved: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    plan = _plan(substitute=item, reserved=reserved)

    assert offered is (Choice.SWAP in _choices(plan))
    assert offered is not any(reason.startswith("swap:") for reason in plan.not_made)


def test_a_playbook_may_leave_the_swap_out() -> None:
    without = Playbook(name="x", version="1", swap=SwapRules(offered=False))

    assert [Choice.REFUND] == _choices(_plan(substitute=_item(), playbook=without))


def test_letters_never_shift() -> None:
    plan = _plan(promise=T + HOUR, substitute=_item())

    assert [Choice.WAIT, Choice.SWAP, Choice.REFUND] == _choices(plan)


@pytest.mark.parametrize(
    ("coupon", "trouble"),
    [
        (Coupon(coupon_id="7", title="5 off", sendable=True), ()),
        (Coupon(coupon_id="7", sendable=False, why_not="expired"), ("coupon 7: expired",)),
        (None, ("coupon 7: the shop does not know it",)),
    ],
)
def test_only_a_coupon_that_can_be_sent_is_given(
    coupon: Coupon | None, trouble: tuple[str, ...]
) -> None:
    known = {"7": coupon} if coupon else {}

    good, missing = givable((CARD, SOCKS), known)

    assert trouble == missing
    assert ((SOCKS,) if trouble else (CARD, SOCKS)) == good


@pytest.mark.parametrize(
    ("rung", "shown"),
    [
        (None, (None, None, "", None)),
        (SOCKS, ("socks", None, "", None)),
        (CARD, (None, "7", "5 off", None)),
        (OFF, (None, None, "", Money.parse("3.00", "USD"))),
    ],
    ids=["nothing", "gift", "coupon", "discount"],
)
def test_an_offer_comes_with_its_rung(
    rung: OfferRung | None, shown: tuple[str | None, str | None, str, Money | None]
) -> None:
    coupons = {"7": Coupon(coupon_id="7", title="5 off", sendable=True)}

    offer = sweetened(Offer(choice=Choice.WAIT), rung, coupons=coupons, currency="USD")

    assert shown == (offer.gift, offer.coupon_id, offer.coupon_title, offer.discount)


@pytest.mark.parametrize(
    ("expected", "restock_at", "in_stock", "left"),
    [
        (T + HOUR, T + HOUR, False, 48 * HOUR),
        (None, T, False, 48 * HOUR),
        (None, T - HOUR, False, 48 * HOUR),
        (None, None, False, 48 * HOUR),
        (T + 24 * HOUR, T, True, 96 * HOUR),
        (T + 5 * HOUR, None, True, 10 * HOUR),
        (T, None, True, -HOUR),
    ],
)
def test_a_date_is_promised_only_ahead(
    expected: datetime | None,
    restock_at: datetime | None,
    in_stock: bool,  # noqa: FBT001 - a parameter of pytest
    left: timedelta,
) -> None:
    promise = promise_for(restock_at, in_stock=in_stock, now=T, promise_by=T + left)

    assert expected == promise
