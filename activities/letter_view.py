"""What letter templates see of a letter's facts: ready words for the reader."""

import re
from collections.abc import Mapping
from typing import Any, Final

from activities.reader_words import ReaderWords
from domain.errors import InputError
from domain.letters import REASON_OF, LetterFacts, LetterKey, ProofAsk, RestockState
from domain.message_lint import catalogue_name, one_line, quoted
from domain.requirements import RequirementKind

MOST_PARCELS = 10
"""Parcels and orders listed by number; further parcels are counted, so that every letter fits."""
MOST_PROOFS = 6
"""Proofs listed in one letter, those that are needed first; further ones are counted."""
_MOST_KINDS = 2
_MOST_IN_TITLE = 3
_LONGEST_IN_TITLE = 70
_LONGEST_NUMBER = 40
_LONGEST_REFERENCE = 120
_WHOLE_ORDER = re.compile(r"^(order-case:.*):\w*(\w{6})")

LETTER_FACTS = frozenset(
    {
        *("key", "shop", "addressee", "reference", "rung"),
        *("answer_date", "answer_time", "answer_zone", "asked_date"),
        *("product", "short_product", "sku", "units", "restock", "restock_date", "restock_units"),
        *("carrier", "parcels", "more", "orders", "first_orders"),
        *("slot_date", "slot_from", "slot_until", "slot_end_date", "slot_zone"),
        *("on_hand", "orders_short", "decides"),
        *("proofs", "more_proofs", "first_date", "first_time", "first_zone"),
    }
)
"""What a letter may read from `m`; an absent fact is None and refuses to be printed."""

_NEEDED: Final[Mapping[LetterKey, tuple[str, ...]]] = {
    LetterKey.SUPPLIER_ASK: ("product_name", "units", "answer_by"),
    LetterKey.SUPPLIER_CHASE: ("product_name", "units", "answer_by"),
    LetterKey.SUPPLIER_THANKS: ("product_name", "restock"),
    LetterKey.CARRIER_ASK: ("parcels", "answer_by"),
    LetterKey.CARRIER_CHASE: ("parcels", "answer_by"),
    LetterKey.HOST_ALERT: ("product_name", "on_hand", "decides"),
    LetterKey.STAFF_EVIDENCE: ("proofs",),
}


def check_letter(facts: LetterFacts) -> None:
    """Refuse facts that leave out what their letter must say.

    Args:
        facts: Of one letter.

    Raises:
        InputError: Names the field that is missing or does not fit.
    """
    for field in ("shop", *_NEEDED[facts.key]):
        if getattr(facts, field) in (None, "", ()):
            raise InputError(field, f"the letter {facts.key} cannot be written without it")
    for field in ("units", "restock_units", "on_hand", "orders_short"):
        if (getattr(facts, field) or 0) < 0:
            raise InputError(field, f"{getattr(facts, field)} is negative; give a count")
    if facts.restock is RestockState.EXPECTED and facts.restock_at is None:
        raise InputError("restock_at", "an expected restock has a date; give it")
    if (facts.pickup_from is None) != (facts.pickup_until is None):
        raise InputError("pickup_until", "a slot has a beginning and an end; give both or neither")
    for proof in facts.proofs:
        _check_proof(proof)


def _check_proof(proof: ProofAsk) -> None:
    if not proof.kinds:
        raise InputError("proofs", "a proof has no kind; name at least one")
    if set(proof.kinds) == {RequirementKind.OTHER} and not proof.words:
        raise InputError("proofs", "a proof of the kind other needs words that say what it is")


def letter_view(facts: LetterFacts, words: ReaderWords) -> dict[str, Any]:
    """Return what a letter may print of *facts*.

    Args:
        facts: Checked by `check_letter`.
        words: Of the reader.

    Returns:
        A value for each of LETTER_FACTS; names from catalogues and numbers of parcels are marked
        as quotations.
    """
    return (
        _people(facts, words)
        | _stock(facts, words)
        | _pickup(facts, words)
        | _proofs(facts, words)
    )


