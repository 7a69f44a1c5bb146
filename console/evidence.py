"""Evidence of cases: files in and out of the vault, each with who and why in its custody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from casedesk.errors import CaseDeskError
from console.cases import Desk, Update
from domain.case_parts import ProofState, ProofView
from domain.cases import CaseView
from domain.errors import DomainError, InputError
from domain.evidence import CustodyAction, EvidenceItem
from domain.instants import Instant
from domain.requirements import RequirementKind
from vault.errors import UnknownEvidenceError
from vault.intake import Collecting
from vault.reading import Verified
from vault.store import Vault

SOURCE = "console"
"""Where the vault is told that an upload comes from."""
Receipt = Literal["filing_receipt"]
"""What the vault keeps the screenshot of a filing as: `RECEIPT`, as a type."""
_LOOKED = "looked at in the console"
_CLOSED = "the case is closed"


class Handed(BaseModel):
    """What whoever hands a file in says about it."""

    model_config = ConfigDict(frozen=True)

    requirement: RequirementKind | Receipt
    """Which proof it is; a receipt shows that an appeal was filed, and proves nothing else."""
    actor: str = ""
    name: str = ""
    """As the file is called; folders in it are ignored."""
    note: str = ""
    captured_at: Instant | None = None
    """When the scene was recorded, if the file does not say."""
    zone: str = ""
    """IANA zone of the device, for a camera that states none."""
    attach: bool = True
    """Whether the case is told; not of a screenshot that a decision names itself."""


class Added(BaseModel):
    """What became of a file that was handed in."""

    evidence: EvidenceItem
    attached: bool
    """Whether the case took it; the vault keeps it in any case."""
    why_not: str = ""


class Opened(NamedTuple):
    """Evidence whose bytes were checked whole."""

    item: EvidenceItem
    content: Verified


class Evidence(Protocol):
    """What pages and API need of the vault; `EvidenceDesk` is the real one."""

    async def items(self, case_id: str) -> list[EvidenceItem]:
        """List a case's evidence, the first collected first."""

    async def add(self, case_id: str, handed: Handed, chunks: AsyncIterator[bytes]) -> Added:
        """Take a file in and tell its case."""

    async def open(self, evidence_id: str, *, actor: str, given_to: str) -> Opened:
        """Return evidence to somebody who looks at it or hands it on."""


class EvidenceDesk(Evidence):
    """The vault, and the cases that are told what came."""

    def __init__(
        self, desk: Desk, vault: Vault, *, clock: Callable[[], datetime], source: str = SOURCE
    ) -> None:
        self._desk = desk
        self._vault = vault
        self._clock = clock
        self._source = source

    @override
    async def items(self, case_id: str) -> list[EvidenceItem]:
        """List a case's evidence, the first collected first."""
        return await asyncio.to_thread(self._vault.of_case, case_id)

    @override
    async def add(self, case_id: str, handed: Handed, chunks: AsyncIterator[bytes]) -> Added:
        """Take a file in as it arrives, then attach it to its case.

        Args:
            case_id: The case; a closed one no longer takes it, but the vault does.
            handed: What is said about the file.
            chunks: Its bytes.

        Returns:
            The item, and whether the case took it. The same file again is the same item.

        Raises:
            InputError: Nobody is named, or no such zone exists.
            CaseDeskError: There is no such case, or nobody answers for it.
            VaultError: The file is not taken; its words are for people.
        """
        view = CaseView.model_validate(await self._desk.view(case_id))
        item = await self._vault.take_stream(chunks, self._collecting(view, handed))
        if not handed.attach:
            return Added(evidence=item, attached=False)
        why_not = _CLOSED if view.closed_at else await self._attach(item, handed.actor)
        return Added(evidence=item, attached=not why_not, why_not=why_not)

    def _collecting(self, view: CaseView, handed: Handed) -> Collecting:
        if not handed.actor:
            raise InputError("actor", "is required; say who hands the file in")
        at = self._clock()
        return Collecting(
            case_id=view.case_id,
            requirement=handed.requirement,
            actor=handed.actor,
            at=at,
            source=self._source,
            name=handed.name,
            note=handed.note,
            late=is_late(view, handed.requirement, at),
            captured_at=handed.captured_at,
            zone=_zone(handed.zone),
        )

    async def _attach(self, item: EvidenceItem, actor: str) -> str:
        """Tell the case; return why it did not take the evidence, or nothing."""
        payload = {
            "actor": actor,
            "evidence_id": item.evidence_id,
            "requirement": item.requirement,
        }
        request_id = f"attach:{item.evidence_id}"
        try:
            await self._desk.decide(
                item.case_id, Update.ATTACH_EVIDENCE, payload, request_id=request_id
            )
        except (CaseDeskError, DomainError) as error:
            return str(error)
        return ""

    @override
    async def open(self, evidence_id: str, *, actor: str, given_to: str) -> Opened:
        """Return evidence, checked whole, and enter in its custody why.

        Args:
            evidence_id: The item.
            actor: Who.
            given_to: Whom it is handed on to and why; empty if the actor looks at it.

        Raises:
            InputError: Nobody is named.
            UnknownEvidenceError: No such item.
            ErasedError: Its bytes were erased.
            AlteredError: Its bytes are not what was collected.
        """
        if not actor:
            raise InputError("actor", "is required; say who looks at it")
        item = await asyncio.to_thread(self._vault.get, evidence_id)
        if item is None:
            raise UnknownEvidenceError(evidence_id)
        content = await asyncio.to_thread(self._vault.checked, evidence_id, actor=actor)
        await asyncio.to_thread(
            self._vault.record,
            item.case_id,
            CustodyAction.SHARE if given_to else CustodyAction.VIEW,
            actor=actor,
            purpose=given_to or _LOOKED,
            at=self._clock(),
            evidence_id=evidence_id,
        )
        return Opened(item, content)


def proofs_of(view: CaseView) -> tuple[ProofView, ...]:
    """Return the proofs that a case of any kind collects."""
    if view.pickup:
        return view.pickup.proofs
    return view.appeal.proofs if view.appeal else ()


def is_late(view: CaseView, kind: str, at: datetime) -> bool:
    """Tell whether a proof of this kind comes after it was due, or after the case has closed."""
    if view.closed_at:
        return True
    concerned = [proof for proof in proofs_of(view) if kind in proof.kinds]
    return any(_is_over(proof, at) for proof in concerned)


def _is_over(proof: ProofView, at: datetime) -> bool:
    over = proof.until is not None and proof.until <= at
    return over or proof.state is ProofState.OVERDUE


def _zone(name: str) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise InputError(
            "zone", f"{name!r} is no time zone; give one like Asia/Bangkok"
        ) from error
