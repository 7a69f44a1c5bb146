"""What an appeal does with the outside: gathers, packs, enters custody, learns from others."""

import json
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain.appeal_outcomes import Tally
from domain.appeal_story import PACKET, RECEIPT
from domain.appeals import Decision
from domain.completeness import held_of
from domain.evidence import CustodyAction
from domain.playbook import FilingChannel
from domain.requirements import RequirementKind, Scenario, Violation
from records.database import Database
from tests.support.activity_runs import failure, run
from tests.support.appeal_facts import after, order_ids
from tests.support.appeal_house import (
    APPEAL,
    PARCEL,
    RULES,
    SHOP,
    TICKET,
    AppealHouse,
    step,
    to_build,
    to_gather,
    verified,
)
from tests.support.vault_files import blob_files, photo
from workflows.ports import PacketBuilt
from workflows.ports.appeals import FindOutcomes, KeepOutcome, NoteFiling

pytest_plugins = ("tests.support.record_stores",)

K = RequirementKind


class Packed(NamedTuple):
    """A packet that was built, and what lies in it."""

    house: AppealHouse
    built: PacketBuilt
    folder: Path


OTHER = f"pickup-case:{SHOP}:1152921000000002"


@pytest.fixture
def house(records_db: Database, tmp_path: Path) -> AppealHouse:
    return AppealHouse.of(records_db, tmp_path)


def actions(house: AppealHouse, case_id: str = APPEAL) -> list[str]:
    return [entry.action.value for entry in house.vault.custody(case_id)]


# Gathering


async def test_the_cases_of_an_appeal_tell_orders_moments_and_evidence(
    house: AppealHouse,
) -> None:
    house.file_case()
    held = house.proofs()

    found = await run(house.activities.gather, to_gather())

    assert {one.evidence_id: one for one in held} == {one.evidence_id: one for one in found.held}
    assert order_ids(2) == found.order_ids
    (case,) = found.cases
    assert (True, "late_pickup", "TH") == (case.known, case.kind, case.market)
    assert [
        ("ready", after(-3)),
        ("slot_from", after(0)),
        ("slot_until", after(2)),
        ("carrier_asked", after(2.25)),
        ("buyer_told", after(3)),
        ("carrier_asked", after(4)),
        ("rebooked", after(5)),
        ("help_center", after(6)),
        ("due", after(10)),
        ("scanned", after(30)),
    ] == [(one.moment.value, one.at) for one in found.story]
    assert found.completeness[0].complete
    assert Scenario.CARRIER_NEVER_CAME is found.scenario


async def test_nothing_is_shown_twice_and_nothing_of_ours(house: AppealHouse) -> None:
    """The same file for two parcels of one ticket is one exhibit."""
    house.file_case()
    first = house.add(K.CARRIER_CHAT, photo(form="PNG"))
    house.add(K.CARRIER_CHAT, photo(form="PNG"), OTHER)
    own = house.add(K.OTHER, b"a word of the owner", APPEAL, late=True)
    house.add(PACKET, b"a packet of an earlier round", APPEAL)
    house.add(RECEIPT, photo(), APPEAL)
    erased = house.add(K.READY_PHOTO, photo(quality=50))
    house.vault.erase(erased.evidence_id, actor="mei", purpose="asked to", at=after(2))

    found = await run(house.activities.gather, to_gather(PARCEL, OTHER))

    assert [first.evidence_id, own.evidence_id] == [one.evidence_id for one in found.held]
    assert (own.evidence_id,) == found.late
    assert [True, False] == [case.known for case in found.cases]


async def test_an_appeal_without_a_case_waits_for_a_person(house: AppealHouse) -> None:
    found = await run(house.activities.gather, to_gather(case_ids=()))

    assert ((), (), None) == (found.held, found.order_ids, found.scenario)
    assert after(60) == found.moments.slot_ends
    assert not found.completeness[0].complete


# Packing


@pytest.fixture(scope="module")
async def packed(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Packed]:
    """One packet that several tests look at."""
    with AppealHouse.beside(migrated_file, tmp_path_factory.mktemp("packed")) as house:
        built = await run(house.activities.build_packet, to_build(house.proofs()))
        yield Packed(house, built, house.unpacked(built))


async def test_a_packet_is_an_item_of_the_appeal_that_an_outsider_can_check(
    packed: Packed,
) -> None:
    house, built, folder = packed
    check = verified(folder)
    assert 0 == check.returncode, check.stdout + check.stderr
    item = house.vault.get(built.evidence_id)
    assert item is not None
    assert (APPEAL, PACKET, built.digest) == (item.case_id, item.requirement, item.digest)
    assert built.key_id == house.vault.signing_keys()[-1].key_id
    assert "packet.pdf" == built.page
    assert (folder / built.page).read_bytes().startswith(b"%PDF")
    assert {"exhibits", "verify.py", "manifest.json", "custody.jsonl", "packet.pdf"} == {
        path.name for path in folder.iterdir()
    }


