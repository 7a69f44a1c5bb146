"""The view of a late pickup: everything that outsiders may know of it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case_parts import AppealRef, PickupPart
    from domain.cases import CaseState, CaseView
    from domain.proofs import best_score, proof_views, scenario_views
    from workflows import names
    from workflows.case_view import deadline_views, playbook_ref
    from workflows.pickup import PickupCase


def view_of(case: PickupCase) -> CaseView:
    """Return the whole case."""
    tasks = case.tasks
    return CaseView(
        kind=case.kind,
        state=case.state,
        outcome=case.outcome,
        resumes_to=case.phase if case.state is CaseState.PARKED else None,
        case_id=case.case_id,
        shop_id=case.shop_id,
        order_id=case.order_ids[0] if case.orders else None,
        order_ids=case.order_ids,
        market=case.pinned.market if case.is_pinned else None,
        language=case.language,
        opened_at=case.opened_at,
        detected_at=case.detected_at,
        contact_by=case.contact_by.at if case.contact_by else None,
        contacted_at=case.contacted_at,
        contact_mode=case.telling.mode,
        promise_by=case.promise_by.at if case.promise_by else None,
        due_at=None if case.closed else case.due_at,
        deadlines=deadline_views(case.all_deadlines()),
        assignee=case.assignee,
        source=case.source,
        needs_human=tasks[0] if tasks else None,
        tasks=tasks,
        breaches=tuple(case.story.breaches),
        evidence=case.evidence,
        pickup=_part(case),
        playbook=playbook_ref(case),
        closed_at=case.closed_at,
    )


def _part(case: PickupCase) -> PickupPart:
    package, slot, missed = case.package, case.slot, case.rebooking.missed
    part = PickupPart(
        package_id=case.package_id,
        stage=package.stage if package else None,
        carrier=package.carrier if package else "",
        tracking_number=package.tracking_number if package else "",
        slot_from=slot.start if slot else None,
        slot_until=slot.end if slot else None,
        pickups_missed=case.rebooking.times_missed,
        missed_from=missed.start if missed else None,
        missed_until=missed.end if missed else None,
        ready_at=case.ready_at,
        scan_due_at=case.scan_due_at,
        collected_at=case.collected_at,
        watch_until=case.watch_until.at if case.watch_until else None,
        carrier_asked_at=tuple(case.carrier_asked_at),
        told_at=dict(case.telling.told),
        appeals=tuple(
            AppealRef(
                ticket_id=ticket, case_id=names.appeal_id(case.shop_id, ticket), outcome=outcome
            )
            for ticket, outcome in case.appeals.items()
        ),
    )
    return _with_proofs(case, part) if case.is_pinned else part


def _with_proofs(case: PickupCase, part: PickupPart) -> PickupPart:
    now, moments, held = case.closed_at or case.now, case.moments(), case.proofs.all_held
    scenarios = scenario_views(case.proofs.sets, held, moments=moments, now=now)
    proofs = proof_views(
        case.proofs.sets,
        held,
        asked=case.proofs.asked,
        late=frozenset(case.proofs.late),
        moments=moments,
        now=now,
    )
    return part.model_copy(
        update={"scenarios": scenarios, "score": best_score(scenarios), "proofs": proofs}
    )
