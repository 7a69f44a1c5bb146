"""The playbook: how a shop handles each exception, as data that people edit and cases pin."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    model_validator,
)

from domain.durations import Duration, PositiveDuration, rising, write_duration
from domain.errors import MoneyError
from domain.money import Money

LONGEST_SILENCE = timedelta(hours=24)
"""No playbook may leave a buyer without word for longer than this."""


def _within_a_day(duration: timedelta) -> timedelta:
    if duration > LONGEST_SILENCE:
        raise ValueError(
            f"{write_duration(duration)} is too long; "
            f"the first message goes out within {write_duration(LONGEST_SILENCE)}"
        )
    return duration


def _whole_number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _readable_amounts(amounts: dict[str, str]) -> dict[str, str]:
    for currency, amount in amounts.items():
        try:
            Money.parse(amount, currency)
        except MoneyError as error:
            raise ValueError(str(error)) from error
    return amounts


def _no_debts(amounts: dict[str, str]) -> dict[str, str]:
    for currency, amount in amounts.items():
        if Money.parse(amount, currency).amount_minor < 0:
            raise ValueError(f"{amount!r} is below zero; give 0 or more of {currency}")
    return amounts


Ladder = Annotated[tuple[Duration, ...], AfterValidator(rising)]
"""Durations in rising order, each once."""
Digits = Annotated[str, BeforeValidator(_whole_number_as_text)]
"""A number kept as text; a whole one may be written bare, a fraction needs quotes to be exact."""
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""
Amounts = Annotated[
    dict[Currency, Digits], AfterValidator(_readable_amounts), AfterValidator(_no_debts)
]
"""Currency -> decimal amount, zero or more."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContactRules(_Section):
    """When the first message must be out."""

    within: Annotated[PositiveDuration, AfterValidator(_within_a_day)] = timedelta(hours=24)
    share_of_time_left: float = Field(default=0.25, gt=0, le=1)
    """Share of the time left to shipping_due_time that may pass before contact."""


class ChoiceRules(_Section):
    """How long the buyer may think, and how often we remind."""

    within: PositiveDuration = timedelta(hours=24)
    reminders: Ladder = (timedelta(hours=8), timedelta(hours=16))
    """Counted from the contact; each is sent once, none after the first reply."""


class OfferKind(StrEnum):
    """What a choice can be sweetened with."""

    GIFT = "gift"
    COUPON = "coupon"
    DISCOUNT = "discount"


class OfferRung(_Section):
    """One step of the ladder of offers: what a choice comes with while the budget lasts."""

    kind: OfferKind
    gift: str | None = None
    """What the warehouse adds to the parcel; of a gift."""
    coupon_id: Digits | None = None
    """A coupon that exists in Seller Center; of a coupon."""
    amount: Amounts = Field(default_factory=dict)
    """What it takes off per currency; of a discount always, of a coupon or a gift its worth."""

    @model_validator(mode="after")
    def _says_what_it_gives(self) -> Self:
        needed = {
            OfferKind.GIFT: ("gift", self.gift),
            OfferKind.COUPON: ("coupon_id", self.coupon_id),
            OfferKind.DISCOUNT: ("amount", self.amount),
        }
        key, value = needed[self.kind]
        if not value:
            raise ValueError(f"kind {self.kind} needs the key {key}; add it")
        return self


class OfferCap(_Section):
    """How much of one kind may be given; what is not named has no limit."""

    count: NonNegativeInt | None = None
    amount: Amounts = Field(default_factory=dict)


class OfferBudget(_Section):
    """The caps of one kind of offer."""

    per_case: OfferCap = OfferCap()
    per_day: OfferCap = OfferCap()
    """A day of the shop's market."""
    per_incident: OfferCap = OfferCap()


class BudgetRules(_Section):
    """How much of each kind may be given; a spent budget leads to the next rung."""

    gift: OfferBudget = OfferBudget()
    coupon: OfferBudget = OfferBudget()
    discount: OfferBudget = OfferBudget()


