"""What reaches an incident over the wire is read at one door, or the field is named."""

from typing import Any

import pytest
from pydantic import BaseModel

from domain.allocation_record import Side
from domain.cases import CaseKind, CaseState
from domain.errors import InputError
from domain.waiting_line import AllocationPolicy
from workflows import names
from workflows.incident_opening import incident_start
from workflows.incident_payloads import (
    CaseSettled,
    IncidentInput,
    MoveOrder,
    ReceiveLot,
    SetOnHand,
)
from workflows.payloads import read

START: dict[str, Any] = {"shop_id": "7001", "sku_id": "1729", "on_hand": 3, "key": "a"}
WHO = {"actor": "anna"}


def test_four_fields_open_an_incident_and_unknown_ones_are_tolerated() -> None:
    inp = read(IncidentInput, {**START, "of_tomorrow": True})

    assert (AllocationPolicy.PAID_FIRST, {}, None) == (
        inp.policy,
        inp.counted_with,
        inp.restock_at,
    )


@pytest.mark.parametrize(
    ("field", "payload"),
    [
        ("shop_id", {**START, "shop_id": ""}),
        ("sku_id", {**START, "sku_id": "a:b"}),
        ("key", {**START, "key": "a:b"}),
        ("key", {key: value for key, value in START.items() if key != "key"}),
        ("on_hand", {**START, "on_hand": -1}),
        ("on_hand", {**START, "on_hand": "many"}),
        ("on_hand", {**START, "on_hand": True}),
        ("policy", {**START, "policy": "me_first"}),
        ("counted_with.9", {**START, "counted_with": {"9": -1}}),
        ("detected_at", {**START, "detected_at": "2026-03-01T12:00:00"}),
        ("payload", [START]),
    ],
)
def test_a_start_that_cannot_be_used_names_its_field(field: str, payload: Any) -> None:
    with pytest.raises(InputError) as refused:
        read(IncidentInput, payload)
    assert field == refused.value.field


@pytest.mark.parametrize(
    ("model", "payload", "field"),
    [
        (SetOnHand, {"on_hand": 1}, "actor"),
        (SetOnHand, {**WHO, "on_hand": 1.5}, "on_hand"),
        (ReceiveLot, {**WHO, "lot_id": "L", "quantity": 0}, "quantity"),
        (ReceiveLot, {**WHO, "lot_id": " ", "quantity": 1}, "lot_id"),
        (ReceiveLot, {**WHO, "lot_id": "L", "quantity": True}, "quantity"),
        (MoveOrder, {**WHO, "order_id": "1", "to": "gone", "reason": "x"}, "to"),
        (MoveOrder, {**WHO, "order_id": "1", "to": "short", "reason": ""}, "reason"),
        (CaseSettled, {"outcome": "swapped"}, "case_id"),
    ],
)
def test_a_decision_that_cannot_be_used_names_its_field(
    model: type[BaseModel], payload: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(model, payload)
    assert field == refused.value.field


def test_decisions_are_read_as_they_are_meant() -> None:
    assert 0 == read(SetOnHand, {**WHO, "on_hand": "0"}).on_hand
    moved = read(MoveOrder, {**WHO, "order_id": "1", "to": "served", "reason": " a regular "})
    assert (Side.SERVED, "a regular") == (moved.to, moved.reason)


def test_an_opening_carries_what_the_workflow_reads() -> None:
    start = incident_start(
        **START, policy=AllocationPolicy.VALUE_FIRST, counted_with={"9": 1}, stream="friday"
    )

    assert names.incident_id("7001", "1729", START["key"]) == start.case_id
    assert ("7001", "1729", START["key"]) == names.sku_of_incident(start.case_id)
    assert (CaseKind.INCIDENT, CaseState.STOPPING, None) == (
        start.kind,
        start.first_state,
        start.signal,
    )
    read_again = read(IncidentInput, start.payload)
    assert ("friday", {"9": 1}) == (read_again.stream, read_again.counted_with)
    assert "carried" not in start.payload


def test_an_opening_that_cannot_be_used_is_refused_before_anything_starts() -> None:
    with pytest.raises(InputError, match="on_hand"):
        incident_start(**{**START, "on_hand": -1})


@pytest.mark.parametrize("written", ["order-case:1:2:3", "incident:1:2", "incident:1:2:3:4", "x"])
def test_only_an_incident_id_is_one(written: str) -> None:
    assert names.sku_of_incident(written) is None
