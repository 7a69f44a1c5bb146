"""The doors of an appeal besides those that every case has, by their names on the wire."""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from domain.appeals import Decision
    from domain.cases import CaseOutcome, CaseState, CaseView
    from domain.moves import Move
    from domain.playbook import FilingChannel
    from domain.timeline import PLATFORM, EventKey
    from workflows import appeal_answers, payloads
    from workflows.appeal import AppealCase
    from workflows.appeal_payloads import CasesJoined, RecordDecision, RecordFiling
    from workflows.appeal_phases.filing import hand_in
    from workflows.appeal_state import DECISION, Answer, Filing
    from workflows.appeal_view import view_of
    from workflows.case_handlers import find_evidence, no_later_than_now
    from workflows.evidence_handlers import EvidenceHandlers
    from workflows.ports import EvidenceFound


class AppealHandlers(EvidenceHandlers[AppealCase]):
    """Signals, updates and queries that an appeal answers."""

    @override
    def view_of(self, case: AppealCase) -> CaseView:
        return view_of(case)

    @override
    def attached(
        self, case: AppealCase, found: EvidenceFound, decision: payloads.AttachEvidence
    ) -> None:
        super().attached(case, found, decision)
        case.inbox.gather = True

    @override
    def why_not_resume(self, case: AppealCase, decision: payloads.ResumeStep) -> str:
        if decision.step in appeal_answers.READ_OFF:
            return appeal_answers.why_not(case, decision)
        return super().why_not_resume(case, decision)

    @override
    def settle_task(self, case: AppealCase, decision: payloads.ResumeStep) -> bool:
        if decision.step in appeal_answers.READ_OFF:
            appeal_answers.take(case, decision)
            return True
        return super().settle_task(case, decision)

    @override
    def why_not_override(self, case: AppealCase, decision: payloads.OverrideOutcome) -> str:
        if case.closed:
            return "the appeal is closed"
        if decision.action != "close":
            return f"an appeal can only be closed, not {decision.action!r}"
        return ""

    @workflow.signal
    def cases_joined(self, payload: Any = None) -> None:
        """The ticket concerns further cases, or those it concerns have something new to show."""
        fact = self._fact("cases_joined", CasesJoined, payload)
        if fact is None:
            return
        case = self._case()
        new = [one for one in fact.case_ids if one not in case.case_ids]
        if new:
            case.case_ids += new
            case.tell(EventKey.CASE_JOINED, ", ".join(new)[:400], actor="signal")
        case.named_orders += [one for one in fact.order_ids if one not in case.named_orders]
        appeal_answers.learn(case, issued_at=fact.issued_at)
        case.inbox.gather = True
        case.arrived()

    @workflow.update
    async def record_filing(self, payload: Any = None) -> CaseView:
        """A person handed the round in.

        Raises:
            ApplicationError: The vault knows no such receipt, or the round was filed meanwhile.
        """
        decision, fresh = self._decision(RecordFiling, payload)
        if fresh:
            await self._record_filing(self._case(), decision)
        return self.view()

    async def _record_filing(self, case: AppealCase, decision: RecordFiling) -> None:
        try:
            if decision.evidence_id:
                found = await find_evidence(case, decision.evidence_id)
                refusal = _why_no_receipt(found) or _may_file(case, decision)
                if refusal:
                    raise self._refusal(f"{decision.evidence_id}: {refusal}")
        except FailureError:
            case.forget_answer(decision.request_id)
            raise
        filing = Filing(
            reference=decision.reference,
            filed_at=no_later_than_now(case, decision.filed_at),
            channel=FilingChannel.ASSISTED,
            complete=case.readiness().complete,
            actor=decision.actor,
            receipt=decision.evidence_id,
        )
        hand_in(case, filing, f"{decision.reference}, round {case.round.number}")

    @record_filing.validator
    def _may_record_filing(self, payload: Any = None) -> None:
        self._validate(RecordFiling, payload, _may_file)

    @workflow.update
    async def record_decision(self, payload: Any = None) -> CaseView:
        """What the platform answered."""
        decision, fresh = self._decision(RecordDecision, payload)
        if fresh:
            _decide(self._case(), decision)
        return self.view()

    @record_decision.validator
    def _may_record_decision(self, payload: Any = None) -> None:
        self._validate(RecordDecision, payload, _may_decide)


def _may_file(case: AppealCase, _decision: RecordFiling) -> str:
    if case.closed:
        return "the appeal is closed"
    if case.phase in (CaseState.FILED, CaseState.REJECTED):
        return f"round {case.round.number} was filed already"
    if case.phase is not CaseState.READY:
        return f"the appeal is not ready: {case.readiness().why}"
    if case.round.handing_in:
        return "the gateway is handing it in; give up its step first"
    return ""


def _why_no_receipt(found: EvidenceFound) -> str:
    return "not in the vault" if found.held is None else ""


def _may_decide(case: AppealCase, decision: RecordDecision) -> str:
    if case.closed:
        return "the appeal is closed"
    if decision.decision not in set(Decision):
        return f"decision {decision.decision!r} is unknown; use accepted or rejected"
    if case.phase is not CaseState.FILED:
        return f"round {case.round.number} has not been filed"
    return ""


def _decide(case: AppealCase, decision: RecordDecision) -> None:
    answered = Decision(decision.decision)
    at = no_later_than_now(case, decision.decided_at)
    case.round.answer = Answer(decision=answered, reason=decision.reason, decided_at=at)
    case.drop_task(DECISION)
    detail = f"{answered}: {decision.reason[:300]}"
    case.tell(EventKey.APPEAL_DECIDED, detail, actor=decision.actor, rule=PLATFORM)
    if answered is Decision.ACCEPTED:
        case.move(Move.ACCEPTED, outcome=CaseOutcome.APPEAL_WON)
    else:
        case.move(Move.REJECTED)
    case.arrived()
