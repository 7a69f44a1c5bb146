"""Opening, migrating and sharing the records store."""

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from domain.errors import NaiveInstantError
from records.database import Database
from records.errors import StoreAddressError, StoreTooNewError, StoreUnavailableError
from records.schema import Base, ShopConsentRow, ShopRow
from records.shops import ShopDirectory, ShopRecord
from records.writes import insert_absent, take_turns
from tests.support.record_races import in_processes, in_threads, migrate

pytest_plugins = ("tests.support.record_stores",)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _shop(shop_id: str = "1", *, name: str = "Mei", at: datetime = NOON) -> ShopRow:
    return ShopRow(
        shop_id=shop_id, name=name, region="US", cipher="c", contact_mode=None, checked_at=at
    )


@pytest.fixture
def file_db(tmp_path: Path) -> Iterator[Database]:
    db = Database.open(f"sqlite:///{tmp_path / 'own' / 'records.db'}")
    db.migrate()
    yield db
    db.close()


def _add_and_fail(session: Session) -> None:
    session.add(_shop())
    session.flush()
    raise ZeroDivisionError


def _names(url: str) -> set[str]:
    engine = create_engine(_with_driver(url))
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    return names


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "records.db",
        "mysql://u@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "postgresql://u@h:port/d",
    ],
)
def test_a_url_that_names_no_file_and_no_postgresql_database_is_refused(url: str) -> None:
    with pytest.raises(StoreAddressError, match="give"):
        Database.open(url)


@pytest.mark.parametrize("url", ["oracle://u:hunter2@h/d", "u:hunter2@h/d", "x y://u:hunter2@h"])
def test_a_refused_url_never_shows_its_password(url: str) -> None:
    with pytest.raises(StoreAddressError) as refusal:
        Database.open(url)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_unreachable_postgresql_is_told_in_one_sentence_without_the_password(
    scheme: str,
) -> None:
    db = Database.open(f"{scheme}://u:hunter2@127.0.0.1:1/d")
    with pytest.raises(StoreUnavailableError, match="WENHUO_DATABASE_URL") as refusal:
        db.migrate()
    assert "hunter2" not in str(refusal.value)


def test_a_folder_that_cannot_be_made_is_refused_with_its_path(tmp_path: Path) -> None:
    blocker = tmp_path / "blocker"
    blocker.write_text("a file, not a folder")
    with pytest.raises(StoreAddressError, match=r"records\.db cannot be created"):
        Database.open(f"sqlite:///{blocker / 'records.db'}")


# The file


def test_the_file_and_its_companions_are_private_to_their_owner(
    file_db: Database, tmp_path: Path
) -> None:
    """The file holds the shops' tokens."""
    with file_db.begin() as session:
        session.add(_shop())
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "own").iterdir()}
    assert {"records.db": 0o600, "records.db-wal": 0o600, "records.db-shm": 0o600} == found
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o700


def test_opening_the_store_again_in_one_process_keeps_what_others_read_whole(
    file_db: Database, tmp_path: Path
) -> None:
    """Rule: who closes any descriptor of a file loses the locks that its connections hold.

    Then another process takes itself for the last one, removes the log beside the file, and both
    read different books from there on.
    """
    path = tmp_path / "own" / "records.db"
    for number in (1, 2):
        Database.open(f"sqlite:///{path}").close()
        with file_db.begin() as session:
            session.add(_shop(str(number)))
        assert number == _shops_seen_by_another_process(path)


def _shops_seen_by_another_process(path: Path) -> int:
    program = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
        "print(*db.execute('SELECT COUNT(*) FROM shops').fetchone()); db.close()"
    )
    ran = subprocess.run(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True
    )
    return int(ran.stdout)


def test_a_path_that_is_relative_stays_the_same_file_after_a_change_of_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    db = Database.open("sqlite:///records.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    db.migrate()
    db.close()
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 10_000), ("foreign_keys", 1)],
)
def test_every_connection_has_the_pragmas(
    file_db: Database, pragma: str, value: str | int
) -> None:
    with file_db.session() as first, file_db.session() as second:
        found = [session.scalar(text(f"PRAGMA {pragma}")) for session in (first, second)]
    assert [value, value] == found


# Sessions


def test_what_is_begun_is_kept(records_db: Database) -> None:
    with records_db.begin() as session:
        session.add(_shop())
    with records_db.session() as session:
        assert session.get(ShopRow, "1") is not None


