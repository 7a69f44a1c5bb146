"""Packages: which orders travel together, where they stand, when the carrier is to come.

Source: TikTok Shop API, fulfillment 202309 (docs, autumn 2026). Whether the platform lets a
package that is shipped already be given another pickup slot is documented nowhere: a market that
does not answers with StateForbidsError, and a person arranges the pickup with the carrier.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from tiktok_shop.errors import NotFoundError
from tiktok_shop.gateway import next_page_token, refuse
from tiktok_shop.package_wire import (
    HandoverMethod,
    HandoverSlots,
    PackagePage,
    PackageStatus,
    PickupSlot,
    ShopPackage,
    TrackingEvent,
    WirePackage,
    WirePackages,
    WireSlots,
    WireTracking,
)
from tiktok_shop.party import Party
from tiktok_shop.reports import Report, report_of
from tiktok_shop.transport import Answer
from tiktok_shop.versions import Operation
from tiktok_shop.wire import unix, unix_filters

__all__ = (
    "FulfillmentCalls",
    "HandoverMethod",
    "HandoverSlots",
    "OrderTracking",
    "PackagePage",
    "PackageReport",
    "PackageStatus",
    "PickupSlot",
    "ShopPackage",
    "TrackingEvent",
)

PACKAGES_PER_PAGE = 50
"""Most packages per page. Source: TikTok Shop API, package search 202309."""


class PackageReport(BaseModel):
    """A package, and the answer it was read from."""

    model_config = ConfigDict(frozen=True)

    package: ShopPackage
    report: Report


class OrderTracking(BaseModel):
    """What the carrier said of an order's parcels, and the answer it was read from."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    events: tuple[TrackingEvent, ...]
    """Earliest first."""
    report: Report


class FulfillmentCalls(Party):
    """Reading packages and tracking, booking pickups."""

    async def search_packages(
        self,
        *,
        shop_id: str,
        status: PackageStatus | None = None,
        created_from: datetime | None = None,
        created_before: datetime | None = None,
        updated_from: datetime | None = None,
        updated_before: datetime | None = None,
        page_token: str | None = None,
        page_size: int = PACKAGES_PER_PAGE,
    ) -> PackagePage:
        """Return one page of packages, newest first; slots stand in the detail alone.

        Args:
            shop_id: The shop.
            status: Only this state; parcels that wait for the carrier are PROCESSING.
            created_from: Created at this aware instant or later.
            created_before: Created before this aware instant.
            updated_from: Changed at this aware instant or later.
            updated_before: Changed before this aware instant.
            page_token: From the page before; None for the first.
            page_size: 1 to 50.

        Raises:
            ShopError: See tiktok_shop.errors.
        """
        turn = {"page_token": page_token} if page_token else {}
        answer = await self._gateway.call(
            Operation.SEARCH_PACKAGES,
            shop_id=shop_id,
            query={"page_size": str(page_size), **turn},
            body=_filters(status, created_from, created_before, updated_from, updated_before),
        )
        return PackagePage(packages=_packages(answer), next_page_token=next_page_token(answer))

    async def all_packages(
        self,
        *,
        shop_id: str,
        status: PackageStatus | None = None,
        created_from: datetime | None = None,
        updated_from: datetime | None = None,
    ) -> AsyncIterator[ShopPackage]:
        """Yield every package of a search, each once, page by page as it is consumed."""
        seen: set[str] = set()
        async for page in self._gateway.pages(
            Operation.SEARCH_PACKAGES,
            shop_id=shop_id,
            query={"page_size": str(PACKAGES_PER_PAGE)},
            body=_filters(status, created_from, None, updated_from, None),
        ):
            # New packages push old ones to later pages, so a package may come twice.
            for package in _packages(page):
                if package.package_id not in seen:
                    seen.add(package.package_id)
                    yield package

    async def package(self, *, shop_id: str, package_id: str) -> ShopPackage | None:
        """Return one package with the orders in it, None if this shop does not know it."""
        found = await self.package_report(shop_id=shop_id, package_id=package_id)
        return found.package if found else None

    async def package_report(self, *, shop_id: str, package_id: str) -> PackageReport | None:
        """Return one package and the platform's own words on it; None if the shop has no such.

        Slot and handover method in it say whether a booking whose answer was lost took place.
        """
        try:
            answer = await self._gateway.call(
                Operation.GET_PACKAGE, shop_id=shop_id, ids={"package_id": package_id}
            )
        except NotFoundError:
            return None
        package = answer.read(WirePackage, WirePackage.package)
        return PackageReport(package=package, report=report_of(answer))

    async def handover_slots(self, *, shop_id: str, package_id: str) -> HandoverSlots:
        """Return when and how a package can be handed over.

        Raises:
            NotFoundError: No such package in this shop.
        """
        answer = await self._gateway.call(
            Operation.HANDOVER_SLOTS, shop_id=shop_id, ids={"package_id": package_id}
        )
        return answer.read(WireSlots, WireSlots.handover_slots)

    async def ship_package(
        self,
        *,
        shop_id: str,
        package_id: str,
        method: HandoverMethod = HandoverMethod.PICKUP,
        slot: PickupSlot | None = None,
    ) -> None:
        """Arrange the handover of a package, or book another pickup for one that was missed.

        The platform knows no idempotency key here: before a repeat, `package` is asked whether
        it shows the method and slot already. In South East Asia the method has no effect.

        Args:
            shop_id: The shop.
            package_id: The package.
            method: Pickup by the carrier, or brought to a drop-off point.
            slot: One of `handover_slots`; needed for a pickup where the market has slots.

        Raises:
            StateForbidsError: Shipped or cancelled already, or the slot is gone; read again.
            InvalidRequestError: A slot is missing, or one was given for a drop-off.
            ShopUnavailableError: No usable answer; look before repeating.
        """
        if slot is not None and method is HandoverMethod.DROP_OFF:
            refuse("slot", "a drop-off has no pickup slot; leave it out")
        window = {"start_time": unix(slot.start), "end_time": unix(slot.end)} if slot else None
        body = {"handover_method": method.value, **({"pickup_slot": window} if window else {})}
        await self._gateway.call(
            Operation.SHIP_PACKAGE, shop_id=shop_id, ids={"package_id": package_id}, body=body
        )

    async def order_tracking(self, *, shop_id: str, order_id: str) -> OrderTracking | None:
        """Return what the carrier said of an order, None if this shop does not know it."""
        try:
            answer = await self._gateway.call(
                Operation.ORDER_TRACKING, shop_id=shop_id, ids={"order_id": order_id}
            )
        except NotFoundError:
            return None
        return OrderTracking(
            order_id=order_id,
            events=answer.read(WireTracking, WireTracking.events),
            report=report_of(answer),
        )


def _packages(answer: Answer) -> tuple[ShopPackage, ...]:
    return answer.read(WirePackages, WirePackages.shop_packages)


def _filters(
    status: PackageStatus | None,
    created_from: datetime | None,
    created_before: datetime | None,
    updated_from: datetime | None,
    updated_before: datetime | None,
) -> dict[str, str | int]:
    given = {"package_status": status.value} if status else {}
    return given | unix_filters(
        create_time_ge=created_from,
        create_time_lt=created_before,
        update_time_ge=updated_from,
        update_time_lt=updated_before,
    )
