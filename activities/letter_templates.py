"""Letter templates: a layout, one file per language, and carriers with their own wording."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Template

from activities.letter_view import LETTER_FACTS
from activities.message_templates import Templates, load_templates, refuse_unused
from activities.template_files import SUFFIX, Language, TemplateFile
from domain.errors import PlaybookError
from domain.letters import LONGEST_LETTER, ProofReason, RestockState
from domain.message_lint import letter_faults
from domain.requirements import RequirementKind

CARRIERS = "carriers"
"""The folder of the carriers' files, <carrier>.<language>.jinja."""
_BY_NAME = frozenset(
    {
        *(f"proof_{kind}" for kind in RequirementKind),
        *(f"why_{reason}" for reason in ProofReason),
        *(f"available_{state}" for state in RestockState),
    }
)
_LINT = partial(letter_faults, longest=LONGEST_LETTER)
_NO_NAME = re.compile(r"[^0-9a-z]+")


class _OwnFirst:
    """A carrier's phrases, and those of its language for whatever it does not word anew."""

    def __init__(self, own: Any, common: Any) -> None:
        self._own = own
        self._common = common

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name, None) or getattr(self._common, name)


@dataclass(frozen=True)
class Letters:
    """The checked contents of a folder of letters."""

    templates: Templates
    carriers: Mapping[tuple[str, str], Language]
    """By the carrier's file name and the language's tag."""

    @property
    def layout(self) -> Template:
        """What each letter consists of."""
        return self.templates.layout

    @property
    def languages(self) -> Mapping[str, Language]:
        """The phrases of every language, by tag."""
        return self.templates.languages

    def wording(self, language: Language, carrier: str) -> Language:
        """Return the phrases of a language as a carrier wants them.

        Args:
            language: One of the languages.
            carrier: The name as the platform prints it; one without a file has no wishes.

        Returns:
            Phrases and a version that names both files, if there are two.
        """
        own = self.carriers.get((file_name_of(carrier), language.tag))
        if own is None:
            return language
        return Language(
            tag=language.tag,
            version=f"{language.version}+{file_name_of(carrier)}-{own.version}",
            reviewed=language.reviewed and own.reviewed,
            date_pattern=own.date_pattern,
            phrases=_OwnFirst(own.phrases, language.phrases),
        )

    def file_of(self, language: Language, carrier: str) -> str:
        """Return the file whose words come first, for errors."""
        place = (file_name_of(carrier), language.tag)
        return (
            f"{CARRIERS}/{'.'.join(place)}{SUFFIX}"
            if place in self.carriers
            else f"{language.tag}{SUFFIX}"
        )


def load_letters(folder: Path) -> Letters:
    """Load and check all letters of a folder.

    Args:
        folder: Holds layout.jinja and one file per language, and may hold a folder of carriers
            with files such as flash-express.th.jinja.

    Returns:
        Every language and every carrier's own wording.

    Raises:
        PlaybookError: A file is missing or wrong; names file and line.
    """
    templates = load_templates(folder, LETTER_FACTS, by_name=_BY_NAME, lint=_LINT)
    return Letters(
        templates=templates,
        carriers={
            place: _of_carrier(path, place, templates) for place, path in _carrier_files(folder)
        },
    )


def file_name_of(carrier: str) -> str:
    """Return the name of a carrier's file, such as j-t-express for J&T Express."""
    return _NO_NAME.sub("-", carrier.lower()).strip("-")


def _carrier_files(folder: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for path in sorted((folder / CARRIERS).glob(f"*{SUFFIX}")):
        name, _, tag = path.stem.rpartition(".")
        yield (name, tag), path


def _of_carrier(path: Path, place: tuple[str, str], templates: Templates) -> Language:
    name, tag = place
    file = TemplateFile(path, name=f"{CARRIERS}/{path.name}")
    if not name or name != file_name_of(name):
        raise PlaybookError(file.name, "is not named such as j-t-express.th.jinja")
    if tag not in templates.languages:
        raise PlaybookError(file.name, f"has no {tag}{SUFFIX} beside its folder to complete it")
    file.check(LETTER_FACTS, known=frozenset(), judge=_LINT)
    refuse_unused(file, templates.phrases)
    return file.language(tag)