def test_an_exception_undoes_the_whole_transaction(records_db: Database) -> None:
    with pytest.raises(ZeroDivisionError), records_db.begin() as session:
        _add_and_fail(session)
    with records_db.session() as session:
        assert session.get(ShopRow, "1") is None


def test_a_write_in_a_reading_session_is_refused_not_lost(records_db: Database) -> None:
    with pytest.raises((StoreUnavailableError, DBAPIError)), records_db.session() as session:
        insert_absent(session, _shop())
    with records_db.begin() as session:
        assert insert_absent(session, _shop())


def test_a_writer_takes_the_lock_before_it_reads(file_db: Database) -> None:
    """Two transactions that read first and write later would deadlock on SQLite."""
    other = Database.open(str(file_db._engine.url))
    read = threading.Event()

    def write() -> None:
        with other.begin() as session:
            session.add(_shop("2"))
        read.set()

    with file_db.begin() as session:
        assert session.get(ShopRow, "2") is None
        thread = threading.Thread(target=write)
        thread.start()
        assert not read.wait(timeout=0.3)
        session.add(_shop("1"))
    thread.join(timeout=10)
    other.close()
    with file_db.session() as session:
        assert session.get(ShopRow, "2") is not None


def test_a_reader_does_not_wait_for_a_writer(records_db: Database) -> None:
    with records_db.begin() as writing:
        writing.add(_shop())
        writing.flush()
        with records_db.session() as reading:
            assert reading.get(ShopRow, "1") is None


def test_a_closed_store_opens_again_when_used(records_db: Database) -> None:
    records_db.close()
    with records_db.session() as session:
        assert session.get(ShopRow, "1") is None


def test_many_threads_write_at_once_and_lose_nothing(records_url: str) -> None:
    def put(db: Database, number: int) -> None:
        for n in range(5):
            with db.begin() as session:
                session.add(_shop(f"{number}-{n}"))

    in_threads(records_url, put)
    db = Database.open(records_url)
    assert 40 == len(ShopDirectory(db).all())
    db.close()


def test_threads_of_one_store_take_turns_writing(records_db: Database) -> None:
    def put(number: int) -> None:
        for n in range(5):
            with records_db.begin() as session:
                session.add(_shop(f"{number}-{n}"))

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 40 == len(ShopDirectory(records_db).all())


def test_an_error_of_the_database_does_not_print_the_values(records_db: Database) -> None:
    """Values may be tokens, and errors end up in logs."""
    with pytest.raises(IntegrityError) as refusal, records_db.begin() as session:
        session.execute(
            text(
                "INSERT INTO shops (shop_id, name, region, cipher, checked_at)"
                " VALUES ('1', :name, NULL, 'c', :at)"
            ),
            {"name": "hunter2", "at": "2026-01-01 00:00:00"},
        )
    assert "[SQL parameters hidden" in str(refusal.value)


# Instants


@pytest.mark.parametrize(
    "instant",
    [
        NOON,
        NOON.replace(microsecond=123456),
        datetime(2026, 3, 1, 19, 0, tzinfo=timezone(timedelta(hours=7))),
        datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=-8, minutes=-30))),
    ],
)
def test_an_instant_comes_back_the_same_and_in_utc(
    records_db: Database, instant: datetime
) -> None:
    with records_db.begin() as session:
        session.add(_shop(at=instant))
    with records_db.session() as session:
        found = session.get_one(ShopRow, "1").checked_at
    assert instant == found
    assert timedelta(0) == found.utcoffset()


def test_a_naive_instant_is_refused_when_stored(records_db: Database) -> None:
    with pytest.raises(NaiveInstantError, match="no offset"), records_db.begin() as session:
        session.add(_shop(at=datetime(2026, 3, 1, 12, 0)))  # noqa: DTZ001 (the point of the test)


def test_instants_compare_as_instants_whatever_their_offset(records_db: Database) -> None:
    later_by_a_minute = datetime(2026, 3, 1, 4, 1, tzinfo=timezone(timedelta(hours=-8)))
    with records_db.begin() as session:
        session.add(_shop(at=later_by_a_minute))
    with records_db.session() as session:
        later = session.query(ShopRow).where(ShopRow.checked_at > NOON).count()
    assert 1 == later


