"""Tables of cases and tasks of every kind, at the width of a terminal."""

from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.table import Table

from casedesk.listing import CaseRow
from commands.tables import about, case_table, task_table

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = "7495540735365777501"
CASES = {
    "order-case:{shop}:576460752000100000": "576460752000100000",
    "order-case:{shop}:576460752000100000:2": "576460752000100000",
    "pickup-case:{shop}:1153000000000000017": "1153000000000000017",
    "appeal:{shop}:T-2026-0042": "T-2026-0042",
    "incident:{shop}:1729500000000001101:20260301T120000.000Z": "1729500000000001101",
    "by-hand": "by-hand",
}


def _printed(table: Table) -> list[str]:
    console = Console(width=80)
    with console.capture() as shown:
        console.print(table)
    return shown.get().splitlines()


@pytest.mark.parametrize(("case_id", "thing"), CASES.items())
def test_a_case_is_named_by_what_it_is_about(case_id: str, thing: str) -> None:
    assert thing == about(case_id.format(shop=SHOP))


def test_a_list_of_every_kind_fits_a_terminal_with_its_marks_whole() -> None:
    rows = [
        CaseRow(
            case_id=case_id.format(shop=SHOP),
            shop_id=SHOP,
            kind="late_pickup",
            state="collecting_evidence",
            due_at=NOON,
            needs_human=True,
        )
        for case_id in CASES
    ]
    lines = _printed(case_table(rows))

    assert max(len(line) for line in lines) <= 80
    assert len(CASES) == sum("person!" in line for line in lines)
    for thing in set(CASES.values()):
        assert any(line.startswith(thing) for line in lines)


def test_a_task_names_its_case_whatever_its_kind() -> None:
    task = {"by": NOON.isoformat(), "step": "supplier", "ask": "Ask.", "options": ["done"]}
    incident = {"case_id": f"incident:{SHOP}:1729500000000001101:k", "order_id": None}
    lines = _printed(task_table([{**task, **incident, "otherwise": "Nobody does."}]))

    assert any("1729500000000001101  Ask." in line for line in lines)
    assert any("→ supplier: done" in line for line in lines)
