"""The pages about settings and commands say what the code has, no more and no less."""

import re

from typer.models import CommandInfo

import starter
from casedesk.settings import ROOT, Settings

SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    documented = re.findall(r"^\| `(WENHUO_\w+)` \|", SETTINGS, flags=re.MULTILINE)
    assert sorted(f"WENHUO_{name.upper()}" for name in Settings.model_fields) == sorted(documented)


def test_documented_defaults_are_the_real_ones() -> None:
    """Defaults that are plain words or numbers are compared; paths and notes are not."""
    rows = dict(re.findall(r"^\| `WENHUO_(\w+)` \| `([^`]+)` \|", SETTINGS, flags=re.MULTILINE))
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | int | float) and field.default != "":
            assert str(field.default).lower() == rows[name.upper()].lower(), name


def _name(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


def test_every_command_is_documented() -> None:
    names = [str(one.name) for one in starter.app.registered_commands]
    for group in starter.app.registered_groups:
        assert group.typer_instance is not None
        names += [f"{group.name} {_name(one)}" for one in group.typer_instance.registered_commands]
    assert "incident open" in names
    missing = [name for name in names if not re.search(rf"`{name}\b", COMMANDS)]
    assert [] == missing
