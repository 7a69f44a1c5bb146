"""Taking files in: once, whole, under their digest, with what is known of them."""

import asyncio
import hashlib
import os
import resource
import stat
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.evidence import CustodyAction, EvidenceKind
from records.database import Database
from tests.support.vault_files import (
    CASE,
    NOON,
    blob_files,
    collected,
    open_vault,
    photo,
    refused_by,
    video,
)
from vault.errors import (
    BlobsUnavailableError,
    FileRefusedError,
    Refusal,
    StoreAddressError,
    StoreFullError,
)
from vault.intake import Collecting
from vault.items import clean_name
from vault.limits import Limits
from vault.staging import Staging
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores", "tests.support.vault")

PHOTO = photo()
_MEGABYTE = 1024 * 1024


def _what(**more: object) -> Collecting:
    given: dict[str, object] = {
        "case_id": CASE,
        "requirement": "handover_video",
        "actor": "mei",
        "at": NOON,
        "source": "warehouse_phone",
        "name": "handover.mp4",
    }
    return Collecting(**given | more)  # type: ignore[arg-type]  # the fields are the test's


def _actions(vault: Vault) -> list[CustodyAction]:
    return [entry.action for entry in vault.custody(CASE)]


def test_a_file_comes_back_as_it_was_collected_with_everything_known_of_it(vault: Vault) -> None:
    begin, end = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    item = collected(
        vault,
        PHOTO,
        note="eleven parcels",
        late=True,
        captured_at=begin,
        observed_from=begin,
        observed_until=end,
    )

    assert vault.get(item.evidence_id) == item
    assert (hashlib.sha256(PHOTO).hexdigest(), len(PHOTO)) == (item.digest, item.size)
    assert ("image/jpeg", EvidenceKind.PHOTO) == (item.media_type, item.kind)
    assert ("parcels.jpg", "eleven parcels") == (item.name, item.note)
    assert (CASE, "ready_photo", "mei", NOON) == (
        item.case_id,
        item.requirement,
        item.collected_by,
        item.collected_at,
    )
    assert (begin, begin, end) == (item.captured_at, item.observed_from, item.observed_until)
    assert item.late
    assert not item.duplicate


def test_the_bytes_lie_under_their_digest_and_nobody_may_write_them(
    vault: Vault, tmp_path: Path
) -> None:
    item = collected(vault, PHOTO)
    (blob,) = blob_files(tmp_path)

    assert item.digest == blob.name
    assert blob.read_bytes() == PHOTO
    assert 0o400 == stat.S_IMODE(blob.stat().st_mode)
    assert 1 == blob.stat().st_nlink
    assert 0o700 == stat.S_IMODE(blob.parent.stat().st_mode)


def test_a_path_is_collected_under_its_own_name_and_left_alone(
    vault: Vault, tmp_path: Path
) -> None:
    path = tmp_path / "van.jpg"
    path.write_bytes(PHOTO)
    item = vault.collect(
        path, case_id=CASE, requirement="ready_photo", actor="mei", at=NOON, source="desk"
    )

    assert "van.jpg" == item.name
    assert path.read_bytes() == PHOTO


def test_the_same_file_twice_is_the_first_item_and_says_so(vault: Vault) -> None:
    first = collected(vault, PHOTO)
    again = collected(vault, PHOTO, actor="lin", name="copy.jpg")

    assert again == first.model_copy(update={"duplicate": True})
    assert [first] == vault.of_case(CASE)
    assert [CustodyAction.COLLECT] == _actions(vault)


def test_the_same_bytes_for_another_proof_or_case_are_another_item_of_one_blob(
    vault: Vault, tmp_path: Path
) -> None:
    first = collected(vault, PHOTO)
    second = collected(vault, PHOTO, requirement="vehicle_full_photo")
    third = collected(vault, PHOTO, case_id="pickup-case:S:2")

    assert 3 == len({first.evidence_id, second.evidence_id, third.evidence_id})
    assert not second.duplicate
    assert not third.duplicate
    assert 1 == len(blob_files(tmp_path))


