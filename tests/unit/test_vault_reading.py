"""Bytes out of the vault, copies of photos, and packets: checked before anything leaves."""

import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typing_extensions import override

from domain.evidence import CustodyAction, EvidenceItem
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
from vault.bundle import Packet, exhibit_paths, write_bundle
from vault.derive import REDACTED, THUMBNAIL, Recipe, fitted
from vault.errors import (
    AlteredError,
    BundleError,
    DeriveRefusedError,
    ErasedError,
    UnknownEvidenceError,
)
from vault.reading import PIECE, Verified
from vault.store import Vault
from vault.verify import check

pytest_plugins = ("tests.support.record_stores", "tests.support.vault")

PHOTO = photo()


def _read(vault: Vault, item: EvidenceItem, **more: Any) -> Verified:
    settings: dict[str, Any] = {"actor": "lin", "purpose": "look", "at": NOON}
    return vault.read(item.evidence_id, **settings | more)


def _alter(folder: Path, at: int = -1) -> None:
    """Change a byte of the only blob, as a bad disk or a bad person does."""
    (blob,) = blob_files(folder)
    blob.chmod(0o600)
    data = bytearray(blob.read_bytes())
    data[at] ^= 1
    blob.write_bytes(data)


def _actions(vault: Vault, case_id: str = CASE) -> list[CustodyAction]:
    return [entry.action for entry in vault.custody(case_id)]


# Reading


def test_what_is_read_is_what_was_collected_and_the_view_is_on_record(vault: Vault) -> None:
    item = collected(vault, PHOTO)
    found = _read(vault, item)

    assert PHOTO == found.read() == b"".join(found)
    assert (item.digest, len(PHOTO)) == (found.digest, found.size)
    assert [CustodyAction.COLLECT, CustodyAction.VIEW] == _actions(vault)
    _read(vault, item, key="once")
    _read(vault, item, key="once")
    assert 3 == len(_actions(vault))


