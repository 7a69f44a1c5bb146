"""The words of the screens, in English and Simplified Chinese.

English words are their own keys; the words of closed sets (states, outcomes, …) are keyed by the
wire's word.
"""

from collections.abc import Mapping
from enum import StrEnum

from console.words_chinese import CHINESE


class Tongue(StrEnum):
    """A language of the screens."""

    ENGLISH = "en"
    CHINESE = "zh"


_ENGLISH = {"wait": "A Wait", "swap": "B Swap", "refund": "C Refund"}
_TABLES: Mapping[Tongue, Mapping[str, str]] = {
    Tongue.ENGLISH: _ENGLISH,
    Tongue.CHINESE: CHINESE,
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
