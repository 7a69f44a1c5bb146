"""Stock alerts: the newest word of the platform, until a person or an incident takes it up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.database import Database
from records.incidents import Incidents
from records.stock_alerts import StockAlert, StockAlerts
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALERT = StockAlert(
    shop_id="1",
    sku_id="1729",
    level="OUT_OF_STOCK",
    available=0,
    committed=7,
    changed_at=NOON,
)


@pytest.fixture
def alerts(records_db: Database) -> StockAlerts:
    return StockAlerts(records_db)


def _later(hours: int, **changes: Any) -> StockAlert:
    return replace(ALERT, changed_at=NOON + timedelta(hours=hours), **changes)


def test_an_alert_stands_until_somebody_has_looked(alerts: StockAlerts) -> None:
    assert alerts.note(ALERT, stands=True)
    assert [ALERT] == alerts.standing() == alerts.standing(shop_id="1")
    assert [] == alerts.standing(shop_id="2")
    assert alerts.settle("1", "1729", actor="amy")
    assert [] == alerts.standing()


def test_the_same_word_again_is_no_news(alerts: StockAlerts) -> None:
    """Rule: the platform repeats itself; what a person has settled stays settled then."""
    assert [True, False] == [alerts.note(ALERT, stands=True) for _ in range(2)]
    alerts.settle("1", "1729", actor="amy")
    assert not alerts.note(ALERT, stands=True)
    assert [] == alerts.standing()


def test_a_newer_word_counts_whatever_was_settled(alerts: StockAlerts) -> None:
    alerts.note(ALERT, stands=True)
    alerts.settle("1", "1729", actor="amy")
    newer = _later(1, committed=9)
    assert alerts.note(newer, stands=True)
    assert [newer] == alerts.standing()


def test_a_word_that_comes_late_does_not_bring_an_alert_back(alerts: StockAlerts) -> None:
    alerts.note(_later(2, level="SUFFICIENT_STOCK"), stands=False)
    assert not alerts.note(ALERT, stands=True)
    assert [] == alerts.standing()
    assert not alerts.settle("1", "1729", actor="amy")


def test_stock_that_is_there_again_ends_an_alert(alerts: StockAlerts) -> None:
    alerts.note(ALERT, stands=True)
    assert alerts.note(_later(1, level="SUFFICIENT_STOCK"), stands=False)
    assert [] == alerts.standing()


def test_an_alert_rests_while_an_incident_of_its_sku_is_open(
    alerts: StockAlerts, records_db: Database
) -> None:
    """Rule: an incident is what the alert asks for; one of another shop is none."""
    alerts.note(ALERT, stands=True)
    incidents = Incidents(records_db)
    incidents.claim("2", "1729", "incident:2:1729:k", at=NOON)
    assert [ALERT] == alerts.standing()
    incidents.claim("1", "1729", "incident:1:1729:k", at=NOON)
    assert [] == alerts.standing()
    incidents.close("incident:1:1729:k", review={}, at=NOON)
    assert [ALERT] == alerts.standing()


def test_nothing_is_settled_that_is_not_there(alerts: StockAlerts) -> None:
    assert not alerts.settle("1", "1729", actor="amy")


def test_of_many_at_once_the_newest_stays(alerts: StockAlerts, records_url: str) -> None:
    news = in_threads(records_url, lambda db, n: StockAlerts(db).note(_later(n), stands=True))
    assert any(news)
    assert [_later(7)] == alerts.standing()