def _people(facts: LetterFacts, words: ReaderWords) -> dict[str, Any]:
    return {
        "key": facts.key,
        "shop": catalogue_name(facts.shop),
        "addressee": catalogue_name(facts.addressee) or None,
        "decides": catalogue_name(facts.decides) or None,
        "reference": _reference(facts.reference),
        "rung": words.number(facts.rung),
        "answer_date": words.day(facts.answer_by),
        "answer_time": words.time(facts.answer_by),
        "answer_zone": words.zone(facts.answer_by),
        "asked_date": words.day(facts.asked_at),
    }


def _stock(facts: LetterFacts, words: ReaderWords) -> dict[str, Any]:
    variation = catalogue_name(facts.variation, longest=_LONGEST_NUMBER)
    name = catalogue_name(facts.product_name) or "…"
    full = f"{name} ({variation})" if variation else name
    return {
        "product": quoted(full),
        "short_product": quoted(catalogue_name(full, longest=_LONGEST_IN_TITLE)),
        "sku": _number(facts.seller_sku),
        "units": words.number(facts.units),
        "restock": facts.restock,
        "restock_date": words.day(facts.restock_at),
        "restock_units": words.number(facts.restock_units),
        "on_hand": words.number(facts.on_hand),
        "orders_short": words.number(facts.orders_short),
    }


def _pickup(facts: LetterFacts, words: ReaderWords) -> dict[str, Any]:
    slot = words.slot(facts.pickup_from, facts.pickup_until)
    listed = facts.parcels[:MOST_PARCELS]
    more = len(facts.parcels) - len(listed)
    return {
        "carrier": catalogue_name(facts.carrier) or None,
        "parcels": [
            {"package": _number(one.package_id), "tracking": _number(one.tracking_number)}
            for one in listed
        ],
        "more": words.number(more) if more else None,
        "orders": _list(facts.order_digits, MOST_PARCELS),
        "first_orders": _list(facts.order_digits, _MOST_IN_TITLE),
        "slot_date": slot.date if slot else None,
        "slot_from": slot.begins if slot else None,
        "slot_until": slot.ends if slot else None,
        "slot_end_date": slot.end_date if slot else None,
        "slot_zone": words.zone(facts.pickup_until) if slot else None,
    }


def _proofs(facts: LetterFacts, words: ReaderWords) -> dict[str, Any]:
    asked = sorted(facts.proofs, key=lambda proof: (not proof.needed, proof.by))
    first = min((proof.by for proof in asked), default=None)
    more = len(asked[MOST_PROOFS:])
    return {
        "proofs": [_proof(proof, words) for proof in asked[:MOST_PROOFS]],
        "more_proofs": words.number(more) if more else None,
        "first_date": words.day(first),
        "first_time": words.time(first),
        "first_zone": words.zone(first),
    }


def _proof(proof: ProofAsk, words: ReaderWords) -> dict[str, Any]:
    named = [kind for kind in proof.kinds if kind is not RequirementKind.OTHER or not proof.words]
    return {
        "kinds": named[:_MOST_KINDS],
        "words": catalogue_name(proof.words) or None,
        "why": REASON_OF[proof.kinds[0]],
        "date": words.day(proof.by),
        "time": words.time(proof.by),
        "needed": proof.needed,
    }


def _reference(text: str) -> str | None:
    # The id of an order's case holds the whole order id, which no letter repeats.
    short = _WHOLE_ORDER.sub(r"\1:…\2", one_line(text))[:_LONGEST_REFERENCE]
    return quoted(short) if short else None


def _list(digits: tuple[str, ...], most: int) -> str | None:
    rest = ("…",) if len(digits) > most else ()
    return ", ".join((*digits[:most], *rest)) or None


def _number(text: str) -> str | None:
    return quoted(one_line(text)[:_LONGEST_NUMBER]) if text else None
