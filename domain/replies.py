"""Read what a buyer answers to our offers: one of them, or nothing that we may act on.

A false choice costs the merchant a sale, an unread one costs a person a minute. So a choice is
read only where every sign points to one wish; whatever asks, hedges, complains or names two is
left to a person.
"""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.choices import Choice
from domain.reply_words.clauses import Clause, clauses_of
from domain.reply_words.folding import fold
from domain.reply_words.hearing import Heard, hear
from domain.reply_words.signs import Sign
from domain.reply_words.tongues import tongue_of

_AGREEING = frozenset({Sign.ACK, Sign.POLITE, Sign.FILL, Sign.CAN, Sign.WANT})
_CALLS = frozenset({"wait", "等", "รอ", "chờ", "đợi", "tunggu"})
"""Words that ask for attention where more follows: "wait, I didn't get that"."""


class ReadingReason(StrEnum):
    """Why a text was read as it was."""

    LETTER = "letter"
    """The text names the letter of an offer."""
    WORDS = "words"
    """The text says the wish in words."""
    NEGATION_RESOLVED = "negation_resolved"
    """One wish is refused, another one is clear."""
    QUESTION = "question"
    BARE_NEGATION = "bare_negation"
    """Something is refused and nothing is chosen."""
    ACKNOWLEDGEMENT = "acknowledgement"
    SEVERAL = "several"
    """More than one wish."""
    NOT_OFFERED = "not_offered"
    """A clear wish that was not offered; see `Reading.unoffered`."""
    CONDITIONAL = "conditional"
    UNSURE = "unsure"
    """The buyer still hesitates."""
    COMPLAINT = "complaint"
    """Past waiting, or impatience."""
    EMPTY = "empty"
    """No words at all."""
    NOT_UNDERSTOOD = "not_understood"


class Reading(BaseModel):
    """What a text of a buyer says."""

    model_config = ConfigDict(frozen=True)

    choice: Choice | None
    """One of the offered choices, or None."""
    why: ReadingReason
    language: str | None = None
    """Language the text seems to be written in: en, zh, th, vi, id, ms."""
    order_digits: tuple[str, ...] = ()
    """Groups of six or more digits that the text names, in order."""
    all_orders: bool = False
    """True where the text speaks of all orders ("all", "both")."""
    unoffered: Choice | None = None
    """The clear wish that was read, where it is not offered."""


class _Wish(NamedTuple):
    """The clear wish of a text, or why there is none."""

    choice: Choice | None
    why: ReadingReason


def read_reply(
    text: str, *, offered: Collection[Choice | str], language: str | None = None
) -> Reading:
    """Read the choice in *text*, if it is clear and offered.

    Args:
        text: What the buyer wrote; only the first 2,000 characters are read.
        offered: The choices that stand.
        language: BCP 47 tag of the conversation; settles close calls of `Reading.language`, and
            never restricts what is read.

    Returns:
        The reading; its choice is one of *offered* or None.
    """
    folded = fold(text)
    clauses = clauses_of(folded.segments)
    wish = _wish_of(clauses)
    stands = wish.choice is None or wish.choice in {Choice(one) for one in offered}
    return Reading(
        choice=wish.choice if stands else None,
        why=wish.why if stands else ReadingReason.NOT_OFFERED,
        language=tongue_of(clauses, hint=language),
        order_digits=folded.digits,
        all_orders=_names(clauses, Sign.ALL),
        unoffered=None if stands else wish.choice,
    )


def _names(clauses: Sequence[Clause], sign: Sign) -> bool:
    return any(token.sign is sign for clause in clauses for token in clause.tokens)


def _wish_of(clauses: Sequence[Clause]) -> _Wish:
    everything = [hear(clause) for clause in clauses]
    if not everything:
        return _Wish(None, ReadingReason.EMPTY)
    heard = _still_meant(everything)
    doubt = _doubt(everything, heard)
    if doubt is not None:
        return _Wish(None, doubt)
    said, asked = _said_and_asked(heard)
    clear = tuple(dict.fromkeys(choice for one in said for choice in one.clear))
    if len(clear) > 1:
        return _Wish(None, ReadingReason.SEVERAL)
    if not clear:
        return _Wish(None, _why_none(said, asked))
    objection = _objection(clear[0], said, asked)
    if objection is not None:
        return _Wish(None, objection)
    return _Wish(clear[0], _why(clear[0], said))