def test_a_large_file_is_read_piece_by_piece(vault: Vault, tmp_path: Path) -> None:
    data = video(picture=bytes(range(256)) * (PIECE // 100))
    item = collected(vault, data, requirement="handover_video")
    found = _read(vault, item)

    assert data == b"".join(found)
    assert [PIECE, PIECE, len(data) - 2 * PIECE] == [len(piece) for piece in found]
    found.save(tmp_path / "copy.mp4")
    assert data == (tmp_path / "copy.mp4").read_bytes()
    with pytest.raises(FileExistsError):
        found.save(tmp_path / "copy.mp4")


def test_the_same_file_handed_in_again_restores_missing_bytes(
    vault: Vault, tmp_path: Path
) -> None:
    item = collected(vault, PHOTO)
    blob_files(tmp_path)[0].unlink()
    assert collected(vault, PHOTO).duplicate

    assert _read(vault, item).read() == PHOTO
    expected = [CustodyAction.COLLECT, CustodyAction.RESTORE, CustodyAction.VIEW]
    assert expected == _actions(vault)


@pytest.mark.parametrize("at", [0, -1])
def test_altered_bytes_are_never_released_and_the_finding_is_on_record(
    vault: Vault, tmp_path: Path, at: int
) -> None:
    item = collected(vault, PHOTO)
    _alter(tmp_path, at)

    for _ in range(2):
        said = refused_by(lambda: _read(vault, item), AlteredError)
    assert "its stored bytes are not those that were collected; restore the blob" in said
    assert [CustodyAction.COLLECT, CustodyAction.ALTERED] == _actions(vault)
    assert [f"{item.evidence_id}: its stored bytes are not those that were collected"] == (
        vault.verify_case(CASE).problems
    )


def test_missing_and_shortened_bytes_are_told(vault: Vault, tmp_path: Path) -> None:
    item = collected(vault, PHOTO)
    (blob,) = blob_files(tmp_path)
    blob.chmod(0o600)
    blob.write_bytes(PHOTO[:-1])
    assert "are not those" in refused_by(lambda: _read(vault, item), AlteredError)
    blob.unlink()
    assert "are missing" in refused_by(lambda: _read(vault, item), AlteredError)


def test_bytes_that_go_between_the_check_and_the_release_are_told(
    vault: Vault, tmp_path: Path
) -> None:
    """Rule: an erasure beside a reading is an answer, not a crash."""
    item = collected(vault, video(picture=bytes(2 * PIECE)), requirement="handover_video")
    pieces = iter(_read(vault, item))
    next(pieces)
    blob_files(tmp_path)[0].unlink()

    assert "are missing" in refused_by(lambda: next(pieces), AlteredError)


def test_bytes_that_change_between_the_check_and_the_release_are_held_back(
    vault: Vault, tmp_path: Path
) -> None:
    item = collected(vault, video(picture=bytes(2 * PIECE)), requirement="handover_video")
    pieces = iter(_read(vault, item))
    next(pieces)
    _alter(tmp_path, PIECE + 5)

    assert "are not those" in refused_by(lambda: list(pieces), AlteredError)


def test_the_same_file_handed_in_again_restores_altered_bytes(
    vault: Vault, tmp_path: Path
) -> None:
    """The good bytes are at hand at that moment; throwing them away would lose the proof."""
    item = collected(vault, PHOTO)
    _alter(tmp_path)
    assert collected(vault, PHOTO).duplicate

    assert _read(vault, item).read() == PHOTO
    assert CustodyAction.RESTORE in _actions(vault)
    assert vault.verify_case(CASE).whole


def test_restored_bytes_in_a_bucket_are_whole_again(records_db: Database, tmp_path: Path) -> None:
    vault = open_vault(records_db, tmp_path, folder_or_url="memory:///")
    item = collected(vault, PHOTO)
    staged = tmp_path / "other"
    staged.write_bytes(b"other bytes")
    vault._blobs.replace(staged, item.digest)
    assert "are not those" in refused_by(lambda: _read(vault, item), AlteredError)

    collected(vault, PHOTO)
    assert _read(vault, item).read() == PHOTO


def test_what_is_not_there_is_not_read(vault: Vault) -> None:
    for act in (
        lambda: vault.read("ev-0", actor="lin", purpose="look", at=NOON),
        lambda: vault.derive("ev-0", REDACTED, actor="lin", purpose="look", at=NOON),
        lambda: vault.checked("ev-0", actor="lin"),
    ):
        assert "ev-0 is not in the vault" in refused_by(act, UnknownEvidenceError)


# Copies


def _derive(vault: Vault, item: EvidenceItem, recipe: Recipe, **more: Any) -> EvidenceItem:
    settings: dict[str, Any] = {"actor": "lin", "purpose": "appeal 7", "at": NOON}
    return vault.derive(item.evidence_id, recipe, **settings | more)


def _picture(vault: Vault, item: EvidenceItem) -> Image.Image:
    return Image.open(io.BytesIO(_read(vault, item).read()))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_redacted_copy_holds_the_picture_and_nothing_beside_it(vault: Vault, form: str) -> None:
    data = photo(
        form=form,
        position=True,
        taken="2026:03:01 19:00:00",
        zone="+07:00",
        xmp=b"<x:xmpmeta>GPSLatitude Mei</x:xmpmeta>",
        comment=b"Mei's phone",
    )
    item = collected(vault, data)
    copy = _derive(vault, item, REDACTED)

    shown = _picture(vault, copy)
    assert (96, 64) == shown.size
    assert not shown.getexif()
    for word in (b"Apple", b"Mei", b"GPS", b"2026:"):
        assert word not in _read(vault, copy).read()
    assert (item.media_type, False) == (copy.media_type, copy.findings.location)
    assert _read(vault, item).read() == data


def test_a_copy_is_an_item_that_points_to_its_original(vault: Vault) -> None:
    item = collected(vault, photo(position=True), late=True, observed_from=NOON, captured_at=NOON)
    copy = _derive(vault, item, REDACTED)

    assert item.evidence_id == copy.derived_from
    assert copy.tool is not None
    assert copy.tool.startswith("wenhuo redacted, pillow ")
    assert (CASE, "ready_photo", True, NOON, NOON) == (
        copy.case_id,
        copy.requirement,
        copy.late,
        copy.observed_from,
        copy.captured_at,
    )
    assert [item, copy] == sorted(
        vault.of_case(CASE), key=lambda one: one.derived_from is not None
    )
    assert [CustodyAction.COLLECT, CustodyAction.DERIVE] == _actions(vault)
    assert vault.verify_case(CASE).whole


def test_a_copy_is_made_once(vault: Vault) -> None:
    item = collected(vault, photo(position=True))
    first, again = _derive(vault, item, REDACTED, key="k"), _derive(vault, item, REDACTED, key="k")
    assert first == again
    assert _derive(vault, item, REDACTED).duplicate
    assert 2 == len(vault.of_case(CASE))


def test_a_photo_that_lies_on_its_side_is_turned_upright(vault: Vault) -> None:
    into, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 300)).save(into, "JPEG", exif=exif)
    item = collected(vault, into.getvalue())
    assert (300, 400) == _picture(vault, _derive(vault, item, REDACTED)).size
    assert (240, 320) == _picture(vault, _derive(vault, item, THUMBNAIL)).size


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "CMYK", "L", "I;16"])
def test_pictures_of_every_sort_of_colour_are_copied(vault: Vault, mode: str) -> None:
    into = io.BytesIO()
    Image.new("RGB", (400, 300), (9, 99, 199)).convert(mode if mode != "I;16" else "I").convert(
        mode
    ).save(into, "JPEG" if mode == "CMYK" else "PNG")
    item = collected(vault, into.getvalue())
    for recipe in (REDACTED, THUMBNAIL, fitted(20_000)):
        copy = _derive(vault, item, recipe)
        assert max(_picture(vault, copy).size) >= 320


