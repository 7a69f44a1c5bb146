"""Time stamps over real HTTP: an authority that works, is down, slow, or talks nonsense."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

import worker
from activities.time_stamps import stamp_waiting, stamping
from casedesk.settings import Settings
from casedesk.time_stamps import StampError, StampPost
from domain.evidence import CustodyAction
from records.database import Database
from tests.support.stamp_server import Mood, StampServer, stamp_server
from tests.support.time_authority import STAMPED
from tests.support.vault_files import CASE, NOON, collected, photo, refused_by
from vault.errors import TrustedRootsError
from vault.opening import open_vault
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores",)

OTHER = "pickup-case:7495540735365777501:2"


@pytest.fixture(scope="module")
def running() -> Iterator[StampServer]:
    """An authority that all tests of the module ask."""
    with stamp_server() as server:
        yield server


@pytest.fixture
def stamps(running: StampServer) -> StampServer:
    """The authority, in its best mood and without a memory."""
    running.mood = Mood.STAMPS
    running.types.clear()
    return running


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """Everything here is the same on every database."""
    return f"sqlite:///{tmp_path / 'records.db'}"


def _settings(folder: Path, url: str | None, roots: Path | None = None) -> Settings:
    return Settings.model_validate({"home": folder, "tsa_url": url, "tsa_roots": roots})


def _vault(db: Database, folder: Path, stamps: StampServer, **how: float) -> Vault:
    roots = folder / "roots.pem"
    roots.write_bytes(stamps.authority.root)
    return open_vault(_settings(folder, stamps.url, roots), db, post=StampPost(**how))


def _view(vault: Vault, case_id: str = CASE) -> None:
    vault.record(case_id, CustodyAction.VIEW, actor="mei", purpose="look", at=NOON)


def _hold(vault: Vault, case_id: str) -> None:
    vault.hold(case_id, actor="mei", purpose="court order", at=NOON)


async def _until(holds: Callable[[], object]) -> None:
    while not await asyncio.to_thread(holds):  # noqa: ASYNC110  # rows in a table tell nobody
        await asyncio.sleep(0.01)


def test_a_head_is_stamped_over_http_as_the_standard_says(
    records_db: Database, tmp_path: Path, stamps: StampServer
) -> None:
    vault = _vault(records_db, tmp_path, stamps)
    collected(vault, photo())
    anchor = vault.anchor(CASE)

    assert anchor is not None
    assert (STAMPED, None, stamps.url) == (anchor.stamped_at, anchor.problem, anchor.authority)
    assert [("application/timestamp-query", "application/timestamp-reply")] == stamps.types
    assert (True, 1) == (vault.verify_case(CASE).whole, vault.verify_case(CASE).anchored_until)


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        (Mood.PAGE, "answered no time-stamp response"),
        (Mood.BUSY, "answered HTTP 503"),
        (Mood.SILENT, "timed out"),
        (Mood.DRIPS, "took longer than"),
        (Mood.FLOODS, "answered more than any stamp has"),
    ],
)
def test_what_is_no_stamp_is_on_record_and_soon_over(
    records_db: Database, tmp_path: Path, stamps: StampServer, mood: Mood, words: str
) -> None:
    vault = _vault(records_db, tmp_path, stamps, longest=0.2)
    collected(vault, photo())
    stamps.mood = mood
    began = time.monotonic()
    anchor = vault.anchor(CASE)

    assert time.monotonic() - began < 2
    assert anchor is not None
    assert anchor.token is None
    assert words in (anchor.problem or "")
    assert [CASE] == vault.unanchored()
    assert (True, 0) == (vault.verify_case(CASE).whole, vault.verify_case(CASE).anchored_until)


def test_an_authority_that_is_gone_is_not_asked_again_for_every_case(
    records_db: Database, tmp_path: Path
) -> None:
    with stamp_server() as stamps:
        pass
    vault = _vault(records_db, tmp_path, stamps)
    for case_id in (CASE, OTHER):
        _hold(vault, case_id)
    first, second = vault.anchor(CASE), vault.anchor(OTHER)

    assert first is not None
    assert second is not None
    assert "refused" in (first.problem or "")
    assert "was not asked, for it failed a moment ago" in (second.problem or "")


def test_an_authority_that_is_back_is_asked_after_its_rest(stamps: StampServer) -> None:
    post = StampPost(rest=0)
    stamps.mood = Mood.BUSY
    with pytest.raises(StampError, match="HTTP 503"):
        post(stamps.url, b"query")
    stamps.mood = Mood.PAGE

    assert b"<html>" == post(stamps.url, b"query")


def test_whatever_more_than_a_look_was_entered_waits_for_a_stamp(
    records_db: Database, tmp_path: Path, stamps: StampServer
) -> None:
    vault = _vault(records_db, tmp_path, stamps)
    _view(vault, OTHER)
    assert [] == vault.unanchored()
    collected(vault, photo())
    assert [CASE] == vault.unanchored()
    vault.anchor(CASE)
    _view(vault)
    assert [] == vault.unanchored()
    _hold(vault, CASE)
    assert [CASE] == vault.unanchored()


async def test_waiting_cases_are_stamped_in_one_go_and_an_outage_ends_it(
    records_db: Database, tmp_path: Path, stamps: StampServer
) -> None:
    vault = _vault(records_db, tmp_path, stamps, rest=0)
    for case_id in (CASE, OTHER):
        _hold(vault, case_id)
    stamps.mood = Mood.PAGE
    assert 0 == await stamp_waiting(vault)
    assert 1 == len(stamps.types)
    assert sorted([CASE, OTHER]) == vault.unanchored()
    stamps.mood = Mood.STAMPS

    assert 2 == await stamp_waiting(vault)
    assert [] == vault.unanchored()
    assert 0 == await stamp_waiting(vault)


async def test_a_worker_stamps_what_comes_while_it_runs(
    records_db: Database, tmp_path: Path, stamps: StampServer
) -> None:
    vault = _vault(records_db, tmp_path, stamps, rest=0)
    stamps.mood = Mood.BUSY
    await asyncio.to_thread(_hold, vault, CASE)
    async with asyncio.timeout(10), stamping(vault, every=timedelta(seconds=0.01)):
        await _until(lambda: vault.anchors(CASE))
        stamps.mood = Mood.STAMPS
        await _until(lambda: not vault.unanchored())
    asked = len(stamps.types)
    await asyncio.to_thread(_hold, vault, CASE)

    assert asked == len(stamps.types)
    assert [CASE] == vault.unanchored()


async def test_records_that_are_away_for_a_while_do_not_end_the_stamping(
    records_db: Database, tmp_path: Path, stamps: StampServer
) -> None:
    folder = tmp_path / "records.db"
    vault = _vault(records_db, tmp_path, stamps)
    await asyncio.to_thread(_hold, vault, CASE)
    records_db.close()
    folder.rename(tmp_path / "away.db")
    folder.mkdir()
    async with asyncio.timeout(10), stamping(vault, every=timedelta(seconds=0.01)):
        await asyncio.sleep(0.05)
        folder.rmdir()
        (tmp_path / "away.db").rename(folder)
        await _until(lambda: not vault.unanchored())

    assert 1 == vault.verify_case(CASE).anchored_until


def test_without_an_authority_nothing_is_asked(records_db: Database, tmp_path: Path) -> None:
    vault = open_vault(_settings(tmp_path, None), records_db, post=StampPost())
    _hold(vault, CASE)

    assert vault.anchor(CASE) is None
    assert [] == vault.anchor_waiting(at_most=10)


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_read_are_named_before_anything_begins(
    records_db: Database, tmp_path: Path, content: bytes | None
) -> None:
    roots = tmp_path / "roots.pem"
    if content:
        roots.write_bytes(content)
    settings = _settings(tmp_path, "http://127.0.0.1:1/stamp", roots)
    told = refused_by(
        lambda: open_vault(settings, records_db, post=StampPost()), TrustedRootsError
    )

    assert f"certificates {roots} cannot be read" in told
    assert "give a file of root certificates in PEM, or none" in told


def test_a_worker_that_is_checked_names_certificates_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENHUO_TSA_ROOTS", str(tmp_path / "none.pem"))
    monkeypatch.setattr("sys.argv", ["worker.py", "--check"])

    assert 1 == worker.main()
    assert "none.pem cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "words"),
    [("https://anna:secret@tsa.example/", "without a user and password"), ("tsa", "valid URL")],
)
def test_an_address_that_cannot_be_used_is_refused_at_the_start(
    tmp_path: Path, url: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        _settings(tmp_path, url)
