"""Appeals as their workflow needs them: cases and evidence, packets, custody, past outcomes."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from temporalio import activity
from typing_extensions import override

from activities.appeal_bundles import PacketRoom
from activities.beating import in_thread
from activities.case_reading import CaseRead, CaseReader
from activities.evidence import told_of_vault
from domain import appeal_story
from domain.appeal_outcomes import PastOutcomes, RoundOutcome, past_outcomes
from domain.appeal_story import CaseStory
from domain.completeness import HeldEvidence, completeness, held_of
from domain.evidence import CustodyAction, EvidenceItem
from records.appeals import AppealOutcomes
from vault.canonical import instant_text
from vault.store import Vault
from workflows import names
from workflows.ports import AppealsPort, BuildPacket, PacketBuilt
from workflows.ports.appeals import (
    FindOutcomes,
    Gathered,
    GatherEvidence,
    KeepOutcome,
    NoteFiling,
)

logger = structlog.get_logger()


class _Case(NamedTuple):
    """One case of an appeal with what is held of it."""

    story: CaseStory
    held: tuple[HeldEvidence, ...]


class AppealActivities(AppealsPort):
    """Everything that appeals do, but for handing in."""

    def __init__(
        self, vault: Vault, packets: PacketRoom, outcomes: AppealOutcomes, cases: CaseReader
    ) -> None:
        self._vault = vault
        self._packets = packets
        self._outcomes = outcomes
        self._cases = cases

    @override
    @activity.defn(name=names.GATHER_EVIDENCE)
    async def gather(self, cmd: GatherEvidence) -> Gathered:
        """Return everything that the cases of an appeal can show now.

        Safe to run twice because it only reads.
        """
        read = await self._cases.read(cmd.case_ids)
        with told_of_vault():
            items = await asyncio.to_thread(self._items, (*cmd.case_ids, cmd.appeal_id))
        cases = [
            _case(case_id, found, _of(case_id, items))
            for case_id, found in zip(cmd.case_ids, read, strict=True)
        ]
        own = held_of(_of(cmd.appeal_id, items))
        return _gathered(cmd, cases, own, late=tuple(one.evidence_id for one in items if one.late))

    def _items(self, case_ids: Sequence[str]) -> tuple[EvidenceItem, ...]:
        return appeal_story.shown_items(
            item for case_id in case_ids for item in self._vault.of_case(case_id)
        )

    @override
    @activity.defn(name=names.BUILD_PACKET)
    async def build_packet(self, cmd: BuildPacket) -> PacketBuilt:
        """Write the text and put the packet together.

        Safe to run twice because equal facts make equal pages, custody entries go by the step's
        key, and a packet of these pages that is in the vault is the answer.
        """
        with told_of_vault():
            built = await in_thread(self._build, cmd)
        logger.info(
            "appeal.packed",
            case_id=cmd.key.case_id,
            evidence_id=built.evidence_id,
            exhibits=len(built.files),
            page=built.page,
        )
        return built

    def _build(self, cmd: BuildPacket) -> PacketBuilt:
        return self._packets.build(cmd, self._past(cmd, cmd.key.case_id))

    @override
    @activity.defn(name=names.NOTE_FILING)
    async def note_filing(self, cmd: NoteFiling) -> None:
        """Enter in the custody of everything handed in that it was submitted.

        Safe to run twice because the entries go by the step's key.
        """
        with told_of_vault():
            await asyncio.to_thread(self._enter_filing, cmd)
        logger.info("appeal.filing_noted", case_id=cmd.key.case_id, round=cmd.round)

    def _enter_filing(self, cmd: NoteFiling) -> None:
        for evidence_id in (cmd.packet_id, *cmd.evidence_ids):
            item = self._vault.get(evidence_id)
            if item is None:
                continue
            self._vault.record(
                item.case_id,
                CustodyAction.SUBMIT,
                actor=cmd.actor,
                purpose=f"appeal against ticket {cmd.ticket_id}, round {cmd.round}",
                at=cmd.key.began_at,
                evidence_id=evidence_id,
                details={
                    "channel": cmd.channel.value,
                    "filed_at": instant_text(cmd.filed_at),
                    "packet": cmd.packet_id,
                    "reference": cmd.reference,
                },
                key=f"{cmd.key.case_id}/{cmd.key.step}:{evidence_id}",
            )

    @override
    @activity.defn(name=names.KEEP_OUTCOME)
    async def keep_outcome(self, cmd: KeepOutcome) -> None:
        """Keep how a round was decided.

        Safe to run twice because there is one row per appeal and round, and the first word stays.
        """
        outcome = RoundOutcome(
            market=cmd.market,
            violation=cmd.violation,
            scenario=cmd.scenario,
            round=cmd.round,
            decision=cmd.decision,
            reason=cmd.reason,
            kinds=cmd.kinds,
            complete=cmd.complete,
            at=cmd.at,
        )
        await asyncio.to_thread(
            self._outcomes.keep,
            cmd.appeal_id,
            outcome,
            shop_id=cmd.shop_id,
            ticket_id=cmd.ticket_id,
        )

    @override
    @activity.defn(name=names.PAST_OUTCOMES)
    async def past_outcomes(self, cmd: FindOutcomes) -> PastOutcomes:
        """Return how earlier appeals of the kind went.

        Safe to run twice because it only reads.
        """
        return await asyncio.to_thread(self._past, cmd)

    def _past(self, cmd: FindOutcomes | BuildPacket, *but: str) -> PastOutcomes:
        found = self._outcomes.of(cmd.market, cmd.violation, cmd.scenario, but=but)
        return past_outcomes(found)


def _of(case_id: str, items: Sequence[EvidenceItem]) -> tuple[EvidenceItem, ...]:
    return tuple(item for item in items if item.case_id == case_id)


def _case(case_id: str, read: CaseRead | None, items: Sequence[EvidenceItem]) -> _Case:
    if read is None:
        return _Case(CaseStory(case_id=case_id, known=False), held_of(items))
    story = appeal_story.story_of(read.view, read.timeline)
    seen = appeal_story.seen_moments(items, story)
    return _Case(
        appeal_story.with_seen(story, seen),
        appeal_story.as_attached(held_of(items), read.view),
    )


def _gathered(
    cmd: GatherEvidence,
    cases: Sequence[_Case],
    own: tuple[HeldEvidence, ...],
    *,
    late: tuple[str, ...],
) -> Gathered:
    stories = tuple(one.story for one in cases)
    known = [one for one in stories if one.known]
    held = (*(each for one in cases for each in one.held), *own)
    moments = appeal_story.proof_moments(
        known, zone=cmd.zone, opened_at=cmd.opened_at, window_ends=cmd.window_ends
    )
    by_case = {one.story.case_id: one.held for one in cases}
    return Gathered(
        held=held,
        late=late,
        cases=stories,
        order_ids=appeal_story.all_orders(known),
        story=appeal_story.all_moments(known),
        moments=moments,
        completeness=tuple(
            completeness(each, held, cmd.now, moments=moments) for each in cmd.sets
        ),
        scenario=appeal_story.scenario_for(cmd.violation, stories, by_case, own),
    )
