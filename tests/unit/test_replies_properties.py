"""What holds for every text a buyer may send."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.choices import LETTERS, Choice
from domain.replies import Reading, ReadingReason, read_reply

EVERY = tuple(Choice)
PIECES = st.sampled_from(
    [
        *(
            "A",
            "b",
            "Ｃ",
            "refund",
            "wait",
            "swap",
            "not",
            "don't",
            "or",
            "?",
            ",",
            ".",
            "a",
            "I'll",
        ),
        *(
            "我要",
            "退款",
            "等",
            "不",
            "吗",
            "了",
            "รอ",
            "ขอ",
            "คืนเงิน",
            "ไม่",
            "ได้",
            "ไหม",
            "đợi",
            "đổi",
        ),
        *(
            "hoàn tiền",
            "không",
            "mau",
            "tunggu",
            "gak",
            "ke",
            "tukar",
            "nak",
            "123456",
            "if",
            "👍",
        ),
        *("cancel", "my", "actually", "change to", "until", "แล้ว", "cho", "\n", "❌", "all"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES).map("".join),
)
OFFERED = st.sets(st.sampled_from(EVERY))
POLITE = (
    "",
    " please",
    " pls",
    " thanks",
    " ค่ะ",
    "ครับ",
    " ạ",
    " nha",
    " ya kak",
    " ye sis",
    "谢谢",
)
EMOJI = ("", " 👍", "🙏🙏", " ❤️", "😊", "!", "!!", ".", "~")


@given(text=TEXTS, offered=OFFERED)
@settings(max_examples=400)
def test_any_text_gives_an_offered_choice_or_none(text: str, offered: set[Choice]) -> None:
    reading = read_reply(text, offered=offered)

    assert reading.choice is None or reading.choice in offered
    assert reading.unoffered is None or reading.unoffered not in offered
    assert (reading.why is ReadingReason.NOT_OFFERED) == (reading.unoffered is not None)


@given(text=TEXTS, offered=st.permutations(EVERY))
def test_the_order_of_the_offers_does_not_matter(text: str, offered: list[Choice]) -> None:
    assert read_reply(text, offered=EVERY) == read_reply(text, offered=offered)


@given(text=TEXTS)
def test_reading_twice_gives_the_same_and_survives_json(text: str) -> None:
    reading = read_reply(text, offered=EVERY)

    assert reading == read_reply(text, offered=EVERY)
    assert reading == Reading.model_validate_json(reading.model_dump_json())


@given(
    letter=st.sampled_from(sorted(LETTERS)),
    polite=st.sampled_from(POLITE),
    emoji=st.sampled_from(EMOJI),
)
def test_politeness_and_emoji_do_not_change_a_letter(letter: str, polite: str, emoji: str) -> None:
    assert LETTERS[letter] == read_reply(letter + polite + emoji, offered=EVERY).choice


@given(text=st.lists(PIECES, max_size=10).map(" ".join))
def test_case_and_width_do_not_matter(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    expected = read_reply(text, offered=EVERY)

    assert expected == read_reply(text.upper(), offered=EVERY)
    assert expected == read_reply(text.lower(), offered=EVERY)
    assert expected == read_reply(wide, offered=EVERY)


@given(
    text=st.lists(
        PIECES.filter(lambda one: one not in {"?", ",", ".", "\n", "actually", "change to"}),
        max_size=8,
    ).map(" ".join)
)
def test_a_question_mark_never_makes_a_choice(text: str) -> None:
    """A mark at the end of a clause may take a choice away, and never gives or turns one."""
    asked = read_reply(text + "?", offered=EVERY).choice

    assert asked in {None, read_reply(text, offered=EVERY).choice}


@given(text=st.lists(PIECES, max_size=8).map(" ".join))
def test_a_condition_never_leaves_a_choice(text: str) -> None:
    assert read_reply(f"if {text} refund me", offered=EVERY).choice is None


@given(
    first=st.sampled_from(sorted(LETTERS)),
    second=st.sampled_from(sorted(LETTERS)),
    between=st.sampled_from([" or ", "/", ", ", " and ", " หรือ ", "还是", " hay ", " atau ", " "]),
)
def test_two_different_letters_are_no_choice(first: str, second: str, between: str) -> None:
    reading = read_reply(first + between + second, offered=EVERY)

    assert (reading.choice is None) or (first == second)
