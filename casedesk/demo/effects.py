"""Counting what really happened, from the sandbox's own file of effects."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from domain.money import Money

T = TypeVar("T")
Row = Mapping[str, Any]
_SELLER, _BUYER, _SYSTEM = "SELLER", "BUYER", "SYSTEM"


@dataclass(frozen=True)
class Effects:
    """The sandbox's effects: texts, cancellations, coupons, parcels, stock and ads."""

    content: Mapping[str, Sequence[Row]]

    @property
    def texts(self) -> list[Row]:
        """Texts that the shops wrote."""
        return [one for one in self.content["messages"] if one["kind"] == "TEXT"]

    @property
    def cancellations(self) -> list[Row]:
        """Cancellations by shops, and buyers' requests that shops granted."""
        return [row for row in self.content["cancellations"] if row["role"] != _SYSTEM]

    @property
    def by_platform(self) -> list[Row]:
        """Cancellations by the platform's own clocks."""
        return [row for row in self.content["cancellations"] if row["role"] == _SYSTEM]

    @property
    def coupons(self) -> list[Row]:
        """Coupon cards that were sent."""
        return list(self.content["coupons_sent"])

    def first_text_at(self, order_id: str) -> datetime | None:
        """Return when a buyer was first written to about an order."""
        times = [_at(one) for one in self.texts if order_id in _orders(one)]
        return min(times, default=None)

    def left_at(self, order_id: str) -> datetime | None:
        """Return when the carrier took an order's parcel."""
        scans = [one for one in self.content["shipments"] if one["event"] == "scanned"]
        return min((_at(one) for one in scans if one["order_id"] == order_id), default=None)

    def stock_set(self, sku_id: str) -> list[int]:
        """Return what the sellable units of a SKU were set to, one after the other."""
        rows = (row for row in self.content.get("inventory", ()) if row.get("sku_id") == sku_id)
        return _changes(row["quantity"] for row in rows if row["kind"] == "quantity")

    def ad_switched(self, ad_id: str) -> list[str]:
        """Return how a campaign or an ad group was switched, one after the other."""
        rows = (row for row in self.content.get("ads", ()) if _ad_of(row) == ad_id)
        return _changes(row["operation"] for row in rows)

    def repeated_texts(self) -> list[str]:
        """Return the orders to which the same words went twice."""
        said = ((order, one["text"]) for one in self.texts for order in _orders(one))
        return [order for order, _ in _twice(said)]

    def repeated_cancellations(self) -> list[str]:
        """Return the orders that were cancelled, wholly or in one unit, more than once."""
        units = (
            (row["order_id"], unit) for row in self.cancellations for unit in row["line_item_ids"]
        )
        calls = (row["order_id"] for row in self.cancellations)
        return [order for order, _ in _twice(units)] + _twice(calls)

    def refunded(self, order_ids: Iterable[str]) -> dict[str, Money]:
        """Return what each of the orders' buyers got back."""
        mine, back = set(order_ids), dict[str, Money]()
        for row in self.cancellations:
            told = row["refund_amount"]
            money = Money.parse(told["refund_total"], told["currency"])
            if row["order_id"] in mine and money.amount_minor:
                back[row["order_id"]] = back.get(row["order_id"], _none(money)) + money
        return back

    def strays(self, order_ids: Iterable[str]) -> list[str]:
        """Return what happened outside the orders of cases."""
        mine = set(order_ids)
        stray = [f"a text: {one['text'][:40]}" for one in self.texts if not mine & _orders(one)]
        stray += [f"a coupon of {one['order_id']}" for one in self.coupons if _alien(one, mine)]
        cancelled = [row for row in self.cancellations if row["role"] == _SELLER]
        return stray + [f"cancelled {row['order_id']}" for row in cancelled if _alien(row, mine)]


def totals(refunds: Iterable[Money]) -> dict[str, str]:
    """Return decimal sums by currency."""
    sums: dict[str, Money] = {}
    for money in refunds:
        sums[money.currency] = sums.get(money.currency, _none(money)) + money
    return {currency: money.decimal() for currency, money in sorted(sums.items())}


def _changes(values: Iterable[T]) -> list[T]:
    """Return values without those that repeat the one before: a state set twice is set once."""
    return [value for value, _ in groupby(values)]


def _ad_of(row: Row) -> Any:
    return row["adgroup_id"] if row["level"] == "adgroup" else row["campaign_id"]


def _none(money: Money) -> Money:
    return Money(amount_minor=0, currency=money.currency)


def _alien(row: Row, mine: set[str]) -> bool:
    return row["order_id"] not in mine


def _orders(message: Row) -> set[str]:
    return {str(one) for one in message["order_ids"] or ()}


def _twice(seen: Iterable[Any]) -> list[Any]:
    return [one for one, count in Counter(seen).items() if count > 1]


def _at(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])
