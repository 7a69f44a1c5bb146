"""Market profiles: the platform's rules per market, as dated data with source and confidence."""

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.errors import PlaybookError
from domain.orders import OrderStatus

T = TypeVar("T")


class Confidence(StrEnum):
    """How well a rule is known; UNKNOWN rules carry no value and fall back visibly."""

    CONFIRMED = "confirmed"
    SINGLE_SOURCE = "single_source"
    UNKNOWN = "unknown"


class Fact(BaseModel, Generic[T]):
    """One rule of a market with its pedigree."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: T | None = None
    confidence: Confidence = Confidence.UNKNOWN
    source: str = ""
    """The page that says so, with its own date where it has one."""
    read_on: date | None = None
    """When somebody last looked."""

    @property
    def known(self) -> bool:
        """Whether there is a value to go by."""
        return self.value is not None

    def or_else(self, other: "Fact[T]") -> T:
        """Return the value, or that of *other* where it is unknown.

        Args:
            other: The same rule in the strictest known profile.

        Raises:
            PlaybookError: Neither is known.
        """
        for fact in (self, other):
            if fact.value is not None:
                return fact.value
        raise PlaybookError("market profiles", "a rule is unknown everywhere; complete a profile")


def _existing_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"{name!r} is not an IANA zone; write one such as Asia/Bangkok"
        ) from error
    return name


Zone = Annotated[str, AfterValidator(_existing_zone)]
"""The name of a zone that exists."""
WeekDay = Annotated[int, Field(ge=0, le=6)]
"""A day of the week; Monday is 0."""
RulesDays = Annotated[int, Field(ge=1, le=60)]
"""Working days that a platform rule grants."""
WindowDays = Annotated[int, Field(ge=1, le=365)]
"""Calendar days that a platform rule grants."""
RulesRounds = Annotated[int, Field(ge=1, le=5)]
"""How often something may be tried."""
ASKED_OF_PEOPLE = frozenset(
    {"appeal_first_days", "appeal_second_days", "appeal_rounds", "help_center_after_days"}
)
"""Rules for which no other market stands in: where they are unknown, a person is asked."""


class MarketProfile(BaseModel):
    """What the platform does and wants in one market; pinned into each case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    market: str
    """Region code as the platform prints it, such as US or TH."""
    aliases: tuple[str, ...] = ()
    """Other codes people use for the market, such as UK for GB."""
    assumed: bool = False
    """True if nothing is known of the market and the strictest known rules stand in."""
    version: str
    """Short hash of the content, so that an auditor can tell two readings apart."""
    zone: Zone
    """IANA zone of the buyers: quiet hours, dates in messages, and the end of a working day."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    language: str
    """Default language of messages to buyers, a BCP 47 tag."""
    holidays_of: str
    """ISO country whose public holidays do not count as working days; empty for none."""
    weekend: tuple[WeekDay, ...] = (5, 6)
    """Days that do not count as working days; Monday is 0."""
    quiet_from: time
    quiet_until: time
    """Reminders wait between these local times."""
    ship_within_working_days: Fact[RulesDays]
    """Working days from payment until the platform cancels an order that was not handed over."""
    collect_within_working_days: Fact[RulesDays]
    """Working days from payment until the platform cancels an order that was not collected."""
    shipped_means: Fact[OrderStatus]
    """The state that counts as dispatched: AWAITING_COLLECTION or IN_TRANSIT."""
    single_lines_cancellable: Fact[bool]
    """Whether a seller can cancel single lines of an order through the API."""
    out_of_stock_reason: Fact[str]
    """Reason name for a seller's cancellation when the platform lists none."""
    silence_may_consent: Fact[bool]
    """Whether silence after a first notice of a definite delay may count as consent."""
    longest_wait_working_days: Fact[RulesDays]
    """How long a standard order can be kept waiting before the platform cancels it."""
    appeal_first_days: Fact[WindowDays] = Fact()
    """Days from the enforcement in which a first appeal can be filed."""
    appeal_second_days: Fact[WindowDays] = Fact()
    """Days from the first rejection in which a second appeal can be filed."""
    appeal_rounds: Fact[RulesRounds] = Fact()
    """How often an appeal can be filed."""
    help_center_after_days: Fact[WindowDays] = Fact()
    """Calendar days after which an uncollected parcel should become a Help Center case."""
    notes: tuple[str, ...] = ()
    """Our own choices and doubts, for the people who edit the file."""

    def facts(self) -> dict[str, Fact[int] | Fact[bool] | Fact[str] | Fact[OrderStatus]]:
        """Return every rule that carries its pedigree, by its field's name."""
        each = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in each if isinstance(value, Fact)}

    def answers_to(self, region: str) -> bool:
        """Tell whether *region* is this market's code or one of its aliases, in any case."""
        return region.upper() in (self.market, *self.aliases)

    def stand_in_for(self, region: str) -> "MarketProfile":
        """Return these rules for a market of which nothing is known, visibly assumed.

        Args:
            region: The platform's code of the unknown market.

        Returns:
            The same rules, in English and without holidays, for neither is known there.
        """
        return self.model_copy(
            update={
                "market": region,
                "aliases": (),
                "assumed": True,
                "language": "en",
                "holidays_of": "",
                **{name: Fact() for name in ASKED_OF_PEOPLE},
                "notes": (f"no profile of {region}; the rules of {self.market} stand in",),
            }
        )


def strictest_of(profiles: Iterable[MarketProfile]) -> MarketProfile:
    """Return the profile that leaves the least time, among those with every rule known.

    Rules that are asked of people do not count: nobody falls back on another market's.

    Raises:
        PlaybookError: No profile knows every rule, so that there is nothing to fall back on.
    """
    complete = [each for each in profiles if _can_stand_in(each)]
    if not complete:
        raise PlaybookError("market profiles", "none knows every rule; complete at least one")
    return min(complete, key=_time_left_by)


def _can_stand_in(profile: MarketProfile) -> bool:
    borrowed = profile.facts().keys() - ASKED_OF_PEOPLE
    return all(profile.facts()[name].known for name in borrowed)


def _time_left_by(profile: MarketProfile) -> tuple[int, int, int, str]:
    return (
        profile.ship_within_working_days.value or 0,
        profile.collect_within_working_days.value or 0,
        profile.longest_wait_working_days.value or 0,
        profile.market,
    )


class WorkingDays(BaseModel):
    """A market's days off around a case, computed once and pinned."""

    model_config = ConfigDict(frozen=True)

    zone: str
    weekend: tuple[int, ...]
    holidays: tuple[date, ...]