class WaitRules(_Section):
    """Offer A."""

    offered: bool = True
    gift: str | None = None
    """What the warehouse adds to the parcel of a buyer who waits."""
    rungs: tuple[OfferRung, ...] = ()
    """What waiting comes with, best first; empty means the gift alone."""
    silence_counts: bool = False
    """Whether silence may be a yes to a slipped date where the market's law lets it."""
    consent_within: PositiveDuration = timedelta(hours=24)
    most_slips: NonNegativeInt = 1
    """How many times a date may slip with a new yes; one more means refund."""
    padding_quantile: float = Field(default=0.8, gt=0, le=1)
    """A supplier's date is padded until this share of its earlier ones would have been kept."""


class SwapRules(_Section):
    """Offer B."""

    offered: bool = True
    look_every: PositiveDuration = timedelta(hours=2)
    """How often the shop is searched for the buyer's new order."""


class RefundRules(_Section):
    """Offer C and every refund that a deadline makes."""

    coupon_id: Digits | None = None
    """An existing coupon of the shop, sent as a card with a refund."""
    rungs: tuple[OfferRung, ...] = ()
    """What a refund comes with, best first; empty means the coupon alone."""
    approve_above: Annotated[dict[Currency, Digits], AfterValidator(_readable_amounts)] = Field(
        default_factory=dict
    )
    """Currency -> decimal amount; a refund above it needs a second person."""
    approve_after_per_hour: PositiveInt | None = None
    """Refunds per shop and hour that go out without a second person."""
    confirm_within: PositiveDuration = timedelta(days=3)
    """How long a submitted cancellation may stay unconfirmed before a person is asked."""
    look_every: PositiveDuration = timedelta(hours=6)
    """How often an unconfirmed cancellation is looked at."""


class NoAnswer(StrEnum):
    """What an order is put to when its supplier has named no date in time."""

    OFFERS = "offers"
    """The oversell offers, without waiting."""
    RECOMMEND_REFUND = "recommend_refund"
    REFUND = "refund"
    """Told and refunded at once, as if nothing ever came."""


MOST_ROUNDS = 2
"""A buyer is negotiated with this often at most."""


def _few_rounds(rounds: tuple[tuple[OfferRung, ...], ...]) -> tuple[tuple[OfferRung, ...], ...]:
    if len(rounds) > MOST_ROUNDS:
        raise ValueError(f"{len(rounds)} rounds are too many; name {MOST_ROUNDS} at most")
    return rounds


Rounds = Annotated[tuple[tuple[OfferRung, ...], ...], AfterValidator(_few_rounds)]
"""Per round of a negotiation what waiting comes with, best first."""


class StockoutRules(_Section):
    """An item that is out of stock: its supplier, how long waiting is offered, what makes up."""

    offers_within: PositiveDuration = timedelta(days=7)
    """A restock this soon brings the same offers as an oversold item."""
    negotiate_within: PositiveDuration = timedelta(days=15)
    """A later one up to here is negotiated; beyond it the refund is recommended."""
    no_answer: NoAnswer = NoAnswer.RECOMMEND_REFUND
    supplier_ladder: Ladder = (timedelta(0), timedelta(hours=3), timedelta(hours=6))
    """When the supplier is asked, counted from discovery, until it names a date."""
    rounds: Rounds = ()
    """What waiting comes with when it is negotiated; empty means one round with `wait.rungs`."""
    amends: tuple[OfferRung, ...] = ()
    """What a refund comes with where it is recommended or nothing comes; empty means
    `refund.rungs`."""
    amends_within: PositiveDuration = timedelta(days=3)
    """How long a case stays open for a person to hand over what it owes."""

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        if self.negotiate_within < self.offers_within:
            raise ValueError(
                f"negotiate_within {write_duration(self.negotiate_within)} is shorter than "
                f"offers_within {write_duration(self.offers_within)}; make it as long or longer"
            )
        return self


