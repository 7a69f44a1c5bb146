"""Facts with which every letter is tried when templates are loaded, before somebody waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.letters import LetterFacts, LetterKey, Parcel, ProofAsk, RestockState
from domain.requirements import RequirementKind

_BY = datetime(2026, 1, 6, 18, tzinfo=UTC)
_PARCEL = Parcel(package_id="¤", tracking_number="¤")
_MANY = 40
_NEEDED: Final[dict[str, Any]] = {
    "market": "US",
    "zone": "America/Los_Angeles",
    "shop": "¤",
    "answer_by": _BY,
    "product_name": "¤",
    "units": 1,
    "parcels": (Parcel(package_id="¤"),),
    "on_hand": 0,
    "decides": "¤",
}
_BESIDES: Final[dict[str, Any]] = {
    "addressee": "¤",
    "reference": "¤",
    "asked_at": _BY,
    "variation": "¤",
    "seller_sku": "¤",
    "restock_at": _BY,
    "restock_units": 1,
    "parcels": (_PARCEL,) * _MANY,
    "pickup_from": _BY,
    "pickup_until": _BY + timedelta(days=1),
    "orders_short": 1,
    "order_digits": ("000000",) * _MANY,
}


def rehearsals(language: str, carrier: str = "") -> Iterator[LetterFacts]:
    """Return facts that between them reach every word of a language.

    Args:
        language: BCP 47 tag of the templates to try.
        carrier: The carrier whose own wording is tried, if any.

    Yields:
        Facts of each letter with everything and with the least, for each state of a restock.
    """
    named = {"language": language, "carrier": carrier}
    for key in LetterKey:
        for state in RestockState if key is LetterKey.SUPPLIER_THANKS else (None,):
            told = {"key": key, "restock": state} | named | _NEEDED
            yield LetterFacts.model_validate(told | _BESIDES | {"proofs": _proofs("¤")})
            date = _BY if state is RestockState.EXPECTED else None
            yield LetterFacts.model_validate(
                told | {"restock_at": date, "proofs": _proofs("")[:1]}
            )
    for kind in RequirementKind:
        yield LetterFacts.model_validate(
            {"key": LetterKey.STAFF_EVIDENCE, "proofs": _ask(kind)} | named | _NEEDED
        )


def _proofs(words: str) -> tuple[ProofAsk, ...]:
    photo, chat = RequirementKind.READY_PHOTO, RequirementKind.CARRIER_CHAT
    helpful = ProofAsk(kinds=(chat,), by=_BY, needed=False, words=words)
    return (ProofAsk(kinds=(photo, chat), by=_BY, words=words), *(helpful,) * _MANY)


def _ask(kind: RequirementKind) -> tuple[ProofAsk, ...]:
    words = "¤" if kind is RequirementKind.OTHER else ""
    return (ProofAsk(kinds=(kind,), by=_BY, words=words),)
