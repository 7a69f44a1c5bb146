"""Coupons that exist; the API can read and send them, never create them.

Source: TikTok Shop API, promotion 202406 (docs, autumn 2026).
"""

from pydantic import Field

from domain.orders import Coupon
from tiktok_shop.errors import NotFoundError, UnclearRefusalError
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import Wire

_PAGE_SIZE = "100"
_CHAT_TYPES = frozenset({"CHAT", "REGULAR"})


class _WireCoupon(Wire):
    id: str = Field(min_length=1)
    title: str = ""
    display_type: str = ""
    status: str = ""
    creation_source: str = ""
    target_buyer_segment: str = ""

    def coupon(self) -> Coupon:
        why_not = self._why_not()
        return Coupon(coupon_id=self.id, title=self.title, sendable=not why_not, why_not=why_not)

    def _why_not(self) -> str:
        if self.display_type not in _CHAT_TYPES:
            return f"display type {self.display_type or 'missing'}; chat takes CHAT or REGULAR"
        if self.status != "ONGOING":
            return f"status {self.status or 'missing'}; only ONGOING can be claimed"
        if self.creation_source != "SELLER_CENTER":
            return f"made in {self.creation_source or 'nowhere'}; chat takes SELLER_CENTER"
        if self.target_buyer_segment == "REPEAT_CUSTOMERS":
            return "for repeat customers only; chat takes none of these"
        return ""


class _Coupons(Wire):
    coupons: tuple[_WireCoupon, ...] = ()

    def domain_coupons(self) -> list[Coupon]:
        return [entry.coupon() for entry in self.coupons]


class _OneCoupon(Wire):
    coupon: _WireCoupon | None = None

    def domain_coupon(self) -> Coupon | None:
        return self.coupon.coupon() if self.coupon else None


class PromotionCalls(Party):
    """Reading coupons."""

    async def search_coupons(self, *, shop_id: str, ongoing_only: bool = True) -> list[Coupon]:
        """Return the shop's coupons, each with whether it may go out in chat."""
        found: list[Coupon] = []
        async for page in self._gateway.pages(
            Operation.SEARCH_COUPONS,
            shop_id=shop_id,
            query={"page_size": _PAGE_SIZE},
            body={"status": ["ONGOING"]} if ongoing_only else None,
        ):
            found += page.read(_Coupons, _Coupons.domain_coupons)
        return found

    async def coupon(self, *, shop_id: str, coupon_id: str) -> Coupon | None:
        """Return one coupon, None if the shop has no such coupon."""
        try:
            answer = await self._gateway.call(
                Operation.GET_COUPON, shop_id=shop_id, ids={"coupon_id": coupon_id}
            )
        except NotFoundError:
            return None
        except UnclearRefusalError:
            # No code is documented for an unknown coupon, so the shop's own list decides.
            listed = await self.search_coupons(shop_id=shop_id, ongoing_only=False)
            return next((entry for entry in listed if entry.coupon_id == coupon_id), None)
        return answer.read(_OneCoupon, _OneCoupon.domain_coupon)
