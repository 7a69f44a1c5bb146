"""Every deadline of a case as an absolute instant, with the rule and the numbers that made it.

The platform's own instant comes first; all others lie at or before it, as long as there is time
left at all. Where none is left the deadlines fall on the moment of detection or earlier, so that
whoever waits for them acts at once.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.durations import write_duration
from domain.instants import Instant, aware
from domain.markets import Fact, MarketProfile, WorkingDays
from domain.orders import Order
from domain.playbook import Playbook
from domain.working_days import add_working_days

LARGEST_MARGIN = timedelta(hours=4)
MARGIN_SHARE = 8
"""The margin is at most one part in this many of the time left."""
REMINDER_GAP = timedelta(minutes=30)
"""A reminder leaves the buyer at least this long to answer, else it is not sent."""


class DeadlineName(StrEnum):
    """The instants a case steers by."""

    SHIPPING_DUE = "shipping_due"
    COLLECTION_DUE = "collection_due"
    SUPPLIER_BY = "supplier_by"
    CONTACT_BY = "contact_by"
    CHOICE_BY = "choice_by"
    PROMISE_BY = "promise_by"
    CONSENT_BY = "consent_by"
    HELP_CENTER_BY = "help_center_by"
    WATCH_UNTIL = "watch_until"
    COMPLETE_BY = "complete_by"
    LAST_SAFE_MOMENT = "last_safe_moment"
    WINDOW_ENDS = "window_ends"


class Deadline(BaseModel):
    """One instant by which something must have happened."""

    model_config = ConfigDict(frozen=True)

    name: DeadlineName
    at: Instant
    rule: str
    """One sentence with the numbers that made the instant."""
    assumed: bool = False
    """True if the platform's own instant behind it was missing and a market rule stood in."""


def platform_due(
    order: Order, *, profile: MarketProfile, working_days: WorkingDays, strictest: MarketProfile
) -> Deadline:
    """Return when the platform cancels *order* unless its parcel is ready for collection.

    Args:
        order: The order as the shop reports it now.
        profile: Rules of the order's market, used where the order shows no instant.
        working_days: The market's calendar, pinned for the case.
        strictest: Strictest known profile, used where *profile* does not know the rule.

    Returns:
        The platform's instant, or an assumed one at the end of a working day.

    Source:
        TikTok Shop API, order detail 202309, `shipping_due_time` (docs, autumn 2026).
    """
    shown = order.clocks.shipping_due_at
    if shown is not None:
        return _shown(DeadlineName.SHIPPING_DUE, shown, "shipping_due_time")
    own = profile.ship_within_working_days
    days = own.or_else(strictest.ship_within_working_days)
    whose = _whose(own, profile, strictest)
    rule = f"{_counted(days, order)} ({whose} rule), as the order shows no shipping_due_time"
    at = add_working_days(order.paid_at or order.created_at, days, working_days)
    return Deadline(name=DeadlineName.SHIPPING_DUE, at=at, rule=rule, assumed=True)


def collection_due(
    orders: Iterable[Order],
    *,
    profile: MarketProfile,
    working_days: WorkingDays,
    strictest: MarketProfile,
) -> Deadline:
    """Return when the platform cancels the first of a package's orders unless it is collected.

    Args:
        orders: All orders of the package; at least one.
        profile: Rules of the orders' market, used where an order shows no instant.
        working_days: The market's calendar, pinned for the case.
        strictest: Strictest known profile, used where *profile* does not know the rule.

    Returns:
        The earliest instant of all orders; assumed if that one had to be assumed.

    Source:
        TikTok Shop API, order detail 202309, `collection_due_time` (docs, autumn 2026).
    """
    each = [
        _collection_due_of(order, profile=profile, working_days=working_days, strictest=strictest)
        for order in orders
    ]
    return min(each, key=lambda due: due.at)


def time_left(now: datetime, due: datetime) -> timedelta:
    """Return the time from *now* to *due*, never below zero."""
    return max(timedelta(), aware(due, "due") - aware(now, "now"))


def margin(now: datetime, due: datetime) -> timedelta:
    """Return how long before *due* a promise must end: 4 h, or an eighth of a shorter time."""
    return min(LARGEST_MARGIN, time_left(now, due) / MARGIN_SHARE)


def promise_by(due: Deadline, *, detected_at: datetime) -> Deadline:
    """Return the last instant a case may promise: *due* less the margin.

    Args:
        due: The platform's own instant.
        detected_at: Detection, or the first contact if that came after a missed `contact_by`.

    Returns:
        An instant at or before *due*.
    """
    kept = margin(detected_at, due.at)
    return Deadline(
        name=DeadlineName.PROMISE_BY,
        at=due.at - kept,
        rule=f"{due.name} less a margin of {write_duration(kept)} "
        f"(the smaller of 4h and an eighth of the time left)",
        assumed=due.assumed,
    )


def contact_by(*, detected_at: datetime, due: Deadline, playbook: Playbook) -> Deadline:
    """Return when the first message must be out.

    Args:
        detected_at: When the exception was found.
        due: The platform's own instant.
        playbook: Names the longest delay and the share of the time left.

    Returns:
        An instant at or after detection, and never after *due* while there is time left.
    """
    found = aware(detected_at, "detected_at")
    left = time_left(found, due.at)
    share = left * playbook.contact.share_of_time_left
    within = playbook.contact.within
    rule = (
        f"detection + {write_duration(min(within, share))}: the earlier of "
        f"{write_duration(within)} and {playbook.contact.share_of_time_left:.0%} of the "
        f"{write_duration(left)} left to {due.name}"
    )
    return Deadline(
        name=DeadlineName.CONTACT_BY,
        at=found + min(within, share),
        rule=rule,
        assumed=due.assumed,
    )


