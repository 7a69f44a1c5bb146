"""Evidence by the command line: in with a word on what is odd about it, out checked."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commands.evidence import chunks_of
from tests.support.activity_runs import run
from tests.support.appeal_house import AppealHouse, to_build
from tests.support.cli import Said, command, run_command
from tests.support.pickups import LatePickup, late
from tests.support.stack import Stack
from tests.support.vault_files import photo, video
from tests.support.vaults import damage, items_of

pytest_plugins = ("tests.support.record_stores",)


@pytest.fixture(scope="module")
async def case(stack: Stack) -> LatePickup:
    """One late pickup to which all tests of this module add."""
    return await late(stack)


async def add(stack: Stack, case_id: str, *files: Path, **options: str) -> Said:
    """Add files as ready photos, unless told otherwise."""
    given = {"--requirement": "ready_photo", "--actor": "mei"} | {
        f"--{name.replace('_', '-')}": said for name, said in options.items()
    }
    words = [word for option in given.items() for word in option]
    return await command(stack, "evidence", "add", case_id, *map(str, files), *words, "--json")


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def test_a_photo_goes_into_the_vault_and_to_its_case(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    path = file(tmp_path, "parcels.jpg", photo())

    said = await add(stack, case.package_id, path, captured_at="2026-11-20T09:00:00+07:00")

    assert (0, "") == (said.status, said.err)
    (one,) = said.document["evidence"]
    assert (case.handle.id, True) == (said.document["case_id"], one["attached"])
    assert ("ready_photo", "parcels.jpg", "mei") == (
        one["requirement"],
        one["name"],
        one["collected_by"],
    )
    assert "2026-11-20T02:00:00Z" == one["captured_at"]
    assert [] == one["remarks"]
    assert one["evidence_id"] in (await case.view()).evidence


async def test_the_same_file_twice_says_so_and_adds_nothing(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    path = file(tmp_path, "twice.jpg", photo(quality=40))
    await add(stack, case.package_id, path)
    held = len(items_of(stack, case))

    said = await add(stack, case.package_id, path)

    assert 0 == said.status
    assert "the same file was there already; nothing was added" in said.out
    assert held == len(items_of(stack, case))


async def test_what_is_no_evidence_is_refused_by_name_and_the_rest_is_kept(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    empty = file(tmp_path, "empty.jpg", b"")
    program = file(tmp_path, "driver.jpg", b"MZ" + bytes(600))
    good = file(tmp_path, "good.jpg", photo(quality=41))
    os.mkfifo(tmp_path / "pipe.jpg")

    said = await add(
        stack, case.package_id, empty, program, good, tmp_path / "pipe.jpg", tmp_path / "none.jpg"
    )

    assert 1 == said.status
    assert ["good.jpg"] == [one["name"] for one in said.document["evidence"]]
    reasons = {Path(one["file"]).name: one["reason"] for one in said.document["refused"]}
    assert "empty.jpg is empty" in reasons["empty.jpg"]
    assert "driver.jpg is a program" in reasons["driver.jpg"]
    assert "pipe.jpg is no file" in reasons["pipe.jpg"]
    assert "none.jpg cannot be read" in reasons["none.jpg"]
    assert all(reason in " ".join(said.err.split()) for reason in reasons.values())


async def test_a_photo_with_a_wrong_clock_and_a_cut_one_are_kept_and_said(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    ahead = file(tmp_path, "ahead.jpg", photo(taken="2099:01:01 00:00:00", zone="+07:00"))
    whole = photo(quality=42)
    cut = file(tmp_path, "cut.jpg", whole[: len(whole) // 2])

    said = await add(stack, case.package_id, ahead, cut)

    clock, end = (one["remarks"] for one in said.document["evidence"])
    assert 0 == said.status
    assert any("its camera's clock is" in word and "ahead of ours" in word for word in clock)
    assert any("ends before its own structure does" in word for word in end)
    assert "when it was made is not known" in end


async def test_a_recording_is_one_where_a_chat_would_do_as_well(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    call = file(
        tmp_path, "call.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 400
    )
    chat = file(tmp_path, "chat.png", photo(form="PNG"))

    said = await add(stack, case.package_id, call, chat, requirement="carrier_contact")

    assert ["call_recording", "carrier_chat"] == [
        one["requirement"] for one in said.document["evidence"]
    ]


async def test_a_closed_case_no_longer_takes_evidence_but_the_vault_does(
    stack: Stack, tmp_path: Path
) -> None:
    closed = await late(stack)
    await closed.update("withdraw", {"actor": "mei", "reason": "found"})
    await closed.result()

    said = await add(stack, closed.package_id, file(tmp_path, "after.jpg", photo(quality=43)))

    (one,) = said.document["evidence"]
    assert (0, False, True) == (said.status, one["attached"], one["late"])
    assert "the case is closed" in one["why_not"]
    assert "it came late and is marked so" in one["remarks"]
    shown = await command(stack, "show", closed.package_id, "--json")
    assert one["evidence_id"] in shown.document["evidence"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"requirement": "selfie"}, "--requirement: 'selfie' is no proof; this case asks for"),
        ({"captured_at": "yesterday"}, "--captured-at"),
        ({"zone": "Bangkok"}, "zone: 'Bangkok' is no time zone"),
    ],
)
async def test_bad_words_are_one_sentence(
    stack: Stack,
    case: LatePickup,
    tmp_path: Path,
    options: dict[str, str],
    reason: str,
) -> None:
    said = await add(stack, case.package_id, file(tmp_path, "a.jpg", photo()), **options)

    assert 2 == said.status
    assert reason in said.document["error"]
    assert "Traceback" not in said.err


async def test_evidence_for_a_case_that_does_not_exist_is_not_kept(
    stack: Stack, tmp_path: Path
) -> None:
    said = await add(stack, "1:404404", file(tmp_path, "a.jpg", photo()))

    assert 1 == said.status
    assert "there is no case" in said.document["error"]


async def test_people_read_a_table_of_eighty_columns(
    stack: Stack, case: LatePickup, tmp_path: Path
) -> None:
    path = file(tmp_path, "hand-over.mp4", video())
    added = await command(
        stack, "evidence", "add", case.package_id, str(path), "--requirement", "handover_photo"
    )
    listed = await command(stack, "evidence", "list", case.package_id)

    assert 0 == added.status
    assert f"{case.handle.id} has it." in " ".join(added.out.split())
    assert max(len(line) for line in listed.out.splitlines()) <= 80
    assert f"{len(items_of(stack, case))} pieces of evidence." in listed.out
    assert "C2PA" in listed.out
    document = (await command(stack, "evidence", "list", case.package_id, "--json")).document
    assert [item.evidence_id for item in items_of(stack, case)] == [
        one["evidence_id"] for one in document
    ]


async def test_a_case_is_verified_whole_and_a_changed_byte_is_named(stack: Stack) -> None:
    case = await late(stack)
    await case.until(lambda view: len(view.evidence) >= 1)

    whole = await command(stack, "evidence", "verify", case.package_id, "--json")
    item = items_of(stack, case)[0]
    damage(stack, item)
    broken = await command(stack, "evidence", "verify", case.package_id)

    assert (0, True, []) == (whole.status, whole.document["whole"], whole.document["problems"])
    assert whole.document["entries"] >= whole.document["items"] >= 1
    assert 1 == broken.status
    assert item.evidence_id in broken.out
    assert "not whole" in broken.out


async def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    with path.open("wb") as empty:
        empty.truncate(300_000_000)

    sizes = [len(piece) async for piece in chunks_of(path)]

    assert (300_000_000, True) == (sum(sizes), max(sizes) <= 1_048_576)


# Packets


@pytest.fixture(scope="module")
async def packet(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Path]:
    """A packet's ZIP."""
    with AppealHouse.beside(migrated_file, tmp_path_factory.mktemp("packet")) as house:
        built = await run(house.activities.build_packet, to_build(house.proofs()))
        path = house.folder / built.name
        path.write_bytes(house.zip_of(built))
        yield path


