"""The page of each kind of case: what it shows, and what its own buttons send."""

import json
from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui

from console.case_page import look
from console.uploads import Answer, read_answer
from domain.case_parts import FilingView, PacketView, ProofState
from domain.cases import CaseKind, CaseState, HumanTask, OfferView, TimelineEvent
from domain.choices import Choice
from domain.incidents import LotView, RestockDate, RestockState
from domain.requirements import RequirementKind, Scenario
from domain.stockout import Course
from domain.supply_parts import OwedView, SupplyPart
from domain.timeline import EventKey
from tests.support.console_desk import (
    APPEAL,
    CASE,
    INCIDENT,
    NOW,
    PICKUP_CASE,
    HeldEvidence,
    OneCaseDesk,
    TheseOrders,
    a_case,
    a_late_pickup,
    a_proof,
    an_appeal,
    an_incident,
    an_item,
    rooms_of,
)
from tests.support.console_visitor import Visitor

pytest_plugins = ["tests.support.console_visits"]

PACKET = PacketView(
    round=1,
    path="packets/T-1.zip",
    digest="cd" * 32,
    key_id="ef" * 32,
    text="Kami mengajukan banding.",
    english="We appeal against ticket T-1.",
    evidence_id="ev-7",
    built_at=NOW,
    checklist=("Open the ticket in Seller Center.",),
    notes=("install fonts-thai to get a PDF",),
)
SHORT_ORDER, SERVED_ORDER = "576461413038785752", "576461413038785753"


def _picker(visitor: Visitor) -> ui.element:
    """Return where a file is chosen."""
    found = visitor.user.find(kind=ui.element).elements
    return next(one for one in found if one.tag == "q-uploader")


def _tells(element: ui.element, event: str, body: Any) -> None:
    """Let the browser tell of an event."""
    listener = next(one for one in element._event_listeners.values() if one.type == event)
    element._handle_event({"listener_id": listener.id, "args": body})


async def _asks_for_file(visitor: Visitor) -> ui.element:
    await visitor.presses("Add file", until="Remark")
    return _picker(visitor)


async def _closes(visitor: Visitor) -> None:
    visitor.user.find(kind=ui.button, content="Close").click()
    await visitor.sees_not("Remark")


# Late pickups


async def test_a_late_pickup_shows_what_is_held_missing_and_until_when(visitor: Visitor) -> None:
    asked = a_proof(scenarios=(Scenario.CARRIER_NEVER_CAME,))
    held = a_proof(RequirementKind.BOOKING_CONFIRMATION, state=ProofState.HELD)
    helps = a_proof(RequirementKind.CARRIER_CHAT, needed=False, state=ProofState.OVERDUE)
    await visitor.opens(a_late_pickup(held, asked, helps), an_item(note="three of them"))
    await visitor.sees("Parcel 1152921504606846976", "J&T Express", "JT0001", "buyer not told yet")
    await visitor.sees("Booked pickup", "Blue Jacket")
    await visitor.sees_not("Taken by", "Closed")
    await visitor.sees("Asked", "Ready photo", "Add a photo of the ready parcels", "(in 4 h 5")
    await visitor.sees("an appeal needs it if the cause is: Carrier never came")
    await visitor.sees("Overdue", "helps", "Held", "Booking confirmation", "made by the system")
    await visitor.sees("2.4 MB · SHA-256 abababababab…", "three of them", "taken ")


async def test_what_a_proof_must_show_is_said_in_chinese_where_its_task_knows_it(
    visitor: Visitor,
) -> None:
    task = HumanTask(
        step="evidence:ready_photo", ask="Add a photo.", ask_zh="请补充：备妥包裹的照片"
    )
    visitor.meets(a_late_pickup(a_proof(), a_proof(RequirementKind.CARRIER_CHAT), tasks=(task,)))
    await visitor.user.open(f"/cases/{PICKUP_CASE}?lang=zh")
    await visitor.sees("请补充：备妥包裹的照片", "包裹备妥照片", "待提供", "尚未告知买家", "店铺")
    await visitor.sees_not("Add a photo.", "Ready photo")


