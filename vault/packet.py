"""An appeal's packet: PDF where every character can be shown, else one web page, never less."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import typst

from domain.packet_pages import pages_of
from domain.packets import PacketFacts
from vault.fonts import FontShelf, packages_for, undisplayable
from vault.packet_html import web_page
from vault.packet_pdf import drawable, typeset

_SHOWN_MISSING = 12
"""Missing characters that a note lists; the packages cover the rest."""


class PacketKind(StrEnum):
    """What a packet is."""

    PDF = "pdf"
    HTML = "html"


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedPacket:
    """A packet ready to be stored."""

    kind: PacketKind
    data: bytes = field(repr=False)
    note: str = ""
    """What a person should know: which package to install, which exhibit has no picture."""

    @property
    def name(self) -> str:
        """Its file name in the archive."""
        return f"packet.{self.kind}"


def render_packet(
    facts: PacketFacts, *, font_dirs: Sequence[Path] = (), of_system: bool = True
) -> RenderedPacket:
    """Return the packet of an appeal.

    Every character is looked for in the fonts first. If one is in none of them, the packet is a
    web page, which the reader's own fonts show, and the note names the package to install.

    Args:
        facts: All that it says. Equal facts give equal bytes on one machine.
        font_dirs: Folders with fonts besides the system's.
        of_system: Whether the system's fonts count.
    """
    pages = pages_of(facts)
    shelf = FontShelf(font_dirs, of_system=of_system)
    without = _without_picture(facts)
    missing = shelf.missing(pages.texts())
    if not missing:
        try:
            pdf = typeset(facts, pages, shelf)
        except typst.TypstError as error:
            missing = undisplayable(error)
            reason = _lacking(missing) if missing else f"no PDF could be made: {error.message}"
        else:
            return RenderedPacket(kind=PacketKind.PDF, data=pdf, note=without)
    else:
        reason = _lacking(missing)
    note = " ".join(part for part in (reason, without) if part)
    return RenderedPacket(kind=PacketKind.HTML, data=web_page(facts, pages), note=note)


def _lacking(missing: Iterable[str]) -> str:
    chars = sorted(missing)
    shown = " ".join(_named(char) for char in chars[:_SHOWN_MISSING])
    more = f" and {len(chars) - _SHOWN_MISSING} more" if len(chars) > _SHOWN_MISSING else ""
    packages = ", ".join(packages_for(chars))
    return (
        f"No font here has {shown}{more}, so the packet is a web page; "
        f"for a PDF install {packages} and make it again."
    )


def _named(char: str) -> str:
    visible = unicodedata.category(char)[0] not in "CZM"
    return char if visible else f"U+{ord(char):04X}"


def _without_picture(facts: PacketFacts) -> str:
    blind = [one for one in facts.exhibits if one.picture and not drawable(one.picture)]
    if not blind:
        return ""
    numbers = ", ".join(str(one.number) for one in blind)
    return f"No picture is shown of exhibit {numbers}: it is neither PNG nor JPEG."
