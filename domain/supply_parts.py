"""What the view shows of a shortage's supply: supplier, course, rounds, and what is still owed."""

from pydantic import BaseModel, ConfigDict

from domain.choices import Choice
from domain.instants import Instant
from domain.stockout import Course


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class RoundView(_Part):
    """What waiting was offered with in one round; *discount* is a decimal string."""

    number: int
    at: Instant
    promised_at: Instant | None = None
    gift: str | None = None
    coupon_id: str | None = None
    discount: str | None = None


class OwedView(_Part):
    """A gift or a discount that a person hands over."""

    choice: Choice
    what: str
    by: Instant | None = None
    given: bool = False


class SupplyPart(_Part):
    """The restock of an order, and how its buyer is asked because of it."""

    supplier: str | None = None
    answer_by: Instant | None = None
    """When the supplier's answer is needed; None where it was not waited for."""
    answered: bool = False
    """Whether a date, or its absence, is known."""
    course: Course = Course.OFFERS
    course_why: str = ""
    dates: tuple[str, ...] = ()
    """Per date of the supplier what was made of it, with the size of the sample."""
    rounds: tuple[RoundView, ...] = ()
    owed: tuple[OwedView, ...] = ()
