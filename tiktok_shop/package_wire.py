"""Packages, pickup slots and tracking as the platform prints them, without any address.

Source: TikTok Shop API, fulfillment 202309: package search, package detail, handover time slots,
order tracking (docs, autumn 2026).
"""

from datetime import UTC, datetime
from enum import StrEnum

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from domain.instants import Instant, from_unix
from tiktok_shop.wire import Wire


class PackageStatus(StrEnum):
    """Platform package states; UNKNOWN stands for a word we have not met."""

    TO_FULFILL = "TO_FULFILL"
    PROCESSING = "PROCESSING"
    FULFILLING = "FULFILLING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class HandoverMethod(StrEnum):
    """How a parcel gets to the carrier."""

    PICKUP = "PICKUP"
    DROP_OFF = "DROP_OFF"


class ShopPackage(BaseModel):
    """One parcel, without any address."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    status: PackageStatus
    sub_status: str = ""
    """The platform's word, such as RTS (label bought), TTS (carrier has it); a search has none."""
    order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()
    handover_method: str = ""
    """PICKUP or DROP_OFF, empty if not arranged; a search has none."""
    pickup_from: Instant | None = None
    pickup_until: Instant | None = None
    """The booked slot; a search has none, so the detail is read before a slot is judged."""
    tracking_number: str = ""
    carrier: str = ""
    shipping_type: str = ""
    ship_exception_reason: str = ""
    """The platform's word for what holds the parcel up."""
    created_at: Instant | None = None
    updated_at: Instant | None = None


class PackagePage(BaseModel):
    """One page of a package search."""

    model_config = ConfigDict(frozen=True)

    packages: tuple[ShopPackage, ...]
    next_page_token: str | None
    """None at the end."""


class PickupSlot(BaseModel):
    """One window in which the carrier can come."""

    model_config = ConfigDict(frozen=True)

    start: Instant
    end: Instant
    available: bool = True


class HandoverSlots(BaseModel):
    """What the platform offers for handing a package over."""

    model_config = ConfigDict(frozen=True)

    can_pickup: bool
    can_drop_off: bool
    can_van_collection: bool = False
    """UK only."""
    drop_off_point_url: str = ""
    slots: tuple[PickupSlot, ...] = ()


class TrackingEvent(BaseModel):
    """One line of an order's tracking."""

    model_config = ConfigDict(frozen=True)

    at: Instant
    description: str
    """The carrier's words; they are its own and may name a place or a person."""
    action_code: str = ""
    """The platform's code; which codes there are is documented nowhere."""


class _Slot(Wire):
    start_time: int | None = None
    end_time: int | None = None


class _PackedOrder(Wire):
    id: str = Field(min_length=1)


class WirePackage(Wire):
    """One package; the search says id and status where the detail says package_…."""

    package_id: str = Field(min_length=1, validation_alias=AliasChoices("package_id", "id"))
    package_status: str = Field("", validation_alias=AliasChoices("package_status", "status"))
    package_sub_status: str = ""
    orders: tuple[_PackedOrder, ...] = ()
    order_line_item_ids: tuple[str, ...] = ()
    handover_method: str = ""
    pickup_slot: _Slot = _Slot()
    tracking_number: str = ""
    shipping_provider_name: str = ""
    shipping_type: str = ""
    ship_exception_reason: str = ""
    create_time: int | None = None
    update_time: int | None = None

    def package(self) -> ShopPackage:
        """Return the package."""
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
            shipping_type=self.shipping_type,
            ship_exception_reason=self.ship_exception_reason,
            created_at=from_unix(self.create_time),
            updated_at=from_unix(self.update_time),
        )


class WirePackages(Wire):
    """A page of packages."""

    packages: tuple[WirePackage, ...] = ()

    def shop_packages(self) -> tuple[ShopPackage, ...]:
        """Return the packages in the platform's order."""
        return tuple(package.package() for package in self.packages)


class _OfferedSlot(Wire):
    start_time: int
    end_time: int
    # The wire misspells this word; the right one is taken too, should it ever be mended.
    available: bool = Field(default=True, validation_alias=AliasChoices("avaliable", "available"))

    def slot(self) -> PickupSlot:
        return PickupSlot(
            start=datetime.fromtimestamp(self.start_time, UTC),
            end=datetime.fromtimestamp(self.end_time, UTC),
            available=self.available,
        )


class WireSlots(Wire):
    """The handover slots of a package."""

    can_pickup: bool = False
    can_drop_off: bool = False
    can_van_collection: bool = False
    drop_off_point_url: str = ""
    pickup_slots: tuple[_OfferedSlot, ...] = ()

    def handover_slots(self) -> HandoverSlots:
        """Return what is offered."""
        return HandoverSlots(
            can_pickup=self.can_pickup,
            can_drop_off=self.can_drop_off,
            can_van_collection=self.can_van_collection,
            drop_off_point_url=self.drop_off_point_url,
            slots=tuple(offered.slot() for offered in self.pickup_slots),
        )


class _Tracked(Wire):
    description: str = ""
    update_time_millis: int
    action_code: str = ""

    def event(self) -> TrackingEvent:
        return TrackingEvent(
            at=datetime.fromtimestamp(self.update_time_millis / 1000, UTC),
            description=self.description,
            action_code=self.action_code,
        )


class WireTracking(Wire):
    """The tracking of an order."""

    tracking: tuple[_Tracked, ...] = ()

    def events(self) -> tuple[TrackingEvent, ...]:
        """Return the events, earliest first."""
        return tuple(sorted((line.event() for line in self.tracking), key=lambda event: event.at))


def _status(word: str) -> PackageStatus:
    return PackageStatus(word) if word in set(PackageStatus) else PackageStatus.UNKNOWN
