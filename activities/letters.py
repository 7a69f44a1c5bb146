"""Letters to suppliers, carriers and the shop's own people: facts in, title and text out."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateError

from activities.letter_rehearsal import rehearsals
from activities.letter_templates import load_letters
from activities.letter_view import check_letter, letter_view
from activities.reader_words import ReaderWords
from activities.template_files import Language, base_of, failing_line, first_of
from domain.errors import PlaybookError
from domain.letters import (
    LONGEST_LETTER,
    LONGEST_TITLE,
    LetterFacts,
    LetterKey,
    UnfitLetterError,
    WrittenLetter,
)
from domain.message_lint import letter_faults, unquoted

_TO_CARRIERS = frozenset({LetterKey.CARRIER_ASK, LetterKey.CARRIER_CHASE})
_EMPTY_LINE = "¶"


class LetterWriter:
    """Writes every letter from a folder of templates."""

    def __init__(self, folder: Path) -> None:
        """Load and check all templates.

        Args:
            folder: The folder of templates, such as playbooks/letters.

        Raises:
            PlaybookError: A template is missing or wrong; names file and line.
        """
        self._letters = load_letters(folder)
        for facts in self._rehearsals():
            self._rehearse(facts)

    @property
    def languages(self) -> dict[str, bool]:
        """The tags there are templates for, each with whether a native speaker reviewed it."""
        return {tag: one.reviewed for tag, one in self._letters.languages.items()}

    def write(self, facts: LetterFacts) -> WrittenLetter:
        """Write one letter.

        Args:
            facts: All that the letter may say.

        Returns:
            Title and text; `fell_back` says that the reader's language has no template.

        Raises:
            InputError: The facts leave out what this letter must say.
            PlaybookError: The template cannot be filled; names file and line.
            UnfitLetterError: The letter is too long or holds what no letter may hold.
        """
        check_letter(facts)
        wanted = (facts.language, facts.market_language)
        common = first_of(wanted, self._letters.languages)
        carrier = facts.carrier if facts.key in _TO_CARRIERS else ""
        language = self._letters.wording(common, carrier)
        title, text = self._rendered(facts, language)
        found = letter_faults(title, longest=LONGEST_TITLE)
        found += letter_faults(text, longest=LONGEST_LETTER)
        if found:
            file = self._letters.file_of(common, carrier)
            raise UnfitLetterError(f"{file}, letter {facts.key}", found)
        return WrittenLetter(
            title=unquoted(title),
            text=unquoted(text),
            language=language.tag,
            fell_back=base_of(facts.language) != base_of(language.tag),
            template_version=(
                f"{language.tag}-{language.version}/{self._letters.templates.layout_version}"
            ),
            reviewed=language.reviewed,
        )

    def _rehearsals(self) -> Iterator[LetterFacts]:
        for tag in self._letters.languages:
            yield from rehearsals(tag)
        for carrier, tag in self._letters.carriers:
            yield from (one for one in rehearsals(tag, carrier) if one.key in _TO_CARRIERS)

    def _rehearse(self, facts: LetterFacts) -> None:
        try:
            self.write(facts)
        except UnfitLetterError as error:
            raise PlaybookError(error.template, "; ".join(error.faults)) from error

    def _rendered(self, facts: LetterFacts, language: Language) -> tuple[str, str]:
        words = ReaderWords(
            language.tag, facts.market, zone=facts.zone, date_pattern=language.date_pattern
        )
        view = letter_view(facts, words)
        try:
            text = self._letters.templates.layout.render(t=language.phrases, m=view)
        except (TemplateError, TypeError) as error:
            raise PlaybookError(failing_line(error), f"{facts.key}: {error}") from error
        title, *rest = text.splitlines()
        lines = (line for raw in rest if (line := raw.strip()))
        return title, "\n".join("" if line == _EMPTY_LINE else line for line in lines)