def test_a_step_that_runs_twice_collects_once_and_is_told_the_same(vault: Vault) -> None:
    """A worker that is killed after the collection repeats it."""
    first = collected(vault, PHOTO, key="case-1/photo")
    again = collected(vault, PHOTO, key="case-1/photo")
    somebody = collected(vault, PHOTO, key="case-1/other")

    assert first == again
    assert somebody.duplicate
    assert [CustodyAction.COLLECT] == _actions(vault)


def test_items_of_a_case_are_listed_in_the_order_they_came(vault: Vault) -> None:
    later = collected(vault, PHOTO, at=NOON + timedelta(minutes=1))
    first = collected(vault, video(), requirement="handover_video", name="h.mp4")
    collected(vault, PHOTO, case_id="pickup-case:S:2")

    assert [first, later] == vault.of_case(CASE)
    assert vault.get("ev-of-nobody") is None


# Names are words about a file, never places


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mei\\van.jpg", "van.jpg"),
        ("/absolute/van.jpg", "van.jpg"),
        ("van\x00\n\x1b[31m.jpg", "van[31m.jpg"),
        ("货车\u202egpj.exe", "货车gpj.exe"),
        ("n" * 300 + ".jpg", "n" * 196 + ".jpg"),
        ("\udcff.jpg", "?.jpg"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_name_keeps_no_folder_and_nothing_that_cannot_be_shown(given: str, kept: str) -> None:
    assert kept == clean_name(given)


@given(st.text())
def test_no_name_ever_leads_anywhere(name: str) -> None:
    kept = clean_name(name)
    assert not {"/", "\\", "\x00"} & set(kept)
    assert kept not in {".", ".."}
    kept.encode()


def test_a_note_keeps_its_lines_and_nothing_that_cannot_be_signed(vault: Vault) -> None:
    item = collected(vault, PHOTO, note="first\nsecond\x00\ud800", actor="mei\x00", source="\x1b")
    assert ("first\nsecond?", "mei", "") == (item.note, item.collected_by, item.source)
    assert '"actor":"mei"' in vault.custody(CASE)[0].body


# Streams


def test_a_stream_is_taken_as_it_arrives(vault: Vault) -> None:
    data = video(picture=os.urandom(300_000))

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 70_000):
            yield data[start : start + 70_000]

    item = asyncio.run(vault.take_stream(chunks(), _what()))

    assert hashlib.sha256(data).hexdigest() == item.digest
    assert "video/mp4" == item.media_type


def test_a_stream_that_breaks_off_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield video()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(vault.take_stream(chunks(), _what()))
    assert [] == [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert [] == vault.of_case(CASE)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(min_value=0, max_value=6 * _MEGABYTE), max_size=6))
def test_whatever_pieces_a_file_comes_in_its_digest_is_that_of_the_whole(
    sizes: list[int], tmp_path: Path
) -> None:
    """Small files are hashed at once, large ones in a thread beside the writing."""
    pieces = [bytes([number]) * size for number, size in enumerate(sizes)]
    with Staging(tmp_path, name="x") as staging:
        for piece in pieces:
            staging.write(piece)
        staged = staging.finish()
        assert b"".join(pieces) == staged.path.read_bytes()
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == staged.digest
    assert not staged.path.exists()


def test_memory_does_not_grow_with_the_file(vault: Vault) -> None:
    """The large one is for `python -m bench.vault`: 2 GB within 64 MB of idle."""
    piece = bytes(256 * 1024)

    def chunks() -> Iterator[bytes]:
        yield video(picture=b"")[:-8] + (64 * _MEGABYTE + 8).to_bytes(4, "big") + b"mdat"
        for _ in range(256):
            yield bytes(piece)

    tracemalloc.start()
    item = vault.take(chunks(), _what())
    for part in vault.read(item.evidence_id, actor="mei", purpose="watch", at=NOON):
        assert len(part) <= 4 * _MEGABYTE
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert item.size > 64 * _MEGABYTE
    assert peak < 24 * _MEGABYTE


