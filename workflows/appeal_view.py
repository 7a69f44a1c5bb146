"""The view of an appeal: everything that outsiders may know of it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.appeals import rounds_allowed
    from domain.case_parts import AppealPart, FilingView, PacketView
    from domain.cases import CaseView
    from domain.proofs import proof_views
    from workflows.appeal import AppealCase
    from workflows.appeal_state import Round
    from workflows.case_view import deadline_views, playbook_ref


def view_of(case: AppealCase) -> CaseView:
    """Return the whole appeal."""
    tasks = case.tasks
    orders = case.order_ids
    return CaseView(
        kind=case.kind,
        state=case.state,
        outcome=case.outcome,
        case_id=case.case_id,
        shop_id=case.shop_id,
        order_id=orders[0] if orders else None,
        order_ids=orders,
        market=case.pinned.market if case.is_pinned else None,
        language=case.language,
        opened_at=case.opened_at,
        detected_at=case.detected_at,
        due_at=None if case.closed else case.due_at,
        deadlines=deadline_views(case.all_deadlines()),
        assignee=case.assignee,
        source=case.source,
        needs_human=tasks[0] if tasks else None,
        tasks=tasks,
        breaches=tuple(case.story.breaches),
        evidence=case.evidence,
        appeal=_part(case),
        playbook=playbook_ref(case),
        closed_at=case.closed_at,
    )


def _part(case: AppealCase) -> AppealPart:
    deadlines = case.deadlines
    part = AppealPart(
        ticket_id=case.ticket_id,
        violation=case.violation,
        penalty_kind=case.penalty_kind,
        issued_at=case.issued_at,
        case_ids=tuple(case.case_ids),
        scenario=case.scenario,
        round=case.round.number,
        window_ends=deadlines.window_ends.at if deadlines.window_ends else None,
        internal_deadline=(
            deadlines.internal_deadline.at if deadlines.internal_deadline else None
        ),
        last_safe_moment=deadlines.last_safe_moment.at if deadlines.last_safe_moment else None,
        packet=_packet(case.round),
        rounds=tuple(_filing(one) for one in case.rounds),
    )
    return _with_rules(case, part) if case.is_pinned else part


def _with_rules(case: AppealCase, part: AppealPart) -> AppealPart:
    argued, proven, ready = case.argued, case.completeness(), case.readiness()
    proofs = proof_views(
        (argued,) if argued else (),
        case.proofs.all_held,
        asked=case.proofs.asked,
        late=frozenset(case.proofs.late),
        moments=case.moments(),
        now=case.closed_at or case.now,
    )
    return part.model_copy(
        update={
            "rule": argued.rule if argued else "",
            "assumed": bool(argued and argued.assumed),
            "rounds_allowed": rounds_allowed(case.pinned.profile),
            "score": proven.score if proven else 0.0,
            "complete": bool(proven and proven.complete),
            "ready": ready.ready and not case.closed and case.round.filing is None,
            "why": ready.why,
            "channel": "assisted" if case.assisted else "gateway",
            "proofs": proofs,
        }
    )


def _packet(one: Round) -> PacketView | None:
    built = one.packet
    if built is None:
        return None
    return PacketView(
        round=one.number,
        path=built.name,
        evidence_id=built.evidence_id,
        digest=built.digest,
        key_id=built.key_id,
        text=built.text,
        english=built.english,
        exhibits=tuple(file.evidence_id for file in built.files),
        built_at=built.built_at,
        notes=built.notes,
        checklist=built.checklist,
    )


def _filing(one: Round) -> FilingView:
    filing, answer = one.filing, one.answer
    view = FilingView(round=one.number, exhibits=one.exhibits, argument=one.argument)
    if filing:
        view = view.model_copy(
            update={
                "filed_at": filing.filed_at,
                "reference": filing.reference,
                "channel": filing.channel,
                "complete": filing.complete,
                "receipt": filing.receipt,
            }
        )
    if answer:
        view = view.model_copy(
            update={
                "decision": answer.decision.value,
                "reason": answer.reason,
                "decided_at": answer.decided_at,
            }
        )
    return view