async def test_a_missing_proof_is_handed_in_under_its_own_name(visitor: Visitor) -> None:
    """Rule: the browser streams the file to the API; the page only says where to."""
    kinds = (RequirementKind.CARRIER_CHAT, RequirementKind.CALL_RECORDING)
    await visitor.opens(a_late_pickup(a_proof(key="answer_of_carrier", kinds=kinds)))
    url = (await _asks_for_file(visitor)).props[":url"]
    await visitor.sees("What it is")
    assert f"/api/cases/{PICKUP_CASE.replace(':', '%3A')}/evidence?" in url
    for part in ("requirement=carrier_chat", "actor=amy", "encodeURIComponent(files[0].name)"):
        assert part in url
    await _closes(visitor)


async def test_when_a_file_was_taken_can_be_said(visitor: Visitor) -> None:
    await visitor.opens(a_late_pickup())
    picker = await _asks_for_file(visitor)
    taken = "Taken at, if the file does not say"
    visitor.types(**{taken: "tomorrow"})
    await visitor.sees("captured_at: 'tomorrow' is no time; write 2026-01-31 18:00")
    assert not picker.visible
    visitor.user.find(taken).clear().type("2026-11-25 18:00")
    await visitor.sees_not("is no time")
    assert picker.visible
    assert "captured_at=2026-11-25T18%3A00%3A00Z" in picker.props[":url"]
    await _closes(visitor)


async def test_what_became_of_a_file_is_told_in_one_sentence(visitor: Visitor) -> None:
    await visitor.opens(a_late_pickup())
    picker = await _asks_for_file(visitor)
    _tells(picker, "failed", json.dumps({"error": "x.jpg is a program"}))
    await visitor.sees("x.jpg is a program")
    _tells(picker, "failed", "")
    await visitor.sees("The file did not arrive.")
    _tells(picker, "rejected", None)
    await visitor.sees("The file was not sent: it is larger than 4,000 MB")
    _tells(picker, "uploaded", json.dumps({"evidence": {"evidence_id": "ev-1"}, "why_not": ""}))
    await visitor.sees("Kept as ev-1")
    await _closes(visitor)


async def test_nobody_hands_in_without_a_name(visitor: Visitor) -> None:
    await visitor.opens(a_late_pickup())
    visitor.user.find("Your name").clear()
    await visitor.presses("Add file", until="Give your name first.")
    await visitor.sees_not("Remark")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ('{"evidence": {"evidence_id": "e"}, "why_not": "closed"}', Answer("e", "closed")),
        ('{"error": "no"}', Answer(trouble="no")),
        ('{"detail": [1]}', Answer()),
        ("<html>", Answer()),
        ("[1]", Answer()),
        (None, Answer()),
    ],
)
def test_answers_of_the_api_are_read_whatever_they_are(body: Any, answer: Answer) -> None:
    assert answer == read_answer(body)


async def test_whoever_hands_evidence_on_must_say_to_whom(visitor: Visitor) -> None:
    await visitor.opens(a_late_pickup(), an_item())
    await visitor.presses("Hand on", until="To whom, and why")
    visitor.user.find(kind=ui.button, content="Download").click()
    await visitor.sees_not("To whom, and why")
    assert [] == visitor.user.download.http_responses
    await visitor.presses("Hand on", until="To whom, and why")
    visitor.user.find("To whom, and why").type("the carrier")
    visitor.user.find(kind=ui.button, content="Download").click()
    answer = await visitor.user.download.next()
    assert {"given_to": "the carrier"} == dict(answer.request.url.params)


# Appeals


async def test_an_appeal_shows_its_round_its_text_and_what_it_takes(visitor: Visitor) -> None:
    rounds = (FilingView(round=1, reference="A-1", decision="rejected", reason="unclear"),)
    await visitor.opens(an_appeal(packet=PACKET, rounds=rounds, round=2), an_item())
    await visitor.sees("Ticket T-1", "Round 2", "ready to file", "complete", "2 / 2")
    await visitor.sees("everything needed is proven", "Rejected", "unclear", PICKUP_CASE)
    await visitor.sees("24 / 1,800 characters", PACKET.text, "install fonts-thai to get a PDF")
    await visitor.sees("The same in English", "1. Open the ticket in Seller Center.")
    await visitor.sees("2.4 MB · SHA-256 abababababab…")


async def test_the_text_of_a_filing_stands_once_with_its_length_and_its_button(
    visitor: Visitor,
) -> None:
    task = HumanTask(step="file", ask="File it.", options=("record_filing",), text=PACKET.text)
    await visitor.opens(an_appeal(packet=PACKET, tasks=(task,)))
    await visitor.sees("24 / 1,800 characters")
    shown = visitor.user.find(kind=ui.label, content=PACKET.text).elements
    pressed = visitor.user.find(kind=ui.button, content="Record the filing").elements
    assert (1, 1) == (len(shown), len(pressed))


