"""Facts of letters for tests: one shortage and one missed pickup, told in every language."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.letters import LetterFacts, LetterKey, Parcel, ProofAsk, RestockState
from domain.requirements import RequirementKind
from tests.support.message_facts import MARKETS

ANSWER_BY = datetime(2026, 11, 24, 2, tzinfo=UTC)
ASKED_AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
RESTOCK = datetime(2026, 12, 6, 4, tzinfo=UTC)
SLOT = (datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 23, 5, tzinfo=UTC))
PACKAGE, TRACKING = "1153012345678901234", "TH0123456789"
REFERENCE = "incident:7495:1729:a"


def proof(*kinds: RequirementKind, **changes: Any) -> ProofAsk:
    """Return a proof that is needed by ANSWER_BY, with *changes*."""
    return ProofAsk.model_validate({"kinds": kinds, "by": ANSWER_BY} | changes)


PROOFS = (
    proof(RequirementKind.CARRIER_CHAT, by=ANSWER_BY + timedelta(hours=5)),
    proof(RequirementKind.READY_PHOTO),
    proof(RequirementKind.SIGNED_MANIFEST, needed=False),
)


def letter(key: LetterKey, language: str = "en", **changes: Any) -> LetterFacts:
    """Return the facts of a letter with everything it may say, with *changes*."""
    market, zone, _ = MARKETS[language]
    told = {
        "key": key,
        "language": language,
        "market": market,
        "zone": zone,
        "shop": "Sunny Shop",
        "addressee": "Acme Factory",
        "reference": REFERENCE,
        "answer_by": ANSWER_BY,
        "asked_at": ASKED_AT,
        "rung": 2,
        "product_name": "Windproof Jacket",
        "variation": "Navy, M",
        "seller_sku": "JKT-NV-M",
        "units": 1250,
        "restock": RestockState.EXPECTED if key is LetterKey.SUPPLIER_THANKS else None,
        "restock_at": RESTOCK,
        "restock_units": 3400,
        "carrier": "Flash Express",
        "parcels": (Parcel(package_id=PACKAGE, tracking_number=TRACKING),),
        "pickup_from": SLOT[0],
        "pickup_until": SLOT[1],
        "order_digits": ("482913", "771204"),
        "on_hand": 0,
        "orders_short": 2100,
        "decides": "Warehouse lead",
        "proofs": PROOFS,
    }
    return LetterFacts.model_validate(told | changes)


def bare(key: LetterKey, language: str = "en", **changes: Any) -> LetterFacts:
    """Return the facts of a letter with the least that it can be written from."""
    nothing = {
        "addressee": "",
        "reference": "",
        "asked_at": None,
        "variation": "",
        "seller_sku": "",
        "restock_units": None,
        "carrier": "",
        "parcels": (Parcel(package_id=PACKAGE),) if key in TO_CARRIERS else (),
        "pickup_from": None,
        "pickup_until": None,
        "order_digits": (),
        "proofs": PROOFS[:1],
    }
    return letter(key, language, **nothing | changes)


TO_SUPPLIERS = (LetterKey.SUPPLIER_ASK, LetterKey.SUPPLIER_CHASE, LetterKey.SUPPLIER_THANKS)
TO_CARRIERS = (LetterKey.CARRIER_ASK, LetterKey.CARRIER_CHASE)
