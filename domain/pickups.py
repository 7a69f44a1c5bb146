"""A parcel that its carrier did not collect: where it stands, by when what is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.completeness import ProofMoments
from domain.deadlines import Deadline, DeadlineName, contact_by
from domain.durations import write_duration
from domain.fate import Fate, fate_of
from domain.instants import Instant, aware
from domain.markets import MarketProfile
from domain.orders import Cancellation, Order
from domain.playbook import Playbook

_CANCELLED = (Fate.CANCELLED_BY_PLATFORM, Fate.CANCELLED_BY_SELLER, Fate.CANCELLED_BY_BUYER)
"""The first of these that happened to an order of a package names its end."""


class PackageStage(StrEnum):
    """Where a package stands; UNKNOWN stands for a word we have not met."""

    NOT_READY = "not_ready"
    """The seller has not arranged its handover."""
    WAITING = "waiting"
    """It waits for the carrier."""
    COLLECTED = "collected"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Slot(BaseModel):
    """A window in which the carrier is to come."""

    model_config = ConfigDict(frozen=True)

    start: Instant
    end: Instant

    def text(self) -> str:
        """Return the window as timelines show it, in UTC."""
        return f"{self.start:%Y-%m-%d %H:%M}Z to {self.end:%Y-%m-%d %H:%M}Z"


class Package(BaseModel):
    """One parcel as the shop reports it now, without any address."""

    model_config = ConfigDict(frozen=True)

    package_id: str
    stage: PackageStage
    order_ids: tuple[str, ...] = ()
    """In the platform's order; a combined package has several."""
    line_ids: tuple[str, ...] = ()
    slot: Slot | None = None
    """The booked pickup, None where none is or the market has no slots."""
    carrier: str = ""
    tracking_number: str = ""


def pickup_fate(
    package: Package, orders: Sequence[Order], cancellations: Mapping[str, Sequence[Cancellation]]
) -> Fate:
    """Return what has become of a package.

    Args:
        package: The package now.
        orders: Its orders now.
        cancellations: All cancellations by order id.

    Returns:
        SHIPPED once the carrier has it (also of a delivered one), a cancellation once every order
        in it is cancelled, PACKED while it waits, OPEN where nobody made it ready or the platform
        dropped the package alone.
    """
    if package.stage in (PackageStage.COLLECTED, PackageStage.DELIVERED):
        return Fate.SHIPPED
    fates = [_fate_in(package, order, cancellations) for order in orders]
    live = [fate for fate in fates if fate not in _CANCELLED]
    if fates and not live:
        return next(fate for fate in _CANCELLED if fate in fates)
    if live and all(fate is Fate.SHIPPED for fate in live):
        return Fate.SHIPPED
    waits = package.stage in (PackageStage.WAITING, PackageStage.UNKNOWN)
    return Fate.PACKED if waits else Fate.OPEN


def _fate_in(
    package: Package, order: Order, cancellations: Mapping[str, Sequence[Cancellation]]
) -> Fate:
    inside = frozenset(line.line_id for line in order.lines) & frozenset(package.line_ids)
    return fate_of(order, cancellations.get(order.order_id, ()), inside)


def is_late(package: Package, *, now: datetime) -> bool:
    """Tell whether a booked pickup has passed and the parcel still waits."""
    if package.stage is not PackageStage.WAITING or package.slot is None:
        return False
    return package.slot.end <= aware(now, "now")


def collected_at(orders: Sequence[Order], *, seen_at: datetime) -> datetime:
    """Return when the carrier took a package, else when it was seen that it has."""
    shown = [order.collected_at for order in orders if order.collected_at]
    return min([*shown, aware(seen_at, "seen_at")])


def tell_buyer_by(*, detected_at: datetime, due: Deadline, playbook: Playbook) -> Deadline:
    """Return when the buyer must have heard of the delay.

    Args:
        detected_at: When the late pickup was found.
        due: The package's `collection_due`.
        playbook: Names the longest delay for late pickups, and the share of the time left.

    Returns:
        As `contact_by` of a shortage, with `pickup.tell_buyer_within` where that is shorter.
    """
    within = min(playbook.contact.within, playbook.pickup.tell_buyer_within)
    contact = playbook.contact.model_copy(update={"within": within})
    shorter = playbook.model_copy(update={"contact": contact})
    return contact_by(detected_at=detected_at, due=due, playbook=shorter)