def supplier_by(*, detected_at: datetime, contact_by: Deadline) -> Deadline:
    """Return when a supplier's answer is needed: half-way from detection to the contact."""
    found = aware(detected_at, "detected_at")
    half = time_left(found, contact_by.at) / 2
    return Deadline(
        name=DeadlineName.SUPPLIER_BY,
        at=found + half,
        rule=f"detection + {write_duration(half)}: half-way to contact_by",
        assumed=contact_by.assumed,
    )


def choice_by(*, contacted_at: datetime, promise_by: Deadline, playbook: Playbook) -> Deadline:
    """Return until when the buyer may choose: the playbook's time, or `promise_by` if earlier.

    Args:
        contacted_at: When the buyer was first told.
        promise_by: The case's last instant to promise; caps the answer.
        playbook: Names how long a buyer may think.

    Returns:
        An instant never after *promise_by*; it may lie before the contact when no time is left.
    """
    start = aware(contacted_at, "contacted_at")
    return _capped(
        DeadlineName.CHOICE_BY, "contact", start, playbook.choice.within, cap=promise_by
    )


def consent_by(*, noticed_at: datetime, promise_by: Deadline, playbook: Playbook) -> Deadline:
    """Return until when the buyer may agree to a slipped date.

    Args:
        noticed_at: When the buyer was told of the later date.
        promise_by: The case's last instant to promise; caps the answer.
        playbook: Names how long a buyer may think about a slip.

    Returns:
        An instant never after *promise_by*.
    """
    start = aware(noticed_at, "noticed_at")
    return _capped(
        DeadlineName.CONSENT_BY, "notice", start, playbook.wait.consent_within, cap=promise_by
    )


def can_wait(*, promised_at: datetime, promise_by: Deadline) -> bool:
    """Tell whether *promised_at* lies before `promise_by`, so that waiting may be offered."""
    return aware(promised_at, "promised_at") < promise_by.at


def reminders(
    *, contacted_at: datetime, choice_by: Deadline, playbook: Playbook, profile: MarketProfile
) -> tuple[datetime, ...]:
    """Return when the buyer is reminded, each instant once and in order.

    A rung that falls into the market's quiet hours moves to their end; one that would then leave
    the buyer less than `REMINDER_GAP` before *choice_by* is dropped.

    Args:
        contacted_at: When the buyer was first told.
        choice_by: Until when the buyer may choose.
        playbook: Names the ladder, counted from the contact.
        profile: Names the zone and the quiet hours.

    Returns:
        Instants in UTC between the contact and *choice_by*; may be empty.
    """
    start = aware(contacted_at, "contacted_at")
    moved = {after_quiet_hours(start + rung, profile) for rung in playbook.choice.reminders}
    last = choice_by.at - REMINDER_GAP
    return tuple(sorted(instant for instant in moved if instant <= last))


def after_quiet_hours(instant: datetime, profile: MarketProfile) -> datetime:
    """Return *instant*, or the end of the quiet hours it falls into, in UTC."""
    local = aware(instant).astimezone(ZoneInfo(profile.zone))
    if not _quiet(local.time(), profile.quiet_from, profile.quiet_until):
        return aware(instant)
    ends = local.replace(
        hour=profile.quiet_until.hour, minute=profile.quiet_until.minute, second=0, microsecond=0
    )
    if local.time() >= profile.quiet_until:
        ends += timedelta(days=1)
    return aware(ends)


def _quiet(at: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def _shown(name: DeadlineName, at: datetime, field: str) -> Deadline:
    return Deadline(name=name, at=at, rule=f"{field} as the order shows it")


def _collection_due_of(
    order: Order, *, profile: MarketProfile, working_days: WorkingDays, strictest: MarketProfile
) -> Deadline:
    shown = order.clocks.collection_due_at
    if shown is not None:
        return _shown(DeadlineName.COLLECTION_DUE, shown, "collection_due_time")
    own = profile.collect_within_working_days
    days = own.or_else(strictest.collect_within_working_days)
    whose = _whose(own, profile, strictest)
    counted = add_working_days(order.paid_at or order.created_at, days, working_days)
    # The platform gives a parcel until shipping_due_time to be ready, so it cannot want it
    # collected earlier, whatever a borrowed rule says.
    at = max(counted, order.clocks.shipping_due_at or counted)
    rule = f"{_counted(days, order)} ({whose} rule), as the order shows no collection_due_time"
    return Deadline(name=DeadlineName.COLLECTION_DUE, at=at, rule=rule, assumed=True)


def _whose(own: Fact[int], profile: MarketProfile, strictest: MarketProfile) -> str:
    return profile.market if own.known and not profile.assumed else strictest.market


def _counted(days: int, order: Order) -> str:
    return f"{days} working days from {'payment' if order.paid_at else 'the order'}"


def _capped(
    name: DeadlineName, since: str, start: datetime, within: timedelta, *, cap: Deadline
) -> Deadline:
    open_end = start + within
    if open_end <= cap.at:
        rule = f"{since} + {write_duration(within)}, not after {cap.name}"
    else:
        rule = f"{cap.name}, which comes before {since} + {write_duration(within)}"
    return Deadline(name=name, at=min(open_end, cap.at), rule=rule, assumed=cap.assumed)
