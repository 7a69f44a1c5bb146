"""Fixtures: an empty records store per test, on SQLite and, if a URL is set, on PostgreSQL.

A pytest plugin: a test module names it in its `pytest_plugins`.
WENHUO_TEST_POSTGRES_URL names a database in which each test may create and drop a schema.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql

from records.database import Database

POSTGRES_URL = os.environ.get("WENHUO_TEST_POSTGRES_URL")
STORES = ("sqlite", "postgresql") if POSTGRES_URL else ("sqlite",)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, because migrating anew for each test is slow."""
    path = tmp_path_factory.mktemp("records") / "template.db"
    db = Database.open(f"sqlite:///{path}")
    db.migrate()
    db.close()
    return path


@pytest.fixture(params=STORES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    assert POSTGRES_URL is not None
    admin = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg")
    engine = create_engine(admin)
    schema = f"test_{uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield (
        make_url(POSTGRES_URL)
        .update_query_dict({"options": f"-csearch_path={schema}"})
        .render_as_string(hide_password=False)
    )
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def records_url(empty_url: str, migrated_file: Path) -> str:
    """The URL of a migrated store without rows."""
    address = make_url(empty_url)
    if address.database and address.get_backend_name() == "sqlite":
        shutil.copyfile(migrated_file, address.database)
    else:
        db = Database.open(empty_url)
        db.migrate()
        db.close()
    return empty_url


@pytest.fixture
def records_db(records_url: str) -> Iterator[Database]:
    """An open, migrated store; whatever it runs must compile for PostgreSQL too."""
    event.listen(Engine, "before_execute", _compile_for_postgresql)
    db = Database.open(records_url)
    yield db
    db.close()
    event.remove(Engine, "before_execute", _compile_for_postgresql)


def _compile_for_postgresql(_connection: Connection, statement: Any, *_rest: object) -> None:
    if not isinstance(statement, str):
        statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # untyped upstream
