"""What each message cannot be written without, and what it must not be given."""

from collections.abc import Sequence
from typing import Final

from domain.choices import Choice
from domain.errors import InputError
from domain.messages import LongerOfferReason, MessageFacts, MessageKey
from domain.offers import Offer, news_of_wait, offer_of

_ALWAYS_ASK: Final = frozenset(
    {
        *(MessageKey.ASK, MessageKey.ASK_FURTHER, MessageKey.REMINDER, MessageKey.OFFERS_CHANGED),
        *(MessageKey.NEGOTIATE, MessageKey.NEGOTIATE_AGAIN, MessageKey.RECOMMEND_REFUND),
    }
)
_ASK_IF_ANSWER_BY: Final = frozenset({MessageKey.SLIPPED, MessageKey.TURNED_UNAVAILABLE})
"""Without a time to answer by, these tell and do not ask."""
_NEEDED: Final = {
    MessageKey.SLIPPED: ("earlier_promised_at",),
    MessageKey.WAIT_AGREED: ("promised_at",),
    MessageKey.SWAP_AGREED: ("substitute_name", "answer_by"),
    MessageKey.REFUNDED: ("reason",),
    MessageKey.WHICH_ORDER: ("other_order_digits",),
    MessageKey.PICKUP_REBOOKED: ("pickup_from", "pickup_until"),
} | dict.fromkeys(_ALWAYS_ASK, ("answer_by",))


def check_facts(facts: MessageFacts) -> None:
    """Refuse facts that leave out what their message must say, or that contradict it.

    Args:
        facts: Of one message.

    Raises:
        InputError: Names the field that is missing or does not fit.
    """
    for field in _NEEDED.get(facts.key, ()):
        if not getattr(facts, field):
            raise InputError(field, f"the message {facts.key} cannot be written without it")
    if not facts.products and facts.key is not MessageKey.WHICH_ORDER:
        raise InputError("products", f"the message {facts.key} must name the product")
    if (facts.pickup_from is None) != (facts.pickup_until is None):
        raise InputError("pickup_until", "a slot has a beginning and an end; give both or neither")
    if facts.key in _ALWAYS_ASK or (facts.key in _ASK_IF_ANSWER_BY and facts.answer_by):
        _check_offers(facts.offers)
        _check_wait(facts)


def _check_offers(offers: Sequence[Offer]) -> None:
    choices = [offer.choice for offer in offers]
    if Choice.REFUND not in choices:
        raise InputError("offers", "a refund is always offered; add the choice refund")
    if len(choices) != len(set(choices)):
        raise InputError("offers", "a choice is offered once; put what comes with it in one offer")
    for offer in offers:
        if offer.choice is Choice.WAIT and offer.promised_at is None:
            raise InputError("offers", "waiting is offered with a definite date only")
        if offer.choice is Choice.SWAP and not offer.substitute_name:
            raise InputError("offers", "a swap is offered with the substitute's name only")


def _check_wait(facts: MessageFacts) -> None:
    waits = offer_of(Choice.WAIT, facts.offers) is not None
    if facts.key in {MessageKey.NEGOTIATE, MessageKey.NEGOTIATE_AGAIN} and not waits:
        raise InputError("offers", f"{facts.key} is about waiting; offer it or recommend a refund")
    if facts.key is MessageKey.TURNED_UNAVAILABLE and waits:
        raise InputError("offers", "nothing is left to wait for; offer a swap or a refund")
    closes = facts.longer_offer_reason is LongerOfferReason.PLATFORM_CLOSES
    if facts.key is MessageKey.RECOMMEND_REFUND and closes and waits:
        raise InputError("offers", "the platform closes the order before; do not offer to wait")
    news = news_of_wait(facts.offers, facts.earlier_offers)
    if facts.key is MessageKey.NEGOTIATE_AGAIN and not news.improves:
        raise InputError("offers", "a second round must offer more than the first; remind instead")
