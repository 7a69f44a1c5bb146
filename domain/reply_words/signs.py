"""What a word of a buyer's answer can be a sign of, and how word lists are written."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.choices import Choice


class Sign(StrEnum):
    """The part that a word or phrase plays in an answer."""

    WAIT = "wait"
    SWAP = "swap"
    SWAP_TO = "swap_to"
    """"Change to": a swap before goods, a new answer before a letter or another wish."""
    REFUND = "refund"
    CANCEL = "cancel"
    SURELY_WAIT = "surely_wait"
    """A phrase that says the wish by itself, whatever stands beside it."""
    SURELY_SWAP = "surely_swap"
    SURELY_REFUND = "surely_refund"
    NO_WAIT = "no_wait"
    """A phrase that refuses, such as 不等了."""
    NO_SWAP = "no_swap"
    NO_REFUND = "no_refund"
    LETTER = "letter"
    WANT = "want"
    """First-person will or a request; what follows is a wish."""
    CHOOSE = "choose"
    ANSWER = "answer"
    """Reply: chooses the letter or wish after it, else it is a thing to wait for."""
    CAN = "can"
    """Ability or permission: consent beside waiting, half a question beside the rest."""
    NEG = "neg"
    ASK = "ask"
    """Marks its clause as a question; a clause of nothing else asks about the one before it."""
    ASK_ABOUT = "ask_about"
    """A question of its own: when, how, why."""
    ASK_LAST = "ask_last"
    """Asks only as the last word of a clause."""
    CONDITION = "condition"
    LIMIT = "limit"
    """A last day or a longest time: waiting until then is no waiting for the restock."""
    UNSURE = "unsure"
    PAST = "past"
    """Waiting or asking that has already happened, impatience."""
    DONE = "done"
    """After a wish word: it has happened; elsewhere harmless."""
    TOPIC = "topic"
    """Something else that one may want, wait for or change: a reply, an address, a fee."""
    HOLD = "hold"
    """Hold on a moment: no wish."""
    CHANGE = "change"
    """What was said before no longer counts."""
    GIVE_UP = "give_up"
    """Does not want the goods any more, without saying what instead."""
    ACK = "ack"
    POLITE = "polite"
    FILL = "fill"
    NOUN = "noun"
    """A harmless word that can follow the English article."""
    MINE = "mine"
    """Determiner: a wish word after it is a thing that is talked about."""
    TO = "to"
    FOR = "for"
    """Vietnamese "cho": a single letter after it may be a pronoun."""
    AND = "and"
    OR = "or"
    BREAK = "break"
    """A connective that begins a new clause."""
    ALL = "all"
    NUMBER = "number"
    UNKNOWN = "unknown"


WISHES: Mapping[Sign, Choice] = MappingProxyType(
    {
        Sign.WAIT: Choice.WAIT,
        Sign.SURELY_WAIT: Choice.WAIT,
        Sign.SWAP: Choice.SWAP,
        Sign.SURELY_SWAP: Choice.SWAP,
        Sign.SWAP_TO: Choice.SWAP,
        Sign.REFUND: Choice.REFUND,
        Sign.CANCEL: Choice.REFUND,
        Sign.SURELY_REFUND: Choice.REFUND,
    }
)
"""Sign -> the choice that it wishes for."""

REFUSALS: Mapping[Sign, Choice] = MappingProxyType(
    {
        Sign.NO_WAIT: Choice.WAIT,
        Sign.NO_SWAP: Choice.SWAP,
        Sign.NO_REFUND: Choice.REFUND,
    }
)
"""Sign -> the choice that it refuses."""

SURE = frozenset({Sign.SURELY_WAIT, Sign.SURELY_SWAP, Sign.SURELY_REFUND})


def phrases(text: str) -> tuple[str, ...]:
    """Return the phrases of a comma-separated list."""
    return tuple(" ".join(one.split()) for one in text.split(",") if one.strip())


def frozen(lists: Mapping[Sign, str]) -> Mapping[Sign, tuple[str, ...]]:
    """Return the word list of a language, unchangeable."""
    return MappingProxyType({sign: phrases(text) for sign, text in lists.items()})
