"""An appeal's packet from its facts to a ZIP in the vault; everything here waits for disks."""

import json
import re
import shutil
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from activities.appeal_packets import packet_facts
from activities.appeal_texts import AppealWriter
from domain.appeal_outcomes import PastOutcomes, told_in_chinese, told_in_english
from domain.appeal_story import PACKET, with_exhibits
from domain.appeal_texts import AppealTextFacts, ChecklistFacts, ExhibitLine, WrittenAppeal
from domain.durations import write_duration
from domain.evidence import CustodyAction, EvidenceItem
from domain.exhibits import NumberedExhibit, numbered
from domain.packets import PacketSource
from domain.requirements import Requirement
from domain.timeline import CASE
from vault.bundle import MANIFEST, Packet, exhibit_path, write_bundle
from vault.intake import Collecting
from vault.packet import RenderedPacket, render_packet
from vault.packet_exhibits import (
    PackedItem,
    Packing,
    packed_exhibits,
    packet_paths,
    packing_notes,
)
from vault.packet_sizes import SizeBudget
from vault.staging import told_when_full
from vault.store import Vault
from workflows.ports import BuildPacket, PacketBuilt
from workflows.ports.appeals import PackedFile

_SOURCE = "wenhuo"
_ENGLISH, _CHINESE = "en", "zh-CN"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_DAY_SECONDS = 24 * 3600
_DIGITS = 12
_SKEW_SECONDS = 300
"""A camera clock this far ahead of ours is worth a word."""


class _Drawn(NamedTuple):
    """A packet whose pages are ready."""

    written: WrittenAppeal
    packed: tuple[PackedItem, ...]
    rendered: RenderedPacket
    name: str
    mark: str
    """Short hash of the pages; equal facts have the same."""


