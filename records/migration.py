"""Bringing the tables to the newest revision, one process and one thread at a time."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from records.errors import StoreTooNewError

_SCRIPTS = Path(__file__).with_name("migrations")
_PROCESSES_TAKE_TURNS = 7_203_114_901
"""Key of the PostgreSQL advisory lock; arbitrary, but the same for every Wenhuo for ever."""

# Alembic keeps its current context in module globals, so threads have to take turns as well.
_threads_take_turns = threading.Lock()


def is_newest(connection: Connection) -> bool:
    """Tell whether no revision is missing; a read transaction is enough.

    Raises:
        StoreTooNewError: The store is at a revision this version does not have.
    """
    scripts = ScriptDirectory.from_config(_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreTooNewError(
            f"the records database is at revision {current}, which this version of Wenhuo does "
            "not know; run the newer version, or restore the backup made before it"
        )
    return current == scripts.get_current_head()


def upgrade_to_newest(connection: Connection) -> None:
    """Run the missing revisions in *connection*'s transaction.

    Args:
        connection: In a write transaction; on SQLite that holds off other processes.

    Raises:
        StoreTooNewError: The store is at a revision this version does not have.
    """
    with _threads_take_turns:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PROCESSES_TAKE_TURNS}
            )
        if not is_newest(connection):
            command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
