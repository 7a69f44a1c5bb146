"""Which choices a buyer may be offered, and with what."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from domain.choices import Choice
from domain.instants import Instant
from domain.money import Money


class Compensation(BaseModel):
    """What a buyer gets for the trouble, besides the goods or the money."""

    model_config = ConfigDict(frozen=True)

    gift: str | None = None
    """In the words of the merchant; with a later order, unless it belongs to an offer to wait."""
    coupon_id: str | None = None
    coupon_title: str = ""
    """Of a coupon that exists; its card follows in the chat."""
    discount: Money | None = None
    """On a later order, recorded until it is granted."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.gift or self.coupon_title or self.discount)


class Offer(BaseModel):
    """One choice as it was put to the buyer; its letter follows from the choice."""

    model_config = ConfigDict(frozen=True)

    choice: Choice
    promised_at: Instant | None = None
    substitute_sku_id: str | None = None
    substitute_name: str = ""
    gift: str | None = None
    """With the parcel of a buyer who waits; with a later order where the choice is a refund."""
    coupon_id: str | None = None
    coupon_title: str = ""
    discount: Money | None = None
    """On a later order, recorded until it is granted."""

    @property
    def compensation(self) -> Compensation:
        """What comes with the choice."""
        return Compensation(
            gift=self.gift,
            coupon_id=self.coupon_id,
            coupon_title=self.coupon_title,
            discount=self.discount,
        )


class News(BaseModel):
    """What a later offer to wait changes; what stays as it was is empty."""

    model_config = ConfigDict(frozen=True)

    promised_at: Instant | None = None
    """The new date, be it sooner or later."""
    sooner: bool = False
    compensation: Compensation = Compensation()
    """Only the parts that are new or larger."""

    @property
    def improves(self) -> bool:
        """Whether a buyer gains by it, so that another round is worth a message."""
        return self.sooner or not self.compensation.nothing


def offer_of(choice: Choice, offers: Iterable[Offer]) -> Offer | None:
    """Return the offer of *choice*, if it is among *offers*."""
    return next((offer for offer in offers if offer.choice is choice), None)


def news_of_wait(offers: Iterable[Offer], earlier: Iterable[Offer]) -> News:
    """Compare the offer to wait with that of an earlier round.

    Args:
        offers: As they stand now.
        earlier: As they were put to the buyer before; empty if nothing was.

    Returns:
        What is new; nothing where waiting is not offered.
    """
    now = offer_of(Choice.WAIT, offers)
    if now is None:
        return News()
    before = offer_of(Choice.WAIT, earlier) or Offer(choice=Choice.WAIT)
    moved = before.promised_at is not None and now.promised_at != before.promised_at
    return News(
        promised_at=now.promised_at if moved else None,
        sooner=moved and _sooner(now.promised_at, before.promised_at),
        compensation=_gained(now, before),
    )


def _sooner(now: Instant | None, before: Instant | None) -> bool:
    return now is not None and before is not None and now < before


def _gained(now: Offer, before: Offer) -> Compensation:
    coupon = now.coupon_title != before.coupon_title or now.coupon_id != before.coupon_id
    return Compensation(
        gift=now.gift if now.gift != before.gift else None,
        coupon_id=now.coupon_id if coupon else None,
        coupon_title=now.coupon_title if coupon else "",
        discount=now.discount if _larger(now.discount, before.discount) else None,
    )


def _larger(now: Money | None, before: Money | None) -> bool:
    if now is None or before is None:
        return now is not None
    return now.currency != before.currency or now.amount_minor > before.amount_minor
