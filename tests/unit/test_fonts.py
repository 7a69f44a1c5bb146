"""Every character of a packet is looked for in the fonts before a page is set."""

import unicodedata
from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from domain.packet_pages import printable
from vault.fonts import FontShelf, packages_for, undisplayable

ALONE = FontShelf(of_system=False)
"""Only the fonts that come with the typesetter, so that every machine answers alike."""


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, “quotes” – and an ellipsis …",
        "Kiện hàng đã sẵn sàng nhưng đơn vị vận chuyển không đến",
        "e\u0301 composed and é ready-made",
        "Ωμέγα Жук",
        'a "quote", a \\ and `ticks`',
        "",
        "one\n\ntwo",
    ],
)
def test_what_the_typesetter_s_own_fonts_have_is_all_there(text: str) -> None:
    assert frozenset() == ALONE.missing([text])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("พัสดุ", "พัสดุ"),
        ("Order 1 中文 ok", "中文"),
        ("fine 🙂", "🙂"),
        ('"ก"', "ก"),
        ("one\nสอง", "สอง"),
    ],
)
def test_each_character_that_no_font_has_is_named(text: str, missing: str) -> None:
    assert frozenset(missing) == ALONE.missing([text])


def test_all_texts_are_looked_at() -> None:
    assert frozenset("ก中") == ALONE.missing(["ok", "ก", "fine", "中"])


def test_markup_in_a_text_is_only_text() -> None:
    assert frozenset() == ALONE.missing(["#panic() $x^2$ *b* @ref <label> // no comment"])


@pytest.mark.parametrize(
    ("chars", "packages"),
    [
        ("ก", ("fonts-thai-tlwg",)),
        ("中", ("fonts-noto-cjk",)),
        ("あ한", ("fonts-noto-cjk",)),
        ("🙂", ("fonts-noto-color-emoji",)),
        ("ש", ("fonts-noto-core",)),
        ("ก中", ("fonts-noto-cjk", "fonts-thai-tlwg")),
        ("", ()),
    ],
)
def test_a_missing_character_names_the_package_that_has_it(
    chars: str, packages: tuple[str, ...]
) -> None:
    assert packages == packages_for(chars)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x07b", "ab"),
        ("a\u202eb", "ab"),
        ("a\tb", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ue000", "\N{REPLACEMENT CHARACTER}"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("e\u0301", "é"),
        ("a\u200db", "a\u200db"),
    ],
)
def test_what_can_be_shown_at_all_is_kept(raw: str, shown: str) -> None:
    assert shown == printable(raw)


@given(st.text())
def test_what_is_printable_stays_so(text: str) -> None:
    once = printable(text)
    assert once == printable(once)
    assert all(unicodedata.category(char) not in {"Cs", "Co", "Cn"} for char in once)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30).map(printable))
def test_the_check_agrees_with_the_page(text: str) -> None:
    """What the check lets pass, the typesetter sets as PDF/A, which forbids missing glyphs."""
    missing = ALONE.missing([text])
    assert missing <= set(text) | set(unicodedata.normalize("NFD", text)) | {"◌"}
    if missing:
        return
    compiler = typst.Compiler(
        b'#set text(font: "Libertinus Serif")\n#sys.inputs.given',
        font_paths=ALONE.fonts,
        sys_inputs={"given": text},
    )
    assert compiler.compile(format="pdf", pdf_standards="a-2u")


def test_a_refusal_about_something_else_names_no_character() -> None:
    with pytest.raises(typst.TypstError) as refused:
        typst.Compiler(b"#panic()").compile(format="pdf")
    assert frozenset() == undisplayable(refused.value)


def test_fonts_of_a_further_folder_count(tmp_path: Path) -> None:
    font = ImageFont.load_default(10)
    assert isinstance(font, ImageFont.FreeTypeFont)
    (tmp_path / "font.ttf").write_bytes(font.font_bytes)
    more = set(FontShelf([tmp_path], of_system=False).fonts.families())
    assert more - set(ALONE.fonts.families())


def test_a_folder_that_is_not_there_is_no_harm(tmp_path: Path) -> None:
    assert frozenset() == FontShelf([tmp_path / "none"], of_system=False).missing(["ok"])
