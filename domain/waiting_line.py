"""The line in which competing orders stand for limited stock, and the words that say so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import assert_never

from domain.candidates import Candidate
from domain.errors import InputError


class AllocationPolicy(StrEnum):
    """In which order the competing orders stand in line; ties fall back to paid_first."""

    PAID_FIRST = "paid_first"
    PLATFORM_DEADLINE_FIRST = "platform_deadline_first"
    VALUE_FIRST = "value_first"
    HURT_BEFORE_FIRST = "hurt_before_first"


_NEVER = datetime.max.replace(tzinfo=UTC)


def by_number(order_id: str) -> tuple[int, str]:
    """Return a key that sorts order ids: they are digits, so the shorter one is the smaller."""
    return len(order_id), order_id


def in_line(competing: Iterable[Candidate], policy: AllocationPolicy) -> list[Candidate]:
    """Return *competing* in the order in which they are served.

    Raises:
        InputError: Values in several currencies are to be compared.
    """
    by_paid = sorted(competing, key=lambda one: (one.since or _NEVER, by_number(one.order_id)))
    match policy:
        case AllocationPolicy.PAID_FIRST:
            return by_paid
        case AllocationPolicy.PLATFORM_DEADLINE_FIRST:
            return sorted(by_paid, key=lambda one: one.deadline or _NEVER)
        case AllocationPolicy.VALUE_FIRST:
            _refuse_mixed_currencies(by_paid)
            return sorted(by_paid, key=lambda one: -one.value.amount_minor if one.value else 1)
        case AllocationPolicy.HURT_BEFORE_FIRST:
            return sorted(by_paid, key=lambda one: not one.hurt_before)
        case _:
            assert_never(policy)


def _refuse_mixed_currencies(competing: Iterable[Candidate]) -> None:
    currencies = sorted({one.value.currency for one in competing if one.value})
    if len(currencies) > 1:
        raise InputError("policy", f"value_first cannot compare {' with '.join(currencies)}")


def served_because(standing: str, needs: Mapping[str, int], left: Mapping[str, int]) -> str:
    """Return why an order is served.

    Args:
        standing: Its place in line, in words.
        needs: Units per SKU; one SKU goes without saying.
        left: Units per SKU before it took its own.
    """
    taken = [f"{wanted} of the {units(left[sku])}" for sku, wanted in needs.items()]
    return f"Served: {standing}, {_per_sku(needs, taken)} left."


def short_because(standing: str, needs: Mapping[str, int], left: Mapping[str, int]) -> str:
    """Return why an order is short; the arguments are those of `served_because`."""
    lacking = [sku for sku, wanted in needs.items() if wanted > left[sku]]
    wanted = _per_sku(needs, [units(count) for count in needs.values()])
    there = [f"only {units(left[sku])}" if left[sku] else "none" for sku in lacking]
    if len(needs) == 1:
        rest = there[0]
    else:
        wanted += ", all or nothing,"
        rest = listed([f"{count} of {sku}" for sku, count in zip(lacking, there, strict=True)])
    were = "was" if len(lacking) == 1 and left[lacking[0]] <= 1 else "were"
    return f"Short: {standing}, needs {wanted} and {rest} {were} left."


def _per_sku(needs: Mapping[str, int], counts: Sequence[str]) -> str:
    if len(needs) == 1:
        return counts[0]
    return listed([f"{count} of {sku}" for sku, count in zip(needs, counts, strict=True)])


def standing_of(candidate: Candidate, place: int, policy: AllocationPolicy, zone: tzinfo) -> str:
    """Return what gives *candidate* its place in line, and the place."""
    said = [*_by_policy(candidate, policy, zone), _since(candidate, zone)]
    if candidate.on_hold:
        said.append("on hold")
    return f"{', '.join(said)} ({ordinal(place)} in line)"


def _by_policy(candidate: Candidate, policy: AllocationPolicy, zone: tzinfo) -> list[str]:
    match policy:
        case AllocationPolicy.PAID_FIRST:
            return []
        case AllocationPolicy.PLATFORM_DEADLINE_FIRST:
            due = candidate.deadline
            return [f"due {_local(due, zone)}" if due else "no platform deadline known"]
        case AllocationPolicy.VALUE_FIRST:
            worth = candidate.value
            return [f"worth {worth.decimal()} {worth.currency}" if worth else "value not known"]
        case AllocationPolicy.HURT_BEFORE_FIRST:
            hurt = candidate.hurt_before
            return ["buyer let down before" if hurt else "buyer not let down yet"]
        case _:
            assert_never(policy)


def _since(candidate: Candidate, zone: tzinfo) -> str:
    if candidate.paid_at:
        return f"paid {_local(candidate.paid_at, zone)}"
    if candidate.created_at:
        return f"placed {_local(candidate.created_at, zone)}, no payment time"
    return "neither paid nor placed time known"


def _local(instant: datetime, zone: tzinfo) -> str:
    mark = " UTC" if zone is UTC else ""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}{mark}"


def units(count: int) -> str:
    """Return a number of units in words that fit it."""
    return f"{count} unit" if count == 1 else f"{count} units"


def ordinal(place: int) -> str:
    """Return a place in line, such as 1st or 12th."""
    teens = range(11, 14)
    ending = "th" if place % 100 in teens else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def listed(parts: Sequence[str]) -> str:
    """Return *parts*, at least one, as a sentence lists them."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
