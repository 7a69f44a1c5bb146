"""What is read from one answer, and why."""

import time

import pytest

from domain.choices import Choice
from domain.replies import Reading, ReadingReason, read_reply

EVERY = ("wait", "swap", "refund")
WAIT, SWAP, REFUND = Choice.WAIT, Choice.SWAP, Choice.REFUND

PASTED_ASK = """Hello! This is about your order ending in 123456:
• Jacket
We are very sorry: we do not have enough stock of this product and cannot ship on time.
Please choose what suits you best:
A – Wait: we ship by Friday, June 5.
B – Swap: Blue jacket instead, of equal or higher value.
C – Full refund: we cancel the order for you and refund it in full.
Please reply A, B or C by Thursday, June 4, 18:00."""


def read(text: str) -> Reading:
    return read_reply(text, offered=EVERY)


@pytest.mark.parametrize(
    "text",
    [
        *("C", "c", "Ｃ", "ｃ", "c.", "C!", "(C)", "[C]", '"C"', "“C”", "C)", "C,", "*C*", "-C-"),
        *(
            "Ⓒ",
            "ⓒ",
            "🅒",
            "⒞",
            "C️⃣",
            "©",
            "C 👍",
            "🙏 C 🙏",
            "C C C",
            "CCC",
            "c...",
            "\u200bC\u200b",
        ),
        *(
            "option C",
            "Option C please",
            "Choose C pls",
            "I choose C",
            "my answer is C",
            "reply C",
        ),
        *(
            "选C",
            "選C",
            "我选C谢谢",
            "C方案",
            "เลือกcค่ะ",
            "เอาCค่ะ",
            "ข้อ C",
            "chọn C ạ",
            "câu c nha",
        ),
        *("pilih c ya", "c aja kak", "nak C je", "opsi c", "C for all", "C\nthanks", "ok, C"),
    ],
)
def test_a_letter_is_read_in_every_dress(text: str) -> None:
    reading = read(text)

    assert REFUND == reading.choice
    assert ReadingReason.LETTER == reading.why


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("a refund please", REFUND),
        ("A refund please", REFUND),
        ("I want a jacket", None),
        ("I bought a size too small", None),
        ("a week is too long", None),
        ("Can I have a look", None),
        ("a", WAIT),
        ("a please", WAIT),
        ("A ไม่ C", WAIT),
        ("A, because my daughter loves it", WAIT),
    ],
)
def test_the_english_article_is_not_the_letter(text: str, choice: Choice | None) -> None:
    """A is the letter of waiting and the commonest word of English."""
    assert choice == read(text).choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("a chọn c", REFUND),
        ("c chọn a nha", WAIT),
        ("b ơi cho mình A", WAIT),
        ("a muốn hoàn tiền", REFUND),
        ("hoàn tiền cho a nhé", REFUND),
        ("cảm ơn c", None),
        ("a ơi", None),
        ("b đợi mình tí", None),
    ],
)
def test_vietnamese_pronouns_are_not_letters(text: str, choice: Choice | None) -> None:
    """Chat shortens anh, bạn and chị to a, b and c."""
    assert choice == read(text).choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("not A, C", REFUND),
        ("A not C", WAIT),
        ("C ไม่ A", REFUND),
        ("A不要，选C", REFUND),
        ("bukan A, C kak", REFUND),
        ("don't refund, I'll wait", WAIT),
        ("I don't want to wait or swap, just refund", REFUND),
        ("can't wait any longer, refund", REFUND),
        ("不退，我等", WAIT),
        ("ไม่รอแล้ว ขอคืนเงิน", REFUND),
        ("không chờ nữa, hoàn tiền", REFUND),
        ("ga usah refund, aku tunggu aja", WAIT),
        ("taknak tukar, nak refund", REFUND),
    ],
)
def test_a_negation_beside_a_clear_wish_is_that_wish(text: str, choice: Choice) -> None:
    reading = read(text)

    assert choice == reading.choice
    assert ReadingReason.NEGATION_RESOLVED == reading.why


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("A... actually C", REFUND),
        ("A, no wait, C", REFUND),
        ("C sorry i mean B", SWAP),
        ("A eh salah C", REFUND),
        ("A，不对，C", REFUND),
        ("change to C", REFUND),
        ("เปลี่ยนใจขอคืนเงิน", REFUND),
        ("换成黑色的", SWAP),
        ("改成A", WAIT),
        ("đổi sang màu đen", SWAP),
        ("tukar kepada refund", REFUND),
        ("actually I'll wait", WAIT),
    ],
)
def test_the_corrected_wish_counts(text: str, choice: Choice) -> None:
    """Change to is a swap before goods and a new answer before a letter or another wish."""
    assert choice == read(text).choice


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("can I get a refund?", ReadingReason.QUESTION),
        ("I want a refund, is that possible?", ReadingReason.QUESTION),
        ("C?", ReadingReason.QUESTION),
        ("可以退款吗", ReadingReason.QUESTION),
        ("คืนเงินได้ไหม", ReadingReason.QUESTION),
        ("hoàn tiền được không", ReadingReason.QUESTION),
        ("bisa refund gak", ReadingReason.QUESTION),
        ("boleh refund ke", ReadingReason.QUESTION),
        ("How long? I'll wait", ReadingReason.QUESTION),
        ("wait, I didn't get that", ReadingReason.QUESTION),
        ("I won't wait", ReadingReason.BARE_NEGATION),
        ("I don't want a refund", ReadingReason.BARE_NEGATION),
        ("C, no thanks", ReadingReason.BARE_NEGATION),
        ("不要了", ReadingReason.BARE_NEGATION),
        ("ok", ReadingReason.ACKNOWLEDGEMENT),
        ("好的谢谢", ReadingReason.ACKNOWLEDGEMENT),
        ("thanks", ReadingReason.ACKNOWLEDGEMENT),
        ("A B", ReadingReason.SEVERAL),
        ("A or C", ReadingReason.SEVERAL),
        ("B/C", ReadingReason.SEVERAL),
        ("refund and A for the other", ReadingReason.SEVERAL),
        ("wait for refund", ReadingReason.SEVERAL),
        (PASTED_ASK, ReadingReason.SEVERAL),
        ("if it's not here by Friday refund me", ReadingReason.CONDITIONAL),
        ("I can wait until Monday", ReadingReason.NOT_UNDERSTOOD),
        ("A. Until Friday", ReadingReason.CONDITIONAL),
        ("maybe C", ReadingReason.UNSURE),
        ("terserah kak", ReadingReason.UNSURE),
        ("I've been waiting for 2 weeks!!", ReadingReason.COMPLAINT),
        ("等了好久", ReadingReason.COMPLAINT),
        ("รอนานมาก", ReadingReason.COMPLAINT),
        ("Waited so long. I wait", ReadingReason.COMPLAINT),
        ("", ReadingReason.EMPTY),
        (" \n\t", ReadingReason.EMPTY),
        ("👍🙏", ReadingReason.EMPTY),
        ("\u200b\ufeff", ReadingReason.EMPTY),
        ("...", ReadingReason.EMPTY),
        ("where do you live", ReadingReason.QUESTION),
        ("lovely weather", ReadingReason.NOT_UNDERSTOOD),
        ("refund the shipping fee", ReadingReason.NOT_UNDERSTOOD),
        ("I'll wait for your reply", ReadingReason.NOT_UNDERSTOOD),
        ("xin chao", ReadingReason.ACKNOWLEDGEMENT),
    ],
)
def test_what_is_no_choice_says_why(text: str, why: ReadingReason) -> None:
    """The person who reads it instead sees at once what was unclear."""
    reading = read(text)

    assert reading.choice is None
    assert why == reading.why


