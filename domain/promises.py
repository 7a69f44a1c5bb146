"""What a supplier's dates are worth: promised against real ones, and the padding they call for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from pydantic import BaseModel, ConfigDict

from domain.durations import write_duration
from domain.instants import Instant, aware

ENOUGH_SAMPLES = 20
"""From so many kept promises on, a date is padded."""


class Sample(BaseModel):
    """One promise of a supplier and what became of it."""

    model_config = ConfigDict(frozen=True)

    promised_at: Instant
    real_at: Instant

    @property
    def late_by(self) -> timedelta:
        """How much later than promised; below zero if earlier."""
        return self.real_at - self.promised_at


class PaddedDate(BaseModel):
    """The date that may be offered for a supplier's date, and why it is that one."""

    model_config = ConfigDict(frozen=True)

    at: Instant
    plain: Instant
    """The supplier's own date."""
    samples: int
    quantile: float
    padded_by: timedelta
    why: str


def promise_id(supplier: str, sku_id: str, promised_at: datetime) -> str:
    """Return the id under which a date of a supplier and SKU is one promise, whoever notes it."""
    return f"{supplier}/{sku_id}/{aware(promised_at, 'promised_at').isoformat()}"


def padded_date(plain: datetime, samples: Iterable[Sample], *, quantile: float) -> PaddedDate:
    """Return the date to offer where the supplier says *plain*.

    The padding is the lateness that the share *quantile* of past promises did not exceed: the
    smallest one of the sample with that many at or below it, so that it can be counted by hand.

    Args:
        plain: The supplier's date.
        samples: Its past promises of this SKU.
        quantile: Above 0, at most 1, such as 0.8.

    Returns:
        A date at or after *plain*; the plain one while there are fewer than `ENOUGH_SAMPLES`.
    """
    date = aware(plain, "plain")
    late = sorted(sample.late_by for sample in samples)
    if len(late) < ENOUGH_SAMPLES:
        padding = timedelta()
        why = f"plain date: {_samples(len(late))}, a date is padded from {ENOUGH_SAMPLES} on"
    else:
        # Ten decimals undo what binary fractions do to 0.07 * 100.
        padding = max(timedelta(), late[max(1, ceil(round(quantile * len(late), 10))) - 1])
        why = _why_padded(padding, len(late), quantile)
    return PaddedDate(
        at=date + padding,
        plain=date,
        samples=len(late),
        quantile=quantile,
        padded_by=padding,
        why=why,
    )


def _why_padded(padding: timedelta, count: int, quantile: float) -> str:
    share = f"{quantile:.0%} of {_samples(count)}"
    if not padding:
        return f"plain date: {share} were not late"
    return f"padded by {write_duration(padding)}: {share} were at most that late"


def _samples(count: int) -> str:
    return "1 kept promise" if count == 1 else f"{count} kept promises"
