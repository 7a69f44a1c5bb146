"""Whether the fonts at hand can show a text, asked of the typesetter itself.

Typst drops what no font has without a word, unless it must write PDF/A, which forbids glyphs that
are not there: then it names every one. So the check and the page are made by the same means.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import typst

ARCHIVAL: Final = "a-2u"
"""PDF/A-2u: kept for decades, every glyph there, every text searchable."""
_BODY = "Libertinus Serif"
_PREFERRED = (
    _BODY,
    *("Noto Serif Thai", "Noto Sans Thai", "Noto Sans Thai Looped", "Sarabun", "Norasi"),
    *("Kinnari", "Garuda", "Loma", "Noto Serif CJK SC", "Noto Sans CJK SC"),
    *("Source Han Serif SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "DejaVu Sans"),
)
"""Families that go well together; others stand in where none of these has a glyph."""
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\(.)")
_PROBE = b"""
#let given = json(bytes(sys.inputs.given))
#set text(font: given.fonts)
#for line in given.lines [#line #parbreak()]
"""
_PACKAGES = {
    "THAI": "fonts-thai-tlwg",
    "CJK": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "HANGUL": "fonts-noto-cjk",
    "IDEOGRAPHIC": "fonts-noto-cjk",
    "FULLWIDTH": "fonts-noto-cjk",
}
"""Debian and Ubuntu packages by the first word of a character's name."""
_EMOJI = "fonts-noto-color-emoji"
_ANY = "fonts-noto-core"


class FontShelf:
    """The fonts of the system, of the typesetter, and of further folders."""

    def __init__(self, font_dirs: Sequence[Path] = (), *, of_system: bool = True) -> None:
        """Look for fonts.

        Args:
            font_dirs: Further folders with font files.
            of_system: Whether the system's own fonts count.
        """
        folders = [str(each) for each in font_dirs]
        self.fonts = typst.Fonts(include_system_fonts=of_system, font_paths=folders)
        there = set(self.fonts.families())
        self.families = tuple(each for each in _PREFERRED if each in there)

    def missing(self, texts: Iterable[str]) -> frozenset[str]:
        """Return every character of *texts* that no font can show.

        Args:
            texts: What a page will say, already `printable`.
        """
        lines = sorted({line for text in texts for line in text.splitlines() if line.strip()})
        given = json.dumps({"fonts": self.families, "lines": lines}, ensure_ascii=False)
        compiler = typst.Compiler(_PROBE, font_paths=self.fonts, sys_inputs={"given": given})
        try:
            compiler.compile(format="pdf", pdf_standards=ARCHIVAL)
        except typst.TypstError as error:
            return undisplayable(error) or _every_unusual(lines)
        return frozenset()


def undisplayable(error: typst.TypstError) -> frozenset[str]:
    """Return the characters that the typesetter's refusal names; empty if it names none."""
    texts = _MISSING.findall(f"{error.message}\n{error.diagnostic}")
    return frozenset(char for text in texts for char in _ESCAPED.sub(_unescaped, text))


def packages_for(missing: Iterable[str]) -> tuple[str, ...]:
    """Return the packages of Debian and Ubuntu that hold fonts for *missing* characters."""
    return tuple(sorted({_package(char) for char in missing}))


def _package(char: str) -> str:
    word = unicodedata.name(char, "").split(" ")[0]
    if unicodedata.category(char) == "So" and ord(char) >= 0x1F000:  # noqa: PLR2004 - where emoji begin
        return _EMOJI
    return _PACKAGES.get(word, _ANY)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _every_unusual(lines: Iterable[str]) -> frozenset[str]:
    # A refusal in words that we do not know yet must not read as "all there".
    return frozenset(char for line in lines for char in line if not char.isascii())
