"""Packages: which orders travel together and where they stand.

Source: TikTok Shop API, package detail 202309 (docs, autumn 2026).
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.instants import Instant, from_unix
from tiktok_shop.errors import NotFoundError
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import Wire


class PackageStatus(StrEnum):
    """Platform package states; UNKNOWN stands for a word we have not met."""

    TO_FULFILL = "TO_FULFILL"
    PROCESSING = "PROCESSING"
    FULFILLING = "FULFILLING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class ShopPackage(BaseModel):
    """One parcel, without any address."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    status: PackageStatus
    sub_status: str = ""
    """The platform's word, such as RTS (label bought) or TTS (carrier has it)."""
    order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()
    handover_method: str = ""
    """PICKUP or DROP_OFF, empty if not arranged."""
    pickup_from: Instant | None = None
    pickup_until: Instant | None = None
    tracking_number: str = ""
    carrier: str = ""
    updated_at: Instant | None = None


class _Slot(Wire):
    start_time: int | None = None
    end_time: int | None = None


class _PackedOrder(Wire):
    id: str = Field(min_length=1)


class _WirePackage(Wire):
    package_id: str = Field(min_length=1)
    package_status: str = ""
    package_sub_status: str = ""
    orders: tuple[_PackedOrder, ...] = ()
    order_line_item_ids: tuple[str, ...] = ()
    handover_method: str = ""
    pickup_slot: _Slot = _Slot()
    tracking_number: str = ""
    shipping_provider_name: str = ""
    update_time: int | None = None

    def package(self) -> ShopPackage:
        return ShopPackage(
            package_id=self.package_id,
            status=_status(self.package_status),
            sub_status=self.package_sub_status,
            order_ids=tuple(order.id for order in self.orders),
            line_ids=self.order_line_item_ids,
            handover_method=self.handover_method,
            pickup_from=from_unix(self.pickup_slot.start_time),
            pickup_until=from_unix(self.pickup_slot.end_time),
            tracking_number=self.tracking_number,
            carrier=self.shipping_provider_name,
            updated_at=from_unix(self.update_time),
        )


class FulfillmentCalls(Party):
    """Reading packages."""

    async def package(self, *, shop_id: str, package_id: str) -> ShopPackage | None:
        """Return one package with the orders in it, None if this shop does not know it."""
        try:
            answer = await self._gateway.call(
                Operation.GET_PACKAGE, shop_id=shop_id, ids={"package_id": package_id}
            )
        except NotFoundError:
            return None
        return answer.read(_WirePackage, _WirePackage.package)


def _status(word: str) -> PackageStatus:
    return PackageStatus(word) if word in set(PackageStatus) else PackageStatus.UNKNOWN