async def test_what_left_with_a_packet_is_on_record_inside_it(packed: Packed) -> None:
    lines = (packed.folder / "custody.jsonl").read_text().splitlines()
    shared = [
        body
        for line in lines
        if (body := json.loads(line)["body"])["action"] == CustodyAction.SHARE
    ]
    assert {APPEAL, PARCEL} == {body["case_id"] for body in shared}
    assert len(packed.built.files) + 1 == len(shared)
    assert {f"appeal against ticket {TICKET}, round 1"} == {body["purpose"] for body in shared}


async def test_a_built_packet_says_what_a_person_needs(packed: Packed) -> None:
    house, built, folder = packed
    assert TICKET in built.text
    assert all(order in built.text for order in order_ids(2))
    assert len(built.text) <= 1800
    assert built.complete
    assert list(range(1, 6)) == [file.number for file in built.files]
    originals = {item.digest for item in house.vault.of_case(PARCEL) if not item.derived_from}
    assert originals == {file.digest for file in built.files}
    assert all((folder / file.path).stat().st_size == file.size for file in built.files)
    photos = [file for file in built.files if file.path.endswith((".jpg", ".png"))]
    assert 2 == len(photos)
    assert all("wenhuo redacted" in file.change for file in photos)
    assert any(built.name in line for line in built.checklist)
    assert any(built.name in line for line in built.checklist_zh)
    assert "No native speaker has read the template of the en text" in built.notes


async def test_the_same_step_run_again_makes_the_same_packet(house: AppealHouse) -> None:
    ask = to_build(house.proofs())
    first = await run(house.activities.build_packet, ask)
    entries = actions(house)

    assert first == await run(house.activities.build_packet, ask, attempt=2)
    assert entries == actions(house)
    assert 1 == actions(house).count("collect")


async def test_a_step_cut_off_before_its_packet_was_kept_ends_in_the_same_one(
    house: AppealHouse, tmp_path: Path
) -> None:
    """By the ledger everything has left, and the ZIP was never kept."""
    big = house.add(K.CARRIER_CHAT, b"02:15 where is the driver?\n" * 120_000, name="chat.txt")
    ask = to_build(list(held_of([big])))
    with little_room(2_000_000):
        error = await failure(house.activities.build_packet, ask)
    assert ("StoreFullError", False) == (error.type, error.non_retryable)
    assert "there is no room left" in str(error)
    assert [] == list((tmp_path / "packets").iterdir())
    assert ["view", "share"] == actions(house)

    built = await run(house.activities.build_packet, ask, attempt=2)

    assert ["view", "share", "collect"] == actions(house)
    assert 0 == verified(house.unpacked(built)).returncode


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file grow past *size* bytes, as on a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_another_step_makes_another_packet_and_a_second_round_keeps_its_numbers(
    house: AppealHouse,
) -> None:
    held = house.proofs()
    first = await run(house.activities.build_packet, to_build(held))
    earlier = tuple(file.evidence_id for file in first.files)
    new = held_of([house.add(K.CALL_RECORDING, b"a call, written down", APPEAL)])
    again = to_build(
        [*new, *held],
        key=step("packet:2:1", at=after(300)),
        round=2,
        earlier=earlier,
        missing=("tracking",),
        rejection_reason="No proof that the carrier was asked",
        argument="The call of 14:20 is attached.",
    )

    second = await run(house.activities.build_packet, again)

    assert first.evidence_id != second.evidence_id
    assert earlier == tuple(file.evidence_id for file in second.files[:-1])
    assert [False] * 5 + [True] == [file.is_new for file in second.files]
    assert "No proof that the carrier was asked" in second.text
    assert "The call of 14:20 is attached." in second.text
    assert "-round-2-" in second.name
    assert 0 == verified(house.unpacked(second)).returncode


async def test_a_tampered_exhibit_stops_its_packet_and_is_named(
    house: AppealHouse, tmp_path: Path
) -> None:
    held = house.proofs()
    manifest = next(one for one in held if one.kind is K.DISPATCH_MANIFEST)
    (blob,) = [path for path in blob_files(tmp_path) if path.name == manifest.digest]
    blob.chmod(0o600)
    blob.write_bytes(b"order_id,ready_at\n5764,y\n")

    error = await failure(house.activities.build_packet, to_build(held))

    assert error.non_retryable
    assert f"{manifest.evidence_id} cannot be used" in str(error)
    assert "share" not in actions(house, PARCEL)
    assert "altered" in actions(house, PARCEL)


async def test_an_exhibit_that_the_vault_does_not_know_needs_a_person(
    house: AppealHouse,
) -> None:
    held = house.proofs()
    unknown = [held[0].model_copy(update={"evidence_id": "ev-gone"}), *held[1:]]

    error = await failure(house.activities.build_packet, to_build(unknown))

    assert ("NeedsPersonError", True) == (error.type, error.non_retryable)
    assert "ev-gone is not in the vault" in str(error)


