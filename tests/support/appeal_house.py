"""One appeal under test: its cases on file, its evidence in a vault, its activities."""

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from activities.appeal_bundles import PacketRoom
from activities.appeals import AppealActivities
from activities.case_reading import CaseReader
from domain.case_parts import PickupPart
from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView, TimelineEvent
from domain.completeness import HeldEvidence, held_of
from domain.evidence import EvidenceItem
from domain.requirements import RequirementKind, Scenario, Violation
from records.appeals import AppealOutcomes
from records.cases import CaseArchive, ClosedCase, Dossier
from records.database import Database
from tests.support.appeal_facts import STORY, after, order_ids
from tests.support.appeal_packets import WRITER, requirement_set
from tests.support.vault_files import collected, open_vault, photo
from vault.store import Vault
from workflows.ports import BuildPacket, EffectKey, PacketBuilt
from workflows.ports.appeals import GatherEvidence, PackedFile

SHOP, TICKET = "7495001", "7712003"
APPEAL = f"appeal:{SHOP}:{TICKET}"
PARCEL = f"pickup-case:{SHOP}:1152921000000001"
RULES = requirement_set("TH")
K = RequirementKind


@dataclass
class AppealHouse:
    """Everything that an appeal's activities need."""

    db: Database
    vault: Vault
    folder: Path
    outcomes: AppealOutcomes
    activities: AppealActivities

    @classmethod
    def of(cls, db: Database, folder: Path, **room: Any) -> "AppealHouse":
        """Set it up in *folder*; *room* changes how packets are made."""
        vault = open_vault(db, folder, clock=lambda: after(60))
        outcomes = AppealOutcomes(db)
        packets = PacketRoom(vault, WRITER, folder=folder / "packets", **room)
        activities = AppealActivities(vault, packets, outcomes, CaseReader(db, None))
        return cls(db, vault, folder, outcomes, activities)

    @classmethod
    @contextmanager
    def beside(cls, migrated: Path, folder: Path) -> "Iterator[AppealHouse]":
        """Set it up for several tests, on a copy of a migrated store."""
        shutil.copyfile(migrated, folder / "records.db")
        db = Database.open(f"sqlite:///{folder / 'records.db'}")
        yield cls.of(db, folder)
        db.close()

    def add(self, kind: str, data: bytes, case_id: str = PARCEL, **more: Any) -> EvidenceItem:
        """Put a piece of evidence of a case into the vault, an hour after the slot began."""
        given = {"case_id": case_id, "requirement": kind, "at": after(1), "captured_at": after(0)}
        return collected(self.vault, data, **given | more)

    def proofs(self) -> list[HeldEvidence]:
        """Put what the rules need into the vault."""
        return list(
            held_of(
                [
                    self.add(K.CARRIER_CHAT, photo(form="PNG")),
                    self.add(K.READY_PHOTO, photo(position=True)),
                    self.add(K.DISPATCH_MANIFEST, b"order_id,ready_at\n5764,x\n", name="m.csv"),
                    self.add(K.BUYER_NOTICE, b'{"text": "late"}', name="notice.json"),
                    self.add(K.BOOKING_CONFIRMATION, b'{"slot": 1}', name="booking.json"),
                ]
            )
        )

    def file_case(self, case_id: str = PARCEL, **changes: Any) -> CaseView:
        """Put a late pickup that has closed on file."""
        view = late_pickup(case_id, **changes)
        case = ClosedCase(
            case_id=case_id,
            kind=view.kind,
            shop_id=view.shop_id,
            outcome=str(view.outcome),
            opened_at=view.opened_at,
            closed_at=view.closed_at or view.opened_at,
            order_ids=view.order_ids,
            package_id=None,
            opened_by="",
            view=view.model_dump(mode="json"),
        )
        told = [
            TimelineEvent(at=after(5), key="pickup.rebooked", actor="case"),
            TimelineEvent(
                at=after(6), key="step.resumed", actor="mei", detail="help_center: done"
            ),
            TimelineEvent(at=after(7), key="step.resumed", actor="mei", detail="carrier: done"),
        ]
        timeline = [event.model_dump(mode="json") for event in told]
        CaseArchive(self.db).file(Dossier(case=case, timeline=timeline, history=[], evidence=[]))
        return view

    def zip_of(self, built: PacketBuilt) -> bytes:
        """Return the packet's bytes, checked."""
        return self.vault.checked(built.evidence_id, actor="test").read()

    def unpacked(self, built: PacketBuilt) -> Path:
        """Unpack a packet as an outsider would."""
        folder = self.folder / f"unpacked-{built.name}"
        with zipfile.ZipFile(io.BytesIO(self.zip_of(built))) as archive:
            archive.extractall(folder)
        return folder


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier inside an unpacked packet."""
    command = [sys.executable, "-I", "verify.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 (our own file)


def late_pickup(case_id: str = PARCEL, **changes: Any) -> CaseView:
    """Return a late pickup that ended with its appeal."""
    part = PickupPart(
        package_id="1152921000000001",
        missed_from=after(0),
        missed_until=after(2),
        ready_at=after(-3),
        scan_due_at=after(10),
        collected_at=after(30),
        carrier_asked_at=(after(2.25), after(4)),
        told_at={order: after(3) for order in order_ids(2)},
    )
    standing = {
        "kind": CaseKind.LATE_PICKUP,
        "state": CaseState.CLOSED,
        "outcome": CaseOutcome.COLLECTED,
        "case_id": case_id,
        "shop_id": SHOP,
        "order_ids": order_ids(2),
        "market": "TH",
        "opened_at": after(2),
        "detected_at": after(2),
        "closed_at": after(300),
        "pickup": part,
    }
    return CaseView.model_validate(standing | changes)


def to_gather(*case_ids: str, **changes: Any) -> GatherEvidence:
    """Ask for everything of some cases."""
    standing = {
        "appeal_id": APPEAL,
        "case_ids": case_ids or (PARCEL,),
        "violation": Violation.LATE_DISPATCH,
        "sets": (RULES,),
        "zone": "Asia/Bangkok",
        "opened_at": after(60),
        "now": after(61),
    }
    return GatherEvidence.model_validate(standing | changes)


def step(name: str = "packet:1:1", *, at: datetime | None = None) -> EffectKey:
    """Return the key of a step of the appeal."""
    return EffectKey(case_id=APPEAL, step=name, began_at=at or after(62))


def to_build(held: list[HeldEvidence], **changes: Any) -> BuildPacket:
    """Ask for the packet of a first round in English."""
    standing = {
        "key": step(),
        "shop_id": SHOP,
        "ticket_id": TICKET,
        "market": "TH",
        "zone": "Asia/Bangkok",
        "language": "en",
        "violation": Violation.LATE_DISPATCH,
        "scenario": Scenario.CARRIER_NEVER_CAME,
        "requirement_set": RULES,
        "order_ids": order_ids(2),
        "story": STORY,
        "held": held,
        "window_ends": after(700),
        "last_safe_moment": after(650),
    }
    return BuildPacket.model_validate(standing | changes)


def a_packet_built(**changes: Any) -> PacketBuilt:
    """Return a packet as the vault would have it."""
    standing = {
        "evidence_id": "ev-packet",
        "name": "appeal-7712003-round-1-ab.zip",
        "digest": "ab" * 32,
        "size": 3,
        "key_id": "cd" * 32,
        "page": "packet.pdf",
        "text": "อุทธรณ์",
        "english": "Appeal",
        "language": "th",
        "template_version": "th-1/1",
        "reviewed": False,
        "orders_shown": 1,
        "complete": True,
        "files": (
            PackedFile(
                number=1,
                path="exhibits/01-carrier-chat.png",
                evidence_id="ev-1",
                digest="ef" * 32,
                kind=K.CARRIER_CHAT,
                size=2,
            ),
        ),
        "built_at": after(62),
    }
    return PacketBuilt.model_validate(standing | changes)
