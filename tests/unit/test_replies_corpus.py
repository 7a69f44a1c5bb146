"""Answers as buyers write them, labelled by hand: `built` shaped the rules, `held_out` did not."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.choices import Choice
from domain.replies import read_reply

CORPUS = Path(__file__).parents[1] / "data" / "replies"
LANGUAGES = ("en", "zh", "th", "vi", "id", "ms")
PARTS = ("built", "held_out")
EVERY = tuple(Choice)


def corpus(name: str) -> Any:
    return json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))


def clear_texts(language: str, part: str) -> list[tuple[str, str]]:
    texts = corpus(language)[part]
    return [(text, choice) for choice in ("wait", "swap", "refund") for text in texts[choice]]


def choice_in(text: str) -> str | None:
    return read_reply(text, offered=EVERY).choice


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_clear_wish_is_never_read_as_one(language: str, part: str) -> None:
    """A false choice costs a merchant a sale."""
    unclear = corpus(language)[part]["none"]

    assert {} == {text: choice_in(text) for text in unclear if choice_in(text) is not None}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clear_wish_is_never_read_as_another(language: str, part: str) -> None:
    """An unread wish costs a minute, a wrong one a customer."""
    wrong = {
        text: choice_in(text)
        for text, choice in clear_texts(language, part)
        if choice_in(text) not in {choice, None}
    }

    assert {} == wrong


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_all_clear_wishes_are_read(language: str, part: str) -> None:
    """The promise is nine in ten; the corpus stands above 97 in a hundred and stays there."""
    clear = clear_texts(language, part)
    unread = [text for text, choice in clear if choice_in(text) != choice]

    assert len(unread) / len(clear) <= 0.03, unread


@pytest.mark.parametrize("language", LANGUAGES)
def test_wishes_in_words_alone_are_read_as_well(language: str) -> None:
    """Letters are easy and must not hide that words are not understood."""
    words = [
        (text, choice)
        for part in PARTS
        for text, choice in clear_texts(language, part)
        if read_reply(text, offered=EVERY).why != "letter"
    ]
    read = [text for text, choice in words if choice_in(text) == choice]

    assert len(words) >= 45
    assert len(read) / len(words) >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_is_large_enough_to_mean_something(language: str) -> None:
    for part, least in (("built", 45), ("held_out", 20)):
        assert len(clear_texts(language, part)) >= least
        assert len(corpus(language)[part]["none"]) >= least


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("left", EVERY)
def test_a_wish_that_is_not_offered_is_no_choice_but_is_named(
    language: str, part: str, left: Choice
) -> None:
    """Where only one choice stands, no answer for another one turns into it."""
    for text, _ in clear_texts(language, part):
        everywhere, alone = (
            read_reply(text, offered=EVERY).choice,
            read_reply(text, offered=[left]),
        )
        assert alone.choice in {left, None}
        assert everywhere in {alone.choice, alone.unoffered}


@pytest.mark.parametrize("text", corpus("traps")["none"])
def test_traps_are_left_to_a_person(text: str) -> None:
    """Sizes, slang, reports of others, threats, half sentences and questions without marks."""
    assert choice_in(text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_an_answer_is_hardly_ever_mistaken(language: str) -> None:
    """Later messages follow it; with the hint, ties between Malay and Indonesian are settled."""
    texts = [text for part in PARTS for kind in corpus(language)[part].values() for text in kind]
    seen = [read_reply(text, offered=EVERY, language=language).language for text in texts]
    wrong = [one for one in seen if one not in {language, None}]

    assert len(wrong) / len(texts) <= 0.03
    assert seen.count(language) / len(texts) >= 0.8
