"""Hear in one clause what is wished, what is refused and what is only mentioned."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from domain.choices import Choice
from domain.reply_words.clauses import LIGHT, Clause, choice_of
from domain.reply_words.lexicon import Token
from domain.reply_words.signs import REFUSALS, SURE, Sign

_MOST_UNKNOWN = 6
"""Unknown words that a sure wish may carry along, as in "refund me for my daughter's blue one"."""
_MOST_NAMED = 20
"""Choices named in one clause, past which it is noise and not worth the time."""
_UNCOVERED = frozenset(
    {
        Sign.UNKNOWN,
        Sign.TOPIC,
        Sign.PAST,
        Sign.HOLD,
        Sign.CONDITION,
        Sign.LIMIT,
        Sign.UNSURE,
        Sign.ASK,
        Sign.ASK_ABOUT,
        Sign.OR,
    }
)
_REFUSES_BEFORE = frozenset({"不要", "不选", "不想要", "ไม่เอา", "ไม่ต้อง", "ไม่เลือก"})
_ASK_BY_NOT = frozenset({"vi", "id", "ms"})
_NO_LONGER = ("แล้ว", "ละ", "了", "nữa", "nua", "lagi", "dah")
_REFUNDS = frozenset({Sign.REFUND, Sign.SURELY_REFUND, Sign.CANCEL})
_BETWEEN = LIGHT | {Sign.NUMBER, Sign.AND}


class Heard(NamedTuple):
    """What one clause says."""

    clause: Clause
    clear: tuple[Choice, ...]
    refused: tuple[Choice, ...]
    mentioned: tuple[Choice, ...]
    """Named, but not clearly wished."""
    by_letter: bool
    open_negation: bool
    """A negation that found nothing to refuse."""

    def has(self, *signs: Sign) -> bool:
        """Say whether a word of the clause is one of *signs*."""
        return any(token.sign in signs for token in self.clause.tokens)

    @property
    def names(self) -> bool:
        """Whether any choice is named at all."""
        return bool(self.clear or self.refused or self.mentioned)

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return (
            self.clause.asked
            or self.has(Sign.ASK, Sign.ASK_ABOUT)
            or (self.names and _ends_in_or_not(self.clause.tokens))
        )


def hear(clause: Clause) -> Heard:
    """Return what *clause* says."""
    tokens = clause.tokens
    targets, refused, open_negation = _targets(tokens)
    unsettled = open_negation or _has_open_or(tokens) or len(targets) > _MOST_NAMED
    clear: list[Choice] = []
    mentioned: list[Choice] = []
    for at in targets:
        is_clear = not unsettled and _is_clear(tokens, at)
        (clear if is_clear else mentioned).append(_wish(tokens, at))
    return Heard(
        clause=clause,
        clear=tuple(dict.fromkeys(clear)),
        refused=refused,
        mentioned=tuple(dict.fromkeys(mentioned)),
        by_letter=any(tokens[at].sign is Sign.LETTER for at in targets),
        open_negation=open_negation,
    )


def _wish(tokens: Sequence[Token], at: int) -> Choice:
    choice = choice_of(tokens[at])
    if choice is None:
        raise AssertionError(tokens[at])
    return choice


def _targets(tokens: Sequence[Token]) -> tuple[list[int], tuple[Choice, ...], bool]:
    """Return where choices are named unrefused, which are refused, and an unused negation."""
    targets: list[int] = []
    refused: list[Choice] = []
    negated = False
    for at, token in enumerate(tokens):
        choice = choice_of(token)
        if token.sign is Sign.NEG:
            negated = True
        elif token.sign in REFUSALS:
            refused.append(REFUSALS[token.sign])
            negated = False
        elif choice is not None and negated:
            refused.append(choice)
            negated = _is_joined(tokens, at)
        elif choice is not None and _is_refused_after(tokens, at):
            refused.append(choice)
        elif choice is not None:
            targets.append(at)
    return targets, tuple(refused), negated and not _is_refused_after(tokens, len(tokens) - 2)


def _is_refused_after(tokens: Sequence[Token], at: int) -> bool:
    """Find "A 不要": Thai and Chinese may refuse what stands before, at the end of a clause."""
    if at < 0 or at + 2 != len(tokens) or choice_of(tokens[at]) is None:
        return False
    last = tokens[at + 1]
    return last.text in _REFUSES_BEFORE


def _ends_in_or_not(tokens: Sequence[Token]) -> bool:
    """Find "bisa refund gak", "hoàn tiền không": a last "not" asks in these languages."""
    last = next((one for one in reversed(tokens) if one.sign is not Sign.POLITE), None)
    return last is not None and last.sign is Sign.NEG and bool(last.languages & _ASK_BY_NOT)


def _is_joined(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].sign in {Sign.OR, Sign.AND}


def _has_open_or(tokens: Sequence[Token]) -> bool:
    negated = False
    for token in tokens:
        negated = negated or token.sign is Sign.NEG
        if token.sign is Sign.OR and not negated:
            return True
    return False


def _is_clear(tokens: Sequence[Token], at: int) -> bool:
    sign = tokens[at].sign
    if sign is Sign.LETTER:
        return _is_clear_letter(tokens, at)
    if _has(tokens, Sign.TOPIC, Sign.HOLD, Sign.LIMIT) or _is_noun(tokens, at):
        return False
    match choice_of(tokens[at]):
        case Choice.WAIT:
            return _is_clear_wait(tokens, at)
        case Choice.SWAP:
            return _is_clear_swap(tokens, at)
        case _:
            return _is_clear_refund(tokens, at)


def _has(tokens: Sequence[Token], *signs: Sign) -> bool:
    return any(token.sign in signs for token in tokens)


def _is_covered(tokens: Sequence[Token]) -> bool:
    return not any(token.sign in _UNCOVERED for token in tokens)


def _unknown(tokens: Sequence[Token]) -> int:
    unknown = [token.text for token in tokens if token.sign is Sign.UNKNOWN]
    # Thai and Chinese write without spaces: about three characters a word.
    return sum(1 if text.isascii() else 1 + len(text) // 3 for text in unknown)


def _licensed(tokens: Sequence[Token], at: int, *licences: Sign) -> bool:
    for token in reversed(tokens[:at]):
        if token.sign in licences:
            return _unknown(tokens) <= _MOST_UNKNOWN
        if token.sign not in _BETWEEN:
            return False
    return False


def _is_noun(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the wish word is only a thing talked about: "the refund", "my refund"."""
    return (
        at > 0
        and tokens[at - 1].sign is Sign.MINE
        and tokens[at].sign not in SURE
        and not _licensed(tokens, at, Sign.WANT, Sign.CHOOSE)
        and not _has(tokens, Sign.WANT)
    )


