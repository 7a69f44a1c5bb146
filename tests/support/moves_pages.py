"""`python -m tests.support.moves_pages`: put the table of moves into the pages that show it."""

import sys

from domain.appeal_moves import APPEAL
from domain.diagram import markdown, mermaid
from domain.incident_moves import INCIDENT
from domain.pickup_moves import PICKUP
from domain.shortage_moves import SHORTAGE
from tests.support.source_tree import ROOT

PICTURE, TABLE, INCIDENTS = "moves", "moves-table", "incident-moves"
PICKUPS, APPEALS = "pickup-moves", "appeal-moves"
BLOCKS = {
    PICTURE: f"```mermaid\n{mermaid(SHORTAGE.rows)}```\n",
    TABLE: markdown(SHORTAGE.rows),
    INCIDENTS: f"```mermaid\n{mermaid(INCIDENT.rows)}```\n",
    PICKUPS: f"```mermaid\n{mermaid(PICKUP.rows)}```\n",
    APPEALS: f"```mermaid\n{mermaid(APPEAL.rows)}```\n",
}
PAGES = {
    "README.md": (PICTURE,),
    "README.zh-CN.md": (PICTURE,),
    "docs/cases.md": (PICTURE, TABLE),
    "docs/incidents.md": (INCIDENTS,),
    "docs/pickups.md": (PICKUPS,),
    "docs/appeals.md": (APPEALS,),
}
"""Which page shows which block, between `<!-- name:begin -->` and `<!-- name:end -->`."""


def block_of(page: str, name: str) -> str:
    """Return what a page shows between the marks of a block."""
    text = (ROOT / page).read_text(encoding="utf-8")
    begin, end = _place(page, text, name)
    return text[begin:end]


def write_blocks() -> None:
    """Write every block into every page that shows it."""
    for page, shown in PAGES.items():
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        for name in shown:
            begin, end = _place(page, text, name)
            text = text[:begin] + BLOCKS[name] + text[end:]
        path.write_text(text, encoding="utf-8")


def _place(page: str, text: str, name: str) -> tuple[int, int]:
    opening, closing = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    assert opening in text, f"{page} has no {opening}"
    assert closing in text, f"{page} has no {closing}"
    return text.index(opening) + len(opening), text.index(closing)


if __name__ == "__main__":
    write_blocks()
    sys.stdout.write(f"written: {', '.join(PAGES)}\n")
