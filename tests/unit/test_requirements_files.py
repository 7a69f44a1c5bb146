"""Evidence rules as files: a slip is refused with its file and line."""

import pytest

from domain.errors import PlaybookError
from domain.requirement_files import matrix_of, parse_evidence
from domain.requirements import Need, Obtainable
from tests.support.deadline_cases import PLAYBOOKS

SOUND = """market: TH
entries:
  - violations: [late_dispatch]
    scenario: carrier_never_came
    valid_from: 2026-01-01
    valid_until: 2026-05-31
    confidence: confirmed
    source: a page
    read_on: 2026-10-01
    requirements:
      - key: ready
        one_of: [ready_photo]
        shows: a photo
        shows_zh: 照片
      - key: contact
        one_of: [carrier_chat, call_recording]
        shows: the chat
        shows_zh: 聊天
        need: helpful
  - violations: [late_dispatch, fast_dispatch]
    scenario: carrier_never_came
    valid_from: 2026-06-01
    confidence: confirmed
    source: a page
    read_on: 2026-10-01
    requirements:
      - {key: ready, one_of: [ready_photo], shows: a photo, shows_zh: 照片}
"""


def refusal_of(text: str) -> str:
    with pytest.raises(PlaybookError) as refused:
        parse_evidence(text, filename="TH.yaml")
    return str(refused.value)


def test_a_sound_file_is_read_with_plain_defaults() -> None:
    first, second = parse_evidence(SOUND, filename="TH.yaml").entries
    ready, contact = first.requirements
    assert (Need.NEEDED, Obtainable.ANY_TIME, 1, False) == (
        ready.need,
        ready.obtainable,
        ready.at_least,
        ready.must_be_dated,
    )
    assert Need.HELPFUL is contact.need
    assert first.version != second.version


def test_a_version_follows_the_content_and_not_the_writing() -> None:
    one = parse_evidence(SOUND, filename="a").entries[0].version
    again = parse_evidence("# looked again\n" + SOUND, filename="b").entries[0].version
    other = parse_evidence(SOUND.replace("a photo\n", "a film\n"), filename="a").entries[0].version
    assert one == again
    assert one != other


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("scenario:", "scenaro:", 4, "no key 'scenaro'; did you mean 'scenario'?"),
        ("carrier_never_came", "carrier_napped", 4, "entries.0.scenario: Input should be"),
        ("[late_dispatch]", "[late]", 3, "entries.0.violations.0: Input should be"),
        ("[late_dispatch]", "[]", 3, "entries.0.violations: is empty; name at least one"),
        ("[ready_photo]", "[photo]", 12, "entries.0.requirements.0.one_of.0"),
        ("[ready_photo]", "[]", 12, "entries.0.requirements.0.one_of: is empty"),
        ("key: ready", "key: Ready!", 11, "should match pattern"),
        ("key: contact", "key: ready", 10, "the key 'ready' is given twice"),
        ("    source: a page\n", "", 3, "entries.0.source is missing; add it"),
        ("confidence: confirmed", "confidence: sure", 7, "entries.0.confidence"),
        ("2026-01-01", "soon", 5, "entries.0.valid_from"),
        ("valid_until: 2026-05-31", "valid_until: 2025-05-31", 6, "ends before it begins"),
        (
            "valid_until: 2026-05-31",
            "valid_until: 2026-06-01",
            20,
            "in force on the same days as the one of 2026-01-01; end that one",
        ),
        ("    valid_until: 2026-05-31\n", "", 19, "end that one with valid_until"),
        ("    source: a page\n", "    source: a page\n    version: 3f\n", 9, "remove the key"),
        ("        shows_zh: 照片\n", "", 11, "shows_zh is missing; add it"),
        ("market: TH", "land: TH", 1, "there is no key 'land'"),
    ],
)
def test_a_slip_is_refused_with_file_and_line(old: str, new: str, line: int, words: str) -> None:
    text = SOUND.replace(old, new, 1)
    assert text != SOUND
    told = refusal_of(text)
    assert told.startswith(f"TH.yaml:{line}: "), told
    assert words in told


def test_a_set_that_needs_nothing_is_refused() -> None:
    text = SOUND.replace("shows: a photo, ", "shows: a photo, need: helpful, ")
    assert "nothing is needed" in refusal_of(text)


def test_another_violation_or_scenario_may_hold_on_the_same_days() -> None:
    other = SOUND.replace("[late_dispatch, fast_dispatch]", "[fast_dispatch]")
    assert 2 == len(
        parse_evidence(other.replace("2026-06-01", "2026-02-01"), filename="x").entries
    )


def test_two_files_of_one_market_are_refused() -> None:
    one = parse_evidence(SOUND, filename="TH.yaml")
    with pytest.raises(PlaybookError, match="two files are of TH"):
        matrix_of([one, one])


@pytest.mark.parametrize("path", sorted((PLAYBOOKS / "evidence").glob("*.yaml")), ids=str)
def test_a_shipped_file_is_named_by_its_market(path: object) -> None:
    name = str(path).rsplit("/", maxsplit=1)[-1]
    text = (PLAYBOOKS / "evidence" / name).read_text(encoding="utf-8")
    assert name == f"{parse_evidence(text, filename=name).market}.yaml"
