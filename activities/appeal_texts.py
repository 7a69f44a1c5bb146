"""The texts of appeals: templates and facts in, a text that fits the appeal box out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from activities.appeal_view import BY_NAME, FACT_NAMES, Times, view_of
from activities.message_templates import Templates, load_templates
from activities.template_files import LAST_RESORT, Language, failing_line, first_of
from domain.appeal_texts import (
    AppealMoment,
    AppealTextFacts,
    ChecklistFacts,
    ExhibitLine,
    MomentAt,
    Room,
    Said,
    WrittenAppeal,
    check_argument,
    fitted,
    length,
)
from domain.appeals import LONGEST_APPEAL_TEXT
from domain.errors import PlaybookError
from domain.requirements import RequirementKind, Scenario, Violation

_CHECKLIST_FACTS = frozenset(
    {
        *("ticket", "american", "ends", "last_safe", "zone", "complete", "missing"),
        *("characters", "longest", "packet", "exhibit_count"),
    }
)
_AMERICAN = "US"


class AppealWriter:
    """Writes texts, checklists and names from folders of templates."""

    def __init__(self, folder: Path) -> None:
        """Load and check all templates.

        Args:
            folder: Such as playbooks/appeals, with the checklists in its folder checklist/.

        Raises:
            PlaybookError: A template is missing or wrong; names file and line.
        """
        self._texts = load_templates(folder, FACT_NAMES, by_name=BY_NAME, lint=_anything)
        self._checklists = load_templates(
            folder / "checklist", _CHECKLIST_FACTS, by_name=frozenset(), lint=_anything
        )
        for language in self._texts.languages.values():
            self._rehearse(language)

    @property
    def languages(self) -> dict[str, bool]:
        """The tags there are texts for, each with whether a native speaker reviewed it."""
        return {tag: one.reviewed for tag, one in self._texts.languages.items()}

    def write(self, facts: AppealTextFacts) -> WrittenAppeal:
        """Write the text of one round, in the market's language and in English.

        Args:
            facts: All that the text may say.

        Returns:
            Texts of at most LONGEST_APPEAL_TEXT characters each.

        Raises:
            InputError: A person's own words are too long; nothing of them is cut.
            PlaybookError: The template cannot be filled; names file and line.
        """
        sound = facts.model_copy(update={"argument": check_argument(facts.argument)})
        language = self._language(facts.language)
        text, shown = self._fitted(sound, language)
        english, _ = self._fitted(sound, self._texts.languages[LAST_RESORT])
        return WrittenAppeal(
            text=text,
            english=english,
            language=language.tag,
            template_version=f"{language.tag}-{language.version}/{self._texts.layout_version}",
            reviewed=language.reviewed,
            orders_shown=shown,
            orders_in_all=len(facts.order_ids),
        )

    def say(self, phrase: str, language: str) -> Said:
        """Return a named phrase, such as kind_tracking, moment_due or label_packet."""
        local = _phrase(self._language(language), phrase)
        return Said(local=local, english=_phrase(self._texts.languages[LAST_RESORT], phrase))

    def times(self, language: str, *, market: str, zone: str) -> Times:
        """Return what says instants in the language's own way."""
        found = self._language(language)
        return Times(found.tag, market, found.date_pattern, zone)

    def checklist(self, facts: ChecklistFacts, *, language: str) -> tuple[str, ...]:
        """Return the steps of filing by hand.

        Args:
            facts: What the person must know.
            language: Of the person, such as en or zh-CN; else English.
        """
        found = first_of((language,), self._checklists.languages)
        times = Times(found.tag, facts.market, found.date_pattern, facts.zone)
        view = _checklist_view(facts, times, chinese=found.tag.startswith("zh"))
        return tuple(_rendered(self._checklists, found, view).splitlines())

    def _language(self, tag: str) -> Language:
        return first_of((tag,), self._texts.languages)

    def _fitted(self, facts: AppealTextFacts, language: Language) -> tuple[str, int]:
        times = Times(language.tag, facts.market, language.date_pattern, facts.zone)

        def write(room: Room) -> str:
            view = view_of(facts, room, times=times, say=lambda name: _phrase(language, name))
            return _rendered(self._texts, language, view)

        return fitted(write, orders=len(facts.order_ids))

    def _rehearse(self, language: Language) -> None:
        for facts in _rehearsals(language.tag):
            self._fitted(facts, language)


def _rehearsals(tag: str) -> list[AppealTextFacts]:
    every = tuple(MomentAt(moment=one, at=_SOME_DAY) for one in AppealMoment)
    exhibits = tuple(
        ExhibitLine(number=n, kind=kind, is_new=True)
        for n, kind in enumerate(RequirementKind, start=1)
    )
    plain = AppealTextFacts(
        language=tag,
        market=_AMERICAN,
        zone="America/Los_Angeles",
        ticket_id="0",
        violation=Violation.UNKNOWN,
        scenario=Scenario.SCANNED_LATE,
        order_ids=("0",),
    )
    full = plain.model_copy(
        update={
            "moments": every,
            "exhibits": exhibits,
            "missing": tuple(RequirementKind)[:3],
            "rejection_reason": "¤",
            "argument": "¤",
            "order_ids": ("0" * 18,) * 200,
            "round": 2,
        }
    )
    by_scenario = [full.model_copy(update={"scenario": one}) for one in Scenario]
    by_violation = [plain.model_copy(update={"violation": one}) for one in Violation]
    return [*by_violation, *by_scenario]


_SOME_DAY = datetime(2026, 1, 6, 18, tzinfo=UTC)


def _rendered(templates: Templates, language: Language, view: dict[str, Any]) -> str:
    try:
        text: str = templates.layout.render(t=language.phrases, m=view)
    except (TemplateError, TypeError) as error:
        raise PlaybookError(failing_line(error), str(error)) from error
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _phrase(language: Language, name: str) -> str:
    return " ".join(str(getattr(language.phrases, name)({})).split())


def _checklist_view(facts: ChecklistFacts, times: Times, *, chinese: bool) -> dict[str, Any]:
    ends, last_safe = facts.window_ends, facts.last_safe_moment
    known = [one for one in (ends, last_safe) if one is not None]
    return {
        "ticket": facts.ticket_id,
        "american": facts.market == _AMERICAN,
        "ends": times.both(ends) if ends else None,
        "last_safe": times.both(last_safe) if last_safe else None,
        "zone": times.zone_name(known),
        "complete": facts.complete,
        "missing": "; ".join(one.shows_zh if chinese else one.shows for one in facts.missing),
        "characters": length(facts.text),
        "longest": LONGEST_APPEAL_TEXT,
        "packet": facts.packet,
        "exhibit_count": facts.exhibits,
    }


def _anything(_text: str) -> list[str]:
    """Find no fault: an appeal speaks to the platform, not to a buyer."""
    return []
