"""The vault as the workflows use it; every write is idempotent by its key."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.evidence_rules import EvidenceShelf
from activities.troubles import NEEDS_PERSON
from domain.completeness import HeldEvidence, held_of
from domain.errors import DomainError, PlaybookError
from domain.evidence import EvidenceItem
from domain.requirements import EvidenceMatrix, RequirementSet, Scenario
from domain.timeline import CASE
from vault.errors import BlobsUnavailableError, StoreFullError, VaultError
from vault.store import Vault
from workflows import names
from workflows.ports import (
    EvidenceFound,
    EvidenceOfCases,
    EvidenceRef,
    KeepText,
    PinRequirements,
    RequirementsPinned,
    VaultPort,
)

logger = structlog.get_logger()

_PASSING = (BlobsUnavailableError, StoreFullError)
"""Troubles that end by themselves or by somebody making room; tried again until then."""
_LONGEST = 800


@contextmanager
def told_of_vault() -> Iterator[None]:
    """Turn a refusal of the vault into an error that is retried, or that waits for people."""
    try:
        yield
    except _PASSING as error:
        raise ApplicationError(str(error)[:_LONGEST], type=type(error).__name__) from error
    except (VaultError, DomainError) as error:
        raise ApplicationError(
            str(error)[:_LONGEST], type=NEEDS_PERSON, non_retryable=True
        ) from error


def _set_of(
    matrix: EvidenceMatrix, cmd: PinRequirements, scenario: Scenario
) -> RequirementSet | None:
    """Return what proves a scenario; None where no market at all says so."""
    try:
        return matrix.for_(cmd.market, cmd.violation, scenario, on=cmd.on)
    except PlaybookError:
        return None


class EvidenceActivities(VaultPort):
    """Evidence looked up and kept; which proofs win."""

    def __init__(self, vault: Vault, shelf: EvidenceShelf) -> None:
        self._vault = vault
        self._shelf = shelf

    @override
    @activity.defn(name=names.FIND_EVIDENCE)
    async def find_evidence(self, cmd: EvidenceRef) -> EvidenceFound:
        """Return what the vault says of a piece of evidence.

        Safe to run twice because it only reads.
        """
        with told_of_vault():
            item = await asyncio.to_thread(self._vault.get, cmd.evidence_id)
        if item is None:
            return EvidenceFound()
        (held,) = held_of([item.model_copy(update={"erased": False, "derived_from": None})])
        return EvidenceFound(
            held=held,
            case_id=item.case_id,
            late=item.late,
            media_type=item.media_type,
            erased=item.erased,
        )

    @override
    @activity.defn(name=names.EVIDENCE_OF_CASES)
    async def evidence_of_cases(self, cmd: EvidenceOfCases) -> list[HeldEvidence]:
        """List all evidence of some cases, without copies and without what was erased.

        Safe to run twice because it only reads.
        """
        with told_of_vault():
            items: list[EvidenceItem] = []
            for case_id in cmd.case_ids:
                items += await asyncio.to_thread(self._vault.of_case, case_id)
        return list(held_of(items))

    @override
    @activity.defn(name=names.PIN_REQUIREMENTS)
    async def pin_requirements(self, cmd: PinRequirements) -> RequirementsPinned:
        """Return which proofs win, as the files say now.

        Safe to run twice because it only reads; the case keeps what it read first.
        """
        with told_of_vault():
            matrix = self._shelf.matrix()
            sets = [one for each in cmd.scenarios if (one := _set_of(matrix, cmd, each))]
            if not sets:
                raise PlaybookError("evidence rules", "no market knows any of the causes; add one")
        return RequirementsPinned(sets=tuple(sets))

    @override
    @activity.defn(name=names.KEEP_TEXT)
    async def keep_text(self, cmd: KeepText) -> HeldEvidence:
        """Keep a text of ours as evidence, once.

        Safe to run twice because the vault answers a repeated key with the first item.
        """
        with told_of_vault():
            item = await asyncio.to_thread(
                self._vault.collect,
                [cmd.text.encode()],
                case_id=cmd.key.case_id,
                requirement=cmd.kind,
                actor=CASE,
                at=cmd.at,
                source=cmd.source,
                name=cmd.name,
                key=cmd.key.step,
                captured_at=cmd.captured_at,
            )
        logger.info("evidence.kept", case_id=cmd.key.case_id, evidence_id=item.evidence_id)
        (held,) = held_of([item])
        return held
