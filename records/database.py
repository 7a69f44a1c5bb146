"""Opening the store: a SQLite file or a PostgreSQL database, by URL."""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from records.errors import StoreAddressError, StoreUnavailableError
from records.migration import is_newest, upgrade_to_newest

_WRITES = "wenhuo_writes"
_BUSY_TIMEOUT_MS = 10_000
_WAL_RETRY_SECONDS = 0.01
_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 30, "hide_parameters": True}
"""Parameters hold tokens; hidden, they cannot reach a log by way of an error's text."""


class Database:
    """The store; safe for many threads of one process and for several processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._reader = engine.execution_options(postgresql_readonly=True)
        # SQLite lets waiting writers poll, and some poll for seconds; our own threads queue up.
        # Reentrant, so that a transaction inside another is refused as locked, not hung.
        queues = engine.dialect.name == "sqlite"
        self._writers_turn = threading.RLock() if queues else nullcontext()

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store without touching its tables.

        Args:
            url: `sqlite:///relative/file`, `sqlite:////absolute/file` or `postgresql://…`.

        Returns:
            The store; call `migrate` before the first use.

        Raises:
            StoreAddressError: *url* names neither a SQLite file nor a PostgreSQL database.
        """
        address = _read_address(url)
        if address.get_backend_name() == "sqlite":
            return cls(_sqlite_engine(address))
        driver = address.set(drivername="postgresql+psycopg")
        return cls(create_engine(driver, pool_pre_ping=True, **_POOL))

    def migrate(self) -> None:
        """Bring the tables to the newest revision; where they are there, it only reads.

        A store that is up to date waits for no writer. What is missing is looked at again once
        the lock is held, for another process may have added it meanwhile.

        Raises:
            StoreTooNewError: A newer Wenhuo has changed the tables already.
            StoreUnavailableError: The database cannot be reached.
        """
        with _told_when_unavailable(), self._reader.connect() as connection:
            if is_newest(connection):
                return
        with _told_when_unavailable(), self._writer.begin() as connection:
            upgrade_to_newest(connection)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a read-only session: a write in it is refused by the database.

        Raises:
            StoreUnavailableError: The database cannot be reached or stayed locked.
        """
        with _told_when_unavailable(), Session(self._reader) as session:
            yield session

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a write transaction: committed at the end of the block, undone by an exception.

        Raises:
            StoreUnavailableError: The database cannot be reached or stayed locked.
        """
        with (
            self._writers_turn,
            _told_when_unavailable(),
            Session(self._writer) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Close every connection; the store may be used again and opens new ones."""
        self._engine.dispose()


@contextmanager
def _told_when_unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        raise StoreUnavailableError(
            f"the records database cannot be used ({cause}); check WENHUO_DATABASE_URL and retry"
        ) from error


def _read_address(url: str) -> URL:
    scheme = url.partition("://")[0] if "://" in url else "no scheme"
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise StoreAddressError(_address_help(scheme)) from error
    if backend == "postgres":
        return address.set(drivername="postgresql")
    if backend not in {"sqlite", "postgresql"}:
        raise StoreAddressError(_address_help(scheme))
    return address


def _address_help(given: str) -> str:
    return f"database URL with {given!r}: give sqlite:///file or postgresql://user@host/database"


def _sqlite_engine(address: URL) -> Engine:
    named = address.database or ""
    if not named or named == ":memory:" or named.startswith("file:"):
        raise StoreAddressError(f"{named!r} is no file; give a path such as sqlite:///var/x.db")
    path = Path(named)
    _make_private(path)
    engine = create_engine(address.set(drivername="sqlite", database=str(path)), **_POOL)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """Create the file for its owner alone: it holds the shops' tokens.

    A file that is there is never opened but by SQLite: to close another descriptor of it takes
    away every lock that connections of this process hold.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        elif not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StoreAddressError(
            f"{path} cannot be created or written ({error.strerror}); give another path"
        ) from error


def _create(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _set_pragmas(connection: Any, _record: object) -> None:
    # The driver's own transactions are switched off: _begin_sqlite says how each one begins.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: Any) -> None:
    """Put a new file into WAL mode, trying again while another connection does the same.

    SQLite refuses the second one at once there: its busy timeout does not cover the change.
    """
    give_up_at = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up_at:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: a read lock that grows later can deadlock."""
    writes = bool(connection.get_execution_options().get(_WRITES))
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