@pytest.mark.parametrize("size", [1000, 12 * _MEGABYTE])
def test_a_stream_that_is_cancelled_leaves_nothing(
    vault: Vault, tmp_path: Path, size: int
) -> None:
    """A person closes the page while the file is on its way, or while it is being looked at."""

    async def chunks(last: asyncio.Event) -> AsyncIterator[bytes]:
        yield video(picture=bytes(size))
        last.set()

    async def cancel() -> None:
        last = asyncio.Event()
        taking = asyncio.create_task(vault.take_stream(chunks(last), _what()))
        await last.wait()
        taking.cancel()
        await taking

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    assert not list((tmp_path / "evidence" / "incoming").iterdir())


def test_a_stream_that_is_refused_is_on_record(vault: Vault) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"MZ" + bytes(600)

    with pytest.raises(FileRefusedError, match="is a program"):
        asyncio.run(vault.take_stream(chunks(), _what()))
    assert [CustodyAction.REFUSE] == _actions(vault)


# Trouble


def test_an_empty_file_is_refused_by_name(vault: Vault) -> None:
    said = refused_by(lambda: collected(vault, b"", name="van.jpg"), FileRefusedError)
    assert "van.jpg is empty; send it again from the device" == said


def _endless(first: bytes) -> Iterator[bytes]:
    yield first
    while True:
        yield bytes(100_000)


def test_a_file_past_the_limit_of_its_type_is_refused_before_it_has_all_come(
    records_db: Database, tmp_path: Path
) -> None:
    vault = open_vault(records_db, tmp_path, limits=Limits(video=2_000_000))
    with pytest.raises(FileRefusedError) as refusal:
        vault.take(_endless(video(picture=bytes(600))), _what())

    assert Refusal.TOO_LARGE is refusal.value.reason
    assert "handover.mp4 is larger than 2 MB, the limit for its type" in str(refusal.value)
    assert [CustodyAction.REFUSE] == _actions(vault)
    assert not list((tmp_path / "evidence" / "incoming").iterdir())


@pytest.mark.parametrize(("limit", "taken"), [(len(PHOTO), True), (len(PHOTO) - 1, False)])
def test_a_file_may_be_exactly_as_large_as_its_limit(
    records_db: Database, tmp_path: Path, limit: int, *, taken: bool
) -> None:
    vault = open_vault(records_db, tmp_path, limits=Limits(photo=limit))
    if taken:
        assert limit == collected(vault, PHOTO).size
    else:
        assert "is larger than" in refused_by(lambda: collected(vault, PHOTO), FileRefusedError)


def test_a_type_that_is_not_known_yet_may_be_as_large_as_any(
    records_db: Database, tmp_path: Path
) -> None:
    """Until enough has come to tell the type."""
    vault = open_vault(records_db, tmp_path, limits=Limits(photo=10))
    said = refused_by(
        lambda: vault.take((PHOTO[at : at + 1] for at in range(len(PHOTO))), _what(name="a.jpg")),
        FileRefusedError,
    )
    assert "a.jpg is larger than 10 bytes" in said


def test_an_error_of_the_disk_that_is_not_its_size_is_not_called_one(
    records_db: Database, tmp_path: Path
) -> None:
    vault = open_vault(records_db, tmp_path)
    (tmp_path / "evidence" / "incoming").write_text("a file where a folder should be")
    with pytest.raises(FileExistsError):
        collected(vault, PHOTO)


