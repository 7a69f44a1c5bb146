"""The shop's packages as the workflows use them; every write looks before it repeats."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from temporalio import activity
from typing_extensions import override

from activities.evidence import told_of_vault
from activities.troubles import told_to_temporal, within_attempt
from domain.completeness import HeldEvidence, held_of
from domain.evidence import EvidenceItem
from domain.instants import aware
from domain.manifests import dispatch_manifest, order_clocks
from domain.orders import Cancellation, Order, OrderStatus
from domain.pickups import Package, Slot
from domain.requirements import RequirementKind
from domain.timeline import CASE
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import NotFoundError, StateForbidsError
from tiktok_shop.fulfillment import HandoverMethod, PackageStatus, PickupSlot, ShopPackage
from tiktok_shop.parcels import parcel_of
from tiktok_shop.reports import Report
from vault.canonical import canonical
from vault.store import Vault
from workflows import names
from workflows.ports import (
    CaptureEvidence,
    CaptureKind,
    EvidenceCaptured,
    PackageLook,
    PackageRef,
    PackagesPort,
    PickupRebooked,
    RebookPickup,
)

logger = structlog.get_logger()

SOURCE = "shop_api"
"""Where captured evidence comes from, as its items say."""
_NO_SLOTS = "the platform offers no free pickup slot for this package"
_NOT_REBOOKABLE = "the platform does not let this package be booked again"


class PackageActivities(PackagesPort):
    """Packages over one shared HTTP client, what they show kept in the vault."""

    def __init__(self, client: ShopClient, vault: Vault) -> None:
        self._client = client
        self._vault = vault

    @override
    @activity.defn(name=names.LOOK_AT_PACKAGE)
    async def look_at_package(self, cmd: PackageRef) -> PackageLook:
        """Return the package and its orders as the shop reports them now.

        Safe to run twice because it only reads.
        """
        with told_to_temporal():
            found = await self._client.package(shop_id=cmd.shop_id, package_id=cmd.package_id)
            if found is None:
                return PackageLook()
            orders = await self._orders(cmd.shop_id, found)
            touched = [order.order_id for order in orders if _is_touched(order)]
            entries = (
                await self._client.cancellations(shop_id=cmd.shop_id, order_ids=touched)
                if touched
                else []
            )
        by_order: dict[str, tuple[Cancellation, ...]] = {}
        for entry in entries:
            by_order[entry.order_id] = (*by_order.get(entry.order_id, ()), entry)
        return PackageLook(package=parcel_of(found), orders=tuple(orders), cancellations=by_order)

    async def _orders(self, shop_id: str, package: ShopPackage) -> list[Order]:
        """Return the orders of a package in its own order."""
        known = await self._client.orders(shop_id=shop_id, order_ids=package.order_ids)
        place = {order_id: number for number, order_id in enumerate(package.order_ids)}
        return sorted(known, key=lambda order: place.get(order.order_id, len(place)))

    @override
    @activity.defn(name=names.REBOOK_PICKUP)
    async def rebook_pickup(self, cmd: RebookPickup) -> PickupRebooked:
        """Book another pickup, once.

        Safe to run twice because the package is read before every try, and a slot that lies
        ahead and is not the missed one is a booking that took place.
        """
        with told_to_temporal():
            async with within_attempt():
                answer = await self._rebook(cmd)
        logger.info(
            "pickup.rebooked" if answer.slot else "pickup.not_rebooked",
            case_id=cmd.key.case_id,
            why_not=answer.why_not,
        )
        return answer

    async def _rebook(self, cmd: RebookPickup) -> PickupRebooked:
        found = await self._client.package(shop_id=cmd.shop_id, package_id=cmd.package_id)
        if found is None or found.status is not PackageStatus.PROCESSING:
            return PickupRebooked(moved=True, why_not="the parcel does not wait for pickup now")
        booked = parcel_of(found).slot
        if booked and booked != cmd.missed and booked.end > cmd.at:
            return PickupRebooked(slot=booked)
        free = await self._free_slot(cmd)
        if free is None:
            return PickupRebooked(why_not=_NO_SLOTS)
        try:
            await self._client.ship_package(
                shop_id=cmd.shop_id,
                package_id=cmd.package_id,
                method=HandoverMethod.PICKUP,
                slot=free,
            )
        except StateForbidsError as refusal:
            return PickupRebooked(why_not=f"{_NOT_REBOOKABLE} ({refusal.message})")
        return PickupRebooked(slot=Slot(start=free.start, end=free.end))

    async def _free_slot(self, cmd: RebookPickup) -> PickupSlot | None:
        try:
            offered = await self._client.handover_slots(
                shop_id=cmd.shop_id, package_id=cmd.package_id
            )
        except NotFoundError:
            return None
        free = [slot for slot in offered.slots if slot.available and slot.start >= cmd.at]
        return min(free, key=lambda slot: slot.start) if offered.can_pickup and free else None

    @override
    @activity.defn(name=names.CAPTURE_EVIDENCE)
    async def capture_evidence(self, cmd: CaptureEvidence) -> EvidenceCaptured:
        """Take one kind of the shop's data into the vault, once per label.

        Safe to run twice because what was kept under a name of the label before is the answer:
        the platform's own words differ from one request to the next.
        """
        with told_to_temporal():
            files = await self._files(cmd)
        if not files:
            return EvidenceCaptured(why_not=f"the shop does not know package {cmd.package_id}")
        with told_of_vault():
            items = [await asyncio.to_thread(self._keep, cmd, file) for file in files]
        held = held_of(items)
        logger.info("evidence.captured", case_id=cmd.case_id, what=cmd.what, items=len(held))
        return EvidenceCaptured(held=_each_once(held))

    async def _files(self, cmd: CaptureEvidence) -> "list[_File]":
        report = await self._client.package_report(shop_id=cmd.shop_id, package_id=cmd.package_id)
        if report is None:
            return []
        match cmd.what:
            case CaptureKind.BOOKING:
                slot = parcel_of(report.package).slot
                kind = (
                    RequirementKind.BOOKING_CONFIRMATION if slot else RequirementKind.ORDER_RECORD
                )
                return [_File(kind, f"booking-{cmd.label}.json", _reported(report.report))]
            case CaptureKind.TRACKING:
                return await self._tracking(cmd, report.package.order_ids)
            case CaptureKind.CLOCKS:
                orders = await self._orders(cmd.shop_id, report.package)
                clocks = canonical(order_clocks(orders, made_at=cmd.at))
                return [
                    _File(RequirementKind.ORDER_RECORD, f"order-clocks-{cmd.label}.json", clocks)
                ]
            case CaptureKind.MANIFEST:
                orders = await self._orders(cmd.shop_id, report.package)
                return _manifest_files(parcel_of(report.package), orders, cmd)

    async def _tracking(self, cmd: CaptureEvidence, order_ids: Sequence[str]) -> "list[_File]":
        found = [
            (order_id, await self._client.order_tracking(shop_id=cmd.shop_id, order_id=order_id))
            for order_id in order_ids
        ]
        return [
            _File(
                RequirementKind.TRACKING,
                f"tracking-{order_id}-{cmd.label}.json",
                _reported(tracking.report),
            )
            for order_id, tracking in found
            if tracking is not None
        ]

    def _keep(self, cmd: CaptureEvidence, file: "_File") -> EvidenceItem:
        for known in self._vault.of_case(cmd.case_id):
            if known.name == file.name and known.source == SOURCE:
                return known
        return self._vault.collect(
            [file.content],
            case_id=cmd.case_id,
            requirement=file.kind,
            actor=CASE,
            at=cmd.at,
            source=SOURCE,
            name=file.name,
            key=f"capture:{cmd.what}:{cmd.label}:{file.name}",
            captured_at=cmd.at,
        )


class _File:
    """One piece of evidence that is about to be kept."""

    def __init__(self, kind: RequirementKind, name: str, content: bytes) -> None:
        self.kind, self.name, self.content = kind, name, content


def _is_touched(order: Order) -> bool:
    states = (order.status, *(line.status for line in order.lines))
    return order.buyer_asks_cancel or OrderStatus.CANCELLED in states


def _manifest_files(
    package: Package, orders: Sequence[Order], cmd: CaptureEvidence
) -> list[_File]:
    manifest = dispatch_manifest(package, orders, made_at=cmd.at)
    kind = RequirementKind.DISPATCH_MANIFEST
    name = f"dispatch-manifest-{package.package_id}-{cmd.label}"
    return [
        _File(kind, f"{name}.csv", manifest.csv_text.encode()),
        _File(kind, f"{name}.json", canonical(manifest.document)),
    ]


def _reported(report: Report) -> bytes:
    """Return an answer of the platform for the file, its words unchanged as one text."""
    document: dict[str, Any] = {
        "answer": report.text,
        "cut": list(report.cut),
        "path": report.path,
        "received_at": aware(report.received_at).isoformat().replace("+00:00", "Z"),
        "request_id": report.request_id,
    }
    return canonical({"platform_answer": document})


def _each_once(held: Sequence[HeldEvidence]) -> tuple[HeldEvidence, ...]:
    return tuple({one.evidence_id: one for one in held}.values())
