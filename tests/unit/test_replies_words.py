"""The word lists themselves: what is listed can be found, and means one thing."""

import pytest

from domain.reply_words.folding import fold
from domain.reply_words.lexicon import LANGUAGES, tokens_of
from domain.reply_words.signs import Sign

LISTED = [
    (language, sign, phrase)
    for language, lists in LANGUAGES.items()
    for sign, phrases in lists.items()
    for phrase in phrases
]
WISHES_AND_DANGERS = {
    *(Sign.WAIT, Sign.SWAP, Sign.REFUND, Sign.CANCEL, Sign.NO_WAIT, Sign.NO_SWAP, Sign.NO_REFUND),
    *(Sign.SURELY_WAIT, Sign.SURELY_SWAP, Sign.SURELY_REFUND, Sign.CONDITION, Sign.ASK),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_listed_phrase_is_found_whole_in_a_folded_text(language: str) -> None:
    """A phrase with an apostrophe, a capital or a traditional character would never match."""
    lost = []
    for _, _, phrase in (one for one in LISTED if one[0] == language):
        segments = fold(phrase).segments
        if [1] != [len(tokens_of(words)) for words, _ in segments]:
            lost.append(phrase)

    assert [] == lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wish_and_no_danger_is_listed_twice_in_a_language(language: str) -> None:
    """A phrase that wishes in one list and warns in another hides a mistake."""
    signs: dict[str, set[Sign]] = {}
    for listed_in, sign, phrase in LISTED:
        if listed_in == language and sign in WISHES_AND_DANGERS:
            signs.setdefault(phrase, set()).add(sign)

    assert {} == {phrase: found for phrase, found in signs.items() if len(found) > 1}


def test_the_longest_phrase_wins() -> None:
    assert [Sign.HOLD] == [token.sign for token in tokens_of("wait a minute")]
    assert [Sign.WAIT] == [token.sign for token in tokens_of("wait")]
    assert [Sign.HOLD] == [token.sign for token in tokens_of("等一下")]


def test_unknown_thai_and_chinese_stay_apart_from_the_words_beside_them() -> None:
    assert [(Sign.TOPIC, "รองเท้า")] == [(one.sign, one.text) for one in tokens_of("รองเท้า")]
    assert [Sign.UNKNOWN, Sign.REFUND] == [one.sign for one in tokens_of("龘退款")]


def test_vietnamese_is_known_without_accents_unless_it_turns_into_another_word() -> None:
    assert [Sign.REFUND] == [one.sign for one in tokens_of("hoan tien")]
    assert [Sign.UNKNOWN] == [one.sign for one in tokens_of("doi")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ＡＢＣ", "abc"),
        ("Don’t", "dont"),
        ("pleaseee", "please"),
        ("退款還是換貨", "退款还是换货"),
        ("huỷ", "hủy"),
        ("A\u200b\u2060", "a"),
        ("t-shirt", "t-shirt".replace("-", " ")),
    ],
)
def test_one_spelling(text: str, words: str) -> None:
    assert words == fold(text).segments[0][0].strip()


def test_punctuation_cuts_and_question_marks_are_kept() -> None:
    assert (("a", False), (" ok", True), (" c", False)) == fold("A, ok？ C.").segments
    assert (("c", True),) == fold("C.?").segments
