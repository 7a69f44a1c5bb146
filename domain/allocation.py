"""Who gets the limited stock, and why: whole orders, in a line anybody can check by hand."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from domain.candidates import Candidate, ShortLine, SkipReason, candidate_from_order, skip_reason
from domain.errors import InputError

__all__ = [
    "Allocation",
    "AllocationPolicy",
    "Candidate",
    "Placed",
    "ShortLine",
    "SkipReason",
    "Skipped",
    "allocate",
    "candidate_from_order",
    "skip_reason",
    "units_on_hand",
]


class AllocationPolicy(StrEnum):
    """In which order the competing orders stand in line; ties fall back to paid_first."""

    PAID_FIRST = "paid_first"
    PLATFORM_DEADLINE_FIRST = "platform_deadline_first"
    VALUE_FIRST = "value_first"
    HURT_BEFORE_FIRST = "hurt_before_first"


class Placed(BaseModel):
    """An order that competed, and how it ended."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    quantity: int
    why: str


class Skipped(BaseModel):
    """An order that did not compete."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    reason: SkipReason


class Allocation(BaseModel):
    """Every candidate in exactly one list; served and short in the order of the line."""

    model_config = ConfigDict(frozen=True)

    served: tuple[Placed, ...] = ()
    short: tuple[Placed, ...] = ()
    skipped: tuple[Skipped, ...] = ()


_NEVER = datetime.max.replace(tzinfo=UTC)


def units_on_hand(value: object) -> int:
    """Return *value* as a count of units on the shelf.

    Args:
        value: A whole number, or its digits as text.

    Raises:
        InputError: Negative, fractional or no number.
    """
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise InputError("on_hand", f"{value!r} is not a count; give a whole number of 0 or more")


def allocate(
    candidates: Iterable[Candidate],
    on_hand: int,
    *,
    policy: AllocationPolicy = AllocationPolicy.PAID_FIRST,
    zone: tzinfo = UTC,
) -> Allocation:
    """Share *on_hand* units among the orders that compete for them.

    Whole orders only: an order that the rest cannot serve whole is passed over, and a later,
    smaller one may be served.

    Args:
        candidates: Orders that hold the SKU, in any order, each once.
        on_hand: Units on the shelf.
        policy: How the line is ordered.
        zone: The shop's zone; the sentences print its local times.

    Returns:
        Every candidate in exactly one list.

    Raises:
        InputError: A bad count, a repeated order, an unknown status or mixed currencies.
    """
    left = units_on_hand(on_hand)
    competing, skipped = _split(candidates)
    served: list[Placed] = []
    short: list[Placed] = []
    for place, candidate in enumerate(_line(competing, policy), start=1):
        fits = candidate.quantity <= left
        why = _why(candidate, place, left, policy, zone)
        placed = Placed(order_id=candidate.order_id, quantity=candidate.quantity, why=why)
        (served if fits else short).append(placed)
        left -= candidate.quantity if fits else 0
    return Allocation(served=tuple(served), short=tuple(short), skipped=tuple(skipped))


def _split(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Skipped]]:
    competing: list[Candidate] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    for candidate in sorted(candidates, key=lambda one: _by_id(one.order_id)):
        if candidate.order_id in seen:
            raise InputError("candidates", f"order {candidate.order_id} is there twice")
        seen.add(candidate.order_id)
        reason = skip_reason(candidate)
        if reason is None:
            competing.append(candidate)
        else:
            skipped.append(Skipped(order_id=candidate.order_id, reason=reason))
    return competing, skipped


def _by_id(order_id: str) -> tuple[int, str]:
    # Ids are digits, so the shorter one is the smaller number.
    return len(order_id), order_id


def _line(competing: Sequence[Candidate], policy: AllocationPolicy) -> list[Candidate]:
    by_paid = sorted(competing, key=lambda one: (one.since or _NEVER, _by_id(one.order_id)))
    match policy:
        case AllocationPolicy.PAID_FIRST:
            return by_paid
        case AllocationPolicy.PLATFORM_DEADLINE_FIRST:
            return sorted(by_paid, key=lambda one: one.deadline or _NEVER)
        case AllocationPolicy.VALUE_FIRST:
            _refuse_mixed_currencies(competing)
            return sorted(by_paid, key=lambda one: -one.value.amount_minor if one.value else 1)
        case AllocationPolicy.HURT_BEFORE_FIRST:
            return sorted(by_paid, key=lambda one: not one.hurt_before)
        case _:
            assert_never(policy)


def _refuse_mixed_currencies(competing: Sequence[Candidate]) -> None:
    currencies = sorted({one.value.currency for one in competing if one.value})
    if len(currencies) > 1:
        raise InputError("policy", f"value_first cannot compare {' with '.join(currencies)}")


def _why(
    candidate: Candidate, place: int, left: int, policy: AllocationPolicy, zone: tzinfo
) -> str:
    standing = ", ".join(_standing(candidate, policy, zone))
    where = f"{standing} ({_ordinal(place)} in line)"
    needed = candidate.quantity
    if needed <= left:
        return f"Served: {where}, {needed} of the {_units(left)} left."
    rest = f"only {_units(left)}" if left else "none"
    return f"Short: {where}, needs {_units(needed)} and {rest} {_were(left)} left."


def _standing(candidate: Candidate, policy: AllocationPolicy, zone: tzinfo) -> list[str]:
    said: list[str] = []
    if policy is AllocationPolicy.PLATFORM_DEADLINE_FIRST:
        due = candidate.deadline
        said.append(f"due {_local(due, zone)}" if due else "no platform deadline known")
    elif policy is AllocationPolicy.VALUE_FIRST:
        worth = candidate.value
        said.append(f"worth {worth.decimal()} {worth.currency}" if worth else "value not known")
    elif policy is AllocationPolicy.HURT_BEFORE_FIRST:
        said.append("buyer let down before" if candidate.hurt_before else "buyer not let down yet")
    said.append(_since(candidate, zone))
    return [*said, "on hold"] if candidate.on_hold else said


def _since(candidate: Candidate, zone: tzinfo) -> str:
    if candidate.paid_at:
        return f"paid {_local(candidate.paid_at, zone)}"
    if candidate.created_at:
        return f"placed {_local(candidate.created_at, zone)}, no payment time"
    return "neither paid nor placed time known"


def _local(instant: datetime, zone: tzinfo) -> str:
    mark = " UTC" if zone is UTC else ""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}{mark}"


def _units(count: int) -> str:
    return f"{count} unit" if count == 1 else f"{count} units"


def _were(count: int) -> str:
    return "was" if count <= 1 else "were"


def _ordinal(place: int) -> str:
    teens = range(11, 14)
    ending = "th" if place % 100 in teens else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
