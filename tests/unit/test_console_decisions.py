"""Buttons: every option of a task stands for the decision the wire knows it by."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.cases import Update
from console.decisions import Button, Entry, choice_buttons, standing_buttons, task_buttons
from console.payloads import read_entries
from domain.cases import CaseKind, CaseState, CaseView, HumanTask, OfferView
from domain.choices import Choice
from domain.errors import InputError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _view(**changes: Any) -> CaseView:
    given: dict[str, Any] = {
        "kind": CaseKind.OVERSOLD,
        "state": CaseState.AWAITING_CHOICE,
        "case_id": "order-case:1:2",
        "shop_id": "1",
        "opened_at": NOW,
        "detected_at": NOW,
        "short_skus": ("sku-1",),
        "offers": (OfferView(choice=Choice.WAIT), OfferView(choice=Choice.REFUND)),
    }
    return CaseView(**(given | changes))


def _buttons(step: str, *options: str, text: str = "") -> tuple[Button, ...]:
    return task_buttons(_view(), HumanTask(step=step, ask="?", options=options, text=text))


@pytest.mark.parametrize(
    ("step", "option", "update", "payload", "entries"),
    [
        ("choice", "wait", "record_choice", {"choice": "wait", "via": "person"}, ()),
        ("choice", "refund", "record_choice", {"choice": "refund", "via": "person"}, ()),
        ("buyer_cancellation", "refund", "record_choice", {"choice": "refund"}, ()),
        ("refund_blocked", "refund", "override_outcome", {"action": "refund"}, ("reason",)),
        ("refund_blocked", "wait", "override_outcome", {"action": "wait"}, ("reason", "until")),
        ("refund_blocked", "close", "override_outcome", {"action": "close"}, ("reason",)),
        ("approve_refund", "approved", "approve_refund", {"approved": True}, ("reason",)),
        ("approve_refund", "declined", "approve_refund", {"approved": False}, ("reason",)),
        ("cancel:1", "retry", "resume_step", {"step": "cancel:1", "how": "retry"}, ()),
        ("cancel:1", "abandon", "resume_step", {"step": "cancel:1", "how": "abandon"}, ()),
        ("gift", "done", "resume_step", {"step": "gift", "how": "done"}, ("reference",)),
        ("restock", "in_stock", "set_restock", {"state": "in_stock"}, ("sku_id",)),
        ("restock", "expected", "set_restock", {"state": "expected"}, ("sku_id", "available_at")),
        ("ask:1", "record_contact", "record_contact", {"step": "ask:1"}, ("channel", "text")),
    ],
)
def test_an_option_stands_for_its_decision(
    step: str, option: str, update: str, payload: dict[str, Any], entries: tuple[str, ...]
) -> None:
    """Rule: "refund" is a buyer's choice, but an override where the order cannot be cancelled."""
    (button,) = _buttons(step, option)
    assert (option, update, entries) == (button.option, button.update, button.entries)
    assert payload.items() <= dict(button.payload).items()


def test_an_option_of_a_newer_case_has_no_button() -> None:
    assert ["retry"] == [b.option for b in _buttons("x", "retry", "teleport")]


def test_the_ready_text_is_what_was_said_unless_changed() -> None:
    (button,) = _buttons("ask:1", "record_contact", text="Dear buyer")
    assert {Entry.TEXT: "Dear buyer"} == button.prefilled


def test_the_short_sku_is_filled_in() -> None:
    (button,) = _buttons("restock", "in_stock")
    assert {Entry.SKU: "sku-1"} == button.prefilled
    (button,) = task_buttons(
        _view(short_skus=()), HumanTask(step="restock", ask="?", options=("in_stock",))
    )
    assert {Entry.SKU: ""} == button.prefilled


def test_a_person_may_record_what_was_offered() -> None:
    assert ["wait", "refund"] == [button.option for button in choice_buttons(_view())]


def test_a_closed_case_offers_nothing_to_do() -> None:
    closed = _view(closed_at=NOW)
    assert ((), ()) == (choice_buttons(closed), standing_buttons(closed))


def test_an_open_case_may_be_taken_noted_and_withdrawn() -> None:
    expected = [Update.TAKE, Update.NOTE, Update.WITHDRAW]
    assert expected == [button.update for button in standing_buttons(_view())]


def test_entries_become_the_payload_and_empty_optional_ones_are_left_out() -> None:
    given = {Entry.REASON: "  agreed by phone ", Entry.REFERENCE: " "}
    read = read_entries((Entry.REASON, Entry.REFERENCE), given, optional={Entry.REFERENCE})
    assert {"reason": "agreed by phone"} == read


@pytest.mark.parametrize("given", [{}, {Entry.REASON: "   "}])
def test_a_missing_entry_is_named(given: dict[Entry, str]) -> None:
    with pytest.raises(InputError, match="reason: is required"):
        read_entries((Entry.REASON,), given)


@pytest.mark.parametrize(
    ("words", "instant"),
    [
        ("2026-11-25 18:00", datetime(2026, 11, 25, 18, tzinfo=UTC)),
        ("2026-11-25T18:00+07:00", datetime(2026, 11, 25, 11, tzinfo=UTC)),
        ("2026-11-25", datetime(2026, 11, 25, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_utc_as_the_page_says(words: str, instant: datetime) -> None:
    read = read_entries((Entry.UNTIL,), {Entry.UNTIL: words})
    assert timedelta() == datetime.fromisoformat(read["until"]) - instant


def test_what_is_no_time_is_refused_with_an_example() -> None:
    with pytest.raises(InputError, match="'tomorrow' is no time; write 2026-01-31 18:00"):
        read_entries((Entry.UNTIL,), {Entry.UNTIL: "tomorrow"})