async def test_copies_stand_apart_from_what_was_collected(visitor: Visitor) -> None:
    copy = an_item(evidence_id="ev-copy", derived_from="ev-1", collected_by="case")
    await visitor.opens(a_late_pickup(), an_item(), copy)
    await visitor.sees("Copies made for packets (1)", "copy")


async def test_a_packet_that_is_downloaded_is_entered_as_handed_on(visitor: Visitor) -> None:
    await visitor.opens(an_appeal(packet=PACKET))
    visitor.user.find("Download the packet").click()
    request = (await visitor.user.download.next()).request
    given_to = {"given_to": "the platform, as round 1 of the appeal"}
    assert ("/api/evidence/ev-7", given_to) == (request.url.path, dict(request.url.params))


async def test_a_filing_is_recorded_with_its_screenshot(visitor: Visitor) -> None:
    await visitor.opens(an_appeal())
    await visitor.presses("Record the filing", until="Screenshot that shows it")
    picker = _picker(visitor)
    assert "requirement=filing_receipt&actor=amy&attach=false" in picker.props[":url"]
    _tells(picker, "uploaded", json.dumps({"evidence": {"evidence_id": "ev-9"}}))
    await visitor.sees("Kept as ev-9")
    visitor.types(Reference="AP-1", Filed_at="2026-11-25 10:00")
    await visitor.presses("Send", until="Done")
    payload = {"reference": "AP-1", "filed_at": "2026-11-25T10:00:00+00:00", "evidence_id": "ev-9"}
    assert [(APPEAL, "record_filing", {**payload, "actor": "amy"})] == visitor.desk.decided


async def test_a_decision_of_the_platform_is_recorded(visitor: Visitor) -> None:
    await visitor.opens(an_appeal(state=CaseState.FILED, ready=False))
    await visitor.presses("Rejected", until="Send")
    visitor.types(Reason="not clear")
    await visitor.presses("Send", until="Done")
    payload = {"decision": "rejected", "reason": "not clear", "actor": "amy"}
    assert [(APPEAL, "record_decision", payload)] == visitor.desk.decided


async def test_the_cause_that_is_argued_is_one_click(visitor: Visitor) -> None:
    task = HumanTask(step="scenario", ask="Say which cause.", options=("done",))
    await visitor.opens(an_appeal(tasks=(task,), ready=False))
    await visitor.presses("Carrier no room", until="Done")
    payload = {"step": "scenario", "how": "done", "reference": "carrier_no_room", "actor": "amy"}
    assert [(APPEAL, "resume_step", payload)] == visitor.desk.decided


# Incidents


async def test_an_incident_shows_its_units_its_changes_and_its_supplier(visitor: Visitor) -> None:
    date = RestockDate(state=RestockState.EXPECTED, said_at=NOW, source="Acme", why="by 22h")
    lot = LotView(lot_id="L1", quantity=20, at=NOW)
    visitor.desk.story = (
        TimelineEvent(at=NOW, key=EventKey.ORDER_MOVED, actor="bo", detail="123 to served: press"),
    )
    asked = NOW + timedelta(hours=5)
    await visitor.opens(an_incident(dates=(date,), lots=(lot,), next_chase_at=asked))
    await visitor.sees("SKU 1729", "Jacket", "On the shelf", "Cases open", "bo · 123 to served")
    await visitor.sees("Stock", "Changed", "read back", "1729:W1: 7 → 0", "no ads are mapped")
    await visitor.sees("Date known", "by 22h", "L1 · 20 units", "(in 4 h 5")


async def test_orders_are_listed_by_how_they_stand_and_found_by_their_last_digits(
    visitor: Visitor,
) -> None:
    await visitor.opens(an_incident())
    (table,) = visitor.user.find(ui.table).elements
    (short,) = table.rows
    assert (SHORT_ORDER, "3rd in line; none are left", "served", "Serve", f"/cases/{CASE}") == (
        short["order_id"],
        short["why"],
        short["to"],
        short["move"],
        short["case"],
    )
    visitor.user.find("Order number ends with").type("5753")
    (found,) = table.rows
    assert (SERVED_ORDER, "Served", "short") == (found["order_id"], found["standing"], found["to"])


