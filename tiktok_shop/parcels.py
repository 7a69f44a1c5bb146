"""Packages of the platform as the rules of late pickups know them."""

from domain.pickups import Package, PackageStage, Slot
from tiktok_shop.package_wire import PackageStatus, ShopPackage

_STAGES = {
    PackageStatus.TO_FULFILL: PackageStage.NOT_READY,
    PackageStatus.PROCESSING: PackageStage.WAITING,
    PackageStatus.FULFILLING: PackageStage.COLLECTED,
    PackageStatus.COMPLETED: PackageStage.DELIVERED,
    PackageStatus.CANCELLED: PackageStage.CANCELLED,
    PackageStatus.UNKNOWN: PackageStage.UNKNOWN,
}
"""Source: TikTok Shop API, package status and sub-status 202309 (docs, autumn 2026)."""


def parcel_of(found: ShopPackage) -> Package:
    """Return a package without what no rule asks for; a slot has both its ends or is none."""
    slot = None
    if found.pickup_from and found.pickup_until:
        slot = Slot(start=found.pickup_from, end=found.pickup_until)
    return Package(
        package_id=found.package_id,
        stage=_STAGES[found.status],
        order_ids=found.order_ids,
        line_ids=found.line_ids,
        slot=slot,
        carrier=found.carrier,
        tracking_number=found.tracking_number,
    )
