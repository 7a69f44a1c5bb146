"""What the page of a late pickup shows besides what every page does."""

from nicegui import ui

from console.cards import Page, card, case_link, facts, of_every_case, span
from console.evidence_cards import evidence, proofs, scenarios
from console.look import at
from domain.case_parts import PickupPart


def pickup_left(page: Page, part: PickupPart) -> None:
    """Show what is to be proven, and by what it is."""
    proofs(page, part.proofs)
    evidence(page)


def pickup_right(page: Page, part: PickupPart) -> None:
    """Show the parcel, who was told, and how well each cause could be proven."""
    _parcel(page, part)
    scenarios(page, part.scenarios)
    _told(page, part)
    if part.appeals:
        with card(page.say("Appeals")):
            for one in part.appeals:
                case_link(f"{one.ticket_id} · {page.term(one.outcome)}", one.case_id)


def _parcel(page: Page, part: PickupPart) -> None:
    with card(page.say("Parcel")):
        told = {
            "Package": part.package_id,
            "Where it stands": page.term(part.stage),
            "Carrier": part.carrier,
            "Tracking number": part.tracking_number,
            "Ready since": at(part.ready_at),
            "Missed pickup": span(part.missed_from, part.missed_until),
            "Booked pickup": span(part.slot_from, part.slot_until),
            "To be scanned by": at(part.scan_due_at),
            "Pickups missed": str(part.pickups_missed),
            "Collected": at(part.collected_at),
            "Watched for a penalty until": at(part.watch_until),
            "Carrier asked": ", ".join(at(one) for one in part.carrier_asked_at),
            **of_every_case(page),
        }
        facts(page, told)


def _told(page: Page, part: PickupPart) -> None:
    with card(page.say("Orders in the parcel")):
        for order_id in page.view.order_ids:
            told_at = part.told_at.get(order_id)
            words = (
                f"{page.say('buyer told')} {at(told_at)}"
                if told_at
                else page.say("buyer not told yet")
            )
            with ui.row().classes("w-full gap-2 items-baseline"):
                ui.label(order_id)
                ui.label(words).classes(
                    f"text-caption {'text-grey-7' if told_at else 'text-orange-9'}"
                )
