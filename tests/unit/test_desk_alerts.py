"""Stock alerts among the tasks: what is asked, and that it can be typed as it stands."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

import starter
from casedesk.alerts import STEP, alert_tasks
from domain.cases import HumanTask
from records.database import Database
from records.stock_alerts import StockAlert, StockAlerts

pytest_plugins = ("tests.support.record_stores",)

ALERT = StockAlert(
    shop_id="1",
    sku_id="1729",
    level="OUT_OF_STOCK",
    available=0,
    committed=7,
    changed_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
)


@pytest.fixture
def alerts(records_db: Database) -> StockAlerts:
    alerts = StockAlerts(records_db)
    alerts.note(ALERT, stands=True)
    return alerts


@pytest.mark.usefixtures("alerts")
def test_an_alert_is_a_task_in_the_shape_of_all_others(records_db: Database) -> None:
    [task] = alert_tasks(records_db, None)
    assert (None, "1", None, "1729", STEP, None) == tuple(
        task[name] for name in ("case_id", "shop_id", "order_id", "sku_id", "step", "by")
    )
    assert set(HumanTask.model_fields) < set(task)
    assert (
        "of SKU 1729 at 11-25 12:00Z: out of stock, 0 can still be sold, 7 in open orders"
        in (task["ask"])
    )


@pytest.mark.usefixtures("alerts")
def test_what_it_asks_for_is_a_command_that_there_is(records_db: Database) -> None:
    """Whoever types the units counted in place of N has opened the incident."""
    [task] = alert_tasks(records_db, "1")
    program, *words = shlex.split(task["ask"].partition("open an incident: ")[2])
    assert "starter.py" == program
    said = CliRunner().invoke(starter.app, [*words[:-1], "3", "--help"])
    assert (0, True) == (said.exit_code, "--on-hand" in said.output)


def test_counts_that_the_platform_did_not_give_are_not_spoken_of(
    alerts: StockAlerts, records_db: Database
) -> None:
    alerts.note(replace(ALERT, shop_id="2", available=None, committed=None), stands=True)
    [task] = alert_tasks(records_db, "2")
    assert "out of stock; count the shelf" in task["ask"]


def test_an_alert_that_somebody_has_settled_is_no_task(
    alerts: StockAlerts, records_db: Database
) -> None:
    alerts.settle("1", "1729", actor="anna")
    assert [] == alert_tasks(records_db, None)