def test_a_path_without_a_file_is_refused_with_the_path(vault: Vault, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nothing.jpg", tmp_path, tmp_path / "pipe"):
        with pytest.raises(FileRefusedError) as refusal:
            vault.take(path, _what())
        assert str(path) in str(refusal.value)
        assert Refusal.NO_FILE is refusal.value.reason


def test_a_refused_file_leaves_a_custody_entry_and_no_bytes(vault: Vault, tmp_path: Path) -> None:
    for _ in range(2):
        refused_by(lambda: collected(vault, b"MZ" + bytes(99), key="step"), FileRefusedError)

    (entry,) = vault.custody(CASE)
    assert CustodyAction.REFUSE is entry.action
    assert '"reason":"type_not_allowed"' in entry.body
    assert "parcels.jpg" not in entry.body
    assert not blob_files(tmp_path)


@contextmanager
def _disk_of(size: int) -> Iterator[None]:
    """Let no file grow past *size* bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [3 * _MEGABYTE, 20 * _MEGABYTE], ids=["small", "hashed beside"])
def test_a_disk_that_fills_up_is_told_in_one_sentence_and_leaves_nothing(
    vault: Vault, tmp_path: Path, size: int
) -> None:
    collected(vault, PHOTO)
    before = set((tmp_path / "evidence").rglob("*"))
    pieces = (bytes(_MEGABYTE) for _ in range(size // _MEGABYTE))
    with _disk_of(size - _MEGABYTE // 2), pytest.raises(StoreFullError) as refusal:
        vault.take(pieces, _what(name="long.mp4"))

    assert str(refusal.value).startswith("long.mp4 was not taken: there is no room left in ")
    assert before == set((tmp_path / "evidence").rglob("*"))
    assert 1 == len(vault.of_case(CASE))


def test_many_uploads_of_one_file_at_once_are_one_item_and_one_blob(
    records_db: Database, tmp_path: Path
) -> None:
    """Each has a vault of its own, as processes have."""
    barrier = threading.Barrier(6)

    def upload(number: int) -> bool:
        vault = open_vault(records_db, tmp_path)
        barrier.wait(timeout=30)
        return collected(vault, PHOTO, actor=f"person {number}").duplicate

    with ThreadPoolExecutor(6) as pool:
        duplicates = list(pool.map(upload, range(6)))

    vault = open_vault(records_db, tmp_path)
    assert 5 == sum(duplicates)
    assert 1 == len(vault.of_case(CASE))
    assert 1 == len(blob_files(tmp_path))
    assert [CustodyAction.COLLECT] == _actions(vault)
    assert vault.verify_case(CASE).whole
    assert 1 == len(vault.signing_keys())


def test_what_a_killed_process_left_half_way_is_swept_a_day_later(
    records_db: Database, tmp_path: Path
) -> None:
    incoming = tmp_path / "evidence" / "incoming"
    incoming.mkdir(parents=True)
    old, fresh = incoming / "old.part", incoming / "fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    open_vault(records_db, tmp_path)

    assert [fresh] == list(incoming.iterdir())


# Where the bytes lie


def test_a_bucket_holds_the_same_blobs_as_a_folder(records_db: Database, tmp_path: Path) -> None:
    vault = open_vault(records_db, tmp_path, folder_or_url="memory:///evidence")
    item = collected(vault, PHOTO)
    again = collected(vault, PHOTO, requirement="vehicle_full_photo")

    found = vault.read(item.evidence_id, actor="mei", purpose="look", at=NOON)
    assert found.read() == PHOTO
    assert item.digest == again.digest
    assert not list((tmp_path / "incoming").iterdir())
    vault.erase(item.evidence_id, actor="mei", purpose="asked", at=NOON)
    vault.erase(again.evidence_id, actor="mei", purpose="asked", at=NOON)
    assert 2 == vault.verify_case(CASE).erased


@pytest.mark.parametrize("address", ["ftp://host/x", "http://host", "s3://", "blocker/evidence"])
def test_an_address_that_is_no_folder_and_no_bucket_is_refused(
    records_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("blocker").write_text("a file, not a folder")
    with pytest.raises(StoreAddressError, match=address):
        open_vault(records_db, tmp_path, folder_or_url=address)


def test_a_bucket_that_cannot_be_reached_is_told_and_nothing_is_on_record(
    records_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:1",
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
    }.items():
        monkeypatch.setenv(name, value)
    vault = open_vault(records_db, tmp_path, folder_or_url="s3://bucket/evidence")
    said = refused_by(lambda: collected(vault, PHOTO), BlobsUnavailableError)

    assert said.startswith("the evidence store s3://bucket/evidence cannot be reached")
    assert "hunter2" not in said
    assert [] == vault.of_case(CASE)


def test_a_naive_instant_is_refused(vault: Vault) -> None:
    with pytest.raises(ValueError, match="no offset"):
        collected(vault, PHOTO, at=datetime(2026, 3, 1, 12, 0))  # noqa: DTZ001 (the point)


def test_an_instant_of_any_zone_is_kept_as_the_same_instant(vault: Vault) -> None:
    bangkok = datetime(2026, 3, 1, 19, 0, tzinfo=timezone(timedelta(hours=7)))
    assert NOON == collected(vault, PHOTO, at=bangkok).collected_at
