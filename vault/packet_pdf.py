"""A packet typeset as PDF/A."""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst

from domain.packet_pages import Pages
from domain.packets import PacketFacts
from vault.fonts import ARCHIVAL, FontShelf

_TEMPLATE = Path(__file__).parent / "templates" / "packet.typ"
_MONO = "DejaVu Sans Mono"
_ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


def typeset(facts: PacketFacts, pages: Pages, shelf: FontShelf) -> bytes:
    """Return the packet as PDF/A; equal facts and fonts give equal bytes.

    Args:
        facts: For the pictures and dates.
        pages: What is printed.
        shelf: The fonts to set it in.

    Raises:
        typst.TypstError: A glyph is missing, or a picture cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="packet-") as folder:
        pictures = _pictures(facts, Path(folder))
        given = json.dumps(_given(facts, pages, pictures, shelf), ensure_ascii=False)
        compiler = typst.Compiler(
            _TEMPLATE.read_bytes(),
            root=folder,
            font_paths=shelf.fonts,
            sys_inputs={"given": given},
        )
        found = compiler.compile(
            format="pdf", pdf_standards=ARCHIVAL, timestamp=int(facts.made_at.timestamp())
        )
    if not isinstance(found, bytes):
        raise TypeError("the typesetter answered without a document")
    return found


def drawable(picture: bytes) -> str | None:
    """Return the file ending of a picture that a page can hold, or None."""
    return next((end for magic, end in _ENDINGS.items() if picture.startswith(magic)), None)


def _pictures(facts: PacketFacts, folder: Path) -> dict[str, str]:
    names = {}
    for one in facts.exhibits:
        ending = drawable(one.picture) if one.picture else None
        if one.picture and ending:
            name = f"exhibit-{one.number}.{ending}"
            (folder / name).write_bytes(one.picture)
            names[str(one.number)] = f"/{name}"
    return names


def _given(
    facts: PacketFacts, pages: Pages, pictures: dict[str, str], shelf: FontShelf
) -> dict[str, Any]:
    printed = pages.model_dump(mode="json")
    exhibits = [one | {"picture": pictures.get(one["number"])} for one in printed["exhibits"]]
    made = facts.made_at
    return printed | {
        "text": {"local": printed["text"], "english": printed["english"]},
        "exhibits": exhibits,
        "page": pages.words.page.local,
        "lang": facts.language.split("-")[0].lower(),
        "fonts": shelf.families,
        "mono": _MONO,
        "made": {"year": made.year, "month": made.month, "day": made.day},
    }
