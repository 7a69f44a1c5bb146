"""What a person sees and presses, and what the case is then told."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from nicegui import ui

from casedesk.listing import CaseFilter
from console.alerts import Counted
from console.queue_page import read_wish
from console.subjects import subject_of
from domain.cases import (
    Breach,
    CaseKind,
    CaseOutcome,
    CaseState,
    DeadlineView,
    HumanTask,
    OfferView,
)
from domain.choices import Choice
from records.stock_alerts import StockAlert
from tests.support.console_desk import CASE, NOW, a_case, an_incident
from tests.support.console_visitor import Visitor

pytest_plugins = ["tests.support.console_visits"]

CONTACT = HumanTask(
    step="ask:1",
    ask="Tell the buyer.",
    by=NOW + timedelta(hours=2),
    options=("record_contact",),
    otherwise="Refunded unasked.",
    text="Dear buyer,\nA or C?",
)


async def test_a_contact_is_recorded_with_the_ready_text(visitor: Visitor) -> None:
    await visitor.opens(a_case(tasks=(CONTACT,), needs_human=CONTACT))
    await visitor.sees("Tell the buyer.", "Otherwise: Refunded unasked.")
    await visitor.presses("Record contact", until="Channel")
    visitor.types(Channel="phone")
    await visitor.presses("Send", until="Done")
    payload = {"step": "ask:1", "channel": "phone", "text": CONTACT.text, "actor": "amy"}
    assert [(CASE, "record_contact", payload)] == visitor.desk.decided


async def test_a_choice_that_a_person_heard_is_one_click(visitor: Visitor) -> None:
    await visitor.opens(a_case(offers=(OfferView(choice=Choice.REFUND),)))
    await visitor.sees("Nothing waits for a person.")
    await visitor.presses("C Refund", until="Done")
    payload = {"choice": "refund", "via": "person", "actor": "amy"}
    assert [(CASE, "record_choice", payload)] == visitor.desk.decided


async def test_a_missing_entry_is_asked_for_and_nothing_is_sent(visitor: Visitor) -> None:
    await visitor.opens(a_case())
    await visitor.presses("Note", until="Send")
    await visitor.presses("Send", until="text: is required; fill it in")
    assert [] == visitor.desk.decided


async def test_thinking_better_of_it_sends_nothing(visitor: Visitor) -> None:
    await visitor.opens(a_case())
    await visitor.presses("Withdraw", until="Cancel")
    visitor.user.find("Cancel").click()
    await visitor.sees_not("Send")
    assert [] == visitor.desk.decided


async def test_a_refusal_is_shown_with_its_reason(visitor: Visitor) -> None:
    await visitor.opens(a_case(), refusal="the case is closed")
    await visitor.presses("Take", until="the case is closed")


async def test_nobody_decides_without_a_name(visitor: Visitor) -> None:
    """Rule: every decision says who made it."""
    await visitor.opens(a_case())
    visitor.user.find("Your name").clear()
    await visitor.presses("Take", until="Give your name first.")
    assert [] == visitor.desk.decided
    visitor.user.find("Your name").type("bo")
    await visitor.presses("Take", until="Done")
    assert [(CASE, "take", {"actor": "bo"})] == visitor.desk.decided


async def test_deadlines_show_rule_doubt_and_breach(visitor: Visitor) -> None:
    missed = DeadlineView(
        name="contact_by", at=NOW - timedelta(hours=1), rule="detection + 24 h", assumed=True
    )
    breach = Breach(deadline="contact_by", due_at=missed.at, noticed_at=NOW)
    await visitor.opens(a_case(deadlines=(missed,), breaches=(breach,)))
    await visitor.sees("Contact by", "detection + 24 h", "assumed", "missed")


async def test_a_closed_case_shows_its_outcome_and_no_buttons(visitor: Visitor) -> None:
    closed = a_case(state=CaseState.CLOSED, outcome=CaseOutcome.REFUNDED_BY_CHOICE, closed_at=NOW)
    await visitor.opens(closed)
    await visitor.sees("Refunded by choice")
    await visitor.sees_not("Withdraw")


async def test_the_story_is_told_with_a_buyers_words_as_words(visitor: Visitor) -> None:
    await visitor.opens(a_case())
    await visitor.sees("Buyer wrote", "<b>hello</b>")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, CaseFilter()),
        ({"show": "nonsense", "kind": "nonsense", "shop": ""}, CaseFilter()),
        ({"show": "person"}, CaseFilter(needs_human=True)),
        ({"show": "closed"}, CaseFilter(closed=True)),
        ({"kind": "incident", "shop": "2"}, CaseFilter(kind=CaseKind.INCIDENT, shop_id="2")),
    ],
)
def test_the_queue_asks_for_what_its_address_says(
    query: dict[str, str], wanted: CaseFilter
) -> None:
    wish = read_wish(query)
    assert wanted == wish.filter()
    assert wish == read_wish(dict(parse_qsl(wish.address().removeprefix("/?"))))


async def test_the_queue_lists_cases_with_what_stands_out(visitor: Visitor) -> None:
    await visitor.user.open("/?show=person")
    (row,) = visitor.user.find(ui.table).elements.pop().rows
    assert CaseFilter(needs_human=True) in visitor.desk.wanted
    assert ("Order …785752", "Contacting", "Blue Jacket", CASE) == (
        row["about"],
        row["state"],
        row["shop"],
        row["case_id"],
    )
    assert ["person needed", "deadline missed"] == [flag["text"] for flag in row["flags"]]
    assert "orange-9" == row["colour"]


ALERT = StockAlert(
    shop_id="1", sku_id="1729", level="OUT_OF_STOCK", available=0, committed=None, changed_at=NOW
)


async def test_a_stock_alert_goes_once_somebody_has_looked(visitor: Visitor) -> None:
    visitor.alerts.alerts = [ALERT]
    await visitor.user.open("/")
    await visitor.sees("Count the shelf and open an incident for SKU 1729 · Blue Jacket")
    await visitor.sees("The platform says: out of stock · can still be sold: 0 · 20")
    visitor.user.find("Nothing to do").click()
    await visitor.sees_not("Count the shelf and open")
    assert [("1", "1729", "amy")] == visitor.alerts.settled


async def test_an_incident_is_opened_from_an_alert_with_what_was_counted(
    visitor: Visitor,
) -> None:
    """Rule: the platform's counts are never taken over; somebody went to the shelf."""
    visitor.meets(an_incident())
    visitor.alerts.alerts = [ALERT]
    await visitor.user.open("/")
    await visitor.presses("Open the incident", until="Send")
    await visitor.presses("Send", until="on_hand: is required; fill it in")
    await visitor.presses("Open the incident", until="Send")
    visitor.types(Units_on_the_shelf="-1")
    await visitor.presses("Send", until="on_hand: -1 is not a count")
    await visitor.presses("Open the incident", until="Send")
    visitor.types(Units_on_the_shelf="3", Supplier="Acme")
    visitor.user.find(kind=ui.button, content="Send").click()
    await visitor.sees("Awaiting restock", "Jacket")
    assert [("1", "1729", Counted(actor="amy", on_hand=3, supplier="Acme"))] == (
        visitor.alerts.opened
    )


@pytest.mark.parametrize(
    ("case_id", "order_id", "about"),
    [
        ("order-case:1:576461413038785752:2", "576461413038785752", "Order …785752"),
        ("order-case:1:77", None, "Order –"),
        ("pickup-case:1:1152921504606846976", "576461413038785752", "Parcel …846976"),
        ("appeal:1:T-1", "576461413038785752", "Ticket T-1"),
        ("incident:1:1729:k1", None, "SKU 1729"),
        ("odd", None, "Order –"),
    ],
)
def test_a_case_is_named_by_what_it_is_about(
    case_id: str, order_id: str | None, about: str
) -> None:
    subject = subject_of(case_id, order_id)
    assert about == f"{subject.word} {subject.short}"