class PacketRoom:
    """Where packets are written and put together."""

    def __init__(
        self,
        vault: Vault,
        writer: AppealWriter,
        *,
        folder: Path,
        budget: SizeBudget | None = None,
        font_dirs: Sequence[Path] = (),
        system_fonts: bool = True,
    ) -> None:
        """Take what packets are made of.

        Args:
            vault: Where exhibits come from and packets go to.
            writer: Writes texts and checklists.
            folder: Where a packet lies until it is in the vault; needs room for the largest.
            budget: What may be uploaded.
            font_dirs: Folders with fonts besides the system's.
            system_fonts: Whether the system's fonts count.
        """
        self._vault = vault
        self._writer = writer
        self._folder = folder
        self._budget = budget or SizeBudget()
        self._font_dirs = font_dirs
        self._system_fonts = system_fonts

    def build(self, cmd: BuildPacket, past: PastOutcomes) -> PacketBuilt:
        """Write the text and put the packet together.

        Twice with the same facts is once: the pages and the custody entries of the step are the
        same, and a ZIP that is in the vault already is the answer.

        Args:
            cmd: The facts.
            past: How earlier appeals of the kind went.

        Raises:
            DomainError: A text cannot be written.
            AlteredError: The bytes of an exhibit are not what was collected; nothing left.
            VaultError: An exhibit or the packet cannot be used or kept.
        """
        drawn = self._drawn(cmd)
        item, key_id = self._known(cmd, drawn) or self._bundled(cmd, drawn)
        return PacketBuilt(
            evidence_id=item.evidence_id,
            name=drawn.name,
            digest=item.digest,
            size=item.size,
            key_id=key_id,
            page=drawn.rendered.name,
            text=drawn.written.text,
            english=drawn.written.english,
            language=drawn.written.language,
            template_version=drawn.written.template_version,
            reviewed=drawn.written.reviewed,
            orders_shown=drawn.written.orders_shown,
            complete=not cmd.missing,
            checklist=(*self._steps(cmd, drawn, _ENGLISH), *told_in_english(past)),
            checklist_zh=(*self._steps(cmd, drawn, _CHINESE), *told_in_chinese(past)),
            files=tuple(_file(one) for one in drawn.packed),
            notes=self._notes(cmd, drawn),
            built_at=cmd.key.began_at,
        )

    # The pages

    def _drawn(self, cmd: BuildPacket) -> _Drawn:
        exhibits = numbered(cmd.requirement_set, cmd.held, earlier=cmd.earlier)
        facts = _text_facts(cmd, exhibits)
        # The text first: what is wrong with it is known before any copy is made.
        written = self._writer.write(facts)
        packing = Packing(actor=CASE, purpose=_purpose(cmd), at=cmd.key.began_at)
        packed = packed_exhibits(self._vault, exhibits, self._budget, packing)
        pages = packet_facts(
            self._writer,
            facts,
            written,
            requirement_set=cmd.requirement_set,
            packed=packed,
            source=PacketSource(
                shop_id=cmd.shop_id,
                case_id=cmd.key.case_id,
                head=self._head(cmd),
                made_at=cmd.key.began_at,
            ),
        )
        rendered = render_packet(pages, font_dirs=self._font_dirs, of_system=self._system_fonts)
        mark = sha256(rendered.data).hexdigest()[:_DIGITS]
        ticket = _UNSAFE.sub("-", cmd.ticket_id).strip("-") or "ticket"
        name = f"appeal-{ticket}-round-{cmd.round}-{mark}.zip"
        return _Drawn(written, packed, rendered, name, mark)

    def _head(self, cmd: BuildPacket) -> str:
        """Enter that the packet is begun; the entry is the same however often that is done."""
        begun = self._vault.record(
            cmd.key.case_id,
            CustodyAction.VIEW,
            actor=CASE,
            purpose=_purpose(cmd),
            at=cmd.key.began_at,
            key=f"{cmd.key.step}:begun",
        )
        return begun.entry_hash

    # The ZIP

    def _known(self, cmd: BuildPacket, drawn: _Drawn) -> tuple[EvidenceItem, str] | None:
        """Return the packet of these pages if it is in the vault, and the key that signed it."""
        items = self._vault.of_case(cmd.key.case_id)
        mine = (one for one in items if (one.requirement, one.name) == (PACKET, drawn.name))
        item = next((one for one in mine if not one.erased), None)
        return (item, self._signer(item)) if item else None

    def _bundled(self, cmd: BuildPacket, drawn: _Drawn) -> tuple[EvidenceItem, str]:
        packet = Packet(
            case_id=cmd.key.case_id,
            name=drawn.rendered.name,
            rendered=drawn.rendered.data,
            exhibits=packet_paths(drawn.packed),
            action=CustodyAction.SHARE,
            actor=CASE,
            purpose=_purpose(cmd),
            at=cmd.key.began_at,
            key=f"{cmd.key.step}:{drawn.mark}",
        )
        what = Collecting(
            case_id=cmd.key.case_id,
            requirement=PACKET,
            actor=CASE,
            at=cmd.key.began_at,
            source=_SOURCE,
            name=drawn.name,
            purpose=_purpose(cmd),
            key=packet.key,
        )
        with self._workplace(drawn.name) as folder:
            bundle = write_bundle(self._vault, packet, folder / drawn.name)
            return self._vault.keep_packet(bundle.path, what), bundle.key_id

    def _signer(self, item: EvidenceItem) -> str:
        """Return the key that signed a packet, as its manifest says."""
        with self._workplace(item.name) as folder:
            saved = folder / item.name
            self._vault.checked(item.evidence_id, actor=CASE).save(saved)
            with zipfile.ZipFile(saved) as archive:
                manifest = json.loads(archive.read(MANIFEST))
        return str(manifest["signature"]["key_id"])

    @contextmanager
    def _workplace(self, name: str) -> Iterator[Path]:
        """Return a folder that is gone afterwards; a full disk is said in one sentence."""
        with told_when_full(name, self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(self._folder)
            with TemporaryDirectory(dir=self._folder) as folder:
                yield Path(folder)

    # What people are told

    def _steps(self, cmd: BuildPacket, drawn: _Drawn, language: str) -> tuple[str, ...]:
        facts = ChecklistFacts(
            ticket_id=cmd.ticket_id,
            market=cmd.market,
            zone=cmd.zone,
            window_ends=cmd.window_ends,
            last_safe_moment=cmd.last_safe_moment,
            complete=not cmd.missing,
            missing=_missing(cmd),
            text=drawn.written.text,
            packet=drawn.name,
            exhibits=len(drawn.packed),
        )
        return self._writer.checklist(facts, language=language)

    def _notes(self, cmd: BuildPacket, drawn: _Drawn) -> tuple[str, ...]:
        written = drawn.written
        notes = [drawn.rendered.note, *packing_notes(drawn.packed, self._budget)]
        notes += [note for one in drawn.packed for note in _notes_of(one)]
        if not written.reviewed:
            notes.append(f"No native speaker has read the template of the {written.language} text")
        if written.orders_shown < written.orders_in_all:
            notes.append(
                f"The text names {written.orders_shown} of {written.orders_in_all} orders; the "
                "packet lists all"
            )
        return tuple(note for note in notes if note)


def _text_facts(cmd: BuildPacket, exhibits: Sequence[NumberedExhibit]) -> AppealTextFacts:
    return AppealTextFacts(
        language=cmd.language,
        market=cmd.market,
        zone=cmd.zone,
        ticket_id=cmd.ticket_id,
        round=cmd.round,
        violation=cmd.violation,
        scenario=cmd.scenario,
        order_ids=cmd.order_ids,
        moments=with_exhibits(cmd.story, exhibits),
        exhibits=tuple(
            ExhibitLine(number=one.number, kind=one.kind, is_new=one.is_new) for one in exhibits
        ),
        missing=tuple(one.one_of[0] for one in _missing(cmd)),
        rejection_reason=cmd.rejection_reason,
        argument=cmd.argument,
    )


def _missing(cmd: BuildPacket) -> tuple[Requirement, ...]:
    return tuple(one for one in cmd.requirement_set.needed() if one.key in cmd.missing)


def _purpose(cmd: BuildPacket) -> str:
    return f"appeal against ticket {cmd.ticket_id}, round {cmd.round}"


def _file(one: PackedItem) -> PackedFile:
    return PackedFile(
        number=one.exhibit.number,
        path=exhibit_path(one.exhibit.number, one.packed),
        evidence_id=one.original.evidence_id,
        digest=one.original.digest,
        kind=one.exhibit.kind,
        requirement=one.exhibit.requirement,
        size=one.packed.size,
        is_new=one.exhibit.is_new,
        change=one.change,
    )


def _notes_of(one: PackedItem) -> Iterator[str]:
    findings, number = one.original.findings, one.exhibit.number
    ahead = -(findings.skew_seconds or 0)
    if ahead > _SKEW_SECONDS:
        told = write_duration(timedelta(seconds=ahead))
        yield f"Exhibit {number}: its camera's clock is {told} ahead of ours"
    if findings.incomplete:
        yield f"Exhibit {number} ends before its own structure does"


def _sweep(folder: Path) -> None:
    """Remove what a killed process left half-way, a day ago or earlier."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _DAY_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
