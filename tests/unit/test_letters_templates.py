"""A slip in a letter's file shows when the folder is loaded, with file and line."""

import shutil
from pathlib import Path

import pytest

import worker
from activities.letters import LetterWriter
from domain.errors import PlaybookError

FOLDER = Path(__file__).parents[2] / "playbooks" / "letters"
PROMISE = "Please promise no more units and no dates until that is decided."
HEADER = """\
{% set version = "1" %}
{% set reviewed = false %}
{% set reviewer = "" %}
{% set date_pattern = "d.M.y" %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "letters"
    (copy / "carriers").mkdir(parents=True)
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
        LetterWriter(folder)
    return str(refused.value)


def of_carrier(folder: Path, name: str, macros: str, header: str = HEADER) -> str:
    (folder / "carriers" / name).write_text(header + macros, encoding="utf-8")
    return refusal(folder)


def test_a_sound_folder_loads_without_any_carrier(folder: Path) -> None:
    (folder / "carriers").rmdir()
    assert {"en": False} == LetterWriter(folder).languages


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("{{ m.shopp }}", "m.shopp is no fact"),
        ("{{ shops }}", "'shops' is not defined"),
        ("{{ shop }}", "the phrase shop is printed; write shop(m)"),
        ("{{ m.shop }", "unexpected"),
        ("See https://example.test/x", "link"),
    ],
)
def test_a_slip_in_a_phrase_is_refused_with_its_line(folder: Path, new: str, reason: str) -> None:
    line = change(folder / "en.jinja", PROMISE, new)
    said = refusal(folder)
    assert said.startswith(f"en.jinja, line {line}: ")
    assert reason in said


def test_a_fact_that_may_be_absent_is_refused_when_printed_unasked(folder: Path) -> None:
    line = change(folder / "en.jinja", PROMISE, "{{ m.reference }}")
    assert f"en.jinja, line {line}" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "new"),
    [("carrier_question", "c_question"), ("proof_ready_photo", "r"), ("why_carrier", "w")],
)
def test_a_missing_phrase_is_refused(folder: Path, name: str, new: str) -> None:
    change(folder / "en.jinja", f"macro {name}(m", f"macro _{new}(m")
    assert f"en.jinja: the phrase {name!r} is missing" in refusal(folder)


@pytest.mark.parametrize("name", ["layout.jinja", "en.jinja"])
def test_layout_and_english_must_be_there(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder).startswith(f"{name}: not found")


def test_an_empty_title_is_refused(folder: Path) -> None:
    change(folder / "en.jinja", "Stop selling: {{ m.short_product }}", "")
    assert "en.jinja, letter host_alert: empty" in refusal(folder)


def test_a_letter_that_is_too_long_is_refused(folder: Path) -> None:
    change(folder / "en.jinja", PROMISE, "long " * 900)
    assert "too_long" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "macros", "reason"),
    [
        ("Flash Express.en.jinja", "", "is not named such as j-t-express.th.jinja"),
        (".en.jinja", "", "is not named such as j-t-express.th.jinja"),
        ("flash.th.jinja", "", "has no th.jinja beside its folder"),
        (
            "flash.en.jinja",
            "{% macro carier_ask(m) %}x{% endmacro %}",
            "the phrase 'carier_ask' is used by no message",
        ),
        ("flash.en.jinja", "{% macro carrier_ask(m) %}{{ m.x }}{% endmacro %}", "m.x is no fact"),
        (
            "flash.en.jinja",
            "{% macro carrier_ask(m) %}{{ m.reference }}{% endmacro %}",
            "a fact that this message does not have is printed",
        ),
        ("flash.en.jinja", "{% macro carrier_ask_title(m) %}{% endmacro %}", "empty"),
    ],
)
def test_a_carriers_file_is_checked_like_any_other(
    folder: Path, name: str, macros: str, reason: str
) -> None:
    said = of_carrier(folder, name, macros)
    assert said.startswith(f"carriers/{name}")
    assert reason in said


def test_a_carriers_file_needs_its_own_header(folder: Path) -> None:
    said = of_carrier(folder, "flash.en.jinja", "", header="")
    assert "carriers/flash.en.jinja: has no {% set version" in said


def test_a_worker_refuses_a_broken_letter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER.parent / "messages", folder.parent / "messages")
    line = change(folder / "en.jinja", PROMISE, "{{ m.shopp }}")
    monkeypatch.setenv("WENHUO_PLAYBOOKS", str(folder.parent))
    monkeypatch.setattr("sys.argv", ["worker.py", "--check"])
    assert 1 == worker.main()
    assert f"en.jinja, line {line}: m.shopp is no fact" in capsys.readouterr().err
