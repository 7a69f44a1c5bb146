"""Messages to buyers: templates and facts in, a checked text in the buyer's language out."""

import re
from pathlib import Path

from jinja2 import TemplateError

from activities.message_rehearsal import rehearsals
from activities.message_templates import Language, failing_line, load_templates
from activities.message_view import FACT_NAMES, check_facts, view_of
from domain.errors import PlaybookError
from domain.message_lint import UnfitMessageError, faults, unquoted
from domain.messages import MessageFacts, WrittenMessage

_LAST_RESORT = "en"
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

    def write(self, facts: MessageFacts, *, market_language: str = _LAST_RESORT) -> WrittenMessage:
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
        language = self._language(facts.language, market_language)
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

    def _language(self, wanted: str, market_language: str) -> Language:
        for tag in (wanted, market_language, _LAST_RESORT):
            found = self._exact(tag) or self._same_base(tag)
            if found:
                return found
        raise PlaybookError(f"{_LAST_RESORT}.jinja", "not found; it is the last resort")

    def _exact(self, tag: str) -> Language | None:
        wanted = tag.replace("_", "-").lower()
        languages = self._templates.languages
        return next((one for key, one in languages.items() if key.lower() == wanted), None)

    def _same_base(self, tag: str) -> Language | None:
        base = _base(tag)
        languages = self._templates.languages
        return next((one for key, one in languages.items() if _base(key) == base), None)

    def _render(self, facts: MessageFacts, language: Language) -> str:
        view = view_of(facts, tag=language.tag, date_pattern=language.date_pattern)
        try:
            text = self._templates.layout.render(t=language.phrases, m=view)
        except (TemplateError, TypeError) as error:
            raise PlaybookError(failing_line(error), f"{facts.key}: {error}") from error
        return _tidy(text)


def _base(tag: str) -> str:
    return re.split("[-_]", tag.lower())[0]


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", "\n".join(line.strip() for line in text.splitlines())).strip()
