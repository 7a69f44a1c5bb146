"""Orders: search, detail."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.orders import Order, OrderStatus
from tiktok_shop.errors import NotFoundError
from tiktok_shop.gateway import next_page_token, plain_ids
from tiktok_shop.order_wire import WireOrders
from tiktok_shop.party import Party
from tiktok_shop.reports import Report, report_of
from tiktok_shop.versions import Operation
from tiktok_shop.wire import unix_filters

PAGE_SIZE = 100
"""Most orders per page. Source: TikTok Shop API, order search 202309."""

_IDS_PER_CALL = 50


class OrderSort(StrEnum):
    """By which time a search is sorted, newest first."""

    CREATED = "create_time"
    UPDATED = "update_time"


class OrderReport(BaseModel):
    """An order, and the answer it was read from."""

    model_config = ConfigDict(frozen=True)

    order: Order
    report: Report


class OrderPage(BaseModel):
    """One page of a search."""

    model_config = ConfigDict(frozen=True)

    orders: tuple[Order, ...]
    next_page_token: str | None
    """None at the end."""


class OrderCalls(Party):
    """Reading orders."""

    async def search_orders(
        self,
        *,
        shop_id: str,
        status: OrderStatus | None = None,
        created_from: datetime | None = None,
        created_before: datetime | None = None,
        updated_from: datetime | None = None,
        updated_before: datetime | None = None,
        buyer_user_id: str | None = None,
        sort: OrderSort | None = None,
        page_token: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> OrderPage:
        """Return one page of orders, newest first.

        Args:
            shop_id: The shop.
            status: Only this state.
            created_from: Created at this aware instant or later.
            created_before: Created before this aware instant.
            updated_from: Changed at this aware instant or later.
            updated_before: Changed before this aware instant.
            buyer_user_id: Only this buyer.
            sort: By which time; the platform's default is the time of creation.
            page_token: From the page before; None for the first.
            page_size: 1 to 100.

        Raises:
            ShopError: See tiktok_shop.errors.
        """
        turn = {"page_token": page_token} if page_token else {}
        order = {"sort_field": sort.value, "sort_order": "DESC"} if sort else {}
        answer = await self._gateway.call(
            Operation.SEARCH_ORDERS,
            shop_id=shop_id,
            query={"page_size": str(page_size), **order, **turn},
            body=_filters(
                status=status,
                created_from=created_from,
                created_before=created_before,
                updated_from=updated_from,
                updated_before=updated_before,
                buyer_user_id=buyer_user_id,
            ),
        )
        return OrderPage(
            orders=tuple(answer.read(WireOrders, WireOrders.domain_orders)),
            next_page_token=next_page_token(answer),
        )

    async def all_orders(
        self,
        *,
        shop_id: str,
        status: OrderStatus | None = None,
        created_from: datetime | None = None,
        created_before: datetime | None = None,
        updated_from: datetime | None = None,
        buyer_user_id: str | None = None,
    ) -> AsyncIterator[Order]:
        """Yield every order of a search, each once, page by page as it is consumed."""
        seen: set[str] = set()
        async for page in self._gateway.pages(
            Operation.SEARCH_ORDERS,
            shop_id=shop_id,
            query={"page_size": str(PAGE_SIZE)},
            body=_filters(
                status=status,
                created_from=created_from,
                created_before=created_before,
                updated_from=updated_from,
                buyer_user_id=buyer_user_id,
            ),
        ):
            # New orders push old ones to later pages, so an order may come twice.
            for order in page.read(WireOrders, WireOrders.domain_orders):
                if order.order_id not in seen:
                    seen.add(order.order_id)
                    yield order

    async def orders(self, *, shop_id: str, order_ids: Sequence[str]) -> list[Order]:
        """Return the orders this shop knows, in no fixed order; unknown ids are left out."""
        wanted = list(dict.fromkeys(order_ids))
        found: list[Order] = []
        for start in range(0, len(wanted), _IDS_PER_CALL):
            found += await self._known(shop_id, wanted[start : start + _IDS_PER_CALL])
        return found

    async def order(self, *, shop_id: str, order_id: str) -> Order | None:
        """Return one order, None if this shop does not know it."""
        found = await self.orders(shop_id=shop_id, order_ids=[order_id])
        return next((order for order in found if order.order_id == order_id), None)

    async def order_report(self, *, shop_id: str, order_id: str) -> OrderReport | None:
        """Return one order and the platform's own words on it; None if the shop has no such."""
        try:
            answer = await self._gateway.call(
                Operation.GET_ORDERS,
                shop_id=shop_id,
                query={"ids": plain_ids([order_id], field="order_id")},
            )
        except NotFoundError:
            return None
        found = answer.read(WireOrders, WireOrders.domain_orders)
        known = next((order for order in found if order.order_id == order_id), None)
        return OrderReport(order=known, report=report_of(answer)) if known else None

    async def _known(self, shop_id: str, ids: list[str]) -> list[Order]:
        try:
            answer = await self._gateway.call(
                Operation.GET_ORDERS,
                shop_id=shop_id,
                query={"ids": plain_ids(ids, field="order_id")},
            )
        except NotFoundError:
            # One foreign id may refuse the whole list; halving it saves the others.
            if len(ids) == 1:
                return []
            half = len(ids) // 2
            return [
                *await self._known(shop_id, ids[:half]),
                *await self._known(shop_id, ids[half:]),
            ]
        return answer.read(WireOrders, WireOrders.domain_orders)


def _filters(
    *,
    status: OrderStatus | None,
    created_from: datetime | None,
    created_before: datetime | None,
    updated_from: datetime | None,
    buyer_user_id: str | None,
    updated_before: datetime | None = None,
) -> dict[str, str | int]:
    named = {"order_status": status and status.value, "buyer_user_id": buyer_user_id}
    given = {name: value for name, value in named.items() if value is not None}
    return given | unix_filters(
        create_time_ge=created_from,
        create_time_lt=created_before,
        update_time_ge=updated_from,
        update_time_lt=updated_before,
    )
