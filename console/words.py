"""The words of the screens, in English and Simplified Chinese.

English words are their own keys; the words of closed sets (states, outcomes, …) are keyed by the
wire's word.
"""

from collections.abc import Mapping
from enum import StrEnum

from console import reasons_chinese, rules_chinese
from console.words_chinese import CHINESE
from console.words_chinese_proofs import CHINESE_PROOFS
from console.words_chinese_stock import CHINESE_STOCK
from console.words_chinese_tasks import CHINESE_TASKS


class Tongue(StrEnum):
    """A language of the screens."""

    ENGLISH = "en"
    CHINESE = "zh"


_ENGLISH = {
    "wait": "A Wait",
    "swap": "B Swap",
    "refund": "C Refund",
    "course:refund": "Refund unasked",
    "course:recommend_refund": "Refund recommended",
    "attach_evidence": "Add file",
    "record_filing": "Record the filing",
    "set_on_hand": "Count the shelf",
    "on_hand": "Units on the shelf",
    "count:on_hand": "On the shelf",
    "count:open_cases": "Cases open",
    "count:opened": "Cases opened",
    "count:joined": "Cases joined",
    "count:already_closed": "Closed before",
    "receive_lot": "Units arrived",
    "deactivate_listing": "Deactivate the listing",
    "give_units": "Serve",
    "take_units": "Take back",
    "restock_date": "Restock date",
    "never_comes": "It never comes",
    "restock:expected": "Date known",
    "restock:unavailable": "Never comes",
    "link_replacement_order": "Link the new order",
    "stock:OUT_OF_STOCK": "out of stock",
    "stock:LOW_STOCK": "low stock",
    "sku_id": "SKU",
    "order_id": "Order number",
    "lot_id": "Lot",
}
_TABLES: Mapping[Tongue, Mapping[str, str]] = {
    Tongue.ENGLISH: _ENGLISH,
    Tongue.CHINESE: {**CHINESE, **CHINESE_PROOFS, **CHINESE_STOCK, **CHINESE_TASKS},
}


class Words:
    """Says things in one language."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue
        self._table = _TABLES[tongue]

    def say(self, english: str) -> str:
        """Return a label, given in English."""
        return self._table.get(english, english)

    def term(self, wire: str, of: str = "") -> str:
        """Return a word of a closed set; an unknown one is shown as the wire has it.

        Args:
            wire: The word on the wire.
            of: The set, where the same word means something else in another one.
        """
        found = self._table.get(f"{of}:{wire}") or self._table.get(wire)
        return found or wire.replace("_", " ").replace(".", " ").capitalize()

    def actor(self, name: str) -> str:
        """Return who did something: a person's own name, or a word for whom it stands for."""
        return self._table.get(f"actor:{name}", name)

    def rule(self, rule: str) -> str:
        """Return the rule of a deadline or an event; one that is not built from parts stays."""
        if self.tongue is Tongue.ENGLISH:
            return rule
        return rules_chinese.in_chinese(rule, self.term)

    def reason(self, why: str) -> str:
        """Return why an order is served or short."""
        return why if self.tongue is Tongue.ENGLISH else reasons_chinese.in_chinese(why)

    def hint(self, step: str) -> str:
        """Return what a task of this step is about, where its own English words are not enough."""
        return self._table.get(f"task:{step.partition(':')[0]}", "")


def tongue_of(asked: str | None, remembered: str | None, browser: str | None) -> Tongue:
    """Return the language for a reader: asked for, else remembered, else the browser's first.

    Args:
        asked: `lang` of the address.
        remembered: What was asked for last time.
        browser: The Accept-Language header.
    """
    for wish in (asked, remembered, *(browser or "").split(",")):
        code = (wish or "").strip().lower()[:2]
        if code in set(Tongue):
            return Tongue(code)
    return Tongue.ENGLISH