async def test_without_a_font_the_packet_is_a_web_page_that_names_the_package(
    records_db: Database, tmp_path: Path
) -> None:
    house = AppealHouse.of(records_db, tmp_path, system_fonts=False)
    ask = to_build([], argument="司机没有来")

    built = await run(house.activities.build_packet, ask)

    assert "packet.html" == built.page
    assert any("fonts-noto-cjk" in note for note in built.notes)
    assert 0 == verified(house.unpacked(built)).returncode


async def test_too_many_words_of_a_person_are_refused_and_not_cut(house: AppealHouse) -> None:
    error = await failure(house.activities.build_packet, to_build([], argument="word " * 200))

    assert "argument: has 999 characters" in str(error)
    assert [] == actions(house)


async def test_what_is_missing_is_said_in_text_and_checklist(house: AppealHouse) -> None:
    lacking = RULES.needed()[0]
    ask = to_build([], missing=(lacking.key,))

    built = await run(house.activities.build_packet, ask)

    assert not built.complete
    assert any(lacking.shows in line for line in built.checklist)
    assert any(lacking.shows_zh in line for line in built.checklist_zh)


async def test_a_wrong_clock_and_a_cut_file_are_said_beside_the_packet(
    house: AppealHouse,
) -> None:
    ahead = photo(taken="2026:11-18 21:00:00".replace("-", ":"), zone="+07:00")
    held = [house.add(K.READY_PHOTO, ahead, captured_at=None)]
    cut = photo(quality=91)
    held.append(house.add(K.CARRIER_CHAT, cut[: len(cut) // 2]))
    gathered = (await run(house.activities.gather, to_gather())).held
    assert len(held) == len(gathered)

    built = await run(house.activities.build_packet, to_build(list(gathered)))

    assert any("its camera's clock is 6h ahead of ours" in note for note in built.notes)
    assert any("ends before its own structure does" in note for note in built.notes)


# Filing


def filing(packet_id: str, *evidence_ids: str) -> NoteFiling:
    return NoteFiling(
        key=step("submitted:1"),
        ticket_id=TICKET,
        round=1,
        channel=FilingChannel.ASSISTED,
        reference="AP-1",
        actor="mei",
        filed_at=after(63),
        packet_id=packet_id,
        evidence_ids=evidence_ids,
    )


async def test_a_filing_is_in_the_custody_of_everything_that_was_handed_in(
    house: AppealHouse,
) -> None:
    packet = house.add(PACKET, b"as if it were a ZIP", APPEAL)
    held = [one.evidence_id for one in house.proofs()]
    ask = filing(packet.evidence_id, *held)

    await run(house.activities.note_filing, ask)
    await run(house.activities.note_filing, ask, attempt=2)

    assert 1 == actions(house).count("submit")
    assert len(held) == actions(house, PARCEL).count("submit")
    (entry,) = [e for e in house.vault.custody(APPEAL) if e.action is CustodyAction.SUBMIT]
    body = json.loads(entry.body)
    assert ("mei", "AP-1") == (body["actor"], body["details"]["reference"])
    assert packet.evidence_id == body["evidence_id"]
    assert house.vault.verify_case(PARCEL).whole


async def test_what_is_gone_from_the_vault_does_not_hold_up_a_filing(house: AppealHouse) -> None:
    known = house.add(K.CARRIER_CHAT, photo(form="PNG"))

    await run(house.activities.note_filing, filing("ev-gone", known.evidence_id))

    assert ["collect", "submit"] == actions(house, PARCEL)


# What became of others


def outcome(decision: Decision, ticket: str, **changes: Any) -> KeepOutcome:
    standing = {
        "appeal_id": f"appeal:{SHOP}:{ticket}",
        "shop_id": SHOP,
        "ticket_id": ticket,
        "market": "TH",
        "violation": Violation.LATE_DISPATCH,
        "scenario": Scenario.CARRIER_NEVER_CAME,
        "round": 1,
        "decision": decision,
        "kinds": (K.CARRIER_CHAT,),
        "at": after(400),
    }
    return KeepOutcome.model_validate(standing | changes)


async def test_later_appeals_are_told_how_earlier_ones_went(house: AppealHouse) -> None:
    lost = outcome(Decision.REJECTED, "2", reason="No proof of the booking", complete=False)
    mine = outcome(Decision.REJECTED, TICKET, reason="Mine")
    for one in (outcome(Decision.ACCEPTED, "1"), lost, lost, mine):
        await run(house.activities.keep_outcome, one)

    ask = FindOutcomes(
        market="TH", violation=Violation.LATE_DISPATCH, scenario=Scenario.CARRIER_NEVER_CAME
    )
    told = await run(house.activities.past_outcomes, ask)
    built = await run(house.activities.build_packet, to_build([]))

    assert Tally(accepted=1, of=3) == told.all_rounds
    assert (
        "Of 2 earlier rounds on this cause, 1 were accepted (1 of the 1 complete ones).",
        "Rejected for: “No proof of the booking” (1).",
    ) == built.checklist[-2:]
    assert "此前同类原因的 2 次申诉中，1 次获得通过" in built.checklist_zh[-2]
    assert "被驳回的理由：“No proof of the booking”（1 次）。" == built.checklist_zh[-1]