# Migrations


def test_migrating_an_empty_store_makes_exactly_the_tables_of_the_schema(empty_url: str) -> None:
    db = Database.open(empty_url)
    db.migrate()
    with db.session() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert [] == compare_metadata(context, Base.metadata)
    db.close()


def test_migrating_twice_keeps_what_is_there(empty_url: str) -> None:
    db = Database.open(empty_url)
    db.migrate()
    ShopDirectory(db).put(
        ShopRecord(
            shop_id="1", name="Mei", region="US", cipher="c", contact_mode=None, checked_at=NOON
        )
    )
    db.migrate()
    assert ["1"] == [shop.shop_id for shop in ShopDirectory(db).all()]
    db.close()


def test_a_store_that_is_up_to_date_is_migrated_while_somebody_writes(records_url: str) -> None:
    """A command that only reads must not wait for a lock that an import holds for seconds."""
    writing, reading = Database.open(records_url), Database.open(records_url)
    with writing.begin() as session:
        session.add(_shop())
        session.flush()
        reading.migrate()
        assert [] == ShopDirectory(reading).all()
    writing.close()
    reading.close()


def test_threads_that_migrate_at_once_all_succeed(empty_url: str) -> None:
    assert [True] * 8 == in_threads(empty_url, migrate)
    assert set(Base.metadata.tables) | {"alembic_version"} == _names(empty_url)


def test_threads_that_migrate_stores_of_their_own_at_once_do_not_mix_them_up(
    tmp_path: Path,
) -> None:
    """The migration tool keeps the store it works on in a global."""
    barrier = threading.Barrier(8)

    def one(number: int) -> set[str]:
        url = f"sqlite:///{tmp_path / str(number)}.db"
        db = Database.open(url)
        barrier.wait(timeout=30)
        db.migrate()
        db.close()
        return _names(url)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(8)))
    assert [set(Base.metadata.tables) | {"alembic_version"}] * 8 == found


def test_processes_that_migrate_at_once_all_succeed(empty_url: str) -> None:
    assert [True] * 3 == in_processes(empty_url, migrate)
    assert set(Base.metadata.tables) | {"alembic_version"} == _names(empty_url)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    """All revisions or none, on SQLite too."""
    engine = create_engine(_with_driver(empty_url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE assisted_contacts (other INTEGER)"))
    db = Database.open(empty_url)
    with pytest.raises((StoreUnavailableError, DBAPIError)):
        db.migrate()
    assert {"assisted_contacts"} == _names(empty_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE assisted_contacts"))
    db.migrate()
    assert set(Base.metadata.tables) < _names(empty_url)
    db.close()
    engine.dispose()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(records_db: Database) -> None:
    with records_db.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNewError, match="revision 9999"):
        records_db.migrate()


# Writing beside others


def test_only_the_first_row_of_a_key_is_inserted(records_db: Database) -> None:
    with records_db.begin() as session:
        assert insert_absent(session, _shop(name="first"))
        assert not insert_absent(session, _shop(name="second"))
    with records_db.session() as session:
        assert "first" == session.get_one(ShopRow, "1").name


def test_of_many_who_insert_one_key_at_once_one_is_told_so(records_url: str) -> None:
    def insert(db: Database, number: int) -> bool:
        with db.begin() as session:
            return insert_absent(session, _shop(name=str(number)))

    assert 1 == sum(in_threads(records_url, insert))


def test_a_broken_constraint_other_than_the_key_is_heard(records_db: Database) -> None:
    with pytest.raises(IntegrityError), records_db.begin() as session:
        insert_absent(session, ShopConsentRow(shop_id="1", consent_id="of nobody"))


def test_holders_of_one_name_work_one_after_the_other(records_url: str) -> None:
    """A counter that is read and then written would lose steps without turns."""

    def count(db: Database, _number: int) -> None:
        for _ in range(5):
            with db.begin() as session:
                take_turns(session, "counter")
                _increment(session)

    in_threads(records_url, count)
    db = Database.open(records_url)
    with db.session() as session:
        assert "40" == session.get_one(ShopRow, "counter").name
    db.close()


def _increment(session: Session) -> None:
    row = session.get(ShopRow, "counter")
    if row is None:
        session.add(_shop("counter", name="1"))
    else:
        row.name = str(int(row.name) + 1)
