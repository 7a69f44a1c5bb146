"""Orders, profiles and calendars for the rules that count time."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar

from activities.playbooks import PlaybookShelf
from domain.deadlines import Deadline, DeadlineName
from domain.markets import Confidence, Fact, MarketProfile, WorkingDays
from domain.money import Money
from domain.orders import Order, OrderClocks, OrderStatus

T = TypeVar("T")

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_SHELF = PlaybookShelf(PLAYBOOKS)
MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Return the instant of an ISO text, read as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shipped_profile(region: str) -> MarketProfile:
    """Return the profile of *region* as the product ships it."""
    return _SHELF.market(region)


def a_profile(
    *,
    zone: str = "UTC",
    ship: int | None = 7,
    collect: int | None = 8,
    quiet: tuple[time, time] = (time(21), time(8)),
    market: str = "US",
) -> MarketProfile:
    """Return a profile whose every rule is known but those given as None."""
    return MarketProfile(
        market=market,
        version="v1",
        zone=zone,
        currency="USD",
        language="en",
        holidays_of="US",
        quiet_from=quiet[0],
        quiet_until=quiet[1],
        ship_within_working_days=a_fact(ship),
        collect_within_working_days=a_fact(collect),
        shipped_means=a_fact(OrderStatus.IN_TRANSIT),
        single_lines_cancellable=a_fact(value=True),
        out_of_stock_reason=a_fact("out_of_stock"),
        silence_may_consent=a_fact(value=False),
        longest_wait_working_days=a_fact(ship),
    )


def a_fact(value: T | None) -> Fact[T]:
    """Return a confirmed fact, or an unknown one for None."""
    known = Confidence.UNKNOWN if value is None else Confidence.CONFIRMED
    return Fact(value=value, confidence=known)


def a_calendar(zone: str = "UTC", *holidays: str) -> WorkingDays:
    """Return a calendar with Saturdays, Sundays and *holidays* off."""
    off = tuple(date.fromisoformat(day) for day in holidays)
    return WorkingDays(zone=zone, weekend=(5, 6), holidays=off)


def an_order(
    *,
    created_at: datetime = MONDAY_NOON,
    paid_at: datetime | None = MONDAY_NOON,
    clocks: OrderClocks | None = None,
) -> Order:
    """Return an order of nothing, for its times only."""
    return Order(
        order_id="576461413038785752",
        status=OrderStatus.AWAITING_SHIPMENT,
        created_at=created_at,
        paid_at=paid_at,
        total=Money(amount_minor=1000, currency="USD"),
        lines=(),
        clocks=clocks or OrderClocks(),
    )


def due_at(at: datetime, *, assumed: bool = False) -> Deadline:
    """Return the platform's own deadline at *at*."""
    return Deadline(name=DeadlineName.SHIPPING_DUE, at=at, rule="shown", assumed=assumed)
