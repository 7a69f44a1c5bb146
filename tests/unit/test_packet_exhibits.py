"""What goes into an archive: clean copies of photos, everything else as it was collected."""

import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from activities.appeal_packets import packet_facts
from domain.completeness import held_of
from domain.evidence import CustodyAction, EvidenceItem
from domain.exhibits import NumberedExhibit, numbered
from domain.packets import PacketSource
from domain.requirements import RequirementKind
from tests.support.appeal_facts import text_facts
from tests.support.appeal_packets import WRITER, requirement_set
from tests.support.vault_files import CASE, NOON, collected, photo, video
from vault.bundle import Packet, write_bundle
from vault.errors import ErasedError, UnknownEvidenceError
from vault.packet import render_packet
from vault.packet_exhibits import (
    PackedItem,
    Packing,
    packed_exhibits,
    packet_paths,
    packing_notes,
)
from vault.packet_sizes import SizeBudget
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores", "tests.support.vault")

PACKING = Packing(actor="case", purpose="appeal packet", at=NOON)
WIDE = SizeBudget()
NARROW = SizeBudget(per_file=150_000, in_all=400_000)
K = RequirementKind


def large_photo() -> bytes:
    into = BytesIO()
    Image.effect_noise((900, 700), 90).save(into, "JPEG", quality=92)
    return into.getvalue()


def exhibits_of(*items: EvidenceItem) -> tuple[NumberedExhibit, ...]:
    return numbered(requirement_set(), held_of(items))


def packed(
    vault: Vault, *items: EvidenceItem, budget: SizeBudget = WIDE
) -> tuple[PackedItem, ...]:
    return packed_exhibits(vault, exhibits_of(*items), budget, PACKING)


def content(vault: Vault, item: EvidenceItem) -> bytes:
    return b"".join(vault.checked(item.evidence_id, actor="test"))


def test_a_photo_goes_in_without_what_its_camera_wrote_and_the_original_stays(
    vault: Vault,
) -> None:
    original = collected(vault, photo(position=True, taken="2026:03:01 19:00:00"))
    (found,) = packed(vault, original)
    assert original == found.original
    assert found.packed.derived_from == original.evidence_id
    with Image.open(BytesIO(content(vault, found.packed))) as copy:
        assert not copy.getexif()
    assert "wenhuo redacted" in found.change
    assert "the original is image/jpeg" in found.change


def test_a_photo_is_shown_on_the_page(vault: Vault) -> None:
    (found,) = packed(vault, collected(vault, photo()))
    assert found.picture
    with Image.open(BytesIO(found.picture)) as shown:
        assert "JPEG" == shown.format


def test_everything_else_goes_in_as_it_was_collected(vault: Vault) -> None:
    manifest = collected(
        vault, b"order,time\n1,2\n", requirement="dispatch_manifest", name="m.csv"
    )
    (found,) = packed(vault, manifest)
    assert (manifest, None, "", None, "") == (
        found.packed,
        found.copy_of_it,
        found.change,
        found.picture,
        found.note,
    )


def test_a_photo_above_the_budget_is_reduced_and_says_so(vault: Vault) -> None:
    original = collected(vault, large_photo())
    assert original.size > NARROW.per_file
    (found,) = packed(vault, original, budget=NARROW)
    assert found.packed.size <= NARROW.per_file
    assert found.packed.derived_from == original.evidence_id
    assert "wenhuo fitted 150000 B" in found.change
    assert () == packing_notes([found], NARROW)


def test_a_recording_above_the_budget_stays_in_and_is_flagged(vault: Vault) -> None:
    text = collected(vault, b"x" * 500_000, requirement="carrier_chat", name="chat.txt")
    found = packed(vault, text, budget=NARROW)
    assert text == found[0].packed
    one, all_of_them = packing_notes(found, NARROW)
    assert "Exhibit 1: 500,000 bytes is above 150,000 bytes; upload it last" == one
    assert all_of_them.startswith("All exhibits together are 100,000 bytes above 400,000 bytes;")


def test_a_photo_of_which_no_copy_can_be_made_goes_in_as_it_is_and_is_flagged(
    vault: Vault,
) -> None:
    original = collected(vault, video(b"heic"), name="parcels.heic")
    found = packed(vault, original)
    assert (original, None) == (found[0].packed, found[0].picture)
    (note,) = packing_notes(found, WIDE)
    assert note.startswith(f"Exhibit 1: {original.evidence_id} cannot be drawn")
    assert note.endswith("it goes in as it was collected, with what its camera wrote in it")


