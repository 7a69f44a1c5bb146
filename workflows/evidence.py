"""Cases that collect proofs: what is held, what people are asked for, what came in time."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.completeness import EvidenceAsk, HeldEvidence, ProofMoments, asks_for
    from domain.instants import aware
    from domain.proofs import AskedProof, Kinds, kind_named
    from domain.requirements import RequirementKind, RequirementSet, Scenario, Violation
    from domain.timeline import EventKey
    from workflows.case import Case
    from workflows.policies import OURS
    from workflows.ports import (
        EffectKey,
        EvidenceFound,
        PinRequirements,
        RequirementsPinned,
        VaultPort,
    )
    from workflows.steps import ABANDON

ATTACH_EVIDENCE = "attach_evidence"
"""What people do about a proof that they are asked for."""
WITHOUT_IT = "An appeal would have to go in without it."
_STEP = "evidence:"


def step_of(ask: EvidenceAsk) -> str:
    """Return the name of the task about a proof."""
    return f"{_STEP}{ask.key}"


class Proofs:
    """What a case holds and what it asked for."""

    def __init__(self) -> None:
        self.sets: tuple[RequirementSet, ...] = ()
        """What wins, pinned; one per scenario that may turn out to be the one."""
        self.held: dict[str, HeldEvidence] = {}
        self.late: set[str] = set()
        self.asked: dict[Kinds, AskedProof] = {}
        self.changes = 0
        """Counts what came and what was asked, so that whoever waits sees a change."""

    @property
    def all_held(self) -> tuple[HeldEvidence, ...]:
        """Return everything held, in the order it came."""
        return tuple(self.held.values())


class EvidenceCase(Case, ABC):
    """A case that collects proofs, from machines and from people."""

    proofs: Proofs

    @abstractmethod
    def moments(self) -> ProofMoments:
        """Return the instants that say until when a proof can be made."""

    @property
    def known_sets(self) -> tuple[RequirementSet, ...]:
        """Every set whose keys a person may name."""
        return self.proofs.sets

    def open_asks(self, within: timedelta) -> tuple[EvidenceAsk, ...]:
        """Return what people are to be asked for now; nothing that is held."""
        return asks_for(
            self.proofs.sets,
            self.now,
            moments=self.moments(),
            within=within,
            held=self.proofs.all_held,
        )

    async def pin_proofs(
        self, violation: Violation, scenarios: tuple[Scenario, ...]
    ) -> tuple[RequirementSet, ...]:
        """Return what wins in each scenario, as the market has it today; what is pinned stays."""

        async def attempt(_key: EffectKey) -> RequirementsPinned:
            cmd = PinRequirements(
                market=self.pinned.market,
                violation=violation,
                scenarios=scenarios,
                on=self.now.astimezone(ZoneInfo(self.pinned.profile.zone)).date(),
            )
            return await self.remote(VaultPort.pin_requirements, cmd, OURS, "which proofs win?")

        return (await self.take_step("proofs", attempt)).sets

    # What comes in

    def hold(self, held: Sequence[HeldEvidence], *, detail: str) -> None:
        """Take what machines captured."""
        fresh = [one for one in held if one.evidence_id not in self.proofs.held]
        for one in fresh:
            self.proofs.held[one.evidence_id] = one
        if fresh:
            ids = tuple(one.evidence_id for one in fresh)
            self.tell(EventKey.EVIDENCE_CAPTURED, detail, evidence=ids)
            self._proofs_changed()

    def attach(self, found: EvidenceFound, requirement: str, *, actor: str) -> None:
        """Take what a person added; late evidence is taken and marked late."""
        if found.held is None:
            raise ValueError("there is nothing to attach")
        kind = kind_named(requirement, self.known_sets, media_type=found.media_type)
        held = found.held.model_copy(update={"kind": kind or found.held.kind})
        late = found.late or self._is_overdue(held.kind)
        self.proofs.held[held.evidence_id] = held
        if late:
            self.proofs.late.add(held.evidence_id)
        self.tell(
            EventKey.EVIDENCE_ATTACHED,
            f"{held.kind}{', late' if late else ''}"
            + (f" (given as {requirement[:80]!r}, which is no proof)" if kind is None else ""),
            actor=actor,
            evidence=(held.evidence_id,),
        )
        self._proofs_changed()

    def _is_overdue(self, kind: RequirementKind) -> bool:
        asks = [one for kinds, one in self.proofs.asked.items() if kind in kinds]
        return any(one.overdue or one.ask.by <= self.now for one in asks)

    def _proofs_changed(self) -> None:
        self.proofs.changes += 1
        self.evidence = tuple(self.proofs.held)
        wanted = {ask.kinds for ask in self.open_asks(timedelta(days=1))}
        for kinds, one in list(self.proofs.asked.items()):
            if kinds not in wanted:
                self.drop_task(step_of(one.ask))
        self.arrived()

    # What people are asked for

    def ask_for_proofs(self, within: timedelta) -> None:
        """Ask people for everything that is not held; what they gave up is not asked again."""
        for ask in self.open_asks(within):
            known = self.proofs.asked.get(ask.kinds)
            if known and known.abandoned:
                continue
            self.proofs.asked[ask.kinds] = AskedProof(ask=ask)
            self.tell(EventKey.EVIDENCE_ASKED, _when(ask), rule=ask.why)
            self.ask_person(_task(ask, overdue=False))
        self.proofs.changes += 1

    def give_up_proof(self, step: str, *, actor: str) -> bool:
        """Take a person's word that a proof cannot be had; False if *step* is no such ask."""
        for kinds, one in self.proofs.asked.items():
            if step_of(one.ask) == step:
                self.proofs.asked[kinds] = one.model_copy(update={"abandoned": True})
                self.tell(EventKey.EVIDENCE_ABANDONED, one.ask.key, actor=actor)
                self.drop_task(step)
                self.proofs.changes += 1
                return True
        return False

    async def mind_the_asks(self) -> None:
        """Mark what was not there in time, for as long as the case is open."""
        while not self.closed:
            await self._wait_for_proofs(self.proofs.changes)
            self._note_overdue()

    async def _wait_for_proofs(self, seen: int) -> None:
        until = min((one.ask.by for one in self._awaited()), default=None)
        await self.wait(lambda: self.proofs.changes != seen, until=until, why="evidence is due")

    def _awaited(self) -> list[AskedProof]:
        """Return the asks whose task stands and that are not overdue."""
        return [
            one
            for one in self.proofs.asked.values()
            if not (one.abandoned or one.overdue) and self.task(step_of(one.ask))
        ]

    def _note_overdue(self) -> None:
        for kinds, one in list(self.proofs.asked.items()):
            if one not in self._awaited() or one.ask.by > self.now:
                continue
            self.proofs.asked[kinds] = one.model_copy(update={"overdue": True})
            self.tell(EventKey.EVIDENCE_OVERDUE, one.ask.key, rule=_when(one.ask))
            self._ask_on_or_let_go(one.ask)

    def _ask_on_or_let_go(self, ask: EvidenceAsk) -> None:
        """Keep asking for what can still be made; the rest counts if somebody finds it."""
        now_open = {one.kinds: one for one in self.open_asks(timedelta(days=1))}
        again = now_open.get(ask.kinds)
        if again is None or not again.still_possible:
            self.drop_task(step_of(ask))
            return
        self.ask_person(_task(ask, overdue=True))


def _when(ask: EvidenceAsk) -> str:
    return f"{ask.key} by {aware(ask.by):%Y-%m-%d %H:%M}Z"


def _task(ask: EvidenceAsk, *, overdue: bool) -> HumanTask:
    return HumanTask(
        step=step_of(ask),
        ask=f"{'Overdue. ' if overdue else ''}{ask.ask}; {ask.why}.",
        ask_zh=f"{'已逾期。' if overdue else ''}{ask.ask_zh}",
        by=None if overdue else ask.by,
        options=(ATTACH_EVIDENCE, ABANDON),
        otherwise=WITHOUT_IT,
    )
