"""Late pickups at the desk: proofs handed in, appeals filed, the platform's answers typed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.demo.decisions import AGENT, Decisions, patiently
from casedesk.demo.evidence import EvidenceRoom, HandedIn, made_of
from casedesk.demo.parcels import PARCELS, DemoParcel
from casedesk.demo.platform import Platform
from domain.appeal_story import RECEIPT
from domain.case_parts import ProofView
from domain.cases import CaseState, CaseView, HumanTask
from domain.requirements import RequirementKind
from workflows.steps import ABANDON, DONE

_AT_HAND = frozenset({RequirementKind.CARRIER_CHAT, RequirementKind.READY_PHOTO})
"""What the people of the demo can prove on the day."""
_SHORTLY_BEFORE = timedelta(minutes=10)


@dataclass
class Paperwork:
    """What people do about late pickups and penalties."""

    decisions: Decisions
    room: EvidenceRoom
    platform: Platform
    clock: Callable[[], datetime]
    folder: Path
    """Where packets are saved."""
    packets: dict[tuple[str, int], Path] = field(default_factory=dict)
    """Ticket and round -> the packet that was filed."""
    _told: set[str] = field(default_factory=set)

    async def pickup(self, view: CaseView, task: HumanTask) -> None:
        """Answer a task about a late parcel: hand in what is there, say what cannot be had."""
        kinds = next((p.kinds for p in _proofs(view) if task.step == f"evidence:{p.key}"), ())
        mine = next((kind for kind in kinds if kind in _AT_HAND), None)
        if mine is not None:
            await self._attach(view, task.step, mine)
        elif "record_contact" in task.options:
            said = {"step": task.step, "channel": "phone", "text": task.text[:500]}
            await self.decisions.make(view, task.step, "record_contact", said)
        else:
            how = ABANDON if kinds else DONE
            payload = {"step": task.step, "how": how}
            await self.decisions.make(view, task.step, "resume_step", payload)

    async def tell_penalties(self) -> int:
        """Type in what Seller Center shows, each penalty once; return how many were new."""
        before = len(self._told)
        for parcel, notice in await self.platform.notices():
            if parcel.ticket_id not in self._told:
                await self._tell_penalty(parcel.case_id, notice)
                self._told.add(parcel.ticket_id)
        return len(self._told) - before

    async def _tell_penalty(self, case_id: str, notice: Mapping[str, Any]) -> None:
        told = {name: notice[name] for name in ("ticket_id", "kind", "issued_at", "points")}
        desk = self.decisions.desk
        await patiently(lambda: desk.signal(case_id, "penalty_issued", told))

    async def appeal(self, view: CaseView, task: HumanTask) -> None:
        """Answer a task of an appeal: file it, say something new, type the decision in."""
        parcel = next(one for one in PARCELS if one.appeal_id == view.case_id)
        match task.step:
            case "file" if view.state is CaseState.READY:
                await self._file(view, parcel)
            case "decision":
                await self._type_in_decision(view, parcel)
            case "argument" if parcel.shown_later:
                await self._attach(view, task.step, parcel.shown_later)
            case _:
                return

    async def _attach(self, view: CaseView, step: str, kind: RequirementKind) -> None:
        at = self.clock() - _SHORTLY_BEFORE
        file = made_of(kind, view.case_id, actor=AGENT, at=at)
        evidence_id = await self._hand_in(view.case_id, file)
        payload = {"evidence_id": evidence_id, "requirement": kind.value}
        await self.decisions.make(view, step, "attach_evidence", payload)

    async def _hand_in(self, case_id: str, file: HandedIn) -> str:
        return await patiently(lambda: self.room.hand_in(case_id, file))

    async def _file(self, view: CaseView, parcel: DemoParcel) -> None:
        """File in Seller Center: save the packet, hand it in there, record number and picture."""
        part = view.appeal
        packet = part.packet if part else None
        if part is None or packet is None or packet.evidence_id is None:
            return
        evidence_id, number = packet.evidence_id, part.round
        content = await patiently(lambda: self.room.read(evidence_id, actor=AGENT))
        path = self.folder / f"{parcel.ticket_id}-round-{number}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        seen = f"{view.case_id}/{number}"
        screenshot = made_of(RECEIPT, seen, actor=AGENT, at=self.clock())
        receipt = await self._hand_in(view.case_id, screenshot)
        filed = {"reference": f"{parcel.ticket_id}/{number}", "evidence_id": receipt}
        if await self.decisions.make(view, "file", "record_filing", filed, key=f"round-{number}"):
            self.packets[parcel.ticket_id, number] = path

    async def _type_in_decision(self, view: CaseView, parcel: DemoParcel) -> None:
        number = view.appeal.round if view.appeal else 1
        decided = await self.platform.decision(parcel, number)
        if decided is not None:
            key = f"round-{number}"
            await self.decisions.make(view, "decision", "record_decision", decided, key=key)


def _proofs(view: CaseView) -> tuple[ProofView, ...]:
    return view.pickup.proofs if view.pickup else ()
