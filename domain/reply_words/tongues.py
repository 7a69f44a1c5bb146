"""Tell which language a text seems to be written in."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.reply_words.clauses import Clause
from domain.reply_words.lexicon import LANGUAGES, Token
from domain.reply_words.signs import WISHES, Sign

_THAI = re.compile(r"[\u0e00-\u0e7f]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_LOANED = frozenset(WISHES) | {Sign.ACK, Sign.POLITE, Sign.NOUN}
"""English words that the others' buyers use as their own: refund, cancel, ok, thanks, order."""


def tongue_of(clauses: Sequence[Clause], *, hint: str | None = None) -> str | None:
    """Return the language of *clauses*, or None where they do not tell.

    Args:
        clauses: The whole text.
        hint: BCP 47 tag that settles a tie.
    """
    tokens = [token for clause in clauses for token in clause.tokens]
    script = _by_script("".join(token.text for token in tokens))
    return script or _by_words(tokens, (hint or "").lower().split("-")[0])


def _by_script(text: str) -> str | None:
    for language, pattern in (("th", _THAI), ("zh", _HAN), ("vi", _VIETNAMESE)):
        if pattern.search(text):
            return language
    return None


def _by_words(tokens: Sequence[Token], hint: str) -> str | None:
    scores: Counter[str] = Counter()
    for token in tokens:
        for language in token.languages:
            scores[language] += _weight(token, language)
    if not scores:
        return None
    best = [language for language in LANGUAGES if scores[language] == max(scores.values())]
    if hint in best:
        return hint
    return best[0] if len(best) == 1 else None


def _weight(token: Token, language: str) -> int:
    words = token.text.count(" ") + 1
    return words if language == "en" and token.sign in _LOANED else 2 * words