class PeopleRules(_Section):
    """How tasks reach people."""

    ladder: Ladder = (timedelta(0), timedelta(hours=2), timedelta(hours=6))
    """When people are called about a task, counted from its start."""


class PickupRules(_Section):
    """What a case does about a parcel that the carrier did not collect."""

    tell_buyer_within: Annotated[PositiveDuration, AfterValidator(_within_a_day)] = timedelta(
        hours=24
    )
    """The buyer hears of the delay this long after discovery at the latest."""
    evidence_within: PositiveDuration = timedelta(hours=24)
    """How long people have for proofs that can be had at any time."""
    carrier_ladder: Ladder = (timedelta(0), timedelta(hours=4), timedelta(hours=24))
    """When the carrier is asked, counted from discovery; ends once the parcel is scanned."""
    help_center_after: PositiveDuration = timedelta(hours=24)
    """When a Help Center case is due, where the market profile names no days of its own."""
    rebook: bool = True
    """Whether a new pickup is booked by itself where the platform can do that."""
    look_every: PositiveDuration = timedelta(hours=4)
    """How often the parcel is looked at, whatever notifications say."""
    watch_for_penalty: PositiveDuration = timedelta(days=14)
    """How long a collected parcel's case keeps watching for a penalty."""


class FilingChannel(StrEnum):
    """Who hands an appeal in; the platform has no public interface for it."""

    ASSISTED = "assisted"
    """A person files it in Seller Center and records the reference."""
    GATEWAY = "gateway"
    """An HTTP endpoint of the merchant's own does."""


class AppealRules(_Section):
    """When an appeal is complete, when it goes in as it is, and by whom."""

    complete_within: PositiveDuration = timedelta(days=7)
    """The internal deadline: all proofs are there this long after the window opened …"""
    share_of_window: float = Field(default=0.25, gt=0, le=0.5)
    """… or before this share of the window has passed, if that is earlier."""
    last_safe_before: PositiveDuration = timedelta(days=2)
    """At the last safe moment, this long before the window ends, it goes in as it is."""
    reminders: Ladder = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
    """When people are reminded, counted back from the last safe moment."""
    channel: FilingChannel = FilingChannel.ASSISTED


class IncidentRules(_Section):
    """How a shortage incident is led."""

    look_every: PositiveDuration = timedelta(minutes=30)
    """How soon the shop's orders are read again; twice as late after each look without news …"""
    look_at_most: PositiveDuration = timedelta(hours=6)
    """… but this late at the most."""
    supplier_ladder: Ladder = (timedelta(0), timedelta(hours=4), timedelta(hours=24))
    """When the supplier is asked, counted from the start or from a date that has passed …"""
    supplier_then_every: PositiveDuration = timedelta(hours=24)
    """… and how often after the last rung, until there is a date."""


class OutageRules(_Section):
    """What a step does when the platform does not answer."""

    park_after: PositiveDuration = timedelta(minutes=15)
    """A step that fails this long is parked and seen by people."""
    retry_every: PositiveDuration = timedelta(minutes=30)
    """A step parked by an outage is tried again this often."""


class Playbook(_Section):
    """The resolved playbook of one shop: default, then market, then shop."""

    name: str
    version: str
    contact: ContactRules = ContactRules()
    choice: ChoiceRules = ChoiceRules()
    wait: WaitRules = WaitRules()
    swap: SwapRules = SwapRules()
    refund: RefundRules = RefundRules()
    stockout: StockoutRules = StockoutRules()
    budget: BudgetRules = BudgetRules()
    pickup: PickupRules = PickupRules()
    appeal: AppealRules = AppealRules()
    incident: IncidentRules = IncidentRules()
    people: PeopleRules = PeopleRules()
    outage: OutageRules = OutageRules()