@pytest.mark.parametrize("language", [None, "en", "zh-CN", "th", "vi", "id", "ms", "xx", ""])
@pytest.mark.parametrize("text", ["A นะคะ", "我等 ok", "mau refund dong", "shop cho mình C"])
def test_the_language_hint_never_changes_what_is_read(text: str, language: str | None) -> None:
    """Buyers mix languages, and the hint may be the shop's, not theirs."""
    hinted = read_reply(text, offered=EVERY, language=language)

    assert read(text).choice == hinted.choice
    assert hinted.choice is not None


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("C", None, None),
        ("C", "th", None),
        ("C ค่ะ", "en", "th"),
        ("选C", None, "zh"),
        ("選C", "en-US", "zh"),
        ("mình chọn C", None, "vi"),
        ("hoan tien nha shop", None, "vi"),
        ("I want my money back", "id", "en"),
        ("batalin aja deh", None, "id"),
        ("nak refund", None, "ms"),
        ("saya tunggu", None, None),
        ("saya tunggu", "ms", "ms"),
        ("saya tunggu", "id-ID", "id"),
        ("saya tunggu", "th", None),
        ("refund dong kak", "ms", "id"),
    ],
)
def test_the_language_an_answer_is_written_in(
    text: str, hint: str | None, language: str | None
) -> None:
    """Indonesian and Malay share words: without a hint a tie stays open."""
    assert language == read_reply(text, offered=EVERY, language=hint).language


