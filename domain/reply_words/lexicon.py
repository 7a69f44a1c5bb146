"""Cut a buyer's text into signs: the longest known phrase wins, the rest is unknown."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.reply_words.chinese import CHINESE
from domain.reply_words.english import ENGLISH
from domain.reply_words.indonesian import INDONESIAN
from domain.reply_words.malay import MALAY
from domain.reply_words.signs import Sign
from domain.reply_words.thai import THAI
from domain.reply_words.vietnamese import PLAIN_IS_ANOTHER_WORD, VIETNAMESE

LANGUAGES: Mapping[str, Mapping[Sign, tuple[str, ...]]] = {
    "en": ENGLISH,
    "zh": CHINESE,
    "th": THAI,
    "vi": VIETNAMESE,
    "id": INDONESIAN,
    "ms": MALAY,
}

_LATIN = r"[0-9a-z\u00df-\u024f\u1e00-\u1eff]+"
_PIECES = re.compile(rf"{_LATIN}|[\u0e00-\u0e7f]+|[\u3400-\u9fff]+|[&+/|]|[^\W_]+|[❌✅]")
_IS_RUN = re.compile(r"[\u0e00-\u0e7f\u3400-\u9fff]")
_SYMBOLS = {
    "&": Sign.AND,
    "+": Sign.AND,
    "/": Sign.OR,
    "|": Sign.OR,
    "❌": Sign.NEG,
    "✅": Sign.ACK,
}
_SIGNS_BY_WEIGHT = (
    Sign.NO_WAIT,
    Sign.NO_SWAP,
    Sign.NO_REFUND,
    Sign.CONDITION,
    Sign.LIMIT,
    Sign.UNSURE,
    Sign.HOLD,
    Sign.PAST,
    Sign.DONE,
    Sign.ASK_ABOUT,
    Sign.ASK,
    Sign.NEG,
    Sign.TOPIC,
    Sign.OR,
    Sign.CHANGE,
    Sign.SURELY_WAIT,
    Sign.SURELY_SWAP,
    Sign.SURELY_REFUND,
    Sign.SWAP_TO,
    Sign.WAIT,
    Sign.SWAP,
    Sign.CANCEL,
    Sign.REFUND,
    Sign.GIVE_UP,
    Sign.ALL,
    Sign.BREAK,
    Sign.ASK_LAST,
    Sign.CAN,
    Sign.WANT,
    Sign.ANSWER,
    Sign.CHOOSE,
    Sign.TO,
    Sign.FOR,
    Sign.AND,
    Sign.MINE,
    Sign.ACK,
    Sign.POLITE,
    Sign.NOUN,
    Sign.FILL,
)
"""Which sign a phrase takes that languages use differently: the one that is more careful."""


class Token(NamedTuple):
    """A phrase of the text and what it is a sign of."""

    sign: Sign
    text: str
    languages: frozenset[str] = frozenset()
    joined: bool = False
    """Follows the piece before without a space, inside one run of Thai or Chinese."""

    def as_(self, sign: Sign) -> "Token":
        """Return the same token with another sign."""
        return self._replace(sign=sign)


def _plain(phrase: str) -> str:
    marks = unicodedata.normalize("NFD", phrase.replace("đ", "d"))
    return "".join(char for char in marks if not unicodedata.combining(char))


def _may_be_plain(phrase: str) -> bool:
    words = phrase.split()
    if len(words) == 1:
        return phrase not in PLAIN_IS_ANOTHER_WORD
    return not {"đợi", "đổi", "chờ"}.intersection(words)


def _entries() -> Iterator[tuple[str, Sign, str]]:
    for language, lists in LANGUAGES.items():
        for sign, listed in lists.items():
            for phrase in listed:
                yield unicodedata.normalize("NFKC", phrase), sign, language


def _built() -> dict[str, Token]:
    known: dict[str, list[tuple[Sign, str]]] = {}
    for phrase, sign, language in _entries():
        known.setdefault(phrase, []).append((sign, language))
    for phrase, sign, language in tuple(_entries()):
        if language == "vi" and _may_be_plain(phrase):
            known.setdefault(_plain(phrase), [(sign, language)])
    return {phrase: _token(phrase, uses) for phrase, uses in known.items()}


def _token(phrase: str, uses: list[tuple[Sign, str]]) -> Token:
    sign = min((sign for sign, _ in uses), key=_SIGNS_BY_WEIGHT.index)
    return Token(sign, phrase, frozenset(language for _, language in uses))


_KNOWN = _built()
_LONGEST_RUN = max(len(phrase) for phrase in _KNOWN if _IS_RUN.match(phrase))
_MOST_WORDS = max(phrase.count(" ") + 1 for phrase in _KNOWN)
_STARTS = frozenset(phrase.split()[0] for phrase in _KNOWN)


def tokens_of(segment: str) -> list[Token]:
    """Return the signs in *segment*, a folded text without punctuation."""
    pieces = _PIECES.findall(segment)
    found: list[Token] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if _IS_RUN.match(piece):
            found.extend(_run_tokens(piece))
            at += 1
        else:
            words, token = _phrase_at(pieces, at)
            found.append(token)
            at += words
    return found


def _phrase_at(pieces: list[str], at: int) -> tuple[int, Token]:
    piece = pieces[at]
    if piece in _STARTS:
        for words in range(min(_MOST_WORDS, len(pieces) - at), 0, -1):
            token = _KNOWN.get(" ".join(pieces[at : at + words]))
            if token is not None:
                return words, token
    return 1, Token(_sign_of_one(piece), piece)


def _sign_of_one(piece: str) -> Sign:
    if piece in _SYMBOLS:
        return _SYMBOLS[piece]
    if piece in {"a", "b", "c"}:
        return Sign.LETTER
    return Sign.NUMBER if piece.isdecimal() else Sign.UNKNOWN


def _run_tokens(run: str) -> Iterator[Token]:
    at, unknown = 0, ""
    while at < len(run):
        token = _longest(run, at)
        if token is None:
            unknown += run[at]
            at += 1
            continue
        if unknown:
            yield Token(Sign.UNKNOWN, unknown, joined=at > len(unknown))
            unknown = ""
        yield token._replace(joined=at > 0)
        at += len(token.text)
    if unknown:
        yield Token(Sign.UNKNOWN, unknown, joined=len(unknown) < len(run))


def _longest(run: str, at: int) -> Token | None:
    for size in range(min(_LONGEST_RUN, len(run) - at), 0, -1):
        token = _KNOWN.get(run[at : at + size])
        if token is not None:
            return token
    return None