def test_what_was_transparent_becomes_white_and_not_black(vault: Vault) -> None:
    into = io.BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(into, "PNG")
    copy = _derive(vault, collected(vault, into.getvalue()), THUMBNAIL)
    assert (255, 255, 255) == _picture(vault, copy).getpixel((5, 5))


def test_a_copy_fits_its_budget_and_stays_as_large_as_it_can(vault: Vault) -> None:
    item = collected(vault, photo(size=(900, 600), quality=98))
    loose, tight = _derive(vault, item, fitted(60_000)), _derive(vault, item, fitted(25_000))

    assert tight.size <= 25_000 < loose.size <= 60_000
    assert _picture(vault, loose).width > _picture(vault, tight).width >= 320
    said = refused_by(lambda: _derive(vault, item, fitted(500)), DeriveRefusedError)
    assert f"{item.evidence_id} cannot be shrunk to 500 bytes and still be seen" in said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (video(), "is video/mp4, of which no copy can be made"),
        (b"carrier: not today", "is text/plain, of which no copy can be made"),
        (photo(size=(400, 300))[:-3000], "cannot be drawn"),
    ],
)
def test_what_cannot_be_copied_is_told(vault: Vault, data: bytes, words: str) -> None:
    item = collected(vault, data)
    said = refused_by(lambda: _derive(vault, item, THUMBNAIL), DeriveRefusedError)
    assert words in said
    assert [CustodyAction.COLLECT] == _actions(vault)


def test_no_copy_is_made_of_altered_or_erased_bytes(vault: Vault, tmp_path: Path) -> None:
    item = collected(vault, PHOTO)
    _alter(tmp_path)
    refused_by(lambda: _derive(vault, item, REDACTED), AlteredError)
    vault.erase(item.evidence_id, actor="lin", purpose="asked", at=NOON)
    refused_by(lambda: _derive(vault, item, REDACTED), ErasedError)


# Packets


def _packet(items: list[EvidenceItem], **more: Any) -> Packet:
    settings: dict[str, Any] = {
        "case_id": CASE,
        "name": "packet.pdf",
        "rendered": b"%PDF-1.7 appeal",
        "exhibits": exhibit_paths(items),
        "action": CustodyAction.SUBMIT,
        "actor": "mei",
        "purpose": "appeal 7",
        "at": NOON,
        "key": "appeal/7/1",
    }
    return Packet(**settings | more)


def test_equal_packets_are_equal_to_the_byte_also_when_the_chain_has_grown(
    vault: Vault, tmp_path: Path
) -> None:
    """A step that runs twice must not make a second, different packet."""
    item = collected(vault, PHOTO)
    packet = _packet([item])
    first = write_bundle(vault, packet, tmp_path / "first.zip")
    _read(vault, item)
    entries = len(vault.custody(CASE))
    again = write_bundle(vault, packet, tmp_path / "again.zip")

    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.manifest_sha256 == again.manifest_sha256
    assert entries == len(vault.custody(CASE))


def test_a_zip_holds_the_files_of_the_folder(vault: Vault, tmp_path: Path) -> None:
    packet = _packet([collected(vault, PHOTO)])
    write_bundle(vault, packet, tmp_path / "packet")
    write_bundle(vault, packet, tmp_path / "packet.zip")
    with zipfile.ZipFile(tmp_path / "packet.zip") as archive:
        archive.extractall(tmp_path / "unpacked")

    folders = (tmp_path / "packet", tmp_path / "unpacked")
    first, second = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in folders
    )
    assert first == second
    assert 0 == check(tmp_path / "unpacked").broken


def test_a_zip_replaces_the_one_before_and_a_folder_does_not(vault: Vault, tmp_path: Path) -> None:
    packet = _packet([collected(vault, PHOTO)])
    for _ in range(2):
        write_bundle(vault, packet, tmp_path / "packet.zip")
    write_bundle(vault, packet, tmp_path / "packet")
    said = refused_by(lambda: write_bundle(vault, packet, tmp_path / "packet"), BundleError)
    assert "exists; name a folder that does not" in said


