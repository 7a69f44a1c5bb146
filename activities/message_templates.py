"""Template folders: one file of phrases per language and one layout for all of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template

from activities.template_files import (
    LAYOUT,
    SUFFIX,
    Language,
    TemplateFile,
    failing_line,
    need_last_resort,
)
from domain.errors import PlaybookError
from domain.message_lint import faults
from domain.messages import LongerOfferReason, RefundReason

__all__ = [
    "LAYOUT",
    "REASONS",
    "Language",
    "Templates",
    "failing_line",
    "load_templates",
    "refuse_unused",
]

REASONS = frozenset(
    {
        *(f"reason_{reason}" for reason in RefundReason),
        *(f"no_wait_{reason}" for reason in LongerOfferReason),
    }
)
"""Phrases of messages that the layout takes by the value of a fact."""


@dataclass(frozen=True)
class Templates:
    """The checked contents of a template folder."""

    layout: Template
    layout_version: str
    languages: dict[str, Language]
    phrases: frozenset[str]
    """The name of every phrase that the layout uses."""


def load_templates(
    folder: Path,
    facts: frozenset[str],
    *,
    by_name: frozenset[str] = REASONS,
    lint: Callable[[str], list[str]] = faults,
) -> Templates:
    """Load and check all templates of a folder.

    Args:
        folder: Holds layout.jinja and one file per language, named by its BCP 47 tag.
        facts: The names that phrases may use, as in `m.digits`.
        by_name: Phrases that are used by a name made at run time, so that the layout does not
            show it; every language must have them.
        lint: Finds what a phrase may not say.

    Returns:
        The layout and every language.

    Raises:
        PlaybookError: A file is missing or wrong; names file and line.
    """
    if not (folder / LAYOUT).is_file():
        raise PlaybookError(
            LAYOUT, f"not found in {folder.name}; it says what messages consist of"
        )
    layout = TemplateFile(folder / LAYOUT, name=LAYOUT)
    layout.check(facts, known=frozenset({"t", "m"}), judge=lint)
    wanted = _wanted_phrases(layout, by_name)
    version = _version(layout)
    languages = {
        path.stem: _language(path, facts, wanted, lint)
        for path in sorted(folder.glob(f"*{SUFFIX}"))
        if path.name != LAYOUT
    }
    need_last_resort(languages)
    return Templates(
        layout=layout.compiled(),
        layout_version=version,
        languages=languages,
        phrases=frozenset(wanted),
    )


def _language(
    path: Path,
    facts: frozenset[str],
    wanted: dict[str, int],
    lint: Callable[[str], list[str]],
) -> Language:
    file = TemplateFile(path, name=path.name)
    file.check(facts, known=frozenset(), judge=lint)
    _compare_phrases(file, wanted)
    return file.language(path.stem)


def _wanted_phrases(layout: TemplateFile, by_name: frozenset[str]) -> dict[str, int]:
    used = {phrase.attr: phrase.lineno for phrase in layout.attributes_of("t")}
    return dict.fromkeys(sorted(by_name), 0) | used


def _compare_phrases(file: TemplateFile, wanted: dict[str, int]) -> None:
    there = file.macros()
    for name, line in wanted.items():
        if name not in there:
            where = f"{LAYOUT}, line {line}" if line else LAYOUT
            raise PlaybookError(file.name, f"the phrase {name!r} is missing; {where}, uses it")
    refuse_unused(file, wanted)


def refuse_unused(file: TemplateFile, wanted: Collection[str]) -> None:
    """Refuse a file with a phrase that nothing would ever print.

    Args:
        file: One language's phrases.
        wanted: The names that the layout uses; a name with a leading underscore is the file's own.

    Raises:
        PlaybookError: Names file and line.
    """
    for name, macro in file.macros().items():
        if name not in wanted and not name.startswith("_"):
            file.refuse(macro, f"the phrase {name!r} is used by no message")


def _version(layout: TemplateFile) -> str:
    version = layout.settings().get("version")
    if not isinstance(version, str):
        raise PlaybookError(LAYOUT, 'has no {% set version = "…" %}')
    return version
