"""Decoded histories: auditors read values, not base64."""

import base64
import json
from typing import Any

import pytest

from casedesk.errors import NotFoundError
from casedesk.histories import decoded, signal_inputs, start_input
from casedesk.reopening import reopening_start

INPUT = {"shop_id": "S", "order_id": "O", "short_lines": [{"sku_id": "A", "quantity": 1}]}


def payload(value: Any) -> dict[str, Any]:
    """Return a value as a printed history holds it."""
    data = base64.b64encode(json.dumps(value).encode()).decode()
    return {"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": data}


def started(value: Any) -> dict[str, Any]:
    """Return the first event of a run."""
    return {"workflowExecutionStartedEventAttributes": {"input": {"payloads": [payload(value)]}}}


def signaled(name: str, value: Any) -> dict[str, Any]:
    """Return a signal's event."""
    attributes = {"signalName": name, "input": {"payloads": [payload(value)]}}
    return {"workflowExecutionSignaledEventAttributes": attributes}


def test_payloads_become_values_wherever_they_are() -> None:
    event = {"eventId": "1", "deep": [{"result": {"payloads": [payload({"ü": 1}), payload("x")]}}]}
    assert {"eventId": "1", "deep": [{"result": [{"ü": 1}, "x"]}]} == decoded(event)


def test_what_is_no_json_stays_as_printed() -> None:
    """An encrypted payload is shown, not dropped and not an error."""
    cipher = {"metadata": {"encoding": "YmluYXJ5"}, "data": "AAECAw=="}
    assert {"input": [cipher]} == decoded({"input": {"payloads": [cipher]}})


def test_an_empty_payload_is_none() -> None:
    assert {"result": [None]} == decoded(
        {"result": {"payloads": [{"metadata": {"encoding": "YmluYXJ5L251bGw="}}]}}
    )


def test_start_and_signals_are_found() -> None:
    events = decoded([started(INPUT), signaled("other", 1), signaled("shortage_found", {"a": 1})])
    assert INPUT == start_input(events)
    assert [{"a": 1}] == list(signal_inputs(events, "shortage_found"))


def test_a_reopening_repeats_the_shortage_as_it_was_at_the_end() -> None:
    """SKUs that joined stay short; for one SKU the newest quantity counts."""
    joined = {"short_lines": [{"sku_id": "A", "quantity": 2}, {"seller_sku": "B", "quantity": 1}]}
    events = decoded([started(INPUT), signaled("shortage_found", joined)])
    lines = reopening_start("x", "order-case:S:O:2", events).payload["short_lines"]
    assert [{"sku_id": "A", "quantity": 2}, {"seller_sku": "B", "quantity": 1}] == lines


def test_a_reopening_is_discovered_anew() -> None:
    """Old deadlines and dates would make the new run late before it begins."""
    old = {**INPUT, "detected_at": "2026-01-01T00:00:00Z", "restock_at": "2026-01-02T00:00:00Z"}
    start = reopening_start("x", "order-case:S:O:2", decoded([started(old)]))
    assert not {"detected_at", "restock_at"} & start.payload.keys()
    assert "order-case:S:O:2" == start.case_id


@pytest.mark.parametrize(
    ("name", "expected"), [("StockoutCase", "StockoutCase"), (None, "OversellCase")]
)
def test_a_reopening_is_of_the_type_that_was_opened(name: str | None, expected: str) -> None:
    """A history that does not name its type is of the days when there was one."""
    first = started(INPUT)
    if name:
        first["workflowExecutionStartedEventAttributes"]["workflowType"] = {"name": name}

    assert expected == reopening_start("x", "y", decoded([first])).workflow_type


def test_every_line_stays_every_line() -> None:
    events = decoded([started({**INPUT, "short_lines": []}), signaled("shortage_found", INPUT)])
    assert [] == reopening_start("x", "y:S:O", events).payload["short_lines"]


def test_an_unreadable_signal_does_not_stop_a_reopening() -> None:
    events = decoded([started(INPUT), signaled("shortage_found", {"short_lines": "many"})])
    assert INPUT["short_lines"] == reopening_start("x", "y", events).payload["short_lines"]


def test_without_a_start_there_is_nothing_to_reopen() -> None:
    with pytest.raises(NotFoundError, match="order-case:S:O"):
        reopening_start("order-case:S:O", "order-case:S:O:2", [])