def _touches_unknown(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a short Thai or Chinese word may be a part of a longer unknown one."""
    if tokens[at].text.isascii() or len(tokens[at].text) > 2:  # noqa: PLR2004 - "รอ", "等", "退"
        return False
    before, after = tokens[max(at - 1, 0)], tokens[min(at + 1, len(tokens) - 1)]
    return (before.sign is Sign.UNKNOWN and tokens[at].joined) or (
        after.sign is Sign.UNKNOWN and after.joined
    )


def _is_clear_letter(tokens: Sequence[Token], at: int) -> bool:
    if _names_variant(tokens, at):
        return False
    if _has(tokens[:at], Sign.CAN) and not _licensed(tokens, at, Sign.CHOOSE):
        return False
    if _is_covered(tokens):
        return True
    return _licensed(tokens, at, Sign.WANT, Sign.CHOOSE) and not _has(
        tokens, Sign.HOLD, Sign.LIMIT
    )


def _names_variant(tokens: Sequence[Token], at: int) -> bool:
    """Find "size C" and "A货", where the letter belongs to the goods."""
    if at > 0 and tokens[at - 1].sign is Sign.NOUN:
        return True
    return at + 1 < len(tokens) and tokens[at + 1].text == "货"


def _is_clear_wait(tokens: Sequence[Token], at: int) -> bool:
    if _touches_unknown(tokens, at):
        return False
    if tokens[at].sign in SURE:
        return _unknown(tokens) <= _MOST_UNKNOWN
    if _licensed(tokens, at, Sign.WANT, Sign.CHOOSE, Sign.CAN):
        return True
    return _is_covered(tokens) and not _has(tokens, Sign.NUMBER)


def _is_clear_swap(tokens: Sequence[Token], at: int) -> bool:
    if _has(tokens, Sign.CAN, Sign.PAST):
        return False
    if tokens[at].sign is Sign.SWAP_TO and not _touches_unknown(tokens, at):
        return _unknown(tokens[at:]) <= _MOST_UNKNOWN and _is_covered(tokens[:at])
    return _is_covered(tokens)


def _is_clear_refund(tokens: Sequence[Token], at: int) -> bool:
    if _has(tokens, Sign.CAN) or _touches_unknown(tokens, at) or _is_cancelled_refund(tokens):
        return False
    if _is_awaited(tokens, at):
        return False
    if _licensed(tokens, at, Sign.WANT, Sign.CHOOSE):
        return True
    if tokens[at].sign in SURE and not _is_done(tokens, at):
        return _unknown(tokens) <= _MOST_UNKNOWN
    return _is_covered(tokens)


def _is_done(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].sign is Sign.PAST


def _is_awaited(tokens: Sequence[Token], at: int) -> bool:
    """Find "(not) wait for the refund": the refund may be under way already."""
    light = {Sign.MINE, Sign.TO}
    before = [one for one in tokens[:at] if one.sign not in light and one.text != "a"]
    if not before:
        return False
    last_word = at + 1 == len(tokens) and tokens[at].sign is Sign.REFUND
    refuses = before[-1].sign is Sign.NO_WAIT and not before[-1].text.endswith(_NO_LONGER)
    return before[-1].sign is Sign.WAIT or (last_word and refuses)


def _is_cancelled_refund(tokens: Sequence[Token]) -> bool:
    """Find "cancel (the) refund", the opposite of a refund."""
    solid = [token for token in tokens if token.sign not in {Sign.MINE, Sign.POLITE}]
    return any(
        one.sign is Sign.CANCEL and other.sign in _REFUNDS and " " not in one.text
        for one, other in pairwise(solid)
    )
