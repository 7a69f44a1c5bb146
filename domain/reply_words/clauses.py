"""Cut folded text into clauses and settle what a word means beside its neighbours."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from domain.choices import LETTERS, Choice
from domain.reply_words.lexicon import Token, tokens_of
from domain.reply_words.signs import REFUSALS, SURE, WISHES, Sign

LIGHT = frozenset({Sign.FILL, Sign.NOUN, Sign.POLITE, Sign.ACK, Sign.MINE, Sign.TO, Sign.ALL})
"""Words that may stand between a will and its wish."""
TAIL = frozenset({Sign.POLITE, Sign.ACK, Sign.FILL, Sign.NUMBER})
_NO_ARTICLE_BEFORE = frozenset({Sign.WAIT, Sign.NOUN, Sign.TOPIC, Sign.UNKNOWN, Sign.NUMBER}) | (
    frozenset(WISHES)
)

_VERBS = SURE | frozenset(REFUSALS) | {Sign.WANT, Sign.CHOOSE, Sign.NEG}


class Clause(NamedTuple):
    """A run of words that says one thing."""

    tokens: tuple[Token, ...]
    asked: bool
    """A question mark ended it."""
    corrects: bool
    """It begins with words that take back what was said before."""


def clauses_of(segments: Sequence[tuple[str, bool]]) -> list[Clause]:
    """Return the clauses of *segments* in order."""
    return [clause for words, asked in segments for clause in _cut(_settled(words), asked=asked)]


def choice_of(token: Token) -> Choice | None:
    """Return the choice that *token* names by letter or word."""
    if token.sign is Sign.LETTER:
        return LETTERS[token.text.upper()]
    return WISHES.get(token.sign)


def _settled(words: str) -> list[Token]:
    tokens = tokens_of(words)
    for settle in (_letter, _answer, _last_word, _done, _change_to):
        tokens = [settle(tokens, at) for at in range(len(tokens))]
    return tokens


def _cut(tokens: list[Token], *, asked: bool) -> Iterator[Clause]:
    part: list[Token] = []
    corrects = False
    for token in tokens:
        if token.sign not in {Sign.BREAK, Sign.CHANGE}:
            part.append(token)
            continue
        if part or corrects:
            yield Clause(tuple(part), asked, corrects)
        part, corrects = [], token.sign is Sign.CHANGE
    if part or corrects:
        yield Clause(tuple(part), asked, corrects)


def _after(tokens: Sequence[Token], at: int) -> Token | None:
    return tokens[at + 1] if at + 1 < len(tokens) else None


def _letter(tokens: list[Token], at: int) -> Token:
    token = tokens[at]
    if token.sign is not Sign.LETTER:
        return token
    following = _after(tokens, at)
    if _is_article(token, following) or _is_pronoun(tokens, at, following):
        return token.as_(Sign.FILL)
    return token


def _is_article(token: Token, following: Token | None) -> bool:
    if token.text != "a" or following is None or not following.text.isascii():
        return False
    # Words that English shares count as English here; "a tunggu" is the letter.
    if following.languages and "en" not in following.languages:
        return False
    return following.sign in _NO_ARTICLE_BEFORE


def _is_pronoun(tokens: list[Token], at: int, following: Token | None) -> bool:
    # Vietnamese chat writes anh, bạn and chị as a, b and c.
    if following is not None and following.languages == {"vi"}:
        if following.text in {"ơi", "ui", "à", "hả"}:
            return True
        if following.sign in _VERBS:
            return True
    before = tokens[at - 1] if at else None
    if before is None or before.sign is not Sign.FOR:
        return False
    earlier_wish = any(one.sign in WISHES for one in tokens[: at - 1])
    later_wish = following is not None and following.sign in WISHES
    return before.text != "cho" or earlier_wish or later_wish


def _next_heavy(tokens: list[Token], at: int, light: Callable[[Token], bool]) -> Token | None:
    return next((one for one in tokens[at + 1 :] if not light(one)), None)


def _answer(tokens: list[Token], at: int) -> Token:
    if tokens[at].sign is not Sign.ANSWER:
        return tokens[at]
    named = _next_heavy(tokens, at, lambda one: one.sign in LIGHT)
    names_wish = named is not None and choice_of(named) is not None
    return tokens[at].as_(Sign.CHOOSE if names_wish else Sign.TOPIC)


def _last_word(tokens: list[Token], at: int) -> Token:
    if tokens[at].sign is not Sign.ASK_LAST:
        return tokens[at]
    is_last = at > 0 and all(one.sign in {Sign.POLITE, Sign.ACK} for one in tokens[at + 1 :])
    return tokens[at].as_(Sign.ASK if is_last else Sign.FILL)


def _done(tokens: list[Token], at: int) -> Token:
    if tokens[at].sign is not Sign.DONE:
        return tokens[at]
    follows_wish = at > 0 and tokens[at - 1].sign in WISHES
    return tokens[at].as_(Sign.PAST if follows_wish else Sign.FILL)


def _change_to(tokens: list[Token], at: int) -> Token:
    if tokens[at].sign is not Sign.SWAP_TO:
        return tokens[at]
    named = _next_heavy(tokens, at, lambda one: one.sign in LIGHT | {Sign.CHOOSE, Sign.WANT})
    if named is None and at + 1 == len(tokens):
        # "Tukar ke" breaks off, or asks.
        return tokens[at].as_(Sign.TOPIC)
    other = named is not None and choice_of(named) is not None and _is_no_swap_word(named)
    return tokens[at].as_(Sign.CHANGE) if other else tokens[at]


def _is_no_swap_word(token: Token) -> bool:
    return token.sign is Sign.LETTER or choice_of(token) is not Choice.SWAP
