"""What a person sees and presses, and what the case is then told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User, user_simulation
from typing_extensions import override

from casedesk.errors import RefusedError
from casedesk.listing import CaseFilter, CaseRow
from console.api import Desk
from console.pages import add_pages
from domain.cases import (
    Breach,
    CaseKind,
    CaseOutcome,
    CaseState,
    CaseView,
    DeadlineView,
    HumanTask,
    OfferView,
    TimelineEvent,
)
from domain.choices import Choice
from domain.timeline import EventKey

CASE = "order-case:1:576461413038785752"
NOW = datetime.now(UTC)
CONTACT = HumanTask(
    step="ask:1",
    ask="Tell the buyer.",
    by=NOW + timedelta(hours=2),
    options=("record_contact",),
    otherwise="Refunded unasked.",
    text="Dear buyer,\nA or C?",
)


def a_case(**changes: Any) -> CaseView:
    """Return an open case."""
    given: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.CONTACTING,
        "case_id": CASE,
        "shop_id": "1",
        "order_id": "576461413038785752",
        "opened_at": NOW,
        "detected_at": NOW,
    }
    return CaseView(**(given | changes))


@dataclass
class OneCaseDesk(Desk):
    """A desk with one case, which takes or refuses decisions."""

    case: CaseView
    refusal: str = ""
    decided: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    wanted: list[CaseFilter] = field(default_factory=list)

    @override
    async def find(self, case: str) -> str:
        return case

    @override
    async def list_cases(self, wanted: CaseFilter) -> list[CaseRow]:
        self.wanted.append(wanted)
        row = CaseRow(
            case_id=CASE, state="contacting", order_id=self.case.order_id, needs_human=True
        )
        return [row.model_copy(update={"due_at": NOW + timedelta(hours=1), "breached": True})]

    @override
    async def view(self, case_id: str) -> dict[str, Any]:
        return self.case.model_dump(mode="json")

    @override
    async def timeline(self, case_id: str) -> list[dict[str, Any]]:
        event = TimelineEvent(
            at=NOW, key=EventKey.BUYER_WROTE, actor="buyer", detail="<b>hello</b>", rule="r1"
        )
        return [event.model_dump(mode="json")]

    @override
    async def decide(
        self, case_id: str, update: str, payload: dict[str, Any], *, request_id: str = ""
    ) -> dict[str, Any]:
        assert request_id
        if self.refusal:
            raise RefusedError(self.refusal)
        self.decided.append((case_id, update, payload))
        return await self.view(case_id)


@pytest.fixture
async def user() -> AsyncIterator[User]:
    async with user_simulation() as simulated:
        yield simulated


async def _open(user: User, desk: OneCaseDesk, path: str = f"/cases/{CASE}") -> None:
    add_pages(desk, actor="amy")
    await user.open(path)


async def test_a_contact_is_recorded_with_the_ready_text(user: User) -> None:
    desk = OneCaseDesk(a_case(tasks=(CONTACT,), needs_human=CONTACT))
    await _open(user, desk)
    await user.should_see("Tell the buyer.")
    await user.should_see("Otherwise: Refunded unasked.")
    user.find("Record contact").click()
    await user.should_see("Channel")
    user.find("Channel").type("phone")
    user.find("Send").click()
    await user.should_see("Done")
    payload = {"step": "ask:1", "channel": "phone", "text": CONTACT.text, "actor": "amy"}
    assert [(CASE, "record_contact", payload)] == desk.decided


async def test_a_choice_that_a_person_heard_is_one_click(user: User) -> None:
    desk = OneCaseDesk(a_case(offers=(OfferView(choice=Choice.REFUND),)))
    await _open(user, desk)
    await user.should_see("Nothing waits for a person.")
    user.find(kind=ui.button, content="C Refund").click()
    await user.should_see("Done")
    payload = {"choice": "refund", "via": "person", "actor": "amy"}
    assert [(CASE, "record_choice", payload)] == desk.decided


async def test_a_missing_entry_is_asked_for_and_nothing_is_sent(user: User) -> None:
    desk = OneCaseDesk(a_case())
    await _open(user, desk)
    user.find("Note").click()
    await user.should_see("Send")
    user.find("Send").click()
    await user.should_see("text: is required; fill it in")
    assert [] == desk.decided


async def test_thinking_better_of_it_sends_nothing(user: User) -> None:
    desk = OneCaseDesk(a_case())
    await _open(user, desk)
    user.find("Withdraw").click()
    await user.should_see("Cancel")
    user.find("Cancel").click()
    await user.should_not_see("Send")
    assert [] == desk.decided


async def test_a_refusal_is_shown_with_its_reason(user: User) -> None:
    desk = OneCaseDesk(a_case(), refusal="the case is closed")
    await _open(user, desk)
    user.find("Take").click()
    await user.should_see("the case is closed")


async def test_nobody_decides_without_a_name(user: User) -> None:
    """Rule: every decision says who made it."""
    desk = OneCaseDesk(a_case())
    await _open(user, desk)
    user.find("Your name").clear()
    user.find("Take").click()
    await user.should_see("Give your name first.")
    assert [] == desk.decided
    user.find("Your name").type("bo")
    user.find("Take").click()
    await user.should_see("Done")
    assert [(CASE, "take", {"actor": "bo"})] == desk.decided


async def test_deadlines_show_rule_doubt_and_breach(user: User) -> None:
    missed = DeadlineView(
        name="contact_by", at=NOW - timedelta(hours=1), rule="detection + 24 h", assumed=True
    )
    breach = Breach(deadline="contact_by", due_at=missed.at, noticed_at=NOW)
    await _open(user, OneCaseDesk(a_case(deadlines=(missed,), breaches=(breach,))))
    for words in ("Contact by", "detection + 24 h", "assumed", "missed"):
        await user.should_see(words)


async def test_a_closed_case_shows_its_outcome_and_no_buttons(user: User) -> None:
    closed = a_case(state=CaseState.CLOSED, outcome=CaseOutcome.REFUNDED_BY_CHOICE, closed_at=NOW)
    await _open(user, OneCaseDesk(closed))
    await user.should_see("Refunded by choice")
    await user.should_not_see("Withdraw")


async def test_the_story_is_told_with_a_buyers_words_as_words(user: User) -> None:
    await _open(user, OneCaseDesk(a_case()))
    await user.should_see("Buyer wrote")
    await user.should_see("<b>hello</b>")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/", CaseFilter()),
        ("/?show=nonsense", CaseFilter()),
        ("/?show=person", CaseFilter(needs_human=True)),
        ("/?show=closed", CaseFilter(closed=True)),
    ],
)
async def test_the_queue_asks_for_what_its_tab_shows(
    path: str, wanted: CaseFilter, user: User
) -> None:
    desk = OneCaseDesk(a_case())
    await _open(user, desk, path)
    (row,) = user.find(ui.table).elements.pop().rows
    assert wanted == desk.wanted[0]
    assert ("…785752", "Contacting", CASE) == (row["order"], row["state"], row["case_id"])
    assert ["person needed", "deadline missed"] == [flag["text"] for flag in row["flags"]]
    assert "orange-9" == row["colour"]
