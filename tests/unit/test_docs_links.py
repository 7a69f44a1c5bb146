"""Links inside the documentation lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"python -m ((?:tests|bench|sandbox)[\w.]*)")
PATH = re.compile(r"`((?:tests|domain|workflows|activities|bench|docs|casedesk)/[\w/]+\.\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_to_a_file_of_the_repository(page: Path) -> None:
    """Readers follow them one after the other."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))

    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_or_command_that_a_page_names_exists(page: Path) -> None:
    """A page that names what was renamed sends people astray."""
    text = page.read_text(encoding="utf-8")
    named = [ROOT / path for path in PATH.findall(text)]
    run = [ROOT / dotted.replace(".", "/") for dotted in COMMAND.findall(text)]

    assert [] == [path.name for path in named if not path.exists()]
    assert [] == [
        path.name for path in run if not path.is_dir() and not path.with_suffix(".py").exists()
    ]
