"""The command line: cases opened, read and decided, and the installation run and looked after."""

import typer

from casedesk.exits import leave
from commands import (
    appeals,
    contacts,
    deciding,
    evidence,
    incidents,
    installation,
    opening,
    pickups,
    reading,
)

app = typer.Typer(
    name="starter.py",
    help="Wenhuo: one durable case per logistics exception.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(opening.app, name="open")
app.add_typer(incidents.app, name="incident")
for beside in (pickups.pickup,):
    opening.app.command(beside.__name__)(beside)
app.add_typer(contacts.app, name="contacts")
app.add_typer(evidence.app, name="evidence")
app.add_typer(appeals.app, name="appeal")
for name, command in (
    ("up", installation.up),
    ("demo", installation.demo),
    ("setup", installation.setup),
    ("doctor", installation.doctor),
    ("reopen", opening.reopen),
    ("list", reading.list_cases),
    ("show", reading.show),
    ("timeline", reading.timeline),
    ("history", reading.history),
    ("tasks", reading.tasks),
    ("choose", deciding.choose),
    ("contact", deciding.contact),
    ("approve", deciding.approve),
    ("resume", deciding.resume),
    ("override", deciding.override),
    ("link", deciding.link),
    ("restock", deciding.restock),
    ("take", deciding.take),
    ("note", deciding.note),
    ("withdraw", deciding.withdraw),
):
    app.command(name)(command)


def main() -> int:
    """Run one command and return its exit status."""
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


if __name__ == "__main__":
    # The SDK may crash the interpreter at an ordinary exit, and the status would lie.
    leave(main())