async def test_an_order_is_moved_with_a_reason(visitor: Visitor) -> None:
    await visitor.opens(an_incident())
    (table,) = visitor.user.find(ui.table).elements
    _tells(table, "move", table.rows[0])
    await visitor.sees(f"Serve {SHORT_ORDER}")
    visitor.types(Reason="a press order")
    await visitor.presses("Send", until="Done")
    payload = {"order_id": SHORT_ORDER, "to": "served", "reason": "a press order", "actor": "amy"}
    assert [(INCIDENT, "move_order", payload)] == visitor.desk.decided


@pytest.mark.parametrize(
    ("button", "entries", "update", "payload"),
    [
        ("Count the shelf", {"Units on the shelf": "7"}, "set_on_hand", {"on_hand": 7}),
        (
            "Units arrived",
            {"Lot": "L2", "Quantity": "30"},
            "receive_lot",
            {"lot_id": "L2", "quantity": 30},
        ),
        ("It never comes", {}, "set_restock", {"state": "unavailable", "sku_id": "1729"}),
    ],
)
async def test_what_people_know_of_the_units_is_recorded(
    button: str, entries: dict[str, str], update: str, payload: dict[str, Any], visitor: Visitor
) -> None:
    await visitor.opens(an_incident())
    await visitor.presses(button, until="Send")
    visitor.types(**entries)
    await visitor.presses("Send", until="Done")
    assert [(INCIDENT, update, {**payload, "actor": "amy"})] == visitor.desk.decided


async def test_what_is_no_number_is_refused_with_an_example(visitor: Visitor) -> None:
    await visitor.opens(an_incident())
    await visitor.presses("Count the shelf", until="Send")
    visitor.types(Units_on_the_shelf="many")
    await visitor.presses("Send", until="on_hand: 'many' is no whole number; write 12")
    assert [] == visitor.desk.decided


async def test_the_orders_are_read_anew_only_when_the_incident_has_changed() -> None:
    """Rule: an incident of ten thousand orders is not read every five seconds."""
    desk, orders = OneCaseDesk(an_incident()), TheseOrders()
    rooms = rooms_of(desk, HeldEvidence(), orders)
    first = await look(rooms, INCIDENT, None)
    assert first == await look(rooms, INCIDENT, first)
    assert 1 == orders.read
    desk.case = an_incident(on_hand=9)
    assert first != await look(rooms, INCIDENT, first)
    assert 2 == orders.read


async def test_a_closed_incident_moves_no_order(visitor: Visitor) -> None:
    await visitor.opens(an_incident(state=CaseState.CLOSED, closed_at=NOW))
    (table,) = visitor.user.find(ui.table).elements
    assert {""} == {row["move"] for row in table.rows}
    await visitor.sees_not("Units arrived")


# Shortages


async def test_a_shortage_says_what_was_not_offered_and_what_is_owed(visitor: Visitor) -> None:
    supply = SupplyPart(
        supplier="Acme",
        course=Course.REFUND,
        course_why="the item never comes",
        owed=(OwedView(choice=Choice.REFUND, what="a discount of 5.00 USD", by=NOW),),
    )
    case = a_case(
        kind=CaseKind.UNAVAILABLE,
        offers=(OfferView(choice=Choice.REFUND, discount="5.00"),),
        offers_not_made=("Waiting was not offered: no date is known.",),
        supply=supply,
        incident_id=INCIDENT,
    )
    await visitor.opens(case)
    await visitor.sees("Discount 5.00", "Waiting was not offered: no date is known.")
    await visitor.sees("Refund unasked", "the item never comes", "a discount of 5.00 USD")
    await visitor.sees("still owed", "Incident of this shortage")


async def test_the_order_that_replaces_another_is_linked(visitor: Visitor) -> None:
    await visitor.opens(a_case(state=CaseState.ARRANGING_SWAP, choice="swap"))
    await visitor.presses("Link the new order", until="Send")
    visitor.types(Order_number="576461413038785999")
    await visitor.presses("Send", until="Done")
    payload = {"order_id": "576461413038785999", "actor": "amy"}
    assert [(CASE, "link_replacement_order", payload)] == visitor.desk.decided


@pytest.mark.parametrize(
    "changes", [{"state": CaseState.AWAITING_CHOICE}, {"replacement_order_id": "9"}]
)
async def test_there_is_nothing_to_link_without_a_swap(
    changes: dict[str, Any], visitor: Visitor
) -> None:
    given = {"state": CaseState.ARRANGING_SWAP} | changes
    await visitor.opens(a_case(**given))
    await visitor.sees("Withdraw")
    await visitor.sees_not("Link the new order")