@pytest.mark.parametrize("into", ["packet", "packet.zip"])
def test_an_altered_exhibit_leaves_no_packet_and_nothing_is_entered_as_sent(
    vault: Vault, tmp_path: Path, into: str
) -> None:
    item = collected(vault, PHOTO)
    _alter(tmp_path)
    refused_by(lambda: write_bundle(vault, _packet([item]), tmp_path / into), AlteredError)

    assert CustodyAction.SUBMIT not in _actions(vault)
    assert not (tmp_path / into).exists()
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("into", ["packet", "packet.zip"])
def test_a_packet_that_fails_half_way_leaves_nothing(
    vault: Vault, tmp_path: Path, into: str
) -> None:
    """Here the bytes change after they were checked."""
    item = collected(vault, video(picture=bytes(2 * PIECE)), requirement="handover_video")

    class Late(dict[str, str]):
        """Alters the blob when the writer, after the ledger, asks where the exhibit goes."""

        @override
        def __getitem__(self, key: str) -> str:
            asked.append(key)
            if len(asked) == 2:
                _alter(tmp_path, PIECE + 9)
            return dict.__getitem__(self, key)

    asked: list[str] = []
    packet = _packet([item], exhibits=Late(exhibit_paths([item])))
    refused_by(lambda: write_bundle(vault, packet, tmp_path / into), AlteredError)
    assert not (tmp_path / into).exists()
    assert not list(tmp_path.glob(".*.part"))


def test_exhibits_are_numbered_and_named_for_what_they_prove(vault: Vault) -> None:
    items = [
        collected(vault, PHOTO, name="../../evil.exe"),
        collected(vault, video(b"qt  "), requirement="Handover Video/../x", name="h"),
        collected(vault, "订单".encode(), requirement="清单", name="manifest.csv"),
    ]
    assert [
        "exhibits/01-ready-photo.jpg",
        "exhibits/02-handover-video-x.mov",
        "exhibits/03-exhibit.csv",
    ] == list(exhibit_paths(items).values())


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "exhibits/../x", "exhibits/.hidden", "exhibits/a/b", "manifest.json", "x", ""],
)
def test_an_exhibit_lies_nowhere_but_among_the_exhibits(
    vault: Vault, tmp_path: Path, path: str
) -> None:
    item = collected(vault, PHOTO)
    packet = _packet([item], exhibits={item.evidence_id: path})
    said = refused_by(lambda: write_bundle(vault, packet, tmp_path / "p"), BundleError)
    assert "is no place for an exhibit" in said


def test_names_that_cannot_be_told_apart_everywhere_are_refused(
    vault: Vault, tmp_path: Path
) -> None:
    """Windows and macOS would unpack one over the other."""
    first, second = collected(vault, PHOTO), collected(vault, video(), requirement="v")
    exhibits = {first.evidence_id: "exhibits/A.jpg", second.evidence_id: "exhibits/a.JPG"}
    for packet, words in (
        (_packet([], exhibits=exhibits), "two exhibits have one place"),
        (_packet([first], name="packet.exe"), "'packet.exe' is no packet"),
    ):
        said = refused_by(
            lambda packet=packet: write_bundle(vault, packet, tmp_path / "p"),  # type: ignore[misc]  # bound now
            BundleError,
        )
        assert words in said
    refused_by(
        lambda: write_bundle(
            vault, _packet([], exhibits={"ev-0": "exhibits/1.jpg"}), tmp_path / "p"
        ),
        UnknownEvidenceError,
    )


def test_a_shared_packet_is_entered_as_shared(vault: Vault, tmp_path: Path) -> None:
    item = collected(vault, PHOTO)
    packet = _packet([item], action=CustodyAction.SHARE, name="packet.html", rendered=b"<html>")
    bundle = write_bundle(vault, packet, tmp_path / "packet")

    assert [CustodyAction.COLLECT, CustodyAction.SHARE, CustodyAction.SHARE] == _actions(vault)
    assert vault.custody(CASE)[-1].entry_hash == bundle.heads[CASE]
    assert vault.signing_keys()[-1].key_id == bundle.key_id
    manifest = (tmp_path / "packet" / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == bundle.manifest_sha256
    assert 0 == bundle.stamped
    assert (bundle.path / "packet.html").read_bytes() == b"<html>"
    assert NOON + timedelta(0) == packet.at
