"""The one door of the wire: what it takes, and the field it names when it does not."""

from typing import Any

import pytest

from domain.errors import InputError
from workflows import payloads

START = {"shop_id": "1", "order_id": "2", "short_lines": []}


@pytest.mark.parametrize(
    ("field", "payload"),
    [
        ("shop_id", {"order_id": "2"}),
        ("order_id", {"shop_id": "1"}),
        ("order_id", {**START, "order_id": "  "}),
        ("order_id", {**START, "order_id": 7}),
        ("short_lines", {**START, "short_lines": "all"}),
        ("short_lines.0", {**START, "short_lines": [{"quantity": 1}]}),
        ("short_lines.0.quantity", {**START, "short_lines": [{"sku_id": "s"}]}),
        ("short_lines.0.quantity", {**START, "short_lines": [{"sku_id": "s", "quantity": 0}]}),
        ("restock_at", {**START, "restock_at": "2026-12-01T10:00:00"}),
        ("detected_at", {**START, "detected_at": "yesterday"}),
        ("payload", None),
        ("payload", [START]),
        ("payload", "text"),
    ],
)
def test_a_start_that_cannot_be_used_names_its_field(field: str, payload: Any) -> None:
    with pytest.raises(InputError) as refusal:
        payloads.read(payloads.ShortageInput, payload)

    assert field == refusal.value.field


def test_fields_of_newer_callers_are_tolerated() -> None:
    read = payloads.read(payloads.ShortageInput, {**START, "from_the_future": 1})

    assert ("1", "2") == (read.shop_id, read.order_id)


def test_ids_lose_their_padding() -> None:
    assert "2" == payloads.read(payloads.ShortageInput, {**START, "order_id": " 2 "}).order_id


def test_a_sku_goes_by_the_name_it_was_given() -> None:
    read = payloads.read(
        payloads.ShortageFound,
        {"short_lines": [{"sku_id": "a", "quantity": 1}, {"seller_sku": "B", "quantity": 2}]},
    )

    assert ["a", "B"] == [line.sku for line in read.short_lines]


def test_a_signal_tells_an_empty_list_from_none() -> None:
    """An empty list means every line; no list says nothing about lines."""
    assert (
        "short_lines"
        in payloads.read(payloads.ShortageFound, {"short_lines": []}).model_fields_set
    )
    assert "short_lines" not in payloads.read(payloads.ShortageFound, {}).model_fields_set


@pytest.mark.parametrize("word", ["", "banana", "A", "WAIT"])
def test_signals_take_any_word_for_a_choice(word: str) -> None:
    assert word == payloads.read(payloads.BuyerChose, {"choice": word}).choice


@pytest.mark.parametrize(
    ("model", "payload", "field"),
    [
        (payloads.RecordChoice, {"choice": "wait"}, "actor"),
        (payloads.RecordContact, {"actor": "a"}, "channel"),
        (payloads.SetRestock, {"actor": "a", "sku_id": "s"}, "state"),
        (payloads.ApproveRefund, {"actor": "a"}, "approved"),
        (payloads.ResumeStep, {"actor": "a", "step": "s"}, "how"),
        (payloads.OverrideOutcome, {"actor": "a", "action": "wait"}, "reason"),
        (payloads.LinkReplacement, {"actor": "a"}, "order_id"),
        (payloads.Note, {"actor": "a", "text": ""}, "text"),
        (payloads.BuyerWrote, {"text": "t"}, "message_id"),
        (payloads.PenaltyIssued, {}, "ticket_id"),
    ],
)
def test_what_a_message_needs_is_named(model: Any, payload: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        payloads.read(model, payload)

    assert field == refusal.value.field
