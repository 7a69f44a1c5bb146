"""A slip in a template file shows when the folder is loaded, with file and line."""

import shutil
from pathlib import Path

import pytest

from activities.messages import MessageWriter
from domain.errors import PlaybookError

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"
CLOSING = "Thank you for your understanding."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "messages"
    copy.mkdir()
    for name in ("layout.jinja", "en.jinja"):
        shutil.copy(FOLDER / name, copy / name)
    return copy


def change(file: Path, old: str, new: str) -> int:
    """Replace *old* in *file* and return the line it stood on."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> str:
    with pytest.raises(PlaybookError) as refused:
        MessageWriter(folder)
    return str(refused.value)


def test_a_sound_folder_loads(folder: Path) -> None:
    assert {"en": False} == MessageWriter(folder).languages


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("{{ m.digitz }}", "m.digitz is no fact"),
        ("{{ order_digits }}", "'order_digits' is not defined"),
        ("{{ m.digits }", "unexpected"),
        ("{{ hello }}", "the phrase hello is printed; write hello(m)"),
        ("{% if %}", "Expected an expression"),
        ("Please cancel the order.", "asks_to_cancel"),
        ("Call 0812345678.", "phone"),
        ("Visit myshop.com now", "link"),
        ("Leave us a review", "review"),
    ],
)
def test_a_slip_in_a_phrase_is_refused_with_its_line(folder: Path, new: str, reason: str) -> None:
    line = change(folder / "en.jinja", CLOSING, new)
    said = refusal(folder)
    assert f"en.jinja, line {line}: " in said
    assert reason in said


def test_a_fact_that_may_be_absent_is_refused_when_printed_unasked(folder: Path) -> None:
    line = change(folder / "en.jinja", CLOSING, "{{ m.wait_gift }}")
    change(folder / "en.jinja", "{% set version", "\n{% set version")
    assert f"en.jinja, line {line + 1}" in refusal(folder)


def test_money_back_in_the_words_for_unpaid_orders_is_refused(folder: Path) -> None:
    change(folder / "en.jinja", CLOSING, "Your refund is on its way.")
    assert "en.jinja, message contact_only: refund_of_nothing: 'refund'" in refusal(folder)


def test_a_missing_phrase_is_refused(folder: Path) -> None:
    change(folder / "en.jinja", "macro closing(m)", "macro _closing(m)")
    assert "en.jinja: the phrase 'closing' is missing; layout.jinja, line" in refusal(folder)


def test_a_missing_reason_is_refused(folder: Path) -> None:
    change(folder / "en.jinja", "macro reason_swapped(m)", "macro _swapped(m)")
    assert "the phrase 'reason_swapped' is missing" in refusal(folder)


def test_a_phrase_that_no_message_uses_is_refused_with_its_line(folder: Path) -> None:
    line = change(
        folder / "en.jinja",
        "{%- macro closing(m)",
        "{%- macro clsing(m) %}{% endmacro %}\n{%- macro closing(m)",
    )
    assert f"en.jinja, line {line}: the phrase 'clsing' is used by no message" == refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('set version = "3"', "set version = 1", "{% set version = … %} with a str"),
        ('set version = "3"', 'set version = ""', "{% set version = … %} with a str"),
        ("set reviewed = false", 'set reviewed = "no"', "{% set reviewed = … %} with a bool"),
        ('set reviewer = ""', 'set revewer = ""', "{% set reviewer = … %} with a str"),
        ("set date_pattern", "set day_pattern", "{% set date_pattern = … %} with a str"),
        ("set reviewed = false", "set reviewed = true", "name the native speaker in reviewer"),
    ],
)
def test_a_header_that_does_not_hold_is_refused(
    folder: Path, old: str, new: str, reason: str
) -> None:
    change(folder / "en.jinja", old, new)
    assert reason in refusal(folder)


def test_a_reviewed_language_says_so(folder: Path) -> None:
    change(folder / "en.jinja", "set reviewed = false", "set reviewed = true")
    change(folder / "en.jinja", 'set reviewer = ""', 'set reviewer = "A. Native"')
    assert {"en": True} == MessageWriter(folder).languages


@pytest.mark.parametrize("name", ["layout.jinja", "en.jinja"])
def test_layout_and_english_must_be_there(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder).startswith(f"{name}: not found")


def test_a_file_not_named_by_a_language_is_refused(folder: Path) -> None:
    shutil.copy(folder / "en.jinja", folder / "english (copy).jinja")
    assert "english (copy).jinja: is not named by a language tag" in refusal(folder)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "th.jinja").write_bytes("สวัสดี".encode("tis-620"))
    assert "th.jinja: is not UTF-8" in refusal(folder)


def test_a_layout_without_a_version_is_refused(folder: Path) -> None:
    change(folder / "layout.jinja", 'set version = "3"', 'set number = "1"')
    assert "layout.jinja: has no {% set version" in refusal(folder)


def test_a_template_cannot_reach_into_the_program(folder: Path) -> None:
    """The sandbox refuses what would read attributes of Python objects."""
    change(folder / "en.jinja", CLOSING, "{{ m.digits.__class__.__mro__ }}")
    assert "unsafe" in refusal(folder)
