"""Which parcels their carrier left standing: by the shop's own word, or by an order export."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from casedesk.bulk import Progress, bounded
from casedesk.errors import RefusedError
from casedesk.intake import read_export
from casedesk.settings import Settings
from casedesk.shops import open_shop_client
from domain.instants import Instant, aware
from domain.intake import IntakeLine
from domain.orders import OrderStatus
from domain.pickups import Package, PackageStage, is_late
from records.database import Database
from records.shops import ShopRecord
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from tiktok_shop.fulfillment import PackageStatus
from tiktok_shop.parcels import parcel_of
from workflows.appeal_opening import pickup_start
from workflows.opening import CaseStart

READY_FOR = timedelta(days=1)
"""An export knows no slot: a parcel counts as late once it has been ready for so long."""
_AT_ONCE = 8


class WhyNot(StrEnum):
    """Why a package gets no case."""

    SCANNED = "scanned"
    CANCELLED = "cancelled"
    NOT_READY = "not_ready"
    SLOT_AHEAD = "slot_ahead"
    NO_SLOT = "no_slot"
    """The shop shows no booked pickup; name the package to open its case all the same."""
    READY_LATELY = "ready_lately"
    READY_UNKNOWN = "ready_unknown"
    NO_PACKAGE = "no_package"
    """The export gives no package id for the order."""
    UNKNOWN = "unknown"
    """The shop, or the file, has no such package."""


class LatePackage(BaseModel):
    """One parcel that gets a case."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    order_ids: tuple[str, ...]
    carrier: str = ""
    slot_until: Instant | None = None
    ready_at: Instant | None = None
    why: str