@pytest.mark.parametrize(
    ("text", "digits", "choice"),
    [
        ("123456 C", ("123456",), REFUND),
        ("123456C", ("123456",), REFUND),
        ("订单577123456789012345选C", ("577123456789012345",), REFUND),
        ("１２３４５６ C", ("123456",), REFUND),
        ("123456 and 654321: C", ("123456", "654321"), REFUND),
        ("123456 A, 654321 C", ("123456", "654321"), None),
        ("12345", (), None),
        ("123456", ("123456",), None),
    ],
)
def test_orders_named_in_the_text(
    text: str, digits: tuple[str, ...], choice: Choice | None
) -> None:
    reading = read(text)

    assert digits == reading.order_digits
    assert choice == reading.choice


@pytest.mark.parametrize(
    "text",
    [
        *("C for all", "all C", "both orders refund", "全部退款", "两单都退款", "ทั้งหมดขอคืนเงินค่ะ"),
        *("tất cả hoàn tiền nhé", "refund semua ya kak", "semua order nak refund", "tat ca C"),
    ],
)
def test_all_orders_may_be_meant(text: str) -> None:
    reading = read(text)

    assert reading.all_orders
    assert REFUND == reading.choice


@pytest.mark.parametrize("text", ["C", "not at all happy, C", "that's all, C"])
def test_one_order_is_meant_where_nothing_says_all(text: str) -> None:
    assert not read(text).all_orders


def test_a_wish_that_is_not_offered_is_named_but_not_chosen() -> None:
    """The desk is told what the buyer wants; the case never acts on it."""
    reading = read_reply("A please", offered=[Choice.REFUND])

    assert (None, ReadingReason.NOT_OFFERED, WAIT) == (
        reading.choice,
        reading.why,
        reading.unoffered,
    )


@pytest.mark.parametrize("offered", [["refund"], [REFUND], {REFUND, WAIT}, ("refund", SWAP)])
def test_offers_are_choices_or_their_names(offered: list[Choice | str]) -> None:
    assert REFUND == read_reply("C", offered=offered).choice


def test_an_unknown_offer_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="discount"):
        read_reply("C", offered=["discount"])


def test_a_reading_survives_json() -> None:
    """Activities hand it to the workflow as JSON."""
    reading = read("123456 and 654321 C for all ค่ะ")

    assert reading == Reading.model_validate_json(reading.model_dump_json())


def test_only_the_first_two_thousand_characters_are_read() -> None:
    """The platform takes no longer messages, and nobody hides a wish behind them."""
    assert read("hello " * 400 + "C").choice is None
    assert REFUND == read("C" + " " * 5000).choice


def test_cancel_the_refund_is_not_a_refund() -> None:
    """Cancel and refund mean the same except when one is the object of the other."""
    assert REFUND == read("cancel and refund").choice
    assert [None] * 4 == [
        read(text).choice
        for text in ("cancel my refund", "取消退款", "batalkan refund", "hủy hoàn tiền")
    ]


def test_plain_vietnamese_doi_is_both_wait_and_swap() -> None:
    """Without accents đợi and đổi are one word, so only its company tells them apart."""
    assert [None, None, SWAP, WAIT] == [
        read(text).choice for text in ("doi hang", "doi nhe", "doi mau khac nha", "doi dc nha")
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("if you can't ship, actually C", id="a correction keeps the condition"),
        pytest.param("please cancel the full refund", id="cancel a refund, in other words"),
        pytest.param("เรากรอรถ", id="a short Thai word inside an unknown one"),
        pytest.param("我要等龘", id="a short Chinese word inside an unknown one"),
        pytest.param("I will wait again and again", id="impatience beside a will to wait"),
        pytest.param("the refund", id="a thing that is talked about"),
        pytest.param("my refund", id="a thing one owns"),
        pytest.param("ขอคืนเงินแล้วค่ะ", id="a request that was made before"),
        pytest.param("I choose C or something", id="an open alternative to a letter"),
        pytest.param("please refund me or something", id="an open alternative to a word"),
        pytest.param("boleh C", id="leave that is asked for a letter"),
    ],
)
def test_each_doubt_alone_is_enough(text: str) -> None:
    """Every guard of the reader has a text here that only it holds back."""
    assert read(text).choice is None


@pytest.mark.parametrize("piece", ["退", "等", "a ", "I want refund ", "ขอคืนเงิน", "x", "不要"])
def test_a_text_of_nothing_but_wishes_takes_no_longer_than_others(piece: str) -> None:
    """A buyer who leans on a key must not keep a worker busy for seconds."""
    started = time.process_time()
    read(piece * 2000)

    assert time.process_time() - started < 0.5
