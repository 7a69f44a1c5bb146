"""How an order whose item is out of stock is put to its buyer: by how long the restock takes."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.deadlines import Deadline, can_wait
from domain.durations import write_duration
from domain.messages import LongerOfferReason
from domain.playbook import MOST_ROUNDS, NoAnswer, OfferRung, Playbook, StockoutRules


class Course(StrEnum):
    """What the buyer is asked, if anything."""

    OFFERS = "offers"
    """The offers of an oversold item."""
    NEGOTIATE = "negotiate"
    """To wait longer, with compensation."""
    RECOMMEND_REFUND = "recommend_refund"
    """Refund is what the shop advises; the deadline decides where the buyer does not."""
    REFUND = "refund"
    """Nothing: the buyer is told, and has the money back."""


class Outlook(BaseModel):
    """What is known of the restock of all short units together."""

    model_config = ConfigDict(frozen=True)

    at: datetime | None = None
    """When the last of them come; padded where the supplier's past calls for it."""
    in_stock: bool = False
    never: bool = False
    """True if a short SKU never comes."""


class Judgement(BaseModel):
    """The course, and the sentence that says why."""

    model_config = ConfigDict(frozen=True)

    course: Course
    why: str
    longer: LongerOfferReason | None = None
    """Where a date is known: why no wait up to it is offered."""


_UNANSWERED = {
    NoAnswer.OFFERS: Course.OFFERS,
    NoAnswer.RECOMMEND_REFUND: Course.RECOMMEND_REFUND,
    NoAnswer.REFUND: Course.REFUND,
}


def judge(
    outlook: Outlook, *, now: datetime, promise_by: Deadline, rules: StockoutRules, swap: bool
) -> Judgement:
    """Return how the buyer is asked about an item that is out of stock.

    Args:
        outlook: The restock as it is known now.
        now: The case's clock.
        promise_by: Last instant that may be promised; nothing later is ever negotiated.
        rules: The playbook's bands.
        swap: Whether a substitute stands ready; then nobody is refunded unasked.

    Returns:
        The course with its reason.
    """
    if outlook.never:
        return _unless_swap(Course.REFUND, "the item never comes", swap=swap)
    if outlook.in_stock:
        return Judgement(course=Course.OFFERS, why="the item is in stock")
    if outlook.at is None or outlook.at <= now:
        course = _UNANSWERED[rules.no_answer]
        return _unless_swap(course, "no restock date is known that lies ahead", swap=swap)
    return _by_date(outlook.at, now, promise_by, rules)


def _unless_swap(course: Course, why: str, *, swap: bool) -> Judgement:
    if course is Course.REFUND and swap:
        return Judgement(course=Course.RECOMMEND_REFUND, why=f"{why}, but a substitute does")
    return Judgement(course=course, why=why)


def _by_date(at: datetime, now: datetime, promise_by: Deadline, rules: StockoutRules) -> Judgement:
    away = f"the restock is {write_duration(at - now)} away"
    if not can_wait(promised_at=at, promise_by=promise_by):
        return Judgement(
            course=Course.RECOMMEND_REFUND,
            longer=LongerOfferReason.PLATFORM_CLOSES,
            why=f"{away}, not before the last instant that may be promised, "
            f"{promise_by.at:%Y-%m-%d %H:%M}Z ({promise_by.rule})",
        )
    if at - now <= rules.offers_within:
        why = f"{away}, within {write_duration(rules.offers_within)}"
        return Judgement(course=Course.OFFERS, why=why)
    within = write_duration(rules.negotiate_within)
    if at - now <= rules.negotiate_within:
        return Judgement(course=Course.NEGOTIATE, why=f"{away}, within {within}")
    return Judgement(
        course=Course.RECOMMEND_REFUND,
        longer=LongerOfferReason.TOO_LONG,
        why=f"{away}, longer than {within}",
    )


def wait_rungs(course: Course, number: int, playbook: Playbook) -> tuple[OfferRung, ...] | None:
    """Return what waiting comes with in a round, best first.

    Args:
        course: How the buyer is asked.
        number: The round, from 1.
        playbook: Names the rounds.

    Returns:
        The rungs of the round; None where waiting comes with what it always does.
    """
    rounds = playbook.stockout.rounds
    if course is not Course.NEGOTIATE or not rounds:
        return None
    return rounds[min(number, len(rounds)) - 1]


def has_round(number: int, playbook: Playbook) -> bool:
    """Tell whether the playbook names a compensation for a round; the first is 1."""
    return number <= min(MOST_ROUNDS, len(playbook.stockout.rounds))