class SkippedPackage(BaseModel):
    """One parcel that gets none."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    order_ids: tuple[str, ...] = ()
    reason: WhyNot


class PickupPlan(BaseModel):
    """Which parcels get a case and which do not."""

    model_config = ConfigDict(frozen=True)

    late: tuple[LatePackage, ...] = ()
    skipped: tuple[SkippedPackage, ...] = ()


def plan_from_file(
    path: Path,
    *,
    market: str | None,
    packages: Sequence[str],
    now: datetime,
    skip_bad_rows: bool,
) -> tuple[PickupPlan, list[str]]:
    """Return which parcels of an order export wait too long; needs neither server nor shop.

    Args:
        path: CSV or XLSX as Seller Center exports it.
        market: Market code; settles dates and zone.
        packages: Only these; they get a case if they wait, however short.
        now: Now.
        skip_bad_rows: Go on without rows that cannot be used.

    Returns:
        The plan, and sentences about what was left out.

    Raises:
        DomainError: The file cannot be used; one sentence.
    """
    intake = read_export(path, market=market, skip_bad_rows=skip_bad_rows)
    by_package: dict[str, list[tuple[str, IntakeLine]]] = {}
    for order in intake.orders:
        for line in order.lines:
            key = line.package_id or f"order {order.order_id}"
            by_package.setdefault(key, []).append((order.order_id, line))
    judged = [
        _judged_line(package_id, lines, named=package_id in packages, now=now)
        for package_id, lines in by_package.items()
        if not packages or package_id in packages
    ]
    judged += [_skipped(one, WhyNot.UNKNOWN) for one in packages if one not in by_package]
    told = [one for one in judged if packages or not _waits_for_nobody(one)]
    return _plan(told), [f"left out: {row.sentence()}" for row in intake.bad_rows]


async def plan_from_shop(
    settings: Settings,
    db: Database,
    shop: ShopRecord,
    *,
    packages: Sequence[str],
    now: datetime,
    progress: Progress,
) -> PickupPlan:
    """Return which parcels the shop itself shows as late.

    Args:
        settings: Of the platform.
        db: Migrated records.
        shop: The shop.
        packages: Only these; they get a case if they wait, whatever their slot.
        now: Now.
        progress: Told after each parcel.

    Raises:
        RefusedError: The shop gave no answer.
    """
    try:
        async with open_shop_client(settings, db) as client:
            wanted = packages or [one async for one in _waiting(client, shop.shop_id)]
            found = await bounded(
                wanted,
                lambda package_id: _parcel(client, shop.shop_id, package_id),
                at_once=_AT_ONCE,
                progress=progress,
            )
    except ShopError as error:
        raise RefusedError(f"shop {shop.shop_id} did not give its packages: {error}") from error
    return _plan(
        [
            _judged(package_id, parcel, named=bool(packages), now=now)
            for package_id, parcel in zip(wanted, found, strict=True)
        ]
    )


def starts_of(
    plan: PickupPlan, shop: ShopRecord, *, detected_at: datetime | None, actor: str
) -> list[CaseStart]:
    """Return one opening per late parcel."""
    return [
        pickup_start(
            shop_id=shop.shop_id,
            package_id=one.package_id,
            detected_at=detected_at,
            source=actor,
        )
        for one in plan.late
    ]


async def _waiting(client: ShopClient, shop_id: str) -> AsyncIterator[str]:
    async for package in client.all_packages(shop_id=shop_id, status=PackageStatus.PROCESSING):
        yield package.package_id


async def _parcel(client: ShopClient, shop_id: str, package_id: str) -> Package | None:
    found = await client.package(shop_id=shop_id, package_id=package_id)
    return parcel_of(found) if found else None


def _judged(
    package_id: str, parcel: Package | None, *, named: bool, now: datetime
) -> LatePackage | SkippedPackage:
    if parcel is None:
        return _skipped(package_id, WhyNot.UNKNOWN)
    reason = _why_not(parcel, named=named, now=now)
    if reason is not None:
        return _skipped(package_id, reason, parcel.order_ids)
    slot = parcel.slot
    until = f"the slot until {slot.end:%Y-%m-%d %H:%M}Z passed without a scan" if slot else ""
    return LatePackage(
        package_id=package_id,
        order_ids=parcel.order_ids,
        carrier=parcel.carrier,
        slot_until=slot.end if slot else None,
        why=until if is_late(parcel, now=now) else "named by hand",
    )


def _why_not(parcel: Package, *, named: bool, now: datetime) -> WhyNot | None:
    by_stage = {
        PackageStage.NOT_READY: WhyNot.NOT_READY,
        PackageStage.COLLECTED: WhyNot.SCANNED,
        PackageStage.DELIVERED: WhyNot.SCANNED,
        PackageStage.CANCELLED: WhyNot.CANCELLED,
    }
    if parcel.stage in by_stage:
        return by_stage[parcel.stage]
    if named or is_late(parcel, now=now):
        return None
    return WhyNot.SLOT_AHEAD if parcel.slot else WhyNot.NO_SLOT


def _judged_line(
    package_id: str, lines: list[tuple[str, IntakeLine]], *, named: bool, now: datetime
) -> LatePackage | SkippedPackage:
    orders = tuple(dict.fromkeys(order_id for order_id, _ in lines))
    ready = min((line.ready_at for _, line in lines if line.ready_at), default=None)
    reason = _why_not_line([line for _, line in lines], ready, named=named, now=now)
    if reason is not None:
        return _skipped(package_id, reason, orders)
    return LatePackage(
        package_id=package_id,
        order_ids=orders,
        carrier=lines[0][1].carrier,
        ready_at=ready,
        why="named by hand" if named else f"ready since {ready:%Y-%m-%d %H:%M}Z and not collected",
    )


def _why_not_line(
    lines: list[IntakeLine], ready: datetime | None, *, named: bool, now: datetime
) -> WhyNot | None:
    states = {line.status for line in lines} - {OrderStatus.CANCELLED}
    if not states:
        return WhyNot.CANCELLED
    if states != {OrderStatus.AWAITING_COLLECTION}:
        shipped = states <= {
            OrderStatus.IN_TRANSIT,
            OrderStatus.DELIVERED,
            OrderStatus.COMPLETED,
        }
        return WhyNot.SCANNED if shipped else WhyNot.NOT_READY
    if not lines[0].package_id:
        return WhyNot.NO_PACKAGE
    if named:
        return None
    if ready is None:
        return WhyNot.READY_UNKNOWN
    return None if aware(ready) + READY_FOR <= now else WhyNot.READY_LATELY


def _waits_for_nobody(one: LatePackage | SkippedPackage) -> bool:
    """Tell whether a line of a file is about no parcel that waits for its carrier."""
    settled = (WhyNot.SCANNED, WhyNot.CANCELLED, WhyNot.NOT_READY)
    return isinstance(one, SkippedPackage) and one.reason in settled


def _skipped(package_id: str, reason: WhyNot, order_ids: Sequence[str] = ()) -> SkippedPackage:
    return SkippedPackage(package_id=package_id, order_ids=tuple(order_ids), reason=reason)


def _plan(judged: Sequence[LatePackage | SkippedPackage]) -> PickupPlan:
    return PickupPlan(
        late=tuple(one for one in judged if isinstance(one, LatePackage)),
        skipped=tuple(one for one in judged if isinstance(one, SkippedPackage)),
    )
