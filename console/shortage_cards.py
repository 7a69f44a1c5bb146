"""What the page of an oversold or unavailable order shows besides what every page does."""

from nicegui import ui

from console.cards import Page, card, case_link, facts, of_every_case
from console.look import at
from domain.cases import OfferView
from domain.supply_parts import OwedView, RoundView


def offers(page: Page) -> None:
    """Show what the buyer was offered, and why not more."""
    view = page.view
    if not (view.offers or view.offers_not_made):
        return
    with card(page.say("Offers")):
        for offer in view.offers:
            _offer(page, offer)
        if view.offers_not_made:
            ui.label(page.say("Not offered")).classes("text-caption text-grey-8 q-mt-sm")
        for why in view.offers_not_made:
            ui.label(why).classes("text-body2 text-grey-8 break-words")


def _offer(page: Page, offer: OfferView) -> None:
    details = [
        at(offer.promised_at) if offer.promised_at else None,
        offer.substitute_sku_id,
        offer.gift,
        offer.coupon_id,
        _discount(page, offer.discount),
    ]
    with ui.row().classes("w-full gap-2"):
        chosen = " ✓" if page.view.choice == offer.choice else ""
        ui.label(f"{page.term(offer.choice)}{chosen}").classes("text-weight-medium")
        ui.label(" · ".join(detail for detail in details if detail))


def _discount(page: Page, discount: str | None) -> str | None:
    return f"{page.say('Discount')} {discount}" if discount else None


def supply(page: Page) -> None:
    """Show the supplier's answer, the course that follows from it, and what is still owed."""
    part = page.view.supply
    if part is None:
        return
    with card(page.say("Restock and compensation")):
        told = {
            "Supplier": part.supplier,
            "Answer needed by": at(part.answer_by) if part.answer_by else None,
            "Answered": page.say("yes") if part.answered else page.say("no"),
            "Course": page.term(part.course, "course"),
        }
        facts(page, told)
        for sentence in (part.course_why, *part.dates):
            if sentence:
                ui.label(sentence).classes("text-body2 text-grey-8 break-words")
        for one in part.rounds:
            _round(page, one)
        for owed in part.owed:
            _owed(page, owed)


def _round(page: Page, one: RoundView) -> None:
    details = [
        at(one.promised_at) if one.promised_at else None,
        one.gift,
        one.coupon_id,
        _discount(page, one.discount),
    ]
    words = " · ".join(detail for detail in details if detail)
    ui.label(f"{page.say('Round')} {one.number}, {at(one.at)}: {words or '–'}").classes(
        "break-words"
    )


def _owed(page: Page, owed: OwedView) -> None:
    with ui.row().classes("w-full items-center gap-2"):
        ui.icon("check_circle" if owed.given else "pending").classes(
            "text-positive" if owed.given else "text-orange-9"
        )
        ui.label(owed.what).classes("break-words")
        state = page.say("given") if owed.given else page.say("still owed")
        by = f" {page.say('by')} {at(owed.by)}" if owed.by and not owed.given else ""
        ui.label(f"{state}{by}").classes("text-caption text-grey-8")


def shortage_facts(page: Page) -> None:
    """Show how an order stands."""
    view = page.view
    refund = " ".join(filter(None, (view.refund.amount, view.refund.currency)))
    with card(page.say("Facts")):
        told = {
            "Language": view.language,
            "Contact": page.term(view.contact_mode),
            "Promised": at(view.promised_at),
            "Refund": f"{page.term(view.refund.status)} {refund}".strip(),
            "Coupon": page.term(view.coupon.status),
            "Gift to pack": view.gift_to_pack,
            "Replacement order": view.replacement_order_id,
            "Stream": view.stream,
            **of_every_case(page),
        }
        facts(page, told)
        if view.incident_id:
            case_link(page.say("Incident of this shortage"), view.incident_id)