def _still_meant(heard: list[Heard]) -> list[Heard]:
    """Drop what the buyer took back, where something stands in its place."""
    for at in range(len(heard) - 1, 0, -1):
        if heard[at].clause.corrects and any(one.clear for one in heard[at:]):
            return heard[at:]
    return heard


def _doubt(everything: Sequence[Heard], heard: Sequence[Heard]) -> ReadingReason | None:
    """Return what makes the whole text no choice, whatever it names."""
    if any(one.has(Sign.CONDITION) for one in everything) and any(one.names for one in heard):
        return ReadingReason.CONDITIONAL
    if any(one.has(Sign.UNSURE) for one in heard):
        return ReadingReason.UNSURE
    return None


def _said_and_asked(heard: Sequence[Heard]) -> tuple[list[Heard], list[Heard]]:
    said: list[Heard] = []
    asked: list[Heard] = []
    for at, one in enumerate(heard):
        tagged = at + 1 < len(heard) and _is_tag(heard[at + 1])
        (asked if one.asks or tagged else said).append(one)
    return said, asked


def _is_tag(one: Heard) -> bool:
    """Say whether a question has no matter of its own, such as "is that possible?"."""
    return one.asks and not one.names and not one.has(Sign.ASK_ABOUT, Sign.UNKNOWN, Sign.TOPIC)


def _choices(heard: Sequence[Heard]) -> Iterator[Choice]:
    for one in heard:
        yield from one.clear
        yield from one.mentioned


def _objection(
    choice: Choice, said: Sequence[Heard], asked: Sequence[Heard]
) -> ReadingReason | None:
    """Return what stands against a clear wish."""
    by_letter = any(one.by_letter and choice in one.clear for one in said)
    if set(_choices(said)) - {choice} or any(choice in one.refused for one in said):
        return ReadingReason.SEVERAL
    if set(_choices(asked)) - {choice}:
        return ReadingReason.QUESTION
    if _is_taken_back(choice, said):
        return ReadingReason.BARE_NEGATION
    if choice is Choice.WAIT:
        return _objection_to_wait(said, asked=bool(asked), by_letter=by_letter)
    return None


def _objection_to_wait(
    said: Sequence[Heard], *, asked: bool, by_letter: bool
) -> ReadingReason | None:
    """Return what speaks against waiting only: "wait" has many other uses."""
    if any(one.has(Sign.LIMIT) for one in said):
        return ReadingReason.CONDITIONAL
    if by_letter:
        return None
    if asked or _is_interjection(said):
        return ReadingReason.QUESTION
    if any(one.has(Sign.PAST) for one in said):
        return ReadingReason.COMPLAINT
    return None


def _is_interjection(said: Sequence[Heard]) -> bool:
    """Find "Wait, ..." before something else: the word only asks for attention."""
    first, *rest = said
    begins = bool(first.clear) and all(
        token.text in _CALLS or token.sign is Sign.POLITE for token in first.clause.tokens
    )
    return begins and any(
        token.sign not in _AGREEING | {Sign.NOUN} for one in rest for token in one.clause.tokens
    )


def _is_taken_back(choice: Choice, said: Sequence[Heard]) -> bool:
    """Find a refusal of nothing in particular after the wish: "C, no thanks"."""
    wished_at = max(at for at, one in enumerate(said) if choice in one.clear)
    return any(
        one.open_negation and not one.has(Sign.UNKNOWN, Sign.TOPIC, Sign.NOUN)
        for one in said[wished_at + 1 :]
    )


def _why(choice: Choice, said: Sequence[Heard]) -> ReadingReason:
    if any(one.refused for one in said):
        return ReadingReason.NEGATION_RESOLVED
    if any(one.by_letter and choice in one.clear for one in said):
        return ReadingReason.LETTER
    return ReadingReason.WORDS


def _why_none(said: Sequence[Heard], asked: Sequence[Heard]) -> ReadingReason:
    if asked:
        return ReadingReason.QUESTION
    if len(set(_choices(said))) > 1:
        return ReadingReason.SEVERAL
    if any(one.refused or one.open_negation or one.has(Sign.GIVE_UP) for one in said):
        return ReadingReason.BARE_NEGATION
    if any(one.has(Sign.PAST) for one in said):
        return ReadingReason.COMPLAINT
    if all(token.sign in _AGREEING for one in said for token in one.clause.tokens):
        return ReadingReason.ACKNOWLEDGEMENT
    return ReadingReason.NOT_UNDERSTOOD