def test_a_photo_that_breaks_off_goes_in_as_it_is_and_says_why(vault: Vault) -> None:
    original = collected(vault, large_photo()[:-40_000])
    (found,) = packed(vault, original)
    assert (original, None) == (found.packed, found.picture)
    assert found.note.startswith(f"{original.evidence_id} cannot be drawn")


def test_packing_twice_makes_every_copy_once(vault: Vault) -> None:
    original = collected(vault, large_photo())
    first = packed(vault, original, budget=NARROW)
    again = packed(vault, original, budget=NARROW)
    assert packet_paths(first) == packet_paths(again)
    derived = [e for e in vault.custody(CASE) if e.action is CustodyAction.DERIVE]
    assert len(derived) == len({e.evidence_id for e in derived}) == 3


def test_files_lie_by_number_proof_and_type_and_never_by_a_person_s_name(vault: Vault) -> None:
    ready = collected(vault, photo(), name="Somchai 0812345678.jpg")
    chat = collected(vault, b"we waited", requirement="carrier_chat", name="chat.txt")
    assert {"exhibits/01-carrier-chat.txt", "exhibits/02-ready-photo.jpg"} == set(
        packet_paths(packed(vault, ready, chat)).values()
    )


def test_an_item_that_the_vault_does_not_have_is_refused(vault: Vault) -> None:
    stranger = NumberedExhibit(number=1, evidence_id="ev-none", kind=K.OTHER)
    with pytest.raises(UnknownEvidenceError):
        packed_exhibits(vault, [stranger], WIDE, PACKING)


def test_an_erased_item_is_refused_and_not_left_out(vault: Vault) -> None:
    original = collected(vault, photo())
    exhibits = exhibits_of(original)
    vault.erase(original.evidence_id, actor="mei", purpose="asked", at=NOON)
    with pytest.raises(ErasedError):
        packed_exhibits(vault, exhibits, WIDE, PACKING)


# The whole packet, checked by the file inside it


@pytest.fixture
def evidence(vault: Vault) -> Sequence[EvidenceItem]:
    return [
        collected(vault, photo(position=True)),
        collected(vault, b"we waited", requirement="carrier_chat", name="chat.txt"),
        collected(vault, b"order,time\n1,2\n", requirement="dispatch_manifest", name="m.csv"),
    ]


def unpacked(vault: Vault, evidence: Sequence[EvidenceItem], folder: Path) -> Path:
    found = packed(vault, *evidence)
    facts = text_facts("vi")
    source = PacketSource(
        shop_id="7495001", case_id=CASE, head=vault.custody(CASE)[-1].entry_hash, made_at=NOON
    )
    rendered = render_packet(
        packet_facts(
            WRITER,
            facts,
            WRITER.write(facts),
            requirement_set=requirement_set("VN"),
            packed=found,
            source=source,
        ),
        of_system=False,
    )
    packet = Packet(
        case_id=CASE,
        name=rendered.name,
        rendered=rendered.data,
        exhibits=packet_paths(found),
        action=CustodyAction.SUBMIT,
        actor="case",
        purpose="first round",
        at=NOON,
        key="packet:1",
    )
    return write_bundle(vault, packet, folder / "packet").path


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "verify.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_packet_holds_in_the_eyes_of_the_verifier_inside_it(
    vault: Vault, evidence: Sequence[EvidenceItem], tmp_path: Path
) -> None:
    folder = unpacked(vault, evidence, tmp_path)
    assert {"packet.pdf", "manifest.json", "custody.jsonl", "verify.py", "exhibits"} == {
        path.name for path in folder.iterdir()
    }
    told = verified(folder)
    assert 0 == told.returncode, told.stdout


def test_a_page_that_was_changed_is_named_by_the_verifier(
    vault: Vault, evidence: Sequence[EvidenceItem], tmp_path: Path
) -> None:
    folder = unpacked(vault, evidence, tmp_path)
    page = folder / "packet.pdf"
    page.chmod(0o600)
    page.write_bytes(page.read_bytes() + b"\n")
    told = verified(folder)
    assert 1 == told.returncode
    assert "packet.pdf" in told.stdout