async def verify(path: Path, *options: str) -> Said:
    words = ("evidence", "verify", "--packet", str(path), *options, "--json")
    return await asyncio.to_thread(run_command, *words)


def unpacked(packet: Path, folder: Path) -> Path:
    shutil.unpack_archive(packet, folder)
    return folder


def key_of(packet: Path, folder: Path) -> Any:
    manifest = json.loads((unpacked(packet, folder) / "manifest.json").read_text())
    return manifest["signature"]["key_id"]


async def test_a_packet_is_checked_as_zip_and_as_folder_without_a_server(
    packet: Path, tmp_path: Path
) -> None:
    key = key_of(packet, tmp_path / "p")

    for path in (packet, tmp_path / "p"):
        said = await verify(path, "--key", key)
        assert (0, True) == (said.status, said.document["whole"])
        assert any("exhibits are the files" in line for line in said.document["found"])
        assert any("staged photo" in line for line in said.document["not_proven"])


async def test_what_does_not_hold_in_a_packet_is_named(packet: Path, tmp_path: Path) -> None:
    folder = unpacked(packet, tmp_path / "p")
    exhibit = next((folder / "exhibits").iterdir())
    exhibit.write_bytes(exhibit.read_bytes()[:-1] + b"!")

    tampered = await verify(folder)
    stranger = await verify(packet, "--key", "ab" * 32)

    assert (1, False) == (tampered.status, tampered.document["whole"])
    assert any(exhibit.name in line for line in tampered.document["found"])
    assert 1 == stranger.status
    assert any("another key" in line for line in stranger.document["found"])


def torn_off(packet: Path, into: Path) -> Path:
    into.write_bytes(packet.read_bytes()[:2000])
    return into


async def test_what_is_no_packet_is_bad_input(packet: Path, tmp_path: Path) -> None:
    torn = torn_off(packet, tmp_path / "torn.zip")
    (tmp_path / "empty").mkdir()

    for path, reason in ((torn, "is no whole ZIP"), (tmp_path / "none.zip", "there is no")):
        said = await verify(path)
        assert 2 == said.status
        assert reason in said.document["error"]
    assert 2 == (await verify(tmp_path / "empty")).status
    both = await asyncio.to_thread(
        run_command, "evidence", "verify", "CASE", "--packet", str(packet), "--json"
    )
    assert 0 != both.status
