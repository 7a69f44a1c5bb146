"""Messages to buyers: templates and facts in, a checked text in the buyer's language out."""

import re
from pathlib import Path

from jinja2 import TemplateError

from activities.message_needs import check_facts
from activities.message_rehearsal import rehearsals
from activities.message_templates import load_templates
from activities.message_view import FACT_NAMES, view_of
from activities.template_files import LAST_RESORT, Language, failing_line, first_of
from domain.errors import PlaybookError
from domain.message_lint import UnfitMessageError, faults, unquoted
from domain.messages import MessageFacts, WrittenMessage

_BLANK_LINES = re.compile(r"\n\s*\n+")


class MessageWriter:
    """Writes every message of a case from a folder of templates."""

    def __init__(self, folder: Path) -> None:
        """Load and check all templates.

        Args:
            folder: The folder of templates, such as playbooks/messages.

        Raises:
            PlaybookError: A template is missing or wrong; names file and line.
        """
        self._templates = load_templates(folder, FACT_NAMES)
        for tag in self._templates.languages:
            self._rehearse(tag)

    @property
    def languages(self) -> dict[str, bool]:
        """The tags there are templates for, each with whether a native speaker reviewed it."""
        return {tag: one.reviewed for tag, one in self._templates.languages.items()}

    def write(self, facts: MessageFacts, *, market_language: str = LAST_RESORT) -> WrittenMessage:
        """Write one message.

        Args:
            facts: All that the message may say.
            market_language: The market's language, used when the facts' one has no templates.

        Returns:
            The text and the language it was written in.

        Raises:
            InputError: The facts leave out what this message must say.
            PlaybookError: The template cannot be filled; names file and line.
            UnfitMessageError: The text would break a rule of the platform or of ours.
        """
        check_facts(facts)
        language = first_of((facts.language, market_language), self._templates.languages)
        marked = self._render(facts, language)
        found = faults(marked, unpaid=facts.unpaid)
        if found:
            raise UnfitMessageError(f"{language.tag}.jinja, message {facts.key}", found)
        return WrittenMessage(
            text=unquoted(marked),
            language=language.tag,
            template_version=f"{language.tag}-{language.version}/{self._templates.layout_version}",
            reviewed=language.reviewed,
        )

    def _rehearse(self, tag: str) -> None:
        for facts in rehearsals(tag):
            try:
                self.write(facts)
            except UnfitMessageError as error:
                raise PlaybookError(error.template, "; ".join(error.faults)) from error

    def _render(self, facts: MessageFacts, language: Language) -> str:
        view = view_of(facts, tag=language.tag, date_pattern=language.date_pattern)
        try:
            text = self._templates.layout.render(t=language.phrases, m=view)
        except (TemplateError, TypeError) as error:
            raise PlaybookError(failing_line(error), f"{facts.key}: {error}") from error
        return _tidy(text)


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", "\n".join(line.strip() for line in text.splitlines())).strip()
