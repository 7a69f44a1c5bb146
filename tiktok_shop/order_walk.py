"""Every open order of a SKU, and every order that changed since: page by page, resumable.

Pages are cut by time and not by page number. While a sale runs, orders enter and leave a state all
the time; in a listing that is counted off in pages an order then slips over a page's edge unseen.
So each page asks for what is as old as the last order seen or older, which also makes the place
to go on from an instant, good after any crash. How long a page token lives is documented nowhere;
one is used only where a page is full of orders of one and the same second, and only there one that
leaves at that moment may hide another, until somebody walks again.

Source: TikTok Shop API, order search 202309: `*_ge` is inclusive, `*_lt` exclusive, and the order
status is a single one (docs, autumn 2026).
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant
from domain.orders import Order, OrderStatus
from tiktok_shop.errors import Refusal, ShopUnavailableError
from tiktok_shop.orders import OrderCalls, OrderPage, OrderSort

OPEN_STATUSES = (
    OrderStatus.ON_HOLD,
    OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.PARTIALLY_SHIPPING,
)
"""Paid or to be paid on delivery, and not wholly shipped; in the order in which orders move on."""

_SECOND = timedelta(seconds=1)


class OrderCursor(BaseModel):
    """Where a walk stands; small, JSON, meant for a heartbeat."""

    model_config = ConfigDict(frozen=True)

    status: OrderStatus | None = None
    """The state being walked through; None while all states are."""
    before: Instant | None = None
    """Only what is older than this is still to come; None at the start of a state."""


class OrderStep(BaseModel):
    """One page of a walk."""

    model_config = ConfigDict(frozen=True)

    orders: tuple[Order, ...]
    """Those with a unit of the SKUs asked for; each once, after a resumption perhaps again."""
    cursor: OrderCursor | None
    """What to go on from after these orders are dealt with; None after the last page."""


@dataclass(frozen=True)
class _Walk:
    """What is walked through."""

    shop_id: str
    statuses: tuple[OrderStatus | None, ...]
    since: datetime | None
    by: OrderSort
    sku_ids: frozenset[str]

    def wanted(self, order: Order) -> bool:
        # An open order is short of live units alone; a change may be that they are cancelled.
        lines = order.live_lines() if self.by is OrderSort.CREATED else order.lines
        return not self.sku_ids or any(line.sku_id in self.sku_ids for line in lines)

    def next_state(self, status: OrderStatus | None) -> "_Place | None":
        following = self.statuses[self.statuses.index(status) + 1 :]
        return _Place(OrderCursor(status=following[0])) if following else None

    def edge(self, orders: Sequence[Order]) -> datetime | None:
        """Return before which the next page begins, None where times do not fall steadily."""
        times = [o.created_at if self.by is OrderSort.CREATED else o.updated_at for o in orders]
        known = [at for at in times if at is not None]
        steady = len(known) == len(times) and known == sorted(known, reverse=True)
        return known[-1] + _SECOND if steady and known else None


@dataclass(frozen=True)
class _Place:
    """Where the next page begins."""

    cursor: OrderCursor
    token: str | None = None
    by_time: bool = True
    """False once a page is out of order: then only tokens lead through the rest of the state."""


class OrderWalkCalls(OrderCalls):
    """Reading all orders that matter to a shortage."""

    def walk_open_orders(
        self,
        *,
        shop_id: str,
        sku_ids: Collection[str] = (),
        statuses: Sequence[OrderStatus] = OPEN_STATUSES,
        created_from: datetime | None = None,
        cursor: OrderCursor | None = None,
    ) -> AsyncIterator[OrderStep]:
        """Yield the orders in *statuses*, page by page, newest first in each state.

        An order that moves on during the walk may be missed; poll `walk_changed_orders` from the
        instant before the walk began, and nothing is.

        Args:
            shop_id: The shop.
            sku_ids: Only orders with a live unit of one of these; empty for all.
            statuses: States to walk through, in this order.
            created_from: Only orders created at this aware instant or later.
            cursor: Of a former walk with the same arguments, to go on after it.

        Raises:
            ShopError: See tiktok_shop.errors; the last cursor is still good.
        """
        return self._walk(
            _Walk(shop_id, tuple(statuses), created_from, OrderSort.CREATED, frozenset(sku_ids)),
            cursor,
        )

    def walk_changed_orders(
        self,
        *,
        shop_id: str,
        since: datetime,
        sku_ids: Collection[str] = (),
        cursor: OrderCursor | None = None,
    ) -> AsyncIterator[OrderStep]:
        """Yield the orders that were placed or changed since, in any state, latest change first.

        What changes during the walk belongs to the next one: its *since* is the instant at which
        this one began, less some minutes, because the platform's index may lag behind.

        Args:
            shop_id: The shop.
            since: Changed at this aware instant or later.
            sku_ids: Only orders with a live unit of one of these; empty for all.
            cursor: Of a former walk with the same arguments, to go on after it.

        Raises:
            ShopError: See tiktok_shop.errors; the last cursor is still good.
        """
        return self._walk(
            _Walk(shop_id, (None,), since, OrderSort.UPDATED, frozenset(sku_ids)), cursor
        )

    async def _walk(self, walk: _Walk, start: OrderCursor | None) -> AsyncIterator[OrderStep]:
        seen: set[str] = set()
        place: _Place | None = _Place(start or OrderCursor(status=walk.statuses[0]))
        while place is not None:
            page = await self._page(walk, place)
            fresh = [o for o in page.orders if o.order_id not in seen and walk.wanted(o)]
            seen.update(order.order_id for order in page.orders)
            place = _onward(walk, place, page)
            yield OrderStep(orders=tuple(fresh), cursor=place.cursor if place else None)

    async def _page(self, walk: _Walk, place: _Place) -> OrderPage:
        created, before = walk.by is OrderSort.CREATED, place.cursor.before
        return await self.search_orders(
            shop_id=walk.shop_id,
            status=place.cursor.status,
            created_from=walk.since if created else None,
            created_before=before if created else None,
            updated_from=None if created else walk.since,
            updated_before=None if created else before,
            sort=walk.by,
            page_token=place.token,
        )


def _onward(walk: _Walk, place: _Place, page: OrderPage) -> _Place | None:
    """Return where the next page begins, None after the last one of the walk."""
    here, token = place.cursor, page.next_page_token
    if token is None:
        return walk.next_state(here.status)
    edge = walk.edge(page.orders) if place.by_time else None
    if edge is not None and (here.before is None or edge < here.before):
        return _Place(OrderCursor(status=here.status, before=edge))
    if token == place.token:
        raise ShopUnavailableError(Refusal(path="order search", message="a page token came twice"))
    return replace(place, token=token, by_time=edge is not None)
