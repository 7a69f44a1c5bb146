"""Pure start options: what a case is opened with, whoever opens it."""

from datetime import UTC, datetime

import pytest

from domain.errors import InputError
from workflows import names, payloads
from workflows.opening import oversell_start, start_from, stockout_start

SHOP, ORDER = "7495540735365777501", "576460752000100000"
LINES = [{"sku_id": "1729500000000001101", "quantity": 2}]


def test_the_id_is_the_business_key() -> None:
    """The same order is the same case, so that opening twice is once."""
    start = oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES)
    assert f"order-case:{SHOP}:{ORDER}" == start.case_id
    assert start == oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES)


def test_the_payload_is_what_the_wire_knows() -> None:
    """Every optional field travels under its wire name, absent ones not at all."""
    at = datetime(2026, 11, 28, 10, tzinfo=UTC)
    start = oversell_start(
        shop_id=SHOP,
        order_id=ORDER,
        short_lines=LINES,
        restock_at=at,
        substitute_sku_id="S2",
        detected_at=at,
        source="anna",
    )
    expected = {
        "shop_id": SHOP,
        "order_id": ORDER,
        "short_lines": LINES,
        "restock_at": "2026-11-28T10:00:00Z",
        "substitute_sku_id": "S2",
        "detected_at": "2026-11-28T10:00:00Z",
        "source": "anna",
    }
    assert expected == start.payload


def test_an_open_case_is_told_the_same_without_its_own_name() -> None:
    """The signal carries what was found, and nothing that only a start input has."""
    start = oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES, source="anna")
    assert {"short_lines": LINES, "source": "anna"} == start.signal_payload
    payloads.read(payloads.ShortageFound, start.signal_payload)


def test_a_stock_out_is_another_type_under_the_same_id() -> None:
    """One open shortage case per order, whatever it was opened as."""
    start = stockout_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES, supplier="Hao Yi")
    oversold = oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES)

    assert (names.STOCKOUT_CASE, "unavailable") == (start.workflow_type, start.kind)
    assert oversold.case_id == start.case_id
    assert "Hao Yi" == start.payload["supplier"]
    assert start.static_summary.startswith("unavailable · ")


def test_an_open_oversold_case_is_told_that_its_item_is_out_of_stock() -> None:
    start = stockout_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES)

    assert {"short_lines": LINES, "kind": "unavailable"} == start.signal_payload
    assert "kind" not in oversell_start(shop_id=SHOP, order_id=ORDER).signal_payload
    assert "kind" not in start.payload


def test_lists_show_the_case_before_its_first_step() -> None:
    """Kind, state, shop and order are searchable from the first moment."""
    attributes = oversell_start(shop_id=SHOP, order_id=ORDER).search_attributes
    shown = [attributes.get(key) for key in (names.CASE_KIND, names.CASE_STATE)]
    assert ["oversold", "opening"] == shown
    assert [SHOP, ORDER] == [attributes.get(names.CASE_SHOP), attributes.get(names.CASE_ORDER)]


def test_the_summary_fits_and_holds_no_whole_order_id() -> None:
    """The server takes 200 bytes, and lists are read over shoulders."""
    lines = [{"sku_id": f"货{number:018d}", "quantity": 1} for number in range(40)]
    summary = oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=lines).static_summary
    assert 200 >= len(summary.encode())
    assert ORDER not in summary
    assert "…100000" in summary


def test_a_reopened_case_starts_the_same_under_its_new_id() -> None:
    start = oversell_start(shop_id=SHOP, order_id=ORDER, short_lines=LINES)
    again = start.under(f"{start.case_id}:2")
    assert (f"{start.case_id}:2", start.payload) == (again.case_id, again.payload)
    assert names.order_of_case(again.case_id) == (SHOP, ORDER)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"shop_id": SHOP}, "order_id"),
        ({"shop_id": SHOP, "order_id": "1:2"}, "order_id"),
        ({"shop_id": "a:b", "order_id": ORDER}, "shop_id"),
        ({"shop_id": SHOP, "order_id": ORDER, "short_lines": [{"quantity": 1}]}, "short_lines.0"),
        ({"shop_id": SHOP, "order_id": ORDER, "restock_at": "2026-11-28"}, "restock_at"),
    ],
)
def test_a_mistake_is_refused_before_anything_starts(
    payload: dict[str, object], field: str
) -> None:
    """A start that would fail its run is never sent; the sentence names the field."""
    with pytest.raises(InputError) as refused:
        start_from(payload, case_id="order-case:x:y")
    assert field == refused.value.field
