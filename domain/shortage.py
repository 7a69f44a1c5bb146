"""What a shortage means for one order: which units are short, what the buyer may be offered."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

from pydantic import BaseModel, ConfigDict

from domain.choices import Choice
from domain.deadlines import Deadline, can_wait
from domain.errors import InputError
from domain.messages import Product
from domain.money import Money
from domain.offers import Offer
from domain.orders import Coupon, Order, OrderLine, OrderStatus, SkuStock
from domain.playbook import OfferKind, OfferRung, Playbook

SETTLED_STATES = frozenset(
    {
        OrderStatus.AWAITING_COLLECTION,
        OrderStatus.IN_TRANSIT,
        OrderStatus.DELIVERED,
        OrderStatus.COMPLETED,
    }
)
"""A unit in one of these has left the shelf; no shortage can concern it."""


class OfferFacts(BaseModel):
    """Everything the offers depend on, read just before they are fixed."""

    model_config = ConfigDict(frozen=True)

    promise: datetime | None = None
    """The date that could be promised, from the restock; None where none is known."""
    substitute: SkuStock | None = None
    substitute_reserved: bool = False
    units: int
    unit_price: Money


class OfferPlan(BaseModel):
    """The offers, and a sentence for each that could not be made."""

    model_config = ConfigDict(frozen=True)

    offers: tuple[Offer, ...]
    not_made: tuple[str, ...]

    def offer(self, choice: str) -> Offer | None:
        """Return the offer of a choice, if it is made."""
        return next((offer for offer in self.offers if offer.choice == choice), None)

    def without_waiting(self, why: str) -> "OfferPlan":
        """Return the plan without the offer to wait, and why."""
        others = tuple(reason for reason in self.not_made if not reason.startswith("wait:"))
        offers = tuple(offer for offer in self.offers if offer.choice is not Choice.WAIT)
        return OfferPlan(offers=offers, not_made=(f"wait: {why}", *others))


def short_units(order: Order, short: Mapping[str, int]) -> tuple[OrderLine, ...]:
    """Return the units of *order* that cannot be served.

    Args:
        order: The order now; cancelled and shipped units do not count.
        short: Units short per SKU ID or Seller SKU; empty means every unit.

    Returns:
        One line per unit, in the order's own sequence; a SKU that is short by more units than
        the order has gives all of them.

    Raises:
        InputError: A SKU was named that is not in the order.
    """
    open_lines = [line for line in order.live_lines() if line.status not in SETTLED_STATES]
    if not short:
        return tuple(open_lines)
    left = dict(short)
    for sku in left:
        if not any(_is(line, sku) for line in order.lines):
            raise InputError("short_lines", f"SKU {sku} is not in order {order.order_id}")
    chosen = []
    for line in open_lines:
        named = next((name for name, units in left.items() if units and _is(line, name)), None)
        if named is not None:
            left[named] -= 1
            chosen.append(line)
    return tuple(chosen)


def _is(line: OrderLine, sku: str) -> bool:
    return sku in (line.sku_id, line.seller_sku)


def products(units: tuple[OrderLine, ...]) -> tuple[Product, ...]:
    """Return the short units as the buyer knows them, each product once."""
    counted: dict[tuple[str, str, str], int] = {}
    for line in units:
        key = (line.sku_id, line.product_name or line.seller_sku or line.sku_id, line.sku_name)
        counted[key] = counted.get(key, 0) + 1
    return tuple(
        Product(name=name, variation=variation, quantity=count)
        for (_, name, variation), count in counted.items()
    )


def plan_offers(facts: OfferFacts, *, playbook: Playbook, promise_by: Deadline) -> OfferPlan:
    """Decide which choices the buyer is offered.

    Refund is always offered. Waiting is offered only with a date that can be kept before the
    platform's own clock; a swap only for an item of equal or higher price that is in stock.

    Args:
        facts: Restock date and substitute as they are now.
        playbook: Whether waiting and swapping are offered.
        promise_by: Last instant that may be promised.

    Returns:
        Offers in the order of their letters, and why others are missing.
    """
    wait, no_wait = _wait_offer(facts, playbook, promise_by)
    swap, no_swap = _swap_offer(facts, playbook)
    offers = tuple(offer for offer in (wait, swap, Offer(choice=Choice.REFUND)) if offer)
    missing = (no_wait, no_swap)
    return OfferPlan(offers=offers, not_made=tuple(reason for reason in missing if reason))


def givable(
    rungs: Iterable[OfferRung], coupons: Mapping[str, Coupon]
) -> tuple[tuple[OfferRung, ...], tuple[str, ...]]:
    """Return the rungs that can be given, and a sentence for each coupon that cannot.

    Args:
        rungs: What a choice may come with, best first.
        coupons: By id, as the shop reports them now; a missing one is unknown to it.
    """
    each = [(rung, _coupon_trouble(rung, coupons)) for rung in rungs]
    good = tuple(rung for rung, trouble in each if not trouble)
    return good, tuple(trouble for _, trouble in each if trouble)


def sweetened(
    offer: Offer, rung: OfferRung | None, *, coupons: Mapping[str, Coupon], currency: str
) -> Offer:
    """Return an offer together with what it comes with.

    Args:
        offer: As it stands alone.
        rung: What it comes with, if anything.
        coupons: Where the coupon's title is looked up.
        currency: The order's; a discount is given in it.
    """
    if rung is None:
        return offer
    match rung.kind:
        case OfferKind.GIFT:
            given: dict[str, Any] = {"gift": rung.gift}
        case OfferKind.COUPON:
            coupon = coupons.get(rung.coupon_id or "")
            given = {"coupon_id": rung.coupon_id, "coupon_title": coupon.title if coupon else ""}
        case OfferKind.DISCOUNT:
            given = {"discount": Money.parse(rung.amount[currency], currency)}
        case _:
            assert_never(rung.kind)
    return offer.model_copy(update=given)


def _wait_offer(
    facts: OfferFacts, playbook: Playbook, promise_by: Deadline
) -> tuple[Offer | None, str]:
    if not playbook.wait.offered:
        return None, "wait: the playbook does not offer it"
    if facts.promise is None:
        return None, "wait: no restock date is known that lies ahead"
    if not can_wait(promised_at=facts.promise, promise_by=promise_by):
        return None, (
            f"wait: {facts.promise:%Y-%m-%d %H:%M}Z is not before the last instant that may "
            f"be promised, {promise_by.at:%Y-%m-%d %H:%M}Z ({promise_by.rule})"
        )
    return Offer(choice=Choice.WAIT, promised_at=facts.promise), ""


def _swap_offer(facts: OfferFacts, playbook: Playbook) -> tuple[Offer | None, str]:
    item = facts.substitute
    if item is None:
        return None, ""
    if not playbook.swap.offered:
        return None, "swap: the playbook does not offer it"
    if item.available < facts.units or not facts.substitute_reserved:
        return None, (
            f"swap: {facts.units} of {item.sku_id} are needed, {item.available} are for sale "
            "or they are reserved for other cases"
        )
    if item.price is None or item.price.currency != facts.unit_price.currency:
        return None, f"swap: the shop shows no price of {item.sku_id} in the order's currency"
    if not item.price >= facts.unit_price:
        return None, (
            f"swap: {item.sku_id} costs {item.price.decimal()}, less than "
            f"{facts.unit_price.decimal()} of the short item"
        )
    name = item.product_name or item.seller_sku or item.sku_id
    return Offer(choice=Choice.SWAP, substitute_sku_id=item.sku_id, substitute_name=name), ""


def _coupon_trouble(rung: OfferRung, coupons: Mapping[str, Coupon]) -> str:
    coupon = coupons.get(rung.coupon_id or "")
    if rung.kind is not OfferKind.COUPON or (coupon and coupon.sendable):
        return ""
    why = coupon.why_not if coupon else "the shop does not know it"
    return f"coupon {rung.coupon_id}: {why}"


def promise_for(
    restock_at: datetime | None, *, in_stock: bool, now: datetime, promise_by: datetime
) -> datetime | None:
    """Return the date that may be promised when units come at *restock_at*.

    Args:
        restock_at: When units are expected; None if unknown.
        in_stock: True once they have come; then dispatch within a day is promised, or within
            half of the time left if that is less.
        now: The case's clock.
        promise_by: Last instant that may be promised.

    Returns:
        An instant after *now*, or None if no date ahead is known.
    """
    if in_stock:
        return now + min(timedelta(days=1), max(timedelta(), promise_by - now) / 2)
    return restock_at if restock_at is not None and restock_at > now else None


def dearest(units: tuple[OrderLine, ...]) -> Money:
    """Return the highest unit price among *units*; at least one is given."""
    return max((line.price for line in units), key=lambda price: price.amount_minor)


def value_of(units: tuple[OrderLine, ...]) -> Money:
    """Return the sum of the unit prices of *units*; at least one is given."""
    total = units[0].price
    for line in units[1:]:
        total = total + line.price
    return total