def help_center_by(
    *, detected_at: datetime, ready_at: datetime | None, profile: MarketProfile, playbook: Playbook
) -> Deadline:
    """Return when an uncollected parcel should become a Help Center case.

    Args:
        detected_at: When the late pickup was found.
        ready_at: When the parcel was ready for its carrier, if the platform says so.
        profile: Names the market's calendar days, counted from then.
        playbook: Stands in, counted from discovery, where the market's rule is not known.
    """
    days = profile.help_center_after_days.value
    if days is None:
        after = playbook.pickup.help_center_after
        rule = f"detection + {write_duration(after)} (playbook; the market's rule is not known)"
        at = aware(detected_at, "detected_at") + after
        return Deadline(name=DeadlineName.HELP_CENTER_BY, at=at, rule=rule, assumed=True)
    start, since = (ready_at, "ready") if ready_at else (detected_at, "detection")
    return Deadline(
        name=DeadlineName.HELP_CENTER_BY,
        at=aware(start) + timedelta(days=days),
        rule=f"{since} + {days}d ({profile.market} rule)",
        assumed=ready_at is None,
    )


def watch_until(*, collected_at: datetime, playbook: Playbook) -> Deadline:
    """Return until when a collected parcel is watched for a penalty."""
    during = playbook.pickup.watch_for_penalty
    return Deadline(
        name=DeadlineName.WATCH_UNTIL,
        at=aware(collected_at, "collected_at") + during,
        rule=f"collection + {write_duration(during)}",
    )


def proof_moments(
    package: Package,
    *,
    missed_slot: Slot | None,
    detected_at: datetime,
    collected_at: datetime | None,
    profile: MarketProfile,
    now: datetime,
    window_ends: datetime | None = None,
) -> ProofMoments:
    """Return the instants that say until when proofs of a late pickup can be made.

    Args:
        package: As it is now; a slot of it that lies ahead is the carrier's next visit.
        missed_slot: The booking in which the carrier did not come, if there was one.
        detected_at: Stands in for the end of a slot that nobody knows.
        collected_at: When the carrier took it; None while it has not.
        profile: Names the zone that ends a day.
        now: The clock reading.
        window_ends: When an appeal can no longer be filed, once there is one.
    """
    ahead = package.slot.end if package.slot and package.slot.end > now else None
    return ProofMoments(
        zone=profile.zone,
        slot_ends=missed_slot.end if missed_slot else detected_at,
        collected_at=collected_at,
        next_pickup_at=ahead,
        window_ends=window_ends,
    )


def help_center_text(
    order_ids: Sequence[str],
    package: Package | None,
    *,
    missed: Slot | None,
    ready_at: datetime | None,
    due_at: datetime | None,
    zone: str,
) -> str:
    """Return what a person pastes into a Help Center case, in English.

    Args:
        order_ids: The orders in the parcel.
        package: The parcel.
        missed: The pickup that came to nothing, where one was booked.
        ready_at: When the parcel was ready, if the platform says so.
        due_at: When the platform cancels the first order.
        zone: IANA zone in which instants are printed, named beside them.
    """
    carrier = (package.carrier if package else "") or "The carrier"
    number = f", tracking number {package.tracking_number}" if package else ""
    lines = [
        f"{carrier} has not collected our parcel{number}.",
        f"Orders: {', '.join(order_ids)}.",
        f"Ready for collection since: {_local(ready_at, zone)}." if ready_at else "",
        f"Booked pickup that was missed: {_local(missed.start, zone)} to "
        f"{_local(missed.end, zone)}."
        if missed
        else "",
        f"The orders are cancelled at {_local(due_at, zone)} unless the parcel is collected."
        if due_at
        else "",
        "Please have the parcel collected, and record that the delay is not the seller's.",
    ]
    return "\n".join(line for line in lines if line)


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
