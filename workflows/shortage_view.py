"""The view of a shortage case: everything that outsiders may know of it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, CaseView, OfferView, RefundView
    from domain.offers import Offer
    from domain.supply_parts import OwedView, SupplyPart
    from workflows.case_view import deadline_views, playbook_ref
    from workflows.shortage import ShortageCase


def view_of(case: ShortageCase) -> CaseView:
    """Return the whole case."""
    tasks = case.tasks
    contact_by = case.ask.contact_by or case.asks[0].contact_by
    return CaseView(
        kind=case.kind,
        state=case.state,
        outcome=case.outcome,
        resumes_to=case.phase if case.state is CaseState.PARKED else None,
        case_id=case.case_id,
        shop_id=case.shop_id,
        order_id=case.order_id,
        order_ids=(case.order_id,),
        market=case.pinned.market if case.is_pinned else None,
        language=case.language,
        opened_at=case.opened_at,
        detected_at=case.detected_at,
        contact_by=contact_by.at if contact_by else None,
        contacted_at=case.contact.first_at,
        contact_mode=case.contact.mode,
        choice_by=case.choice_by.at if case.choice_by else None,
        promise_by=case.promise_by.at if case.promise_by else None,
        promised_at=case.promised_at,
        consent_by=case.consent_by.at if case.consent_by else None,
        due_at=None if case.closed else case.due_at,
        deadlines=deadline_views(case.all_deadlines()),
        choice=case.choice,
        offers=tuple(_offer_view(offer) for offer in case.offers),
        offers_not_made=case.bargain.not_made,
        supply=_supply_part(case),
        short_skus=tuple(case.short) or tuple({line.sku_id: None for line in case.units()}),
        refund=_refund_view(case),
        coupon=case.coupon,
        gift_to_pack=case.gift,
        replacement_order_id=case.replacement_order_id,
        assignee=case.assignee,
        incident_id=case.incident_id,
        stream=case.stream,
        source=case.source,
        needs_human=tasks[0] if tasks else None,
        tasks=tasks,
        breaches=tuple(case.story.breaches),
        evidence=case.evidence,
        playbook=playbook_ref(case),
        closed_at=case.closed_at,
    )


def _refund_view(case: ShortageCase) -> RefundView:
    amount = case.refund.amount
    return RefundView(
        status=case.refund.status,
        amount=amount.decimal() if amount else None,
        currency=amount.currency if amount else None,
        cancel_id=case.refund.cancel_id,
    )


def _offer_view(offer: Offer) -> OfferView:
    return OfferView(
        choice=offer.choice,
        promised_at=offer.promised_at,
        substitute_sku_id=offer.substitute_sku_id,
        gift=offer.gift,
        coupon_id=offer.coupon_id,
        discount=offer.discount.decimal() if offer.discount else None,
    )


def _supply_part(case: ShortageCase) -> SupplyPart | None:
    if not case.ledgers:
        return None
    bargain, supply = case.bargain, case.supply
    return SupplyPart(
        supplier=supply.supplier,
        answer_by=case.ask.supplier_by.at if case.ask.supplier_by else None,
        answered=case.date_known,
        course=bargain.judgement.course,
        course_why=bargain.judgement.why,
        dates=tuple(
            f"{sku} {padded.plain:%Y-%m-%d %H:%M}Z: {padded.why}"
            for (sku, _plain), padded in supply.padded.items()
        ),
        rounds=tuple(bargain.rounds),
        owed=tuple(
            OwedView(choice=choice, what=owed.what, by=owed.by, given=owed.given)
            for choice, owed in bargain.owed.items()
        ),
    )
