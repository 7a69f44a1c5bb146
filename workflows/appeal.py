"""The state of an appeal: one ticket, its cases and proofs, its rounds and their windows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.appeal_moves import APPEAL
    from domain.appeal_texts import AppealMoment, MomentAt
    from domain.appeals import (
        AppealDeadlines,
        FiledRound,
        Readiness,
        adds_something_new,
        appeal_deadlines,
        readiness,
    )
    from domain.cases import CaseKind, CaseState
    from domain.completeness import Completeness, EvidenceAsk, ProofMoments, completeness
    from domain.deadlines import Deadline
    from domain.moves import MoveTable
    from domain.playbook import FilingChannel
    from domain.proofs import asks_of, best_score, scenario_views
    from domain.requirements import RequirementSet, Scenario, violation_of
    from domain.timeline import EventKey
    from workflows import names
    from workflows.appeal_payloads import AppealInput
    from workflows.appeal_state import (
        ARGUMENT,
        ORDERS,
        SCENARIO,
        WINDOW,
        AppealInbox,
        Round,
    )
    from workflows.evidence import EvidenceCase, Proofs, step_of
    from workflows.ports import Gathered


class AppealCase(EvidenceCase):
    """An appeal against one ticket of the platform."""

    moves: ClassVar[MoveTable] = APPEAL
    parks_visibly: ClassVar[bool] = False
    inbox: AppealInbox

    def __init__(self, inp: AppealInput) -> None:
        super().__init__(
            kind=CaseKind.APPEAL,
            shop_id=inp.shop_id,
            detected_at=inp.detected_at,
            playbook_name=inp.playbook,
            source=inp.source,
            first_phase=CaseState.COLLECTING,
        )
        self.ticket_id = inp.ticket_id
        self.penalty_kind = inp.kind
        self.violation = violation_of(inp.kind)
        self.issued_at = inp.issued_at
        self.language = inp.language
        self.case_ids: list[str] = list(dict.fromkeys(inp.case_ids))
        self.named_orders: list[str] = list(dict.fromkeys(inp.order_ids))
        self.inbox = AppealInbox()
        self.proofs = Proofs()
        self.sets: tuple[RequirementSet, ...] = ()
        """What wins, for every scenario that can excuse the violation; pinned."""
        self.gathered: Gathered | None = None
        """What the cases of the ticket could show when they were last looked at."""
        self.scenario: Scenario | None = None
        self.picked_by: str | None = None
        """Who picked the scenario; None while the facts decide."""
        self.another_round: bool | None = None
        """Whether a person says that the platform takes another round."""
        self.reminded_until = self.opened_at
        self.rounds: list[Round] = [
            Round(number=1, begins_at=inp.issued_at, opened_at=self.opened_at)
        ]

    @override
    def begin_at(self, opened_at: datetime) -> None:
        super().begin_at(opened_at)
        self.reminded_until = self.rounds[0].opened_at = opened_at

    @property
    def round(self) -> Round:
        """The newest round."""
        return self.rounds[-1]

    @property
    @override
    def shows_nothing(self) -> bool:
        return not self.is_pinned and not self.parked

    @property
    def order_ids(self) -> tuple[str, ...]:
        """Every order that the ticket concerns."""
        of_cases = self.gathered.order_ids if self.gathered else ()
        return tuple(dict.fromkeys((*self.named_orders, *of_cases)))

    @property
    def assisted(self) -> bool:
        """Whether a person hands the round in."""
        by_playbook = self.pinned.playbook.appeal.channel is FilingChannel.ASSISTED
        return by_playbook or self.round.by_hand

    # What is proven

    @property
    def argued(self) -> RequirementSet | None:
        """What has to be proven for the scenario that is argued."""
        return next((one for one in self.sets if one.scenario is self.scenario), None)

    def take_gathered(self, gathered: Gathered) -> None:
        """Take what the cases can show; the cause they point to is argued unless a person says."""
        self.gathered = gathered
        self.proofs.late |= set(gathered.late)
        self.hold(gathered.held, detail="of the ticket's cases")
        pointed = gathered.scenario
        if self.picked_by is None and pointed is not None and pointed is not self.scenario:
            self.argue(pointed)
            self.tell(EventKey.APPEAL_ARGUES, pointed, rule="facts and evidence point to it")

    def argue(self, scenario: Scenario) -> None:
        """Argue a scenario from now on; what only another one wants is asked for no more."""
        self.scenario = scenario
        argued = self.argued
        self.proofs.sets = (argued,) if argued else ()
        for one in self.proofs.asked.values():
            self.drop_task(step_of(one.ask))
        self.proofs.asked = {}
        self.drop_task(SCENARIO)

    @property
    @override
    def known_sets(self) -> tuple[RequirementSet, ...]:
        return (*self.proofs.sets, *self.sets)

    @override
    def open_asks(self, within: timedelta) -> tuple[EvidenceAsk, ...]:
        proven = self.completeness()
        if proven is None or self.scenario is None:
            return ()
        return asks_of(proven, self.scenario, self.now, within=within)

    def best_scenario(self) -> Scenario | None:
        """Return the scenario that is proven best, the first of several."""
        views = scenario_views(
            self.sets, self.proofs.all_held, moments=self.moments(), now=self.now
        )
        best = best_score(views)
        return next((view.scenario for view in views if view.score == best), None)

    @override
    def moments(self) -> ProofMoments:
        ends = self.deadlines.window_ends
        window_ends = ends.at if ends else None
        if self.gathered:
            return self.gathered.moments.model_copy(update={"window_ends": window_ends})
        return ProofMoments(
            zone=self.pinned.profile.zone, slot_ends=self.detected_at, window_ends=window_ends
        )

    def completeness(self) -> Completeness | None:
        """Return how far the argued scenario is proven; None while nobody knows which it is."""
        argued = self.argued
        if argued is None:
            return None
        return completeness(argued, self.proofs.all_held, self.now, moments=self.moments())

    def readiness(self) -> Readiness:
        """Tell whether the round may be handed in now."""
        proven = self.completeness()
        complete = bool(proven and proven.complete and self.order_ids)
        ready = readiness(
            self.deadlines,
            complete=complete,
            adds_something_new=self.is_new(),
            now=self.now,
        )
        if ready.ready and not self.order_ids:
            why = "nobody knows which orders the ticket is about"
            return Readiness(ready=False, complete=False, why=why)
        return ready

    def is_new(self) -> bool:
        """Tell whether the round has an exhibit or an argument that no earlier one had."""
        digests = tuple(one.digest for one in self.proofs.all_held)
        mine = FiledRound(exhibits=digests, argument=self.round.argument)
        return adds_something_new([one.as_filed() for one in self.rounds[:-1]], mine)

    # What is handed in

    def story_to_tell(self) -> tuple[MomentAt, ...]:
        """Return every moment that the text may speak of, in order of time."""
        mine = [(AppealMoment.PENALTY, self.issued_at)]
        for one in self.rounds[:-1]:
            mine.append((AppealMoment.FILED, one.filing.filed_at if one.filing else None))
            mine.append((AppealMoment.REJECTED, one.answer.decided_at if one.answer else None))
        more = [MomentAt(moment=moment, at=at) for moment, at in mine if at]
        told = (*(self.gathered.story if self.gathered else ()), *more)
        return tuple(sorted(told, key=lambda one: one.at))

    # Windows

    @property
    def deadlines(self) -> AppealDeadlines:
        """The instants of the newest round."""
        return self.round.deadlines or AppealDeadlines(round=self.round.number)

    def set_deadlines(self) -> None:
        """Compute the window of the newest round from what is known of it now."""
        now = self.round
        if now.begins_at is None and now.shown_end is None:
            now.deadlines = AppealDeadlines(
                round=now.number,
                ask="When the penalty was issued is not known; read the end of the window off the "
                "ticket in Seller Center and record it",
            )
            return
        now.deadlines = appeal_deadlines(
            now.number,
            begins_at=now.begins_at or now.opened_at,
            opened_at=now.opened_at,
            profile=self.pinned.profile,
            rules=self.pinned.playbook.appeal,
            shown_end=now.shown_end,
        )

    def has_ended(self) -> bool:
        """Whether the window of the newest round has passed."""
        ends = self.deadlines.window_ends
        return ends is not None and self.now >= ends.at

    def next_instant(self) -> datetime | None:
        """Return when the newest round has to be judged again whatever arrives."""
        known = self.all_deadlines()
        return min((one.at for one in known if one.at > self.now), default=None)

    def all_deadlines(self) -> tuple[Deadline, ...]:
        """Return the deadlines of the newest round, in the order they come."""
        d = self.deadlines
        known = (d.internal_deadline, d.last_safe_moment, d.window_ends)
        return tuple(deadline for deadline in known if deadline)

    def drop_round_tasks(self) -> None:
        """Take back everything that was asked of people for a round that is handed in."""
        for step in (SCENARIO, WINDOW, ORDERS, ARGUMENT):
            self.drop_task(step)
        for one in self.proofs.asked.values():
            self.drop_task(step_of(one.ask))

    def begin_round(self, begins_at: datetime) -> None:
        """Begin the next round, counted from the rejection."""
        number = self.round.number + 1
        self.rounds.append(Round(number=number, begins_at=begins_at, opened_at=self.now))
        self.inbox.gather = True
        self.set_deadlines()

    # What others see

    @override
    def attributes(self) -> Mapping[str, Any]:
        orders = self.order_ids
        waits = self.phase in (CaseState.COLLECTING, CaseState.READY, CaseState.SECOND_ROUND)
        ends = self.deadlines.window_ends
        return {
            **super().attributes(),
            names.CASE_ORDER.name: orders[0] if orders else None,
            names.CASE_MARKET.name: self.pinned.market if self.is_pinned else None,
            names.CASE_DUE_AT.name: ends.at if ends and waits else None,
        }
